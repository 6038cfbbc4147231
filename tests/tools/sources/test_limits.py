"""Where memory is too little, an answer takes the disk and is the same; a question that runs away is stopped, and says so."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from tests.bench.metrics import WHOLE, YAML, make_events
from tools import MetricError, Metrics
from tools.errors import QueryTimeout, QueryTooLarge
from tools.sources.engine import Engine

ASKED = ("measure_active_users", {**WHOLE, "breakdown": "channel"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("limits")
    make_events(600_000).to_parquet(folder / "events.parquet")
    (folder / "metrics.yaml").write_text(YAML, encoding="utf-8")
    return folder


def test_an_answer_that_does_not_fit_the_memory_is_spilled_and_the_same(folder, tmp_path, monkeypatch):
    roomy = Metrics.open(folder / "metrics.yaml")
    expected = roomy.run(*ASKED, teams=None).to_dict("en")
    roomy.close()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    narrow = Metrics.open(folder / "metrics.yaml", memory_limit="24MB")
    found = narrow.run(*ASKED, teams=None).to_dict("en")
    assert (found["figures"], found["table"]) == (expected["figures"], expected["table"])
    assert sum(f.stat().st_size for f in tmp_path.rglob("*") if f.is_file()) > 2**20  # it was on disk
    narrow.close()
    assert not list(tmp_path.iterdir())  # and nothing stays there


def test_rows_that_are_read_while_the_query_runs_are_stopped_as_well():
    engine = Engine(memory_limit="100MB", timeout=0.1)
    few = engine.load_raw(pa.table({"number": range(100_000)}))
    pairs = few.cross_join(few.view())
    with pytest.raises(QueryTimeout, match=r"stopped after 0\.1 seconds"):
        sum(len(piece) for piece in engine.fetch_pieces(pairs))
    engine.close()
    narrow = Engine(memory_limit="10MB", timeout=60)
    few = narrow.load_raw(pa.table({"number": range(100)}))
    texts = few.mutate(text=few.number.cast("string").repeat(1_000_000))
    with pytest.raises(QueryTooLarge):
        sum(len(piece) for piece in narrow.fetch_pieces(texts.order_by("text")))
    narrow.close()


@pytest.mark.parametrize(
    ("limits", "en", "zh"),
    [
        ({"timeout": 0.01}, "stopped after 0.01 seconds", "查询超过 0.01 秒已中止"),
        ({"memory_limit": "8MB"}, "more memory than its limit", "查询所需内存超过上限"),
    ],
)
def test_a_question_beyond_its_limits_is_stopped_and_says_so(folder, limits, en, zh):
    metrics = Metrics.open(folder / "metrics.yaml", **limits)
    with pytest.raises(MetricError) as stopped:
        metrics.run(*ASKED, teams=None)
    assert en in stopped.value.en
    assert zh in stopped.value.zh
    metrics.close()
