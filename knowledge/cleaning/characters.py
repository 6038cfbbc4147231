"""Characters: line breaks, what cannot be seen, composed forms, spaces and full-width letters and digits."""

import re
from collections.abc import Iterator
from unicodedata import category, combining, is_normalized, normalize

from knowledge.cleaning.edits import Edit, apply_edits
from knowledge.cleaning.pronunciations import remove_pronunciations
from knowledge.language import HAN

_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls, save tab and newline
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"  # zero width, directions
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"  # noncharacters, lone surrogates
    "\U000e0000-\U000e01ef]+"  # tags and supplementary variation selectors: invisible text can hide in them
)
_JOINER = re.compile("\u200d+")
_SPACE = re.compile("(?m:^\u3000+)|[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff05\uff04\uff20\uff0b\uff1d]+")
_WIDE_SEPARATOR = re.compile(
    "(?<=[\uff10-\uff19])(?:[\uff0e\uff0c\uff1a](?=[\uff10-\uff19])|\uff0c(?=[\uff10-\uff19]{3}))"
    "|(?<=[\uff21-\uff3a\uff41-\uff5a])[\uff0d-\uff0f\uff3f](?=[\uff21-\uff3a\uff41-\uff5a\uff10-\uff19])"
)
_SPREAD = re.compile(rf"(?<![{HAN}])[{HAN}](?: [{HAN}，。、；：！？]){{5,}}(?![{HAN}])")
_COUNTED = frozenset(" 一二三四五六七八九十日，。、；：！？")
_FEWEST_SPREAD = 4
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){3,}")
_LINE = re.compile("[^\n]+")


def clean(text: str) -> str:
    """Make a title, a question or any other short text fit to be stored and cited.

    NFC, newlines as line breaks, ordinary spaces, letters and digits for no-break, ideographic and full-width
    ones; what cannot be seen (controls, zero-width and bidirectional marks, tags, lone surrogates,
    noncharacters) is dropped, and so are the pronunciations that copy protection puts in brackets.

    >>> clean("產(chǎn)品運(yùn)營(yíng)(CRM) Ｄ１")
    '產品運營(CRM) D1'
    """
    for step in (*CHARACTER_STEPS, shorten_gaps):
        text = apply_edits(text, step(text))
    return text


def break_lines(text: str) -> list[Edit]:
    """Write every kind of line break as a newline."""
    return [(match.start(), match.end(), "\n") for match in _LINE_BREAK.finditer(text)]


def drop_invisible(text: str) -> list[Edit]:
    """Drop characters that cannot be seen; the joiner stays between the parts of an emoji."""
    return [(match.start(), match.end(), "") for match in _INVISIBLE.finditer(text)]


def drop_joiners(text: str) -> list[Edit]:
    """Drop zero-width joiners, but for a single one between the parts of an emoji."""
    return [
        (match.start(), match.end(), "")
        for match in _JOINER.finditer(text)
        if len(match.group()) > 1 or not _joins_emoji(text, match.start(), match.end())
    ]


def _joins_emoji(text: str, start: int, end: int) -> bool:
    around = text[max(start - 1, 0) : start], text[end : end + 1]
    return all(character and category(character) in ("So", "Sk", "Mn") for character in around)


def compose(text: str) -> list[Edit]:
    """Compose letters and their accents (NFC)."""
    if is_normalized("NFC", text):
        return []
    edits: list[Edit] = []
    for line in _LINE.finditer(text):
        if not is_normalized("NFC", line.group()):
            edits += _compose_line(line.group(), line.start())
    return edits


def _compose_line(line: str, offset: int) -> list[Edit]:
    clusters = list(_cut_clusters(line))
    composed = [normalize("NFC", cluster) for cluster in clusters]
    if "".join(composed) != normalize("NFC", line):
        return [(offset, offset + len(line), normalize("NFC", line))]
    edits: list[Edit] = []
    for cluster, replacement in zip(clusters, composed, strict=True):
        if cluster != replacement:
            edits.append((offset, offset + len(cluster), replacement))
        offset += len(cluster)
    return edits


def _cut_clusters(line: str) -> Iterator[str]:
    """Cut a line where normalisation cannot reach across."""
    start = 0
    for position in range(1, len(line)):
        character = line[position]
        if combining(character):
            continue
        if character < "\u0300" or normalize("NFC", line[position - 1] + character)[-1:] == character:
            yield line[start:position]
            start = position
    yield line[start:]


def unify_spaces(text: str) -> list[Edit]:
    """Write no-break, typographic and ideographic spaces as ordinary ones; drop ideographic indentation."""
    return [
        (
            match.start(),
            match.end(),
            "" if match.group()[0] == "\u3000" and _starts_line(text, match) else " ",
        )
        for match in _SPACE.finditer(text)
    ]


def _starts_line(text: str, match: re.Match[str]) -> bool:
    return match.start() == 0 or text[match.start() - 1] == "\n"


def narrow(text: str) -> list[Edit]:
    """Write full-width letters, digits and the signs among digits in ordinary width.

    >>> apply_edits("Ｄ１留存，３．５％！", narrow("Ｄ１留存，３．５％！"))
    'D1留存，3.5%！'
    """
    matches = [*_WIDE.finditer(text), *_WIDE_SEPARATOR.finditer(text)]
    return sorted((m.start(), m.end(), normalize("NFKC", m.group())) for m in matches)


def close_spread(text: str) -> list[Edit]:
    """Close the blanks of Chinese that has one after every character, as text recognition leaves it.

    >>> apply_edits("产 品 经 理 的 职 责", close_spread("产 品 经 理 的 职 责"))
    '产品经理的职责'
    """
    edits: list[Edit] = []
    for run in _SPREAD.finditer(text):
        if len(set(run.group()) - _COUNTED) > _FEWEST_SPREAD:
            edits += [
                (run.start() + n, run.start() + n + 1, "") for n, c in enumerate(run.group()) if c == " "
            ]
    return edits


def shorten_gaps(text: str) -> list[Edit]:
    """Leave at most two empty lines in a row."""
    return [(match.start(), match.end(), "\n\n\n") for match in _BLANK_LINES.finditer(text)]


INVISIBLE_STEPS = (break_lines, drop_invisible, drop_joiners)
VISIBLE_STEPS = (compose, remove_pronunciations, unify_spaces, narrow)
CHARACTER_STEPS = INVISIBLE_STEPS + VISIBLE_STEPS
