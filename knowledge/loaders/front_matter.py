"""Front matter: the YAML between two `---` lines at the top of a document, read strictly."""

import re
from typing import Any

from knowledge.cleaning import clean
from knowledge.documents import Notice
from knowledge.errors import InvalidFrontMatter, display
from knowledge.loaders.metadata import WrongValue, find_unknown_keys, read_metadata

_LINE_END = r"(?:\r\n?|\n)"
_FENCE = re.compile(
    rf"\A[\s\ufeff\u200b]*---[ \t]*{_LINE_END}(.*?)(?:(?<=[\r\n]))(?:---|\.\.\.)[ \t]*(?:{_LINE_END}|\Z)",
    re.DOTALL,
)
_LONGEST = 20_000


def split_front_matter(text: str) -> tuple[dict[str, Any], str, tuple[Notice, ...]]:
    """Split a text into validated metadata, body, and warnings about unknown keys, which are left out.

    The keys are those of `metadata.read_metadata`, all optional.

    Raises:
        InvalidFrontMatter: Not YAML, not keys with values, or a known key has a wrong value; names the key.
    """
    match = _FENCE.match(text)
    if match is None:
        return {}, text, ()
    raw = _parse_yaml(clean(match.group(1).rstrip()))
    try:
        metadata = read_metadata(raw)
    except WrongValue as error:
        raise InvalidFrontMatter(
            en=f"Front matter: {error.en}", zh=f"文档头信息：{error.zh}", parameter=error.key
        ) from error
    return metadata, text[match.end() :], find_unknown_keys(raw)


def _parse_yaml(source: str) -> dict[Any, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if len(source) > _LONGEST:
        raise InvalidFrontMatter(
            en=f"The front matter has {len(source):,} characters; the limit is {_LONGEST:,}.",
            zh=f"文档头信息有 {len(source):,} 个字符，上限为 {_LONGEST:,} 个。",
        )
    try:
        # In the base type scalars stay text, so that each key reads its own.
        raw = YAML(typ="base", pure=True).load(source)
    except (YAMLError, ValueError, RecursionError) as error:
        raise _not_yaml(error) from error
    if raw in (None, ""):
        return {}
    if not isinstance(raw, dict):
        raise InvalidFrontMatter(
            en="The front matter must be lines of `key: value`.", zh="文档头信息应为若干行“键: 值”。"
        )
    return raw


def _not_yaml(error: Exception) -> InvalidFrontMatter:
    mark = getattr(error, "problem_mark", None)
    reason = display(getattr(error, "problem", None) or str(error))
    line, line_zh = (f" at line {mark.line + 2}", f"第 {mark.line + 2} 行") if mark else ("", "")
    return InvalidFrontMatter(
        en=f"The front matter is not valid YAML{line}: {reason}.",
        zh=f"文档头信息{line_zh}不是合法的 YAML：{reason}。",
    )
