"""Seconds and memory of what is measured, in a process of its own."""

import gc
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Timing:
    """Seconds of the first answer in a new process and of the better of two more, each by the clock and of all
    processors; megabytes taken at the most.
    """

    first: float
    first_processors: float
    again: float
    processors: float
    megabytes: float
    headline: Any

    def better(self, other: "Timing | None") -> "Timing":
        """Return the least of each figure of two turns."""
        if other is None:
            return self
        figures = zip(astuple(self)[:-1], astuple(other)[:-1], strict=True)
        return Timing(*(min(pair) for pair in figures), self.headline)


def time_answers(ask: Callable[[], Any]) -> Timing:
    """Ask three times; what the first makes, later ones may share."""
    import altair  # noqa: F401  loading libraries is no part of it
    import ibis.backends.duckdb  # noqa: F401
    import pyarrow.parquet  # noqa: F401
    import ruamel.yaml  # noqa: F401

    gc.collect()
    before = held()
    first, first_processors, result = clock_processors(ask)
    again, processors, _ = map(min, zip(*(clock_processors(ask) for _ in range(2)), strict=True))
    return Timing(first, first_processors, again, processors, peak() - before, result)


def clock_processors(call: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return the seconds by the clock and of all processors; other work on the machine slows the first more."""
    begin = time.process_time()
    seconds, result = clock(call)
    return seconds, time.process_time() - begin, result


def clock(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds by the clock, and what the call returns."""
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


def held() -> float:
    """Return the megabytes that the process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def peak() -> float:
    """Return the most megabytes that the process held; `getrusage` would count those of its parent, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def run_apart(measure: Callable[..., Any], *arguments: Any) -> Any:
    """Measure in a process of its own, whose memory nothing else is in."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()
