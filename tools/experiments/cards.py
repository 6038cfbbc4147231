"""The definition card of an experiment."""

from collections.abc import Sequence

from tools.definitions import item, period_item
from tools.experiments.comparison import MISMATCH, SIGNIFICANCE
from tools.experiments.effects import Effect
from tools.experiments.reading import Reading
from tools.experiments.wording import arm_text, metric_item, window_item
from tools.grammar import chinese_list
from tools.results import DefinitionItem, Text
from tools.scope import Scope


def split_card(reading: Reading, name: Text) -> list[DefinitionItem]:
    """Say who is in which arm."""
    whole = sum(reading.shares.values())
    parts = [(arm_text(reading.experiment, arm), share / whole) for arm, share in reading.shares.items()]
    listed = Text(
        "、".join(f"{text.zh} {share:.0%}" for text, share in parts),
        ", ".join(f"{text.en} {share:.0%}" for text, share in parts),
    )
    control = arm_text(reading.experiment, reading.exposures.control)
    return [
        item("实验", "experiment", name),
        period_item(reading.period, "进入日期", "exposed from"),
        item(
            "进入",
            "exposure",
            Text(
                "每名用户取首次进入；进入过多个组的用户不计入任何组",
                "a user's first; users who saw several arms are in none",
            ),
        ),
        item("分组（设计）", "arms as designed", listed),
        item("对照组", "control", control),
        item(
            "样本比例检验",
            "sample ratio",
            Text(
                f"先检验各组人数是否符合设计，p < {MISMATCH} 时不显示效果",
                f"tested first; with p < {MISMATCH} no effect is shown",
            ),
        ),
    ]


def effect_card(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> list[DefinitionItem]:
    """Say how effects are measured and tested."""
    semantics, window = scope.semantics, reading.window
    metrics = [
        metric_item(semantics, m, semantics.metrics[m], window)
        for m in dict.fromkeys(e.metric for e in effects)
    ]
    compared = sum(e.role == "metric" for e in effects)
    margins = sorted({e.margin for e in effects if e.margin is not None})
    card = [
        window_item(window),
        *metrics,
        item(
            "检验",
            "tests",
            Text(
                f"双侧，95% 区间；占比用 z 检验（人数少时用 Fisher 精确检验），均值用 Welch t 检验，比值用 delta 法；共 {compared} 项比较，"
                f"p 值用 Holm 法校正，小于 {SIGNIFICANCE} 为有差异",
                f"two-sided, 95 % intervals; z test of shares (Fisher's exact test of few users), Welch's t test of means, "
                f"delta method of ratios; {compared} comparisons, p-values corrected by Holm's method, below {SIGNIFICANCE} differs",
            ),
        ),
    ]
    if window.before:
        told = Text(
            f"用进入日之前 {window.before} 日的同一指标校正",
            f"adjusted by the same metric over the {window.before} days before the exposure",
        )
        card.append(item("CUPED", "CUPED", told))
    if margins:
        listed = ", ".join(f"{m:.0%}" for m in margins)
        card.append(
            item(
                "护栏",
                "guardrails",
                Text(
                    f"区间整体变差为受损；区间不低于对照组的 -{chinese_list(listed)} 为安全；其余为不确定；不做多重比较校正",
                    f"harmed if the whole interval is worse; safe if it ends above -{listed} of the control's value; "
                    "else unclear; not corrected for several",
                ),
            )
        )
    return card
