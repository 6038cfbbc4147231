"""Pronunciations that copy protection puts in brackets after Chinese characters."""

import re

from knowledge.cleaning.edits import Edit
from knowledge.language import HAN

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PINYIN = re.compile(rf"(?<=[{HAN}])[(（](?=[a-züɡê]{{0,5}}[{_TONED}])[a-züɡê{_TONED}]{{1,6}}[)）]")


def remove_pronunciations(text: str) -> list[Edit]:
    """Remove pinyin in brackets directly after a Chinese character.

    Only one lower-case syllable with a tone mark counts, so "统(CRM)", "期(日/周)" and "用户(users)" stay.
    """
    return [(match.start(), match.end(), "") for match in _PINYIN.finditer(text)]
