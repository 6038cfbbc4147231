"""From a question to the results that are shown: found, near duplicates folded, ordered, and judged."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from knowledge.catalogue.near_duplicates import find_near_duplicates
from knowledge.catalogue.reading import Catalogue, Teams
from knowledge.documents import Document, Findings, SearchResult
from knowledge.embedding.current_model import CurrentModel
from knowledge.embedding.embeddings import Embedder
from knowledge.language import strip_surrogates
from knowledge.search.answerability import judge
from knowledge.search.dense_search import DenseSearch
from knowledge.search.dictionary import Dictionary
from knowledge.search.reranking import SecondStage
from knowledge.search.retrieval import CANDIDATES, Hit, check_query, retrieve

_MOST_OF_ONE_DOCUMENT = 3
_FOLDED = 3
"""Near duplicates are folded among so many times the results that are wanted."""


class Search:
    """Searches a catalogue for its readers."""

    def __init__(
        self,
        catalogue: Catalogue,
        dense: DenseSearch,
        dictionary: Dictionary,
        model: CurrentModel,
        second_stage: SecondStage,
    ) -> None:
        self._catalogue = catalogue
        self._dense = dense
        self._dictionary = dictionary
        self._model = model
        self._second_stage = second_stage

    def find(
        self, query: str, *, teams: Teams, limit: int, collections: Sequence[str] | None = None
    ) -> Findings:
        """Search, as `KnowledgeBase.find` says."""
        query = check_query(query, limit)
        collections = None if collections is None else [strip_surrogates(name) for name in collections]
        wanted = self._second_stage.widen(limit)
        found = self._model.use(lambda embedder: self._find(embedder, query, teams, wanted, collections))
        results = self._second_stage.reorder(query, found.results)[:limit]
        return replace(found, results=tuple(results))

    def _find(
        self, embedder: Embedder, query: str, teams: Teams, limit: int, collections: Sequence[str] | None
    ) -> Findings:
        [vector] = embedder.embed([query])
        with self._catalogue.engine.connect() as connection:
            scale = self._model.check(connection, embedder)
            audiences = self._catalogue.find_audiences(connection, teams)
            hits = retrieve(
                connection,
                query,
                vector=vector,
                scale=scale,
                index=self._dense,
                dictionary=self._dictionary,
                audiences=audiences,
                collections=collections,
                depth=max(CANDIDATES, limit),
            )
            likelihood = judge(hits)
            folded = self._fold(connection, hits[: _FOLDED * limit], audiences)
            shown = _spread([hit for hit in hits if hit.document_id not in folded], limit)
            found = self._catalogue.read_rows(connection, [hit.row for hit in shown])
        results = [
            SearchResult(
                *found[hit.row],
                hit.score,
                hit.dense_score,
                hit.lexical_score,
                similar=tuple(sorted(name for name, kept in folded.items() if kept == hit.document_id)),
            )
            for hit in shown
        ]
        return Findings(tuple(results), likelihood)

    def _fold(self, connection: Connection, hits: Sequence[Hit], audiences: Sequence[int]) -> dict[str, str]:
        """Of documents that say nearly the same keep the newest; return for each other one which that is."""
        present = {hit.document_id for hit in hits}
        pairs = find_near_duplicates(connection, present, audiences)
        alike = {one: others & present for one, others in pairs.items() if others & present}
        if not alike:
            return {}
        documents = self._catalogue.read_many(connection, alike)
        folded: dict[str, str] = {}
        for document_id in sorted(alike, key=lambda name: _age(documents[name]), reverse=True):
            if document_id not in folded:
                folded |= dict.fromkeys(alike[document_id] - folded.keys(), document_id)
        return folded


def _age(document: Document) -> tuple[str, str, str]:
    """Sort key by which the version that holds comes last."""
    return (str(document.effective_date or ""), document.updated_at.isoformat(), document.id)


def _spread(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """Take the best hits, at most three of one document as long as other documents have any."""
    counts: Counter[str] = Counter()
    first: list[Hit] = []
    later: list[Hit] = []
    for hit in hits:
        counts[hit.document_id] += 1
        (first if counts[hit.document_id] <= _MOST_OF_ONE_DOCUMENT else later).append(hit)
        if len(first) == limit:
            break
    return [*first, *later][:limit]
