"""Reading back: a document's versions, its file as it was taken in, and a chunk in its section."""

from collections.abc import Iterable, Sequence
from mimetypes import guess_type
from typing import Literal

from sqlalchemy import Connection, select

from knowledge.catalogue.near_duplicates import find_identical, find_near_duplicates, read_similarities
from knowledge.catalogue.originals import read_file, read_text
from knowledge.catalogue.reading import Catalogue, Teams
from knowledge.catalogue.schema import chunks
from knowledge.cleaning import Alignment
from knowledge.documents import Chunk, ChunkContext, Document, DocumentVersion, KeptFile, Notice
from knowledge.errors import OriginalNotFound, display

_LONGEST_SECTION = 4_000
_NAMED = 3
_BINARY = "application/octet-stream"


class History:
    """Reads what was: versions, files as they were taken in, and where a chunk stands."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read from a catalogue."""
        self._catalogue = catalogue

    def versions(self, document_id: str, *, teams: Teams) -> list[DocumentVersion]:
        """List a document's versions that the reader may see, newest first. Raises DocumentNotFound."""
        document, rows = self._catalogue.read_history(document_id, teams=teams)
        return [
            DocumentVersion(
                version=row.version,
                title=row.title,
                effective_date=row.effective_date,
                updated_at=row.updated_at.replace(tzinfo=document.updated_at.tzinfo),
                chunk_count=row.chunk_count,
                content_hash=row.content_hash,
                file_name=row.file_name,
                state=_name_state(row.version, document),
            )
            for row in rows
        ]

    def original(self, document_id: str, *, teams: Teams, version: int | None = None) -> KeptFile:
        """Return the file of a version, by default of the one in force.

        Raises:
            DocumentNotFound: There is none, or none that the reader may see.
            OriginalNotFound: There is no such version, or its file was not kept.
        """
        document, rows = self._catalogue.read_history(document_id, teams=teams)
        wanted = document.version if version is None else version
        row = next((row for row in rows if row.version == wanted), None)
        if row is None or row.file_hash is None:
            raise OriginalNotFound(
                en=f"There is no file of version {wanted} of {display(document.title)}.",
                zh=f"没有{display(document.title)}第 {wanted} 版的文件。",
            )
        with self._catalogue.engine.connect() as connection:
            data = read_file(connection, row.file_hash)
        return KeptFile(row.file_name, data, guess_type(row.file_name)[0] or _BINARY)

    def near_duplicates(self, document_id: str, *, teams: Teams) -> list[tuple[Document, float]]:
        """List what says nearly the same as a document and the reader may see, the most similar first."""
        self._catalogue.read_document(document_id, teams=teams)
        with self._catalogue.engine.connect() as connection:
            similarities = read_similarities(connection, document_id)
        found = self._catalogue.read_documents(teams=teams, ids=similarities) if similarities else []
        return sorted(((d, similarities[d.id]) for d in found), key=lambda pair: -pair[1])

    def identical(self, document_ids: Iterable[str], *, teams: Teams) -> dict[str, list[Document]]:
        """Return for each of some documents that has any the others of the same content that the reader may see."""
        with self._catalogue.engine.connect() as connection:
            found = find_identical(connection, document_ids)
        wanted = {other for others in found.values() for other in others}
        seen = {d.id: d for d in self._catalogue.read_documents(teams=teams, ids=wanted)} if wanted else {}
        named = {
            one: [seen[other] for other in sorted(others) if other in seen] for one, others in found.items()
        }
        return {document_id: others for document_id, others in named.items() if others}

    def all_near_duplicates(self, *, teams: Teams) -> dict[str, list[str]]:
        """Return for each document that the reader may see, and that has some, its near duplicates that they may see."""
        visible = {document.id for document in self._catalogue.read_documents(teams=teams)}
        with self._catalogue.engine.connect() as connection:
            found = find_near_duplicates(connection, None, self._catalogue.find_audiences(connection, teams))
        return {
            document_id: sorted(others) for document_id, others in found.items() if document_id in visible
        }

    def context(self, chunk_id: str, *, teams: Teams) -> ChunkContext:
        """Return a chunk with the section that it stands in, of a long one the part around it.

        Where a person edited the chunk, the section is shown with the edit. Raises ChunkNotFound.
        """
        document, chunk = self._catalogue.read_chunk(chunk_id, teams=teams)
        with self._catalogue.engine.connect() as connection:
            span, section = _find_spans(connection, chunk)
            kept = read_text(connection, chunk.document_id, chunk.version)
        if kept is None or span is None:
            return ChunkContext(document, chunk, chunk.text, 0, len(chunk.text), None)
        text, original, alignment = kept
        start, end = Alignment.from_bytes(alignment).to_original(*span)
        before, after = text[section[0] : span[0]], text[span[1] : section[1]]
        passage = chunk.text if chunk.edited_by else text[span[0] : span[1]]
        before, after = _trim(before, after, max(_LONGEST_SECTION - len(passage), 0))
        return ChunkContext(
            document, chunk, before + passage + after, len(before), len(before + passage), original[start:end]
        )


def tell_identical(others: Sequence[Document]) -> tuple[Notice, ...]:
    """Say of which other documents one is a copy."""
    if not others:
        return ()
    named = [f"{display(document.title)} ({document.id})" for document in others[:_NAMED]]
    return (
        Notice(
            en=f"It says the very same as {', '.join(named)}; search shows the newest of them. To keep one document "
            "with its versions, replace that one instead, or delete one of the two.",
            zh=f"内容与{'、'.join(named)}完全相同，检索只显示其中最新的一份。若要保留同一文档的版本，请改为替换该文档，"
            "或删除其中一份。",
        ),
    )


def _name_state(version: int, current: Document) -> Literal["in_force", "waiting", "superseded"]:
    if version == current.version:
        return "waiting" if current.waiting else "in_force"
    return "waiting" if version > current.version else "superseded"


def _find_spans(connection: Connection, chunk: Chunk) -> tuple[tuple[int, int] | None, tuple[int, int]]:
    """Return the span of a chunk in its version's text, and that of the run of chunks under the same headings."""
    of_version = (chunks.c.document_id == chunk.document_id) & (chunks.c.version == chunk.version)
    query = select(chunks).where(of_version, chunks.c.edit_of.is_(None)).order_by(chunks.c.position)
    rows = list(connection.execute(query))
    place = next(i for i, row in enumerate(rows) if row.position == chunk.position)
    if rows[place].start is None or rows[place].end is None:
        return None, (0, 0)
    first = last = place
    while first and rows[first - 1].section == rows[place].section:
        first -= 1
    while last + 1 < len(rows) and rows[last + 1].section == rows[place].section:
        last += 1
    return (rows[place].start, rows[place].end), (rows[first].start, rows[last].end)


def _trim(before: str, after: str, room: int) -> tuple[str, str]:
    """Cut what stands around a chunk to a length, at line ends where there are some, half on either side."""
    half = room // 2
    keep_before = max(half, room - len(after))
    keep_after = max(half, room - len(before))
    if len(before) > keep_before:
        before = before[len(before) - keep_before :]
        before = before[before.find("\n") + 1 :]
    if len(after) > keep_after:
        after = after[:keep_after]
        after = after[: after.rfind("\n")] if "\n" in after else after
    return before, after
