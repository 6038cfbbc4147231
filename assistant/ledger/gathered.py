"""What was gathered for an answer, measurements and passages, and which of it may account for a claim."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

from assistant.answer import Evidence
from assistant.ledger.accounts import Account
from assistant.ledger.chances import chance_of
from assistant.ledger.claims import Claim, Why, count_known, derives
from assistant.ledger.contradictions import goes_against
from assistant.ledger.derivations import counts, name_operands, name_wholes, stated_level, turn_over
from assistant.ledger.directions import states_change
from assistant.ledger.lexicon import Lexicon
from assistant.ledger.matching import agrees, fits, is_of, is_text, states
from assistant.ledger.naming import Names
from assistant.ledger.numerals import Numeral
from assistant.ledger.operations import Operand, add_up, combine, share_out
from assistant.ledger.passage_figures import PassageFigures
from assistant.ledger.series import derive_rows
from assistant.ledger.sources import Source
from assistant.ledger.uniqueness import find_alone

#: Levels of the sentences before that a difference may lean on.
_REMEMBERED = 6
#: How often at most a figure may be derived by chance: where words beside it announce how, where words of its sentence
#: do, where none do, and where the sentence names no operand either.
_ANY, _FAR, _UNTOLD, _UNNAMED = 1e9, 0.05, 0.03, 0.01
#: In place of a source that a sentence has going the wrong way.
DENIED = Source(0.0, "count", "")


@dataclass(slots=True)
class Gathered:
    """Look for what accounts for a claim.

    Attributes:
        evidence: Measurements by marker. current: Markers of those of this turn.
        passages: Texts of the passages by marker. dated: The days that they are of.
        lexicon: The names of segments that metrics.yaml declares.
    """

    evidence: Mapping[str, Evidence]
    current: Collection[str]
    passages: Mapping[str, str]
    lexicon: Lexicon
    dated: Mapping[str, str]
    _names: Lexicon | None = field(default=None, init=False)
    _sources: dict[str, list[Source]] = field(default_factory=dict, init=False)
    _documents: dict[str, PassageFigures] = field(default_factory=dict, init=False)

    @property
    def names(self) -> Lexicon:
        """The names of segments, those of the measurements with them."""
        if self._names is None:
            names = self.lexicon.without(self._other_meanings())
            for item in self.evidence.values():
                own = Account(item)
                names = names.extend(own.segment_names(), own.dimension_names(), own.other_names())
            self._names = names
        return self._names

    def _other_meanings(self) -> set[str]:
        """Return the names of segments that mean something else: a word of what was measured, not by that dimension."""
        accounts = [Account(self.evidence[marker]) for marker in self.evidence]
        called = [name.lower() for own in accounts for name in own.other_names()]
        measured = {s.partition("=")[0] for own in accounts for s in (*own.segment_names(), *own.scope())}
        return {
            name
            for segment, names in self.lexicon.segments.items()
            for name in names
            if segment.partition("=")[0] not in measured and any(name.lower() in title for title in called)
        }

    @property
    def weekdays(self) -> dict[int, date]:
        """The days that the measurements of this turn have rows of, by the weekday that only one of them is."""
        days: dict[int, set[date]] = {}
        for marker in self.current:
            for source in self.sources_of(marker) if marker in self.evidence else ():
                if (
                    source.dated
                    and not source.earlier
                    and source.period
                    and source.period[0] == source.period[1]
                ):
                    days.setdefault(source.period[0].weekday(), set()).add(source.period[0])
        return {weekday: min(own) for weekday, own in days.items() if len(own) == 1}

    def is_better_low(self, text: str, cited: Sequence[str]) -> bool:
        """Tell whether a sentence is on a metric whose fall is good: of the measurement beside it, or by its name."""
        current = [marker for marker in self.evidence if marker in self.current]
        beside = [m for m in cited if m in self.evidence] or (
            current if len(current) == 1 and not cited else []
        )
        measured = {self.evidence[marker].arguments.get("metric") for marker in beside} - {None}
        if measured:
            return measured <= set(self.lexicon.better_low)
        return any(name.lower() in text.lower() for own in self.lexicon.better_low.values() for name in own)

    def of_measurements(self, claim: Claim) -> Iterator[Source]:
        """Yield what the measurements beside a numeral account for."""
        for marker in self.beside(claim):
            yield from self.sources_of(marker)

    def beside(self, claim: Claim) -> list[str]:
        """Return the measurements that a numeral may be of: those cited, or the only one where none is."""
        beside = [marker for marker in claim.cited if marker in self.evidence]
        others = [marker for marker in self.evidence if marker in self.current]
        return others if not claim.cited and len(others) == 1 else beside

    def in_evidence(self, claim: Claim, markers: Sequence[str], *, exact: bool) -> Source | None:
        """Return the first source that a numeral may mean; DENIED where it has the figure going the wrong way."""
        refused: set[tuple[str, float]] = set()
        for marker in markers:
            for source in self.sources_of(marker):
                if source.text is None and (source.kind, source.value) in refused:
                    continue  # the cell of a figure that the words deny
                if (exact and not is_text(claim.numeral, source)) or not is_of(
                    claim.numeral, claim.setting, source, claim.text
                ):
                    continue
                if not source.noun and _counts_other(claim.numeral, self._alike(source, marker)):
                    continue
                if source.text and self._names_of(marker).denies(source.name, source.segment, claim.words):
                    refused.add((source.kind, source.value))
                    continue
                if agrees(claim.numeral, claim.setting, source, claim.text):
                    return source
                if source.text is not None:
                    return DENIED
        if exact:
            return None
        return next(filter(None, (find_alone(claim, self.sources_of(marker)) for marker in markers)), None)

    def derive(
        self, claim: Claim, stated: Sequence[Operand], before: Sequence[Operand], segments: frozenset[str]
    ) -> Source | None:
        """Return the derivation of a numeral from what its sentence, or the ones before, state or name.

        Words announce it, or the figure is too exact to be met by chance and none that the sentence has no right to.
        """
        known = self._known(claim)
        if _counts_other(claim.numeral, known) or self._turns_round(claim):
            return None
        grades = ((claim.clause, _ANY), (claim.text, _FAR), (None, _UNTOLD))
        for clause, chance in grades[: 2 if known else 3]:
            for derived, limit in self._derive(claim, stated, before, segments, clause):
                candidates = [source for source in derived if source.kind == claim.numeral.kind]
                own = next((source for source in candidates if derives(claim, source)), None)
                if own and _is_unlikely(claim, own, candidates, min(chance, limit)):
                    return own
        return None

    def _derive(
        self,
        claim: Claim,
        stated: Sequence[Operand],
        before: Sequence[Operand],
        segments: frozenset[str],
        clause: str | None,
    ) -> Iterator[tuple[Iterable[Source], float]]:
        """Yield what may be derived, all of it without a clause, from what is nearest to what is farther.

        With each the chance that is taken at most: where the sentence names no operand, words announce nothing for sure.
        """
        yield self._given(claim, clause), _ANY
        beside = self.beside(claim)
        named = [n for marker in beside for n in name_operands(self.sources_of(marker), segments, clause)]
        whole = [n for marker in beside for n in name_wholes(self.sources_of(marker), clause)]
        chained = [[*(o for o in stated if o.derived), *n] for n in named]
        for operands in (stated, *named, *chained, [*before[-_REMEMBERED:], *stated]):
            yield combine(operands, clause), _ANY
        yield combine([*stated[-2:], *whole], clause), _UNNAMED
        yield share_out(stated, whole, clause), _ANY
        yield add_up([*before, *stated], clause), _ANY

    def _given(self, claim: Claim, clause: str | None) -> Iterator[Source]:
        """Yield what single figures, samples and columns of the measurements beside a claim give."""
        for marker in self.beside(claim):
            sources = self.sources_of(marker)
            given = chain(
                *(turn_over(source, clause) for source in sources),
                derive_rows(sources, claim.setting, clause),
                () if self._known(claim) else counts(self.evidence[marker], clause),
            )
            for source in given:
                if fits(claim.numeral, claim.setting, source, claim.text) and agrees(
                    claim.numeral, claim.setting, source, claim.text
                ):
                    yield source

    def _turns_round(self, claim: Claim) -> bool:
        """Tell whether a signed numeral is a known change with the other sign."""
        turned = replace(claim.numeral, value=-(claim.numeral.value or 0.0))
        signed = claim.numeral.signed and bool(claim.numeral.value)
        return signed and any(s.change and states(turned, s) for s in self.of_measurements(claim))

    def _known(self, claim: Claim) -> list[Source]:
        """Return the figures and cells that have the value of a claim, whatever they are of."""
        return [s for s in self.of_measurements(claim) if states(claim.numeral, s) and not s.free]

    def in_passages(self, claim: Claim) -> tuple[tuple[str, str], Operand | None] | None:
        """Return the passage that states a numeral, and the level that it states; the only passage need not be cited."""
        only = self.passages if not claim.cited and len(self.passages) == 1 and not self.current else ()
        for marker in claim.cited or only:
            if marker in self.passages and self.figures_of(marker).state(claim.numeral, claim.setting):
                earlier = claim.setting.role == "earlier"
                return ("citation", marker), stated_level(claim.numeral, marker, earlier=earlier)
        return None

    def times_known(self, claim: Claim) -> int:
        """Return how many figures beside a claim have its value."""
        known = count_known(claim, self.of_measurements(claim))
        texts = (self.figures_of(marker) for marker in claim.cited if marker in self.passages)
        return max([known, *(figures.count(claim.numeral) for figures in texts)])

    def all_go_against(self, text: str, claims: Sequence[Claim], found: Sequence[Why]) -> bool:
        """Tell whether a sentence has all of its figures go the other way than they went."""
        moved = set()
        for claim, why in zip(claims, found, strict=True):
            if why is None or why[0] != "evidence" or claim.numeral.kind in ("date", "time"):
                continue
            own = [s for s in self.of_measurements(claim) if s.label == why[1] and states(claim.numeral, s)]
            if not own or own[0].change or own[0].segment or not own[0].moved:
                return False
            moved.add(own[0].moved)
        return goes_against(text, moved, self.names)

    def _alike(self, source: Source, marker: str) -> list[Source]:
        """Return the figures and cells of a measurement with the value of a source."""
        return [other for other in self.sources_of(marker) if other.value == source.value]

    def _names_of(self, marker: str) -> Names:
        return Names(self.evidence[marker])

    def sources_of(self, marker: str) -> list[Source]:
        """Return what a measurement accounts for."""
        if marker not in self._sources:
            self._sources[marker] = list(Account(self.evidence[marker]).sources())
        return self._sources[marker]

    def figures_of(self, marker: str) -> PassageFigures:
        """Return the figures of a passage."""
        if marker not in self._documents:
            dated = self.dated.get(marker)
            self._documents[marker] = PassageFigures(self.passages[marker], self.names, dated)
        return self._documents[marker]


def _is_unlikely(claim: Claim, source: Source, candidates: Sequence[Source], chance: float) -> bool:
    """Tell whether a figure is hardly derived by chance; a change that no words announce must be said to be one."""
    if chance == _ANY:
        return True
    moved = states_change(claim.text, claim.numeral.start)
    told = claim.numeral.signed or claim.setting.direction if source.change else not moved
    return bool(told) and chance_of(claim.numeral, (s.value for s in candidates)) <= chance


def _counts_other(numeral: Numeral, known: Sequence[Source]) -> bool:
    """Tell whether what a numeral counts is known by its value, and is another thing."""
    nouns = {source.noun for source in known if source.kind == "count"} - {""}
    return bool(numeral.noun and nouns) and numeral.noun not in nouns
