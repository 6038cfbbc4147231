"""What users say about each demand: the themes of feedback that are near its title in meaning.

Praise asks for nothing and is left out. On the labelled feedback of the sample company 93 to 95 in 100 texts that are
joined are about the demand, and 62 to 81 in 100 of those about it are joined (`tests/evals/demand_voices.py`).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tools.definitions import ToolArguments
from tools.errors import MetricError
from tools.feedback.encoder import encode
from tools.feedback.reading import Feedback, read_feedback
from tools.feedback.themes import Themes, centre, find_themes, language_means, unit_rows
from tools.feedback.words import clean, detect_language
from tools.periods import EPOCH, Period
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from tools.demands.listing import Demands

NEAR = 0.3
"""Cosine from which a theme counts as being about a demand."""
LOOK_BACK = 90
"""Days before the period whose texts help to find the themes; only those of the period are counted."""
MOST_JOINED = 500
"""Demands of a longer list are not joined: each title takes a hundredth of a second to read."""
_FAR, _LARGE, _MOST_UNHEARD = 0.2, 0.03, 3


@dataclass(frozen=True)
class Voices:
    """What feedback says about demands.

    Attributes:
        texts, negative: of each demand, how many texts and negative ones its themes have.
        themes: of each, the nearest theme; None where there is none.
        unheard: themes that complain and that every demand is far from, with their texts, the largest first.
        total: texts of the period that are no praise.
        warnings: what was not read.
    """

    texts: tuple[int, ...]
    negative: tuple[int, ...]
    themes: tuple[Text | None, ...]
    unheard: tuple[tuple[Text, int], ...]
    total: int
    warnings: tuple[Text, ...]


def hear(scope: Scope, arguments: ToolArguments, demands: "Demands") -> Voices | Text | None:
    """Join demands with the themes of the period's feedback, or say why that cannot be done; None if there is no feedback."""
    feedback_sources = [name for name, source in scope.semantics.sources.items() if source.text is not None]
    if not feedback_sources or scope.open_source is None:
        return None
    if len(demands.ids) > MOST_JOINED:
        return Text(
            f"需求超过 {MOST_JOINED} 条，未关联用户反馈；可用 where 缩小清单。",
            f"More than {MOST_JOINED} demands are not joined with feedback; keep fewer with where.",
        )
    try:
        heard = replace(scope, source=scope.open_source(feedback_sources[0]))
        heard.cover(arguments.dates)
        covered = heard.source.coverage.clip(arguments.dates)
        start = max(covered.start - timedelta(days=LOOK_BACK), heard.source.coverage.start)
        feedback = read_feedback(heard, Period(start, covered.end), arguments.filters)
    except MetricError as error:
        return Text(f"未关联用户反馈：{error.zh}", f"Feedback is not joined: {error.en}")
    rows = feedback.rows
    asking = Feedback(rows[rows["sentiment"] != "positive"].reset_index(drop=True), feedback.left_out)
    voices = match(asking, demands, covered.start, heard.source.definition.min_group)
    if not scope.segments:
        return voices
    whole = Text("用户反馈不按人群筛选。", "Feedback is of everybody, whatever the segment.")
    return replace(voices, warnings=(*voices.warnings, whole))


def match(feedback: Feedback, demands: "Demands", since: date, least: int) -> Voices:
    """Count the texts, from a day on, of the themes near each demand; themes of fewer than `least` people are left out."""
    import numpy as np

    rows = feedback.rows
    is_now = (rows["day"] >= (since - EPOCH).days).to_numpy()
    themes = find_themes(feedback.vectors, rows["text"].tolist(), rows["language"].tolist())
    own = [rows[is_now & (themes.labels == k)] for k in range(len(themes.names))]
    large = [k for k, texts in enumerate(own) if len(texts) and _is_shown(texts, least)]
    sizes = np.array([len(own[k]) for k in large], dtype=int)
    complaints = np.array([int((own[k]["sentiment"] == "negative").sum()) for k in large], dtype=int)
    near = compare(feedback, demands, themes)[:, large]
    joined: np.ndarray = near >= NEAR
    named = [
        themes.names[large[int(line.argmax())]] if found.any() else None
        for line, found in zip(near, joined, strict=True)
    ]
    open_ends = [
        (themes.names[k], int(n))
        for place, (k, n, bad) in enumerate(zip(large, sizes, complaints, strict=True))
        if near[:, place].max(initial=0) < _FAR and n >= _LARGE * is_now.sum() and bad > n / 2
    ]
    return Voices(
        tuple(int(v) for v in joined @ sizes),
        tuple(int(v) for v in joined @ complaints),
        tuple(named),
        tuple(open_ends[:_MOST_UNHEARD]),
        int(is_now.sum()),
        feedback.warnings(),
    )


def _is_shown(texts: "pd.DataFrame", least: int) -> bool:
    """Say whether a theme tells of enough people: all who write about it, and those who do or do not complain."""
    sides = [texts["user"].nunique(), *texts.groupby(texts["sentiment"] == "negative")["user"].nunique()]
    return min(sides) >= least


def compare(feedback: Feedback, demands: "Demands", themes: Themes) -> "np.ndarray":
    """Return the cosine of each demand with the middle of each theme of some feedback, shape (demands, themes)."""
    import numpy as np

    languages = feedback.rows["language"].tolist()
    means = language_means(feedback.vectors, languages)
    centred = centre(feedback.vectors, languages)
    middles = [centred[themes.labels == k].mean(axis=0) for k in range(len(themes.names))]
    if not middles:
        return np.zeros((len(demands.titles), 0))
    words = [word for wording in _wordings(demands) for word in wording]
    called = unit_rows(encode(words) - np.array([means[detect_language(word)] for word in words]))
    likeness: np.ndarray = called @ unit_rows(np.array(middles)).T
    return likeness.reshape(len(demands.titles), 2, len(middles)).max(axis=1)


def _wordings(demands: "Demands") -> list[list[str]]:
    """List two wordings of each demand: its titles, or twice what users are known to say about it."""
    pairs = zip(demands.titles, demands.abouts, strict=True)
    return [[clean(about)] * 2 if about else [clean(title.zh), clean(title.en)] for title, about in pairs]
