"""Measure ingestion and search of a generated knowledge base, beside the plain LangChain and Chroma recipe.

    python -m tests.bench.search [--chunks 10000 100000] [--teams 20] [--quality FOLDER]

For up to 20,000 chunks the texts are embedded by the embedded model; beyond that by hashing, which takes next to no
time, in documents of 50 chunks, so that search and memory can be measured. Readers are members of one team. The recipe (character
splitter, same embedder, one collection, teams as a filter) runs in the same size and is left out beyond 20,000.
With a folder of questions (see tests.evals.retrieval) both are measured on quality, too. 10,000 chunks take about
ten minutes on two cores, 100,000 about as long again. `search.md` beside this file keeps the figures of one run.
"""

import argparse
import resource
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from knowledge import KnowledgeBase
from knowledge.embedding.embeddings import Embedder, default_embedder
from knowledge.evaluation import measure_ndcg, measure_recall
from tests.bench.corpus import Corpus, ProjectingEmbedder
from tests.bench.recipe import Recipe
from tests.evals.retrieval import evaluate, load_question_set

EMBEDDED_AT_MOST = 20_000
SEARCHES = 400
BATCH = 256


def choose_embedder(chunks: int) -> Embedder:
    """Return the embedded model, or one that hashes where there is too much to embed."""
    return default_embedder() if chunks <= EMBEDDED_AT_MOST else ProjectingEmbedder()


def choose_sections(chunks: int) -> int:
    """Return 1, a document for each chunk, where the recipe does the same beside it; else 50."""
    return 1 if chunks <= EMBEDDED_AT_MOST else 50


def measure_embedding(chunks: int, teams: int) -> dict[str, float]:
    """Embed the texts of the corpus and nothing else."""
    texts = [upload.data.decode() for upload in Corpus(chunks, teams).uploads()]
    embedder = choose_embedder(chunks)
    embedder.embed(texts[:1])
    start = perf_counter()
    for first in range(0, len(texts), BATCH):
        embedder.embed(texts[first : first + BATCH])
    return {"seconds": perf_counter() - start}


def measure_knowledge_base(chunks: int, teams: int) -> dict[str, float]:
    """Take the corpus in and search it."""
    corpus = Corpus(chunks, teams)
    with (
        TemporaryDirectory() as state,
        KnowledgeBase.open(Path(state), embedder=choose_embedder(chunks)) as base,
    ):
        uploads = list(corpus.uploads(sections=choose_sections(chunks)))
        before = read_resident()
        base.embedder.embed(["ready"])
        start = perf_counter()
        for _ in base.ingest_many(uploads):
            pass
        seconds = perf_counter() - start

        def ask(question: str, team: str) -> object:
            return base.search(question, teams=frozenset({team}))

        return {
            "seconds": seconds,
            **measure_searches(ask, corpus),
            "resident": read_resident() - before,
            "peak": read_peak(),
        }


def measure_recipe(chunks: int, teams: int) -> dict[str, float]:
    """Do the same by the recipe."""
    corpus = Corpus(chunks, teams)
    with TemporaryDirectory() as state:
        recipe = Recipe(choose_embedder(chunks), Path(state))
        uploads = list(corpus.uploads(sections=choose_sections(chunks)))
        before = read_resident()
        start = perf_counter()
        recipe.add([(u.name, u.data.decode(), tuple(u.teams or ("everyone",))) for u in uploads])
        seconds = perf_counter() - start

        def ask(question: str, team: str) -> object:
            return recipe.search(question, limit=8, teams=[team, "everyone"])

        return {
            "seconds": seconds,
            **measure_searches(ask, corpus),
            "resident": read_resident() - before,
            "peak": read_peak(),
        }


def measure_searches(ask: Callable[[str, str], object], corpus: Corpus) -> dict[str, float]:
    """Return p50 and p95 in milliseconds, after some searches that warm up."""
    import numpy as np

    times = []
    questions = corpus.questions(SEARCHES)
    for number, question in enumerate([*questions[:40], *questions]):
        start = perf_counter()
        ask(question, f"team{number % corpus.teams}")
        times.append((perf_counter() - start) * 1000)
    p50, p95 = np.percentile(times[40:], [50, 95])
    return {"p50": float(p50), "p95": float(p95)}


def measure_quality(folder: Path) -> list[tuple[str, float, float]]:
    """Return recall@5 and nDCG@10 of both on a set of questions."""
    questions = load_question_set(folder)
    with TemporaryDirectory() as state:
        ours = evaluate(questions, state=Path(state))
    with TemporaryDirectory() as state:
        recipe = Recipe(default_embedder(), Path(state))
        recipe.add(
            [(key, f"{title}\n{text}", ("everyone",)) for key, (title, text) in questions.passages.items()]
        )
        pairs = [
            (recipe.search(text, limit=50, teams=None), questions.grades[key])
            for key, text in questions.questions.items()
            if text.strip()
        ]
    recall = mean(measure_recall(ranking, grades, k=5) for ranking, grades in pairs)
    ndcg = mean(measure_ndcg(ranking, grades, k=10) for ranking, grades in pairs)
    return [("yunce", ours.recall_at_5, ours.ndcg_at_10), ("recipe", recall, ndcg)]


def read_resident() -> float:
    """Return the megabytes of memory that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def read_peak() -> float:
    """Return the most megabytes that the process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_apart(measure: Callable[..., Any], *arguments: Any) -> Any:
    """Measure in a process of its own, whose memory nothing else is in."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def report(chunks: int, teams: int) -> None:
    """Measure one size and print it."""
    model = "embedded model" if chunks <= EMBEDDED_AT_MOST else "hashing instead of a model"
    print(f"{chunks:,} chunks, {teams} teams, {model}", flush=True)
    embedding = run_apart(measure_embedding, chunks, teams)["seconds"]
    print(f"  embedding alone {embedding:.1f} s", flush=True)
    rows = [("yunce", measure_knowledge_base)]
    if chunks <= EMBEDDED_AT_MOST:
        rows.append(("recipe", measure_recipe))
    for name, measure in rows:
        result = run_apart(measure, chunks, teams)
        print(
            f"  {name:7} ingest {result['seconds']:.1f} s ({result['seconds'] / embedding:.2f} times the embedding), "
            f"search p50 {result['p50']:.1f} ms, p95 {result['p95']:.1f} ms, "
            f"memory {result['resident']:.0f} MB more than before, {result['peak']:.0f} MB at the peak",
            flush=True,
        )


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--chunks", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--teams", type=int, default=20)
    parser.add_argument("--quality", type=Path, nargs="*", default=[], help="folders of questions")
    options = parser.parse_args(arguments)
    for chunks in options.chunks:
        report(chunks, options.teams)
    for folder in options.quality:
        print(f"{folder.name}: recall@5 and nDCG@10")
        for name, recall, ndcg in run_apart(measure_quality, folder):
            print(f"  {name:7} {recall:.3f} {ndcg:.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
