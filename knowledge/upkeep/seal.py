"""Checksums of an index's files at rest.

Chroma trusts its files: on damaged ones it may answer wrongly without an error, and its core may take the whole
process down. So they are compared with what was last written before Chroma opens them.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

_NAME = "seal.json"
_DATABASE = "chroma.sqlite3"
_BLOCK = 1 << 20


class Seal:
    """What the files of an index were when it was last written.

    There is no seal while the index is being written, so that work that was cut short is not trusted. Of the
    SQLite file, which Chroma changes as it opens it, only the size counts: Chroma notices damage inside it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_on = False
        self._seen: dict[str, tuple[int, int]] = {}
        self._sums: dict[str, tuple[int, int]] = {}

    def is_whole(self) -> bool:
        """Whether all files are as they were sealed, by their checksums."""
        try:
            sealed = json.loads((self._folder / _NAME).read_bytes())
            sums = {name: (int(size), int(checksum)) for name, (size, checksum) in sealed.items()}
            size, _ = sums.pop(_DATABASE, (0, 0))
            self._sums = {name: _sum(self._folder / name) for name in sums}
            self._seen = self._look()
            self._is_on = self._sums == sums and self._database_size() >= size
        except (OSError, ValueError, TypeError, AttributeError):
            self._is_on = False
        return self._is_on

    def is_untouched(self) -> bool:
        """Whether no file changed since they were compared or sealed, by their sizes and times."""
        try:
            now = self._look()
        except OSError:
            return False
        size, _ = self._seen.get(_DATABASE, (0, 0))
        names = self._seen.keys() - {_DATABASE}
        return all(now.get(name) == self._seen[name] for name in names) and self._database_size() >= size

    def lift(self) -> None:
        """Take the seal off before a change."""
        self._is_on = False
        (self._folder / _NAME).unlink(missing_ok=True)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew the seal after what may make Chroma write its files of its own accord, if they were whole before."""
        was_whole = self._is_on and self.is_untouched()
        yield
        if was_whole and not self.is_untouched():
            self.renew()

    def renew(self) -> None:
        """Seal the files as they are."""
        self._folder.mkdir(parents=True, exist_ok=True)
        now = self._look()
        for name in now.keys() - {_DATABASE}:
            if name not in self._sums or self._seen.get(name) != now[name]:
                self._sums[name] = _sum(self._folder / name)
        self._sums = {name: self._sums[name] for name in now.keys() - {_DATABASE}}
        self._seen = now
        sealed = {**self._sums, _DATABASE: (self._database_size(), 0)}
        draft = self._folder / f"{_NAME}.new"
        draft.write_text(json.dumps(sealed), encoding="utf-8")
        os.replace(draft, self._folder / _NAME)
        self._is_on = True

    def _database_size(self) -> int:
        path = self._folder / _DATABASE
        return path.stat().st_size if path.exists() else 0

    def _look(self) -> dict[str, tuple[int, int]]:
        """Return size and time of the database and of each file in the folders of the segments."""
        looks: dict[str, tuple[int, int]] = {}
        if not self._folder.exists():
            return looks
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    looks.update(_look_into(entry))
                elif entry.name == _DATABASE:
                    looks[_DATABASE] = _look_at(entry)
        return looks


def _look_into(folder: os.DirEntry[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield f"{folder.name}/{entry.name}", _look_at(entry)


def _look_at(file: os.DirEntry[str]) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_size, stat.st_mtime_ns


def _sum(path: Path) -> tuple[int, int]:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = crc32(block, checksum)
        return file.tell(), checksum
