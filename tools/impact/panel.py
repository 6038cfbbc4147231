"""A metric by group and period, before and during a campaign: what both methods work on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tools.errors import NoData, show
from tools.grammar import chinese_list
from tools.metric_kinds import (
    ActiveUsersMetric,
    ConversionMetric,
    Interval,
    Metric,
    RatioMetric,
    RetentionMetric,
)
from tools.observation import observe
from tools.periods import Period
from tools.results import Text
from tools.scope import FilterValues, Scope

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_BEFORE = 2


@dataclass(frozen=True, slots=True)
class Panel:
    """A metric of groups over periods.

    Attributes:
        cells: rows `unit, bucket, value, n, treated, during`, ordered; without a row where there is nothing to
            divide by. On the log scale, `value` is a logarithm.
        is_log: whether effects are relative: what adds up over users differs in size between groups.
        interval: of the periods.
        warnings: what was left out.
    """

    cells: "pd.DataFrame"
    is_log: bool
    interval: Interval
    warnings: tuple[Text, ...] = ()

    @property
    def wide(self) -> "pd.DataFrame":
        """Values by bucket (rows) and unit (columns), of the units that have all buckets."""
        return self.cells.pivot(index="bucket", columns="unit", values="value").dropna(axis=1)

    @property
    def treated(self) -> list[str]:
        """Names of the treated units."""
        return sorted(self.cells.loc[self.cells["treated"], "unit"].unique())

    @property
    def first_during(self) -> int:
        """The first bucket of the campaign."""
        return int(self.cells.loc[self.cells["during"], "bucket"].min())


def build_panel(
    scope: Scope,
    metric: Metric,
    campaign: Period,
    *,
    before_days: int,
    interval: Interval,
    dimension: str,
    treated: Sequence[str],
    controls: Sequence[str] | None,
    filters: FilterValues,
) -> Panel:
    """Measure a metric by group and period.

    Only whole periods count, those from `before_days` ahead of the campaign to its end.

    Args:
        scope: what is read.
        metric: a named metric.
        campaign: its local days.
        before_days: days before it that are compared with.
        interval: of the periods; active users keep their own.
        dimension: whose values are the groups.
        treated: groups that the campaign reached.
        controls: groups that it did not; None for all others.
        filters: of the events.

    Raises:
        NoData: a side has no group, or there are too few periods.
    """
    interval = metric.interval if isinstance(metric, ActiveUsersMetric) else interval
    whole = scope.source.coverage.clip(Period(campaign.start - timedelta(days=before_days), campaign.end))
    observed = observe(scope, metric, whole, filters=filters, dimensions=[dimension], interval=interval)
    is_ratio = isinstance(metric, RatioMetric | RetentionMetric | ConversionMetric)
    cells = observed.cells.rename(columns={dimension: "unit"})
    if is_ratio:
        cells = cells[cells["denominator"] > 0]
        cells = cells.assign(value=cells["numerator"] / cells["denominator"])
    else:
        cells = cells.assign(value=cells["numerator"].astype("float64"))
    buckets = [
        b for b in scope.calendar.buckets(whole, interval) if _is_whole(scope, b, interval, whole, campaign)
    ]
    wanted = cells["unit"].isin([*treated, *controls]) if controls is not None else cells["unit"].notna()
    cells = cells.loc[wanted & cells["bucket"].isin(buckets), ["unit", "bucket", "value", "n"]]
    if not is_ratio:
        cells = _fill(cells, buckets)
    start = scope.calendar.bucket(campaign.start, interval)
    cells = cells.assign(treated=cells["unit"].isin(list(treated)), during=cells["bucket"] >= start)
    cells = cells.sort_values(["unit", "bucket"], ignore_index=True)
    _check_sides(cells, dimension, campaign)
    return _to_scale(cells, interval, is_ratio, observed.warnings)


def _is_whole(scope: Scope, bucket: int, interval: Interval, span: Period, campaign: Period) -> bool:
    first, last = scope.calendar.first_day(bucket, interval), scope.calendar.last_day(bucket, interval)
    is_apart = last < campaign.start or first >= campaign.start
    return interval == "day" or (is_apart and first >= span.start and last <= span.end)


def _fill(cells: "pd.DataFrame", buckets: Sequence[int]) -> "pd.DataFrame":
    """Give 0 to the periods in which a group did nothing."""
    import pandas as pd

    if cells.empty:
        return cells
    every = pd.MultiIndex.from_product([sorted(cells["unit"].unique()), buckets], names=["unit", "bucket"])
    filled = cells.set_index(["unit", "bucket"]).reindex(every, fill_value=0)
    return filled.reset_index()


def _check_sides(cells: "pd.DataFrame", dimension: str, campaign: Period) -> None:
    own, earlier = cells["treated"], ~cells["during"]
    if own.any() and (earlier & ~own).any() and not cells.loc[earlier & own, "value"].any():
        raise NoData(
            en=f"The treated group has nothing before {campaign.start}: it is there only during the campaign, so there is no "
            "level to compare with. Name it by what it was before, such as a channel or a platform; of a campaign for "
            "everyone there is nobody to compare with.",
            zh=f"受影响的分组在 {campaign.start} 之前没有任何数据：它只在活动期间出现，没有可比的基线。请改用活动前就存在的分组"
            "（如渠道、平台）；人人都触达的活动没有对照组。",
            parameter="treated",
        )
    sides = cells.groupby(["treated", "during"])["bucket"].nunique()
    for is_treated in (True, False):
        if not (cells["treated"] == is_treated).any():
            en, zh = ("treated", "受影响的") if is_treated else ("to compare with", "可比较的")
            raise NoData(
                en=f"There is no data of a group {en} in dimension {show(dimension)}.",
                zh=f"维度 {show(dimension)} 中没有{zh}分组的数据。",
                parameter="treated" if is_treated else "controls",
            )
        for during, least in ((False, _FEWEST_BEFORE), (True, 1)):
            if sides.get((is_treated, during), 0) < least:
                span = campaign.text()
                raise NoData(
                    en=f"Each side needs {_FEWEST_BEFORE} whole periods before {campaign.start} and one in {span.en}; choose a "
                    "shorter interval or more days before.",
                    zh=f"每一侧在 {campaign.start} 之前至少需要 {_FEWEST_BEFORE} 个完整时段，{span.zh} 内至少一个；请缩短 interval 或增大 "
                    "before_days。",
                    parameter="before_days",
                )


def _to_scale(cells: "pd.DataFrame", interval: Interval, is_ratio: bool, warnings: tuple[Text, ...]) -> Panel:
    """Take logarithms of what adds up, leaving out control groups that were at 0."""
    import numpy as np

    if is_ratio:
        return Panel(cells, False, interval, warnings)
    empty = set(cells.loc[cells["value"] <= 0, "unit"])
    usable = cells[~cells["unit"].isin(empty)]
    if usable["treated"].nunique() < 2:
        told = Text(
            "有时段数值为 0，无法取对数，因此比较的是绝对变化；规模相差很大的分组不宜这样比较。",
            "Some periods are at 0, which has no logarithm, so absolute changes are compared; groups of very different size "
            "should not be.",
        )
        return Panel(cells, False, interval, (*warnings, told))
    if empty:
        listed = ", ".join(show(unit) for unit in sorted(empty))
        warnings = (
            *warnings,
            Text(
                f"有时段数值为 0 的分组无法取对数，未参与比较：{chinese_list(listed)}。",
                f"Groups that are at 0 in a period have no logarithm there and are left out: {listed}.",
            ),
        )
    return Panel(
        usable.assign(value=np.log(usable["value"])).reset_index(drop=True), True, interval, warnings
    )
