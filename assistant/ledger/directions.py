"""Words that say whether a figure rose or fell, and whether they agree with its sign."""

import re

_UP = (
    r"\b(?:(?:tick|edg|inch|creep|mov|pick)(?:ed|s) up|(?:went|goes|crept|shot) up|rose|ris(?:e|es|en|ing)|up(?!\s+to\b)|uptick|increas(?:e|es|ed|ing)|gr(?:ew|ow|ows|own|owing|owth)|gain(?:s|ed)?|higher|improv(?:ed|es|ing|ement)"
    r"|climb(?:s|ed|ing)?|jump(?:s|ed)?|surg(?:e|ed|es)|soar(?:ed|s)?|add(?:ed|s)|more|above|ahead|better|advance[ds]?|recover(?:ed|s)|rebound(?:ed|s)?|lift(?:ed|s)?|rais(?:ed|es|ing)|expanded|beat|overspen[dt]\w*|overr[ua]n\w*|over (?:budget|plan|target))\b"
    r"|(?<!没有)(?<!未)上升|净增|增长|提升|提高|上涨|增加|上扬|回升|攀升|走高|抬升|反弹|增幅|涨幅|升幅|涨|升(?!级)|(?<![最较很偏提新抬走增])高(?!峰|价|频|效|级|质|端|管)|(?<![最许很更不])多(?!少|数|个|种|次|渠道|步|人)|改善|好转|变好|优化|增多|增至|扩大|超支|超额"
)
_DOWN = (
    r"\b(?:f[ae]ll(?:s|en|ing)?|down|drop(?:s|ped|ping)?|decreas(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|lower(?:ed)?|slip(?:s|ped)?|slid(?:es?)?|shrank|shrink(?:s|ing)?|shrunk"
    r"|los[est](?:s|es)?|lost|dip(?:s|ped)?|plung(?:e|ed|es)|slump(?:s|ed)?|sank|sink(?:s)?|plummet(?:s|ed)?|less|fewer|below|behind|(?<!in )short(?! (?:answer|version|term))|worse(?:ned|ning)?|deteriorat(?:ed|es|ing)|shed|contract(?:ed|s)|eased|reduc(?:ed|tion|es)|cut|weakened|tumbled|retreated|underspen[dt]\w*|under (?:budget|plan|target))\b"
    r"|下降|下滑|下跌|减少|降低|回落|走低|下挫|缩水|缩减|收窄|降幅|跌幅|减幅|滑落|下行|恶化|变差|变坏|跌|掉|降|减|(?<!至)(?<!不)少(?!数|于)|(?<![最较很偏])低(?!价|频|至|谷|于预期)|落后|损失|萎缩|不及|结余|节余"
)
#: Words of good and bad, which are up and down only where up is good.
_QUALITY = re.compile(
    r"(?P<good>\b(?:improv(?:ed|es|ing|ements?)|better)\b|改善|好转|变好|优化)"
    r"|(?P<bad>\b(?:worse(?:ned|ning|ns)?|deteriorat(?:ed|es|ing|ion))\b|恶化|变差|变坏)",
    re.IGNORECASE,
)
_WORD = re.compile(f"(?P<up>{_UP})|(?P<down>{_DOWN})", re.IGNORECASE)
_BREAK = re.compile(r"[，。,;；（）()|\n]|\d")
_REACH = 40
#: What may stand before a level that something is compared with.
_LEVEL = re.compile(
    r"(?:over|under)(?:spen|run| ).*|超.|.余|above|below|ahead|behind|short|beat|better|worse|more|less|fewer|add(?:ed|s)|高|低|多|少",
    re.I,
)
#: Beside a word of comparison: with the period before.
_THAN_BEFORE = re.compile(
    r"[比较](?:前一?[周日天月年期]|上一?个?[周月期]|此前|之前|同期)[^\d，。]{0,4}$|(?:than|from) (?:the )?(?:week|month|day|period|previous|prior|last)",
    re.IGNORECASE | re.MULTILINE,
)
_DENIED = re.compile(
    r"(?:没有?|未|不|并非|\b(?:no|not|n't|never|without|neither|nor)\b)\s*\w{0,6}\s*$", re.IGNORECASE
)
#: What may stand between a direction word and the change it states.
_CLOSE = re.compile(r"(?:\s|by|about|around|roughly|some|a|了|约|近|\*)*", re.IGNORECASE)


def orient(text: str) -> str:
    """Return a text on a metric whose fall is good, with better as lower and worse as higher, each in its place.

    >>> orient("it improved to 4 %"), orient("退款率改善")
    ('it fell     to 4 %', '退款率下降')
    """
    return _QUALITY.sub(_oriented, text)


def _oriented(match: re.Match[str]) -> str:
    latin = match[0].isascii()
    word = ("fell" if latin else "下降") if match["good"] else ("rose" if latin else "上升")
    return word.ljust(len(match[0]))


def find_direction(text: str, start: int, end: int) -> int:
    """Return 1 where the words beside `text[start:end]` say up, -1 where they say down, 0 where none does."""
    before = _BREAK.split(text[max(0, start - _REACH) : start])[-1]
    after = _BREAK.split(text[end : end + _REACH])[0]
    found = list(_WORD.finditer(before))[-1:] or list(_WORD.finditer(after))[:1]
    return (1 if found[0]["up"] else -1) if found else 0


def has_direction(text: str) -> bool:
    """Tell whether a text holds a word of direction."""
    return bool(_WORD.search(text))


def find_directions(text: str) -> set[int]:
    """Return 1 and -1 for the directions that a text speaks of, those that it denies left out."""
    return {
        1 if found["up"] else -1
        for found in _WORD.finditer(text)
        if not _DENIED.search(text[: found.start()])
    }


def find_changes(text: str) -> set[int]:
    """Return 1 and -1 for the changes in time that a text speaks of; "higher than" is none, unless than before."""
    found = set()
    for match in _WORD.finditer(text):
        told = not _LEVEL.fullmatch(match.group()) or _THAN_BEFORE.search(
            text[max(0, match.start() - 12) : match.end() + 24]
        )
        if told and not _DENIED.search(text[: match.start()]):
            found.add(1 if match["up"] else -1)
    return found


def states_change(text: str, start: int) -> bool:
    """Tell whether a direction word stands right before `start`: "fell 5 %" is a change, "fell to 5 %" is not."""
    before = text[max(0, start - _REACH) : start]
    found = list(_WORD.finditer(before))
    if not found or _LEVEL.fullmatch(found[-1].group()):
        return False
    return bool(_CLOSE.fullmatch(before, found[-1].end()))
