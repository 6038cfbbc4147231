"""`analyze_feedback`: what users write about, how many, how they feel, what is new, and who says it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.charts import draw_bars
from tools.definitions import Breakdown, item, period_item
from tools.feedback.mood import mood_figures, reading_card
from tools.feedback.reading import UNKNOWN, Feedback, FeedbackArguments, read_feedback
from tools.feedback.themes import CUT, OTHER, Themes, find_themes
from tools.feedback.trend import LEVEL, TREND_TEXT, Trend, binomial_test, compare_rates, holm
from tools.periods import EPOCH, Period
from tools.results import Figure, MetricResult, Text, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MOST_DAYS_BEFORE = 366
_FEWEST_FROM = 5


class VoiceArguments(FeedbackArguments):
    """Arguments of `analyze_feedback`."""

    themes: int = Field(
        default=12, ge=1, le=50, description="Themes to show, the largest first. 显示多少个主题，从大到小。"
    )
    compare_days: int | None = Field(
        default=None,
        ge=1,
        le=_MOST_DAYS_BEFORE,
        description="Days before the period to compare with; null for as many as the period has, at least 28. "
        "与时段之前多少天比较；null 为与时段等长且不少于 28 天。",
    )
    breakdown: Breakdown = None

    @property
    def before(self) -> Period:
        """The days to compare with."""
        days = self.compare_days or min(max(28, self.dates.days), _MOST_DAYS_BEFORE)
        return Period(self.start - timedelta(days=days), self.start - timedelta(days=1))


@dataclass(frozen=True)
class _Row:
    """One theme, with the texts of the period and the number of those before."""

    name: Text
    place: int
    own: "pd.DataFrame"
    before: int


def analyze_feedback(scope: Scope, arguments: VoiceArguments) -> MetricResult:
    """Group the feedback of a period into themes; count, judge and compare each with the days before.

    Returns:
        A table with a row per theme: theme, texts, users, share, negative_share, rating, before, trend, segment (where
        it comes from more than chance would have it), example, second_example; then what belongs to no theme.
    """
    warnings = list(scope.cover(arguments.dates))
    covered = scope.source.coverage.clip(arguments.dates)
    compared = _compared_days(scope, arguments)
    span = Period(compared.start if compared else covered.start, covered.end)
    everything = read_feedback(scope, span, arguments.filters, dimension=arguments.breakdown)
    rows = everything.rows
    first = (covered.start - EPOCH).days
    is_now = (rows["day"] >= first).to_numpy()
    now = Feedback(rows[is_now].reset_index(drop=True), everything.left_out)
    if now.rows.empty:
        now = read_feedback(
            scope, covered, arguments.filters, dimension=arguments.breakdown
        )  # says what is missing
    themes = find_themes(everything.vectors, rows["text"].tolist(), rows["language"].tolist())
    found, rest = _rows(scope, rows, is_now, themes)
    trends = compare_rates(
        [len(r.own) for r in found],
        [r.before for r in found],
        covered.days,
        compared.days if compared else 0,
    )
    table = _table(scope, arguments, rows, now, themes, found, rest, trends)
    if compared is None:
        warnings.append(
            Text(
                zh="时段之前没有数据，无法判断哪些主题是新出现或上升的。",
                en="There is no data before the period, so no theme can be called new or rising.",
            )
        )
    title = Text("用户反馈主题", "Themes of feedback")
    shown = table[table["trend"] != ""].head(arguments.themes)
    return scope.finish(
        "analyze_feedback",
        arguments,
        title=title,
        card=_card(arguments, compared),
        figures=[
            *mood_figures(now, str(covered)),
            *_theme_figures(
                found, trends, len(now.rows), str(covered), arguments.themes, is_compared=compared is not None
            ),
        ],
        table=table,
        chart=draw_bars(
            shown,
            "theme",
            "texts",
            title=title,
            axes=(Text("主题", "theme"), Text("反馈条数", "texts")),
            unit="texts",
            language=scope.language,
            lying=True,
        ),
        warnings=[*warnings, *now.warnings()],
        n=len(now.rows),
    )


def _compared_days(scope: Scope, arguments: VoiceArguments) -> Period | None:
    """Return the days before that the data has; None where it has less than half of them."""
    before, start = arguments.before, scope.source.coverage.start
    if start > before.end or (before.end - max(start, before.start)).days + 1 < before.days / 2:
        return None
    return Period(max(start, before.start), before.end)


def _rows(
    scope: Scope, rows: "pd.DataFrame", is_now: "np.ndarray", themes: Themes
) -> tuple[list[_Row], "pd.DataFrame"]:
    """Return the themes of the period, the largest first, and the texts of none; too few people make no theme."""
    least = scope.source.definition.min_group
    found, hidden = [], {OTHER}
    for place, name in enumerate(themes.names):
        own = rows[is_now & (themes.labels == place)]
        before = int(((themes.labels == place) & ~is_now).sum())
        if own.empty:
            continue
        if least > 1 and own["user"].nunique() < least:
            hidden.add(place)
            continue
        found.append(_Row(name, place, own, before))
    found.sort(key=lambda row: (-len(row.own), row.place))
    rest = rows[is_now & [int(label) in hidden for label in themes.labels]]
    return found, rest


def _table(
    scope: Scope,
    arguments: VoiceArguments,
    rows: "pd.DataFrame",
    now: Feedback,
    themes: Themes,
    found: Sequence[_Row],
    rest: "pd.DataFrame",
    trends: Sequence[Trend],
) -> "pd.DataFrame":
    import pandas as pd

    language = scope.language
    texts, tongues = rows["text"].tolist(), rows["language"].tolist()
    from_where = _origins(scope, arguments.breakdown, now.rows, found)
    records: list[dict[str, Any]] = []
    for row, trend, origin in zip(found, trends, from_where, strict=True):
        in_period = replace(themes, labels=_only(themes, row))
        examples = in_period.examples(row.place, texts, tongues, language)
        records.append(
            {
                "theme": row.name.in_language(language),
                **_measures(row.own, len(now.rows)),
                "before": row.before,
                "trend": TREND_TEXT[trend].in_language(language),
                **({"from": origin} if arguments.breakdown else {}),
                "example": examples[0],
                "second_example": examples[1] if len(examples) > 1 else "",
            }
        )
    if len(rest):
        other = Text("（其他）", "(other)").in_language(language)
        before = len(rows) - len(now.rows) - sum(row.before for row in found)
        records.append(
            {"theme": other, **_measures(rest, len(now.rows)), "before": before, "trend": "", "example": ""}
        )
    table = pd.DataFrame(records)
    return table.fillna({"second_example": "", "from": ""})


def _only(themes: Themes, row: _Row) -> "np.ndarray":
    """Return the labels of the theme's texts in the period; the others belong to none."""
    import numpy as np

    labels = np.full(len(themes.labels), OTHER)
    labels[row.own.index.to_numpy()] = row.place
    return labels


def _measures(own: "pd.DataFrame", total: int) -> dict[str, Any]:
    rated = {"rating": round(float(own["rating"].mean()), 2)} if "rating" in own else {}
    return {
        "texts": len(own),
        "users": int(own["user"].nunique()),
        "share": len(own) / total,
        "negative_share": float((own["sentiment"] == "negative").mean()),
        **rated,
    }


def _origins(scope: Scope, breakdown: str | None, now: "pd.DataFrame", found: Sequence[_Row]) -> list[str]:
    """Say of each theme which values of the breakdown write about it more than chance would have it."""
    if breakdown is None:
        return [""] * len(found)
    column = f"d_{breakdown}"
    known = now[~now[column].isin([UNKNOWN, "(none)", "(other)"])]
    shares = known[column].value_counts(normalize=True)
    least = max(_FEWEST_FROM, scope.source.definition.min_group)
    tests: list[tuple[int, str, float, float]] = []
    for place, row in enumerate(found):
        of = row.own[row.own[column].isin(shares.index)]
        for value, own in of.groupby(column):
            if own["user"].nunique() >= least:
                share = float(shares[value])
                p = binomial_test(len(own), len(of), share, more=True)
                tests.append((place, str(value), len(own) / len(of) / share, p))
    said = [""] * len(found)
    for (place, value, times, _), p in zip(tests, holm([t[3] for t in tests]), strict=True):
        if p < LEVEL:
            name = scope.semantics.value_text(breakdown, value).in_language(scope.language)
            said[place] += f"{'; ' if said[place] else ''}{name} ×{times:.1f}"
    return said


def _theme_figures(
    found: Sequence[_Row], trends: Sequence[Trend], total: int, period: str, most: int, *, is_compared: bool
) -> list[Figure]:
    counts = Counter(trends)
    figures = [
        Figure("themes", len(found), "themes", Text("主题数", "themes"), period),
        *(
            Figure(
                f"{trend}_themes",
                counts[trend],
                "themes",
                Text(f"{TREND_TEXT[trend].zh}的主题", f"{TREND_TEXT[trend].en} themes"),
                period,
            )
            for trend in ("new", "rising")
            if is_compared
        ),
    ]
    for row in found[:most]:
        name = Text(f"主题“{row.name.zh}”的反馈", f"texts on “{row.name.en}”")
        figures.append(Figure("theme_texts", len(row.own), "texts", name, period, n=total))
    return figures


def _card(arguments: VoiceArguments, compared: Period | None) -> list[Any]:
    before = Text("无", "none") if compared is None else compared.text()
    return [
        period_item(arguments.dates),
        item("对比期", "compared with", before),
        *reading_card(),
        item(
            "主题",
            "theme",
            Text(
                zh=f"多语言句向量（各语言去均值）按余弦距离平均连接聚类，在 {CUT} 处切分；至少 3 条且占 1%，以特征词命名",
                en=f"sentence vectors, centred per language, average linkage by cosine distance, cut at {CUT}; at least "
                "3 texts and 1%; named by the words that set it apart",
            ),
        ),
        item(
            "新出现/上升",
            "new or rising",
            Text(
                zh=f"日均条数与对比期的精确检验，Holm 校正后 p < {LEVEL}；新出现另须至少 5 条且此前日均不超过其十分之一",
                en=f"exact test of texts a day against the days compared, p < {LEVEL} after Holm; new: at least 5 "
                "texts, and a tenth of the rate or less before",
            ),
        ),
        *(
            [
                item(
                    "来源人群",
                    "from",
                    Text("某取值在该主题中显著多于其总体占比的倍数", "values that write more on it than their share of all texts, and how many times"),
                )
            ]
            if arguments.breakdown
            else []
        ),
        limits(
            "写反馈的人不代表全体用户；主题与情感由模型判断，条数不等于问题的严重程度或原因。",
            "Those who write do not stand for all users; themes and sentiment are a model's reading, and the number of texts "
            "says neither how bad a problem is nor what causes it.",
        ),
    ]  # fmt: skip
