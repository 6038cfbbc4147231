"""What was acknowledged is durable: processes killed at random points of an ingest, and disks that are full."""

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import event

from knowledge.base import KnowledgeBase
from knowledge.errors import StorageFull
from tests.knowledge.embedders import HashingEmbedder

KILLS = 50
LONGEST_HEALING = 10.0

CHILD = """
import os, signal, sys, threading, time
from pathlib import Path
import chromadb
from knowledge.intake import batches, ingestion, preparation
from knowledge.upkeep import recovery
from knowledge.base import KnowledgeBase
from knowledge.uploads import Upload
from tests.knowledge.embedders import HashingEmbedder

ingestion.prepare_all_in_sandbox = lambda files: [preparation.prepare(*file) for file in files]
batches._LARGEST_BATCH = 4
recovery._MOST_WAITING_UNASKED = 8
HashingEmbedder().embed(["warm"])
preparation.prepare("warm.txt", b"Warm.")

def run(state, first, count, seconds):
    fatal = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
    done = 0
    if count == 0:
        threading.Timer(seconds * 2, os.kill, (os.getpid(), signal.SIGKILL)).start()
    with KnowledgeBase.open(state, embedder=HashingEmbedder()) as base:
        while True:
            uploads = [
                Upload(f"{n % 40}.txt", f"Document {n} tells of topic{n}.".encode(), teams=[f"team{n % 3}"])
                for n in range(first, first + 20)
            ]
            for outcome in base.ingest_many(uploads):
                done += 1
                document = outcome.document
                os.write(1, f"{document.id} {document.version} {document.content_hash}\\n".encode())
                if done == count:
                    fatal.start()
            first += 20

for line in sys.stdin:
    first, count, seconds = line.split()
    child = os.fork()
    if child == 0:
        try:
            run(Path(sys.argv[1]) / "state", int(first), int(count), float(seconds))
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    os.write(1, b"killed\\n")
"""


def read_acknowledged(parent: subprocess.Popen[str]) -> dict[str, tuple[int, str]]:
    """Read what a child acknowledged until it was killed: id, version and hash of each document."""
    assert parent.stdout
    acknowledged = {}
    while (line := parent.stdout.readline()) != "killed\n":
        assert line, "the parent of the children died"
        if line.endswith("\n"):
            document_id, version, content_hash = line.split()
            acknowledged[document_id] = int(version), content_hash
    return acknowledged


def test_nothing_acknowledged_is_lost_to_fifty_kills(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    with ThreadPoolExecutor() as pool:
        acknowledged = list(pool.map(kill_often, folders, (5, 6)))
    assert min(acknowledged) > 10


def kill_often(folder: Path, seed: int) -> int:
    """Kill children at random points, look at what they left each time, and count the documents."""
    source, acknowledged, first = random.Random(seed), {}, 0
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as parent:
        assert parent.stdin
        try:
            for kill in range(1, KILLS // 2 + 1):
                count, seconds = source.choice((0, 0, 0, 4, 8)), source.uniform(0, 0.15)
                print(first, count, seconds, file=parent.stdin, flush=True)
                acknowledged |= read_acknowledged(parent)
                first += 1013
                check_kept(folder / "state", acknowledged, thorough=kill % 5 == 0)
        finally:
            parent.kill()
    return len(acknowledged)


def check_kept(state: Path, acknowledged: dict[str, tuple[int, str]], *, thorough: bool) -> None:
    """Compare with the catalogue: a version that is newer was stored but not acknowledged before the kill."""
    with KnowledgeBase.open(state, embedder=HashingEmbedder()) as base:
        kept = {document.id: document for document in base.documents(teams=None)}
        for document_id, (version, content_hash) in acknowledged.items():
            assert kept[document_id].version >= version
            assert kept[document_id].version > version or kept[document_id].content_hash == content_hash
        if thorough:
            start = monotonic()
            assert base.recovery.heal().ok
            assert monotonic() - start < LONGEST_HEALING
            assert base.probe().ok
            newest = max(kept.values(), key=lambda document: document.updated_at)
            [chunk] = base.chunks(newest.id, teams=None)
            found = base.search(chunk.text, teams=None, limit=1)
            assert found[0].chunk.text == chunk.text


def test_full_catalogue_is_a_clear_error_and_reading_goes_on(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "large.txt").write_text(write_noise(400), encoding="utf-8")
    with KnowledgeBase.open(tmp_path / "state", embedder=HashingEmbedder()) as base:
        base.ingest_bytes("kept.txt", b"The kept document tells of coupons.")
        allow_pages(base, 1)
        with pytest.raises(StorageFull) as full:
            base.ingest_bytes("large.txt", write_noise(400).encode())
        assert "room" in full.value.en
        assert "空间" in full.value.zh
        with pytest.raises(StorageFull):
            base.sync(library)
        assert base.search("coupons", teams=None)[0].document.source == "kept.txt"
        assert [document.source for document in base.documents(teams=None)] == ["kept.txt"]
        allow_pages(base, 1 << 30)
        assert base.ingest_bytes("large.txt", write_noise(400).encode()).status == "added"
        assert len(base.sync(library).added) == 1
        assert base.recovery.heal().ok


def allow_pages(base: KnowledgeBase, number: int) -> None:
    """Let the catalogue grow to so many pages, its present size at least."""
    engine = base._catalogue.engine
    engine.dispose()
    event.listen(
        engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count = {number}")
    )


def write_noise(words: int) -> str:
    source = random.Random(words)
    return " ".join(f"word{source.randrange(10**9)}" for _ in range(words * 10))


LIMITED = """
import resource, sys
from pathlib import Path
from knowledge.intake import ingestion, preparation
from knowledge.base import KnowledgeBase
from knowledge.errors import StorageFull
from tests.knowledge.embedders import HashingEmbedder
from tests.knowledge.test_durability import write_noise

ingestion.prepare_all_in_sandbox = lambda files: [preparation.prepare(*file) for file in files]
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

def fill(state, limit):
    with KnowledgeBase.open(state, embedder=HashingEmbedder()) as base:
        base.ingest_bytes("kept.txt", b"The kept document tells of coupons.")
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        refused = 0
        for number in range(20):
            try:
                base.ingest_bytes(f"{number}.txt", write_noise(100 + number).encode())
            except StorageFull:
                refused += 1
            assert base.search("coupons", teams=None)[0].document.source == "kept.txt"
        assert refused
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        base.ingest_bytes("later.txt", b"A later document.")
        assert base.recovery.heal().ok
        assert base.search("later document", teams=None)[0].document.source == "later.txt"

for limit in sys.argv[2:]:
    fill(Path(sys.argv[1]) / limit, int(limit))
"""


def test_files_that_cannot_grow_are_a_clear_error_and_reading_goes_on(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path), "250000", "500000"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
