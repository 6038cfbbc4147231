"""Write the sample company into a workspace."""

from __future__ import annotations

import shutil
from pathlib import Path

from assistant.sample_company.generator import SEED, generate

PACKAGE = Path(__file__).parent


def write(folder: Path, *, seed: int = SEED) -> tuple[Path, ...]:
    """Write data/*.parquet, data/competitors.csv, metrics.yaml and library/ below `folder`, replacing files of the same names.

    Returns:
        The files written, in order.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in generate(seed).items():
        path = data / f"{name}.parquet"
        table.to_parquet(path, index=False, compression="zstd")
        written.append(path)
    written.append(Path(shutil.copyfile(PACKAGE / "competitors.csv", data / "competitors.csv")))
    written.append(Path(shutil.copyfile(PACKAGE / "metrics.yaml", folder / "metrics.yaml")))
    return (*written, *copy_library(folder / "library"))


def copy_library(target: Path) -> tuple[Path, ...]:
    """Copy the sample company's own documents, keeping their folders."""
    source = PACKAGE / "library"
    documents = sorted(source.glob("*/*.md"))
    for document in documents:
        place = target / document.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(document, place)
    return tuple(target / document.relative_to(source) for document in documents)
