"""Facts of the notes under the names of metrics.yaml, and how things stood on a day by them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tools.declarations import fold, words_of
from tools.errors import InvalidArgument, show, suggest
from tools.market.declarations import MarketDefinition
from tools.market.values import Value, read_value
from tools.metric_kinds import Named
from tools.results import Text
from tools.sources.notes import Note

#: A competitor and a feature.
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """What was noted of a pair on a day.

    Attributes:
        sources, notes: of all rows that say the same on the day.
    """

    value: Value
    day: date
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pair stood: the facts of the last day on which it was noted, in the order of their values.

    Several contradict one another.
    """

    day: date
    facts: tuple[Fact, ...]

    @property
    def keys(self) -> frozenset[str]:
        """What tells one standing from another."""
        return frozenset(fact.value.key for fact in self.facts)

    @property
    def is_contradictory(self) -> bool:
        """Whether the notes of the day say different things."""
        return len(self.facts) > 1

    @property
    def value(self) -> Value | None:
        """What was noted, where it is one thing."""
        return None if self.is_contradictory else self.facts[0].value

    @property
    def is_unknown(self) -> bool:
        """Whether the note says that nobody knows."""
        return self.value is not None and self.value.status == "unknown"

    def say(self, language: str) -> str:
        """Give what was noted, all of it."""
        return " ≠ ".join(fact.value.say(language) for fact in self.facts)

    @property
    def sources(self) -> str:
        """Where each is from."""
        named = ["; ".join(fact.sources) for fact in self.facts]
        return " ≠ ".join(name or "–" for name in named) if any(named) else ""

    @property
    def notes(self) -> str:
        """What was remarked."""
        return "; ".join(dict.fromkeys(note for fact in self.facts for note in fact.notes))


@dataclass(frozen=True, slots=True)
class Names:
    """The names of competitors, or of features: those declared, and those that only the table has."""

    texts: Mapping[str, Text]
    keys: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, declared: Mapping[str, Named], written: Iterable[str]) -> "Names":
        """Bring declared names and those of the table together; spellings that differ in case or width are one."""
        texts = {key: named.names.text(key) for key, named in declared.items()}
        keys = {fold(word): key for key, named in declared.items() for word in words_of(key, named)}
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for word in written:
            if fold(word) not in keys:
                spellings[fold(word)][word] += 1
        for folded, counts in sorted(spellings.items()):
            usual = min(counts, key=lambda word: (-counts[word], word))
            texts[folded], keys[folded] = Text(usual, usual), folded
        return cls(texts, keys)

    def find(self, word: str, parameter: str) -> str:
        """Return the key of a name in either language.

        Raises:
            InvalidArgument: naming the nearest.
        """
        if (key := self.keys.get(fold(word))) is not None:
            return key
        en = suggest(word, [t.en for t in self.texts.values()])[0]
        zh = suggest(word, [t.zh for t in self.texts.values()])[1]
        raise InvalidArgument(
            en=f"{parameter}: the notes do not know {show(word)}.{en}",
            zh=f"{parameter}：竞品记录中没有 {show(word)}。{zh}",
            parameter=parameter,
        )


@dataclass(frozen=True, slots=True)
class Book:
    """All facts, by pair and day.

    Attributes:
        standings: of each pair, one per day on which it was noted, in order.
    """

    competitors: Names
    features: Names
    standings: Mapping[Pair, Sequence[Standing]]

    @classmethod
    def of(cls, rows: Sequence[Note], definition: MarketDefinition) -> "Book":
        """Order the rows of a table, whose own order does not matter."""
        own = [] if definition.own is None else [definition.own]
        competitors = Names.of(definition.competitors, [*own, *(row.competitor for row in rows)])
        features = Names.of(definition.features, [row.feature for row in rows])
        days: dict[Pair, dict[date, list[Note]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            pair = competitors.keys[fold(row.competitor)], features.keys[fold(row.feature)]
            days[pair][row.day].append(row)
        standings = {
            pair: [_stand(day, noted) for day, noted in sorted(by_day.items())]
            for pair, by_day in sorted(days.items())
        }
        return cls(competitors, features, standings)

    def on(self, pair: Pair, day: date) -> Standing | None:
        """Return how a pair stood on a day by the notes up to then; None where there are none."""
        known = [s for s in self.standings.get(pair, ()) if s.day <= day]
        return known[-1] if known else None

    def days(self) -> list[date]:
        """List the days of all facts, in order."""
        return sorted(s.day for own in self.standings.values() for s in own)


def _stand(day: date, rows: Sequence[Note]) -> Standing:
    by_key: dict[str, list[Note]] = defaultdict(list)
    for row in rows:
        by_key[read_value(row.value).key].append(row)
    if len(by_key) > 1:
        by_key.pop("unknown", None)  # that somebody does not know contradicts nobody who does
    return Standing(day, tuple(_merge(day, by_key[key]) for key in sorted(by_key)))


def _merge(day: date, rows: Sequence[Note]) -> Fact:
    sources, notes = (sorted({getattr(row, part) for row in rows} - {""}) for part in ("source", "note"))
    return Fact(read_value(min(row.value for row in rows)), day, tuple(sources), tuple(notes))
