"""How well the themes of feedback match the labels of the sample company: purity, balance, and how many there are.

    python -m tests.evals.themes

Each month from May to September is read as `analyze_feedback` reads it, with the month before it, and judged by its own
texts. Purity is the share of texts whose theme is mostly of their own label: it rises as themes split. The V-measure
(Rosenberg, Hirschberg 2007; the same as mutual information normalised by the mean entropy) falls when they split or mix.
Besides the company of the demonstration, two of other seeds; then each language's texts alone within the same themes.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import v_measure_score
from sklearn.metrics.cluster import contingency_matrix

from assistant.sample_company.feedback import tabulate_feedback
from assistant.sample_company.generator import SEED
from assistant.sample_company.users import draw_users
from tools.feedback.encoder import encode
from tools.feedback.themes import OTHER, find_themes
from tools.feedback.words import clean

SEEDS = (SEED, 1, 2)
MONTHS = range(5, 10)


@dataclass(frozen=True, slots=True)
class Match:
    """How themes match labels: share of texts that have a theme, purity, V-measure, numbers of themes and of labels."""

    grouped: float
    purity: float
    v_measure: float
    themes: int
    labels: int


def match(found: np.ndarray, labels: np.ndarray) -> Match:
    """Set themes beside labels; texts of no theme count in `grouped` alone."""
    own = found != OTHER
    table = contingency_matrix(labels[own], found[own])
    return Match(
        float(own.mean()),
        float(table.max(axis=0).sum() / table.sum()),
        float(v_measure_score(labels[own], found[own])),
        len(set(found[own].tolist())),
        len(set(labels[own])),
    )


def read_months(seed: int) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield the texts of each month with the themes that they get among those of the month before, too."""
    table = tabulate_feedback(draw_users(np.random.default_rng(seed)), seed)
    table = table.assign(text=[clean(text) for text in table["text"]])
    when = pd.to_datetime(table["created_at"]).dt.month
    for month in MONTHS:
        read = table[when.isin((month - 1, month))]
        texts = read["text"].tolist()
        themes = find_themes(encode(texts), texts, read["language"].tolist())
        yield month, read.assign(theme=themes.labels)[when[read.index] == month]


def main() -> None:
    """Print a line per company, and of the first one per month and language."""
    rows = []
    for seed in SEEDS:
        for month, own in read_months(seed):
            for language in ("all", "zh", "en"):
                part = own if language == "all" else own[own["language"] == language]
                found = match(part["theme"].to_numpy(), part["label_theme"].to_numpy())
                rows.append((seed, month, language, *astuple(found)))
    names = ["seed", "month", "language", "grouped", "purity", "v_measure", "themes", "labels"]
    table = pd.DataFrame(rows, columns=names)
    print(table.groupby(["seed", "language"]).mean(numeric_only=True).drop(columns="month").round(3))
    print(table[table["seed"] == SEED].set_index(["month", "language"]).drop(columns="seed").round(3))


if __name__ == "__main__":
    main()
