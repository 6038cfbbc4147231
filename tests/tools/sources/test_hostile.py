"""Broken and hostile data, files of semantics and addresses: a sentence in both languages, and nothing else."""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tools import Metrics, load_semantics
from tools.errors import MetricError, NoData, SemanticsError, SourceUnavailable
from tools.sources.databases import find_url
from tools.sources.nesting import find_depth

JUNE = {"start": "2026-06-01", "end": "2026-06-30"}
CSV = "user,event,at,channel\n" + "".join(f"u{k},visit,2026-06-{k + 1:02},web\n" for k in range(9))
FRAME = pd.read_csv(io.StringIO(CSV))


def ask(folder: Path, path: str, **arguments: object) -> float:
    """Return the active users that a workspace over a file counts."""
    source = {"path": path, "user": "user", "time": "at", "event": "event"}
    extra = "dimensions: {channel: {column: channel, optional: true}}"
    text = f"timezone: UTC\nsources: {{e: {json.dumps(source)}}}\n{extra}"
    (folder / "metrics.yaml").write_text(text, encoding="utf-8")
    metrics = Metrics.open(folder / "metrics.yaml")
    try:
        return metrics.run("measure_active_users", {**JUNE, **arguments}, teams=None).n
    finally:
        metrics.close()


def parquet() -> bytes:
    buffer = io.BytesIO()
    FRAME.to_parquet(buffer)
    return buffer.getvalue()


def workbook(change: Callable[[bytes], bytes]) -> bytes:
    """Write a workbook whose sheet has been tampered with."""
    whole, changed = io.BytesIO(), io.BytesIO()
    FRAME.to_excel(whole, index=False)
    with zipfile.ZipFile(whole) as book, zipfile.ZipFile(changed, "w") as other:
        for name in book.namelist():
            data = book.read(name)
            other.writestr(name, change(data) if name.endswith("sheet1.xml") else data)
    return changed.getvalue()


def damaged_archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../e.csv", CSV)
    data = bytearray(buffer.getvalue())
    place = data.find(b"e.csv") + 12
    data[place : place + 8] = b"\xff" * 8
    return bytes(data)


def nested(depth: int, start: str, end: str) -> bytes:
    inside = start * depth + "1" + end * depth
    return f'{{"user":"a","event":"visit","at":"2026-06-01","p":{inside}}}\n'.encode()


BROKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "cut parquet": ("e.parquet", lambda: parquet()[:-40]),
    "parquet of nulls": ("e.parquet", lambda: parquet()[:4] + b"\0" * 400 + parquet()[-8:]),
    "text as parquet": ("e.parquet", CSV.encode),
    "empty": ("e.csv", lambda: b""),
    "ragged": ("e.csv", lambda: CSV.encode() + b"a,b\n"),
    "null byte": ("e.csv", lambda: b"us\0er" + CSV.encode()),
    "cell of 9 MB": ("e.csv", lambda: CSV.encode() + b'"' + b"a" * 9_000_000 + b'",visit,2026-06-01,web\n'),
    "cut utf-16": ("e.csv", lambda: CSV.encode("utf-16")[:-1]),
    "cut gzip": ("e.csv.gz", lambda: gzip.compress(CSV.encode() * 50)[:-20]),
    "cut sheet": ("e.xlsx", lambda: workbook(lambda data: data[:-200])),
    "entities": ("e.xlsx", lambda: workbook(lambda data: data.replace(b"<row", b"<row>&boom;</row><row", 1))),
    "damaged archive": ("e.zip", damaged_archive),
    "cut json": ("e.jsonl", lambda: b'{"user":"a","event":"visit","at":"2026-06-01"}\n{"user":'),
    "deep objects": ("e.jsonl", lambda: nested(3000, '{"a":', "}")),
    "deep lists": ("e.jsonl", lambda: nested(100_000, "[", "]")),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_a_sentence(tmp_path: Path, what: str):
    name, content = BROKEN[what]
    (tmp_path / name).write_bytes(content())
    with pytest.raises(SourceUnavailable) as caught:
        ask(tmp_path, name)
    assert "e." in caught.value.en
    assert caught.value.zh.endswith("。")


def test_a_header_alone_is_no_data(tmp_path: Path):
    (tmp_path / "e.csv").write_text("user,event,at,channel\n")
    with pytest.raises(NoData):
        ask(tmp_path, "e.csv")


def test_a_name_with_a_star_is_that_file_only(tmp_path: Path):
    (tmp_path / "*.csv").write_text(CSV)
    (tmp_path / "secret.csv").write_text(CSV.replace("u", "x"))
    # Nine users on nine days, once each.
    assert ask(tmp_path, "[*].csv") == 9


def test_names_and_values_are_never_run(tmp_path: Path):
    evil = "x'); DROP TABLE raw; --"
    FRAME.assign(channel=evil).to_csv(tmp_path / "e.csv", index=False)
    assert ask(tmp_path, "e.csv", filters={"channel": [evil]}) == 9
    for arguments in ({"filters": {"channel": ["' OR 1=1 --"]}}, {"event": "' UNION SELECT 1"}):
        with pytest.raises(MetricError):
            ask(tmp_path, "e.csv", **arguments)


def test_a_file_that_becomes_a_folder_is_missed(tmp_path: Path):
    (tmp_path / "e.csv").write_text(CSV)
    assert ask(tmp_path, "e.csv") == 9
    (tmp_path / "e.csv").unlink()
    (tmp_path / "e.csv").mkdir()
    with pytest.raises(SourceUnavailable):
        ask(tmp_path, "e.csv")


def depth_by_hand(text: str) -> int:
    """Count the open braces of JSON one character at a time."""
    deepest = depth = 0
    quoted = escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = quoted
        elif character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character in "[{") - (character in "]}")
            deepest = max(deepest, depth)
    return deepest


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1 << 22])
def test_depth_is_counted_outside_of_text(chunk: int):
    chosen = random.Random(chunk)

    def made(levels: int) -> object:
        if not levels or chosen.random() < 0.3:
            return chosen.choice([1, None, 'a"b', "\\", "[[{", '\\"]]', "\n"])
        parts = [made(levels - 1) for _ in range(chosen.randint(0, 3))]
        return (
            parts
            if chosen.random() < 0.5
            else {chosen.choice('ab"\\[') + str(i): p for i, p in enumerate(parts)}
        )

    for _ in range(200):
        text = json.dumps(made(6))
        assert find_depth(io.BytesIO(text.encode()), chunk) == depth_by_hand(text)


SOURCE = "sources: {e: {path: e.csv, user: user, time: at, event: event}}\n"
#: Nine aliases of nine aliases, twelve times over: 9^12 values.
BOMB = "a: &a [x]\n" + "".join(
    f"{chr(97 + i)}: &{chr(97 + i)} [{', '.join([f'*{chr(96 + i)}'] * 9)}]\n" for i in range(1, 13)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB + SOURCE,
        "x: " + "[" * 400 + "]" * 400 + "\n" + SOURCE,
        "timezone: !!python/object/apply:os.system ['exit 1']\n" + SOURCE,
        "b: &b {x: 1}\nsources: {e: {<<: *b, path: e.csv, user: user, time: at, event: event}}\n",
        "timezone: UTC\ntimezone: UTC\n" + SOURCE,
    ],
    ids=["aliases", "deep", "object", "merged key", "twice"],
)
def test_hostile_semantics_are_a_sentence(text: str):
    with pytest.raises(SemanticsError) as caught:
        load_semantics(text)
    assert "metrics.yaml" in caught.value.en
    assert caught.value.zh != caught.value.en


@pytest.mark.parametrize(
    "source",
    [
        "{database: 'postgresql://joe:s3cr3t@h/a', database: 'postgresql://joe:s3cr3t@h/b', table: t, user: u}",
        "{database: 'postgresql://joe:s3cr3t@h/a', path: x, table: t, user: u, time: at, event: e}",
        "{database: ['postgresql://joe:s3cr3t@h/a'], table: t, user: u, time: at, event: e}",
    ],
    ids=["twice", "two kinds", "list"],
)
def test_a_refused_source_does_not_tell_its_password(source: str):
    with pytest.raises(SemanticsError) as caught:
        load_semantics(f"sources:\n  e: {source}\n")
    assert "s3cr3t" not in caught.value.en + caught.value.zh


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://joe:s3cr3t@127.0.0.1:1/db",
        "postgresql://joe:s3cr3t@127.0.0.1:port/db",
        "postgresql://joe:s3c/r3t@127.0.0.1:1/db",
        "postgresql://joe:s3cr3t@[bad/db",
        "oracle://joe:s3cr3t@h:x/db",
        "nothing://joe:s3cr3t@h/db",
    ],
)
def test_an_unusable_database_does_not_tell_its_password(tmp_path: Path, url: str):
    path = tmp_path / "metrics.yaml"
    path.write_text("sources: {e: {database: shop, table: t, user: user, time: at, event: event}}")
    metrics = Metrics.open(path, databases={"shop": url})
    with pytest.raises(SourceUnavailable) as caught:
        metrics.run("measure_active_users", JUNE, teams=None)
    metrics.close()
    for secret in ("s3c", "r3t"):
        assert secret not in caught.value.en + caught.value.zh


def test_an_address_of_spark_is_no_address_of_a_server() -> None:
    assert find_url("events", "spark://local[2]", {}) == "spark://local[2]"
