"""Themes of feedback: texts of like meaning, whatever their language, named by the words that set them apart.

Each language's vectors are centred on its mean, drawn to the one of the sentiment model's training texts where there are
few, so that what is left is what is said and not in which language. The distance of two texts is that of their
meaning (by the cosine), more where one is glad and the other angry, less where both are about the same usual aspect
(`tools.feedback.aspects`). Average-linkage clustering (scikit-learn) is cut at a fixed distance: the number of themes is
found, not given. What stands alone belongs to no theme.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from tools.feedback.aspects import aspect_profiles
from tools.feedback.contacts import mask
from tools.feedback.sentiment import load_model
from tools.feedback.words import theme_terms
from tools.results import Text

if TYPE_CHECKING:
    import numpy as np

OTHER = -1
CUT = 0.8
"""Distance at which two groups of texts are two themes."""
MOOD, ASPECT = 0.15, 0.25
"""What a difference of 1 in the sentiment score adds to the distance, and what the same aspect takes from it."""
_CLUSTERED, _NEAR = 2_500, 0.3
_FEWEST, _SHARE = 3, 0.01
_PRIOR_TEXTS = 20
_NAME_WORDS = 3


@dataclass(frozen=True, slots=True)
class Themes:
    """Which theme each text belongs to.

    Attributes:
        labels: per text a number from 0, the largest theme first; -1 where it belongs to none.
        names: of each theme.
        likeness: per text the cosine with its theme's centre.
    """

    labels: "np.ndarray"
    names: list[Text]
    likeness: "np.ndarray"

    def examples(self, theme: int, texts: Sequence[str], languages: Sequence[str], prefer: str) -> list[str]:
        """Return the two most typical texts of a theme, in the preferred language if there are any, masked."""
        own = [i for i, label in enumerate(self.labels) if label == theme]
        own.sort(key=lambda i: (languages[i] != prefer, -round(float(self.likeness[i]), 6), texts[i]))
        return list(dict.fromkeys(mask(texts[i]) for i in own))[:2]


def find_themes(vectors: "np.ndarray", texts: Sequence[str], languages: Sequence[str]) -> Themes:
    """Group texts by what they are about.

    Args:
        vectors: of the encoder, shape (texts, dimensions).
        texts: cleaned.
        languages: zh or en, of each.
    """
    import numpy as np

    centred = centre(vectors, languages)
    profiles = aspect_profiles(centred, language_means(vectors, languages))
    labels = _cluster(centred, load_model().score(texts, vectors), profiles)
    sizes = Counter(labels.tolist())
    sizes.pop(OTHER, None)
    least = max(_FEWEST, round(_SHARE * len(texts)))
    kept = [label for label, n in sorted(sizes.items(), key=lambda p: (-p[1], p[0])) if n >= least]
    order = {label: place for place, label in enumerate(kept)}
    labels = np.array([order.get(int(label), OTHER) for label in labels])
    likeness = np.zeros(len(texts))
    for theme in range(len(kept)):
        own = labels == theme
        likeness[own] = centred[own] @ unit_rows(centred[own].mean(axis=0, keepdims=True))[0]
    return Themes(labels, _name(labels, len(kept), texts, languages), likeness)


def centre(vectors: "np.ndarray", languages: Sequence[str]) -> "np.ndarray":
    """Take each language's mean from its vectors, and give them unit length."""
    import numpy as np

    means = language_means(vectors, languages)
    return unit_rows(vectors - np.array([means[k] for k in languages]).reshape(vectors.shape))


def language_means(vectors: "np.ndarray", languages: Sequence[str]) -> "dict[str, np.ndarray]":
    """Return the mean of each language's vectors, in which what is usual counts as 20 texts."""
    import numpy as np

    tongues, usual = np.asarray(languages), load_model().means
    own = {language: vectors[tongues == language].astype(np.float64) for language in usual}
    return {
        k: (rows.sum(axis=0) + _PRIOR_TEXTS * usual[k]) / (len(rows) + _PRIOR_TEXTS)
        for k, rows in own.items()
    }


def unit_rows(rows: "np.ndarray") -> "np.ndarray":
    """Give each row unit length; one without a direction stays as it is."""
    import numpy as np

    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths < 1e-9, 1, lengths)


def _cluster(vectors: "np.ndarray", scores: "np.ndarray", profiles: "np.ndarray") -> "np.ndarray":
    """Cluster at most 2,500 texts, spread evenly; the others join the nearest theme, if one is near."""
    import numpy as np
    from sklearn.cluster import AgglomerativeClustering

    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=int)
    chosen = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), _CLUSTERED)).astype(int))
    own, moods, aspects = vectors[chosen], np.asarray(scores)[chosen], profiles[chosen]
    apart = 1 - own @ own.T + MOOD * np.abs(moods[:, None] - moods) - ASPECT * (aspects @ aspects.T)
    np.fill_diagonal(apart, -ASPECT)
    # Only differences of distances count, but scikit-learn takes none below zero.
    cut = AgglomerativeClustering(
        None, metric="precomputed", linkage="average", distance_threshold=CUT + ASPECT
    )
    found = cut.fit_predict(np.maximum(apart + ASPECT, 0))
    labels = np.full(len(vectors), OTHER)
    labels[chosen] = found
    rest = np.setdiff1d(np.arange(len(vectors)), chosen)
    if len(rest):
        middles = unit_rows(np.array([own[found == k].mean(axis=0) for k in range(found.max() + 1)]))
        cosines = vectors[rest] @ middles.T
        labels[rest] = np.where(cosines.max(axis=1) >= _NEAR, cosines.argmax(axis=1), OTHER)
    return labels


def _name(labels: "np.ndarray", count: int, texts: Sequence[str], languages: Sequence[str]) -> list[Text]:
    named = {
        language: _distinct_words(labels, count, texts, languages, language) for language in ("zh", "en")
    }
    names: list[Text] = []
    taken: Counter[str] = Counter()
    for theme in range(count):
        zh, en = "、".join(named["zh"][theme]), ", ".join(named["en"][theme])
        number = f"#{theme + 1}"
        name = Text(zh or en or number, en or zh or number)
        taken[name.en] += 1
        taken[name.zh] += name.zh != name.en
        again = f" ({taken[name.en]})" if taken[name.en] > 1 or taken[name.zh] > 1 else ""
        names.append(Text(name.zh + again, name.en + again))
    return names


def _distinct_words(
    labels: "np.ndarray", count: int, texts: Sequence[str], languages: Sequence[str], language: str
) -> list[list[str]]:
    """Return the words that each theme's texts in a language use more than the others do.

    A word counts once a text; its weight is the share of the theme's texts with it, times the logarithm of how much
    more often it is there than in all texts.
    """
    everywhere: Counter[str] = Counter()
    within: list[Counter[str]] = [Counter() for _ in range(count)]
    sizes: Counter[int] = Counter()
    total = 0
    for label, text, own in zip(labels.tolist(), texts, languages, strict=True):
        if own == language:
            words = set(theme_terms(mask(text)))
            total += 1
            everywhere.update(words)
            if label != OTHER:
                sizes[label] += 1
                within[label].update(words)
    chosen = []
    for theme, counts in enumerate(within):
        n = max(1, sizes[theme])
        weight = {
            w: c / n * log((c / n) / (everywhere[w] / total)) for w, c in counts.items() if c > 1 or n < 3
        }
        best = sorted(weight, key=lambda w: (-round(weight[w], 9), w))
        chosen.append([w for w in best if weight[w] > 0][:_NAME_WORDS])
    return chosen
