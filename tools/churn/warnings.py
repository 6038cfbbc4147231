"""What a reader should know before relying on scores."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.churn.leakage import TOO_GOOD, warn_of_leaks
from tools.churn.quality import calibration_error
from tools.churn.reporting import Verdict
from tools.churn.study import Study
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_WIDE = 0.05
_FEW = 200


def warn_of_study(scope: Scope, study: Study) -> Iterator[Text]:
    """Warn of leakage and of little data."""
    yield from warn_of_leaks(study.leaks)
    if scope.segments:
        yield Text(
            "可能泄漏：人群按时段前后的规则判定，晚于模型学习的截止日，检验结果可能偏乐观。",
            "Possible leakage: the segment is decided later than the cut-offs that the model learns from, so its test may "
            "be too favourable.",
        )
    if study.simple:
        yield Text(
            "数据较少：每个特征不足 10 名流失（或留存）用户，评分只用活跃时间特征，未用事件、金额与维度。",
            "Little data: fewer than ten users who churned (or stayed) for each column, so only the timing of active days is "
            "used, not events, sums or dimensions.",
        )
    churned = int(study.churned.sum())
    if min(churned, len(study.churned) - churned) < _FEW:
        yield Text(
            f"检验样本较小：{churned} 名流失、{len(study.churned) - churned} 名留下，命中率的区间较宽。",
            f"Few users to judge by: {churned} churned and {len(study.churned) - churned} stayed, so intervals are wide.",
        )


def warn_of_quality(study: Study, verdict: Verdict, reliability: "pd.DataFrame") -> Iterator[Text]:
    """Warn where the model is no better than the baseline, is not calibrated, or is too good to be true."""
    if verdict.gain[0] <= 0:
        yield Text(
            "未能证明模型优于“按最近活跃天数排序”的基线，直接按最近活跃天数挑选即可。",
            "The model is not shown to beat days since last active; rank users by these instead.",
        )
    error = calibration_error(reliability)
    if error > _WIDE:
        yield Text(
            f"校准较差：预测与实际流失率平均相差 {error:.1%}，请只用排序，不要把评分当作概率。",
            f"Poorly calibrated: predicted and observed churn are {error:.1%} apart on average; use the order, not the "
            "probabilities.",
        )
    if verdict.model.auc >= TOO_GOOD:
        yield Text(
            f"效果好得可疑（AUC {verdict.model.auc:.3f}），请检查数据是否含有事后才知道的信息。",
            f"Too good to be true (AUC {verdict.model.auc:.3f}): check whether the data holds what was known only afterwards.",
        )


def warn_of_access(scope: Scope) -> Text:
    """Say why users are not listed one by one."""
    name = scope.source.name
    return Text(
        f"您无权逐个查看数据源 {name} 的用户，因此只给出分组人数；可由 metrics.yaml 中的 user_rows 授权给团队。",
        f"You may not see single users of source {name}, so counts by group are given; `user_rows` in metrics.yaml names the "
        "teams that may.",
    )
