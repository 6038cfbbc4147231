"""Which declared experiment a question names."""

from dataclasses import dataclass

from assistant.analyst.vocabulary import word_pattern
from knowledge.language import to_simplified
from tools.semantics import Semantics


@dataclass(frozen=True, slots=True)
class NamedExperiment:
    """A declared experiment, and the words of the question (Simplified) that name it."""

    key: str
    words: str


def find_experiment(text: str, semantics: Semantics | None) -> NamedExperiment | None:
    """Return the declared experiment whose longest name stands in a question (Simplified)."""
    found = [
        NamedExperiment(key, match.group())
        for key, declared in (semantics.experiments if semantics else {}).items()
        for name in (key, declared.names.zh, declared.names.en, *declared.synonyms)
        if name and (match := word_pattern(to_simplified(name)).search(text))
    ]
    return max(found, key=lambda experiment: len(experiment.words), default=None)


def blank(words: str, text: str) -> str:
    """Return a text with spaces for the first place where words stand, so that the places of others stay."""
    return text.replace(words, " " * len(words), 1)


def strip_arms(text: str, key: str, semantics: Semantics) -> str:
    """Return a question (Simplified) less the names of an experiment's arms, with spaces in their place."""
    declared = semantics.experiments[key]
    for arm, names in declared.arms.items():
        for name in (names.names.zh, names.names.en, *names.synonyms, arm.replace("_", " ")):
            if name:
                text = word_pattern(to_simplified(name)).sub(lambda match: " " * len(match.group()), text)
    return text
