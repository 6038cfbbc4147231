"""Rows that belong together, such as the lines of an order, and rows that take something back, such as returns."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tools.errors import show
from tools.results import Text

if TYPE_CHECKING:
    import ibis

    from tools.proposal.inspection import Column, Inspection
    from tools.sources.reading import AnyEngine

_ORDER_NUMBER = re.compile(
    r"^(order|invoice|transaction|trade|receipt|bill|basket)[ _-]?(id|no\.?|num(ber)?|code|sn)?$"
    r"|^(销售|交易|支付|业务)?(订单|发票|交易|单据|小票|流水|单)(号|编号|号码|id)$",
    re.I,
)
_ID = re.compile(r"(^|[._$])(event|insert|message|record|log)_?id$|uuid$|事件(id|编号)$", re.I)
_QUANTITY = re.compile(r"(quantity|qty|units|数量|件数)", re.I)
_NEARLY_SAME = 3600
_ALIKE, _UNIQUE = 0.9, 0.9


def may_tie(column: "Column") -> bool:
    """Say whether a column is named like the number of an order or of an event."""
    return bool(_ORDER_NUMBER.search(column.name) or _ID.search(column.name))


def find_ties(
    engine: "AnyEngine", table: "ibis.Table", key: str, columns: Mapping[str, "Column"]
) -> frozenset[str]:
    """Find the columns in which rows that share a key nearly always agree; none if no key stands twice.

    Args:
        engine: reads the table.
        table: with its times as timestamps in UTC.
        key: the column that rows may share.
        columns: the others; times agree within an hour.
    """
    table = table.filter(table[key].notnull())
    alike = {}
    for place, (name, column) in enumerate(columns.items()):
        value = table[name].epoch_seconds() if column.kind == "time" else table[name]
        within = (
            value.max() - value.min() <= _NEARLY_SAME if column.kind == "time" else value.max() == value.min()
        )
        alike[f"c{place}"] = within.coalesce(True).cast("int64")
    groups = table.group_by(key).agg(rows_of_key=table.count(), **alike)
    shared = groups.filter(groups.rows_of_key > 1)
    found = engine.fetch_row(shared.agg(groups=shared.count(), **{c: shared[c].sum() for c in alike}))
    if not found["groups"]:
        return frozenset()
    return frozenset(n for n, c in zip(columns, alike, strict=True) if found[c] >= _ALIKE * found["groups"])


def find_key(look: "Inspection", user: str | None, time: str | None, *, orders: bool) -> str | None:
    """Find the column that tells one event from another.

    Args:
        look: at the data.
        user, time: columns in which rows that share it agree.
        orders: whether the number of an order may be it, which is so where every row is the same event.
    """
    for name, column in look.columns.items():
        is_id, is_order = bool(_ID.search(name)), orders and bool(_ORDER_NUMBER.search(name))
        is_unique = column.distinct >= _UNIQUE * column.filled * look.rows
        if name not in (user, time) and (
            (is_id and is_unique) or ((is_id or is_order) and is_tied(look, name, user, time))
        ):
            return name
    return None


def is_tied(look: "Inspection", key: str, user: str | None, time: str | None) -> bool:
    """Say whether rows share a key, and those that do are of one user at one time."""
    return {c for c in (user, time) if c} <= look.ties.get(key, frozenset()) and bool(look.ties.get(key))


def find_repeated_order(look: "Inspection") -> str | None:
    """Find a number of orders that many rows share."""
    for name, column in look.columns.items():
        if _ORDER_NUMBER.search(name) and 1 < column.distinct < _UNIQUE * column.filled * look.rows:
            return name
    return None


def is_quantity(name: str) -> bool:
    """Say whether a column is named like a number of pieces."""
    return bool(_QUANTITY.search(name))


def find_returns(look: "Inspection", money: str | None) -> dict[str, str]:
    """Find quantities, else the amount, that are below zero in some rows; returns what to keep, as `where` says it."""
    signed = [n for n, c in look.columns.items() if 0 < c.negative < look.rows / 2 and c.filled == 1]
    quantities = {name: "> 0" for name in signed if is_quantity(name)}
    return quantities or {name: ">= 0" for name in signed if name == money}


def explain_key(look: "Inspection", key: str) -> Text:
    """Say why rows that share a column are taken for one event."""
    if look.ties.get(key):
        return Text(
            "共用它的行属于同一用户、几乎同一时间，像是一笔订单的多行：只计为一个事件",
            "rows that share it are of one user at nearly one time, like the lines of an order: they count as one event",
        )
    return Text(
        "几乎不重复，像是事件编号：相同的行只计一次",
        "hardly ever repeats, like the id of an event: rows that share it count once",
    )


def explain_where(look: "Inspection", where: Mapping[str, str]) -> Text:
    """Say which rows are left out, and why."""
    zh, en = [], []
    for name in where:
        below = look.columns[name].negative
        zh.append(f"{below:,} 行的 {show(name)} 为负")
        en.append(f"{show(name)} is negative in {below:,} of {look.rows:,} rows")
    return Text(
        f"{'、'.join(zh)}，像是退货或冲销：不计为事件，也不计入金额",
        f"{' and '.join(en)}, like returns: they are no events, and in no sum",
    )


def explain_order(order: str, money: str | None) -> Text:
    """Say why rows of one order stay apart, and what follows."""
    key, amount = show(order), show(money)
    if money is None:
        return Text(
            f"多行共用一个 {key}：每行是订单的一件商品，因此没有拟定次数和复购。",
            f"Rows share their {key}: each is a line of an order, so no counts of purchases are proposed.",
        )
    return Text(
        f"多行共用一个 {key}，各有各的 {amount}：`id: {key}` 能按订单计次，但每单只留下一行的金额，因此没有拟定 id、次数和复购。",
        f"Rows share their {key}, each with a {amount} of its own: `id: {key}` would count orders, but keep the amount "
        "of one line of each, so neither it nor counts of purchases are proposed.",
    )
