"""Kano's classes of demands, from pairs of answers (Kano et al. 1984; the tables of Berger et al. 1993).

Each respondent says how they would feel if a demand were met (functional) and if it were not (dysfunctional). A pair is of
one class by the evaluation table; a demand is of the class with most respondents, of equal ones the first of M, O, A, I.
Better = (A + O) / (A + O + M + I) and worse = -(O + M) / (A + O + M + I). Fong's test (1996) says whether the two
commonest classes differ by more than chance: |a - b| >= 1.65 * sqrt((a + b)(2n - a - b) / 2n).
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tools.intervals import wilson_interval
from tools.results import Text

Answer = Literal["like", "must", "neutral", "live", "dislike"]
Kind = Literal["M", "O", "A", "I", "R", "Q"]
ANSWERS: tuple[Answer, ...] = ("like", "must", "neutral", "live", "dislike")
ORDER: tuple[Kind, ...] = ("M", "O", "A", "I", "R", "Q")
KIND_TEXT: Mapping[Kind, Text] = {
    "M": Text("必备", "must-be"),
    "O": Text("期望", "one-dimensional"),
    "A": Text("魅力", "attractive"),
    "I": Text("无差异", "indifferent"),
    "R": Text("反向", "reverse"),
    "Q": Text("可疑", "questionable"),
}
_TABLE: Mapping[Answer, str] = {
    "like": "QAAAO",
    "must": "RIIIM",
    "neutral": "RIIIM",
    "live": "RIIIM",
    "dislike": "RRRRQ",
}
_FONG = 1.65
_DRAWS, _SEED = 2_000, 19_840_417
#: What people are asked to tick, the narrower words first: 不喜欢 before 喜欢, 不能接受 before 能接受.
_WORDINGS: tuple[tuple[Answer, re.Pattern[str]], ...] = (
    ("dislike", re.compile(r"dislike|(?:do not|don't|dont) like|hate|major problem|不喜欢|讨厌|反感|不满意|(?:不能|无法|不可以|难以)(?:接受|忍受|容忍)")),
    ("live", re.compile(r"live with|tolerat|put up with|minor inconvenience|勉强|(?:能|可以|可|还能)(?:接受|忍受|容忍)|凑合|忍受")),
    ("neutral", re.compile(r"neutral|indifferent|(?:do not|don't|dont) (?:care|mind)|no opinion|not affect|无所谓|不在乎|没(?:有)?(?:感觉|影响)|中立|一般")),
    ("must", re.compile(r"expect|must|basic requirement|should be|理应|理所当然|应该|应当|必须|必需|必要|本该|当然")),
    ("like", re.compile(r"\blike|enjoy|love|delight|helpful|喜欢|满意|愉快|开心|高兴")),
)  # fmt: skip


@dataclass(frozen=True)
class KanoClass:
    """The class of one demand.

    Attributes:
        counts: respondents by class.
        kind: the commonest class.
        ambiguous: whether Fong's test cannot tell the two commonest classes apart.
        second: the second commonest class; None where there is none.
        better, worse: what meeting it adds to satisfaction, what not meeting it takes; None where every answer is
            reverse or questionable.
        better_interval, worse_interval: Wilson's, at 95 %.
        stays: share of resamplings of the respondents in which the class is the same.
    """

    counts: Mapping[Kind, int]
    kind: Kind
    ambiguous: bool
    second: Kind | None
    better: float | None
    worse: float | None
    better_interval: tuple[float, float] | None
    worse_interval: tuple[float, float] | None
    stays: float

    @property
    def n(self) -> int:
        """Respondents."""
        return sum(self.counts.values())


def read_answer(cell: str, codes: Literal["like_is_1", "like_is_5"] | None = None) -> Answer | None:
    """Read an answer in Chinese or English words, or a number where it is known what that means.

    >>> [read_answer(a) for a in ("我很喜欢", "理应如此", "无所谓", "勉强接受", "很不喜欢")]
    ['like', 'must', 'neutral', 'live', 'dislike']
    >>> [read_answer(a) for a in ("I like it that way", "I expect it", "I am neutral", "I can live with it", "I dislike it")]
    ['like', 'must', 'neutral', 'live', 'dislike']
    >>> read_answer("1"), read_answer("1", "like_is_1"), read_answer("1", "like_is_5")
    (None, 'like', 'dislike')
    """
    text = unicodedata.normalize("NFKC", cell).strip().casefold().replace("’", "'")
    if re.fullmatch(r"[1-5](?:\.0+)?", text):
        place = int(text[0]) - 1
        return None if codes is None else ANSWERS[place if codes == "like_is_1" else -1 - place]
    return next((answer for answer, words in _WORDINGS if words.search(text)), None)


def evaluate(functional: Answer, dysfunctional: Answer) -> Kind:
    """Look a pair of answers up in the evaluation table.

    >>> evaluate("like", "dislike"), evaluate("like", "live"), evaluate("neutral", "dislike"), evaluate("like", "like")
    ('O', 'A', 'M', 'Q')
    """
    kind = _TABLE[functional][ANSWERS.index(dysfunctional)]
    return next(k for k in ORDER if k == kind)


def classify(counts: Mapping[Kind, int]) -> KanoClass:
    """Class a demand by how many respondents put it into each class; there is one respondent at least."""
    sizes = {k: int(counts.get(k, 0)) for k in ORDER}
    ranked = sorted(ORDER, key=lambda k: (-sizes[k], ORDER.index(k)))
    first, second = ranked[0], ranked[1]
    positive, negative = sizes["A"] + sizes["O"], sizes["O"] + sizes["M"]
    sound = positive + sizes["M"] + sizes["I"]
    below = wilson_interval(negative, sound)
    return KanoClass(
        sizes,
        first,
        not is_clear(sizes[first], sizes[second], sum(sizes.values())),
        second if sizes[second] else None,
        positive / sound if sound else None,
        -negative / sound if sound else None,
        wilson_interval(positive, sound),
        None if below is None else (-below[1], -below[0]),
        _share_of_draws([sizes[k] for k in ORDER], ORDER.index(first)),
    )


def is_clear(most: int, next_most: int, n: int) -> bool:
    """Tell by Fong's test whether two classes differ; of no respondents, or equal ones, never.

    >>> is_clear(60, 40, 100), is_clear(55, 45, 100)
    (True, False)
    """
    both = most + next_most
    return most > next_most and most - next_most >= _FONG * math.sqrt(both * (2 * n - both) / (2 * n))


def _share_of_draws(sizes: Sequence[int], place: int) -> float:
    """Draw the respondents again, with replacement, and see how often the class is the same."""
    import numpy as np

    total = sum(sizes)
    drawn = np.random.default_rng(_SEED).multinomial(total, np.array(sizes) / total, _DRAWS)
    return float((drawn.argmax(axis=1) == place).mean())
