"""What a call about competitors may read: the notes, and the words of `metrics.yaml`. No events are opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from tools.definitions import item
from tools.errors import NoData, show
from tools.market.declarations import MARKET, MarketDefinition
from tools.market.facts import Book, Pair
from tools.periods import Calendar
from tools.results import DefinitionItem, Figure, MetricResult, Text, to_json
from tools.semantics import Semantics
from tools.sources.notes import Notes, NoteTable

if TYPE_CHECKING:
    import pandas as pd

_NO_NOTES = NoData(
    en="metrics.yaml declares no notes on competitors; add market: {path: data/competitors.csv}, a table with the columns "
    "competitor, date, feature, value, source and note.",
    zh="metrics.yaml 没有声明竞品记录；请添加 market: {path: data/competitors.csv}，表中需有竞品、日期、功能、取值、来源、备注各列。",
    parameter=MARKET,
)


class MarketArguments(BaseModel):
    """Arguments that every tool about competitors takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    competitors: tuple[str, ...] | None = Field(
        default=None,
        description="Only these competitors, by a name of either language; null for all. 只看这些竞品，null 为全部。",
    )
    features: tuple[str, ...] | None = Field(
        default=None,
        description="Only these features or attributes; null for all. 只看这些功能或属性，null 为全部。",
    )


@dataclass(frozen=True, slots=True)
class MarketScope:
    """The notes on competitors in the light of the workspace's semantics.

    Attributes:
        semantics: what the reader may see of it.
        table: reads the notes.
        current_day: says which day it is.
    """

    semantics: Semantics
    table: NoteTable
    calendar: Calendar
    language: str
    current_day: Callable[[], date]

    @property
    def definition(self) -> MarketDefinition:
        """What metrics.yaml says of the notes.

        Raises:
            NoData: nothing.
        """
        if self.semantics.market is None:
            raise _NO_NOTES
        return self.semantics.market

    def read(self) -> tuple[Book, tuple[Text, ...]]:
        """Read the notes; say what of them was left out.

        Raises:
            NoData: none are declared, or there are none.
            SourceUnavailable, MissingColumn: they cannot be read.
        """
        notes = self.table.get(self.definition)
        if not notes.rows:
            raise NoData(
                en="The notes on competitors have no usable row: each needs a competitor, a date, a feature and a value."
                + _example(notes).en,
                zh="竞品记录没有可用的行：每行需有竞品、日期、功能与取值。" + _example(notes).zh,
                parameter=MARKET,
            )
        return Book.of(notes.rows, self.definition), _tell_lacking(notes)

    def own(self, book: Book) -> str | None:
        """Return the key of the own company."""
        name = self.definition.own
        return None if name is None else book.competitors.find(name, "own")

    def pairs(self, book: Book, arguments: MarketArguments, *, with_own: bool) -> list[Pair]:
        """List the pairs that a call is about, feature by feature, the own company first.

        Raises:
            InvalidArgument: nobody noted anything of a competitor or a feature of such a name.
        """
        own = self.own(book)
        named = [book.competitors.find(name, "competitors") for name in arguments.competitors or ()]
        # To compare oneself is to compare with everybody.
        asked = named if set(named) - ({own} if with_own else set()) else _noted(book, own)
        companies = list(dict.fromkeys([*([own] if own and with_own else []), *asked]))
        if arguments.features:
            features = list(dict.fromkeys(book.features.find(n, "features") for n in arguments.features))
        else:
            features = [key for key in book.features.texts if any(key == f for _, f in book.standings)]
        return [(company, feature) for feature in features for company in companies]

    def say(self, text: Text) -> str:
        """Give a text in the language of the call."""
        return text.in_language(self.language)

    def finish(
        self,
        tool: str,
        arguments: dict[str, Any],
        *,
        title: Text,
        card: Sequence[DefinitionItem],
        figures: Sequence[Figure],
        table: "pd.DataFrame",
        chart: dict[str, Any],
        warnings: Sequence[Text],
        latest: date,
        n: int,
    ) -> MetricResult:
        """Put a result together; `latest` is the day of the latest fact that it rests on."""
        place = self.definition.path or self.definition.frame or self.definition.table or MARKET
        return MetricResult(
            tool=tool,
            title=title,
            arguments=to_json(arguments),
            definition=(*card, item("数据源", "source", Text(f"竞品记录 {place}", f"notes on competitors, {place}"))),
            figures=tuple(figures),
            table=table,
            source=MARKET,
            data_as_of=datetime.combine(latest, time(), self.calendar.zone),
            chart=chart,
            warnings=tuple(dict.fromkeys(warnings)),
            n=n,
        )  # fmt: skip


def _noted(book: Book, own: str | None) -> list[str]:
    return sorted({company for company, _ in book.standings} - {own})


def _tell_lacking(notes: Notes) -> tuple[Text, ...]:
    if not notes.lacking:
        return ()
    example = _example(notes)
    return (
        Text(
            zh=f"竞品记录有 {notes.lacking:,} 行缺少竞品、可读的日期、功能或取值，未计入。{example.zh}",
            en=f"{_rows(notes.lacking)} a competitor, a readable date, a feature or a value, and left out.{example.en}",
        ),
    )


def _rows(number: int) -> str:
    return "1 row of the notes is without" if number == 1 else f"{number:,} rows of the notes are without"


def _example(notes: Notes) -> Text:
    if not notes.example:
        return Text("", "")
    return Text(f"例如：{show(notes.example)}。", f" For example: {show(notes.example)}.")
