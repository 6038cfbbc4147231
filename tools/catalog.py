"""What a workspace can measure: the published tools, run for an agent, an API or a command line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tools.arguments import parse_arguments
from tools.errors import InvalidArgument, UnknownTool, show, suggest
from tools.feedback.reading import own_filters
from tools.market.declarations import MARKET
from tools.market.facts import Book
from tools.market.scope import MarketArguments, MarketScope
from tools.maturity import last_whole_period
from tools.named import find_metric
from tools.periods import Calendar, Period
from tools.privacy import check_size, protect
from tools.publication import MetricTool
from tools.published import TOOLS
from tools.results import MetricResult
from tools.scope import Scope
from tools.segments.selection import select_segments
from tools.semantics import Semantics, load_semantics
from tools.snapshots import Snapshot, find_declared, flatten_declared, list_tables
from tools.sources import Coverage, SourceStore
from tools.sources.choice import choose_source, find_source, source_of_metric
from tools.sources.engine import describe_change

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TOOLS", "Coverage", "MetricTool", "Metrics"]

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
            result = tool.measure(self._market(semantics, teams, language), parsed)
            return replace(result, snapshot=self.snapshot(MARKET, result.arguments, teams=teams))
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
            snapshot = self.snapshot(chosen, result.arguments, teams=teams)
            if self._sources.is_current(chosen):
                return replace(result, snapshot=snapshot)
        raise describe_change(chosen)

    def snapshot(
        self, source: str, arguments: Mapping[str, Any], *, teams: frozenset[str] | None
    ) -> Snapshot:
        """Say what a tool's call with these arguments is measured from now, without measuring it.

        Args:
            source: that the call reads.
            arguments: as they stand in its result.
            teams: the reader's; what they may not see is left out.
        """
        semantics = self.semantics.visible_to(teams)
        found = find_declared(semantics, source, arguments)
        marks = {key: self._sources.fingerprint(key, d) for key, d in list_tables(found).items()}
        definition = semantics.sources.get(source)
        return Snapshot(
            data={key: mark for key, mark in marks.items() if mark is not None},
            events=self._sources.count_events(source),
            declared=flatten_declared(semantics, found),
            min_group=definition.min_group if definition else 1,
            shows_users=definition.shows_users_to(teams) if definition else True,
        )

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
