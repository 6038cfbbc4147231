"""`analyze_feedback`: what users write about, how many, how they feel, what is new, and who says it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field

from tools.charts import draw_bars
from tools.definitions import Breakdown, item, period_item
from tools.feedback.mood import SENTIMENT_TEXT, mood_figures, reading_card
from tools.feedback.reading import Feedback, FeedbackArguments, read_feedback, refuse_few
from tools.feedback.theme_table import ThemeRow, sort_themes, tabulate_themes
from tools.feedback.themes import CUT, find_themes
from tools.feedback.trend import LEVEL, TREND_TEXT, Trend, compare_rates
from tools.periods import EPOCH, Period
from tools.results import Figure, MetricResult, Text, limits
from tools.scope import Scope

_MOST_DAYS_BEFORE = 366
_ALL = Text("全部", "any sentiment")


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
    sentiment: Literal["negative", "positive", "neutral", "mixed"] | None = Field(
        default=None,
        description="Only texts of this sentiment, negative for complaints; null for all. "
        "只看某种情感的反馈，negative 即抱怨；null 为全部。",
    )
    breakdown: Breakdown = None

    @property
    def before(self) -> Period:
        """The days to compare with."""
        days = self.compare_days or min(max(28, self.dates.days), _MOST_DAYS_BEFORE)
        return Period(self.start - timedelta(days=days), self.start - timedelta(days=1))


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
    first = (covered.start - EPOCH).days
    mood = everything.keep((everything.rows["day"] >= first).to_numpy())
    if mood.rows.empty:  # says what is missing
        mood = read_feedback(scope, covered, arguments.filters, dimension=arguments.breakdown)
    told = _of_sentiment(scope, covered, everything, mood, arguments.sentiment)
    rows = told.rows
    is_now = (rows["day"] >= first).to_numpy()
    now = rows[is_now]
    themes = find_themes(told.vectors, rows["text"].tolist(), rows["language"].tolist())
    found, rest = sort_themes(scope, rows, is_now, themes)
    trends = compare_rates(
        [len(r.own) for r in found],
        [r.before for r in found],
        covered.days,
        compared.days if compared else 0,
    )
    table = tabulate_themes(scope, rows, now, themes, found, rest, trends, breakdown=arguments.breakdown)
    if arguments.sentiment:
        table = table.drop(columns="negative_share")
    if compared is None:
        warnings.append(
            Text(
                zh="时段之前没有数据，无法判断哪些主题是新出现或上升的。",
                en="There is no data before the period, so no theme can be called new or rising.",
            )
        )
    title = _title(arguments.sentiment)
    shown = table[table["trend"] != ""].head(arguments.themes)
    return scope.finish(
        "analyze_feedback",
        arguments,
        title=title,
        card=_card(arguments, compared),
        figures=[
            *mood_figures(mood, str(covered)),
            *_theme_figures(
                found, trends, len(now), str(covered), arguments.themes, is_compared=compared is not None
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
        warnings=[*warnings, *mood.warnings()],
        n=len(now),
    )


def _title(sentiment: str | None) -> Text:
    if sentiment is None:
        return Text("用户反馈主题", "Themes of feedback")
    name = SENTIMENT_TEXT[sentiment]
    return Text(f"用户反馈主题：{name.zh}", f"Themes of {name.en} feedback")


def _of_sentiment(
    scope: Scope, covered: Period, everything: Feedback, mood: Feedback, sentiment: str | None
) -> Feedback:
    """Return the texts of a sentiment; those of the period must be of enough people."""
    if sentiment is None:
        return everything
    refuse_few(scope, covered, mood.rows, mood.rows[mood.rows["sentiment"] == sentiment])
    return everything.keep((everything.rows["sentiment"] == sentiment).to_numpy())


def _compared_days(scope: Scope, arguments: VoiceArguments) -> Period | None:
    """Return the days before that the data has; None where it has less than half of them."""
    before, start = arguments.before, scope.source.coverage.start
    if start > before.end or (before.end - max(start, before.start)).days + 1 < before.days / 2:
        return None
    return Period(max(start, before.start), before.end)


def _theme_figures(
    found: Sequence[ThemeRow],
    trends: Sequence[Trend],
    total: int,
    period: str,
    most: int,
    *,
    is_compared: bool,
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
        item("情感范围", "texts of", _ALL if arguments.sentiment is None else SENTIMENT_TEXT[arguments.sentiment]),
        *reading_card(),
        item(
            "主题",
            "theme",
            Text(
                zh=f"多语言句向量（各语言去均值）的余弦距离，情感相反则更远，同属一个常见方面则更近；平均连接聚类，在 {CUT} 处切分；"
                "至少 3 条且占 1%，以特征词命名",
                en="cosine distance of sentence vectors, centred per language, more where moods differ and less where both are "
                f"about the same usual aspect; average linkage, cut at {CUT}; at least 3 texts and 1%; named by the words that "
                "set it apart",
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
