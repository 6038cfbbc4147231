"""Wordings beside those of `liar_phrasings`, with the same slots; faults they showed were mended since, so they are no clean test."""

COMPARED = {
    "zh": [
        ("a", "{m}这次测得 {now}，{period}口径；{earlier}同口径为 {before}。[E1]"),
        ("a", "简单说，{m}由 {before} 走到 {now}。[E1]"),
        ("r", "{m}{period}比{earlier}{高|低} {change}，具体是 {now} 对 {before}。[E1]"),
        ("c", "{m}合计 {now}，与前一周相比{多|少} {change}，相当于{增长|减少} {growth}。[E1]"),
        ("a", "前一周的{m}还在 {before}，如今是 {now}。[E1]"),
        ("a", "{m}：\n- {period}：{now} [E1]\n- {earlier}：{before} [E1]\n- 变化：{上升|下降} {change} [E1]"),
        ("a", "{earlier}录得 {before}，随后{升|降}至 {now}，环比{升|降} {growth}。[E1]"),
        ("a", "要注意，{now} 是{period}的值，{before} 才是前一周的值。[E1]"),
    ],
    "en": [
        ("a", "{period} came in at {now} for {m}, against {before} for {earlier}. [E1]"),
        ("a", "In other words, {m} went from {before} to {now}. [E1]"),
        ("r", "{M} in {period} is {change} {above|below} {earlier}: {now} against {before}. [E1]"),
        ("c", "Total {m} was {now}, {growth} {more|less} than the week before, when it was {before}. [E1]"),
        ("a", "The week before, {m} was still at {before}; now it is {now}. [E1]"),
        ("a", "{M}:\n- {period}: {now} [E1]\n- {earlier}: {before} [E1]\n- change: {up|down} {change} [E1]"),
        ("a", "It recorded {before} in {earlier} and then {rose|fell} to {now}, {up|down} {growth}. [E1]"),
        ("a", "Note that {now} is the value of {period} and {before} that of {earlier}. [E1]"),
    ],
}  # fmt: skip

SEGMENTED = {
    "zh": [
        "以{S}为例，{m}是 {s}；换成{T}，就是 {t}。[E1]",
        "{d}之间差别很大：{S} {s}，{T} {t}。[E1]",
        "来自{S}的用户，{m}为 {s}，来自{T}的则为 {t}。[E1]",
        "**{S}**：{m} {s}\n**{T}**：{m} {t}\n\n以上来自同一次度量。[E1]",
    ],
    "en": [
        "Take {S}: its {m} is {s}, and for {T} it is {t}. [E1]",
        "The {d}s differ widely: {S} {s}, {T} {t}. [E1]",
        "Among users from {S} the {m} is {s}, among those from {T} it is {t}. [E1]",
        "**{S}**: {m} {s} [E1]\n**{T}**: {m} {t} [E1]",
    ],
}

DRIVEN = {
    "zh": ["其中{S}由 {b} 变到 {a}，对总变化的贡献是 {signed}。[E1]"],
    "en": ["Within {S} it went from {b} to {a}, a contribution of {signed} to the total change. [E1]"],
}

LISTED = {
    "zh": ["此外，{label}：{value}（见度量）。[E1]"],
    "en": ["In addition, {label}: {value} (as measured). [E1]"],
}

DOCUMENTS = {
    "reviews/android-payment-postmortem.md": [
        "当时安卓 <61.3%~94.4%>，苹果 <94.4%~61.3%>。[1]",
        "The review says the success rate on Android fell to <61.3%~92.1%> from <92.1%~61.3%>. [1]",
    ],
    "reviews/weekly-2026-09-28.md": [
        "那周的纪要里，次日留存由 <44.3%~38.2%> <dir:掉|涨>到 <38.2%~44.3%>。[1]",
        "Douyin stood at <24.1%~44.8%> that week. [1]",
    ],
    "reviews/weekly-2026-08-17.md": ["Android was at <74.5%~94.5%>, iOS at <94.5%~74.5%>. [1]"],
}
