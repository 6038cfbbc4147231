"""Reading an experiment: whether the split is sound, then what each arm did to each metric.

The sample ratio comes first: where users did not fall into the arms as was meant (p < 0.001), something chose who
is in which arm, and no effect is computed at all (Fabijan et al. 2019, "Diagnosing Sample Ratio Mismatch").
"""

from tools.experiments.arguments import ExperimentArguments
from tools.experiments.comparison import MISMATCH, check_ratio
from tools.experiments.effects import Effect, correct_effects, measure_effects
from tools.experiments.exposures import find_exposures
from tools.experiments.reading import Reading
from tools.experiments.reporting import report_effects, report_mismatch, report_segments
from tools.results import MetricResult
from tools.scope import Scope


def analyze_experiment(scope: Scope, arguments: ExperimentArguments) -> MetricResult:
    """Read an experiment: sample ratio, effects of the arms on metrics and guardrails, or by segment."""
    name, experiment, told = arguments.resolve(scope)
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    period = arguments.exposure_period(experiment)
    told = (*told, *scope.cover(period))
    split = [arguments.breakdown] if arguments.breakdown else []
    exposures = find_exposures(scope, name, experiment, period, filters=arguments.filters, dimensions=split)
    asked = arguments.model_copy(
        update={
            "start": period.start,
            "end": period.end,
            "experiment": None if arguments.exposure_event else name,
        }
    )
    shares = {arm: experiment.arms[arm].share if experiment.arms else 1.0 for arm in exposures.counts}
    pvalue = check_ratio(exposures.counts, shares)
    reading = Reading(asked, name, experiment, exposures, shares, pvalue, arguments.window(experiment), told)
    if pvalue < MISMATCH:
        return report_mismatch(scope, reading)
    effects = correct_effects(_measure_all(scope, reading))
    if arguments.breakdown:
        return report_segments(scope, reading, effects)
    return report_effects(scope, reading, effects)


def _measure_all(scope: Scope, reading: Reading) -> list[Effect]:
    asked, exposures, window = reading.arguments, reading.exposures, reading.window
    metrics = [asked.metric] if asked.metric else reading.experiment.metrics
    effects = [
        e for m in metrics for e in measure_effects(scope, exposures, m, window, breakdown=asked.breakdown)
    ]
    if asked.metric or asked.breakdown:
        return effects
    for guardrail in reading.experiment.guardrails:
        effects += measure_effects(
            scope, exposures, guardrail.metric, window, role="guardrail", margin=guardrail.margin
        )
    return effects
