"""Ingestion: from bytes to a stored version, in batches that are embedded together."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from importlib import import_module
from pathlib import PurePosixPath
from threading import RLock

from sqlalchemy import Connection

from knowledge.catalogue.database import write
from knowledge.catalogue.reading import Catalogue
from knowledge.catalogue.replacements import settle_replacements, tell_unknown
from knowledge.catalogue.revisions import (
    NewChunk,
    NewVersion,
    find_unchanged,
    identify_document,
    store_versions,
)
from knowledge.catalogue.validity import begin_versions, tell_waiting
from knowledge.cleaning import clean
from knowledge.curation.chunk_edits import carry_edits, find_edited
from knowledge.documents import Notice
from knowledge.embedding.current_model import CurrentModel
from knowledge.embedding.embeddings import Embedder
from knowledge.errors import DocumentError, InvalidMetadata, KnowledgeError
from knowledge.intake.batches import Arrival, Group, Pending, Run, embed_texts
from knowledge.intake.preparation import Prepared
from knowledge.intake.sandbox import WORKERS, prepare_all_in_sandbox
from knowledge.intake.unpacking import unpack
from knowledge.language import split_sentences
from knowledge.loaders.metadata import WrongValue, read_metadata
from knowledge.uploads import Failure, Ingested, Upload

DEFAULT_COLLECTION = "documents"
_LONGEST_OPENING = 120
PIPELINE = 3
"""Counts the ways in which text was cleaned and chunked; raising it makes every document be taken in anew."""


def hash_upload(upload: Upload) -> str:
    """Return the SHA-256 over a document's bytes and the metadata given with it, hexadecimal."""
    given = {**upload.metadata(), "pipeline": PIPELINE}
    head = json.dumps(given, sort_keys=True, default=_to_json, ensure_ascii=True)
    return sha256(head.encode() + b"\x00" + upload.data).hexdigest()


def _to_json(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)


def prepare_version(upload: Upload, content_hash: str) -> tuple[NewVersion, tuple[Notice, ...]]:
    """Load, clean and chunk a document. What is given with it wins over its front matter.

    Returns:
        The version to be stored and warnings.

    Raises:
        DocumentError: The document or what is given with it is at fault; nothing was stored.
    """
    [outcome] = prepare_versions([(upload, content_hash)])
    if isinstance(outcome, DocumentError):
        raise outcome
    return outcome


def prepare_versions(
    uploads: Sequence[tuple[Upload, str]],
) -> list[tuple[NewVersion, tuple[Notice, ...]] | DocumentError]:
    """Do as `prepare_version` with each of several documents; return the error of those at fault."""
    prepared = prepare_all_in_sandbox([(upload.name, upload.data) for upload, _ in uploads])
    outcomes: list[tuple[NewVersion, tuple[Notice, ...]] | DocumentError] = []
    for (upload, content_hash), found in zip(uploads, prepared, strict=True):
        try:
            outcomes.append(_build_version(upload, content_hash, found))
        except DocumentError as error:
            outcomes.append(error)
    return outcomes


def _build_version(
    upload: Upload, content_hash: str, prepared: Prepared | DocumentError
) -> tuple[NewVersion, tuple[Notice, ...]]:
    try:
        given = read_metadata(upload.metadata())
    except WrongValue as error:
        raise InvalidMetadata(en=error.en, zh=error.zh, parameter=error.key) from error
    if isinstance(prepared, DocumentError):
        raise prepared
    metadata = {**prepared.metadata, **given}
    own_title, source = given.get("title") or prepared.title, source_of(upload)
    new = NewVersion(
        origin=upload.origin,
        source=source,
        teams=metadata.get("teams", ()),
        title=own_title or PurePosixPath(source).stem,
        collection=metadata.get("collection") or upload.default_collection or DEFAULT_COLLECTION,
        language=_choose_language(metadata.get("language"), prepared.language),
        tags=metadata.get("tags", ()),
        effective_date=metadata.get("effective_date"),
        owner=metadata.get("owner"),
        source_url=metadata.get("source_url"),
        content_hash=content_hash,
        chunks=tuple(_build_chunks(prepared, own_title)),
        replaces=metadata.get("replaces", ()),
        container=upload.container,
        file_name=PurePosixPath(upload.name).name,
        data=upload.data,
        text=prepared.text,
        original=prepared.original,
        alignment=prepared.alignment.to_bytes(),
    )
    return new, prepared.warnings


def source_of(upload: Upload) -> str:
    """Return what identifies an upload within its origin."""
    return clean(upload.source or upload.name)


def _choose_language(stated: str | None, detected: str) -> str:
    if stated == "zh":
        return detected if detected.startswith("zh") else "zh-Hans"
    return stated or detected


def _build_chunks(prepared: Prepared, title: str | None) -> Iterator[NewChunk]:
    subject = title or _find_opening(prepared)
    places = zip(prepared.passages, prepared.pages, prepared.languages, strict=True)
    for passage, page, language in places:
        headings = dict.fromkeys([subject, *passage.section, passage.lead])
        yield NewChunk(
            section=passage.section,
            page=page,
            language=language,
            kind=passage.kind,
            context="\n".join(filter(None, headings)),
            text=passage.text,
            start=passage.start,
            end=passage.end,
        )


def _find_opening(prepared: Prepared) -> str | None:
    """Return the sentence with which an untitled text opens: it mostly says what the text is about."""
    first = next((passage for passage in prepared.passages if passage.kind == "prose"), None)
    return " ".join(split_sentences(first.text)[0].split())[:_LONGEST_OPENING] if first else None


class Ingestion:
    """Takes documents in: catalogue first, in one transaction a batch, the vector index after it."""

    def __init__(
        self, catalogue: Catalogue, model: CurrentModel, *, write_lock: RLock, align: Callable[[], object]
    ) -> None:
        """Wire up the parts; `align` brings the vector index in line and is called under the lock."""
        self._catalogue = catalogue
        self._model = model
        self._write_lock = write_lock
        self._align = align

    def ingest(self, uploads: Iterable[Upload]) -> Iterator[Ingested | Failure]:
        """Take in documents, yielding an outcome for each once it is stored.

        A document with the same bytes and metadata as before is unchanged and costs no more than hashing. A
        failure concerns its document alone; if embedding fails, all documents of that batch fail. An archive
        has an outcome for each document in it. While a batch is stored, the next one is embedded.
        """
        with ThreadPoolExecutor(WORKERS) as executor, ThreadPoolExecutor(1) as background:
            run = Run(background)
            for upload in unpack(uploads):
                if isinstance(upload, Failure):
                    yield upload
                    continue
                source = source_of(upload)
                document_id = identify_document(upload.origin, source)
                if document_id in run.under_way:
                    yield from self._admit(run, executor)
                    yield from self._settle(run, until_empty=True)
                run.under_way.add(document_id)
                run.group.add(Arrival(document_id, source, upload, hash_upload(upload)))
                if run.group.is_full():
                    yield from self._admit(run, executor)
                    yield from self._settle(run)
            yield from self._admit(run, executor)
            yield from self._settle(run, until_empty=True)

    def _admit(self, run: Run, executor: Executor) -> Iterator[Ingested]:
        """Send the documents that arrived to be prepared, except those that are unchanged."""
        arrived, run.group = run.group.arrivals, Group()
        unchanged = self._find_unchanged(arrived)
        run.under_way -= unchanged.keys()
        yield from unchanged.values()
        group = Group()
        for arrival in arrived:
            if arrival.document_id not in unchanged:
                group.add(arrival)
        if group.arrivals:
            uploads = [(arrival.upload, arrival.content_hash) for arrival in group.arrivals]
            run.waiting.add(group, executor.submit(prepare_versions, uploads))
            executor.submit(import_module, "chromadb")  # takes a second, once, while the first are embedded

    def _find_unchanged(self, arrivals: Sequence[Arrival]) -> dict[str, Ingested]:
        """Return the documents of arrivals whose newest version is the very same, by the arrival's document id."""
        seen = [(a.upload.origin, a.source, a.content_hash) for a in arrivals]
        with self._catalogue.engine.connect() as connection:
            found = find_unchanged(connection, seen)
            documents = self._catalogue.read_many(connection, found.values()) if found else {}
        return {
            arrivals[place].document_id: Ingested(documents[name], "unchanged")
            for place, name in found.items()
        }

    def _settle(self, run: Run, *, until_empty: bool = False) -> Iterator[Ingested | Failure]:
        """Move documents whose preparation is due to the batch; one that is full is embedded and stored."""
        while run.waiting.is_full() or (until_empty and run.waiting):
            group, preparation = run.waiting.pop()
            for arrival, outcome in zip(group.arrivals, preparation.result(), strict=True):
                if isinstance(outcome, DocumentError):
                    run.under_way.discard(arrival.document_id)
                    yield Failure(arrival.source, outcome)
                else:
                    run.batch.add(*outcome)
            if run.is_full():
                yield from self._store(run)
        while until_empty and (run.batch.items or run.pending):
            yield from self._store(run)

    def _store(self, run: Run) -> list[Ingested | Failure]:
        """Have the batch embedded, and store the one before it."""
        pending = run.advance(self._model.embedder)
        if pending is None:
            return []
        run.under_way -= pending.batch.document_ids
        try:
            stored = self._model.use(lambda embedder: self._write(pending, embedder))
            with self._write_lock:
                self._align()
        except KnowledgeError as error:
            return [Failure(new.source, error) for new, _ in pending.batch.items]
        return list(stored)

    def _write(self, pending: Pending, embedder: Embedder) -> list[Ingested]:
        """Store a batch in one transaction; return its outcomes, which hold once this has returned.

        What another process stored meanwhile is unchanged.
        """
        embedded = pending.embed(embedder)
        seen = [(new.origin, new.source, new.content_hash) for new, _ in pending.batch.items]
        with self._write_lock, write(self._catalogue.engine) as connection:
            self._model.claim(connection, embedder)
            same = find_unchanged(connection, seen)
            items, vectors = pending.batch.leave_out(same, embedded)
            stored = self._add_versions(connection, items, vectors, embedder) if items else []
            there = self._catalogue.read_many(connection, same.values()) if same else {}
        return [*(Ingested(there[name], "unchanged") for name in same.values()), *stored]

    def _add_versions(
        self,
        connection: Connection,
        items: Sequence[tuple[NewVersion, tuple[Notice, ...]]],
        vectors: Sequence[bytes],
        embedder: Embedder,
    ) -> list[Ingested]:
        today = date.today()
        numbers = store_versions(connection, [new for new, _ in items], vectors)
        notices = {
            name: carry_edits(connection, name, numbers[name], lambda text: embed_texts(embedder, [text])[0])
            for name in find_edited(connection, numbers)
        }
        begin_versions(connection, numbers, today)
        settle_replacements(connection, today)
        claiming = [name for name, (new, _) in zip(numbers, items, strict=True) if new.replaces]
        unknown = {name: tell_unknown(connection, name, numbers[name]) for name in claiming}
        stored = self._catalogue.read_many(connection, numbers)
        outcomes = []
        for (name, version), (new, warnings) in zip(numbers.items(), items, strict=True):
            told = (*warnings, *notices.get(name, ()), *unknown.get(name, ()))
            told += tell_waiting(stored[name], new.effective_date, today)
            outcomes.append(Ingested(stored[name], "added" if version == 1 else "updated", told))
        return outcomes
