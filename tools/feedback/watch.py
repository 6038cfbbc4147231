"""`watch_opinion`: days with more negative feedback than usual, how unusual, and what it is about.

What is counted are the negative (and mixed) texts of a day, held against the last `baseline_days` (see `alarms`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.charts import draw_bars
from tools.definitions import item, period_item
from tools.feedback.alarms import FEWEST_DAYS, SEVERE_TIMES, Level, Watched, watch_days
from tools.feedback.encoder import encode
from tools.feedback.mood import reading_card
from tools.feedback.reading import FeedbackArguments, read_feedback
from tools.feedback.themes import OTHER, find_themes
from tools.periods import EPOCH, Period
from tools.results import Figure, MetricResult, Text, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

LEVEL_TEXT: dict[Level, Text] = {
    "none": Text("正常", "normal"),
    "alert": Text("预警", "alert"),
    "severe": Text("严重", "severe"),
    "unknown": Text("基线不足", "too few days before"),
}
_COUNTED = ("negative", "mixed")


class WatchArguments(FeedbackArguments):
    """Arguments of `watch_opinion`."""

    baseline_days: int = Field(
        default=28,
        ge=7,
        le=366,
        description="Days before each day that say what is usual. 用之前多少天作为基线。",
    )
    at_least: int = Field(
        default=5,
        ge=1,
        le=100_000,
        description="Fewest negative texts of a day that alarms. 触发预警的最少负面条数。",
    )
    false_alarms: float = Field(
        default=0.001,
        gt=0,
        le=0.1,
        description="Chance that a usual day alarms. 正常日误报的概率。",
    )


def watch_opinion(scope: Scope, arguments: WatchArguments) -> MetricResult:
    """Find the days of a period on which negative feedback was unusual, and the theme that it was about.

    Returns:
        A table with a row per day, alarming ones first, the worst before: day, texts, negative, expected, limit, level,
        theme, example (of alarming days).
    """
    warnings = list(scope.cover(arguments.dates))
    coverage = scope.source.coverage
    covered = coverage.clip(arguments.dates)
    start = max(coverage.start, covered.start - timedelta(days=arguments.baseline_days))
    feedback = read_feedback(scope, Period(start, covered.end), arguments.filters)
    first = (start - EPOCH).days
    days = range(first, (covered.end - EPOCH).days + 1)
    rows = feedback.rows
    negative = rows[rows["sentiment"].isin(_COUNTED)]
    counts = negative["day"].value_counts().reindex(days, fill_value=0).astype(int)
    watched = watch_days(
        counts.tolist(),
        baseline=arguments.baseline_days,
        at_least=arguments.at_least,
        false_alarms=arguments.false_alarms,
    )
    own = range((covered.start - EPOCH).days, (covered.end - EPOCH).days + 1)
    shown = {day: watched[day - first] for day in own}
    table = _table(scope, rows, negative, shown)
    latest = table.iloc[-1]
    alarms = [day for day in own if shown[day].level in ("alert", "severe")]
    title = _title(scope, table, alarms)
    if all(w.level == "unknown" for w in shown.values()):
        warnings.append(
            Text(
                zh=f"基线不足 {FEWEST_DAYS} 天，无法判断是否异常。",
                en=f"There are fewer than {FEWEST_DAYS} days before to say what is usual.",
            )
        )
    return scope.finish(
        "watch_opinion",
        arguments,
        title=title,
        card=_card(arguments),
        figures=_figures(table, shown, alarms, str(covered), str(latest["day"])),
        table=_alarming_first(table, alarms),
        chart=draw_bars(
            table,
            "day",
            "negative",
            title=title,
            axes=(Text("日期", "day"), Text("负面反馈条数", "negative texts")),
            unit="texts",
            language=scope.language,
            color="level",
        ),
        warnings=[*warnings, *feedback.warnings()],
        n=int(table["texts"].sum()),
    )


def _alarming_first(table: "pd.DataFrame", alarms: Sequence[int]) -> "pd.DataFrame":
    import pandas as pd

    alarming = table["day"].isin([_date(day) for day in alarms])
    worst_first = table[alarming].sort_values("negative", ascending=False, kind="stable")
    return pd.concat([worst_first, table[~alarming]], ignore_index=True)


def _date(day: int) -> str:
    return str(EPOCH + timedelta(days=day))


def _table(
    scope: Scope, rows: "pd.DataFrame", negative: "pd.DataFrame", shown: dict[int, Watched]
) -> "pd.DataFrame":
    import pandas as pd

    records: list[dict[str, Any]] = []
    alarming = {day for day, watched in shown.items() if watched.level in ("alert", "severe")}
    explained = _explain(scope, negative, alarming)
    for day, watched in shown.items():
        own = negative[negative["day"] == day]
        theme, example = explained.get(day, ("", ""))
        records.append(
            {
                "day": _date(day),
                "texts": int((rows["day"] == day).sum()),
                "negative": len(own),
                "expected": None if watched.expected is None else round(watched.expected, 2),
                "limit": None if watched.limit is None else float(watched.limit),
                "level": LEVEL_TEXT[watched.level].in_language(scope.language),
                "theme": theme,
                "example": example,
            }
        )
    return pd.DataFrame(records).astype({"expected": float, "limit": float})


def _explain(scope: Scope, negative: "pd.DataFrame", alarming: set[int]) -> dict[int, tuple[str, str]]:
    """Return, by alarming day, its largest theme and the most typical text of that day, if of enough people."""
    if not alarming:
        return {}
    import numpy as np

    texts, languages = negative["text"].tolist(), negative["language"].tolist()
    themes = find_themes(encode(texts), texts, languages)
    least = max(1, scope.source.definition.min_group)
    explained = {}
    for day in alarming:
        is_own = (negative["day"] == day).to_numpy()
        counts = Counter(int(label) for label in themes.labels[is_own] if label != OTHER)
        if not counts:
            continue
        theme = min(counts, key=lambda label: (-counts[label], label))
        if negative[is_own & (themes.labels == theme)]["user"].nunique() >= least:
            own = replace(themes, labels=np.where(is_own, themes.labels, OTHER))
            example = own.examples(theme, texts, languages, scope.language)[0]
            explained[day] = themes.names[theme].in_language(scope.language), example
    return explained


def _title(scope: Scope, table: "pd.DataFrame", alarms: Sequence[int]) -> Text:
    if not alarms:
        return Text("舆情监测：未见异常", "Public opinion: nothing unusual")
    n = len(alarms)
    return Text(f"舆情监测：{n} 天触发预警", f"Public opinion: {n} alarming day{'s' if n > 1 else ''}")


def _figures(
    table: "pd.DataFrame", shown: dict[int, Watched], alarms: Sequence[int], period: str, last: str
) -> list[Figure]:
    latest, held = table.iloc[-1], list(shown.values())[-1]
    severe = sum(w.level == "severe" for w in shown.values())
    by_day = dict(zip(table["day"], table["negative"].tolist(), strict=True))
    figures = [
        Figure("alert_days", len(alarms), "alerts", Text("触发预警的天数", "alarming days"), period, n=len(table)),
        Figure("severe_days", severe, "alerts", Text("其中严重的天数", "severe ones of them"), period, n=len(table)),
        Figure("latest_negative", int(latest["negative"]), "texts", Text("最近一天的负面条数", "negative texts on the latest day"), last),
        Figure("latest_expected", held.expected, "texts", Text("最近一天的预期条数", "expected on the latest day"), last),
    ]  # fmt: skip
    if alarms:
        worst = max(alarms, key=lambda d: (by_day[_date(d)], -d))
        day = _date(worst)
        figures.append(
            Figure(
                "worst_negative",
                by_day[day],
                "texts",
                Text(f"最严重的一天（{day}）的负面条数", f"negative texts on the worst day ({day})"),
                day,
            )
        )
    return figures


def _card(arguments: WatchArguments) -> list[Any]:
    days, least, chance = arguments.baseline_days, arguments.at_least, arguments.false_alarms
    return [
        period_item(arguments.dates),
        *reading_card(),
        item("计入", "counted", Text("负面与褒贬兼有的反馈", "negative and mixed texts")),
        item(
            "基线",
            "usual",
            Text(f"此前 {days} 天的日均，不含已预警的日子", f"the mean of the {days} days before, without alarming ones"),
        ),
        item(
            "预警",
            "alert",
            Text(
                f"超过负二项预测分布的 {1 - chance:.1%} 分位且不少于 {least} 条；达上限 {SEVERE_TIMES:g} 倍为严重",
                f"above the {1 - chance:.1%} quantile of the negative binomial prediction, and {least} texts or more; severe "
                f"from {SEVERE_TIMES:g} times that limit",
            ),
        ),
        limits(
            "预警只说明负面反馈多于平常，不说明起因、影响面，也不排除同一批人或水军重复发帖。",
            "An alert says that negative feedback is more than usual; not what began it, how many it touches, nor whether a "
            "few people write it over and over.",
        ),
    ]  # fmt: skip
