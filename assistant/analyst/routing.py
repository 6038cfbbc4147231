"""Which published tool a question asks for, by the catalogue's own titles, synonyms and examples."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.analyst.extraction import content_terms
from assistant.analyst.options import telling_words
from assistant.analyst.vocabulary import Mention, word_pattern
from knowledge.language import to_simplified
from tools.catalog import TOOLS
from tools.publication import MetricTool

#: What a word of the catalogue is worth, beside a share of an example's words.
_WORD = 0.5
#: From here on a question is an example of the catalogue in other words.
ALIKE = 0.6
#: From here on it is the example itself.
SAME = 0.85
#: Tools that are reached by naming a metric.
_BY_METRIC = ("measure_metric", "explain_change")


@dataclass(frozen=True, slots=True)
class Choice:
    """The tool that fits a question best.

    Attributes:
        words: The catalogue's words for it in the question.
        likeness: 0 to 1, how much the question is one of the tool's examples.
    """

    tool: MetricTool
    words: tuple[str, ...]
    likeness: float

    def reads(self, term: str) -> bool:
        """Tell whether a term of the question is one of an example that it is like."""
        return self.likeness >= ALIKE and any(_stem(term) in example for example in _examples(self.tool.name))

    @property
    def score(self) -> float:
        """How well the tool fits; an example itself fits best."""
        return _WORD * bool(self.words) + self.likeness + (self.likeness >= SAME)


def choose_tool(text: str, rest: str, mentions: Sequence[Mention]) -> Choice | None:
    """Return the tool that a question (Simplified) asks for, or None; `rest` is the question less its periods.

    Words that name a metric, a value or a segment of the workspace say nothing of a tool, unless they are part of a
    longer one, nor do words inside longer ones of a tool; words that state an argument of one tool alone do.
    """
    taken = [m for m in mentions if m.kind in ("metric", "value", "segment")]
    found = {tool.name: list(_words(rest, tool, taken)) for tool in TOOLS}
    longest = [m for matches in found.values() for m in matches]
    told = (*telling_words(rest), *(("competitors", m.words) for m in mentions if m.kind == "competitor"))
    asked = (_content(text), _content(rest))
    choices = [
        Choice(
            tool,
            (
                *_outside(found[tool.name], longest),
                *(w for name, w in told if name in tool.arguments.model_fields),
            ),
            _likeness(asked, tool),
        )
        for tool in TOOLS
        if tool.name not in _BY_METRIC
    ]
    if not asked[1]:  # a period alone is like no example
        choices = [choice for choice in choices if choice.words]
    if not choices:
        return None
    best = max(choices, key=lambda choice: (choice.score, sum(map(len, choice.words))))
    return best if best.words or best.likeness >= ALIKE else None


def _words(text: str, tool: MetricTool, taken: Sequence[Mention]) -> Iterable[re.Match[str]]:
    for pattern in _patterns(tool.name):
        for match in pattern.finditer(text):
            inside = (m.start <= match.start() and match.end() <= m.end for m in taken)
            if not any(inside):
                yield match


def _outside(own: Iterable[re.Match[str]], others: Sequence[re.Match[str]]) -> Iterable[str]:
    """Yield the words that are no part of longer words of a tool: predict in predict churn."""
    for match in own:
        if not any(
            m.start() <= match.start() and match.end() <= m.end() and len(m.group()) > len(match.group())
            for m in others
        ):
            yield match.group()


def _likeness(asked: Sequence[frozenset[str]], tool: MetricTool) -> float:
    return max(_overlap(words, example) for words in asked for example in _examples(tool.name))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return Dice's coefficient, rare words counting more."""
    weights = _weights()
    whole = sum(weights.get(t, _unknown()) for words in (one, other) for t in words)
    return 2 * sum(weights.get(t, _unknown()) for t in one & other) / whole if whole else 0.0


def _content(text: str) -> frozenset[str]:
    return frozenset(_stem(t) for t in content_terms(text) if not t.isdigit())


def _stem(term: str) -> str:
    return re.sub(r"(?<=[a-z]{3})s$", "", term)


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    tool = next(t for t in TOOLS if t.name == name)
    words = dict.fromkeys((tool.title.zh, tool.title.en, *tool.synonyms))
    return tuple(word_pattern(to_simplified(word)) for word in words)


@cache
def _examples(name: str) -> tuple[frozenset[str], ...]:
    tool = next(t for t in TOOLS if t.name == name)
    return tuple(_content(to_simplified(text)) for e in tool.examples for text in (e.zh, e.en))


@cache
def _weights() -> dict[str, float]:
    """Return what each word of the examples weighs: the fewer tools use it, the more."""
    users = Counter(t for tool in TOOLS for t in frozenset().union(*_examples(tool.name)))
    return {term: math.log(1 + len(TOOLS) / count) for term, count in users.items()}


def _unknown() -> float:
    return math.log(1 + len(TOOLS)) / 2
