"""Measure answers by extracts on question sets, through the whole path: documents ingested, questions asked of the assistant.

    python -m tests.evals.extraction FOLDER...

Each folder is as for `tests.evals.retrieval`, with `answers.jsonl` (`_id`, `answers`: the strings in a passage that answer
the question) beside it. An answer counts when its extracts are at most two and hold one of the strings. Beside it stands
what a plain pick of two sentences reaches over the same search: the share of the question's terms plus the cosine.
"""

import asyncio
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from time import perf_counter
from unicodedata import normalize

import numpy as np

from assistant.access import OWNER
from assistant.analyst.extraction import content_terms
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.turn import MARKER
from assistant.workspace import create_workspace
from knowledge import KnowledgeBase
from knowledge.language import split_sentences, terms
from tests.evals.retrieval import ingest_passages, load_question_set

_MOST_EXTRACTS = 2
_EXTRACT = re.compile(r"- |\*\*")
_SEARCHED = 10


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares of questions, and milliseconds.

    Attributes:
        held: Answers whose extracts hold a string asked for.
        answered: Answers that quote anything.
        plain: What the plain pick of two sentences holds.
    """

    questions: int
    held: float
    answered: float
    plain: float
    median_milliseconds: float


async def evaluate(folder: Path, state: Path, *, most: int | None = None) -> Evaluation:
    """Ask the questions of a folder, at most `most` of them, in a new workspace at `state`."""
    questions = load_question_set(folder)
    rows = map(json.loads, (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines())
    wanted = {row["_id"]: row["answers"] for row in rows}
    asked = [(key, text) for key, text in questions.questions.items() if text.strip() and wanted.get(key)]
    held, plain, answered, taken = [], [], [], []
    assistant = Assistant.open(create_workspace(state))
    try:
        knowledge = assistant.knowledge
        ingest_passages(knowledge, questions)
        for key, text in asked[:most]:
            start = perf_counter()
            answer = await assistant.ask(text, principal=OWNER)
            taken.append((perf_counter() - start) * 1000)
            answered.append(bool(answer.citations))
            held.append(_holds(quotes_of(answer), wanted[key]))
            plain.append(_holds(pick_plainly(knowledge, text), wanted[key]))
    finally:
        await assistant.aclose()
    return Evaluation(len(taken), mean(held), mean(answered), mean(plain), median(taken))


def quotes_of(answer: Answer) -> list[str]:
    """Return what an answer quotes; nothing if that is more than two sentences."""
    lines = [line for line in answer.text.splitlines() if _EXTRACT.match(line)]
    told = [
        sentence for line in lines for sentence in split_sentences(MARKER.sub("", line)) if sentence.strip()
    ]
    return told if len(told) <= _MOST_EXTRACTS else []


def pick_plainly(knowledge: KnowledgeBase, question: str) -> list[str]:
    """Return the two sentences that overlap the question most in words and meaning."""
    found = knowledge.find(question, teams=None, limit=_SEARCHED).results
    sentences = [s for result in found for s in split_sentences(result.chunk.text) if s.strip()]
    if not sentences:
        return []
    wanted = set(content_terms(question))
    vectors = knowledge.embedder.embed([question, *sentences])
    overlap = [len(wanted & set(terms(s))) / (len(wanted) or 1) for s in sentences]
    order = np.argsort(-(np.array(overlap) + vectors[1:] @ vectors[0]))
    return [sentences[i] for i in order[:_MOST_EXTRACTS]]


def _holds(texts: list[str], wanted: list[str]) -> bool:
    said = normalize("NFKC", "\n".join(texts))
    return any(normalize("NFKC", answer) in said for answer in wanted)


def main(arguments: list[str]) -> None:
    """Print a row for each folder."""
    print(f"{'set':<16}{'questions':>10}{'held':>8}{'answered':>10}{'plain pick':>12}{'median':>10}")
    for folder in map(Path, arguments):
        with TemporaryDirectory() as state:
            found = asyncio.run(evaluate(folder, Path(state) / "workspace"))
        row = f"{folder.name:<16}{found.questions:>10}{found.held:>8.3f}{found.answered:>10.3f}{found.plain:>12.3f}"
        print(f"{row}{found.median_milliseconds:>7.0f} ms", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
