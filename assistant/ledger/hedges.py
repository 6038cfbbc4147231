"""Words that bound or round the figure that they stand beside: over, nearly, about."""

import re

_OVER = re.compile(
    r"(?:超过|超出|超|高于|多于|大于|逾|至少|不低于|突破|站上|过|\b(?:over|above|more than|at least|exceed(?:s|ed|ing)?|upwards of|cross(?:es|ed)|pass(?:es|ed)|past|topp?(?:s|ed)|surpass(?:es|ed)))\s*(?:了)?\s*\**$",
    re.I,
)
_UNDER = re.compile(
    r"(?:不到|不足|低于|少于|小于|接近|将近|逼近|近|至多|不超过|[未没][能有]?[破到达]|还差一点到|\b(?:under|below|less than|fewer than|nearly|almost|close to|at most|just shy of|up to))\s*\**$",
    re.I,
)
_ABOUT = re.compile(
    r"(?:大约|约为|约|大概|差不多|\b(?:about|around|roughly|approximately|some|circa|approx\.?)|[~～≈])\s*\**$",
    re.I,
)
_OVER_BEHIND = re.compile(
    r"\s?[个人元单笔次条名位篇]?(?:以上|多(?![于少了出])|余(?!额)|有余|\+(?!\d)|出头|\bor more\b|\bplus\b)",
    re.I,
)
_ABOUT_BEHIND = re.compile(r"\s?(?:个?人|元|单|笔|个百分点)?(?:左右|上下|\bor so\b)", re.I)
_LOOK = 16


def find_hedge(text: str, start: int, end: int) -> str:
    """Return "over", "under" or "about" by the words beside `text[start:end]`; empty where they say nothing."""
    before = text[max(0, start - _LOOK) : start]
    for hedge, front, back in (
        ("over", _OVER, _OVER_BEHIND),
        ("about", _ABOUT, _ABOUT_BEHIND),
        ("under", _UNDER, None),
    ):
        if front.search(before) or (back and back.match(text, end)):
            return hedge
    return ""
