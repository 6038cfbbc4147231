"""The knowledge base: the one door to documents, for every caller."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar, Unpack

from sqlalchemy import Connection

from knowledge.catalogue.database import write
from knowledge.catalogue.history import History
from knowledge.catalogue.reading import Catalogue, Teams
from knowledge.catalogue.revisions import remove_document
from knowledge.catalogue.validity import activate_due, has_due
from knowledge.curation.marks import tell_marks
from knowledge.curation.passages import Curation
from knowledge.curation.questions import Questions
from knowledge.documents import Chunk, Document, Findings, SearchResult
from knowledge.embedding.current_model import CurrentModel
from knowledge.embedding.embeddings import Embedder, default_embedder
from knowledge.embedding.reindexing import Progress, Reindexed, Reindexing
from knowledge.folders.file_records import read_failures
from knowledge.folders.folder import read_upload
from knowledge.folders.synchronization import FolderSync
from knowledge.intake.ingestion import Ingestion
from knowledge.intake.unpacking import refuse_archive
from knowledge.reports import FailedFile, IndexHealth, SyncProgress, SyncReport
from knowledge.search.dense_search import DenseSearch
from knowledge.search.dictionary import Dictionary
from knowledge.search.question import Concept, read_concepts
from knowledge.search.reranking import SecondStage
from knowledge.search.searching import Search
from knowledge.upkeep.checkup import check_catalogue, check_model, check_parsers, check_room
from knowledge.upkeep.recovery import Recovery, update_terms
from knowledge.uploads import Failure, Ingested, Metadata, Upload

_T = TypeVar("_T")


class KnowledgeBase:
    """A team's documents: taken in, searched, cited.

    Reads take `teams`, the teams of the reader; None is the owner, who sees everything. A document with no
    teams is for everyone, any other for those who share a team with it. What a reader may not see behaves as
    if it did not exist. Safe to use from several threads; one process at a time should write.
    """

    def __init__(
        self,
        path: Path,
        catalogue: Catalogue,
        model: CurrentModel,
        dictionary: Dictionary,
        second_stage: SecondStage,
    ) -> None:
        """Wire up the parts; use `open`."""
        self._path = path
        self._dictionary = dictionary
        self._catalogue = catalogue
        self._model = model
        self._write_lock = model.lock
        self._dense = DenseSearch(catalogue, path / "vectors")
        self._search = Search(catalogue, self._dense, dictionary, model, second_stage)
        self.history = History(catalogue)
        self.recovery = Recovery(catalogue, self._dense, write_lock=self._write_lock)
        self._ingestion = Ingestion(catalogue, model, write_lock=self._write_lock, align=self.recovery.follow)
        self.curation = Curation(catalogue, model, write_lock=self._write_lock, follow=self.recovery.follow)
        self.questions = Questions(
            catalogue,
            model,
            write_lock=self._write_lock,
            search=lambda q, teams: self.find(q, teams=teams),
            dictionary=dictionary,
        )

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        embedder: Embedder | None = None,
        find_embedder: Callable[[], Embedder] | None = None,
        scale: Mapping[str, float] | None = None,
        second_stage: SecondStage | None = None,
    ) -> "KnowledgeBase":
        """Open the knowledge base in a state folder, creating or migrating it.

        No index and no model is loaded until it is needed.

        Args:
            path: The state folder, e.g. `.yunce` in a workspace.
            embedder: The embedding model; by default the embedded one.
            find_embedder: Builds the model that the settings name at that time: another process may change to it.
            scale: Attributes of `Scale` that win over what the model has or what was measured.
            second_stage: What orders the best results of a search anew; by default nothing does.

        Raises:
            CatalogueUnavailable: The catalogue's file cannot be used.
        """
        catalogue = Catalogue.open(path / "catalogue.db")
        model = CurrentModel(catalogue, embedder or default_embedder(), scale=scale, find=find_embedder)
        update_terms(catalogue)
        base = cls(path, catalogue, model, Dictionary(), second_stage or SecondStage())
        base.activate_due()
        return base

    @property
    def embedder(self) -> Embedder:
        """The embedding model, loaded at its first use."""
        return self._model.embedder

    def close(self) -> None:
        """End the work in the background and close all files."""
        self.recovery.close()
        self._dense.close()
        self._dictionary.close()
        self._catalogue.close()

    def __enter__(self) -> "KnowledgeBase":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ingest_bytes(
        self, name: str, data: bytes, *, source: str | None = None, **metadata: Unpack[Metadata]
    ) -> Ingested:
        """Take in one document; one of the same source is replaced by it as a new version.

        Args:
            name: File name; its extension says how the bytes are read.
            data: The bytes.
            source: What identifies the document; the name if None.
            **metadata: What is said of it (see `documents.Metadata`); it wins over the front matter.

        Raises:
            DocumentError: It cannot be taken in; nothing is left behind and an earlier version stays.
            EmbeddingFailed, EmbedderChanged: The embedding model gives no vectors that fit.
        """
        return self._ingest_one(Upload(name=name, data=data, source=source, **metadata))

    def ingest_file(self, path: Path, *, root: Path | None = None, **metadata: Unpack[Metadata]) -> Ingested:
        """Take in one file of a folder, as `sync` of that folder would.

        Args:
            path: The file.
            root: The folder that it belongs to, by default the one it is in. Its source is its path below
                `root` and its collection defaults to the first folder below `root`.
            **metadata: As in `ingest_bytes`.

        Raises:
            DocumentError: As `ingest_bytes`; also if the file cannot be read.
        """
        return self._ingest_one(self._read_file(path, root, metadata))

    def ingest_archive(
        self, path: Path, *, root: Path | None = None, **metadata: Unpack[Metadata]
    ) -> list[Ingested | Failure]:
        """Take in the documents of an archive, as `sync` of its folder would; arguments as in `ingest_file`.

        Returns:
            An outcome for each document, and failures of what cannot be one.
        """
        return list(self.ingest_many([self._read_file(path, root, metadata)]))

    def ingest_many(self, uploads: Iterable[Upload]) -> Iterator[Ingested | Failure]:
        """Take in many documents, embedding and storing them in batches; yields as they are stored.

        A failure concerns its document alone and is yielded, not raised.
        """
        try:
            yield from self._ingestion.ingest(uploads)
        finally:
            self.recovery.align()

    def sync(
        self,
        root: Path,
        *,
        retry: bool = False,
        confirm: Callable[[int, int], bool] | None = None,
        on_progress: Callable[[SyncProgress], None] | None = None,
    ) -> SyncReport:
        """Mirror a folder: take in new and changed files, follow renamed ones, remove what vanished.

        Files that are as they were last time are not read. Hidden files, links and temporary files are left
        out, files of unknown formats are reported as skipped. A file that fails is reported, and an earlier
        version of it stays; it is tried again once it changes.

        Args:
            root: The folder.
            retry: Try what failed again though it did not change.
            confirm: Asked, with the number of documents to be removed and of all, before more than half of
                more than 20 are removed, since the folder may just not be mounted; by default they are kept.
            on_progress: Called before a file is read, after each file and after each removal.

        Raises:
            FolderNotFound: There is no such folder; nothing is removed.
            StorageFull, EmbedderChanged: Nothing more can be stored; what was stored stays.
        """
        self.activate_due()
        sync = FolderSync(
            root.resolve(),
            origin=self._name_origin(root.resolve()),
            catalogue=self._catalogue,
            ingest=self.ingest_many,
            remove=self._remove,
        )
        try:
            return sync.run(retry=retry, confirm=confirm, on_progress=on_progress)
        finally:
            self.recovery.align()

    def failures(self) -> list[FailedFile]:
        """List the files of synced folders that could not be taken in when they were last tried."""
        return read_failures(self._catalogue.engine)

    def search(
        self, query: str, *, teams: Teams, limit: int = 8, collections: Sequence[str] | None = None
    ) -> list[SearchResult]:
        """Find the passages that answer a question best, in whichever language they are.

        Args:
            query: The question, at most 10,000 characters.
            teams: The reader's teams.
            limit: Number of results, 1 to 100.
            collections: Search only these collections.

        Returns:
            Results with scores on an absolute scale (see `relevance.Relevance`), best first; of documents that
            say nearly the same the newest.

        Raises:
            InvalidQuery: The query is empty or too long, or `limit` is out of range.
            EmbeddingFailed, EmbedderChanged: The embedding model gives no vector that fits.
        """
        return list(self.find(query, teams=teams, limit=limit, collections=collections).results)

    def find(
        self, query: str, *, teams: Teams, limit: int = 8, collections: Sequence[str] | None = None
    ) -> Findings:
        """Search as `search` does, and judge whether the results hold the answer."""
        found = self.recovery.mending(
            lambda: self._search.find(query, teams=teams, limit=limit, collections=collections)
        )
        return replace(found, results=tell_marks(self._catalogue, found.results, teams=teams))

    def read_concepts(self, question: str) -> dict[str, tuple[Concept, ...]]:
        """Return what a question asks about in both languages; see `search.question.read_concepts`."""
        return read_concepts(question, self._dictionary)

    def documents(self, *, teams: Teams, collections: Sequence[str] | None = None) -> list[Document]:
        """List documents by collection and title."""
        return self._catalogue.read_documents(teams=teams, collections=collections)

    def document(self, document_id: str, *, teams: Teams) -> Document:
        """Return a document in its current version. Raises DocumentNotFound."""
        return self._catalogue.read_document(document_id, teams=teams)

    def chunks(self, document_id: str, *, teams: Teams) -> list[Chunk]:
        """List a document's current chunks in reading order. Raises DocumentNotFound."""
        return self._catalogue.read_chunks(document_id, teams=teams)

    def chunk(self, chunk_id: str, *, teams: Teams) -> tuple[Document, Chunk]:
        """Return a chunk, also one of an earlier version, with its document as of that version.

        Who may read it is decided by the document's current teams. Raises ChunkNotFound.
        """
        return self._catalogue.read_chunk(chunk_id, teams=teams)

    def find_chunks(self, chunk_ids: Iterable[str], *, teams: Teams) -> dict[str, tuple[Document, Chunk]]:
        """Return those of the chunks that the reader may see, each as `chunk` does, by id."""
        return self._catalogue.find_chunks(chunk_ids, teams=teams)

    def blocks(self, kind: str, *, teams: Teams) -> list[tuple[Document, Chunk]]:
        """List all current chunks of a kind, e.g. "tactic", with their documents."""
        return self._catalogue.read_blocks(kind, teams=teams)

    def activate_due(self, today: date | None = None) -> list[str]:
        """Put in force the versions that waited for this day; return the ids of the documents that changed."""
        today = today or date.today()
        if not has_due(self._catalogue.engine, today):
            return []
        return self._change(lambda connection: activate_due(connection, today))

    def delete(self, document_id: str, *, teams: Teams) -> None:
        """Remove a document with all its versions. Raises DocumentNotFound."""
        self._remove(self._catalogue.read_document(document_id, teams=teams).id)
        self.recovery.align()

    def probe(self) -> IndexHealth:
        """Tell whether both indexes agree with the catalogue, by looking for known chunks."""
        return self.recovery.probe()

    def examine(self) -> dict[str, IndexHealth]:
        """Look at what the knowledge base rests on: disk, catalogue, the parsers, the embedding model."""
        return {
            "storage": check_room(self._path),
            "catalogue": check_catalogue(self._catalogue),
            "parsers": check_parsers(),
            "embedding": check_model(self._catalogue, self.embedder),
        }

    def rebuild_indexes(self) -> None:
        """Build both indexes anew from the catalogue, without embedding; the old ones serve meanwhile."""
        self.recovery.rebuild()

    def reindex(
        self, embedder: Embedder, *, calibrate: bool = False, on_progress: Progress | None = None
    ) -> Reindexed:
        """Change the embedding model; search goes on with the present one until all is embedded.

        A run that was cut short is taken up by the next. The documents may change meanwhile.

        Args:
            embedder: The model to change to.
            calibrate: Measure the scale of its similarities on the documents, also if it is in use already.
            on_progress: Told how many chunks of how many are embedded.

        Raises:
            EmbeddingFailed: The model gives no vectors; what was embedded is kept for the next run.
        """
        change = Reindexing(self._catalogue, self._model, embedder, on_switch=self._dense.set_aside)
        done = change.run(calibrate=calibrate, on_progress=on_progress)
        if done.changed:
            self.recovery.rebuild(terms=False)
        return done

    def _read_file(self, path: Path, root: Path | None, metadata: Metadata) -> Upload:
        root = (root or path.parent).resolve()
        source = Path(os.path.relpath(path.resolve(), root)).as_posix()
        return read_upload(path, source=source, origin=self._name_origin(root), **metadata)

    def _ingest_one(self, upload: Upload) -> Ingested:
        refuse_archive(upload)
        [outcome] = self.ingest_many([upload])
        if isinstance(outcome, Failure):
            raise outcome.error
        return outcome

    def _remove(self, document_id: str) -> None:
        self._change(lambda connection: remove_document(connection, document_id, today=date.today()))

    def _change(self, change: Callable[[Connection], _T]) -> _T:
        with self._write_lock:
            with write(self._catalogue.engine) as connection:
                changed = change(connection)
            self.recovery.follow()
        return changed

    def _name_origin(self, root: Path) -> str:
        """Name a folder relative to the state folder, so that a workspace can be moved as a whole."""
        return Path(os.path.relpath(root, self._path.resolve())).as_posix()
