"""What a question ranks by and how far: the top three, the worst channel, 前三名, 最低的."""

import re
from dataclasses import dataclass

from assistant.analyst.counts import ENGLISH_COUNTS, read_count

_N = r"(?:\d+|[一二两三四五六七八九十]+)"
_N_EN = rf"(?:\d+|{'|'.join(ENGLISH_COUNTS)})"
_HIGH = re.compile(
    rf"(?:前|头部?|top\s*)(?P<zh>{_N})\s*(?:名|个(?!月|星期|小时|季)|位|大|家)|最[高多大](?!的?时间)(?:的?(?P<zh2>{_N})\s*[名个位大家])?"
    rf"|\btop\s+(?P<en>{_N_EN})\b(?!\s*%)|\b(?P<en2>{_N_EN})\s+(?:highest|biggest|largest)\b|\b(?:highest|most|biggest|largest)\b",
    re.IGNORECASE,
)
_LOW = re.compile(
    rf"(?:(?<!最|之|以)后|末尾?|倒数)(?P<zh>{_N})\s*(?:名|个(?!月|星期|小时|季)|位|家)|最[低少小](?:的?(?P<zh2>{_N})\s*[名个位家])?|倒数"
    rf"|\bbottom\s+(?P<en>{_N_EN})\b|\b(?P<en2>{_N_EN})\s+(?:lowest|smallest)\b|\b(?:lowest|least|fewest|smallest)\b",
    re.IGNORECASE,
)
_BEST = re.compile(
    rf"(?<!没)(?:最[好佳优强]|表现最好)(?:的?(?P<zh>{_N})\s*[名个位家])?|\b(?:(?P<en>{_N_EN})\s+)?best\b(?:\s+(?P<en2>{_N_EN})\b)?",
    re.IGNORECASE,
)
_WORST = re.compile(
    rf"最[差坏弱糟](?:的?(?P<zh>{_N})\s*[名个位家])?|\b(?:(?P<en>{_N_EN})\s+)?(?:worst|weakest|poorest)\b(?:\s+(?P<en2>{_N_EN})\b)?",
    re.IGNORECASE,
)
#: How many are asked for, apart from the word that ranks them.
_ASKED = re.compile(
    rf"哪(?P<zh>{_N})\s*[名个位大家]|\b(?:which|what)\s+(?P<en>{_N_EN})(?=\s+[a-z])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the parts of a figure are put in order.

    Attributes:
        by: high or low for the value itself; best or worst for what is good for the metric.
        most: How many of them are asked for; None for the first and the others after it.
        words: The words of the question that say so, together or apart.
    """

    by: str
    most: int | None
    words: tuple[str, ...]

    def is_rising(self, good: str) -> bool:
        """Tell whether the smallest value comes first, of a metric that is good when it goes `good`, up or down."""
        return self.by == "low" or (self.by == ("worst" if good == "up" else "best"))


def read_ranking(text: str) -> Ranking | None:
    """Return how a question (Simplified) ranks, None where it does not.

    >>> read_ranking("top 3 channels"), read_ranking("哪个渠道最差")
    (Ranking(by='high', most=3, words=('top 3',)), Ranking(by='worst', most=None, words=('最差',)))
    >>> read_ranking("哪两个渠道新增最多").most, read_ranking("Which 3 channels brought the most users").most
    (2, 3)
    """
    found = [
        (match, by)
        for by, pattern in (("high", _HIGH), ("low", _LOW), ("best", _BEST), ("worst", _WORST))
        if (match := pattern.search(text))
    ]
    if not found:
        return None
    match, by = min(found, key=lambda pair: pair[0].start())
    said = [m for m in (match, _ASKED.search(text)) if m]
    count = next((n for m in said for n in m.groupdict().values() if n), None)
    return Ranking(by, read_count(count) if count else None, tuple(m.group() for m in said))
