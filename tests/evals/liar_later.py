"""Wordings written last, with the slots of `liar_phrasings`; what they showed first is in results.md, and was mended since."""

COMPARED = {
    "zh": [
        ("a", "我查了一下，{period}的{m}是 {now}，{earlier}是 {before}，{涨|跌}幅不算小。[E1]"),
        ("a", "{m}方面：本期（{period}）{now}，上期（{earlier}）{before}。[E1]"),
        ("a", "先说结论：{m}{上升|下降}了，{period}为 {now}，而{earlier}为 {before}，差了 {change}。[E1]"),
        ("r", "{period}{m}录得 {now}，{高出|低于}{earlier} {change}。[E1]"),
        ("c", "数据显示，{period}{m}达 {now}，同{earlier}的 {before} 相比{增加了|减少了} {change}，{增长率|降幅}为 {growth}。[E1]"),
        ("a", "原来 {before} 的{m}，{period}变成了 {now}。[E1]"),
        ("c", "{m}{环比增长|环比下滑} {growth}（{before} → {now}）。[E1]"),
        ("a", "{earlier}的{m}为 {before}；{period}为 {now}，{有所上升|有所下降}。[E1]"),
    ],
    "en": [
        ("a", "Here is what I found: {m} was {now} in {period} and {before} in {earlier}. [E1]"),
        ("a", "{M} ended {period} at {now}, versus {before} for {earlier}. [E1]"),
        ("a", "The short answer is that {m} went {up|down}: {now} in {period}, {before} in {earlier}, a difference of {change}. [E1]"),
        ("r", "At {now}, {m} in {period} was {change} {higher|lower} than in {earlier}. [E1]"),
        ("c", "We saw {m} of {now} in {period} compared to {before} in {earlier}, that is {growth} {more|less}. [E1]"),
        ("a", "{M} used to be {before}; in {period} it was {now}. [E1]"),
        ("c", "{M} {rose|fell} {growth} ({before} to {now}). [E1]"),
        ("a", "In {earlier} {m} was {before}. In {period} it was {now}, so it {went up|went down}. [E1]"),
    ],
}  # fmt: skip

SEGMENTED = {
    "zh": [
        "分{d}来看，{S}的{m}是 {s}，{T}则是 {t}。[E1]",
        "{T}这边{m}为 {t}，{S}那边为 {s}。[E1]",
        "{m}按{d}拆开：{S}（{s}）、{T}（{t}）。[E1]",
        "如果只看{S}，{m}有 {s}；只看{T}的话是 {t}。[E1]",
    ],
    "en": [
        "Broken down by {d}, {S} has {s} and {T} has {t}. [E1]",
        "On {T} the {m} stood at {t}, on {S} at {s}. [E1]",
        "{M} by {d}: {S} ({s}), {T} ({t}). [E1]",
        "If you look only at {S}, {m} is {s}; for {T} alone it is {t}. [E1]",
    ],
}

DRIVEN = {
    "zh": ["影响最大的是{S}：从 {b} 到 {a}，贡献了 {signed}。[E1]"],
    "en": [
        "The largest contribution came from {S}: {b} before, {a} now, which adds {signed} to the total. [E1]"
    ],
}

LISTED = {
    "zh": ["{label}是 {value}。[E1]"],
    "en": ["The figure for {label} is {value}. [E1]"],
}

DOCUMENTS = {
    "reviews/android-payment-postmortem.md": [
        "复盘写道，故障四天里安卓支付成功率平均只有 <61.3%~92.1%>，此前一周是 <92.1%~61.3%>。[1]",
        "According to the post-mortem iOS stayed at <94.4%~61.3%> in those days. [1]",
    ],
    "reviews/weekly-2026-09-28.md": [
        "周会提到次日留存从 <44.3%~38.2%> <dir:下滑|上升>到 <38.2%~44.3%>。[1]",
    ],
    "reviews/weekly-2026-08-17.md": [
        "The weekly gives <74.5%~94.5%> for Android and <94.5%~74.5%> for iOS. [1]"
    ],
}
