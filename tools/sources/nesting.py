"""How deeply JSON is nested, told before an engine reads it: one that recurses has no way back from too deep."""

from pathlib import Path
from typing import BinaryIO

from tools.errors import SourceUnavailable, show
from tools.sources.text_files import open_bytes

DEEPEST = 50
_CHUNK = 1 << 22
_OTHERS = bytes(set(range(256)) - set(b'{}[]"'))


def check_nesting(name: str, path: Path) -> None:
    """Refuse a file of JSON that is nested more than 50 deep.

    Raises:
        SourceUnavailable: it is.
    """
    with open_bytes(path) as stream:
        deepest = find_depth(stream)
    if deepest > DEEPEST:
        raise SourceUnavailable(
            en=f"Source {name}: {show(path.name)} has values nested {deepest:,} deep; at most {DEEPEST} can be read.",
            zh=f"数据源 {name}：{show(path.name)} 中的数据嵌套达 {deepest:,} 层，最多可读 {DEEPEST} 层。",
            parameter="path",
        )


def find_depth(stream: BinaryIO, size: int = _CHUNK) -> int:
    """Return how many braces and brackets of JSON are open at once, at most; those within text do not count.

    Args:
        stream: JSON.
        size: how much of it is read at once, in bytes.
    """
    import numpy as np

    deepest = depth = 0
    rest, within = b"", False
    while chunk := stream.read(size):
        chunk = rest + chunk
        # An escape that the chunk cuts in two is read with the next one.
        rest = b"\\" if (len(chunk) - len(chunk.rstrip(b"\\"))) % 2 else b""
        chunk = chunk[: len(chunk) - len(rest)]
        chunk = chunk.replace(b"\\\\", b"").replace(b'\\"', b"")
        parts = chunk.translate(None, _OTHERS).split(b'"')
        outside = np.frombuffer(b"".join(parts[within::2]), np.uint8) & 0x0F
        within ^= len(parts) % 2 == 0
        # The low four bits of { and [ are 11, those of } and ] are 13.
        levels = depth + np.cumsum(12 - outside.astype(np.int8), dtype=np.int32)
        if len(levels):
            deepest, depth = max(deepest, int(levels.max())), int(levels[-1])
    return deepest
