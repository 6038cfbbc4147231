"""The child process that parses documents: `python -m knowledge.intake.worker`, started by `knowledge.intake.sandbox`.

It reads requests from standard input and answers on standard output until its input ends or nobody asks for a
while.
"""

import os
import select
from typing import Any, BinaryIO

from knowledge.errors import DocumentError, ParserFailed
from knowledge.intake.confinement import (
    leave_network,
    limit_processor_time,
    limit_resources,
    refuse_the_world,
)
from knowledge.intake.messages import pack_error, pack_prepared, read_message, write_message
from knowledge.intake.preparation import prepare
from knowledge.loaders.archives import Member, expand

_IDLE_SECONDS = 60


def main() -> None:
    """Serve requests in confinement."""
    leave_network()
    requests, answers = _take_pipes()
    _warm_up()
    limit_resources()
    refuse_the_world()
    while select.select([requests], [], [], _IDLE_SECONDS)[0]:
        try:
            head, files = read_message(requests)
        except EOFError:
            return
        for name, seconds, data in zip(head["names"], head["seconds"], files, strict=True):
            limit_processor_time(seconds)
            _ACTIONS[head["action"]](answers, name, data)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the pipes for messages, so that nothing that a library prints can get between them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return requests, answers


def _warm_up() -> None:
    """Load what every document needs before memory is bounded."""
    prepare("warm.md", "# 预热\n\n次日留存 warm up 關鍵詞".encode())


def _answer_prepare(answers: BinaryIO, name: str, data: bytes) -> None:
    try:
        head, blobs = pack_prepared(prepare(name, data))
    except DocumentError as error:
        head, blobs = {"error": pack_error(error)}, []
    except Exception as error:  # whatever a parser stumbles over is the document's fault; the parent is told
        head, blobs = {"error": pack_error(_crashed(error))}, []
    write_message(answers, {**head, "last": True}, blobs)


def _answer_expand(answers: BinaryIO, name: str, data: bytes) -> None:
    end: dict[str, Any] = {"last": True}
    try:
        for member in expand(name, data):
            write_message(answers, *_pack_member(member))
    except DocumentError as error:
        end["error"] = pack_error(error)
    except Exception as error:  # as above
        end["error"] = pack_error(_crashed(error))
    write_message(answers, end)


def _pack_member(member: Member) -> tuple[dict[str, Any], list[bytes]]:
    head = {
        "path": member.path,
        "title": member.title,
        "failure": pack_error(member.error) if member.error else None,
    }
    return head, [member.data]


def _crashed(error: Exception) -> ParserFailed:
    if isinstance(error, MemoryError):
        return ParserFailed(
            en="Reading the document needs more memory than is allowed.", zh="读取该文档所需的内存超出限制。"
        )
    if isinstance(error, RecursionError):
        return ParserFailed(en="The document is nested too deeply.", zh="文档嵌套过深。")
    name = type(error).__name__
    return ParserFailed(
        en=f"The document cannot be read: it is damaged, or of a variant that is not known ({name}).",
        zh=f"无法读取该文档：文件已损坏，或属于未知的变体（{name}）。",
    )


_ACTIONS = {"prepare": _answer_prepare, "expand": _answer_expand}

if __name__ == "__main__":
    main()
