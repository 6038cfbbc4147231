"""A last set of wordings, written when the ledger was done and never looked at while mending it."""

COMPARED = {
    "zh": [
        ("a", "{m}{period}为 {now}，对比 {earlier}的 {before}，{上升|下降} {change}。[E1]"),
        ("a", "我查了一下，{period}的{m}是 {now}；{earlier}是 {before}，也就是{多了|少了} {change}。[E1]"),
        ("r", "{m}从 {earlier}的 {before} {回升|滑落}到{period}的 {now}，{提升|下降}约 {change}。[E1]"),
        ("a", "当前{m} {now}，上一期 {before}，环比{增长|下降} {growth}。[E1]"),
        ("c", "{earlier}有 {before}，{period}有 {now}，净{增|减} {change}。[E1]"),
        ("a", "目前的水平是 {now}，不再是此前的 {before} 了。[E1]"),
        ("r", "{m}{改善|恶化}了：{before} 变成了 {now}。[E1]"),
        ("a", "> {m}：{now}，前值 {before} [E1]"),
        ("a", "相较于 {earlier}，{m}{增加|减少}了 {change}（{growth}）。[E1]"),
        ("a", "{earlier}，{m}为 {before}。{period}，{m}为 {now}。[E1]"),
    ],
    "en": [
        ("a", "{period}: {m} at {now}, {up|down} from {before}. [E1]"),
        ("a", "I measured {m} for {period} and got {now}; {earlier} had {before}, so it is {change} {higher|lower}. [E1]"),
        ("r", "{M} moved from {before} in {earlier} to {now} in {period}, {an improvement|a decline} of roughly {change}. [E1]"),
        ("a", "Currently {m} is {now}, previously {before}; week on week it {increased|decreased} by {growth}. [E1]"),
        ("c", "{earlier} brought {before}, {period} brought {now}: {a rise|a fall} of {change}. [E1]"),
        ("a", "The level is now {now} rather than the earlier {before}. [E1]"),
        ("r", "{M} got {better|worse}, going from {before} to {now}. [E1]"),
        ("a", "> {M}: {now}, prior value {before} [E1]"),
        ("a", "Relative to {earlier}, {m} {increased|fell} by {change} ({growth}). [E1]"),
        ("a", "In {earlier}, {m} was {before}. In {period}, {m} was {now}. [E1]"),
    ],
}  # fmt: skip

SEGMENTED = {
    "zh": [
        "从{d}结构看，{T}最值得看，为 {t}；{S}则为 {s}。[E1]",
        "{S}：{s}，{T}：{t}，其余{d}略。[E1]",
        "比如{S}只有 {s}，而大盘是 {total}。[E1]",
        "{s} 来自{S}，{t} 来自{T}。[E1]",
        "上周，{S}的{m}为 {s}。同一周{T}的为 {t}。[E1]",
        "{S}和{T}的{m}分别是 {s}、{t}。[E1]",
    ],
    "en": [
        "{T} is worth a look at {t}; {S} is at {s}. [E1]",
        "{S}: {s}, {T}: {t}, the other {d}s aside. [E1]",
        "{S}, for example, is at {s}, while the overall figure is {total}. [E1]",
        "{s} for {S}, {t} for {T}. [E1]",
        "Last week the {m} of {S} was {s}. That of {T} was {t}. [E1]",
        "{M} was {s} and {t} for {S} and {T} respectively. [E1]",
    ],
}

DRIVEN = {
    "zh": [
        "主因是{S}，{m}由前一周的 {b} {升|降}为 {a}（贡献 {signed}，占 {share}）。[E1]",
        "{S}：{b} → {a}，贡献 {signed}。[E1]",
    ],
    "en": [
        "The main driver is {S}, where it {rose|fell} from {b} to {a} (contribution {signed}, {share} of the change). [E1]",
        "{S}: {b} → {a}, contribution {signed}. [E1]",
    ],
}

LISTED = {
    "zh": ["其中{label}是 {value}。[E1]", "* {label} = {value} [E1]"],
    "en": ["Among them, {label} was {value}. [E1]", "* {label} = {value} [E1]"],
}

DOCUMENTS = {
    "reviews/android-payment-postmortem.md": [
        "2026 年 8 月的复盘里，安卓四天平均只有 <61.3%~92.1%>，而前一周是 <92.1%~61.3%>。[1]",
        "The postmortem puts unpaid orders at <12,812 yuan> across <113> people. [1]",
        "iOS held at <94.4%~61.3%> in the same days. [1]",
    ],
    "reviews/weekly-2026-09-28.md": [
        "周会纪要里，抖音次日留存从 <41.1%~24.1%> <dir:跌|涨>到 <24.1%~44.8%>。[1]",
        "Payment success was <93.9%~92.6%> last week and <92.6%~93.9%> the week before, according to the minutes. [1]",
        "纪要写的成交额是 <162,026 元~159,472 元>。[1]",
    ],
    "reviews/weekly-2026-08-17.md": [
        "Android dropped to <74.5%~94.5%> from <90.9%~74.5%>. [1]",
        "当周新增 <885~815> 人，平均日活 <1,697~1,630>。[1]",
    ],
}  # fmt: skip
