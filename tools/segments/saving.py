"""Saving a segment to `metrics.yaml`: what else the file says, its comments and its order stay as they are."""

import os
import tempfile
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from tools.errors import SemanticsError, show
from tools.semantics import Semantics, load_semantics


def save_segment(path: Path, name: str, definition: Mapping[str, Any]) -> Semantics:
    """Add a segment to `metrics.yaml`, or replace the one of that name.

    The whole file is checked before it is written, and replaced at once.

    Args:
        path: the file.
        name: the segment's name.
        definition: as it would stand under the name: `rule`, and perhaps `names`, `source`, `as_of`.

    Returns:
        What the file now says.

    Raises:
        SemanticsError: the file cannot be read or written, or would not be understood with the segment.
    """
    from ruamel.yaml import YAML

    path = Path(path)
    load_semantics(path)
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 200
    document = yaml.load(path.read_text(encoding="utf-8-sig"))
    if document.get("segments") is None:
        document["segments"] = {}
    document["segments"][name] = _plain(definition)
    written = StringIO()
    yaml.dump(document, written)
    semantics = load_semantics(written.getvalue())
    _replace(path, written.getvalue())
    return semantics


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


def _replace(path: Path, text: str) -> None:
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            file.write(text)
        if path.exists():
            os.chmod(file.name, path.stat().st_mode)
        os.replace(file.name, path)
    except OSError as error:
        raise SemanticsError(
            en=f"Cannot write {show(path.name)}; check that the folder may be written to.",
            zh=f"无法写入 {show(path.name)}，请检查文件夹是否可写。",
        ) from error
