"""Questions about competitors: which tool they ask for, and whom and what they name, by the notes on them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.analyst.clock import AnyClock
from assistant.analyst.patterns import ADVISED, MOVED, PRICED, RIVALS
from assistant.analyst.reading import Intent
from assistant.analyst.routing import SAME, Choice
from assistant.analyst.vocabulary import Vocabulary, word_pattern
from knowledge.language import to_simplified
from tools.catalog import TOOLS
from tools.declarations import fold
from tools.market.scope import MarketArguments

_MATRIX, _CHANGES = "compare_features", "list_market_changes"
#: Tools that read the notes.
MARKET_TOOLS = frozenset(tool.name for tool in TOOLS if issubclass(tool.arguments, MarketArguments))
#: Words of asking that limit nothing here.
_PLAIN = re.compile(
    r"功能|截至|底|有没有|哪家|支持|features?\b|offers?\b|\b(?:any|some)(?:thing)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MarketReading:
    """How a question about competitors is read.

    Attributes:
        options: the competitors and features that it names, as arguments.
        rest: the question less what was read.
    """

    tool: str
    options: dict[str, list[str]]
    rest: str


@dataclass(frozen=True, slots=True)
class _Name:
    parameter: str
    key: str
    start: int
    end: int


def read_market(
    text: str,
    tool: str | None,
    intent: Intent,
    choice: Choice | None,
    vocabulary: Vocabulary,
    clock: AnyClock,
) -> MarketReading | None:
    """Read a question (Simplified, less its periods) as one about competitors; None where it is none.

    Args:
        text: the question.
        tool, intent, choice: what it asks for by the words of the catalogue.
        vocabulary: of the workspace; knows the competitors that metrics.yaml declares.
        clock: knows the names of the notes.
    """
    if tool not in MARKET_TOOLS and not _may_be(text, tool, intent, vocabulary):
        return None
    known, among_rivals = clock.market_words(), bool(RIVALS.search(text))
    names = _find_names(text, known)
    moved, named = bool(MOVED.search(text)), {name.parameter for name in names}
    told = intent != "define" and (moved or bool(PRICED.search(text)))
    whom = among_rivals or "competitors" in named
    if tool not in MARKET_TOOLS and not (whom and ("features" in named or told)):
        return None
    if tool is None or choice is None or choice.likeness < SAME:
        tool = _CHANGES if moved else _MATRIX
    for name in names:
        text = text[: name.start] + " " * (name.end - name.start) + text[name.end :]
    for pattern in (RIVALS, MOVED, PRICED, _PLAIN):
        text = pattern.sub(" ", text)
    options = {p: list(dict.fromkeys(n.key for n in names if n.parameter == p)) for p in sorted(named)}
    if (
        among_rivals
        and len(options.get("competitors", ())) == 1
        and _is_own(options["competitors"][0], vocabulary, known)
    ):
        del options["competitors"]  # we among them, not of us alone
    return MarketReading(tool or _MATRIX, options, text)


def find_whose(
    text: str, noted: MarketReading | None, intent: Intent, metrics: Sequence[str], vocabulary: Vocabulary
) -> str:
    """Return the competitors of whom a question asks a figure of ours, which no note holds: 青禾的日活; else nothing."""
    asked = metrics and intent in ("lookup", "define", "metric") if noted is None else bool(metrics)
    if not asked or (noted is not None and (noted.tool != _MATRIX or "features" in noted.options)):
        return ""
    if MOVED.search(text) or PRICED.search(text):
        return ""
    named = next((m.words for m in vocabulary.find(text) if m.kind == "competitor"), "")
    other = RIVALS.search(text) if noted is not None else None
    return named or (other.group() if other else "")


def _may_be(text: str, tool: str | None, intent: Intent, vocabulary: Vocabulary) -> bool:
    """Tell whether the notes are worth looking into: they may know a name that metrics.yaml does not."""
    semantics = vocabulary.semantics
    if tool is not None or semantics is None or semantics.market is None:
        return False
    if intent not in ("lookup", "define") and not _asks_their_prices(text):
        return False
    named = any(mention.kind == "competitor" for mention in vocabulary.find(text))
    return named or bool(RIVALS.search(text) or MOVED.search(text))


def _asks_their_prices(text: str) -> bool:
    """Tell how somebody prices from how we should: 竞品怎么定价, but not 怎么应对竞品降价."""
    return bool(PRICED.search(text)) and not ADVISED.search(text)


def _is_own(key: str, vocabulary: Vocabulary, known: Mapping[str, Mapping[str, str]]) -> bool:
    market = vocabulary.semantics.market if vocabulary.semantics else None
    return market is not None and known["competitors"].get(fold(market.own or "")) == key


def _find_names(text: str, known: Mapping[str, Mapping[str, str]]) -> Sequence[_Name]:
    """Return the names in a question, in order and without overlaps, the longest match winning."""
    found = [
        _Name(parameter, key, match.start(), match.end())
        for parameter, words in known.items()
        for word, key in words.items()
        if len(word) > 1
        for match in word_pattern(to_simplified(word)).finditer(text)
    ]
    taken: list[_Name] = []
    for name in sorted(found, key=lambda n: (n.start - n.end, n.start)):
        if not any(name.start < other.end and other.start < name.end for other in taken):
            taken.append(name)
    return sorted(taken, key=lambda n: n.start)
