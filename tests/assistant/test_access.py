"""Who may see what: a person's teams, and what several people may all see."""

import pytest

from assistant.access import OWNER, Directory, Principal
from assistant.errors import AccessDenied

DIRECTORY = Directory({"growth": ("slack:A", "slack:B"), "finance": ("slack:B", "slack:C"), "empty": ()})


@pytest.mark.parametrize(
    ("person", "teams"),
    [("slack:A", {"growth"}), ("slack:B", {"growth", "finance"}), ("slack:X", set()), ("", set())],
)
def test_a_persons_teams(person: str, teams: set[str]) -> None:
    assert DIRECTORY.person(person) == Principal(id=person, teams=frozenset(teams), role="reader")


@pytest.mark.parametrize(
    ("people", "teams"),
    [
        (["slack:A", "slack:B"], {"growth"}),
        (["slack:B"], {"growth", "finance"}),
        (["slack:A", "slack:C"], set()),
        (["slack:A", "slack:B", "slack:X"], set()),
        ([], set()),
    ],
)
def test_an_audience_sees_what_every_member_may_see(people: list[str], teams: set[str]) -> None:
    assert DIRECTORY.audience("channel", iter(people)).teams == frozenset(teams)


def test_nobody_listed_is_unrestricted() -> None:
    assert all(DIRECTORY.person(person).teams is not None for person in ("owner", "slack:A", "*"))


def test_only_editors_and_the_owner_write() -> None:
    for role in ("editor", "owner"):
        Principal(id="x", teams=frozenset(), role=role).require_editor()
    OWNER.require_editor()
    with pytest.raises(AccessDenied) as caught:
        Principal(id="x", teams=frozenset()).require_editor()
    assert caught.value.code == "access_denied"
    assert "editor" in caught.value.zh
