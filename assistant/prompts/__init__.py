"""Prompts, as Markdown files in the asker's language: the built-in ones, or a workspace's own."""

from importlib.resources import files
from pathlib import Path

from assistant.errors import SettingsError
from assistant.turn import Turn
from knowledge.errors import explain

_NAMES = tuple(f"{name}.{language}.md" for name in ("system", "unsupported") for language in ("zh", "en"))


class Prompts:
    """The prompts of a workspace: those in its folder, and the built-in one for each file that is not there."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the prompts.

        Raises:
            SettingsError: A file cannot be read; the sentence names it.
        """
        self._texts = {name: _read(folder, name) for name in _NAMES}

    def system(self, turn: Turn) -> str:
        """Return the system prompt for a turn."""
        return self._texts[f"system.{turn.language}.md"].replace("{{today}}", turn.today or "")

    def unsupported(self, turn: Turn, figures: str) -> str:
        """Return what a model is told of the figures of its draft that nothing accounts for."""
        return self._texts[f"unsupported.{turn.language}.md"].replace("{{figures}}", figures)


def _read(folder: Path | None, name: str) -> str:
    own = folder / name if folder else None
    if own is None or not own.is_file():
        return (files(__package__) / name).read_text(encoding="utf-8")
    try:
        return own.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        en, zh = explain(error) if isinstance(error, OSError) else ("it is not UTF-8", "不是 UTF-8 文本")
        raise SettingsError(
            en=f"The prompt {own} cannot be read: {en}.",
            zh=f"无法读取提示词 {own}：{zh}。",
            parameter="model.prompts",
        ) from error
