"""How good one answer is, beside what a right answer holds."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from unicodedata import normalize

from assistant.answer import Answer, Citation, Usage
from assistant.evaluation.golden import ExpectedFigure, GoldenQuestion
from assistant.ledger.numerals import find_numerals
from knowledge.language import split_sentences

#: The share of Chinese characters among the letters of an English answer, quotations apart, that names account for.
_MOST_HAN = 0.2

#: A passage's text by chunk; None where there is none.
TextOf = Callable[[str], str | None]
#: Names that a document goes by, by its id.
NamesOf = Callable[[str], Collection[str]]

MEASURES = (
    "figures", "numbers", "citation_precision", "citation_recall", "completeness", "clean", "answered", "declined",
    "language",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """One answer scored.

    Attributes:
        question: What was asked and expected.
        answer: What was answered.
        measures: By name, each 0 to 1; a measure that the question says nothing about is left out. `figures`: share of
            the expected figures stated; `numbers`: share of numerals with a source; `citation_precision`: share of
            citations that are of an expected document and whose quote stands in it; `citation_recall`: share of the
            expected documents cited; `completeness`: share of figures, documents and words expected that are there;
            `clean`: 1 where nothing is said that must not be; `answered`, `declined`: 1 where the answerable is
            answered and the other declined; `language`: 1 where it is the right one.
        faults: What was wrong, as (measure, words).
        milliseconds: Of the last turn.
        usages: What models counted, turn by turn; none where they counted nothing.
    """

    question: GoldenQuestion
    answer: Answer
    measures: dict[str, float]
    faults: tuple[tuple[str, str], ...]
    milliseconds: float
    usages: tuple[Usage, ...] = ()

    @property
    def tokens(self) -> int | None:
        """Tokens read and written over all turns; None where none were counted."""
        return sum(u.input_tokens + u.output_tokens for u in self.usages) if self.usages else None

    @property
    def cost(self) -> float | None:
        """What all turns cost; None where that is not known."""
        costs = [u.cost for u in self.usages if u.cost is not None]
        return sum(costs) if costs and len(costs) == len(self.usages) else None

    @property
    def badness(self) -> float:
        """How much was wrong: what the measures fall short of 1, together."""
        return sum(1 - value for value in self.measures.values())


def score_answer(
    question: GoldenQuestion,
    answer: Answer,
    *,
    text_of: TextOf,
    names_of: NamesOf,
    milliseconds: float,
    usages: Sequence[Usage] = (),
) -> Score:
    """Score an answer."""
    declined = answer.grounding == "none" and answer.clarification is None
    missing = [f for f in question.figures if not _states(answer, f)]
    cited = {_fold(name) for c in answer.citations for name in names_of(c.document_id)}
    uncited = [source for source in question.sources if _fold(source) not in cited]
    unsaid = [words for words in question.says if not any(_says(answer, one) for one in words.split("|"))]
    said = [words for words in question.must_not_say if _says(answer, words)]
    unsupported = [n.text for n in answer.numbers if n.status == "unsupported"]
    accepted = {_fold(name) for name in (*question.sources, *question.also)}
    stray = [
        citation
        for citation in answer.citations
        if not accepted.intersection(map(_fold, names_of(citation.document_id)))
        or citation.quote not in (text_of(citation.chunk_id) or "")
    ]
    language = _in_language(answer, question.language, text_of)
    expected = len(question.figures) + len(question.sources) + len(question.says)
    measures: dict[str, float] = {"language": float(language)}
    if answer.numbers:
        measures["numbers"] = 1 - len(unsupported) / len(answer.numbers)
    if question.answerable:
        measures["answered"] = float(not declined)
        measures["completeness"] = 1 - (len(missing) + len(uncited) + len(unsaid)) / expected
    else:
        measures["declined"] = float(declined)
    if question.figures:
        measures["figures"] = 1 - len(missing) / len(question.figures)
    if question.sources:
        measures["citation_recall"] = 1 - len(uncited) / len(question.sources)
        if answer.citations:
            measures["citation_precision"] = 1 - len(stray) / len(answer.citations)
    if question.must_not_say:
        measures["clean"] = float(not said)
    judged: dict[str, list[str]] = {
        "figures": [f"{f.name} {f.value:g} {f.unit}".strip() for f in missing],
        "numbers": unsupported,
        "citation_precision": [f"{c.title}: {c.quote[:40]}" for c in stray] if question.sources else [],
        "citation_recall": uncited,
        "completeness": unsaid,
        "clean": said,
        "answered": [""] if question.answerable and declined else [],
        "declined": [""] if not question.answerable and not declined else [],
        "language": [] if language else [answer.language],
    }
    faults = tuple((measure, words) for measure, found in judged.items() for words in found)
    return Score(question, answer, measures, faults, milliseconds, tuple(usages))


def _states(answer: Answer, figure: ExpectedFigure) -> bool:
    """Tell whether a numeral of the answer that has a source is the figure; “fell by 3” is -3."""
    for numeral in answer.numbers:
        if numeral.value is None or numeral.unit != figure.unit or numeral.status == "unsupported":
            continue
        written = find_numerals(numeral.text)
        allowed = (
            figure.tolerance if figure.tolerance is not None else written[0].precision if written else 0.0
        )
        values = (numeral.value,) if numeral.text[:1] in "-−+" else (numeral.value, -numeral.value)
        if any(abs(value - figure.value) <= allowed + 1e-9 for value in values):
            return True
    return False


def _says(answer: Answer, words: str) -> bool:
    return _fold(words) in _fold(answer.text)


def _in_language(answer: Answer, language: str, text_of: TextOf) -> bool:
    """Tell whether the answer is in a language, names and quotations, which stay as they are, apart."""
    text = answer.text
    for citation in answer.citations:
        for part in _quotable(citation, text_of(citation.chunk_id) or ""):
            text = text.replace(part, "")
    letters = [c for c in text if c.isalpha()]
    han = sum("㐀" <= c <= "鿿" for c in letters)
    in_text = not letters or (han > 0 if language == "zh" else han <= _MOST_HAN * len(letters))
    return answer.language == language and in_text


def _quotable(citation: Citation, passage: str) -> list[str]:
    """Return what an answer may say in the passage's own language, the longest first."""
    quoted = [
        part.strip() for text in (citation.quote, passage) for part in split_sentences(text) if part.strip()
    ]
    return sorted((citation.title, *citation.section, *quoted), key=len, reverse=True)


def name_document(document_id: str, source: str, title: str) -> tuple[str, ...]:
    """Return the names that a document goes by: its id, its file with and without folders, its title."""
    return (document_id, source, PurePosixPath(source).name, title)


def _fold(words: str) -> str:
    return " ".join(normalize("NFKC", words).casefold().split())
