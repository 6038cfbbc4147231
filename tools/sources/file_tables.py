"""Tables in files of any usual format: Parquet stays where it is, all else is parsed once into the engine."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from tools.errors import SourceUnavailable, show
from tools.grammar import chinese_list
from tools.source_definition import SourceDefinition
from tools.sources.engine import Engine
from tools.sources.files import Kind, find_kind, unpacked
from tools.sources.nesting import check_nesting
from tools.sources.text_files import TextFile, inspect_text, open_bytes
from tools.sources.workbooks import read_workbook

if TYPE_CHECKING:
    import ibis

# Times stay text here, since DuckDB guesses their order and zone in silence; `clocks` and `normalization` read them.
_TYPES = "auto_type_candidates = ['NULL', 'BOOLEAN', 'BIGINT', 'DOUBLE', 'VARCHAR']"
_NO_TIMES = "dateformat = '~%Y', timestampformat = '~%Y'"
# All records are looked at, so that none is refused for what it alone has; no object becomes a mere map of text.
_JSON = "sample_size = -1, map_inference_threshold = -1, field_appearance_threshold = 0, maximum_object_size = 67108864"

# What Python's own readers say of a file that breaks off, or of which a part was overwritten.
_DAMAGED = (OSError, EOFError, UnicodeError, zlib.error, zipfile.BadZipFile, csv.Error, ParseError)


def open_tables(
    name: str, definition: SourceDefinition, engine: Engine, files: Sequence[Path]
) -> "ibis.Table":
    """Open the files of a source in an engine as one table, with the columns of all.

    Raises:
        SourceUnavailable: they are of several kinds, or one cannot be read.
    """
    import duckdb
    import pyarrow as pa

    try:
        with unpacked(name, definition, list(files)) as plain:
            kind = _agree(name, definition, plain)
            return _open(name, definition, engine, kind, plain, packed=list(plain) != list(files))
    except (duckdb.Error, pa.ArrowException, *_DAMAGED) as error:
        raise describe_unreadable(name, files[0].name, error) from error


def _agree(name: str, definition: SourceDefinition, files: Sequence[Path]) -> Kind:
    kinds = {find_kind(name, definition, file) for file in files}
    if len(kinds) == 1:
        return kinds.pop()
    path, listed = show(definition.path), ", ".join(sorted(kinds))
    raise SourceUnavailable(
        en=f"Source {name}: {path} matches files of several kinds ({listed}); write a path that matches one.",
        zh=f"数据源 {name}：{path} 匹配到多种格式的文件（{chinese_list(listed)}），请让路径只匹配一种。",
        parameter="path",
    )


def _open(
    name: str,
    definition: SourceDefinition,
    engine: Engine,
    kind: Kind,
    files: Sequence[Path],
    *,
    packed: bool,
) -> "ibis.Table":
    if kind == "excel":
        return engine.load_raw(
            read_workbook(name, files, definition.sheet, repeats=definition.repeats_columns)
        )
    paths = [str(f) for f in files]
    if kind == "parquet":
        query = f"SELECT * FROM read_parquet({_listed(paths)}{_by_name(paths)})"
        return engine.open_files(query, paths, copied=packed)
    if kind == "jsonl":
        for file in files:
            check_nesting(name, file)
        return _open_json(name, engine, files)
    given = {"encoding": definition.encoding, "delimiter": definition.delimiter}
    texts = [inspect_text(name, file, **given, repeats=definition.repeats_columns) for file in files]
    with TemporaryDirectory(prefix="yunce-") as folder:
        plain = [t if t.is_plain else t.write_plain(Path(folder), i) for i, t in enumerate(texts)]
        return _open_csv(name, engine, plain)


def _open_csv(name: str, engine: Engine, files: Sequence[TextFile]) -> "ibis.Table":
    import duckdb

    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(file.delimiter, []).append(str(file.path))
    queries = [
        f"SELECT * FROM read_csv({_listed(paths)}, header = true, skip = 0, delim = {_quoted(delimiter)}, "
        f"quote = '\"', escape = '\"', sample_size = -1, {_TYPES}{_by_name(paths)})"
        for delimiter, paths in groups.items()
    ]
    try:
        paths = [str(file.path) for file in files]
        return engine.open_files(" UNION ALL BY NAME ".join(queries), paths, copied=True)
    except duckdb.Error:
        for file in files:
            _refuse_ragged(name, file)
        raise


def _refuse_ragged(name: str, file: TextFile) -> None:
    """Raise for the first row that has more or fewer cells than the header."""
    with open_bytes(file.path) as stream, io.TextIOWrapper(stream, file.encoding, newline="") as text:
        rows = csv.reader(text, delimiter=file.delimiter)
        for row in rows:
            if row and len(row) != len(file.header):
                line, cells, columns = rows.line_num, len(row), len(file.header)
                raise SourceUnavailable(
                    en=f"Source {name}: line {line} of {show(file.path.name)} has {cells} cells where the header "
                    f"has {columns}; a quote or a delimiter is wrong there.",
                    zh=f"数据源 {name}：{show(file.path.name)} 第 {line} 行有 {cells} 个单元格，"
                    f"而表头有 {columns} 列；请检查该行的引号或分隔符。",
                    parameter="path",
                )


def _open_json(name: str, engine: Engine, files: Sequence[Path]) -> "ibis.Table":
    import duckdb

    paths = [str(f) for f in files]
    query = f"SELECT * FROM read_json({_listed(paths)}, {_JSON}, {_NO_TIMES}{_by_name(paths)}"
    try:
        table = engine.open_files(f"{query})", paths, copied=True)
    except duckdb.NotImplementedException:
        # A property written with different capitals: one of them is taken.
        table = engine.open_files(f"{query}, ignore_errors = true)", paths, copied=True)
    if list(table.columns) != ["json"]:
        return table
    raise SourceUnavailable(
        en=f"Source {name}: {show(files[0].name)} holds no JSON objects, one per line or in one list.",
        zh=f"数据源 {name}：{show(files[0].name)} 中没有 JSON 对象（应每行一个，或放在一个列表中）。",
        parameter="path",
    )


def _by_name(paths: Sequence[str]) -> str:
    """Let several files differ in their columns."""
    return ", union_by_name = true" if len(paths) > 1 else ""


def _listed(paths: Sequence[str]) -> str:
    # DuckDB takes a name for a pattern: a star in it stands for itself only within brackets.
    names = [re.sub(r"[*?]", r"[\g<0>]", path) for path in paths]
    return f"[{', '.join(map(_quoted, names))}]"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def describe_unreadable(name: str, what: str, error: Exception) -> SourceUnavailable:
    """Say that data cannot be read, and why."""
    reason = show(str(error).splitlines()[0] if str(error) else type(error).__name__)
    return SourceUnavailable(
        en=f"Source {name}: {show(what)} cannot be read ({reason}).",
        zh=f"数据源 {name}：无法读取 {show(what)}（{reason}）。",
        parameter="path",
    )
