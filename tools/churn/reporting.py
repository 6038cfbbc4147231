"""What is said of a study: its verdict, figures, definition card and chart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.charts import draw_bars, draw_lines
from tools.churn.arguments import ChurnArguments
from tools.churn.features import SPANS
from tools.churn.listing import BAND_TEXT
from tools.churn.quality import (
    Ranking,
    brier_score,
    calibration_error,
    compare_rankings,
    rank_users,
    tabulate_reliability,
)
from tools.churn.silence import Silence
from tools.churn.study import Study
from tools.definitions import item, period_item
from tools.grammar import chinese_list
from tools.intervals import wilson_interval
from tools.periods import Period
from tools.results import DefinitionItem, Figure, Text, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("流失预警", "Churn early warning")
_MOST_FACTORS = 12
LIMITS = limits(
    "评分只是依据以往行为的预测，不能说明列出的因素造成了流失，也不能说明去挽回这些用户就会有效；要知道是否有效，请做对照实验。",
    "A score is a prediction from past behaviour; it does not prove that the reasons listed make people leave, nor that "
    "winning these users back works: only an experiment with a control group shows that.",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the model and the recency baseline did at the judged cut-off.

    Attributes:
        k: users of highest score that are compared.
        model, baseline: the two rankings.
        gain: interval of the difference of their precisions.
    """

    k: int
    model: Ranking
    baseline: Ranking
    gain: tuple[float, float]


def judge(study: Study, top_share: float) -> Verdict:
    """Compare the model's ranking with that by days since last active, at the judged cut-off."""
    churned = study.churned
    k = max(1, int(len(churned) * top_share))
    model = rank_users(study.scores, churned, k)
    baseline = rank_users(study.tested["recency"].to_numpy(float), churned, k)
    return Verdict(k, model, baseline, compare_rankings(model, baseline, churned, k))


def list_figures(arguments: ChurnArguments, study: Study, silence: Silence, verdict: Verdict) -> list[Figure]:
    """List the figures, headline first."""
    churned, risk = study.churned, study.risk
    n, k, span = len(churned), verdict.k, str(arguments.dates)
    rate = float(churned.mean())
    top = Text(f"评分最高的 {arguments.top_share:.0%}", f"the top {arguments.top_share:.0%}")
    reliability = tabulate_reliability(study.scores, churned)

    def precise(name: str, ranking: Ranking, zh: str, en: str) -> Figure:
        label = Text(f"{top.zh} 用户中实际流失占比（{zh}）", f"share of {top.en} that churned, {en}")
        bounds = wilson_interval(ranking.precision * k, k)
        return Figure(name, ranking.precision, "ratio", label, span, n=k, interval=bounds)

    def score(name: str, value: float, zh: str, en: str) -> Figure:
        return Figure(name, value, "multiple", Text(zh, en), span, n=n)

    return [
        Figure("scored_users", len(risk), "users", Text("已评分用户", "users scored"), span),
        Figure(
            "expected_churners",
            round(float(risk.sum()), 1),
            "expected users",
            Text(
                f"预计未来 {silence.days} 天流失人数",
                f"users expected to churn in the next {silence.days} days",
            ),
            span,
            n=len(risk),
        ),
        precise("precision_at_k", verdict.model, "模型", "by the model"),
        precise(
            "baseline_precision_at_k", verdict.baseline, "按最近活跃天数的基线", "by days since last active"
        ),
        Figure(
            "precision_gain",
            verdict.model.precision - verdict.baseline.precision,
            "ratio_change",
            Text("模型比基线高出", "model above the baseline"),
            span,
            n=k,
            interval=verdict.gain,
        ),
        Figure(
            "churn_rate",
            rate,
            "ratio",
            Text("检验时段的流失率", "churn rate at the judged cut-off"),
            span,
            n=n,
            interval=wilson_interval(float(churned.sum()), n),
        ),
        score("auc", verdict.model.auc, "AUC（模型）", "AUC of the model"),
        score("baseline_auc", verdict.baseline.auc, "AUC（基线）", "AUC of the baseline"),
        score("brier", brier_score(study.scores, churned), "Brier 分（模型）", "Brier score of the model"),
        score(
            "baseline_brier",
            brier_score(study.baseline, churned),
            "Brier 分（基线）",
            "Brier score of the baseline",
        ),
        score(
            "constant_brier",
            rate * (1 - rate),
            "Brier 分（全体同一概率）",
            "Brier score of one chance for all",
        ),
        Figure(
            "calibration_error",
            calibration_error(reliability),
            "ratio",
            Text(
                "校准误差（预测与实际流失率的平均差距）",
                "calibration error (mean gap of predicted and observed)",
            ),
            span,
            n=n,
        ),
        Figure(
            "silence_days",
            silence.days,
            "days",
            Text("流失口径：沉默天数", "days of silence that are churn"),
            span,
        ),
    ]


def churn_card(
    scope: Scope, arguments: ChurnArguments, study: Study, silence: Silence
) -> list[DefinitionItem]:
    """Say what shaped the result."""
    outlook, calendar = study.outlook, scope.calendar
    event = scope.semantics.event_text(outlook.event)
    judged, learnt = (
        ", ".join(str(calendar.first_day(c, "day")) for c in days) for days in ([study.judged], study.learnt)
    )
    part = Text("", "")
    if outlook.part > 1:
        part = Text(
            f"，抽取编号被 {outlook.part} 整除的用户", f", of users whose number {outlook.part} divides"
        )
    return [
        period_item(
            Period(
                calendar.first_day(study.last - outlook.reach + 1, "day"),
                calendar.first_day(study.last, "day"),
            ),
            "评分对象活跃于",
            "scored: active in",
        ),
        item("活跃事件", "active means", event),
        item(
            "流失",
            "churned",
            Text(
                f"截止日之后 {silence.days} 个本地日内没有活跃（{silence.reason.zh}）",
                f"not active in the {silence.days} local days after the cut-off ({silence.reason.en})",
            ),
        ),
        item(
            "特征",
            "features",
            Text(
                f"只用截止日当天及以前的数据：近 {outlook.window} 天（{SPANS} 段，每段 {outlook.span} 天）与全部历史，共 {len(study.factors)} 类",
                f"data up to the cut-off only: the last {outlook.window} days in {SPANS} stretches of {outlook.span}, and "
                f"all history; {len(study.factors)} factors",
            ),
        ),
        item(
            "学习",
            "learnt from",
            Text(
                f"截止日 {chinese_list(learnt)}，共 {study.rows:,} 行{part.zh}",
                f"cut-offs {learnt}: {study.rows:,} rows{part.en}",
            ),
        ),
        item(
            "检验",
            "judged on",
            Text(
                f"截止日 {judged}，其后的结果模型未见过；最终评分再加入这一段重新学习",
                f"cut-off {judged}, whose outcome the model had not seen; for the scores it then learns from it as well",
            ),
        ),
        item(
            "模型",
            "model",
            Text(
                "逻辑回归，按用户分折做 Platt 校准",
                "logistic regression, Platt calibration over folds of users",
            ),
        ),
        item(
            "基线",
            "baseline",
            Text(
                "只按距上次活跃的天数排序；并列者按比例计",
                "days since last active alone; of ties, their share counts",
            ),
        ),
        LIMITS,
    ]


def draw_churn(
    scope: Scope, arguments: ChurnArguments, table: "pd.DataFrame", reliability: "pd.DataFrame"
) -> dict[str, Any]:
    """Draw what the table shows of groups or factors, else how well churn was foretold."""
    if "factor" in table:
        shown, x, y, unit = table.head(_MOST_FACTORS), "factor", "spread", "multiple"
        axes = Text("因素", "factor"), Text("对评分的影响", "spread of scores")
    elif "mean_risk" in table:
        x, y, unit = str(table.columns[0]), "mean_risk", "ratio"
        shown = table.assign(**{x: [_group_text(scope, arguments, v) for v in table[x]]})
        group = (
            scope.semantics.dimension_text(arguments.breakdown)
            if arguments.breakdown
            else Text("风险", "risk")
        )
        axes = group, Text("平均流失概率", "mean risk of churn")
    else:
        return _draw_reliability(scope, reliability)
    return draw_bars(shown, x, y, title=TITLE, axes=axes, unit=unit, language=scope.language, lying=True)


def _group_text(scope: Scope, arguments: ChurnArguments, group: str) -> str:
    dimension = arguments.breakdown
    text = BAND_TEXT[group] if dimension is None else scope.semantics.value_text(dimension, group)
    return text.in_language(scope.language)


def _draw_reliability(scope: Scope, reliability: "pd.DataFrame") -> dict[str, Any]:
    """Draw predicted and observed churn by tenths of the users."""
    import pandas as pd

    names = {"predicted": Text("预测", "predicted"), "observed": Text("实际", "observed")}
    lines = [
        pd.DataFrame(
            {
                "tenth": range(1, len(reliability) + 1),
                "rate": reliability[column],
                "series": name.in_language(scope.language),
            }
        )
        for column, name in names.items()
    ]
    return draw_lines(
        pd.concat(lines, ignore_index=True),
        "tenth",
        "rate",
        title=Text("流失预警：预测与实际", "Churn early warning: predicted and observed"),
        axes=(Text("按评分分组（由低到高）", "users by score, lowest first"), Text("流失率", "churn rate")),
        unit="ratio",
        language=scope.language,
        series="series",
    )
