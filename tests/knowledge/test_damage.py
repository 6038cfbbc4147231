"""Six kinds of damage to Chroma's files: each is noticed and healed, and search finds the same all along."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from knowledge.base import KnowledgeBase
from knowledge.search import held_vectors
from tests.knowledge.embedders import HashingEmbedder

QUESTIONS = ("What does topic17 say of word5?", "word40 word41 coupons word7")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of a knowledge base whose index is at rest."""
    state = tmp_path_factory.mktemp("whole") / "state"
    with KnowledgeBase.open(state, embedder=HashingEmbedder()) as base:
        for first, teams in ((0, []), (200, ["growth"])):
            text = "".join(write_section(number) for number in range(first, first + 200))
            base.ingest_bytes(f"{first}.md", text.encode(), teams=teams)
    return state


@pytest.fixture(autouse=True)
def _asks_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have search ask the index, as it does in a knowledge base of many documents."""
    monkeypatch.setattr(held_vectors, "MOST_HELD", 0)


def write_section(number: int) -> str:
    source = random.Random(number)
    words = " ".join(f"word{source.randrange(100)}" for _ in range(60))
    return f"\n\n## Topic{number}\n\nCoupons of topic{number} {words}."


@pytest.fixture
def state(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "state")
    return tmp_path / "state"


def segments(state: Path) -> Iterator[Path]:
    return (header.parent for header in state.glob("vectors/*/*/header.bin"))


def lose_folder(state: Path) -> None:
    for segment in list(segments(state)):
        shutil.rmtree(segment)


def cut_data(state: Path) -> None:
    for segment in segments(state):
        with (segment / "data_level0.bin").open("r+b") as file:
            file.truncate((segment / "data_level0.bin").stat().st_size // 3)


def strew_bytes(state: Path) -> None:
    noise = random.Random(1)
    for segment in segments(state):
        for name in ("data_level0.bin", "length.bin", "link_lists.bin"):
            (segment / name).write_bytes(noise.randbytes((segment / name).stat().st_size))


def lose_header(state: Path) -> None:
    for number, segment in enumerate(segments(state)):
        if number:
            (segment / "header.bin").write_bytes(bytes(100))
        else:
            (segment / "header.bin").unlink()


def garble_metadata(state: Path) -> None:
    for segment in segments(state):
        (segment / "index_metadata.pickle").write_bytes(b"\x80\x04garbage" * 50)
    [database] = state.glob("vectors/*/chroma.sqlite3")
    data = database.read_bytes()
    database.write_bytes(data[:4096] + random.Random(2).randbytes(len(data) - 4096))


def cut_database(state: Path) -> None:
    [database] = state.glob("vectors/*/chroma.sqlite3")
    with database.open("r+b") as file:
        file.truncate(database.stat().st_size // 2)


DAMAGES = (lose_folder, cut_data, strew_bytes, lose_header, garble_metadata, cut_database)


def ask(base: KnowledgeBase) -> list[list[tuple[str, float]]]:
    return [
        [(result.chunk.id, round(result.score, 6)) for result in base.search(question, teams=teams)]
        for question in QUESTIONS
        for teams in (None, frozenset[str]())
    ]


def wait_for(condition: Callable[[], bool]) -> None:
    start = monotonic()
    while not condition():
        assert monotonic() - start < 60
        sleep(0.05)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_while_closed_is_noticed_and_healed(state: Path, damage: Callable[[Path], None]) -> None:
    embedder = HashingEmbedder()
    with KnowledgeBase.open(state, embedder=embedder) as base:
        assert base.probe().ok
        right = ask(base)
    damage(state)
    with KnowledgeBase.open(state, embedder=embedder) as base:
        health = base.probe()
        assert not health.ok
        assert health.detail.zh != health.detail.en
        assert ask(base) == right
        base.recovery.heal()
        assert base.probe().ok
        assert ask(base) == right
        assert base.ingest_bytes("later.txt", b"A later document.").status == "added"
    with KnowledgeBase.open(state, embedder=embedder) as base:
        assert base.probe().ok
    assert embedder.embedded == 3 * 2 * len(QUESTIONS) + 1  # questions and the later document
    assert len(list((state / "vectors").iterdir())) == 1


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_while_open_is_noticed_and_healed(state: Path, damage: Callable[[Path], None]) -> None:
    with KnowledgeBase.open(state, embedder=HashingEmbedder()) as base:
        assert base.probe().ok
        right = ask(base)
        base.recovery.watch(every=0.2)
        [generation] = (state / "vectors").iterdir()
        damage(state)
        assert ask(base) == right
        wait_for(lambda: base._dense.index is not None and base._dense.index.path != generation)
        assert ask(base) == right
        assert base.probe().ok
        wait_for(lambda: base.recovery.health.ok)
    with KnowledgeBase.open(state, embedder=HashingEmbedder()) as base:
        assert base.probe().ok
        assert ask(base) == right
