"""Cleaning of text before it is stored: what is stored is cited, so it must read well and lose nothing."""

import re
from unicodedata import category, normalize

from knowledge.language import HAN

_LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls, save tab and newline
    "\u00ad\u061c\u180e\u200b\u200c\u200e\u200f"  # zero width and direction marks
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"  # noncharacters, lone surrogates
    "\U000e0000-\U000e01ef]"  # tags and supplementary variation selectors: invisible text can hide in them
)
_JOINER = re.compile("(.?)\u200d(?=(.?))", re.DOTALL)
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PINYIN = re.compile(rf"(?<=[{HAN}])[(（](?=[a-züɡê]{{0,5}}[{_TONED}])[a-züɡê{_TONED}]{{1,6}}[)）]")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){3,}")


def clean(text: str) -> str:
    """Make text fit to be stored and cited.

    Normalises to NFC with newlines as line breaks and ordinary spaces for no-break ones; drops characters
    that cannot be seen (controls, zero-width and bidirectional marks, tags, lone surrogates, noncharacters);
    removes pronunciations that copy protection put in brackets after Chinese characters.

    >>> clean("產(chǎn)品運(yùn)營(yíng)(CRM)")
    '產品運營(CRM)'
    """
    text = _LINE_BREAKS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _JOINER.sub(_keep_emoji_joiner, text)
    text = normalize("NFC", text).replace("\u00a0", " ").replace("\u202f", " ")
    return _BLANK_LINES.sub("\n\n\n", strip_pronunciations(text))


def strip_pronunciations(text: str) -> str:
    """Remove pinyin in brackets directly after a Chinese character.

    Only one lower-case syllable with a tone mark counts, so "统(CRM)", "期(日/周)" and "用户(users)" stay.
    """
    return _PINYIN.sub("", text)


def _keep_emoji_joiner(match: re.Match[str]) -> str:
    before, after = match.groups()
    emoji = all(c and category(c) in ("So", "Sk", "Mn") for c in (before, after))
    return before + "\u200d" if emoji else before
