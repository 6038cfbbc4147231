"""Keeping the vector index in line with the catalogue: after changes, after a crash, after damage."""

import logging
import shutil
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select

from knowledge.catalogue import Catalogue
from knowledge.database import write
from knowledge.documents import IndexHealth, Notice
from knowledge.embeddings import Embedder
from knowledge.errors import EmbedderChanged, IndexDamaged, display
from knowledge.lexical_index import count_terms_rows, rebuild_terms
from knowledge.schema import entries, vector_changes, vectors
from knowledge.vector_index import VectorIndex

if TYPE_CHECKING:
    import numpy as np

_PAGE = 2000
_PROBES = 8
_NEIGHBOURS = 50
_LOG = logging.getLogger(__name__)


def claim_embedder(catalogue: Catalogue, connection: Connection, embedder: Embedder) -> None:
    """Record the embedding model when a catalogue is first used; raise EmbedderChanged if it is another."""
    recorded = catalogue.get_state(connection, "embedder")
    if recorded is None:
        scale = embedder.scale
        catalogue.set_state(
            connection,
            "embedder",
            {
                "name": embedder.name,
                "dimensions": embedder.dimensions,
                "scale": {"lo": scale.lo, "width": scale.width, "dense_weight": scale.dense_weight},
            },
        )
    else:
        check_embedder(recorded, embedder)


def check_embedder(recorded: dict[str, object] | None, embedder: Embedder) -> None:
    """Raise EmbedderChanged if the recorded model is not `embedder`."""
    if recorded and (recorded["name"], recorded["dimensions"]) != (embedder.name, embedder.dimensions):
        old, new = display(str(recorded["name"])), display(embedder.name)
        raise EmbedderChanged(
            en=f"The catalogue was embedded with {old}, not with {new}: use that model, or embed it anew.",
            zh=f"目录库由 {old} 向量化，而不是 {new}：请使用原模型，或重新向量化。",
        )


def align_vectors(catalogue: Catalogue, index: VectorIndex) -> bool:
    """Bring the index in line for all documents noted as changed.

    Returns:
        True if the index follows the catalogue now; False if it is damaged, and the notes are kept.
    """
    with catalogue.engine.connect() as connection:
        query = select(vector_changes).order_by(vector_changes.c.audience_id)
        changes = connection.execute(query).all()
        try:
            for audience_id, group in groupby(changes, key=lambda change: change.audience_id):
                document_ids = sorted({change.document_id for change in group})
                rows, matrix = _read_vectors(connection, audience_id, document_ids=document_ids)
                index.replace(audience_id, document_ids=document_ids, rows=rows, vectors=matrix)
        except IndexDamaged:
            _LOG.warning("%d changes wait for the vector index", len(changes))
            return False
    if changes:
        with write(catalogue.engine) as connection:
            last = max(change.id for change in changes)
            connection.execute(delete(vector_changes).where(vector_changes.c.id <= last))
    return True


def open_index(catalogue: Catalogue, folder: Path) -> VectorIndex:
    """Return the vector index of the present generation; each rebuilding begins a new one in its own folder."""
    with catalogue.engine.connect() as connection:
        return VectorIndex(folder / str(catalogue.get_state(connection, "generation") or 1))


def rebuild_indexes(catalogue: Catalogue, folder: Path) -> VectorIndex:
    """Build both indexes anew from the catalogue, without embedding.

    Returns:
        The vector index of the new generation, which holds from now on; should this be cut short, the old does.
    """
    with write(catalogue.engine) as connection:
        generation = (catalogue.get_state(connection, "generation") or 1) + 1
        fresh = VectorIndex(folder / str(generation))
        shutil.rmtree(fresh.path, ignore_errors=True)
        rebuild_terms(connection)
        for audience_id in _read_audiences(connection):
            _fill_audience(connection, fresh, audience_id)
        connection.execute(delete(vector_changes))
        catalogue.set_state(connection, "generation", generation)
    return fresh


def drop_other_generations(index: VectorIndex) -> None:
    """Delete the folders of all generations but that of `index`."""
    for folder in index.path.parent.glob("*"):
        if folder != index.path:
            shutil.rmtree(folder, ignore_errors=True)


def _fill_audience(connection: Connection, index: VectorIndex, audience_id: int) -> None:
    after = 0
    while True:
        rows, matrix = _read_vectors(connection, audience_id, after=after)
        if not rows:
            return
        index.add(audience_id, rows=rows, vectors=matrix)
        after = rows[-1][0]


def probe_indexes(catalogue: Catalogue, index: VectorIndex) -> IndexHealth:
    """Compare the indexes with the catalogue.

    In each audience some known chunks are looked for by their own vectors, and as many neighbours must come
    back as there are chunks: a damaged index may count right and yet find nothing.
    """
    with catalogue.engine.connect() as connection:
        total = connection.execute(select(func.count()).select_from(entries)).scalar_one()
        waiting = connection.execute(select(func.count()).select_from(vector_changes)).scalar_one()
        if waiting:
            return _unwell(
                f"{waiting} changes have not reached the vector index", f"有 {waiting} 处变更尚未进入向量索引"
            )
        if count_terms_rows(connection) != total:
            return _unwell("the lexical index does not match the catalogue", "词汇索引与目录库不一致")
        try:
            lost = [a for a in _read_audiences(connection) if not _finds_known_chunks(connection, index, a)]
        except IndexDamaged as error:
            return _unwell(error.en, error.zh)
    if lost:
        return _unwell(
            "the vector index does not find chunks that it should hold", "向量索引找不到应有的段落"
        )
    return IndexHealth(True, Notice(en=f"{total} chunks, all found.", zh=f"共 {total} 个段落，均可检索。"))


def _unwell(en: str, zh: str) -> IndexHealth:
    return IndexHealth(False, Notice(en=f"Index problem: {en}", zh=f"索引异常：{zh}"))


def _finds_known_chunks(connection: Connection, index: VectorIndex, audience_id: int) -> bool:
    of_audience = entries.c.audience_id == audience_id
    rows = list(
        connection.execute(select(entries.c.row).where(of_audience).order_by(entries.c.row)).scalars()
    )
    if index.count(audience_id) != len(rows):
        return False
    step = max(len(rows) // _PROBES, 1)
    wanted = min(len(rows), _NEIGHBOURS)
    for row in {*rows[::step], rows[-1]}:
        [[_, *_]], matrix = _read_vectors(connection, audience_id, only=row)
        found = index.query(matrix[0], audiences=[audience_id], limit=wanted)
        if len(found) < wanted or not _holds(connection, found, row):
            return False
    return True


def _holds(connection: Connection, found: Sequence[int], row: int) -> bool:
    """Whether the row, or one with the very same vector, is among the found."""
    same = select(vectors.c.vector).where(vectors.c.row == row).scalar_subquery()
    query = select(func.count()).where(vectors.c.row.in_(found), vectors.c.vector == same)
    return connection.execute(query).scalar_one() > 0


def _read_audiences(connection: Connection) -> list[int]:
    return list(connection.execute(select(entries.c.audience_id).distinct()).scalars())


def _read_vectors(
    connection: Connection,
    audience_id: int,
    *,
    document_ids: Sequence[str] | None = None,
    only: int | None = None,
    after: int | None = None,
) -> "tuple[list[tuple[int, str, str]], np.ndarray]":
    """Read rows for `VectorIndex.add` with vectors: of some documents, one row, or a page after a row."""
    import numpy as np

    query = select(entries.c.row, entries.c.document_id, entries.c.collection, vectors.c.vector)
    query = query.join(vectors, vectors.c.row == entries.c.row).where(entries.c.audience_id == audience_id)
    if document_ids is not None:
        query = query.where(entries.c.document_id.in_(document_ids))
    if only is not None:
        query = query.where(entries.c.row == only)
    if after is not None:
        query = query.where(entries.c.row > after).limit(_PAGE)
    found = connection.execute(query.order_by(entries.c.row)).all()
    matrix = np.frombuffer(b"".join(row.vector for row in found), dtype="<f4")
    rows = [(row.row, row.document_id, row.collection) for row in found]
    return rows, matrix.reshape(len(found), -1) if found else matrix.reshape(0, 0)
