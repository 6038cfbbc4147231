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
_KEY = re.compile(r"(?m)^(?![#\s])[^:\n：]{1,60}:(?:\s|$)")
_OPENING = re.compile(rf"\A[\s\ufeff\u200b]*---[ \t]*{_LINE_END}[a-z_]{{3,20}}: ")
_LONGEST = 20_000


def split_front_matter(text: str) -> tuple[dict[str, Any], str, tuple[Notice, ...]]:
    """Split a text into validated metadata, body, and warnings about unknown keys, which are left out.

    The keys are those of `metadata.read_metadata`, all optional.

    Raises:
        InvalidFrontMatter: Not YAML, not keys with values, or a known key has a wrong value; names the key.
    """
    match = _FENCE.match(text)
    if match is None or not _KEY.search(match.group(1)):  # a line of hyphens may also just part paragraphs
        return {}, text, _warn_of_open(text)
    raw = _parse_yaml(clean(match.group(1).rstrip()))
    try:
        metadata = read_metadata(raw)
    except WrongValue as error:
        raise InvalidFrontMatter(
            en=f"Front matter: {error.en}", zh=f"文档头信息：{error.zh}", parameter=error.key
        ) from error
    return metadata, text[match.end() :], find_unknown_keys(raw)


def _warn_of_open(text: str) -> tuple[Notice, ...]:
    if not _OPENING.match(text):
        return ()
    return (
        Notice(
            en="The document starts like front matter, which no second line `---` ends; it was read as text.",
            zh="文档开头像是头信息，但没有第二行“---”作为结尾，已按正文读取。",
        ),
    )


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
    hint, hint_zh = "", ""
    if "mapping values" in reason:  # a colon within a value
        hint, hint_zh = (
            " Put a value that has a colon in it between quotation marks.",
            "值中若含冒号，请加引号。",
        )
    line, line_zh = (f" at line {mark.line + 2}", f"第 {mark.line + 2} 行") if mark else ("", "")
    return InvalidFrontMatter(
        en=f"The front matter is not valid YAML{line}: {reason}.{hint}",
        zh=f"文档头信息{line_zh}不是合法的 YAML：{reason}。{hint_zh}",
    )
