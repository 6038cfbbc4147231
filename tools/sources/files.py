"""Which files a source has and what they are; archives are unpacked into a folder that goes when they are read."""

import glob
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from tools.errors import SourceUnavailable, show
from tools.source_definition import SourceDefinition

Kind = Literal["parquet", "csv", "excel", "jsonl", "zip"]
_KINDS: dict[str, Kind] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".zip": "zip",
}
_EXPORTED = ("ga4", "mixpanel", "amplitude")
_LARGEST_ARCHIVE = 50 * 2**30


def find_files(name: str, definition: SourceDefinition, folder: Path) -> list[Path]:
    """List the files of a source, sorted by name.

    Raises:
        SourceUnavailable: there is none.
    """
    found = [Path(p) for p in sorted(glob.glob(str(folder / (definition.path or "")), recursive=True))]
    files = [p for p in found if p.is_file()]
    if files:
        return files
    path = show(definition.path)
    if found:
        raise SourceUnavailable(
            en=f"Source {name}: {path} is a folder; name its files, e.g. {path}/*.parquet.",
            zh=f"数据源 {name}：{path} 是文件夹，请写明其中的文件，例如 {path}/*.parquet。",
            parameter="path",
        )
    raise SourceUnavailable(
        en=f"Source {name}: there is no file {path} (looked in {show(folder)}).",
        zh=f"数据源 {name}：找不到文件 {path}（查找位置：{show(folder)}）。",
        parameter="path",
    )


def find_kind(name: str, definition: SourceDefinition, file: Path) -> Kind:
    """Tell what a file is: as declared, else by its name.

    Raises:
        SourceUnavailable: neither says.
    """
    suffixes = [s.lower() for s in file.suffixes]
    suffix = suffixes[-2] if suffixes[-1:] == [".gz"] and len(suffixes) > 1 else (suffixes or [""])[-1]
    kind = _KINDS.get(suffix)
    declared = definition.format
    if kind == "zip" or declared is None:
        pass
    elif declared not in _EXPORTED:
        return declared  # type: ignore[return-value]
    elif kind != "parquet":
        return "jsonl"
    if kind is None:
        raise SourceUnavailable(
            en=f"Source {name}: {show(file.name)} is neither Parquet, CSV, Excel nor JSON lines by its name; "
            "say which with format: parquet, csv, excel or jsonl.",
            zh=f"数据源 {name}：从文件名看，{show(file.name)} 不是 Parquet、CSV、Excel 或 JSONL；"
            "请用 format: parquet、csv、excel 或 jsonl 说明。",
            parameter="path",
        )
    return kind


@contextmanager
def unpacked(name: str, definition: SourceDefinition, files: list[Path]) -> Iterator[list[Path]]:
    """Give the files, those of archives among them unpacked for as long as they are needed.

    Raises:
        SourceUnavailable: an archive is damaged, locked with a password, too large, or has nothing to read.
    """
    if not any(find_kind(name, definition, file) == "zip" for file in files):
        yield files
        return
    with TemporaryDirectory(prefix="yunce-") as folder:
        listed: list[Path] = []
        for file in files:
            is_archive = find_kind(name, definition, file) == "zip"
            listed += _unpack(name, file, Path(folder), len(listed)) if is_archive else [file]
        yield listed


def _unpack(name: str, file: Path, folder: Path, position: int) -> list[Path]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and _is_data(m.filename)]
            if not members or sum(m.file_size for m in members) > _LARGEST_ARCHIVE:
                raise _unusable(name, file, bool(members))
            targets = []
            for number, member in enumerate(sorted(members, key=lambda m: m.filename), position):
                # The name is made here: one within the archive may point anywhere.
                target = folder / f"{number}-{Path(member.filename).name[-80:]}"
                with archive.open(member) as source, target.open("wb") as out:
                    while chunk := source.read(1 << 20):
                        out.write(chunk)
                targets.append(target)
            return targets
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise SourceUnavailable(
            en=f"Source {name}: {show(file.name)} is not a ZIP archive that can be unpacked ({show(error)}).",
            zh=f"数据源 {name}：{show(file.name)} 不是可以解压的 ZIP 文件（{show(error)}）。",
            parameter="path",
        ) from error


def _is_data(member: str) -> bool:
    path = Path(member.removesuffix(".gz"))
    return path.suffix.lower() in _KINDS and not path.name.startswith((".", "_")) and "__MACOSX" not in member


def _unusable(name: str, file: Path, too_large: bool) -> SourceUnavailable:
    if too_large:
        return SourceUnavailable(
            en=f"Source {name}: {show(file.name)} unpacks to more than 50 GB; split it.",
            zh=f"数据源 {name}：{show(file.name)} 解压后超过 50 GB，请拆分。",
            parameter="path",
        )
    return SourceUnavailable(
        en=f"Source {name}: {show(file.name)} holds no Parquet, CSV, Excel or JSON-lines file.",
        zh=f"数据源 {name}：{show(file.name)} 中没有 Parquet、CSV、Excel 或 JSONL 文件。",
        parameter="path",
    )
