"""Vectors of questions: those that pins answer, and those that nobody has answered yet."""

from sqlalchemy import Connection, select, update

from knowledge.catalogue.schema import pins, questions
from knowledge.embedding.embeddings import Embedder

Asked = dict[tuple[str, str], tuple[str, ...]]
"""Questions by table and id."""


def read_asked(connection: Connection) -> Asked:
    """Read the questions of every pin and every unanswered question."""
    asked: Asked = {
        ("pins", row.id): tuple(row.questions)
        for row in connection.execute(select(pins.c.id, pins.c.questions))
    }
    for row in connection.execute(select(questions.c.id, questions.c.text)):
        asked["questions", row.id] = (row.text,)
    return asked


def embed_asked(asked: Asked, embedder: Embedder) -> dict[tuple[str, str], bytes]:
    """Return the vectors of each entry, one behind the other, float32. Raises EmbeddingFailed."""
    texts = [text for group in asked.values() for text in group]
    if not texts:
        return {}
    vectors = embedder.embed(texts).astype("<f4")
    made, start = {}, 0
    for key, group in asked.items():
        made[key] = vectors[start : start + len(group)].tobytes()
        start += len(group)
    return made


def store_asked(connection: Connection, made: dict[tuple[str, str], bytes]) -> None:
    """Put vectors in the place of those that were."""
    for (table, key), value in made.items():
        if table == "pins":
            connection.execute(update(pins).where(pins.c.id == key).values(vectors=value))
        else:
            connection.execute(update(questions).where(questions.c.id == key).values(vector=value))
