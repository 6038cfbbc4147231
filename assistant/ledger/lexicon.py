"""The names by which an answer speaks of segments: 抖音, Douyin and dy are channel=douyin."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.semantics import Semantics

#: Words that hold a segment's name and mean something else.
_OTHER_WORDS = ("自然日", "自然周", "自然月", "自然年", "邀请人", "邀请码", "邀请好友", "app stores' policy")
#: Parts a name that is said by its first words: tier 3 and below.
_AND_MORE = re.compile(r"\s(?:and|or)\s|及|或")
#: Before a segment: everybody else.
EXCLUDED = "!"
_EXCLUDED = re.compile(
    r"(?:非|除了?|不含|剔除|不算|排除|\b(?:excluding|except(?: for)?|without|non|other than|besides|ex)[ -])\s*(?:the )?$",
    re.I,
)
#: Beside the name of a campaign that tells when something was.
_WHILE = re.compile(r"期间|期内|(?<=活动|大促)之?[前后]")
_DURING = re.compile(r"\b(?:during|throughout|before|after) (?:the |our )?(?:\w+ )?$", re.I)


@dataclass(frozen=True)
class Lexicon:
    """Names of segments and dimensions, and of what else holds such names.

    Attributes:
        segments: The names of each segment, as `dimension=value`.
        dimensions: The names of each dimension.
        others: Names of metrics, events and documents: a segment's name within one of them is not the segment.
        better_low: The names of the metrics whose fall is good.
    """

    segments: Mapping[str, frozenset[str]]
    dimensions: Mapping[str, frozenset[str]]
    others: frozenset[str] = frozenset()
    better_low: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def extend(
        self,
        segments: Mapping[str, Iterable[str]],
        dimensions: Mapping[str, Iterable[str]],
        others: Iterable[str],
    ) -> "Lexicon":
        """Return a lexicon that knows these names as well."""
        merged = _merge(self.segments, segments)
        known = {name for names in merged.values() for name in names}
        others = self.others | (frozenset(others) - known)
        return Lexicon(merged, _merge(self.dimensions, dimensions), frozenset(others), self.better_low)

    def without(self, names: Collection[str]) -> "Lexicon":
        """Return a lexicon in which these names are of no segment."""
        if not names:
            return self
        segments = {segment: own - frozenset(names) for segment, own in self.segments.items()}
        return Lexicon(segments, self.dimensions, self.others, self.better_low)

    def find(self, text: str) -> Iterator[tuple[int, int, frozenset[str]]]:
        """Yield where segments are named: start, end, and which may be meant; `!` before those that are excluded."""
        for start, end, own in _find(text, *self._of_segments):
            if _WHILE.match(text, end) or _DURING.search(text[:start]):
                continue  # the time of a campaign, not what came of it
            out = _EXCLUDED.search(text[:start])
            yield start, end, frozenset(EXCLUDED + segment for segment in own) if out else own

    def blank(self, text: str) -> str:
        """Return the text with blanks in place of names, whose words say nothing of how a figure moved."""
        pattern, _ = self._of_segments
        return pattern.sub(lambda name: " " * len(name.group()), text)

    def find_dimensions(self, text: str) -> set[str]:
        """Return the dimensions that a text names."""
        return {dimension for _, _, own in _find(text, *self._of_dimensions) for dimension in own}

    @cached_property
    def _of_segments(self) -> tuple[re.Pattern[str], dict[str, frozenset[str]]]:
        owners = _owners(self.segments)
        return _pattern(frozenset(owners) | self.others), owners

    @cached_property
    def _of_dimensions(self) -> tuple[re.Pattern[str], dict[str, frozenset[str]]]:
        owners = _owners(self.dimensions)
        return _pattern(frozenset(owners)), owners


def read_lexicon(semantics: "Semantics") -> Lexicon:
    """Return the names that metrics.yaml declares."""
    segments: dict[str, frozenset[str]] = {}
    dimensions: dict[str, frozenset[str]] = {}
    for name, dimension in semantics.dimensions.items():
        words = (name, dimension.names.zh, dimension.names.en, *dimension.synonyms)
        dimensions[name] = frozenset(str(word) for word in words if word)
        for value, item in dimension.values.items():
            names = (value, item.names.zh, item.names.en, *item.synonyms)
            segments[f"{name}={value}"] = frozenset(str(n) for n in names if n)
    declared = (*semantics.metrics.values(), *semantics.events.values())
    others = {str(w) for item in declared for w in (item.names.zh, item.names.en, *item.synonyms) if w}
    low = {
        name: frozenset(str(w) for w in (item.names.zh, item.names.en) if w)
        for name, item in semantics.metrics.items()
        if item.good == "down"
    }
    return Lexicon(segments, dimensions, frozenset(others | set(_OTHER_WORDS)), low)


#: What is known where no metrics are declared.
EMPTY = Lexicon({}, {}, frozenset(_OTHER_WORDS))


def _merge(one: Mapping[str, Iterable[str]], other: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset((*one.get(key, ()), *other.get(key, ()))) - {""} for key in (*one, *other)}


def _owners(names: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    owners: dict[str, set[str]] = {}
    for key, own in names.items():
        for name in own:
            owners.setdefault(name.lower(), set()).add(key)
    for name, keys in list(owners.items()):
        short = _AND_MORE.split(name)[0].strip()
        if len(short) > 1 and short not in owners:
            owners[short] = keys
    return {name: frozenset(keys) for name, keys in owners.items()}


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern of the names, the longest first, Latin ones as words of their own."""
    words = sorted({name.lower() for name in names}, key=lambda name: (-len(name), name))
    latin, others = (
        "|".join(re.escape(name) for name in words if name.isascii() == ascii) or r"(?!)"
        for ascii in (True, False)
    )
    behind = r"s?(?![a-z0-9_]|[.,]\d|\s?(?:[%％万亿倍]|个?百分点|pp|percent|points))"
    return re.compile(rf"{others}|(?<![a-z0-9_.])(?<!\d,)(?:{latin}){behind}", re.IGNORECASE)


def _find(
    text: str, pattern: re.Pattern[str], owners: Mapping[str, frozenset[str]]
) -> Iterator[tuple[int, int, frozenset[str]]]:
    for match in pattern.finditer(text):
        name = match.group().lower()
        own = owners.get(name) or owners.get(name.removesuffix("s"))
        if own:
            yield *match.span(), own
