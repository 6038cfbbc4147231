"""`list_market_changes`: what each competitor added, removed or changed between two days, by dated notes."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from tools.charts import draw_bars
from tools.definitions import End, Start, check_period, item, period_item
from tools.errors import NoData
from tools.market.facts import Book, Pair
from tools.market.history import KIND_TEXT, Change, list_changes, list_net_changes
from tools.market.scope import MarketArguments, MarketScope
from tools.periods import Period
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits

if TYPE_CHECKING:
    import pandas as pd

_MOST_MOVES = 20
_COLUMNS = ["date", "competitor", "feature", "kind", "before", "before_noted_on", "after", "relative_change", "source", "note"]  # fmt: skip
LIMITS = limits(
    "日期是记录的日期，变化可能更早发生；没有记录不能证明没有变化。",
    "Days are those of the notes, and a change may be older than its note; that nothing is noted does not prove that "
    "nothing changed.",
)


class ChangesArguments(MarketArguments):
    """Arguments of `list_market_changes`."""

    start: Start
    end: End
    net: bool = Field(
        default=False,
        description="Only what stands otherwise at the end than before the start, without the steps between. "
        "只看期末与期初之前相比的净变化，不列中间过程。",
    )

    @model_validator(mode="after")
    def _check_period(self) -> "ChangesArguments":
        check_period(self.start, self.end)
        return self

    @property
    def dates(self) -> Period:
        """The period from `start` to `end`."""
        return Period(self.start, self.end)


def list_market_changes(scope: MarketScope, arguments: ChangesArguments) -> MetricResult:
    """List what was noted to have changed on the days of a period.

    Returns:
        A table with a row per change, the latest first: date, competitor, feature, kind, before, before_noted_on, after,
        relative_change (of numbers), source, note.

    Raises:
        NoData: nothing is noted by the end of the period.
        InvalidArgument: a competitor or a feature is not in the notes.
    """
    book, warnings = scope.read()
    period = arguments.dates
    # What we did ourselves is no news, unless it is asked for.
    pairs = scope.pairs(book, arguments, with_own=False)
    _check_notes(book, period)
    find = list_net_changes if arguments.net else list_changes
    changes = find(book, period.start, period.end, pairs)
    days = _days_noted(book, period, pairs)
    title = Text("竞品变化", "Changes of competitors")
    return scope.finish(
        "list_market_changes",
        arguments.model_dump(mode="json"),
        title=Text(f"{title.zh}（{period.text().zh}）", f"{title.en}, {period.text().en}"),
        card=_card(arguments, days),
        figures=_figures(book, changes, days, period),
        table=_table(scope, book, changes),
        chart=_chart(scope, book, changes, title),
        warnings=[*([] if changes else [_nothing(days, period)]), *warnings],
        latest=max(days, default=max(d for d in book.days() if d <= period.end)),
        n=len(days),
    )


def _check_notes(book: Book, period: Period) -> None:
    if (first := book.days()[0]) > period.end:
        raise NoData(
            en=f"Nothing is noted of competitors by {period.end}; the first note is of {first}.",
            zh=f"截至 {period.end} 没有竞品记录；最早的记录在 {first}。",
            parameter="end",
        )


def _days_noted(book: Book, period: Period, pairs: Sequence[Pair]) -> list[date]:
    """Return the days of all facts of the period, one per fact."""
    return [
        standing.day
        for pair in pairs
        for standing in book.standings.get(pair, ())
        if period.start <= standing.day <= period.end
    ]


def _nothing(days: Sequence[date], period: Period) -> Text:
    span = period.text()
    if not days:
        return Text(
            zh=f"{span.zh} 没有任何竞品记录：这只说明无人记录，不说明竞品没有动作。",
            en=f"Nobody noted anything from {span.en}: that says nothing of what competitors did.",
        )
    return Text(
        zh=f"{span.zh} 的 {len(days)} 条记录都与此前相同。",
        en=f"All {len(days)} notes from {span.en} say the same as those before.",
    )


def _table(scope: MarketScope, book: Book, changes: Sequence[Change]) -> "pd.DataFrame":
    import pandas as pd

    records = [
        {
            "date": change.after.day.isoformat(),
            "competitor": scope.say(book.competitors.texts[change.pair[0]]),
            "feature": scope.say(book.features.texts[change.pair[1]]),
            "kind": scope.say(KIND_TEXT[change.kind]),
            "before": change.before.say(scope.language) if change.before else "",
            "before_noted_on": change.before.day.isoformat() if change.before else "",
            "after": change.after.say(scope.language),
            "relative_change": _written(change),
            "source": change.after.sources,
            "note": change.after.notes,
        }
        for change in changes
    ]
    return pd.DataFrame(records, columns=_COLUMNS)


def _written(change: Change) -> str:
    return "" if change.relative is None else f"{change.relative * 100:+,.1f}%"


def _figures(book: Book, changes: Sequence[Change], days: Sequence[date], period: Period) -> list[Figure]:
    span, counts = str(period), Counter(change.kind for change in changes)
    figures = [Figure("changes", len(changes), "changes", Text("变化数", "changes"), span, n=len(days))]
    figures += [
        Figure(f"{kind}_changes", counts[kind], "changes", Text(f"其中{text.zh}", f"{text.en}"), span, n=len(changes))
        for kind, text in KIND_TEXT.items()
        if counts[kind]
    ]  # fmt: skip
    moves = [change for change in changes if change.relative is not None][:_MOST_MOVES]
    for change in moves:
        company, feature = book.competitors.texts[change.pair[0]], book.features.texts[change.pair[1]]
        before, after = change.before, change.after
        if before is not None:
            label = Text(
                zh=f"{company.zh}：{feature.zh}（{before.day} {before.say('zh')} → {after.day} {after.say('zh')}）",
                en=f"{company.en}: {feature.en} ({before.day} {before.say('en')} → {after.day} {after.say('en')})",
            )
            days_between = f"{before.day}/{after.day}"
            segment = f"competitor={change.pair[0]}"
            figures.append(Figure("relative_change", change.relative, "ratio", label, days_between, segment))
    return figures


def _card(arguments: ChangesArguments, days: Sequence[date]) -> list[DefinitionItem]:
    return [
        period_item(arguments.dates),
        item("日期", "days are", Text("记录的日期，不是今天的情况", "those of the notes, not today's state")),
        item(
            "变化",
            "a change is",
            Text("期末与期初之前的记录不同（净变化）", "another fact at the end than before the start (net)")
            if arguments.net
            else Text("记录与同一竞品同一功能的上一条记录不同", "a note that differs from the one before on the same feature of the same competitor"),
        ),
        item("首次记录", "first noted", Text("此前没有记录，不一定是新动作", "nothing was noted before; it need not be new")),
        item("期内记录数", "notes in the period", str(len(days))),
        LIMITS,
    ]  # fmt: skip


def _chart(scope: MarketScope, book: Book, changes: Sequence[Change], title: Text) -> dict[str, Any]:
    import pandas as pd

    counts = Counter((change.pair[0], change.kind) for change in changes)
    rows = [
        (scope.say(book.competitors.texts[company]), number, scope.say(KIND_TEXT[kind]))
        for (company, kind), number in sorted(counts.items())
    ]
    return draw_bars(
        pd.DataFrame(rows, columns=["competitor", "changes", "kind"]),
        "competitor",
        "changes",
        title=title,
        axes=(Text("竞品", "competitor"), Text("变化数", "changes")),
        unit="changes",
        language=scope.language,
        color="kind",
    )
