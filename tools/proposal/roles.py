"""Which column is the user, the event, the time, what splits and what sums: guessed by name and content."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tools.proposal.inspection import Column, Inspection
from tools.proposal.lines import find_key, find_repeated_order, find_returns, is_quantity, is_tied

_MOST_DIMENSIONS, _MOST_VALUES = 12, 50

# Each list is in order of preference.
_USER = (r"^(user|customer|member|client|buyer|player)_?(id|no|key|code)?$", r"^(uid|openid|unionid|用户(id|编号|标识)?|客户(id|编号|号)?|会员(id|编号|号)?|买家(id|账号)?)$",
         r"(user|customer|member|client|buyer|用户|客户|会员|买家)", r"^(account|distinct|visitor)_?(id|no|key|code)?$", r"(distinct_id|amplitude_id|device_?id|visitor|anonymous_?id|cookie|account|设备)")  # fmt: skip
_TIME = (r"^(event_?time(stamp)?|timestamp|ts|occurred_at|happened_at|事件时间|发生时间|时间戳)$", r"^(time|at|datetime|created_?(at|time)|ordered_?at|order_?(time|date)|invoice_?date|paid_?at|时间|下单时间|支付时间|创建时间|订单日期)$",
         r"(time|date|_at$|时间|日期)", r".")  # fmt: skip
_EVENT = (r"^(event(_?name|_?type)?|action(_?name|_?type)?|event_?key|事件(名|名称|类型)?)$", r"^(activity|behaviou?r(_?type)?|operation|行为(类型)?|操作|动作)$", r"(^|[._])(event|action)", r"^(type|name|类型)$")  # fmt: skip
_ARRIVAL = re.compile(r"(received|ingest|upload|load|insert|updat|process|sync|modif|接收|入库|更新)", re.I)
_MONEY = (r"^(amount|total|revenue|gmv|order_?amount|total_?(amount|price)|paid_?amount|金额|实付(金额)?|订单金额|成交额|支付金额|总价)$", r"(amount|revenue|gmv|sales|dollar|paid|金额|实付|收入|成交)", r"(price|value|fee|cost|价)")  # fmt: skip
_NUMBERED = re.compile(r"(_?id|_?no|_?key|_?code|编号|号码)$", re.I)
_WORDS = {
    "signup": r"^(user_?)?(sign[ _-]?up|signed[ _-]?up|regist(er|ered|ration)|create[ _]account|注册(成功)?|新用户注册)$",
    "view": r"^((product|item|page|view)[ _-]?(view(ed)?|item|page|product)|view|browse|visit|浏览(商品|页面)?|查看商品|访问)$",
    "purchase": r"^(payment_?success|paid|purchased?|支付成功|付款成功|购买|成交)$",
    "order": r"^(pay(ment)?|buy|order(_?(created?|completed|paid|ed))?|checkout_?completed|支付|付款|下单)$",
}
_ORDERS = re.compile(r"(order|invoice|purchase|sales|transaction|trade|retail|订单|交易|购买|销售)", re.I)


@dataclass(frozen=True, slots=True)
class Roles:
    """What the columns of a table are taken for.

    Attributes:
        event: column of event names; None where every row is `event_name`.
        id: column that tells one event from another.
        dimensions: columns with few values.
        money: column of amounts.
        milestones: recorded events that are the sign-up, a view, a purchase.
        order: column that several rows share, each a line of one order with an amount of its own.
        where: rows to keep, so that what was taken back is left out.
    """

    user: str | None
    time: str | None
    event: str | None
    event_name: str | None
    id: str | None = None
    dimensions: tuple[str, ...] = ()
    money: str | None = None
    milestones: dict[str, str] = field(default_factory=dict)
    order: str | None = None
    where: dict[str, str] = field(default_factory=dict)


def propose_roles(look: Inspection) -> Roles:
    """Guess the role of each column; what cannot be guessed is None."""
    columns = list(look.columns.values())
    time = _choose((c for c in columns if c.kind == "time"), _TIME, _time_rank)
    taken = {time}
    user = _choose((c for c in columns if c.name not in taken and _may_be_user(c)), _USER)
    taken.add(user)
    event = _choose((c for c in columns if c.name not in taken and _may_be_event(c, look.rows)), _EVENT)
    taken.add(event)
    sums = [c for c in columns if c.kind == "number" and c.name not in taken and not _NUMBERED.search(c.name)]
    # A price beside a quantity is that of one piece: its sum means nothing.
    is_priced = any(is_quantity(c.name) for c in sums)
    money = _choose(sums, _MONEY[:2] if is_priced else _MONEY)
    key, order, where = find_lines(look, user=user, time=time, event=event, money=money)
    taken |= {key, money}
    dimensions = [c.name for c in columns if c.name not in taken and _may_split(c)]
    return Roles(
        user, time, event, None if event else _name_rows(look, columns, money), key, tuple(dimensions[:_MOST_DIMENSIONS]), money,
        find_milestones(look.columns[event].values) if event else {},
        order, where,
    )  # fmt: skip


def find_lines(
    look: Inspection, *, user: str | None, time: str | None, event: str | None, money: str | None
) -> tuple[str | None, str | None, dict[str, str]]:
    """Find what makes rows one event: the id, the order whose lines must stay apart, and the rows to keep."""
    key = find_key(look, user, time, orders=event is None)
    if event is not None:
        return key, None, {}
    where = find_returns(look, money)
    # Of rows that are one event only the earliest stays: amounts that differ between them would be lost.
    if (
        key is not None
        and money is not None
        and is_tied(look, key, user, time)
        and money not in look.ties[key]
    ):
        return None, key, where
    return key, None if key else find_repeated_order(look), where


def find_users(look: Inspection, *, but: str) -> list[str]:
    """List the other columns that may be the user."""
    return [
        c.name
        for c in look.columns.values()
        if c.name != but and _may_be_user(c) and any(re.search(p, _last_part(c.name), re.I) for p in _USER)
    ]


def find_milestones(events: Iterable[str]) -> dict[str, str]:
    """Find, of recorded events, the sign-up, the view and the purchase: for each the most frequent that is named so."""
    known = list(events)
    found = {}
    for milestone, pattern in _WORDS.items():
        match = next((e for e in known if re.search(pattern, e.strip(), re.I)), None)
        if match is not None:
            found[milestone] = match
    if "order" in found:
        found.setdefault("purchase", found.pop("order"))
    return found


def _last_part(name: str) -> str:
    """Return the last part of a nested name; the dot of "Member No." parts nothing."""
    return name.rpartition(".")[2] or name


def _choose(columns: Iterable[Column], patterns: Iterable[str], rank: object = None) -> str | None:
    """Choose by the first pattern that any column's name matches; of several, the fullest and then the first."""
    candidates = list(columns)
    for pattern in patterns:
        matching = [c for c in candidates if re.search(pattern, _last_part(c.name), re.I)]
        if matching:
            best = max(matching, key=_time_rank if rank else lambda c: round(c.filled, 1))
            return best.name
    return None


def _time_rank(column: Column) -> tuple[bool, float]:
    return not _ARRIVAL.search(column.name), round(column.filled, 1)


def _may_be_user(column: Column) -> bool:
    return column.kind in ("text", "number") and column.distinct > 1


def _may_be_event(column: Column, rows: int) -> bool:
    return (
        column.kind == "text" and 1 <= column.distinct <= 300 and (column.distinct <= rows / 2 or rows < 10)
    )


def _may_split(column: Column) -> bool:
    few = 2 <= column.distinct <= _MOST_VALUES
    return few and column.kind in ("text", "truth") and not _NUMBERED.search(column.name)


def _name_rows(look: Inspection, columns: list[Column], money: str | None) -> str:
    words = [Path(look.path).stem, *(c.name for c in columns)]
    return "purchase" if money or any(_ORDERS.search(w) for w in words) else "event"
