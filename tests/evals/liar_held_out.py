"""Ways of wording that the ledger was not developed on; the slots are those of `liar_phrasings`."""

COMPARED = {
    "zh": [
        ("a", "先说结论：{m}{period}录得 {now}，而 {earlier}为 {before}。[E1]"),
        ("a", "数据显示，{m}{上扬|下滑}至 {now}，此前为 {before}。[E1]"),
        ("r", "{m}一周之内{提高|降低}了 {change}，由 {before} 变成 {now}。[E1]"),
        ("a", "对比期{m}为 {before}，本期 {now}，两者相差 {change}。[E1]"),
        ("c", "共计 {now}，比上一期的 {before} {多出|少了} {change}。[E1]"),
        ("c", "{m}的环比{增幅|降幅}为 {growth}，绝对值{多了|少了} {change}。[E1]"),
        ("a", "{period}{m}实际值 {now}，低于或高于预期另说，但与之前的 {before} 相比确实{上升|下降}了。[E1]"),
        ("r", "如果只看百分点，{m}{上涨|下跌} {change}；换成相对变化，则是{上涨|下跌} {growth}。[E1]"),
        ("a", "回到问题本身：{m}目前 {now}（{earlier}：{before}）。[E1]"),
        ("a", "1. {m}：{period} {now}\n2. 前一周：{before}\n\n以上均按日历周统计。[E1]"),
        ("a", "周环比来看，{before} {升至|降至} {now}，变化幅度为 {change}。[E1]"),
        ("a", "**{m}** 本期值 **{now}**，上期值 **{before}**，{上升|下降} **{change}**。[E1]"),
    ],
    "en": [
        ("a", "In short, {m} reached {now} in {period} versus {before} in {earlier}. [E1]"),
        ("a", "The data shows {m} at {now}, having been {before} previously. [E1]"),
        ("r", "Over one week {m} {gained|lost} {change}, moving from {before} to {now}. [E1]"),
        ("a", "In the compared period {m} was {before}; in the current period it is {now}, a difference of {change}. [E1]"),
        ("c", "There were {now} in all, {change} {more|fewer} than the {before} of the prior week. [E1]"),
        ("c", "Week over week that is a {growth} {increase|decrease}, or {change} in absolute terms. [E1]"),
        ("a", "{M} for {period} was {now}, which is {above|below} the {before} seen a week earlier. [E1]"),
        ("r", "Measured in percentage points, {m} is {up|down} {change}; in relative terms it {increased|decreased} {growth}. [E1]"),
        ("a", "To answer the question: {m} is currently {now} ({earlier}: {before}). [E1]"),
        ("a", "1. {M}, {period}: {now}\n2. The week before: {before}\n\nBoth are calendar weeks. [E1]"),
        ("a", "A {change} {rise|decline} took it from {before} to {now}. [E1]"),
        ("a", "**{M}** is **{now}** this period and was **{before}** last period, {an increase|a decline} of **{change}**. [E1]"),
    ],
}  # fmt: skip

SEGMENTED = {
    "zh": [
        "按{d}拆开后，{S} {s}、{T} {t}，差距一目了然。[E1]",
        "就{S}而言，{m}为 {s}；就{T}而言，为 {t}。[E1]",
        "| {d} | {m} |\n|---|---|\n| {S} | {s} |\n| {T} | {t} |\n\n见上表。[E1]",
        "全部用户的{m}是 {total}，{S}用户则是 {s}，{T}用户是 {t}。[E1]",
        "上周{S}录得 {s}，同期{T}为 {t}。[E1]",
        "{S}：{s}；{T}：{t}。[E1]",
        "在{S}上，{m}达到 {s}，相比之下{T}是 {t}。[E1]",
    ],
    "en": [
        "Split by {d}, {m} reads {s} in {S} and {t} in {T}. [E1]",
        "For {S} the figure was {s}; for {T} it was {t}. [E1]",
        "| {d} | {m} |\n|---|---|\n| {S} | {s} |\n| {T} | {t} |\n\nSee the table. [E1]",
        "Across all users it is {total}, against {s} for {S}. [E1]",
        "{S} recorded {s} last week and {T} recorded {t}. [E1]",
        "{S} — {s}; {T} — {t}. [E1]",
        "With {s}, {S} stands out; {T} has {t}. [E1]",
    ],
}

DRIVEN = {
    "zh": [
        "拆解下来，{S}由 {b} {涨至|跌至} {a}，贡献了 {signed}。[E1]",
        "{S}从之前的 {b} 到现在的 {a}，解释了 {share} 的变化。[E1]",
    ],
    "en": [
        "The breakdown points to {S}, which {increased|decreased} from {b} to {a} and contributed {signed}. [E1]",
        "{S} accounts for {share} of the change: {b} in the earlier week, {a} in the later one. [E1]",
    ],
}

LISTED = {
    "zh": ["另外，{label}：{value}。[E1]", "从结果看，{label}达到 {value}。[E1]"],
    "en": ["We also see that {label} is {value}. [E1]", "{Label} stands at {value}. [E1]"],
}

DOCUMENTS = {
    "reviews/android-payment-postmortem.md": [
        "复盘提到，安卓用户下单 <414 笔>，其中 <115 笔> 没有支付，占 <27.8%~4.9%>。[1]",
        "安卓支付成功率<dir:降|升>到了 <61.3%~94.4%>，前一周有 <92.1%~61.3%>。[1]",
        "iOS stayed at <94.4%~61.3%> throughout, so only Android was hit. [1]",
        "Only <299~488> of <488~299> Android payment attempts succeeded. [1]",
    ],
    "reviews/weekly-2026-09-28.md": [
        "据 9 月 28 日的纪要，新增用户 <1,199~1,135>，前一周 <1,135~1,199>。[1]",
        "抖音占新增的 <31.8%>，它的兴趣页通过率由 <95.4%~46.2%> <dir:降|升>到 <46.2%~95.4%>。[1]",
        "According to the meeting notes, Douyin's day-1 retention was <24.1%~44.8%>, compared with <41.1%~24.1%> a week earlier. [1]",
        "平均日活 <2,263~2,171>，支付成功率 <93.9%~92.6%>。[1]",
    ],
    "reviews/weekly-2026-08-17.md": [
        "The weekly reports <885~815> new users, up from <815~885>. [1]",
        "安卓 <74.5%~94.5%>，苹果 <94.5%~74.5%>。[1]",
        "Overall payment success fell to <81.5%~92.1%> from <92.1%~81.5%>. [1]",
    ],
}  # fmt: skip
