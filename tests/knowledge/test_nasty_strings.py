"""Whatever text is given in whatever place: an answer or a plain error, soon."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge import KnowledgeBase, KnowledgeError, Upload
from tests.knowledge.embedders import HashingEmbedder
from tests.knowledge.nasty_strings import NASTY

TEXT = b"# Coupon plan\n\nThe coupon budget is low.\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with KnowledgeBase.open(tmp_path_factory.mktemp("nasty"), embedder=HashingEmbedder()) as opened:
        opened.ingest_bytes("kept.md", TEXT)
        yield opened


def attempt(call: Callable[[], object]) -> object:
    """Call; a plain error is as good as a result, and its sentences must print."""
    try:
        return call()
    except KnowledgeError as error:
        for sentence in (error.en, error.zh, str(error)):
            assert sentence.encode("utf-8")
            assert len(sentence) < 1_000
            assert all(character.isprintable() for character in sentence)
        return error


def still_works(base: KnowledgeBase) -> bool:
    return base.search("coupon budget", teams=None)[0].chunk.text.endswith("low.")


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_questions_and_readers(base: KnowledgeBase, nasty: str) -> None:
    for teams in (None, frozenset({nasty})):
        attempt(lambda teams=teams: base.search(nasty, teams=teams, limit=3))
        attempt(lambda teams=teams: base.find("coupon", teams=teams, collections=[nasty]))
        attempt(lambda teams=teams: base.documents(teams=teams, collections=[nasty]))
        for read in (
            base.document,
            base.chunks,
            base.chunk,
            base.history.versions,
            base.history.original,
            base.history.context,
            base.history.near_duplicates,
            base.delete,
        ):
            assert isinstance(
                attempt(lambda read=read, teams=teams: read(nasty, teams=teams)), KnowledgeError
            )
        assert base.blocks(nasty, teams=teams) == []
    assert still_works(base)


@pytest.mark.parametrize(
    "keys",
    [("title", "collection", "owner", "tags"), ("source_url",), ("effective_date",), ("teams",)],
    ids="-".join,
)
def test_what_is_said_of_documents(tmp_path: Path, keys: tuple[str, ...]) -> None:
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        base.ingest_bytes("kept.md", TEXT)
        uploads = []
        for number, nasty in enumerate(NASTY):
            said: dict[str, Any] = {key: [nasty] if key in ("teams", "tags") else nasty for key in keys}
            uploads.append(Upload(name="a.md", source=f"{number}.md", data=TEXT, **said))
        outcomes = list(base.ingest_many(uploads))
        assert len(outcomes) == len(NASTY)
        for document in base.documents(teams=None):
            assert base.document(document.id, teams=None) == document
            assert str(document).encode("utf-8")
        assert base.probe().ok


def test_names_and_texts(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        base.ingest_bytes("kept.md", TEXT)
        data = [nasty.encode("utf-8", "surrogatepass") for nasty in NASTY]
        uploads = [
            *(Upload(name=f"{nasty}.md", data=TEXT) for nasty in NASTY),
            *(Upload(name="b.md", source=nasty, data=TEXT) for nasty in NASTY),
            *(Upload(name=f"{n}.txt", data=text) for n, text in enumerate(data)),
            *(Upload(name=f"{n}.md", data=b"# " + text + b"\n\nBody.\n") for n, text in enumerate(data)),
            *(
                Upload(name=f"front{n}.md", data=b"---\ntitle: " + t + b"\n---\nBody.\n")
                for n, t in enumerate(data)
            ),
        ]
        assert len(list(base.ingest_many(uploads))) == len(uploads)
        assert base.probe().ok
        for document in base.documents(teams=None):
            assert base.chunks(document.id, teams=None)


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_curation(base: KnowledgeBase, nasty: str) -> None:
    [document] = base.documents(teams=None)
    chunk = base.chunks(document.id, teams=None)[0]
    for act in (base.curation.disable, base.curation.enable, base.curation.undo):
        attempt(lambda act=act: act(nasty, teams=None, by="me"))
        attempt(lambda act=act: act(chunk.id, teams=None, by=nasty))
    attempt(lambda: base.curation.enable(chunk.id, teams=None, by="me"))
    attempt(lambda: base.curation.edit(chunk.id, nasty, teams=None, by=nasty))
    attempt(lambda: base.curation.undo(base.chunks(document.id, teams=None)[0].id, teams=None, by="me"))
    attempt(lambda: base.curation.mark_stale(document.id, teams=None, by=nasty, note=nasty))
    attempt(lambda: base.curation.mark_stale(nasty, teams=None, by="me"))
    attempt(lambda: base.curation.assign_owner(document.id, nasty, teams=None))
    assert base.document(document.id, teams=None)
    assert base.curation.unmark_stale(document.id, teams=None)
    assert still_works(base)


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_pins_and_open_questions(base: KnowledgeBase, nasty: str) -> None:
    pins, questions = base.curation.pins, base.questions
    attempt(lambda: pins.add([nasty, "one more?"], nasty or "a", by="me"))
    attempt(lambda: pins.add(["How?"], "So.", by=nasty, owner=nasty, teams=[nasty], documents=[nasty]))
    attempt(lambda: pins.find(nasty, teams=None))
    attempt(lambda: pins.edit(nasty, by="me", reader=None, answer="x"))
    attempt(lambda: pins.remove(nasty, teams=None))
    attempt(lambda: pins.match(nasty, teams=frozenset({nasty})))
    for pin in pins.all(teams=None):
        attempt(lambda pin=pin: pins.edit(pin.id, by=nasty, reader=None, questions=[nasty]))
        pins.remove(pin.id, teams=None)
    attempt(
        lambda: questions.log(nasty, asker=nasty, teams=frozenset({nasty}), language=nasty, reply_to=nasty)
    )
    attempt(lambda: questions.log("coupon?", asker="me", teams=None, language="en"))
    attempt(lambda: questions.find(nasty, teams=None))
    for group in questions.groups(teams=None, state=None):
        attempt(lambda group=group: questions.assign(group.id, nasty, teams=None))
        attempt(lambda group=group: questions.dismiss(group.id, teams=None, by=nasty))
    attempt(lambda: questions.mark_told([nasty]))
    assert still_works(base)
