"""Words that say whether a figure rose or fell, and whether they agree with its sign."""

import re

_UP = (
    r"\b(?:rose|ris(?:e|es|en|ing)|up(?!\s+to\b)|increas(?:e|es|ed|ing)|gr(?:ew|ow|own|owth)|gain(?:s|ed)?|higher|improv(?:ed|es)|climbed)\b"
    r"|上升|增长|提升|提高|上涨|增加|上扬|涨|升(?!级)"
)
_DOWN = (
    r"\b(?:f[ae]ll(?:s|en|ing)?|down|drop(?:s|ped)?|decreas(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|lower(?:ed)?|slipped|shrank)\b"
    r"|下降|下滑|下跌|减少|降低|跌|掉|降"
)
_WORD = re.compile(f"(?P<up>{_UP})|(?P<down>{_DOWN})", re.IGNORECASE)
_BREAK = re.compile(r"[，。,;；：:（）()|\n]|\d")
_REACH = 20
#: What may stand between a direction word and the change it states.
_CLOSE = re.compile(r"(?:\s|by|about|around|roughly|some|a|了|约|近|\*)*", re.IGNORECASE)


def find_direction(text: str, start: int, end: int) -> int:
    """Return 1 where the words beside `text[start:end]` say up, -1 where they say down, 0 where none does."""
    before = _BREAK.split(text[max(0, start - _REACH) : start])[-1]
    after = _BREAK.split(text[end : end + _REACH])[0]
    found = list(_WORD.finditer(before))[-1:] or list(_WORD.finditer(after))[:1]
    return (1 if found[0]["up"] else -1) if found else 0


def states_change(text: str, start: int) -> bool:
    """Tell whether a direction word stands right before `start`: "fell 5 %" is a change, "fell to 5 %" is not."""
    before = text[max(0, start - _REACH) : start]
    found = list(_WORD.finditer(before))
    return bool(found and _CLOSE.fullmatch(before, found[-1].end()))
