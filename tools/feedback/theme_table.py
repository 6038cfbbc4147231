"""A row per theme: how many texts and people, how they feel, against the days before, and who writes it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tools.feedback.reading import UNKNOWN
from tools.feedback.themes import OTHER, Themes
from tools.feedback.trend import LEVEL, TREND_TEXT, Trend, binomial_test, holm
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_FEWEST_FROM = 5


@dataclass(frozen=True)
class ThemeRow:
    """One theme, with the texts of the period and the number of those before."""

    name: Text
    place: int
    own: "pd.DataFrame"
    before: int


def sort_themes(
    scope: Scope, rows: "pd.DataFrame", is_now: "np.ndarray", themes: Themes
) -> tuple[list[ThemeRow], "pd.DataFrame"]:
    """Return the themes of the period, the largest first, and the texts of none; too few people make no theme."""
    least = scope.source.definition.min_group
    found, hidden = [], {OTHER}
    for place, name in enumerate(themes.names):
        own = rows[is_now & (themes.labels == place)]
        before = int(((themes.labels == place) & ~is_now).sum())
        if own.empty:
            continue
        if least > 1 and own["user"].nunique() < least:
            hidden.add(place)
            continue
        found.append(ThemeRow(name, place, own, before))
    found.sort(key=lambda row: (-len(row.own), row.place))
    rest = rows[is_now & [int(label) in hidden for label in themes.labels]]
    return found, rest


def tabulate_themes(
    scope: Scope,
    rows: "pd.DataFrame",
    now: "pd.DataFrame",
    themes: Themes,
    found: Sequence[ThemeRow],
    rest: "pd.DataFrame",
    trends: Sequence[Trend],
    *,
    breakdown: str | None,
) -> "pd.DataFrame":
    """Return a row per theme, then what belongs to none.

    Args:
        scope: what is read.
        rows: all texts, in the order of the themes' labels. now: those of the period.
        themes, found, rest, trends: what was found in them, see `sort_themes`.
        breakdown: dimension of which to say who writes more than chance would have it.
    """
    import pandas as pd

    language = scope.language
    texts, tongues = rows["text"].tolist(), rows["language"].tolist()
    from_where = _origins(scope, breakdown, now, found)
    records: list[dict[str, Any]] = []
    for row, trend, origin in zip(found, trends, from_where, strict=True):
        in_period = replace(themes, labels=_only(themes, row))
        examples = in_period.examples(row.place, texts, tongues, language)
        records.append(
            {
                "theme": row.name.in_language(language),
                **_measures(row.own, len(now)),
                "before": row.before,
                "trend": TREND_TEXT[trend].in_language(language),
                **({"from": origin} if breakdown else {}),
                "example": examples[0],
                "second_example": examples[1] if len(examples) > 1 else "",
            }
        )
    if len(rest):
        other = Text("（其他）", "(other)").in_language(language)
        before = len(rows) - len(now) - sum(row.before for row in found)
        records.append(
            {"theme": other, **_measures(rest, len(now)), "before": before, "trend": "", "example": ""}
        )
    table = pd.DataFrame(records)
    return table.fillna({"second_example": "", "from": ""})


def _only(themes: Themes, row: ThemeRow) -> "np.ndarray":
    """Return the labels of the theme's texts in the period; the others belong to none."""
    import numpy as np

    labels = np.full(len(themes.labels), OTHER)
    labels[row.own.index.to_numpy()] = row.place
    return labels


def _measures(own: "pd.DataFrame", total: int) -> dict[str, Any]:
    rated = {"rating": round(float(own["rating"].mean()), 2)} if "rating" in own else {}
    return {
        "texts": len(own),
        "users": int(own["user"].nunique()),
        "share": len(own) / total,
        "negative_share": float((own["sentiment"] == "negative").mean()),
        **rated,
    }


def _origins(
    scope: Scope, breakdown: str | None, now: "pd.DataFrame", found: Sequence[ThemeRow]
) -> list[str]:
    """Say of each theme which values of the breakdown write about it more than chance would have it."""
    if breakdown is None:
        return [""] * len(found)
    column = f"d_{breakdown}"
    known = now[~now[column].isin([UNKNOWN, "(none)", "(other)"])]
    shares = known[column].value_counts(normalize=True)
    least = max(_FEWEST_FROM, scope.source.definition.min_group)
    tests: list[tuple[int, str, float, float]] = []
    for place, row in enumerate(found):
        of = row.own[row.own[column].isin(shares.index)]
        for value, own in of.groupby(column):
            if own["user"].nunique() >= least:
                share = float(shares[value])
                p = binomial_test(len(own), len(of), share, more=True)
                tests.append((place, str(value), len(own) / len(of) / share, p))
    said = [""] * len(found)
    for (place, value, times, _), p in zip(tests, holm([t[3] for t in tests]), strict=True):
        if p < LEVEL:
            name = scope.semantics.value_text(breakdown, value).in_language(scope.language)
            said[place] += f"{'; ' if said[place] else ''}{name} ×{times:.1f}"
    return said
