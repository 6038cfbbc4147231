"""Who asks, and what they may see.

A principal is the owner (no restriction), or a reader with a set of teams. Teams of people are listed in
`yunce.toml`; teams of an API key are stored with the key. What several people may all see is what the
intersection of their teams may see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.errors import AccessDenied

Role = Literal["owner", "editor", "reader"]


@dataclass(frozen=True, slots=True)
class Principal:
    """One asker.

    Attributes:
        id: Stable id; conversations and plans belong to it.
        teams: The teams whose documents and data the asker may see; None means no restriction.
        role: `reader` asks; `editor` also writes documents and plans; `owner` may do everything.
        name: What people call the asker, where it is known.
    """

    id: str
    teams: frozenset[str] | None
    role: Role = "reader"
    name: str = ""

    @property
    def label(self) -> str:
        """How the principal is named to other people."""
        return self.name or self.id

    def require_editor(self) -> None:
        """Raise AccessDenied unless this principal may write."""
        if self.role == "reader":
            raise AccessDenied(
                en="This key may only read; writing needs a key with the role editor.",
                zh="此密钥只能读取；写入需要 editor 角色的密钥。",
            )


#: The person at the keyboard of the machine that holds the workspace.
OWNER = Principal(id="owner", teams=None, role="owner")


class Directory:
    """Teams of people, as `yunce.toml` lists them: `{team: ["slack:U01", …]}`."""

    def __init__(self, members: Mapping[str, Sequence[str]]) -> None:
        self._teams: dict[str, set[str]] = {}
        for team, people in members.items():
            for person in people:
                self._teams.setdefault(person, set()).add(team)

    def person(self, person_id: str) -> Principal:
        """Return the principal of one person; an unlisted person has no team."""
        return Principal(id=person_id, teams=frozenset(self._teams.get(person_id, ())))

    def audience(self, audience_id: str, people: Iterable[str]) -> Principal:
        """Return the principal that sees only what every one of `people` may see.

        With nobody named, that is what everyone may see.
        """
        teams = [frozenset(self._teams.get(person, ())) for person in people]
        return Principal(id=audience_id, teams=frozenset.intersection(*teams) if teams else frozenset())
