"""The command line: `yunce`."""

from bots.cli.main import main

__all__ = ["main"]
