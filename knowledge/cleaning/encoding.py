"""Text that was decoded wrongly on its way here, and entities that were never decoded."""

import re
from collections.abc import Iterator
from html import unescape

from knowledge.cleaning.edits import Edit, order_edits

_WESTERN = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
_WESTERN_GBK = re.compile("[\u00a1-\u00ff]{4}")
_LOST_SPACE = re.compile("(?<=[\u00e3-\u00ef]) |(?<=[\u00e3-\u00ef][\u0080-\u2122]) ")
_FEWEST_WIDE = 4
_CHINESE = re.compile(
    "[锛銆鐨鈥紝紵紱紙鏃鏄鍦娆缁瀛]"
)  # how common characters look when UTF-8 is read as GBK
_LINE = re.compile(r"[^\r\n]+")
_RUN = re.compile(r"[^\x00-\x7f]+")
_READABLE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2010-\u2027·×→←《》%℃①-⑳]")
_USUAL = re.compile("[\u00a0-\u024f\u2010-\u203a\u20ac\u2122\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_ENTITY = re.compile(r"&(?:amp;)*(?:[a-zA-Z]{2,8}[1-4]?|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});")
_MARKS = frozenset("<>&*_`#[]|\\~")


def restore_encoding(text: str) -> list[Edit]:
    """Undo wrong decoding, line by line, where the result is clearly better.

    UTF-8 read as a Western code page ("ç•™å­˜"), UTF-8 read as GBK ("鐣欏瓨锛"), and GBK ("²úÆ·") or Big5
    ("·|û") read as Latin-1. What cannot be decoded without a loss stays as it is.
    """
    edits: list[Edit] = []
    if _CHINESE.search(text):
        edits += _restore_runs(text, "gb18030", "utf-8", _CHINESE)
    if _WESTERN.search(text) or _WESTERN_GBK.search(text):
        taken = {start for start, _, _ in edits}
        for line in _LINE.finditer(text):
            if line.start() not in taken:
                edits += _restore_western(line.group(), line.start())
    return order_edits(edits)


def _restore_western(line: str, offset: int) -> list[Edit]:
    is_utf8, is_national = _WESTERN.search(line), _WESTERN_GBK.search(line)
    if is_utf8 and (fixed := _fix(line) or _fix(_LOST_SPACE.sub("\u00a0", line))):
        return [(offset, offset + len(line), fixed)]
    if is_national and (edits := list(_restore_runs(line, "latin-1", "gb18030", _WESTERN_GBK))):
        return [(offset + start, offset + end, fixed) for start, end, fixed in edits]
    fixed = (_read_big5(line) if is_national else "") or (_fix(line, parts=True) if is_utf8 else "")
    return [(offset, offset + len(line), fixed)] if fixed else []


def _fix(line: str, *, parts: bool = False) -> str:
    """Return a line of UTF-8 that was read as a Western code page, as a whole or in parts; "" if it is none."""
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import badness

    config = TextFixerConfig(replace_lossy_sequences=False, decode_inconsistent_utf8=parts, explain=False)
    fixed = fix_encoding(line, config)
    usual = not parts or all(map(_USUAL.match, set(fixed) - set(line)))
    return fixed if usual and "\ufffd" not in fixed and badness(fixed) < badness(line) else ""


def _read_big5(line: str) -> str:
    """Return a line of Big5 that was read as Latin-1, if it has common characters only; "" if it is none."""
    try:
        raw = line.encode("latin-1")
        fixed = raw.decode("big5")
    except UnicodeError:
        return ""
    wide = [character for character in fixed if character > "\x7f"]
    common = all(b"\xa1" <= character.encode("big5") < b"\xc7" for character in wide)
    return fixed if len(wide) >= _FEWEST_WIDE and common and all(map(_READABLE.match, wide)) else ""


def _restore_runs(text: str, wrong: str, right: str, suspect: re.Pattern[str]) -> Iterator[Edit]:
    for line in _LINE.finditer(text):
        if not suspect.search(line.group()):
            continue
        for run in _RUN.finditer(line.group()):
            try:
                fixed = run.group().encode(wrong).decode(right)
            except UnicodeError:
                continue
            if len(fixed) > 1 and all(map(_READABLE.match, fixed)):
                yield line.start() + run.start(), line.start() + run.end(), fixed


def decode_entities(text: str, *, markup: str) -> list[Edit]:
    """Write entities as the characters they stand for; in Markdown, marks that are escaped so stay escaped."""
    if "&" not in text:
        return []
    edits: list[Edit] = []
    for match in _ENTITY.finditer(text):
        entity = match.group().replace("amp;", "") if match.group() != "&amp;" else "&amp;"
        character = unescape("&amp;" if entity == "&" else entity)
        known = len(character) <= 2 and character != entity and character.isprintable() | character.isspace()
        if known and not (markup == "markdown" and _MARKS.intersection(character)):
            edits.append((match.start(), match.end(), " " if character.isspace() else character))
    return edits
