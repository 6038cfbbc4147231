"""Spark in local mode: the same metrics give the same figures as in DuckDB.

It needs the extra `spark` and Java 17, which are not among what the tests install: `make test-spark` installs both.
"""

from pathlib import Path

import pytest

from tests.tools.sources.engines import CASES, USAGE_CASES, compare, make_frame, make_rows, open_metrics
from tools.errors import SourceUnavailable

pytest.importorskip("pyspark", reason="Spark is optional: make test-spark installs it and runs this test")

SOURCES = {
    "text users": "{database: 'spark://local[2]', table: e.parquet, user: name, time: at, event: event}",
    "integer users": "{database: 'spark://local[2]', table: e.parquet, user: number, time: at, event: event}",
}


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", SOURCES)
def test_the_same_metrics_give_the_same_figures(tmp_path: Path, kind: str) -> None:
    frame = make_frame(make_rows())
    frame.to_parquet(tmp_path / "e.parquet", coerce_timestamps="us")
    there = open_metrics(tmp_path, SOURCES[kind])
    source = SOURCES[kind].replace("database: 'spark://local[2]', table: e.parquet", "frame: f")
    here = open_metrics(tmp_path, source, frames={"f": frame})
    compare(there, here, CASES if kind == "text users" else USAGE_CASES)
    there.close()
    here.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    source = "{database: 'spark://local[2]', table: nothing, user: name, time: at, event: event}"
    with pytest.raises(SourceUnavailable, match="no table nothing"):
        open_metrics(tmp_path, source).coverage(teams=None)
