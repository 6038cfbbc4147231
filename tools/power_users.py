"""The power-user curve: on how many days of a window people are active.

Every user active in a window of N days has an "L-ness", the number of local days with an event (Facebook's
L7 and L28; a16z, "The Power User Curve"). The curve is the distribution of it among the users active in the
window; the power-user share is the part of them with at least k days. Windows are laid end to end, back from the
last day of the period; the latest one is shown even where the period is shorter than it.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from tools.charts import draw_bars
from tools.definitions import EventName, ToolArguments, item, period_item
from tools.errors import InvalidArgument
from tools.intervals import wilson_interval
from tools.periods import EPOCH, Period
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope, within

if TYPE_CHECKING:
    import pandas as pd

_MOST_WINDOWS = 60


class PowerUsersArguments(ToolArguments):
    """Arguments of `measure_power_users`."""

    event: EventName = None
    window_days: int = Field(
        default=28,
        ge=1,
        le=366,
        description="Days of the window: 7 for L7, 28 for L28. 窗口天数：7 为 L7，28 为 L28。",
    )
    at_least: int | None = Field(
        default=None,
        ge=1,
        description="Active days that make a power user; null for half of the window. "
        "活跃多少天算高频用户，null 为窗口天数的一半。",
    )

    @model_validator(mode="after")
    def _check_days(self) -> "PowerUsersArguments":
        if self.at_least is not None and self.at_least > self.window_days:
            raise InvalidArgument(
                en=f"at_least {self.at_least} is more than the {self.window_days} days of the window.",
                zh=f"at_least（{self.at_least}）超过了窗口的 {self.window_days} 天。",
                parameter="at_least",
            )
        return self

    @property
    def threshold(self) -> int:
        """Days that make a power user."""
        return self.at_least or (self.window_days + 1) // 2

    @property
    def windows(self) -> list[Period]:
        """The windows, the latest first."""
        count = min(max(1, self.dates.days // self.window_days), _MOST_WINDOWS)
        last = (self.end - EPOCH).days
        ends = [last - i * self.window_days for i in range(count)]
        return [Period(_day(e - self.window_days + 1), _day(e)) for e in ends]


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def measure_power_users(scope: Scope, arguments: PowerUsersArguments) -> MetricResult:
    """Count users by their number of active days in a window, and the share with at least `at_least`."""
    event = arguments.event or scope.semantics.default_event
    scope.check_users()
    scope.check(arguments.filters)
    windows, coverage = arguments.windows, scope.source.coverage
    reached = [w for w in windows if w.start <= coverage.end and coverage.start <= w.end] or windows
    warnings = list(scope.cover(Period(reached[0].start, windows[0].end)))
    counts = _count_days(scope, arguments, event)
    whole = [w for w in windows if coverage.start <= w.start and w.end <= coverage.end]
    if not whole:
        warnings.append(
            Text(
                zh=f"数据没有完整的 {arguments.window_days} 天窗口，活跃天数偏低。",
                en=f"The data covers no window of {arguments.window_days} days whole; active days are understated.",
            )
        )
    table = _table(counts, arguments, whole or reached[:1])
    title = Text(
        zh=f"高频用户曲线（L{arguments.window_days}）", en=f"Power-user curve (L{arguments.window_days})"
    )
    latest = table[table["window"] == str((whole or reached)[0])]
    return scope.finish(
        "measure_power_users",
        arguments,
        title=title,
        card=[
            period_item((whole or reached)[0], "窗口", "window"),
            item("活跃事件", "active means", scope.semantics.event_text(event)),
            item(
                "活跃天数",
                "active days",
                Text(zh="窗口内有该事件的本地日数", en="local days of the window with the event"),
            ),
            item(
                "高频用户",
                "power users",
                Text(
                    zh=f"{arguments.window_days} 天中至少活跃 {arguments.threshold} 天",
                    en=f"active on at least {arguments.threshold} of {arguments.window_days} days",
                ),
            ),
            item("分母", "denominator", Text(zh="窗口内活跃用户", en="users active in the window")),
        ],
        figures=_figures(arguments, table, whole or reached[:1]),
        table=table,
        chart=draw_bars(
            latest,
            "active_days",
            "users",
            title=title,
            axes=(Text("活跃天数", "active days"), Text("用户", "users")),
            unit="users",
            language=scope.language,
        ),
        warnings=warnings,
        n=int(latest["users"].sum()),
    )


def _count_days(scope: Scope, arguments: PowerUsersArguments, event: str | None) -> "pd.DataFrame":
    """Return rows (window, active_days, users); windows are numbered back from the latest."""
    windows = arguments.windows
    span = Period(windows[-1].start, windows[0].end)
    days = within(scope.days(event, arguments.filters), span, scope.calendar)
    last = scope.calendar.bucket(arguments.end, "day")
    placed = days.mutate(window=((last - days.day) // arguments.window_days).cast("int64"))
    users = placed.group_by("window", "user").agg(active_days=placed.day.nunique())
    return scope.source.engine.fetch(users.group_by("window", "active_days").agg(users=users.count()))


def _table(counts: "pd.DataFrame", arguments: PowerUsersArguments, used: list[Period]) -> "pd.DataFrame":
    """Return rows (window, active_days, users, share, share_at_least), the latest window first."""
    import pandas as pd

    parts = []
    for number, window in enumerate(arguments.windows):
        if window in used:
            own = counts[counts["window"] == number].set_index("active_days")["users"]
            users = own.reindex(range(1, arguments.window_days + 1), fill_value=0).rename_axis("active_days")
            part = users.astype("int64").reset_index()
            total = int(part["users"].sum())
            part["share"] = part["users"] / total if total else float("nan")
            part["share_at_least"] = part["share"][::-1].cumsum()[::-1]
            part.insert(0, "window", str(window))
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _figures(arguments: PowerUsersArguments, table: "pd.DataFrame", used: list[Period]) -> list[Figure]:
    days, least = arguments.window_days, arguments.threshold
    share = Text(
        zh=f"高频用户占比（{days} 天中活跃 ≥ {least} 天）",
        en=f"power-user share (active on {least} or more of {days} days)",
    )
    figures = []
    for window in used:
        rows = table[table["window"] == str(window)]
        total = int(rows["users"].sum())
        often = int(rows.loc[rows["active_days"] >= least, "users"].sum())
        figures.append(
            Figure(
                "power_user_share",
                often / total if total else None,
                "ratio",
                share if window is used[0] else _dated(share, window),
                str(window),
                n=total,
                interval=wilson_interval(often, total),
            )
        )
        if window is used[0]:
            each = rows["active_days"].repeat(rows["users"].tolist())
            span = str(window)
            figures += [
                Figure("power_users", often, "users", Text("高频用户数", "power users"), span, n=total),
                Figure(
                    "mean_active_days",
                    float(each.mean()) if total else None,
                    "days",
                    Text("人均活跃天数", "mean active days per user"),
                    span,
                    n=total,
                ),
                Figure(
                    "median_active_days",
                    float(each.median()) if total else None,
                    "days",
                    Text("活跃天数中位数", "median active days"),
                    span,
                    n=total,
                ),
            ]
    return figures


def _dated(label: Text, window: Period) -> Text:
    span = window.text()
    return Text(zh=f"{label.zh}，{span.zh}", en=f"{label.en}, {span.en}")
