"""The ledger: every numeral of an answer and where it comes from.

A numeral is accounted for by, in this order: a quotation that stands in a cited passage, the words of a measurement
or of a tool's error, a figure of the measurement cited beside it, a cited passage, the question, a figure of this turn
exactly as its tool writes it, or a stated derivation (difference, growth, ratio, share, sum) of figures that the
measurement compares or the sentence states. A figure accounts for a numeral only where unit, rounding, segment, period
and direction agree with what the sentence says. What none accounts for is `unsupported`, and is not shown.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from assistant.answer import Evidence
from assistant.answer import Numeral as NumeralRecord
from assistant.ledger.claims import (
    UNSUPPORTED,
    Block,
    Claim,
    Why,
    find_mixed,
    find_twice,
    head_of,
    in_unit,
    link_rows,
    restate,
)
from assistant.ledger.contradictions import (
    compares_backwards,
    moves_backwards,
    repeats_itself,
    turns_round,
)
from assistant.ledger.dates import agree
from assistant.ledger.derivations import changes, level_of, operand_of, stated_level
from assistant.ledger.directions import orient
from assistant.ledger.gathered import DENIED, Gathered
from assistant.ledger.lexicon import EMPTY, Lexicon
from assistant.ledger.matching import may_mean
from assistant.ledger.naming import words_beside
from assistant.ledger.numerals import Numeral, find_numerals
from assistant.ledger.operations import Operand
from assistant.ledger.runs import link_runs
from assistant.ledger.sayings import (
    Span,
    names_days,
    occurrences,
    own_lines,
    own_phrases,
    phrases,
    stands_within,
)
from assistant.ledger.surroundings import Reader
from assistant.ledger.units import UNIT_NAMES
from assistant.quotations import iter_quotations

#: Levels of the sentences before that a sum may be of.
_REMEMBERED = 24

#: No sentence that is meant to be read states more figures; those of one that does are not looked for.
_MOST_FIGURES = 200

#: What may stand before the label of a figure in a list.
_BULLETS = " \t-*+>•·"


@dataclass(slots=True)
class Ledger:
    """Account for the numerals of one answer, sentence by sentence and in their order.

    Attributes:
        evidence: Measurements by marker; those of earlier turns count only where they are cited.
        current: Markers of this turn's measurements.
        passages: Texts of the passages by marker.
        question: The question, whose numerals may be repeated.
        statements: Sentences of tools' errors, whose numerals are no claims of the answer.
        names: Names with digits in them, which are not numerals (metrics, segments, document titles).
        lexicon: The names of segments.
        dated: The days that passages are of, by marker.
        today: What relative periods count from; None where they are not read.
    """

    evidence: Mapping[str, Evidence]
    current: Collection[str]
    passages: Mapping[str, str]
    question: str
    names: Sequence[str] = ()
    statements: Sequence[str] = ()
    lexicon: Lexicon = EMPTY
    dated: Mapping[str, str] = field(default_factory=dict)
    today: date | None = None
    records: list[NumeralRecord] = field(default_factory=list)
    _words: dict[str, list[tuple[str, str]]] = field(default_factory=dict, init=False)
    _asked: list[Numeral] | None = field(default=None, init=False)
    _reader: Reader | None = field(default=None, init=False)
    _levels: list[Operand] = field(default_factory=list, init=False)
    _block: Block = field(default_factory=Block, init=False)
    _gathered: Gathered = field(init=False)

    def __post_init__(self) -> None:
        self._gathered = Gathered(self.evidence, self.current, self.passages, self.lexicon, self.dated)

    def account(self, text: str, *, cited: Sequence[str]) -> list[tuple[Numeral, NumeralRecord]]:
        """Return each numeral of `text`, one sentence, with its record; `cited` are the markers of the sentence."""
        numerals = [n for n in find_numerals(text, names=self._names()) if not self._is_told(n, text)]
        if len(numerals) > _MOST_FIGURES:
            return [(numeral, build_record(numeral, *UNSUPPORTED)) for numeral in numerals]
        said = orient(text) if self._gathered.is_better_low(text, cited) else text
        settings = self._read().read(said, numerals)
        heads = [setting.heads or head_of(text, n) for n, setting in zip(numerals, settings, strict=True)]
        numerals = [in_unit(n, head) for n, head in zip(numerals, heads, strict=True)]
        claims = [
            Claim(n, setting, said, cited, setting.heads or words_beside(text, n, numerals))
            for n, setting in zip(numerals, settings, strict=True)
        ]
        spans = [*self._quoted(text, cited), *self._worded(text, cited)]
        found: list[Why] = []
        stated: list[Operand] = []
        for claim in claims:
            known = stands_within(claim.numeral, spans)
            why, operand = self._explain(claim)
            found.append(known or why)
            stated += [replace(operand, written=claim.numeral.value)] if operand else []
        for at, (one, other) in enumerate(pairwise(claims), start=1):
            if (
                repeats_itself(text, one.numeral, other.numeral)
                or moves_backwards(one.numeral, one.setting, other.numeral, other.setting)
                or (compares_backwards(text, one.numeral, one.setting, other.numeral))
            ):
                found[at] = UNSUPPORTED
        link_rows(claims, found, self._gathered.of_measurements)
        link_runs(claims, found, self._gathered.of_measurements)
        segments = frozenset().union(
            *(setting.segments for setting in settings),
            *(own for _, _, own in self._read().lexicon.find(text)),
        )
        for index, claim in enumerate(claims):
            if found[index] is None and (
                source := self._gathered.derive(claim, stated, self._levels, segments)
            ):
                found[index] = "derived", source.label
                stated += [] if source.change else [operand_of(source)]
        restate(claims, found)
        for at in [
            *find_twice(claims, found, self._gathered.times_known),
            *find_mixed(claims, self._gathered.of_measurements),
            *self._block.find_twice(claims, found, self._gathered.times_known),
        ]:
            alike = [n for n in numerals if _same(n, numerals[at])]
            if not all(stands_within(n, spans) for n in alike):  # else the source itself says it as often
                found[at] = UNSUPPORTED
        if (
            found
            and None not in found
            and UNSUPPORTED not in found
            and self._gathered.all_go_against(said, claims, found)
        ):
            found = [UNSUPPORTED if why and why[0] == "evidence" else why for why in found]
        levels = [operand for operand in stated if not operand.change]
        if len(levels) < 2:
            levels = [*[operand for operand in self._levels if not operand.change][-1:], *levels]
        sound = None not in found and UNSUPPORTED not in found
        signed = any(claim.numeral.signed for claim in claims)  # adds -2.7 pp
        if stated and sound and not signed and turns_round(said, levels, self._read().lexicon):
            found = [UNSUPPORTED if why and why[0] == "evidence" else why for why in found]
        self._levels = [*self._levels, *stated][-_REMEMBERED:]
        return [
            (claim.numeral, build_record(claim.numeral, *(why or UNSUPPORTED)))
            for claim, why in zip(claims, found, strict=True)
        ]

    def account_quoted(self, quoted: str, marker: str) -> list[NumeralRecord]:
        """Return the records of the numerals of a quotation that stands in a passage word for word."""
        return [build_record(n, "citation", marker) for n in find_numerals(quoted, names=self._names())]

    def _read(self) -> Reader:
        if self._reader is None:
            lexicon = self._gathered.names
            asked = frozenset(s for _, _, own in lexicon.find(self.question) for s in own)
            self._reader = Reader(lexicon, self.today, asked, self._gathered.weekdays)
        return self._reader

    def _is_told(self, numeral: Numeral, text: str) -> bool:
        """Tell whether a numeral belongs to what a tool's error says, in its words."""
        said = (words for statement in self.statements for words in phrases(statement))
        return any(
            start <= numeral.start and numeral.end <= start + len(words)
            for words in said
            for start in occurrences(words, text)
        )

    def _names(self) -> list[str]:
        """Return the names with digits and letters; a name of digits alone would hide a figure."""
        segments = {f.segment for e in self.evidence.values() for f in e.figures if f.segment}
        return [
            name
            for name in (*self.names, *segments)
            if any(c.isdigit() for c in name) and any(c.isalpha() for c in name)
        ]

    def _quoted(self, text: str, cited: Sequence[str]) -> Iterator[Span]:
        """Yield the spans of `text` between quotation marks that stand in a cited passage word for word."""
        taken = 0
        for start, end in iter_quotations(text):
            if start >= taken and (m := next((m for m in cited if text[start:end] in self._text(m)), None)):
                taken = start + 1
                yield start, end, ("citation", m)

    def _text(self, marker: str) -> str:
        return self.passages.get(marker, "")

    def _worded(self, text: str, cited: Sequence[str]) -> Iterator[Span]:
        """Yield the spans of `text` that a measurement of this turn, or a cited one, says in these very words."""
        for marker, item in self.evidence.items():
            if marker in cited or marker in self.current:
                if marker not in self._words:
                    self._words[marker] = list(dict.fromkeys(own_phrases(item)))
                for part, words in self._words[marker]:
                    for start in occurrences(words, text):
                        yield start, start + len(words), ("evidence", f"{marker}.{part}")
                begin = len(text) - len(text.lstrip(_BULLETS))
                for name, line in own_lines(item):
                    if text.startswith(line, begin):
                        yield begin, begin + len(line), ("evidence", f"{marker}.{name}")

    def _explain(self, claim: Claim) -> tuple[tuple[str, str | None] | None, Operand | None]:
        """Return status and source of a numeral, and the level that it states."""
        beside = self._gathered.beside(claim)
        others = [marker for marker in self.evidence if marker in self.current and marker not in beside]
        if claim.numeral.kind == "date":
            return self._explain_date(claim, beside, others), None
        if source := self._gathered.in_evidence(claim, beside, exact=False):
            if source is DENIED:
                return UNSUPPORTED, None
            return ("evidence", source.label), level_of(source)
        if (found := self._gathered.in_passages(claim)) is not None:
            return found
        if any(_same(claim.numeral, other) for other in self._question()):
            return ("question", "question"), stated_level(claim.numeral, "question")
        if (source := self._gathered.in_evidence(claim, others, exact=True)) and source is not DENIED:
            return ("evidence", source.label), level_of(source)
        for marker in beside:
            for source in changes(self.evidence[marker]):
                if may_mean(claim.numeral, claim.setting, source, claim.text):
                    return ("derived", source.label), None
        return None, None

    def _explain_date(
        self, claim: Claim, beside: Sequence[str], others: Sequence[str]
    ) -> tuple[str, str] | None:
        if source := names_days(claim.numeral, [self.evidence[marker] for marker in beside]):
            return "evidence", source
        if (found := self._gathered.in_passages(claim)) is not None:
            return found[0]
        if any(_same(claim.numeral, other) for other in self._question()):
            return "question", "question"
        source = names_days(claim.numeral, [self.evidence[marker] for marker in others])
        return ("evidence", source) if source else None

    def _question(self) -> list[Numeral]:
        if self._asked is None:
            self._asked = find_numerals(self.question)
        return self._asked


def build_record(numeral: Numeral, status: str, source: str | None) -> NumeralRecord:
    """Return the record of a numeral for the answer."""
    return NumeralRecord(
        text=numeral.text,
        value=numeral.value,
        unit=UNIT_NAMES[numeral.kind],
        status=status,
        source=source,
    )


def _same(numeral: Numeral, other: Numeral) -> bool:
    if numeral.kind == "date" or other.kind == "date":
        return numeral.kind == other.kind and any(
            agree(mine, theirs) for mine in numeral.dates for theirs in other.dates
        )
    return numeral.kind == other.kind and numeral.value == other.value
