"""Amounts written as text: ¥1,234.50, 1 234,50 €, (12.00). Read where the column tells which sign is the decimal one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tools.errors import SourceUnavailable, show

if TYPE_CHECKING:
    import ibis

    from tools.sources.reading import AnyEngine

# Blanks that do not break a line are no \s.
_UNITS = "([\u00a0\u2009\u202f" + r"\s'’+¥￥$€£₩₹元]|CNY|RMB|USD|EUR|GBP|JPY|HKD|US|HK)"
_IN_BRACKETS = r"^\(.*\)$"
_MISSING = r"^(-+|n/?a|nan|null|none|无|空)?$"
_POINT = r"^-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?(\.[0-9]+)?$"
_COMMA = r"^-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)?(,[0-9]+)?$"
_DIGIT = r"[0-9]"


def read_amounts(engine: "AnyEngine", raw: "ibis.Table", columns: Iterable[str]) -> "ibis.Table":
    """Replace text columns by the numbers that they write; what is a number already stays as it is.

    A currency or a blank does not count, brackets are a minus, and `-` or `n/a` is a missing value. The decimal sign is
    the one under which every amount of the column can be read.

    Raises:
        SourceUnavailable: an amount cannot be read, or the column does not tell thousands from decimals.
    """
    texts = [c for c in dict.fromkeys(columns) if c in raw.columns and raw[c].type().is_string()]
    return raw.mutate(**{name: _read(engine, raw, name) for name in texts})


def is_written_amount(engine: "AnyEngine", table: "ibis.Table", name: str) -> bool:
    """Tell whether a text column holds amounts, with a currency or a decimal or thousands sign in some of them."""
    try:
        read_amounts(engine, table, [name])
    except SourceUnavailable:
        return False
    marked = table[name].re_search(r"[¥￥$€£₩₹元.,]")
    return bool(engine.fetch_row(table.agg(marked=marked.any().coalesce(False)))["marked"])


def _read(engine: "AnyEngine", raw: "ibis.Table", name: str) -> Any:
    import ibis

    plain = raw[name].re_replace(_UNITS, "")
    bare = plain.replace("(", "").replace(")", "")
    plain = ibis.ifelse(plain.re_search(_IN_BRACKETS), ibis.literal("-") + bare, plain)
    text = ibis.ifelse(plain.lower().re_search(_MISSING), ibis.null("string"), plain)
    if _find_decimal(engine, raw, name, text) == ",":
        text = text.replace(".", "").replace(",", ".")
    return text.replace(",", "").try_cast("float64")


def _find_decimal(engine: "AnyEngine", raw: "ibis.Table", name: str, text: Any) -> str:
    """Return the decimal sign under which every amount can be read."""
    import ibis

    point, comma = (text.re_search(p) & text.re_search(_DIGIT) for p in (_POINT, _COMMA))
    wrong = text.notnull() & ~point & ~comma
    counts = engine.fetch_row(
        raw.agg(
            filled=text.count(),
            wrong=wrong.sum().coalesce(0),
            strange=ibis.ifelse(wrong, raw[name], ibis.null("string")).min(),
            point=(point & ~comma).sum().coalesce(0),
            comma=(comma & ~point).sum().coalesce(0),
            signed=text.re_search(r"[.,]").sum().coalesce(0),
            example=ibis.ifelse(text.re_search(r"[.,]"), raw[name], ibis.null("string")).min(),
        )
    )
    if counts["wrong"]:
        raise _refuse(name, int(counts["wrong"]), int(counts["filled"]), str(counts["strange"]))
    if counts["point"] and counts["comma"]:
        raise _refuse_mixture(name, int(counts["point"]), int(counts["comma"]))
    if counts["signed"] and not counts["point"] and not counts["comma"]:
        raise _refuse_ambiguity(name, str(counts["example"]))
    return "," if counts["comma"] else "."


def _refuse(name: str, wrong: int, filled: int, example: str) -> SourceUnavailable:
    return SourceUnavailable(
        en=f"Column {show(name)} cannot be summed: {wrong:,} of its {filled:,} values are no amounts, such as "
        f"{show(example)}. Leave these empty, or keep them out with `where`.",
        zh=f"列 {show(name)} 无法求和：{filled:,} 个值中有 {wrong:,} 个不是金额，例如 {show(example)}。"
        "请将其留空，或用 where 排除。",
        parameter=name,
    )


def _refuse_mixture(name: str, point: int, comma: int) -> SourceUnavailable:
    return SourceUnavailable(
        en=f"Column {show(name)} cannot be summed: {point:,} amounts are written as 1,234.50 and {comma:,} as 1.234,50. "
        "Write all in one way.",
        zh=f"列 {show(name)} 无法求和：有 {point:,} 个金额写作 1,234.50，{comma:,} 个写作 1.234,50。请统一写法。",
        parameter=name,
    )


def _refuse_ambiguity(name: str, example: str) -> SourceUnavailable:
    return SourceUnavailable(
        en=f"Column {show(name)} cannot be summed: nothing tells whether {show(example)} has thousands or decimals. "
        "Write the amounts as plain numbers, such as 1234.5.",
        zh=f"列 {show(name)} 无法求和：无法判断 {show(example)} 中是千位分隔符还是小数点。请写成 1234.5 这样的数字。",
        parameter=name,
    )
