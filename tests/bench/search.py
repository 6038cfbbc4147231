"""Measure ingestion and search of a generated knowledge base.

    python -m tests.bench.search [CHUNKS] [TEAMS]

Prints seconds to ingest and milliseconds of a search (median and 95th percentile) by readers of one team.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from knowledge import KnowledgeBase, Upload
from knowledge.embeddings import default_embedder

SUBJECTS = (
    "用户留存",
    "拉新渠道",
    "召回活动",
    "会员体系",
    "客服响应",
    "内容社区",
    "retention",
    "referral",
    "pricing",
)
ACTIONS = (
    "先分层再触达",
    "按周复盘",
    "缩短引导步骤",
    "提高首单补贴",
    "measured weekly",
    "tested on ten percent",
)
RESULTS = ("次日留存提升三个点", "成本下降", "没有明显变化", "orders rose", "churn fell", "nothing changed")


def generate_uploads(chunks: int, *, teams: int, seed: int = 7) -> Iterator[Upload]:
    """Generate documents of one chunk each; every tenth is for all, the others for one team."""
    source = random.Random(seed)
    for number in range(chunks):
        sentences = [
            f"第{source.randrange(500)}组在{source.choice(SUBJECTS)}上{source.choice(ACTIONS)}，"
            f"结果{source.choice(RESULTS)}，样本{source.randrange(10_000)}人。"
            for _ in range(8)
        ]
        audience = [] if number % 10 == 0 else [f"team{number % teams}"]
        yield Upload(name=f"{number}.txt", data="".join(sentences).encode(), teams=audience)


def measure_searches(base: KnowledgeBase, *, teams: int, count: int = 300, seed: int = 11) -> list[float]:
    """Return the milliseconds of each of `count` searches."""
    source = random.Random(seed)
    times = []
    for number in range(count):
        question = f"{source.choice(SUBJECTS)}怎么{source.choice(ACTIONS)}，第{source.randrange(500)}组"
        start = perf_counter()
        base.search(question, teams=frozenset({f"team{number % teams}"}))
        times.append((perf_counter() - start) * 1000)
    return times


def main(arguments: list[str]) -> int:
    """Run the benchmark; return the exit status."""
    chunks = int(arguments[0]) if arguments else 10_000
    teams = int(arguments[1]) if len(arguments) > 1 else 20
    uploads = list(generate_uploads(chunks, teams=teams))
    texts = [upload.data.decode() for upload in uploads]
    start = perf_counter()
    for first in range(0, len(texts), 256):
        default_embedder().embed(texts[first : first + 256])
    embedding = perf_counter() - start
    with TemporaryDirectory() as state, KnowledgeBase.open(Path(state)) as base:
        start = perf_counter()
        for _ in base.ingest_many(uploads):
            pass
        ingestion = perf_counter() - start
        measure_searches(base, teams=teams, count=20)
        times = measure_searches(base, teams=teams)
    print(f"{chunks} chunks, {teams} teams")
    print(f"ingest {ingestion:.1f} s, of which embedding alone takes {embedding:.1f} s")
    print(f"search median {median(times):.1f} ms, 95th percentile {quantiles(times, n=20)[-1]:.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
