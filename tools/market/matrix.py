"""`compare_features`: what each competitor has, as of a day, by notes that each have a day and a source."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from tools.charts import draw_bars
from tools.declarations import Day
from tools.definitions import item
from tools.errors import InvalidArgument, NoData
from tools.market.facts import Book, Fact, Pair, Standing
from tools.market.scope import MarketArguments, MarketScope
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits

if TYPE_CHECKING:
    import pandas as pd

State = Literal["known", "stale", "contradictory", "unknown"]
STATE_TEXT: dict[State, Text] = {
    "known": Text("已知", "known"),
    "stale": Text("已过时", "stale"),
    "contradictory": Text("说法矛盾", "contradictory"),
    "unknown": Text("未知", "unknown"),
}
_FACT = ("value", "noted_on", "age_days", "mark", "source", "note")
LIMITS = limits(
    "每格只说明记录当日看到的情况：不能证明今天仍然如此；未知不等于没有。",
    "A cell says what was seen on its day: it does not prove that this still holds, and unknown does not mean no.",
)


class MatrixArguments(MarketArguments):
    """Arguments of `compare_features`."""

    as_of: Day | None = Field(
        default=None,
        description="Day whose state of knowledge is shown; null for today. 以哪一天的已知情况为准，null 为今天。",
    )
    stale_days: int | None = Field(
        default=None,
        ge=1,
        le=36_500,
        description="Facts older than so many days are marked; null for metrics.yaml's, else 90. 超过多少天的记录标为过时，"
        "null 取 metrics.yaml 的设置，默认 90。",
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """A feature of a company; `standing` is None where nothing is noted of it."""

    pair: Pair
    standing: Standing | None
    age: int | None
    is_stale: bool

    @property
    def state(self) -> State:
        """What is known of it; a contradiction is said before its age."""
        if self.standing is None or self.standing.is_unknown:
            return "unknown"
        if self.standing.is_contradictory:
            return "contradictory"
        return "stale" if self.is_stale else "known"


def compare_features(scope: MarketScope, arguments: MatrixArguments) -> MetricResult:
    """Set features of competitors beside each other as of a day.

    Returns:
        A table with a row per feature and company, two where the notes of a day contradict one another: feature,
        competitor, value, noted_on, age_days, mark (stale, contradictory or unknown), source, note.

    Raises:
        NoData: nothing is noted by that day.
        InvalidArgument: a competitor or a feature is not in the notes.
    """
    book, warnings = scope.read()
    day = arguments.as_of or scope.current_day()
    stale = arguments.stale_days or scope.definition.stale_days
    _check_day(book, day)
    cells = [_cell(book, pair, day, stale) for pair in scope.pairs(book, arguments, with_own=True)]
    table = _table(scope, book, cells)
    title = Text("竞品功能对比", "Features of competitors")
    resolved = arguments.model_dump(mode="json") | {"as_of": day.isoformat(), "stale_days": stale}
    days = [cell.standing.day for cell in cells if cell.standing is not None]
    return scope.finish(
        "compare_features",
        resolved,
        title=Text(f"{title.zh}（截至 {day}）", f"{title.en} as of {day}"),
        card=_card(scope, book, day, stale, days),
        figures=_figures(cells, day),
        table=table,
        chart=_chart(scope, book, cells, title),
        warnings=[*_warnings(book, cells, day), *warnings],
        latest=max(days, default=max(d for d in book.days() if d <= day)),
        n=len(cells),
    )


def _check_day(book: Book, day: date) -> None:
    if not date(1900, 1, 1) <= day <= date(2200, 1, 1):
        raise InvalidArgument(
            en=f"as_of {day} is outside 1900 to 2200.", zh=f"as_of（{day}）超出 1900 至 2200 年。", parameter="as_of"
        )  # fmt: skip
    if (first := book.days()[0]) > day:
        raise NoData(
            en=f"Nothing is noted of competitors by {day}; the first note is of {first}.",
            zh=f"截至 {day} 没有竞品记录；最早的记录在 {first}。",
            parameter="as_of",
        )


def _cell(book: Book, pair: Pair, day: date, stale: int) -> Cell:
    standing = book.on(pair, day)
    age = None if standing is None else (day - standing.day).days
    return Cell(pair, standing, age, age is not None and age > stale)


def _table(scope: MarketScope, book: Book, cells: Sequence[Cell]) -> "pd.DataFrame":
    import pandas as pd

    records = []
    for cell in cells:
        company, feature = cell.pair
        shown = {
            "feature": scope.say(book.features.texts[feature]),
            "competitor": scope.say(book.competitors.texts[company]),
        }
        facts: Sequence[Fact | None] = cell.standing.facts if cell.standing else [None]
        records += [shown | _fact(scope, cell, fact) for fact in facts]
    return pd.DataFrame(records, columns=["feature", "competitor", *_FACT], dtype=object)


def _fact(scope: MarketScope, cell: Cell, fact: Fact | None) -> dict[str, Any]:
    unknown = scope.say(STATE_TEXT["unknown"])
    if fact is None:
        blank = dict.fromkeys(_FACT, "")
        return blank | {"value": unknown, "age_days": None, "mark": unknown}
    marks: list[Text] = [] if cell.state in ("known", "stale") else [STATE_TEXT[cell.state]]
    if cell.is_stale:
        marks.append(Text(f"已过时：{cell.age} 天前", f"stale: {cell.age} days old"))
    return {
        "value": unknown if cell.state == "unknown" else fact.value.say(scope.language),
        "noted_on": fact.day.isoformat(),
        "age_days": cell.age,
        "mark": ("；" if scope.language == "zh" else "; ").join(map(scope.say, marks)),
        "source": "; ".join(fact.sources),
        "note": "; ".join(fact.notes),
    }


def _figures(cells: Sequence[Cell], day: date) -> list[Figure]:
    counts, n, period = Counter(cell.state for cell in cells), len(cells), str(day)
    stale = sum(cell.is_stale and cell.state != "unknown" for cell in cells)
    unsourced = sum(
        not fact.sources for c in cells if c.standing and c.state != "unknown" for fact in c.standing.facts
    )
    return [
        Figure("known_cells", n - counts["unknown"], "cells", Text("有记录的格数", "cells with a fact"), period, n=n),
        Figure("unknown_cells", counts["unknown"], "cells", Text("未知的格数", "unknown cells"), period, n=n),
        Figure("stale_cells", stale, "cells", Text("已过时的格数", "stale cells"), period, n=n),
        Figure("contradictory_cells", counts["contradictory"], "cells", Text("说法矛盾的格数", "contradictory cells"), period, n=n),
        Figure("facts_without_source", unsourced, "facts", Text("没有来源的记录数", "facts without a source"), period),
    ]  # fmt: skip


def _warnings(book: Book, cells: Sequence[Cell], day: date) -> list[Text]:
    warnings = []
    for cell in cells:
        if cell.standing is not None and cell.state == "contradictory":
            company, feature = book.competitors.texts[cell.pair[0]], book.features.texts[cell.pair[1]]
            warnings.append(
                Text(
                    zh=f"{company.zh}的“{feature.zh}”在 {cell.standing.day} 有互相矛盾的记录，请核实：{cell.standing.say('zh')}。",
                    en=f"The notes of {cell.standing.day} contradict one another on {feature.en} of {company.en}; check: "
                    f"{cell.standing.say('en')}.",
                )
            )
    later = [d for d in book.days() if d > day]
    if later:
        warnings.append(
            Text(
                zh=f"另有 {len(later)} 条记录的日期晚于 {day}（最晚 {later[-1]}），未计入。",
                en=f"Left out: {len(later)} dated after {day}, up to {later[-1]}.",
            )
        )
    return warnings


def _card(
    scope: MarketScope, book: Book, day: date, stale: int, days: Sequence[date]
) -> list[DefinitionItem]:
    own = scope.own(book)
    limit = day - timedelta(days=stale)
    span = (
        Text("无", "none") if not days else Text(f"{min(days)} 至 {max(days)}", f"{min(days)} to {max(days)}")
    )
    return [
        item("截至", "as of", str(day)),
        item("每格取值", "a cell is", Text("当日及之前最近一天的记录；同日说法不一的全部列出", "the notes of the last day up to then; all of them where they differ")),
        item("所用记录的日期", "facts are of", span),
        item("过时", "stale", Text(f"早于 {limit}（超过 {stale} 天）", f"before {limit} (older than {stale} days)")),
        item("未知", "unknown", Text("没有记录，或记录写明未知；不等于没有", "nothing is noted, or the note says so; it does not mean no")),
        *([] if own is None else [item("我方", "own company", book.competitors.texts[own])]),
        LIMITS,
    ]  # fmt: skip


def _chart(scope: MarketScope, book: Book, cells: Sequence[Cell], title: Text) -> dict[str, Any]:
    import pandas as pd

    counts = Counter((cell.pair[0], cell.state) for cell in cells)
    companies = dict.fromkeys(cell.pair[0] for cell in cells)
    rows = [
        (scope.say(book.competitors.texts[company]), counts[company, state], scope.say(STATE_TEXT[state]))
        for company in companies
        for state in STATE_TEXT
    ]
    return draw_bars(
        pd.DataFrame(rows, columns=["competitor", "features", "state"]),
        "competitor",
        "features",
        title=title,
        axes=(Text("公司", "company"), Text("功能数", "features")),
        unit="features",
        language=scope.language,
        color="state",
    )
