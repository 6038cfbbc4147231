"""Referral: invites, who accepts them, how fast, and how far the product spreads by itself.

K-factor is invites per active user x acceptance rate (Skok, "Lessons learned: viral marketing"), over the
period that was asked for: above 1 each user brings more than one other. Cycle time is the time from an invite to
its acceptance. See `tools.invitations` for what ties the two.
"""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.charts import draw_lines
from tools.conversion import FunnelDefinition
from tools.definitions import EventName, ToolArguments, interval_item, item, period_item
from tools.durations import Window
from tools.intervals import wilson_interval
from tools.invitations import ReferralDefinition, count_acceptances, count_inviters, count_invites
from tools.metric_kinds import Interval
from tools.periods import INTERVAL_TEXT, Period
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import Scope, within

if TYPE_CHECKING:
    import pandas as pd

_PERCENTILES = (50, 25, 75, 90)


class ReferralArguments(ToolArguments):
    """Arguments of `measure_referral`; `start` and `end` bound the invites."""

    invite_event: str = Field(
        default="invite_sent", description="Event of sending an invite. 发出邀请的事件。"
    )
    accept_event: str = Field(
        default="invite_accepted", description="The new user's event of accepting one. 新用户接受邀请的事件。"
    )
    event: EventName = None
    link: str | None = Field(
        default=None,
        description="Dimension with the same value on an invite and its acceptance: code, invite id, or inviter; "
        "null if there is none. 邀请与接受两端取值相同的维度（邀请码、邀请编号或邀请人），没有则为 null。",
    )
    window: Window = Field(
        default="30d",
        description="Longest time from invite to acceptance, edge included, where there is a link: 24h, 30d. "
        "有 link 时，从邀请到接受的最长时间（含边界）。",
    )
    interval: Interval = Field(
        default="week", description="Bucket of the table: day, week, month. 表格粒度。"
    )


def measure_referral(scope: Scope, arguments: ReferralArguments) -> MetricResult:
    """Count invites, inviters and acceptances; acceptance rate, K-factor and cycle time."""
    event = arguments.event or scope.semantics.default_event
    scope.check_users()
    scope.check(arguments.filters, [arguments.link])
    warnings = list(scope.cover(arguments.dates))
    definition = ReferralDefinition(
        arguments.invite_event, arguments.accept_event, arguments.link, arguments.window
    )
    asked = (scope, definition, arguments.dates, arguments.filters)
    invites = count_invites(*asked, arguments.interval)
    accepted = count_acceptances(*asked, arguments.interval)
    table = _table(scope, arguments, invites, accepted)
    active = _count_active(scope, arguments, event)
    title = Text(zh="邀请与裂变", en="Referral")
    return scope.finish(
        "measure_referral",
        arguments,
        title=title,
        card=_card(scope, arguments, event),
        figures=_figures(arguments, table, accepted["seconds"].dropna(), count_inviters(*asked), active),
        table=table,
        chart=_chart(scope, arguments, table, title),
        warnings=[*warnings, *_limits(arguments, table)],
        n=int(table["invites"].sum()),
    )


def _count_active(scope: Scope, arguments: ReferralArguments, event: str | None) -> int:
    rows = within(scope.days(event, arguments.filters), arguments.dates, scope.calendar)
    return int(scope.source.engine.fetch_row(rows.agg(n=rows.user.nunique()))["n"])


def _table(
    scope: Scope, arguments: ReferralArguments, invites: "pd.DataFrame", accepted: "pd.DataFrame"
) -> "pd.DataFrame":
    """Return rows (period, invites, mature_invites, accepted, acceptance_rate), one per bucket."""
    calendar, coverage = scope.calendar, scope.source.coverage
    covered = Period(max(arguments.start, coverage.start), min(arguments.end, coverage.end))
    buckets = list(calendar.buckets(covered, arguments.interval))
    table = invites.set_index("bucket").reindex(buckets, fill_value=0)
    table["accepted"] = accepted.groupby("bucket")["accepted"].sum().reindex(buckets, fill_value=0)
    table["acceptance_rate"] = table["accepted"] / table["mature"].where(table["mature"] > 0)
    table.insert(0, "period", [calendar.label(b, arguments.interval) for b in buckets])
    table = table.reset_index(drop=True).rename(columns={"mature": "mature_invites"})
    return table if arguments.link else table.drop(columns="mature_invites")


def _limits(arguments: ReferralArguments, table: "pd.DataFrame") -> list[Text]:
    warnings = []
    if arguments.link is None:
        warnings.append(
            Text(
                zh="未指定 link，邀请与接受无法逐一对应：接受率为同期接受人数 ÷ 邀请数，且没有周期时长。"
                "可在 metrics.yaml 中声明两端共有的维度（如邀请码），并以 link 指定。",
                en="Without a link, acceptances cannot be tied to invites: the rate is acceptances over invites of "
                "the same period, and there is no cycle time. Declare a dimension that both carry, such as an "
                "invite code, and name it as link.",
            )
        )
    else:
        young = int((table["invites"] - table["mature_invites"]).sum())
        if young:
            warnings.append(
                Text(
                    zh=f"有 {young} 个邀请的窗口尚未被数据完整覆盖，未计入接受率与周期时长。",
                    en=f"{young} invites whose window the data does not yet cover whole are left out of the "
                    "acceptance rate and the cycle time.",
                )
            )
    of = table["mature_invites" if arguments.link else "invites"].sum()
    if table["accepted"].sum() > of:
        warnings.append(
            Text(
                zh="接受数多于邀请数：一个邀请可被多人接受，或邀请事件有缺失，接受率超过 100%。",
                en="There are more acceptances than invites: several people accept one, or invites are missing; "
                "the rate is above 100%.",
            )
        )
    return warnings


def _figures(
    arguments: ReferralArguments,
    table: "pd.DataFrame",
    seconds: "pd.Series[float]",
    inviters: int,
    active: int,
) -> list[Figure]:
    sent, accepted = int(table["invites"].sum()), int(table["accepted"].sum())
    base = int(table["mature_invites"].sum()) if arguments.link else sent
    rate = accepted / base if base else None
    per_user = sent / active if active else None
    factor = None if rate is None or per_user is None else per_user * rate
    bounds = wilson_interval(accepted, base) if accepted <= base else None
    span = str(arguments.dates)

    def figure(name: str, value: Any, unit: str, label: Text, n: int, interval: Any = None) -> Figure:
        return Figure(name, value, unit, label, span, n=n, interval=interval)

    figures = [
        figure(
            "k_factor",
            factor,
            "multiple",
            Text("K 因子（人均邀请 × 接受率）", "K-factor (invites per user x acceptance)"),
            active,
        ),
        figure("invites", sent, "invites", Text("邀请数", "invites sent"), sent),
        figure("accepted", accepted, "users", Text("接受数", "acceptances"), base),
        figure("acceptance_rate", rate, "ratio", Text("接受率", "acceptance rate"), base, bounds),
        figure(
            "invites_per_user",
            per_user,
            "multiple",
            Text("活跃用户人均邀请数", "invites per active user"),
            active,
        ),
        figure("inviters", inviters, "users", Text("邀请人数", "inviters"), active),
        figure(
            "inviters_per_user",
            inviters / active if active else None,
            "multiple",
            Text("邀请人数 ÷ 活跃用户数", "inviters per active user"),
            active,
        ),
    ]
    for percent in _PERCENTILES if arguments.link else ():
        days = float(seconds.quantile(percent / 100)) / 86_400 if len(seconds) else None
        middle = (
            Text("中位数", "median")
            if percent == 50
            else Text(f"第 {percent} 百分位", f"{percent}th percentile")
        )
        label = Text(
            zh=f"邀请周期（邀请到接受）{middle.zh}", en=f"cycle time (invite to acceptance), {middle.en}"
        )
        figures.append(figure(f"cycle_time_p{percent}", days, "days", label, len(seconds)))
    return figures


def _chart(scope: Scope, arguments: ReferralArguments, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    names = {"invites": Text("邀请", "invites"), "accepted": Text("接受", "acceptances")}
    long = table.melt(id_vars="period", value_vars=list(names), var_name="kind", value_name="number")
    long["kind"] = [names[k].in_language(scope.language) for k in long["kind"]]
    return draw_lines(
        long,
        "period",
        "number",
        title=title,
        axes=(INTERVAL_TEXT[arguments.interval], Text("数量", "number")),
        unit="invites",
        language=scope.language,
        series="kind",
    )


def _card(scope: Scope, arguments: ReferralArguments, event: str | None) -> list[DefinitionItem]:
    semantics = scope.semantics
    card = [
        period_item(arguments.dates, "邀请时间", "invites from"),
        item("邀请事件", "invite event", semantics.event_text(arguments.invite_event)),
        item("接受事件", "acceptance event", semantics.event_text(arguments.accept_event)),
        item("活跃事件", "active means", semantics.event_text(event)),
        interval_item(arguments.interval),
    ]
    if arguments.link is None:
        tie = Text(
            zh="无：接受人数（去重，取期内首次接受）÷ 同期邀请数；筛选同时作用于邀请与接受",
            en="none: distinct users who accept in the period / invites of the period; filters hold for both",
        )
        card.append(item("邀请与接受的对应", "what ties them", tie))
    else:
        link = semantics.dimension_text(arguments.link)
        window = FunnelDefinition((), arguments.window).window_text()
        tie = Text(
            zh=f"{link.zh} 相同；每次接受归于此前最近的一次邀请，须由他人发出，且不超过 {window.zh}；筛选作用于邀请",
            en=f"the same {link.en}; an acceptance belongs to the latest invite before it, by somebody else, at most "
            f"{window.en}; filters hold for the invite",
        )
        card.append(item("邀请与接受的对应", "what ties them", tie))
        maturity = Text(
            zh="接受率只计窗口已被数据完整覆盖的邀请",
            en="the rate is of invites whose window the data covers whole",
        )
        card.append(item("成熟度", "maturity", maturity))
    card.append(
        item(
            "K 因子",
            "K-factor",
            Text(
                zh="（邀请数 ÷ 期内活跃用户）× 接受率",
                en="(invites / active users of the period) x acceptance rate",
            ),
        )
    )
    return card
