"""Lexical search: for each audience an FTS5 table over index terms, in the catalogue's file and transactions.

What a reader sees of term statistics are sums over the audiences that the reader belongs to, so neither the order
nor the scores of results tell of documents that the reader may not see.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from json import dumps, loads
from math import log

from sqlalchemy import Connection, text

from knowledge.language import index_terms
from knowledge.search.naming import list_names

FORMAT = 2
"""Counts the ways in which terms were cut; a catalogue that holds another is indexed anew when it is opened."""

_SMALLEST_TOTAL = 50
_MOST_MATCHES = 20_000
_HEAD_WEIGHT = 1.5

_ADD_COUNTS = (
    "INSERT INTO term_counts (audience_id, term, chunks) SELECT ?, key, value FROM json_each(?) WHERE true "
    "ON CONFLICT DO UPDATE SET chunks = chunks + excluded.chunks"
)
"""In one statement, which leaves the interpreter to those who embed meanwhile."""

Entry = tuple[int, str, str, str]
"""Row number, language, context (title, headings, opening) and text of a chunk."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a reader's chunks have in common.

    Attributes:
        audiences: Those of the reader's audiences that have chunks.
        totals: Number of chunks in each language, all Chinese being "zh".
        lengths: Mean number of terms of a chunk in each language.
        frequencies: Number of chunks that hold each term asked about; those in none are left out.
    """

    audiences: frozenset[int]
    totals: Mapping[str, int]
    lengths: Mapping[str, float]
    frequencies: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return the number of chunks."""
        return sum(self.totals.values())

    def measure_idf(self, term: str) -> float:
        """Return `weigh` of the term's frequency."""
        return self.weigh(self.frequencies.get(term, 0))

    def weigh(self, frequency: int) -> float:
        """Return ln((N - n + 0.5) / (n + 0.5)), at least 0, for a term in n of N chunks.

        N counts as 50 at least: in a knowledge base of a few chunks, a term that is in most of them is still
        what the question is about.
        """
        total = max(self.total, _SMALLEST_TOTAL)
        return max(log((total - frequency + 0.5) / (frequency + 0.5)), 0.0)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a chunk: of each name of its subject (see `naming`), and of its text."""

    names: tuple[tuple[str, ...], ...]
    body: Sequence[str]


def add_terms(connection: Connection, audience_id: int, chunks: Iterable[Entry]) -> None:
    """Index chunks for an audience; the text is segmented here."""
    _create_table(connection, audience_id)
    values, counts, sizes = [], Counter[str](), _Sizes()
    for row, language, context, content in chunks:
        names = [index_terms(name) for name in list_names(context)]
        body = index_terms(content)
        values.append({"row": row, "head": "\n".join(map(" ".join, names)), "body": " ".join(body)})
        held = [*(term for name in names for term in name), *body]
        counts.update(set(held))
        sizes.add(language, len(held))
    if values:
        statement = f"INSERT INTO {_table(audience_id)} (rowid, head, body) VALUES (:row, :head, :body)"
        connection.execute(text(statement), values)
        _count(connection, audience_id, counts, sizes)


def remove_terms(connection: Connection, document_id: str) -> None:
    """Take a document's chunks, as `entries` lists them, out of the index."""
    query = (
        "SELECT audience_id, json_group_object(row, language) AS languages FROM entries JOIN chunks USING (row) "
        "WHERE entries.document_id = :document GROUP BY audience_id"
    )
    for audience_id, found in connection.execute(text(query), {"document": document_id}).all():
        _create_table(connection, audience_id)
        languages = {int(row): language for row, language in loads(found).items()}
        counts, sizes = Counter[str](), _Sizes()
        for row, terms in read_terms(connection, {audience_id: list(languages)}).items():
            held = [*(term for name in terms.names for term in name), *terms.body]
            counts.subtract(set(held))
            sizes.add(languages[row], -len(held), chunks=-1)
        statement = f"DELETE FROM {_table(audience_id)} WHERE rowid IN (SELECT value FROM json_each(:rows))"
        connection.execute(text(statement), {"rows": dumps(list(languages))})
        _count(connection, audience_id, counts, sizes)


def rebuild_terms(connection: Connection) -> None:
    """Build the index anew from the current chunks, whatever state it is in."""
    for table in _list_tables(connection):
        connection.execute(text(f"DROP TABLE {table}"))
    for table in ("term_counts", "lexical_sizes"):
        connection.execute(text(f"DELETE FROM {table}"))
    query = text(
        "SELECT row, language, context, text FROM chunks JOIN entries USING (row) WHERE audience_id = :audience"
    )
    audiences = connection.execute(text("SELECT DISTINCT audience_id FROM entries")).scalars().all()
    for audience_id in audiences:
        rows = connection.execute(query, {"audience": audience_id})
        add_terms(connection, audience_id, (tuple(row) for row in rows))


def check_terms(connection: Connection, *, thorough: bool = False) -> bool:
    """Whether each audience's table holds as many chunks as `entries` lists; `thorough` has FTS5 read it through.

    Raises:
        DatabaseError: A table is damaged.
    """
    query = "SELECT audience_id, count(*) AS total FROM entries GROUP BY audience_id"
    wanted = {_table(row.audience_id): row.total for row in connection.execute(text(query))}
    present = _list_tables(connection)
    for table in present:
        if thorough:
            connection.execute(text(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')"))
        count = connection.execute(text(f"SELECT count(*) FROM {table}_docsize")).scalar_one()
        if count != wanted.pop(table, 0):
            return False
    return not wanted


def read_statistics(connection: Connection, audiences: Sequence[int], terms: Iterable[str]) -> Statistics:
    """Sum up sizes and term frequencies over audiences."""
    groups = dumps(list(audiences))
    query = "SELECT * FROM lexical_sizes WHERE audience_id IN (SELECT value FROM json_each(?)) AND chunks > 0"
    sizes = connection.exec_driver_sql(query, (groups,)).all()
    totals, lengths = Counter[str](), Counter[str]()
    for size in sizes:
        totals[size.language] += size.chunks
        lengths[size.language] += size.length
    return Statistics(
        audiences=frozenset(size.audience_id for size in sizes),
        totals=totals,
        lengths={language: max(length / totals[language], 1.0) for language, length in lengths.items()},
        frequencies=_read_frequencies(connection, groups, terms),
    )


def add_statistics(
    connection: Connection, statistics: Statistics, audiences: Sequence[int], terms: Iterable[str]
) -> Statistics:
    """Return the statistics with the frequencies of further terms."""
    more = _read_frequencies(connection, dumps(list(audiences)), terms)
    return replace(statistics, frequencies={**statistics.frequencies, **more})


def _read_frequencies(connection: Connection, audiences: str, terms: Iterable[str]) -> dict[str, int]:
    query = (
        "SELECT term, sum(chunks) FROM term_counts WHERE term IN (SELECT value FROM json_each(?)) "
        "AND audience_id IN (SELECT value FROM json_each(?)) GROUP BY term"
    )
    rows = connection.exec_driver_sql(query, (dumps(sorted(set(terms))), audiences)).all()
    return {term: chunks for term, chunks in rows if chunks > 0}


def match(
    connection: Connection,
    terms: Iterable[str],
    statistics: Statistics,
    *,
    audiences: Sequence[int],
    collections: Sequence[str] | None = None,
    limit: int,
) -> list[int]:
    """Return the rows of the chunks that match best by FTS5's BM25, at most `limit` in all.

    Of the terms the rarest are looked for, as many as are in 20,000 chunks together: the others hardly tell chunks
    apart, and reading through their lists is what takes long.
    """
    expression = _write_expression(terms, statistics)
    if not expression:
        return []
    ranked: list[tuple[float, int]] = []
    for audience_id in statistics.audiences.intersection(audiences):
        ranked += _match_table(connection, _table(audience_id), expression, collections, limit)
    return [row for _, row in sorted(ranked)[:limit]]


def _match_table(
    connection: Connection, table: str, expression: str, collections: Sequence[str] | None, limit: int
) -> list[tuple[float, int]]:
    score = f"bm25({table}, {_HEAD_WEIGHT}, 1.0)"
    joined = where = ""
    if collections is not None:
        joined = f"JOIN entries ON entries.row = {table}.rowid"
        where = "AND entries.collection IN (SELECT value FROM json_each(?))"
    query = (
        f"SELECT {score} AS score, {table}.rowid FROM {table} {joined} "
        f"WHERE {table} MATCH ? {where} ORDER BY score LIMIT ?"
    )
    chosen = () if collections is None else (dumps(list(collections)),)
    return [tuple(row) for row in connection.exec_driver_sql(query, (expression, *chosen, limit)).all()]


def _write_expression(terms: Iterable[str], statistics: Statistics) -> str:
    known = sorted(
        {term for term in terms if term in statistics.frequencies},
        key=lambda term: (statistics.frequencies[term], term),
    )
    chosen: list[str] = []
    matches = 0
    for term in known:
        matches += statistics.frequencies[term]
        if chosen and matches > _MOST_MATCHES:
            break
        chosen.append(f'"{term}"')
    return " OR ".join(chosen)


def read_terms(connection: Connection, rows: Mapping[int, Sequence[int]]) -> dict[int, Terms]:
    """Return the terms of chunks by row number; `rows` lists them by audience."""
    found = {}
    for audience_id, numbers in rows.items():
        query = f"SELECT rowid, head, body FROM {_table(audience_id)} "
        query += "WHERE rowid IN (SELECT value FROM json_each(?))"
        for row, head, body in connection.exec_driver_sql(query, (dumps(list(numbers)),)).all():
            names = tuple(tuple(name.split()) for name in head.split("\n") if name)
            found[row] = Terms(names, body.split())
    return found


class _Sizes(dict[str, tuple[int, int]]):
    """Chunks and terms to be counted in each language."""

    def add(self, language: str, length: int, *, chunks: int = 1) -> None:
        key = name_language(language)
        present = self.get(key, (0, 0))
        self[key] = (present[0] + chunks, present[1] + length)


def name_language(language: str) -> str:
    """Return the language without the script: "zh" for both kinds of Chinese."""
    return language.split("-", 1)[0]


def _count(connection: Connection, audience_id: int, counts: Mapping[str, int], sizes: _Sizes) -> None:
    size = text(
        "INSERT INTO lexical_sizes (audience_id, language, chunks, length) "
        "VALUES (:audience, :language, :chunks, :length) "
        "ON CONFLICT DO UPDATE SET chunks = chunks + excluded.chunks, length = length + excluded.length"
    )
    for language, (chunks, length) in sizes.items():
        values = {"audience": audience_id, "language": language, "chunks": chunks, "length": length}
        connection.execute(size, values)
    connection.exec_driver_sql(_ADD_COUNTS, (audience_id, dumps(counts, ensure_ascii=False)))


def _table(audience_id: int) -> str:
    return f"terms_{int(audience_id)}"


def _create_table(connection: Connection, audience_id: int) -> None:
    # Full detail: without the places of terms, bm25() would have to cut each text that matches anew.
    columns = "head, body, tokenize = 'ascii', detail = full"
    statement = f"CREATE VIRTUAL TABLE IF NOT EXISTS {_table(audience_id)} USING fts5({columns})"
    connection.execute(text(statement))


def _list_tables(connection: Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'terms_[0-9]*'"
    names = connection.exec_driver_sql(query).scalars()
    return [
        name for name in names if name.removeprefix("terms_").isdigit()
    ]  # not those that FTS5 keeps beside
