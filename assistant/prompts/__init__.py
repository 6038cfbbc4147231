"""Prompts, as Markdown files in the asker's language."""

from functools import cache
from importlib.resources import files

from assistant.turn import Turn


def system_prompt(turn: Turn) -> str:
    """Return the system prompt for a turn."""
    return _template(f"system.{turn.language}.md").replace("{{today}}", turn.today or "")


def unsupported_prompt(turn: Turn, figures: str) -> str:
    """Return what a model is told of the figures of its draft that nothing accounts for."""
    return _template(f"unsupported.{turn.language}.md").replace("{{figures}}", figures)


@cache
def _template(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
