"""What most people build: a character splitter, one Chroma collection, and the teams as a filter on metadata."""

from collections.abc import Sequence
from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from knowledge.embedding.embeddings import Embedder

_BATCH = 2000


class _Embeddings(Embeddings):
    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = []
        for start in range(0, len(texts), 256):
            rows += self._embedder.embed(texts[start : start + 256]).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        return list(self._embedder.embed([text])[0].tolist())


class Recipe:
    """Documents split by characters, found by cosine alone."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100)
        self._store = Chroma(
            "documents",
            embedding_function=_Embeddings(embedder),
            persist_directory=str(folder),
            collection_metadata={"hnsw:space": "cosine"},
        )

    def add(self, documents: Sequence[tuple[str, str, tuple[str, ...]]]) -> None:
        """Split and add documents: source, text and teams of each. One entry for each team that may read it."""
        texts, metadatas = [], []
        for source, text, teams in documents:
            for piece in self._splitter.split_text(text):
                texts.append(piece)
                metadatas.append({"source": source, **dict.fromkeys(teams, True)})
        for start in range(0, len(texts), _BATCH):
            self._store.add_texts(texts[start : start + _BATCH], metadatas[start : start + _BATCH])

    def search(self, question: str, *, limit: int, teams: Sequence[str] | None) -> list[str]:
        """Return the sources of the nearest pieces, each once."""
        allowed = {"$or": [{team: True} for team in teams]} if teams else None
        found = self._store.similarity_search(question, k=limit, filter=allowed)
        return list(dict.fromkeys(document.metadata["source"] for document in found))
