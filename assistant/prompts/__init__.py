"""Prompts, as Markdown files in the asker's language."""

from functools import cache
from importlib.resources import files

from assistant.turn import Turn


def system_prompt(turn: Turn) -> str:
    """Return the system prompt for a turn."""
    return _template(f"system.{turn.language}.md").replace("{{today}}", turn.today or "")


@cache
def _template(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
