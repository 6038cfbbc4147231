"""Ways of searching and of answering that `yunce eval` compares."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import InvalidRequest
from assistant.settings import Settings, alter_settings, known_settings, load_settings
from assistant.workspace import Workspace

if TYPE_CHECKING:
    from knowledge import KnowledgeBase

_SCALE = ("lo", "width", "dense_weight")
_KNOWN = ("rerank", "candidates", *_SCALE, "limit", "settings", "state")


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings, documents and a limit to search with."""

    settings: Settings
    workspace: Workspace
    limit: int
    state: Path | None = None

    @contextmanager
    def open(self) -> "Iterator[KnowledgeBase]":
        """Open the documents as configured."""
        from assistant.opening import open_knowledge

        knowledge = open_knowledge(self.workspace, self.settings, state=self.state)
        try:
            yield knowledge
        finally:
            knowledge.close()


def read_changes(text: str, present: Configuration) -> Configuration:
    """Return the present configuration with changes such as "rerank=off,dense_weight=0.5".

    Raises:
        InvalidRequest: A change is not of that form, not known or out of range.
        SettingsError: The settings file named cannot be used.
    """
    changes = dict(_read_pair(part) for part in text.split(","))
    changed = present
    if "settings" in changes:
        changed = replace(changed, settings=load_settings(_existing("settings", changes["settings"])))
    if "state" in changes:
        changed = replace(changed, state=_existing("state", changes["state"]))
    settings = changed.settings
    if "rerank" in changes:
        if changes["rerank"] != "off":
            raise _refusal("rerank", changes["rerank"], "off", "off")
        settings = settings.model_copy(update={"rerank": settings.rerank.model_copy(update={"name": None})})
    if "candidates" in changes:
        candidates = int(_number("candidates", changes, 2, 100))
        rerank = settings.rerank.model_copy(update={"candidates": candidates})
        settings = settings.model_copy(update={"rerank": rerank})
    bounds = {"lo": (-1, 0.999), "width": (0.001, 2), "dense_weight": (0, 1)}
    scale = {key: _number(key, changes, *bounds[key]) for key in _SCALE if key in changes}
    settings = settings.model_copy(update={"embedding": settings.embedding.model_copy(update=scale)})
    limit = int(_number("limit", changes, 1, 100)) if "limit" in changes else changed.limit
    return replace(changed, settings=settings, limit=limit)


def change_settings(text: str, present: Settings, folder: Path | None = None) -> Settings:
    """Return settings with changes such as "model.name=…,model.base_url=…", or another file's by settings=PATH.

    Args:
        text: The changes.
        present: What they change.
        folder: The workspace, from which paths among them count.

    Raises:
        InvalidRequest: A change is not of that form, or not known.
        SettingsError: A value, or the settings file named, cannot be used.
    """
    known = ("settings", *known_settings())
    changes = dict(_read_pair(part, known) for part in text.split(","))
    changed = present
    if "settings" in changes:
        changed = load_settings(_existing("settings", changes.pop("settings")))
    return alter_settings(changed, changes, folder)


def _read_pair(part: str, known_keys: Sequence[str] = _KNOWN) -> tuple[str, str]:
    key, equals, value = (piece.strip() for piece in part.partition("="))
    if key not in known_keys or not equals:
        known = ", ".join(known_keys)
        raise InvalidRequest(
            en=f"“{part}” is no change of the configuration: write key=value with one of {known}.",
            zh=f"“{part}”不是可比较的配置：请写成 key=value，可用 {known}。",
            parameter="compare",
        )
    return key, value


def _existing(key: str, value: str) -> Path:
    path = Path(value)
    if not path.exists():
        raise _refusal(key, value, "a path that exists", "存在的路径")
    return path


def _number(key: str, changes: dict[str, str], least: float, most: float) -> float:
    try:
        number = float(changes[key])
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise _refusal(key, changes[key], f"from {least} to {most}", f"{least} 到 {most} 之间的数")
    return number


def _refusal(key: str, value: str, en: str, zh: str) -> InvalidRequest:
    return InvalidRequest(
        en=f"{key} is “{value}”; it must be {en}.", zh=f"{key} 为“{value}”，应为{zh}。", parameter="compare"
    )
