"""What is known of an experiment before any effect is computed."""

from dataclasses import dataclass

from tools.experiments.arguments import ExperimentArguments
from tools.experiments.declarations import ExperimentDefinition
from tools.experiments.exposures import Exposures
from tools.experiments.outcomes import Window
from tools.periods import Period
from tools.results import Text
from tools.scope import Scope


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known before any effect is computed.

    Attributes:
        arguments: of the call, the experiment and its days filled in.
        name, experiment: what is read.
        exposures: who was in which arm.
        shares: what each arm was meant to get, relative to the others.
        pvalue: of the sample ratio.
        window: days that count.
        told: warnings so far.
    """

    arguments: ExperimentArguments
    name: str
    experiment: ExperimentDefinition
    exposures: Exposures
    shares: dict[str, float]
    pvalue: float
    window: Window
    told: tuple[Text, ...]

    @property
    def period(self) -> Period:
        """Days of the exposures."""
        return self.arguments.dates

    def title(self, scope: Scope) -> Text:
        """Name the experiment."""
        if self.name in scope.semantics.experiments:
            return scope.semantics.experiment_text(self.name)
        return scope.semantics.event_text(self.name)
