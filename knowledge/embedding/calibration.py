"""The scale of an embedding model's similarities, measured on a team's own documents."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from knowledge.embedding.embeddings import Embedder, Scale
from knowledge.language import split_sentences

if TYPE_CHECKING:
    import numpy as np

SAMPLE = 400
"""Chunks that a measurement reads."""

_FEWEST = 30
_FAR_PERCENTILE = 60
_NEAR_PERCENTILE = 95
_SHORTEST_SENTENCE = 8
_NARROWEST = 0.05


def measure_scale(
    embedder: Embedder, texts: Sequence[str], documents: Sequence[str], vectors: "np.ndarray"
) -> Scale | None:
    """Measure `lo` and `width` with sentences of the chunks as stand-ins for questions.

    The cosine of a sentence with chunks of other documents shows what unrelated texts have (`lo` is the 60th
    percentile), with its own chunk what the closest questions reach (`lo + width` is the 95th). For the embedded
    model this gives what question sets gave. `dense_weight` cannot be measured without questions and stays.

    Args:
        embedder: The model.
        texts: Sampled chunks.
        documents: The document of each.
        vectors: Array (len(texts), dimensions), the chunks' vectors.

    Returns:
        The scale; None if there are fewer than 30 chunks, all of one document, or nothing tells them apart.
    """
    import numpy as np

    if len(texts) < _FEWEST or len(set(documents)) < 2:
        return None
    chosen = random.Random(0)
    sentences = embedder.embed([_choose_sentence(chosen, text) for text in texts])
    cosines = sentences @ vectors.T
    names = np.asarray(documents)
    lo = float(np.percentile(cosines[names[:, None] != names[None, :]], _FAR_PERCENTILE))
    hi = float(np.percentile(np.diag(cosines), _NEAR_PERCENTILE))
    if not hi - lo >= _NARROWEST:
        return None
    return replace(embedder.scale, lo=round(lo, 3), width=round(hi - lo, 3))


def _choose_sentence(chosen: random.Random, text: str) -> str:
    sentences = [s for s in split_sentences(text) if len(s.strip()) >= _SHORTEST_SENTENCE]
    return chosen.choice(sentences) if sentences else text


def choose_scale(
    recorded: Mapping[str, Any] | None, embedder: Embedder, overrides: Mapping[str, float] | None
) -> Scale:
    """Return the scale to search with: what was set, else what was measured, else the model's own."""
    scale = embedder.scale
    if recorded and recorded.get("measured"):
        scale = Scale(**recorded["scale"])
    return replace(scale, **overrides) if overrides else scale


def describe_embedder(embedder: Embedder, scale: Scale | None = None) -> dict[str, Any]:
    """Return what the catalogue records of a model, with the measured scale if there is one."""
    kept = scale or embedder.scale
    return {
        "name": embedder.name,
        "dimensions": embedder.dimensions,
        "scale": {"lo": kept.lo, "width": kept.width, "dense_weight": kept.dense_weight},
        "measured": scale is not None,
    }
