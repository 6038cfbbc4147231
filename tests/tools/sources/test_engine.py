"""The versions of Ibis, DuckDB and sqlglot work together at run time: pip alone does not notice when they do not."""

from importlib.metadata import version

import ibis
import pandas as pd
import pyarrow as pa

from tools.sources.engine import Engine


def test_the_expressions_that_metrics_use_run():
    engine = Engine(memory_limit="100MB", timeout=10)
    frame = pd.DataFrame(
        {
            "user": [1, 1, 2],
            "at": pd.to_datetime(["2026-03-01", "2026-03-03", "2026-03-01"]),
            "kind": ["a", "b", "a"],
        }
    )
    table = engine.load_raw(pa.Table.from_pandas(frame))
    days = table.mutate(day=table["at"].date().epoch_days(), month=table["at"].month())
    order = ibis.window(group_by="user", order_by="day")
    seen = days.mutate(
        before=days.day.lag().over(order),
        elapsed=days["at"].delta(ibis.timestamp("2026-03-01"), unit="microsecond"),
        kind=days.kind.cases(("a", 1), else_=2),
    )
    merged = ibis.union(
        seen.group_by("user").agg(n=seen.count(), first=seen.kind.first(order_by=seen["at"])),
        seen.group_by("user").agg(n=-seen.before.count(), first=seen.kind.max()),
    )
    result = engine.fetch(merged.order_by("user", "n"))
    assert result.astype(int).to_numpy().tolist() == [[1, -1, 2], [1, 2, 1], [2, 0, 1], [2, 1, 1]]
    engine.close()


def test_the_pins_hold():
    assert version("ibis-framework").startswith("12.")
    assert int(version("duckdb").split(".")[0]) < 2
    assert int(version("sqlglot").split(".")[0]) < 30
