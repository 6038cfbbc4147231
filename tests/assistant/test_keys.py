"""API keys: shown once, kept as a hash, gone at once when revoked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import AccessDenied, InvalidRequest
from assistant.keys import KeyRing
from assistant.storage import open_storage


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[KeyRing]:
    engine = open_storage(tmp_path)
    yield KeyRing(engine)
    engine.dispose()


def test_a_key_stands_for_its_teams_and_role(ring: KeyRing) -> None:
    key = ring.create("ci", teams=["growth", "finance", "growth"], role="editor")
    principal = ring.principal(key)
    assert (principal.teams, principal.role) == (frozenset({"growth", "finance"}), "editor")
    assert ring.list() == [("ci", "editor", ("finance", "growth"))]


def test_a_reader_without_teams_is_restricted_and_an_owner_is_not(ring: KeyRing) -> None:
    assert ring.principal(ring.create("reader")).teams == frozenset()
    assert ring.principal(ring.create("boss", role="owner")).teams is None


def test_only_a_hash_is_stored(ring: KeyRing, tmp_path: Path) -> None:
    key = ring.create("ci")
    assert len(key) > 40
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"ci" in stored
    assert key.encode() not in stored
    assert key[3:].encode() not in stored


def test_a_revoked_key_is_gone_at_once(ring: KeyRing) -> None:
    kept, revoked = ring.create("kept"), ring.create("revoked")
    ring.revoke("revoked")
    with pytest.raises(AccessDenied):
        ring.principal(revoked)
    assert ring.principal(kept).id.startswith("key:")
    assert ring.create("revoked") != revoked


def test_a_key_made_anew_under_an_old_name_is_somebody_else(ring: KeyRing) -> None:
    before = ring.principal(ring.create("ci")).id
    ring.revoke("ci")
    assert ring.principal(ring.create("ci")).id != before


@pytest.mark.parametrize("key", ["", "yk_nothing", "\ud800", "x" * 100_000, "yk_%' OR '1'='1"])
def test_an_unknown_key_is_refused(ring: KeyRing, key: str) -> None:
    ring.create("ci")
    with pytest.raises(AccessDenied) as caught:
        ring.principal(key)
    assert key not in caught.value.en or not key


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_key_needs_a_name(ring: KeyRing, name: str) -> None:
    with pytest.raises(InvalidRequest):
        ring.create(name)


def test_a_name_is_taken_once(ring: KeyRing) -> None:
    ring.create("ci")
    with pytest.raises(InvalidRequest, match="already"):
        ring.create("ci")
    with pytest.raises(InvalidRequest, match="no key"):
        ring.revoke("nobody")


def test_keys_survive_a_restart(tmp_path: Path) -> None:
    first = open_storage(tmp_path)
    key = KeyRing(first).create("ci")
    before = KeyRing(first).principal(key)
    first.dispose()
    second = open_storage(tmp_path)
    assert KeyRing(second).principal(key) == before
    second.dispose()
