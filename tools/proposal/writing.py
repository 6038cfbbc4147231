"""The text of a proposed `metrics.yaml`: every choice with its reason in a comment."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tools.errors import show
from tools.exports import EXPORTS
from tools.grammar import chinese_list
from tools.proposal.inspection import Inspection
from tools.proposal.lines import explain_key, explain_order, explain_where
from tools.proposal.roles import Roles, find_users
from tools.results import Text

_PLAIN = re.compile(r"^[A-Za-z_一-鿿][\w一-鿿./]*$")
_RESERVED = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}
#: What YAML does not take as it is.
_UNPRINTABLE = re.compile("[\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufeff\\ufffe\\uffff]")
_KEY = re.compile(r"\W+")
_FRESH = timedelta(days=7)
_MOST_OTHERS = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """A source to be declared.

    Attributes:
        name: of the source.
        path: as `metrics.yaml` is to name it.
        look, roles: what is in it, and what is taken for what.
    """

    name: str
    path: str
    look: Inspection
    roles: Roles


def write_proposal(drafts: Sequence[Draft], *, timezone: str, currency: str, language: str) -> str:
    """Write the file.

    Args:
        drafts: the sources, each with a time and either events or a name for its rows.
        timezone, currency: of the workspace.
        language: of the comments ("zh", else English).
    """
    return "\n".join(_Writer(drafts, timezone, currency, language == "zh").lines()) + "\n"


@dataclass(frozen=True, slots=True)
class _Writer:
    drafts: Sequence[Draft]
    timezone: str
    currency: str
    is_chinese: bool

    def say(self, zh: str, en: str) -> str:
        return zh if self.is_chinese else en

    def tell(self, text: Text) -> str:
        return self.say(text.zh, text.en)

    def lines(self) -> Iterator[str]:
        yield self.say("# 数据的含义。由 yunce metrics init 根据数据拟定，请核对；每处都写了理由。",
                       "# What the data means. Proposed by `yunce metrics init` from a look at the data; check it. Reasons are given.")  # fmt: skip
        yield from self._clock()
        yield ""
        yield "sources:"
        for draft in self.drafts:
            yield from self._source(draft)
        yield from self._events()
        dimensions = [line for draft in self.drafts for line in self._dimensions(draft)]
        if dimensions:
            yield ""
            yield self.say(
                "# 可用来拆分的维度：取值在 2 到 50 个之间的列。",
                "# What figures can be split by: columns with 2 to 50 values.",
            )
            yield from ["dimensions:", *dimensions]
        yield ""
        yield self.say(
            "# 现成的指标；名称和同义词可随意增改。",
            "# Metrics to start with; add names and synonyms as people say them.",
        )
        for draft in self.drafts:
            if draft.roles.order:
                told = self.tell(explain_order(draft.roles.order, draft.roles.money))
                yield f"# {draft.name}{self.say('：', ': ')}{told}"
        yield "metrics:"
        for draft in self.drafts:
            yield from self._metrics(draft)

    def _clock(self) -> Iterator[str]:
        times = [
            EXPORTS[d.look.export].columns["time"] if d.look.export else d.roles.time for d in self.drafts
        ]
        columns = [d.look.columns[t] for d, t in zip(self.drafts, times, strict=True) if t is not None]
        if all(c.has_zone for c in columns):
            reason = self.say(
                "数据中的时间自带时区；按此时区划分自然日",
                "times carry their zone; days are those of this one",
            )
        else:
            reason = self.say(
                "数据中的时间不带时区，按此时区的本地时间理解：不对会让日期错位，请核对",
                "times carry no zone and are read as local to this one: a wrong one shifts days, so check it",
            )
        yield f"timezone: {self.timezone}  # {reason}"
        newest = max((c.newest for c in columns if c.newest), default=None)
        old = newest is not None and datetime.now(UTC) - newest > _FRESH
        mode = "data_end" if old else "wall_clock"
        if old:
            reason = self.say(
                f"最新数据是 {newest:%Y-%m-%d}：“上周”从数据的最后一天算起",
                f"the newest event is of {newest:%Y-%m-%d}: “last week” counts from the end of the data",
            )
        else:
            reason = self.say("“上周”从今天算起", "“last week” counts from today")
        yield f"relative_dates: {mode}  # {reason}"
        if any(d.roles.money for d in self.drafts):
            yield f"currency: {self.currency}  # {self.say('金额列的币种，请核对', 'of the amounts; check it')}"

    def _source(self, draft: Draft) -> Iterator[str]:
        roles, look = draft.roles, draft.look
        yield f"  {name_key(draft.name)}:"
        yield f"    path: {_scalar(draft.path)}"
        if look.sheet:
            reason = self.say("第一张有时间列的工作表", "the first sheet that holds times")
            yield f"    sheet: {_scalar(look.sheet)}  # {reason}"
        if look.export:
            reason = self.say(
                "列名与该产品的原始导出一致；用户、事件、时间、去重和常用维度随之确定",
                "the columns are those of its raw export; user, event, time, id and usual dimensions follow from it",
            )
            yield f"    format: {look.export}  # {reason}"
            if look.export == "mixpanel":
                yield self.say(
                    "    # 时间按项目时区计；若导出为 UTC，请加一行 time_zone: UTC",
                    "    # Times are by the project's clock; add time_zone: UTC if yours are exported in UTC.",
                )
            return
        yield self._role("user", roles.user, draft)
        yield self._role("time", roles.time, draft)
        if roles.time is not None and look.columns[roles.time].ambiguous:
            yield f"    day_first: true  # {self.say('日期无法区分日与月，请核对', 'the dates do not tell day from month; check it')}"
        if roles.event:
            yield self._role("event", roles.event, draft)
        else:
            reason = self.say(
                "没有事件名列：每行都是同一种事件", "no column names events: every row is this one"
            )
            yield f"    event_name: {_scalar(roles.event_name or 'event')}  # {reason}"
        if roles.id:
            yield f"    id: {_scalar(roles.id)}  # {self.tell(explain_key(look, roles.id))}"
        if roles.where:
            kept = ", ".join(f"{_scalar(name)}: {_scalar(value)}" for name, value in roles.where.items())
            reason = self.say("要净额请删去此行", "for sums net of them delete this line")
            told = self.tell(explain_where(look, roles.where))
            yield f"    where: {{{kept}}}  # {told}{self.say('；', '; ')}{reason}"

    def _role(self, role: str, column: str | None, draft: Draft) -> str:
        if column is None:
            return self.say(
                "    # 没有找到用户列：只能统计次数与金额",
                "    # No user column was found: only counts and sums can be measured.",
            )
        found = draft.look.columns.get(column)
        if found is None:
            return f"    {role}: {_scalar(column)}"
        filled = "100%" if found.filled == 1 else f"{min(found.filled, 0.999):.1%}"
        zh, en = (
            f"{filled} 的行有值，{found.distinct:,} 个不同的值",
            f"filled in {filled} of rows, {found.distinct:,} different values",
        )
        others = find_users(draft.look, but=column) if role == "user" else []
        if others:
            listed = ", ".join(others[:_MOST_OTHERS])
            zh, en = f"{zh}；也可能是：{chinese_list(listed)}", f"{en}; it may also be {listed}"
        return f"    {role}: {_scalar(column)}  # {self.say(zh, en)}"

    def _events(self) -> Iterator[str]:
        """Declare the sign-up under the name that tools look for; then the others must be declared, too."""
        found = [(m, e) for draft in self.drafts for m, e in draft.roles.milestones.items()]
        signup = next((e for m, e in found if m == "signup" and e != "signup"), None)
        if signup is None or any(e == "signup" for _, e in found):
            return
        others = {e for _, e in found if e != signup}
        yield ""
        yield self.say(
            "# 人们口中的事件：signup 是新用户的起点，留存默认从它算起。",
            "# Events as people speak of them: signup starts a cohort, and retention counts from it by default.",
        )
        yield "events:"
        yield f"  signup: {{any_of: [{_scalar(signup)}], names: {{zh: 注册, en: sign-up}}}}"
        yield from (f"  {_scalar(event)}: {{}}" for event in sorted(others))

    def _dimensions(self, draft: Draft) -> Iterator[str]:
        if draft.look.export:
            return
        for column in draft.roles.dimensions:
            found = draft.look.columns[column]
            values = ", ".join(show(v).replace("#", "") for v in list(found.values)[:4])
            yield f"  {self._named(name_key(column), draft)}: {{column: {_scalar(column)}, source: {name_key(draft.name)}}}  # {found.distinct}: {values}"

    def _metrics(self, draft: Draft) -> Iterator[str]:
        for name, body, zh, en in self._measures(draft):
            source = f", source: {name_key(draft.name)}" if len(self.drafts) > 1 else ""
            yield f"  {self._named(name, draft)}: {{{body}{source}, names: {{zh: {self._called(zh, draft)}, en: {self._called(en, draft)}}}}}"

    def _measures(self, draft: Draft) -> Iterator[tuple[str, str, str, str]]:
        """Yield name, content, Chinese and English name of each metric that the data allows."""
        roles, has_user = draft.roles, draft.roles.user is not None or draft.look.export is not None
        purchase = roles.milestones.get("purchase") or (
            roles.event_name if roles.event_name == "purchase" else None
        )
        is_single = roles.event is None and draft.look.export is None
        if has_user and not is_single:
            yield "dau", "kind: active_users, interval: day", "日活跃用户数", "daily active users"
            yield "wau", "kind: active_users, interval: week", "周活跃用户数", "weekly active users"
        if has_user:
            yield "mau", "kind: active_users, interval: month", "月活跃用户数", "monthly active users"
        if has_user and not is_single:
            start = roles.milestones.get("signup")
            cohort = (
                f", cohort_event: {_scalar(start)}"
                if start == "signup"
                else ", cohort_event: signup"
                if start
                else ""
            )
            for days, zh, en in ((1, "次日留存率", "day-1 retention"), (7, "7 日留存率", "day-7 retention")):
                yield f"d{days}_retention", f"kind: retention, at: {days}{cohort}", zh, en
        if roles.event_name and not purchase:
            yield "events_count", "kind: event_count", "事件数", "events"
        if purchase and not roles.order:
            yield (
                "purchases",
                f"kind: event_count, event: {_scalar(purchase)}, unit: purchases",
                "购买次数",
                "purchases",
            )
        if purchase and has_user:
            event = _scalar(purchase)
            yield "buyers", f"kind: unique_users, event: {event}", "购买人数", "buyers"
            if not roles.order:
                steps = f"kind: conversion, steps: [{event}, {event}], window: 30d"
                yield "repurchase_rate", steps, "30 日复购率", "30-day repurchase rate"
            if view := roles.milestones.get("view"):
                yield (
                    "purchase_conversion",
                    f"kind: conversion, steps: [{_scalar(view)}, {event}], window: 7d",
                    "购买转化率",
                    "purchase conversion",
                )
        if roles.money:
            event = f", event: {_scalar(purchase)}" if purchase else ""
            yield (
                "revenue",
                f"kind: event_sum, property: {_scalar(roles.money)}{event}",
                "金额合计",
                "revenue",
            )

    def _named(self, name: str, draft: Draft) -> str:
        """Keep names of several sources apart; the first keeps the plain ones."""
        return name if draft is self.drafts[0] else f"{name_key(draft.name)}_{name}"

    def _called(self, name: str, draft: Draft) -> str:
        return name if draft is self.drafts[0] else _scalar(f"{draft.name} {name}")


def name_key(name: str) -> str:
    """Make a key of `metrics.yaml` of a name."""
    key = _KEY.sub("_", name).strip("_") or "data"
    return key if not key[0].isdigit() and key.lower() not in _RESERVED else f"c_{key}"


def _scalar(value: str) -> str:
    """Write a text that YAML reads back as the same text.

    >>> _scalar("user_id"), _scalar("下单时间"), _scalar("no"), _scalar("a: b")
    ('user_id', '下单时间', '"no"', '"a: b"')
    """
    if _PLAIN.match(value) and value.lower() not in _RESERVED:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
