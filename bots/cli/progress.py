"""The progress bar of a folder sync: how far it is, how fast it goes, and the file at work."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

import click

from bots.cli.terminal import display_width, terminal_width

if TYPE_CHECKING:
    from knowledge.reports import SyncProgress

_BAR_WIDTH = 24
_OTHER_COLUMNS = 60


@contextmanager
def sync_progress() -> Iterator[Callable[["SyncProgress"], None]]:
    """Show a bar on standard error, if that is a terminal; yield what moves it on."""
    started, at_work = monotonic(), ""

    def describe(_: object) -> str:
        rate = bar.pos / max(monotonic() - started, 1e-3)
        return f"{rate:.1f}/s {at_work}"

    with click.progressbar(
        length=1,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        width=_BAR_WIDTH,
        show_pos=True,
        item_show_func=describe,
    ) as bar:

        def advance(progress: "SyncProgress") -> None:
            nonlocal at_work
            at_work = shorten(progress.source, max(10, terminal_width() - _OTHER_COLUMNS))
            bar.length = max(1, progress.total)
            bar.update(progress.done - bar.pos, progress.source)

        yield advance


def shorten(text: str, width: int) -> str:
    """Cut the beginning off a text that is wider than `width` columns.

    >>> shorten("playbooks/召回/win-back.md", 14)
    '…/win-back.md'
    """
    shown = "".join(c if c.isprintable() else "?" for c in text)
    while display_width(shown) > width:
        shown = f"…{shown[1:].removeprefix('…')[1:]}" if shown.startswith("…") else f"…{shown[1:]}"
    return shown
