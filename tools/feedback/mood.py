"""`measure_sentiment`: how users feel by what they write, over time, by segment, and beside their ratings."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.charts import draw_bars, draw_lines
from tools.definitions import Breakdown, interval_item, item, period_item
from tools.feedback.reading import Feedback, FeedbackArguments, read_feedback
from tools.feedback.sentiment import NEUTRAL, OPPOSED, SENTIMENTS
from tools.intervals import wilson_interval
from tools.metric_kinds import Interval
from tools.periods import EPOCH
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

SENTIMENT_TEXT = {
    "positive": Text("正面", "positive"),
    "neutral": Text("中性", "neutral"),
    "negative": Text("负面", "negative"),
    "mixed": Text("褒贬兼有", "mixed"),
}
_LANGUAGES = {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")}
_LOW_RATING, _HIGH_RATING, _LARGEST_RATING = 2, 4, 5


class SentimentArguments(FeedbackArguments):
    """Arguments of `measure_sentiment`."""

    interval: Interval = Field(
        default="week", description="Bucket of the table: day, week, month. 表格粒度。"
    )
    breakdown: Breakdown = None


def measure_sentiment(scope: Scope, arguments: SentimentArguments) -> MetricResult:
    """Count positive, neutral, negative and mixed texts per period, or per period and segment.

    Returns:
        A table with the columns period, segment (with a breakdown), texts, users, positive, neutral, negative, mixed,
        negative_share, rating.
    """
    warnings = list(scope.cover(arguments.dates))
    covered = scope.source.coverage.clip(arguments.dates)
    feedback = read_feedback(scope, covered, arguments.filters, dimension=arguments.breakdown)
    table = _table(scope, arguments, feedback.rows)
    title = Text("用户情感", "Sentiment of feedback")
    return scope.finish(
        "measure_sentiment",
        arguments,
        title=title,
        card=[
            period_item(arguments.dates),
            interval_item(arguments.interval),
            *reading_card(),
            limits(
                "写反馈的人不代表全体用户；情感由模型判断，讽刺等会误判，变化也不说明原因。",
                "Those who write do not stand for all users; a model reads sentiment and misreads irony; and a change does not "
                "say why.",
            ),
        ],
        figures=[
            *mood_figures(feedback, str(covered)),
            *_language_figures(feedback, str(covered)),
            *_segment_figures(scope, arguments.breakdown, feedback, str(covered)),
        ],
        table=table,
        chart=_chart(scope, arguments.breakdown, feedback.rows, table, title),
        warnings=[*warnings, *feedback.warnings()],
        n=len(feedback.rows),
    )  # fmt: skip


def _table(scope: Scope, arguments: SentimentArguments, rows: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    interval = arguments.interval
    rows = rows.assign(period=[_label(scope, int(day), interval) for day in rows["day"]])
    keys = ["period"]
    if arguments.breakdown:
        rows = rows.assign(segment=rows[f"d_{arguments.breakdown}"])
        keys.append("segment")
    records = [
        {**dict(zip(keys, names, strict=True)), **_counts(own)}
        for names, own in rows.groupby(keys, sort=True)
    ]
    return pd.DataFrame(records)


def _chart(
    scope: Scope, dimension: str | None, rows: "pd.DataFrame", table: "pd.DataFrame", title: Text
) -> dict[str, Any]:
    """Draw the course, or each segment's share over all days, since those of few texts a week jump."""
    share, unit = Text("负面占比", "negative share"), "ratio"
    if dimension is None:
        axes = Text("时间", "time"), share
        return draw_lines(
            table, "period", "negative_share", title=title, axes=axes, unit=unit, language=scope.language
        )
    negative = (rows["sentiment"] == "negative").groupby(rows[f"d_{dimension}"]).mean()
    shares = (
        negative.sort_values(ascending=False, kind="stable").rename_axis("segment").reset_index(name="share")
    )
    names = [scope.semantics.value_text(dimension, v).in_language(scope.language) for v in shares["segment"]]
    return draw_bars(
        shares.assign(segment=names),
        "segment",
        "share",
        title=title,
        axes=(scope.semantics.dimension_text(dimension), share),
        unit=unit,
        language=scope.language,
        lying=True,
    )


def _label(scope: Scope, day: int, interval: Interval) -> str:
    date = EPOCH + timedelta(days=day)
    return str(scope.calendar.label(scope.calendar.bucket(date, interval), interval))


def _counts(own: "pd.DataFrame") -> dict[str, Any]:
    each = {s: int((own["sentiment"] == s).sum()) for s in SENTIMENTS}
    rated = {"rating": float(own["rating"].mean())} if "rating" in own else {}
    return {
        "texts": len(own),
        "users": int(own["user"].nunique()),
        **each,
        "negative_share": each["negative"] / len(own),
        **rated,
    }


def mood_figures(feedback: Feedback, period: str) -> list[Figure]:
    """Return the figures of sentiment that every tool of the family shows."""
    rows = feedback.rows
    n = len(rows)
    figures = [Figure("texts", n, "texts", Text("反馈条数", "texts"), period, n=n)]
    for sentiment in ("negative", "positive", "neutral", "mixed"):
        count = int((rows["sentiment"] == sentiment).sum())
        name = SENTIMENT_TEXT[sentiment]
        label = Text(f"{name.zh}占比", f"{name.en} share")
        figures.append(
            Figure(
                f"{sentiment}_share",
                count / n,
                "ratio",
                label,
                period,
                n=n,
                interval=wilson_interval(count, n),
            )
        )
    return figures + _rating_figures(rows, period)


def _rating_figures(rows: "pd.DataFrame", period: str) -> list[Figure]:
    """Set ratings beside texts: their mean, and how often a low one has a positive text, or a high one a negative."""
    rated = rows[rows["rating"].notna()] if "rating" in rows else rows.iloc[:0]
    if rated.empty:
        return []
    n = len(rated)
    figures = [
        Figure(
            "mean_rating",
            float(rated["rating"].mean()),
            "rating",
            Text("平均评分", "mean rating"),
            period,
            n=n,
        )
    ]
    if rated["rating"].max() > _LARGEST_RATING or rated["rating"].min() < 0:
        return figures
    low = (rated["rating"] <= _LOW_RATING) & (rated["sentiment"] == "positive")
    high = (rated["rating"] >= _HIGH_RATING) & (rated["sentiment"] == "negative")
    count = int((low | high).sum())
    label = Text("评分与文字相反的占比", "texts that contradict their rating")
    return [
        *figures,
        Figure("contradictions", count / n, "ratio", label, period, n=n, interval=wilson_interval(count, n)),
    ]  # fmt: skip


def _language_figures(feedback: Feedback, period: str) -> list[Figure]:
    figures = []
    for language, name in _LANGUAGES.items():
        own = feedback.rows[feedback.rows["language"] == language]
        if len(own):
            count = int((own["sentiment"] == "negative").sum())
            label = Text(f"{name.zh}反馈的负面占比", f"negative share of {name.en} texts")
            figures.append(
                Figure(
                    "negative_share",
                    count / len(own),
                    "ratio",
                    label,
                    period,
                    f"language={language}",
                    len(own),
                    wilson_interval(count, len(own)),
                )
            )
    return figures


def _segment_figures(scope: Scope, breakdown: str | None, feedback: Feedback, period: str) -> list[Figure]:
    figures: list[Figure] = []
    if breakdown is None or breakdown == "language":
        return figures
    for value, own in feedback.rows.groupby(f"d_{breakdown}", sort=True):
        count = int((own["sentiment"] == "negative").sum())
        segment = scope.segment_text(breakdown, str(value))
        figures.append(
            Figure(
                "negative_share",
                count / len(own),
                "ratio",
                Text(f"{segment.zh}：负面占比", f"{segment.en}: negative share"),
                period,
                f"{breakdown}={value}",
                len(own),
                wilson_interval(count, len(own)),
            )
        )
    return figures


def reading_card() -> list[DefinitionItem]:
    """Describe how sentiment is read."""
    return [
        item(
            "情感",
            "sentiment",
            Text(
                zh=f"中英文通用的逻辑回归（句向量与词）：得分 -1 至 1，绝对值小于 {NEUTRAL} 为中性；"
                f"分句得分一处 ≥ {OPPOSED}、一处 ≤ -{OPPOSED} 为褒贬兼有；只看文字，不看评分",
                en=f"one logistic model for both languages over sentence vectors and words: a score of -1 to 1, neutral "
                f"below {NEUTRAL} either way, mixed where one clause scores {OPPOSED} or more and another -{OPPOSED} or "
                "less; by the text alone, not the rating",
            ),
        ),
        item("个人信息", "personal data", Text("示例中的电话、邮箱、账号与链接已遮盖", "telephone numbers, addresses, accounts and links in examples are masked")),
    ]  # fmt: skip
