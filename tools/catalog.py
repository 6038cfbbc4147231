"""What is published: the metric tools of a workspace, to an agent, an API or a command line."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tools.arguments import parse_arguments
from tools.churn.published import CHURN_TOOLS
from tools.demands.published import DEMAND_TOOLS
from tools.drivers import ChangeArguments, explain_change
from tools.errors import InvalidArgument, UnknownTool, show, suggest
from tools.experiments.published import EXPERIMENT_TOOLS
from tools.feedback.published import FEEDBACK_TOOLS
from tools.feedback.reading import own_filters
from tools.funnel import FunnelArguments, measure_funnel
from tools.goals.published import GOAL_TOOLS
from tools.impact.published import IMPACT_TOOLS
from tools.market.facts import Book
from tools.market.published import MARKET_TOOLS
from tools.market.scope import MarketArguments, MarketScope
from tools.maturity import last_whole_period
from tools.monitoring.published import MONITORING_TOOLS
from tools.named import MetricArguments, find_metric, measure_metric
from tools.path_arguments import PathArguments
from tools.paths import measure_paths
from tools.periods import Calendar, Period
from tools.privacy import check_size, protect
from tools.publication import MetricTool
from tools.quality.checkup import QUALITY_TOOLS
from tools.results import MetricResult, Text
from tools.scope import Scope
from tools.segments.published import SEGMENT_TOOLS
from tools.segments.selection import select_segments
from tools.semantics import Semantics, load_semantics
from tools.sources import Coverage, SourceStore
from tools.sources.choice import choose_source, find_source, source_of_metric
from tools.sources.engine import describe_change
from tools.usage_tools import USAGE_TOOLS
from tools.value.published import VALUE_TOOLS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Coverage", "MetricTool", "Metrics"]


TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "measure_metric",
        Text("查看指标", "Measure a metric"),
        Text(
            zh="计算 metrics.yaml 中的一个指标：期内数值、与对比期的变化、时间序列、按维度拆分。",
            en="Measure a metric of metrics.yaml: its value over a period, the change against another period, "
            "its series, its segments.",
        ),
        ("指标", "数值", "环比", "同比", "metric", "KPI", "value", "compare"),
        (
            Text(
                "上周次日留存是多少，和前一周比怎么样？",
                "What was day-1 retention last week against the week before?",
            ),
            Text("9 月各渠道的 GMV", "GMV by channel in September"),
        ),
        MetricArguments,
        measure_metric,
        totals=("*",),
    ),
    *USAGE_TOOLS,
    MetricTool(
        "measure_funnel",
        Text("漏斗", "Funnel"),
        Text(
            zh="漏斗（按顺序、严格顺序或任意顺序）：各步人数、转化率、转化用时与分位数、趋势、排除事件、可选步骤、"
            "按维度拆分与归因，以及最大可挽回流失的假设测算。",
            en="Funnel, ordered, strict or in any order: users and conversion per step, time to convert, trend, "
            "exclusions, optional steps, breakdown with attribution, and a what-if of the largest recoverable drop.",
        ),
        (
            "漏斗",
            "转化",
            "转化率",
            "流失步骤",
            "哪一步",
            "哪一步流失",
            "哪个步骤",
            "转化用时",
            "转化趋势",
            "funnel",
            "conversion",
            "drop-off",
            "which step",
            "which step…lose",
            "where…lose",
            "where…drop",
            "time to convert",
        ),
        (
            Text("浏览到下单的转化漏斗", "Funnel from view to order"),
            Text(
                "浏览到下单要多久？哪一步流失最值得挽回？",
                "How long from view to order, and which drop is worth winning back?",
            ),
        ),
        FunnelArguments,
        measure_funnel,
        totals=("conversion", "excluded_users"),
    ),
    MetricTool(
        "measure_paths",
        Text("用户路径", "User paths"),
        Text(
            zh="从某事件出发或到达某事件的最常见路径（按会话）、各步离开比例，以及来回循环。",
            en="The most frequent paths from or to an event, session by session, the drop-off at each step, and loops.",
        ),
        (
            "路径",
            "行为路径",
            "桑基图",
            "之后…什么",
            "之前…什么",
            "循环",
            "来回",
            "之后…去了哪里",
            "flows",
            "user journey",
            "what do…after",
            "what do…before",
            "what next",
            "loop",
            "path",
            "where do…go",
        ),
        (
            Text("用户浏览之后都做了什么？", "What do users do after a view?"),
            Text("下单前的常见路径", "The usual paths to an order"),
        ),
        PathArguments,
        measure_paths,
        totals=("paths", "path_users"),
    ),
    MetricTool(
        "explain_change",
        Text("变化归因", "Explain a change"),
        Text(
            zh="解释指标在两个时期之间的变化来自哪些细分或其两两交叉、从哪天起：各项贡献合计恰等于总变化；并判断是否在随机波动范围内。",
            en="Find which segments, or crosses of two, moved a metric between two periods and since when: "
            "contributions that add up to the whole change, and whether the change is within noise.",
        ),
        ("为什么", "原因", "归因", "下降", "上涨", "why", "drivers", "root cause", "drop", "rise"),
        (Text("上周次日留存为什么掉了？", "Why did day-1 retention drop last week?"),),
        ChangeArguments,
        explain_change,
        totals=("*",),
    ),
    *SEGMENT_TOOLS,
    *QUALITY_TOOLS,
    *EXPERIMENT_TOOLS,
    *IMPACT_TOOLS,
    *MONITORING_TOOLS,
    *GOAL_TOOLS,
    *FEEDBACK_TOOLS,
    *VALUE_TOOLS,
    *CHURN_TOOLS,
    *MARKET_TOOLS,
    *DEMAND_TOOLS,
)


_TRIES = 3


class Metrics:
    """The metrics of one workspace. Open once, use from any thread, close at the end."""

    def __init__(
        self,
        semantics: Semantics,
        folder: Path,
        *,
        frames: Mapping[str, "pd.DataFrame"],
        databases: Mapping[str, str],
        memory_limit: str,
        timeout: float,
    ) -> None:
        self.semantics = semantics
        self._calendar = Calendar.of(semantics)
        self._sources = SourceStore(
            semantics,
            folder,
            frames=frames,
            databases=databases,
            memory_limit=memory_limit,
            timeout=timeout,
        )

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        frames: Mapping[str, "pd.DataFrame"] | None = None,
        databases: Mapping[str, str] | None = None,
        memory_limit: str = "2GB",
        timeout: float = 30.0,
    ) -> Self:
        """Read `metrics.yaml`; data is read when it is first needed, and again when a file changes.

        Args:
            path: the file; data paths in it are relative to its folder.
            frames: pandas DataFrames that sources name as `frame`.
            databases: URLs of SQL databases that sources name as `database`.
            memory_limit: of DuckDB, per source; more spills to disk.
            timeout: seconds after which a query is interrupted.

        Raises:
            SemanticsError: the file says something that is not understood.
        """
        path = Path(path)
        semantics = load_semantics(path)
        return cls(
            semantics,
            path.parent,
            frames=frames or {},
            databases=databases or {},
            memory_limit=memory_limit,
            timeout=timeout,
        )

    def tools(self) -> tuple[MetricTool, ...]:
        """List the published tools."""
        return TOOLS

    def run(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        teams: frozenset[str] | None,
        language: str = "en",
    ) -> MetricResult:
        """Run a tool.

        Args:
            name: a tool's name.
            arguments: as the tool's argument model describes them.
            teams: the reader's teams, None for no restriction; a source one may not see does not exist.
            language: of the chart; everything else in the result has both languages.

        Raises:
            MetricError: one of its subclasses, see `tools.errors`.
        """
        tool = next((t for t in TOOLS if t.name == name), None)
        if tool is None:
            en, zh = suggest(name, [t.name for t in TOOLS])
            raise UnknownTool(en=f"There is no tool {show(name)}.{en}", zh=f"没有工具 {show(name)}。{zh}")
        semantics = self.semantics.visible_to(teams)
        parsed = parse_arguments(tool.name, tool.arguments, arguments)
        if isinstance(parsed, MarketArguments):
            return tool.measure(self._market(semantics, teams, language), parsed)
        chosen = choose_source(semantics, parsed)
        for _ in range(_TRIES):
            source = self._sources.get(chosen)
            whole = Scope(
                semantics,
                source,
                self._calendar,
                language,
                open_source=self._sources.get,
                shows_users=source.definition.shows_users_to(teams),
            )
            scope, narrowed = select_segments(whole, parsed)
            known = own_filters(scope, narrowed)
            check_size(whole, scope, known, looks_back=tool.looks_back)
            result = protect(scope, tool, known, tool.measure(scope, narrowed))
            # Files are read where they lie: of one that changed meanwhile the result may mix old and new.
            if self._sources.is_current(chosen):
                return result
        raise describe_change(chosen)

    def last_mature_period(self, metric: str, *, teams: frozenset[str] | None, days: int = 7) -> Period:
        """Return the last days of which a metric's every cohort or entry can be told, with `start` and `end`.

        That is, the data covers the whole return period of each cohort (retention) or the whole window of each
        entry (conversion); for other metrics, the days themselves. A multiple of 7 days is whole weeks by
        `week_start`, so the default is the last such week.

        Raises:
            UnknownMetric: there is no such metric for the reader.
            InvalidArgument: `days` is not between 1 and 366.
            NoData: the data does not reach back so far.
        """
        if not 1 <= days <= 366:
            raise InvalidArgument(
                en=f"days {show(days)} is not between 1 and 366.",
                zh=f"days（{show(days)}）须在 1 到 366 之间。",
                parameter="days",
            )
        semantics = self.semantics.visible_to(teams)
        source = self._sources.get(source_of_metric(semantics, metric))
        scope = Scope(semantics, source, self._calendar, "en")
        return last_whole_period(scope, find_metric(semantics, metric), days)

    def coverage(self, source: str | None = None, *, teams: frozenset[str] | None) -> Coverage:
        """Say what a source spans; without a name, the first that the reader may see."""
        return self._sources.get(find_source(self.semantics.visible_to(teams), source)).coverage

    def today(self, *, teams: frozenset[str] | None) -> date:
        """Return the local day that words such as "last week" count from, as `relative_dates` says."""
        if self.semantics.relative_dates == "wall_clock":
            return datetime.now(self._calendar.zone).date()
        return self.coverage(teams=teams).end

    def noted_days(self, *, teams: frozenset[str] | None) -> Period:
        """Return the days of the first and the last note on competitors. Raises what `market_words` raises."""
        days = self._read_market(teams).days()
        return Period(days[0], days[-1])

    def market_words(self, *, teams: frozenset[str] | None) -> dict[str, dict[str, str]]:
        """Return what the notes on competitors call these and their features, per argument: words and their keys.

        Raises:
            NoData, SourceUnavailable, MissingColumn: there are no notes for the reader, or they cannot be read.
        """
        book = self._read_market(teams)
        return {"competitors": dict(book.competitors.keys), "features": dict(book.features.keys)}

    def _read_market(self, teams: frozenset[str] | None) -> Book:
        return self._market(self.semantics.visible_to(teams), teams, "en").read()[0]

    def _market(self, semantics: Semantics, teams: frozenset[str] | None, language: str) -> MarketScope:
        today = partial(self.today, teams=teams)
        return MarketScope(semantics, self._sources.notes, self._calendar, language, today)

    def close(self) -> None:
        """Release the data."""
        self._sources.close()
