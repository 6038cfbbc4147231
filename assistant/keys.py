"""API keys: made once, shown once, kept as a hash."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assistant.access import Principal, Role
from assistant.errors import AccessDenied, InvalidRequest
from assistant.storage import ApiKeyRow


class KeyRing:
    """The API keys of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, name: str, *, teams: Sequence[str] = (), role: Role = "reader") -> str:
        """Make a key and return it; it cannot be shown again.

        Raises:
            InvalidRequest: The name is empty, too long or taken.
        """
        if not name.strip() or len(name) > 80:
            raise InvalidRequest(
                en="A key needs a name of 1 to 80 characters.",
                zh="密钥需要 1 到 80 个字符的名称。",
                parameter="name",
            )
        key = f"yk_{secrets.token_urlsafe(32)}"
        row = ApiKeyRow(
            id=uuid4().hex,
            name=name,
            key_hash=_hash(key),
            teams=sorted(set(teams)),
            role=role,
            created_at=datetime.now(UTC),
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
        except IntegrityError as error:
            raise InvalidRequest(
                en=f"There already is a key named {name}.", zh=f"已有名为 {name} 的密钥。", parameter="name"
            ) from error
        return key

    def revoke(self, name: str) -> None:
        """Remove a key; it stops working with the next request.

        Raises:
            InvalidRequest: There is no such key.
        """
        with Session(self._engine) as session, session.begin():
            row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.name == name))
            if row is None:
                raise InvalidRequest(
                    en=f"There is no key named {name}.", zh=f"没有名为 {name} 的密钥。", parameter="name"
                )
            session.delete(row)

    def list(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return name, role and teams of every key."""
        with Session(self._engine) as session:
            rows = session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.name))
            return [(row.name, row.role, tuple(row.teams)) for row in rows]

    def principal(self, key: str) -> Principal:
        """Return whom a key stands for; a key made anew under an old name stands for somebody else.

        Raises:
            AccessDenied: The key is not known.
        """
        with Session(self._engine) as session:
            row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.key_hash == _hash(key)))
            if row is None:
                raise AccessDenied(en="The API key is not known.", zh="API 密钥无效。")
            teams = None if row.role == "owner" else frozenset(row.teams)
            return Principal(id=f"key:{row.id}", teams=teams, role=row.role, name=row.name)  # type: ignore[arg-type]


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
