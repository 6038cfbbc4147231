"""Read through what splits a figure without parting it, and letters in the place of digits.

A person sees one figure in `7**3**%`, `7️⃣3️⃣%`, `48’611` and `7O%`; so must the ledger, or each part would pass by
itself wherever some source has that digit.
"""

import re
from collections import Counter

_NUM = r"\d零〇一二两三四五六七八九十百千万亿"
_UNIT = (
    r"\s?(?:[%％‰倍成折元万亿]|个?百分点|个点|(?:pps?|bps?|pct|per ?cent|percentage|points?|times|fold|[xkKwWmMbB]|mn|bn|"
    r"million|billion|thousand)\b)"
)
_EMPHASIS = r"\*{2,3}|__|~~|`+"
#: Marks that are drawn over or around a character, and spaces too narrow to part two words.
_DRAWN = "\u0300-\u036f\u20d0-\u20f0\ufe0f\u2006-\u200d\u202f\u2060"
#: What stands between two parts of one figure, or between a figure and its unit.
_SPLIT = re.compile(
    rf"(?<=[{_NUM}])(?:{_EMPHASIS}|[{_DRAWN}])+(?=[{_NUM}.,]|{_UNIT})"
    rf"|(?<=[{_NUM}])\*(?=[{_NUM}.,]+\*|{_UNIT})|(?<=[{_NUM}])_(?={_UNIT})"
    r"|(?<=\d)[\u00a0'’_](?=\d{3}(?!\d))|(?<=\d)\\(?=[.,]\d)"
)
#: Digits with letters among them that look like digits; without a unit such a word may be a name, as O2O is.
_ALIKE = str.maketrans("OoОоlIЗз", "00001133")
_MIXED = re.compile(
    r"(?<![^\W_])(?=[\d.,]*[OoОоlIЗз])(?:(?=\S*\d)[\dOoОоlIЗз]+(?:[.,][\dOoОоlIЗз]+)*(?=\s?[%％‰])"
    r"|[OoОо]\.\d+(?!\w|\.\d)|\d{1,3}(?:,[\dOoОоlIЗз]{3})+(?!\w))"
)


def read_alike(text: str) -> str:
    """Return a text with the letters that stand for digits as digits, each in its place.

    >>> read_alike("7O%, O.73, 48,6ll and l3 %, not O2O or 3l")
    '70%, 0.73, 48,611 and 13 %, not O2O or 3l'
    """
    return _MIXED.sub(lambda m: m[0].translate(_ALIKE), text)


def unite(text: str) -> tuple[str, list[int]]:
    """Return a text whose figures are in one piece, and for each of its characters the place in the text given.

    >>> unite("7**3**%")[0], unite("**41.2** %")[0], unite("3 * 4, 日活 **7**")[0]
    ('73%', '**41.2 %', '3 * 4, 日活 **7**')
    """
    kept: list[str] = []
    places: list[int] = []
    done = 0
    for split in _SPLIT.finditer(text):
        kept.append(text[done : split.start()])
        places.extend(range(done, split.start()))
        done = split.end()
    return "".join([*kept, text[done:]]), [*places, *range(done, len(text))]


def unpaired(text: str) -> str:
    """Return the marks of emphasis that a figure has without their other half, which stands beside it.

    >>> unpaired("41.2**%"), unpaired("7**3**%")
    ('**', '')
    """
    counted = Counter(re.findall(rf"{_EMPHASIS}|\*", text))
    return "".join(mark for mark, times in counted.items() if times % 2)
