"""Characters that were torn where pages with pronunciations lost a byte.

Such pages were made in GBK, two bytes a character, and where a byte got lost the pairs shifted: what stands there
is a pronunciation of a character that nobody wrote, between question marks. The bytes of its neighbours and the
pronunciations tell which characters were meant.
"""

import re
from collections.abc import Iterable, Iterator

from knowledge.cleaning.edits import Edit, order_edits
from knowledge.cleaning.readings import SYLLABLE, has_reading
from knowledge.language import HAN, to_simplified

_SHIFTED = re.compile(rf"\?([!-~\uff01-\uff5e])([{HAN}]{{0,3}})\?({SYLLABLE})\)")
_LOST = re.compile(rf"(?<=[{HAN})])\?({SYLLABLE})\)\?(?:({SYLLABLE})\))?")
_BRACKET = re.compile(rf"\({SYLLABLE}\)\Z")
_PUNCTUATION = "、。，；：？！“”《》（）"
_WIDTH = 0xFEE0
_BYTES = range(0x81, 0xFF)


def restore_torn_characters(text: str) -> list[Edit]:
    """Put back the characters that can be told for certain; a question mark stays for one that cannot."""
    return order_edits([*_restore_shifted(text), *_restore_lost(text)])


def _restore_shifted(text: str) -> Iterator[Edit]:
    """Read "?；顒?dòng)" as "。活動": the mark's first byte is gone, the last character's went with its bracket."""
    for match in _SHIFTED.finditer(text):
        try:
            mark = match.group(1)
            wide = chr(ord(mark) + _WIDTH) if mark.isascii() else mark  # pages fold full-width forms
            tail = (wide + match.group(2)).encode("gbk")
        except UnicodeEncodeError:
            continue
        for lead in (b"\xa1", b"\xa3"):
            restored = (lead + tail[:-1]).decode("gbk", errors="replace")
            last = _choose(_row(tail[-1]), restored[-1], text[match.end() : match.end() + 1], match.group(3))
            if restored[0] in _PUNCTUATION and "\ufffd" not in restored and last:
                yield match.start(), match.end(), restored + last
                break


def _restore_lost(text: str) -> Iterator[Edit]:
    """Read "隊(duì)?wèi)?yīng)對" as "隊應對".

    The second byte of 隊 and the first of 應 were taken for 爲, which is read wèi.
    """
    for match in _LOST.finditer(text):
        before = _BRACKET.sub("", text[max(match.start() - 12, 0) : match.start()])[-1:]
        following = text[match.end() : match.end() + 1]
        try:
            byte = before.encode("gbk")[-1:]
        except UnicodeEncodeError:
            continue
        leads = [lead for lead in _BYTES if has_reading(_decode(byte + bytes([lead])), match.group(1))]
        candidates = [character for lead in leads for character in _row(lead)]
        lost = _choose(candidates, before, following, match.group(2))
        if not lost and following in _PUNCTUATION and "等" in candidates and _enumerates(text, match.start()):
            lost = "等"
        yield match.start(), match.end(), lost or "?"


def _enumerates(text: str, end: int) -> bool:
    return "、" in text[text.rfind("。", 0, end) + 1 : end]


def _row(lead: int) -> list[str]:
    return [character for trail in range(0x40, 0xFF) if (character := _decode(bytes([lead, trail])))]


def _decode(pair: bytes) -> str:
    character = pair.decode("gbk", errors="ignore")
    return character if len(character) == 1 else ""


def _choose(candidates: Iterable[str], before: str, following: str, syllable: str | None) -> str:
    """Return the one candidate with this reading; of several, the one that makes a word with a neighbour."""
    fitting = [c for c in candidates if syllable is None or has_reading(c, syllable)]
    words = [c for c in fitting if _is_word(c + following)] or [c for c in fitting if _is_word(before + c)]
    chosen = words if syllable is None else words or fitting
    return chosen[0] if len(set(map(to_simplified, chosen))) == 1 else ""


def _is_word(pair: str) -> bool:
    import rjieba

    return len(pair) == 2 and len(rjieba.cut(to_simplified(pair), hmm=False)) == 1
