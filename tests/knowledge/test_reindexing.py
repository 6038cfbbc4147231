"""The embedding model is changed while search and ingestion go on."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from sqlalchemy import insert, select

from knowledge import (
    EmbedderChanged,
    EmbeddingFailed,
    Ingested,
    KnowledgeBase,
    OpenAICompatibleEmbedder,
    Upload,
)
from knowledge.catalogue.schema import new_vectors, pins, question_groups, questions, vectors
from knowledge.embedding.calibration import measure_scale
from tests.knowledge.embedders import HashingEmbedder
from tests.knowledge.services import run_service

FILLING = "More words follow here, so that a section is long enough to be a passage. " * 3
SUBJECTS = ("coupon", "refund", "retention", "referral", "留存", "召回", "weather", "noodles")


def fill(base: KnowledgeBase, count: int, *, start: int = 0) -> None:
    """Take in `count` documents of one chunk."""
    uploads = (
        Upload(name=f"{n}.txt", data=write(n).encode(), teams=["growth"] if n % 2 else [])
        for n in range(start, start + count)
    )
    assert all(isinstance(outcome, Ingested) for outcome in base.ingest_many(uploads))


def fill_long(base: KnowledgeBase, count: int) -> None:
    """Take in `count` documents of 60 chunks; they tell of topic0, topic1 and so on."""
    for number in range(count):
        sections = (f"## Section {n}\n\n{write(n)} {FILLING}" for n in range(number * 60, number * 60 + 60))
        done = base.ingest_bytes(f"{number}.md", "\n\n".join(sections).encode())
        assert done.document.chunk_count == 60


def write(number: int) -> str:
    subject = SUBJECTS[number % len(SUBJECTS)]
    return f"Document {number} tells of {subject}. Its topic{number} matters. Ask the owner of {subject}."


def best(base: KnowledgeBase, query: str) -> str:
    return base.search(query, teams=None)[0].document.source


class Interrupted(HashingEmbedder):
    """Runs something once, before it embeds its n-th batch."""

    def __init__(self, batch: int, act: Callable[[], None], *, dimensions: int = 32) -> None:
        super().__init__(name="other", dimensions=dimensions)
        self._left, self._act = batch, act

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self._left -= 1
        if self._left == 0:
            self._act()
        return super().embed(texts)


def test_the_model_changes_and_back(base: KnowledgeBase) -> None:
    fill(base, 30)
    seen: list[tuple[int, int]] = []
    for other in (HashingEmbedder(name="other", dimensions=32), HashingEmbedder()):
        done = base.reindex(other, on_progress=lambda done, total: seen.append((done, total)))
        assert (done.changed, done.embedded, done.resumed) == (True, 30, 0)
        assert seen == [(30, 30)]
        seen.clear()
        assert base.embedder is other
        assert base.probe().ok
        assert best(base, "topic7") == "7.txt"
        fill(base, 1, start=7)  # unchanged
        with base._catalogue.engine.connect() as connection:
            assert connection.execute(select(new_vectors)).all() == []


def test_the_same_model_is_not_embedded_again(base: KnowledgeBase, embedder: HashingEmbedder) -> None:
    fill(base, 3)
    embedded = embedder.embedded
    assert not base.reindex(embedder).changed
    assert embedder.embedded == embedded


def test_an_empty_base_takes_any_model(base: KnowledgeBase) -> None:
    base.reindex(HashingEmbedder(name="other", dimensions=32))
    fill(base, 2)
    assert best(base, "topic1") == "1.txt"


def test_what_comes_and_goes_meanwhile_is_covered(base: KnowledgeBase) -> None:
    fill_long(base, 5)
    fill(base, 2, start=300)
    [gone] = [document.id for document in base.documents(teams=None) if document.source == "301.txt"]

    def change() -> None:
        fill(base, 1, start=302)
        base.ingest_bytes("300.txt", b"Now it tells of something else: turnips.")
        base.delete(gone, teams=None)

    base.reindex(Interrupted(2, change))
    assert base.probe().ok
    assert best(base, "topic302") == "302.txt"
    assert best(base, "turnips") == "300.txt"
    assert "301.txt" not in {result.document.source for result in base.search("topic301", teams=None)}


def test_search_answers_throughout(base: KnowledgeBase) -> None:
    fill_long(base, 5)
    ended = Event()
    answers, errors = [], []

    def ask() -> None:
        while not ended.is_set():
            try:
                answers.append(best(base, "topic7"))
            except Exception as error:
                errors.append(error)

    asking = Thread(target=ask)
    asking.start()
    try:
        for number in range(4):
            base.reindex(HashingEmbedder(name=f"model{number}", dimensions=32 + number % 2))
    finally:
        ended.set()
        asking.join()
    assert errors == []
    assert set(answers) == {"0.md"}
    assert len(answers) > 4


def test_ingestion_goes_on_throughout(base: KnowledgeBase) -> None:
    fill(base, 100)
    adding = Thread(target=fill, args=(base, 40), kwargs={"start": 100})
    adding.start()
    for number in range(4):
        base.reindex(HashingEmbedder(name=f"model{number}", dimensions=512))
    adding.join()
    base.rebuild_indexes()
    assert base.probe().ok
    assert len(base.documents(teams=None)) == 140
    assert all(best(base, f"topic{number}") == f"{number}.txt" for number in range(100, 140))


KILLED = """
import os, sys
from pathlib import Path
from knowledge import KnowledgeBase
from tests.knowledge.test_reindexing import Interrupted
from tests.knowledge.embedders import HashingEmbedder

with KnowledgeBase.open(Path(sys.argv[1]), embedder=HashingEmbedder()) as base:
    base.reindex(Interrupted(int(sys.argv[2]), lambda: os._exit(9)))
"""


def test_a_killed_run_is_taken_up_by_the_next(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        fill_long(base, 10)
    run = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), "3"], check=False)
    assert run.returncode == 9
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        assert best(base, "topic7") == "0.md"  # by the old model
        done = base.reindex(HashingEmbedder(name="other", dimensions=32))
        assert (done.resumed, done.embedded) == (512, 88)
        assert best(base, "topic7") == "0.md"


def test_vectors_of_a_third_model_are_not_taken_up(base: KnowledgeBase) -> None:
    fill_long(base, 5)

    def fail() -> None:
        raise EmbeddingFailed(en="The service is down.", zh="服务不可用。")

    with pytest.raises(EmbeddingFailed):
        base.reindex(Interrupted(2, fail))
    assert best(base, "topic7") == "0.md"
    assert base.reindex(HashingEmbedder(name="third")).resumed == 0
    assert best(base, "topic7") == "0.md"


def test_a_service_that_fails_for_a_moment_is_asked_again(base: KnowledgeBase) -> None:
    fill(base, 5)
    with run_service() as service:
        service.failures = [(429, {"Retry-After": "0"})]
        base.reindex(OpenAICompatibleEmbedder(service.address, model="m", dimensions=32))
        assert best(base, "topic3") == "3.txt"
        service.failures = [(401, {})] * 9
        with pytest.raises(EmbeddingFailed):
            base.search("topic3", teams=None)


def test_another_process_is_followed_by_the_settings(tmp_path: Path) -> None:
    set_model = HashingEmbedder()
    with KnowledgeBase.open(tmp_path, embedder=set_model, find_embedder=lambda: set_model) as serving:
        fill(serving, 10)
        set_model = HashingEmbedder(name="other", dimensions=32)
        assert best(serving, "topic3") == "3.txt"
        with KnowledgeBase.open(tmp_path, embedder=set_model) as changing:
            changing.reindex(set_model)
        assert best(serving, "topic3") == "3.txt"
        assert serving.embedder is set_model


def test_what_people_write_after_another_process_changed_the_model_is_of_the_new_one(tmp_path: Path) -> None:
    set_model = HashingEmbedder()
    with KnowledgeBase.open(tmp_path, embedder=set_model, find_embedder=lambda: set_model) as serving:
        fill(serving, 1)
        [document] = serving.documents(teams=None)
        changes = (
            lambda: serving.questions.log("Who knows?", asker="a", teams=None, language="en"),
            lambda: serving.curation.pins.add(["Who?", "谁？"], "Ada.", by="a"),
            lambda: serving.curation.edit(
                serving.chunks(document.id, teams=None)[0].id, "Another text.", teams=None, by="a"
            ),
        )
        for number, change in enumerate(changes):
            set_model = HashingEmbedder(name=f"model{number}", dimensions=32 + number)
            with KnowledgeBase.open(tmp_path, embedder=set_model) as changing:
                changing.reindex(set_model)
            change()
            with serving._catalogue.engine.connect() as connection:
                kept = [
                    *connection.execute(select(vectors.c.vector)).scalars(),
                    *connection.execute(select(questions.c.vector)).scalars(),
                    *(
                        value[: len(value) // 2]
                        for value in connection.execute(select(pins.c.vectors)).scalars()
                    ),
                ]
            assert {len(value) for value in kept} == {4 * (32 + number)}


def test_a_passage_can_be_disabled_without_the_model(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        fill(base, 1)
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder(name="other")) as base:
        [document] = base.documents(teams=None)
        [chunk] = base.chunks(document.id, teams=None)
        assert not base.curation.disable(chunk.id, teams=None, by="a").enabled
        with pytest.raises(EmbedderChanged):
            base.curation.edit(chunk.id, "Another text.", teams=None, by="a")
        assert base.chunks(document.id, teams=None)[0].text == chunk.text


def test_an_empty_base_is_rebuilt_and_changes_its_model(base: KnowledgeBase) -> None:
    base.rebuild_indexes()
    assert base.probe().ok
    assert base.reindex(HashingEmbedder(name="other", dimensions=32), calibrate=True).embedded == 0
    base.rebuild_indexes()
    assert base.probe().ok
    fill(base, 3)
    assert best(base, "topic2") == "2.txt"


def test_the_refusal_of_another_model_says_what_to_do(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        fill(base, 1)
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder(name="other")) as base:
        with pytest.raises(EmbedderChanged, match="yunce reindex") as refusal:
            base.search("topic", teams=None)
        assert "yunce reindex" in refusal.value.zh


def test_vectors_of_asked_questions_change_too(base: KnowledgeBase) -> None:
    fill(base, 1)
    moment = datetime(2026, 1, 1)
    when = {"created_at": moment, "updated_at": moment}
    with base._catalogue.engine.begin() as connection:
        pin = {"id": "p", "questions": ["one?", "two?"], "answer": "a", "language": "en", "teams": []}
        pin |= {"documents": [], "owner": "o", "updated_by": "o", "vectors": b"old", **when}
        connection.execute(insert(pins), [pin])
        connection.execute(insert(question_groups), [{"id": "g", "teams": [], "state": "open"}])
        asked = {"id": "q", "group_id": "g", "text": "three?", "language": "en", "asker": "a"}
        connection.execute(insert(questions), [{**asked, "asked_at": moment, "vector": b"old"}])
    other = HashingEmbedder(name="other", dimensions=32)
    base.reindex(other)
    with base._catalogue.engine.connect() as connection:
        [pinned] = connection.execute(select(pins.c.vectors)).scalars()
        [vector] = connection.execute(select(questions.c.vector)).scalars()
    assert pinned == other.embed(["one?", "two?"]).tobytes()
    assert vector == other.embed(["three?"]).tobytes()


def test_the_scale_is_measured_on_the_documents(base: KnowledgeBase) -> None:
    fill(base, 60)
    before = base.search("coupon", teams=None)[0].dense_score
    scale = base.reindex(base.embedder, calibrate=True).scale
    assert scale is not None
    assert 0 < scale.lo < scale.lo + scale.width <= 1.01
    assert base.search("coupon", teams=None)[0].dense_score != before
    other = HashingEmbedder(name="other", dimensions=4)
    assert base.reindex(other, calibrate=True).scale != scale


def test_too_few_documents_measure_nothing(base: KnowledgeBase) -> None:
    fill(base, 5)
    assert base.reindex(base.embedder, calibrate=True).scale is None
    embedder = HashingEmbedder()
    same = ["the very same text"] * 50
    assert measure_scale(embedder, same, [str(n) for n in range(50)], embedder.embed(same)) is None


def test_a_scale_that_is_set_wins(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder(), scale={"dense_weight": 1.0}) as base:
        fill(base, 8)
        assert all(_is_up_to_naming(r.score, r.dense_score) for r in base.search("coupon", teams=None))
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder(), scale={"dense_weight": 0.0}) as base:
        assert all(_is_up_to_naming(r.score, r.lexical_score) for r in base.search("coupon", teams=None))


def _is_up_to_naming(score: float, part: float) -> bool:
    return part - 1e-9 <= score <= part + 0.2 * (1 - part) + 1e-9


def test_stored_vectors_are_those_of_the_model(base: KnowledgeBase) -> None:
    fill(base, 3)
    other = HashingEmbedder(name="other", dimensions=16)
    base.reindex(other)
    with base._catalogue.engine.connect() as connection:
        kept = [
            np.frombuffer(value, "<f4") for value in connection.execute(select(vectors.c.vector)).scalars()
        ]
    assert {len(vector) for vector in kept} == {16}
