"""Ways in which a model words an answer, to develop the ledger on; `liar_held_out` has those to judge it by.

`{now}`, `{before}`, `{change}`, `{growth}` are a metric in two periods; `{S} {s}` and `{T} {t}` two segments with
their values; `{a}`, `{b}`, `{c}`, `{share}` a segment's later and earlier level, its contribution and its share.
`{up|down}` takes the word of the direction; `<x~y>` in a sentence on a document is the figure x, which another
period or segment of the document has as y.
"""

#: For ratios (r), counts and money (c), or all of them (a).
COMPARED = {
    "zh": [
        ("a", "{period}，{m}为 {now}，{比前一周上升|比前一周下降}了 {change}。[E1]"),
        ("a", "{m}在{period}是 {now}，前一周是 {before}。[E1]"),
        ("a", "从 {before} {升|降}到了 {now}，{m}这一周{走高|走低}了不少。[E1]"),
        ("r", "次周对比看，{m}由 {before} {提升|回落}至 {now}，{升幅|降幅} {change}（相对{增长|下降} {growth}）。[E1]"),
        ("c", "{m}上周一共 {now}，环比{增加|减少} {change}，{增幅|降幅}约 {growth}。[E1]"),
        ("a", "上周{m}：{now}；再前一周：{before}。[E1]"),
        ("a", "与 {earlier}相比，{m}{涨|跌}了 {change}，现在是 {now}。[E1]"),
        ("a", "- **{m}**：{now}（前一周 {before}，{上升|下降} {change}）[E1]"),
        ("a", "| 指标 | 上周 | 前一周 |\n|---|---|---|\n| {m} | {now} | {before} |\n\n数据来自事件表。[E1]"),
        ("a", "{earlier}这个数还是 {before}，到{period}就只剩下 {now} 这个水平了。[E1]"),
        ("a", "{m}：{before} → {now}，{上升|下降} {change}。[E1]"),
        ("c", "{m}较前一周{增长|下滑} {growth}，达到 {now}。[E1]"),
        ("r", "{m}环比{多|少}了 {change}，按相对值算{增长|下降} {growth}。[E1]"),
    ],
    "en": [
        ("a", "{M} was {now} for {period}, {up|down} {change} on the week before. [E1]"),
        ("a", "For {period}, {m} came to {now}; the week before it was {before}. [E1]"),
        ("a", "{M} {rose|fell} from {before} to {now}. [E1]"),
        ("r", "{M} {climbed|slipped} to {now} from {before} a week earlier, a {gain|drop} of {change} (about {growth} in relative terms). [E1]"),
        ("c", "We counted {now} last week, {an increase|a decrease} of {change} or {growth} against the previous week. [E1]"),
        ("a", "Last week's {m}: {now}. The previous week: {before}. [E1]"),
        ("a", "Compared with {earlier}, {m} {improved|declined} by {change} and now stands at {now}. [E1]"),
        ("a", "- **{M}**: {now} (previous week {before}, {up|down} {change}) [E1]"),
        ("a", "| Metric | Last week | Week before |\n|---|---|---|\n| {m} | {now} | {before} |\n\nSource: the events table. [E1]"),
        ("a", "It stood at {before} in {earlier}, and at {now} in {period}. [E1]"),
        ("a", "{M}: {before} → {now}, {up|down} {change}. [E1]"),
        ("c", "{M} {grew|shrank} {growth} week on week to {now}. [E1]"),
        ("r", "That is {change} {higher|lower} than the previous week, or {growth} in relative terms. [E1]"),
    ],
}  # fmt: skip

SEGMENTED = {
    "zh": [
        "分{d}看，{S}为 {s}，{T}为 {t}。[E1]",
        "{S}的{m}是 {s}，而{T}有 {t}。[E1]",
        "- {S}：{s}\n- {T}：{t}\n\n以上为各{d}的{m}。[E1]",
        "{S}、{T}分别为 {s} 和 {t}。[E1]",
        "整体{m}为 {total}，其中{S}只有 {s}。[E1]",
        "各{d}里，{S}（{s}）和{T}（{t}）差别明显。[E1]",
        "{S}用户的{m}最值得注意：上周为 {s}。[E1]",
        "{T}那边是 {t}，{S}这边 {s}。[E1]",
    ],
    "en": [
        "By {d}, {S} is at {s} and {T} at {t}. [E1]",
        "{S}'s {m} was {s}, while {T} had {t}. [E1]",
        "- {S}: {s} [E1]\n- {T}: {t} [E1]\n",
        "{S} and {T} came in at {s} and {t} respectively. [E1]",
        "Overall {m} is {total}, but {S} only reaches {s}. [E1]",
        "The figure is {s} for {S} and {t} for {T}. [E1]",
        "{S} ({s}) differs from {T} ({t}). [E1]",
        "Look at {S} first: its {m} was {s} last week. [E1]",
    ],
}

DRIVEN = {
    "zh": [
        "变化主要看{S}：从 {b} {升|降}到 {a}，对整体贡献 {signed}。[E1]",
        "{S}的水平由 {b} 变为 {a}，占全部变化的 {share}。[E1]",
        "{S}前一周为 {b}，上周为 {a}。[E1]",
    ],
    "en": [
        "{S} moved it most: it {rose|fell} from {b} to {a}, contributing {signed}. [E1]",
        "{S} went from {b} the week before to {a}, which is {share} of the change. [E1]",
        "In {S} the level was {b} before and {a} after. [E1]",
    ],
}

LISTED = {
    "zh": ["{label}为 {value}。[E1]", "- {label}：{value} [E1]", "根据度量结果，{label}是 {value}。[E1]"],
    "en": ["{Label}: {value}. [E1]", "- {label}: {value} [E1]", "The {label} came out at {value}. [E1]"],
}

#: By document: sentences on it.
DOCUMENTS = {
    "reviews/android-payment-postmortem.md": [
        "故障期间安卓端支付成功率从前一周的 <92.1%~61.3%> 降到四天平均 <61.3%~92.1%>。[1]",
        "同期苹果端为 <94.4%~61.3%>，没有受影响。[1]",
        "During the incident Android's payment success averaged <61.3%~94.4%>, down from <92.1%~61.3%> the week before. [1]",
        "复盘写明，四天里安卓端发起支付 <488 次>，成功 <299 次>。[1]",
        "未支付订单金额 <12,812 元>，涉及 <113 人>。[1]",
    ],
    "reviews/weekly-2026-09-28.md": [
        "周会纪要记录：上周次日留存 <38.2%~44.3%>，前一周 <44.3%~38.2%>。[1]",
        "抖音的次日留存为 <24.1%~44.8%>，前一周还是 <41.1%~24.1%>。[1]",
        "非抖音渠道为 <44.8%>。[1]",
        "Onboarding completion fell from <84.9%~71.1%> to <71.1%~84.9%>. [1]",
        "The minutes put day-1 retention at <38.2%~44.3%> for the week. [1]",
    ],
    "reviews/weekly-2026-08-17.md": [
        "Payment success on Android was <74.5%~94.5%>, against <90.9%~74.5%> the week before. [1]",
        "On iOS it was <94.5%~74.5%>. [1]",
        "GMV came to <108,896 yuan~113,859 yuan> in the week of 10 to 16 August. [1]",
        "当周支付成功率 <81.5%~92.1%>，前一周 <92.1%~81.5%>。[1]",
    ],
    "cases/win-back-test.md": [],
}  # fmt: skip
