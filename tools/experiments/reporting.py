"""The result of reading an experiment: figures, table, chart, card and warnings."""

from collections.abc import Sequence

from tools.charts import draw_bars
from tools.experiments.cards import effect_card, split_card
from tools.experiments.effects import Effect
from tools.experiments.figures import effect_figures, heterogeneity_figures, split_figures
from tools.experiments.reading import Reading
from tools.experiments.tables import draw_effects, effect_table, split_table
from tools.experiments.warnings import warn_of_effects, warn_of_peeking
from tools.experiments.wording import LIMITS
from tools.results import MetricResult, Text
from tools.scope import Scope

TOOL = "analyze_experiment"


def report_mismatch(scope: Scope, reading: Reading) -> MetricResult:
    """Refuse to show effects, and show how users fell into the arms."""
    name = reading.title(scope)
    refusal = Text(
        zh="样本比例失衡：各组人数与设计不符，差异几乎不可能出于偶然，因此不显示任何效果。请先查清分流、埋点或过滤的问题，再重新实验。",
        en="Sample ratio mismatch: users did not fall into the arms as designed, and chance hardly explains it, so no "
        "effect is shown. Find out what went wrong in assignment, logging or filtering, then run the test again.",
    )
    title = Text(f"{name.zh}：样本比例失衡", f"{name.en}: sample ratio mismatch")
    table = split_table(reading)
    return scope.finish(
        TOOL,
        reading.arguments,
        title=title,
        card=[*split_card(reading, name), LIMITS],
        figures=split_figures(reading),
        table=table,
        chart=draw_bars(
            table, "arm", "users", title=title, axes=(Text("组别", "arm"), Text("用户", "users")), unit="users",
            language=scope.language,
        ),
        warnings=(refusal, *reading.told, *reading.exposures.warnings),
        n=reading.exposures.users,
    )  # fmt: skip


def report_effects(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> MetricResult:
    """Show what every arm did to every metric and guardrail."""
    name = reading.title(scope)
    table = effect_table(scope, reading, effects)
    return scope.finish(
        TOOL,
        reading.arguments,
        title=Text(f"实验结果：{name.zh}", f"Experiment: {name.en}"),
        card=[*split_card(reading, name), *effect_card(scope, reading, effects), LIMITS],
        figures=[*effect_figures(scope, reading, effects), *split_figures(reading)],
        table=table,
        chart=draw_effects(scope, reading, effects),
        warnings=(
            *warn_of_peeking(scope, reading.experiment, reading.exposures),
            *warn_of_effects(scope, reading.experiment, reading.window, effects),
            *reading.told,
            *reading.exposures.warnings,
        ),
        n=reading.exposures.users,
    )


def report_segments(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> MetricResult:
    """Show what every arm did in every segment, and whether the segments differ by more than chance."""
    name, breakdown = reading.title(scope), str(reading.arguments.breakdown)
    split = scope.semantics.dimension_text(breakdown)
    table = effect_table(scope, reading, effects)
    tests = heterogeneity_figures(scope, reading, effects, split)
    warning = Text(
        zh=f"按{split.zh}拆分是事后探索：每个细分人数更少、比较更多，个别细分的高低多半是偶然；先看异质性检验。",
        en=f"A split by {split.en} is exploration after the fact: fewer users, more comparisons; single segments stand "
        "out mostly by chance, so look at the test of heterogeneity first.",
    )
    return scope.finish(
        TOOL,
        reading.arguments,
        title=Text(f"实验结果：{name.zh}，按{split.zh}", f"Experiment: {name.en}, by {split.en}"),
        card=[*split_card(reading, name), *effect_card(scope, reading, effects), LIMITS],
        figures=[
            *tests,
            *effect_figures(scope, reading, effects),
            *split_figures(reading),
        ],
        table=table,
        chart=draw_effects(scope, reading, effects),
        warnings=(
            *warn_of_peeking(scope, reading.experiment, reading.exposures),
            warning,
            *reading.told,
            *reading.exposures.warnings,
        ),
        n=reading.exposures.users,
    )
