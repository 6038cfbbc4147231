"""Where a draft that is still coming may be cut, so that each part is checked as a whole, and what never gets in."""

import re
from html import unescape
from unicodedata import category, decimal, normalize

from assistant.quotations import STAND_IN

#: A list item or quotation is checked as a whole: its markers stand at its end.
_WHOLE_LINE = re.compile(r"\s*(?:[-*+>]|\d+[.)、])\s")
#: Where a text may be cut for checking: after a full stop or a line end, and the markers and quotation marks behind it.
_SENTENCE_END = re.compile(
    r"(?:[。！？?]|!(?!\[)|\.(?=\s)|\n)(?:[”\"'）)」*]|[ \t]*[\[【［]E?\d+(?:\s*[,，、;；]\s*E?\d+)*[\]】］])*\s*"
)
#: The beginning of what may become a marker, which belongs to the sentence before it.
_MARKER_BEGUN = re.compile(r"[\[【［][E\d\s,，、;；]*")
#: Longest stretch that is held back to be checked as a whole.
LONGEST_STRETCH = 2_000
#: Characters that cannot be seen, or turn round what stands beside them: none belongs in an answer.
_UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0e\U000e0000-\U000e0fff]"
)
#: Character references; those of the characters of Markdown and HTML itself stay as they are.
_REFERENCE = re.compile(r"&(?!amp;|lt;|gt;|quot;)(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)
#: Raised, lowered and circled digits that stand for a figure: several in a row, or one with a unit; and fractions.
_RAISED = "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289\U0001f101-\U0001f10c"
_MASKED = re.compile(
    rf"(?<=\d)[²³¹⁰⁴-⁹]+|[{_RAISED}](?:[{_RAISED}.,·]*[{_RAISED}])+|[{_RAISED}](?=\s*[%％‰倍成折万亿])|[\u00bc-\u00be\u2150-\u215e]"
    r"|[\u2160-\u217f]+(?=\s*[%％‰倍成折万亿])"
)
_OTHER_DIGITS = re.compile(r"[^\W\x00-\x7f\uff10-\uff19]")


def clean_piece(piece: str) -> str:
    """Return a piece of a draft without what cannot be seen, and with digits of other scripts as plain ones."""
    text = piece.encode("utf-8", "ignore").decode("utf-8")  # half surrogates break every door
    text = _UNSEEN.sub("", STAND_IN.sub("", text))
    return _OTHER_DIGITS.sub(lambda m: str(decimal(m[0])) if category(m[0]) == "Nd" else m[0], text)


def unmask(sentence: str) -> str:
    """Return a sentence with figures that were written to be overlooked as plain ones.

    >>> unmask("&#57;&#55;%, ⑨⑦ %, ¹²% and ½, not m² and ① first")
    '97%, 97 %, 12% and 1/2, not m² and ① first'
    """
    text = _UNSEEN.sub("", _REFERENCE.sub(lambda m: unescape(m[0]), sentence))
    return _MASKED.sub(_plain, text)


def _plain(masked: re.Match[str]) -> str:
    figure = "".join(_digit_of(character) for character in masked[0])
    behind_digit = masked.start() and masked.string[masked.start() - 1].isdigit()
    return f" {figure}" if "/" in figure and behind_digit else figure


def _digit_of(character: str) -> str:
    """Return what a character stands for, without the dot, comma or brackets that some have around their digit."""
    plain = normalize("NFKC", character).replace("\u2044", "/")
    return plain.strip("().,") if category(character) == "No" else plain


def find_cut(buffer: str, examined: int) -> tuple[int | None, int]:
    """Find where a draft may be cut.

    Args:
        buffer: What has come and is not yet checked.
        examined: How much of it was looked through before.

    Returns:
        Where to cut, None where more must come first, and how much was looked through.
    """
    stretch = buffer[:LONGEST_STRETCH]
    for match in _SENTENCE_END.finditer(stretch, examined):
        if match.end() == len(stretch) or _MARKER_BEGUN.fullmatch(stretch, match.end()):
            break  # more of the sentence may follow
        if _may_cut(stretch[: match.end()]):
            return match.end(), 0
        examined = match.end()
    return (LONGEST_STRETCH if len(buffer) > LONGEST_STRETCH else None), examined


def _may_cut(text: str) -> bool:
    """Tell whether `text` ends a line, or a sentence outside a list item with no quotation, link or tag open."""
    if text.endswith("\n"):
        return True
    line = text.rsplit("\n", 1)[-1]
    if _WHOLE_LINE.match(line) or line.count("“") > line.count("”"):
        return False
    return (
        line.count("[") <= line.count("]")
        and line.count("(") <= line.count(")")
        and line.count("<") <= line.count(">")
    )
