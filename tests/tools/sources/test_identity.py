"""Aliases: who is who in the end, by hand and for any table."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.conftest import make_events
from tools import Metrics
from tools.errors import MissingColumn, SemanticsError, SourceUnavailable
from tools.semantics import load_semantics
from tools.sources.identity import resolve_aliases

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}
IDS = [
    ("anon1", "u1"),
    ("anon2", "anon1"),  # a chain: anon2 is anon1 is u1
    ("anon3", "u2"),
    ("shared", "u1"),  # two users on one device: neither for certain
    ("shared", "u2"),
    ("deep", "shared"),  # follows as far as is certain
    ("x", "y"),  # a circle: x is y is z is x
    ("y", "z"),
    ("z", "x"),
    ("w", "z"),  # leads into it
    ("self", "self"),
    ("anon1", "u1"),  # said twice
    (None, "u9"),
    ("u9", None),
    ("", "u9"),
]


def table(pairs: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["anonymous", "known"])


def test_chains_conflicts_and_circles():
    found = resolve_aliases(table(IDS))
    assert found.users == {
        "anon1": "u1",
        "anon2": "u1",
        "anon3": "u2",
        "deep": "shared",
        "y": "x",
        "z": "x",
        "w": "x",
    }
    assert found.conflicts == ("shared",)
    assert found.circles == (("x", "y", "z"),)
    assert ["1 id names several users" in w.en or "circle" in w.en for w in found.warnings("app")] == [
        True,
        True,
    ]
    assert all("身份表" in w.zh for w in found.warnings("app"))


def test_numbers_with_gaps_are_the_same_ids():
    assert resolve_aliases(pd.DataFrame({"a": [1.0, 2.0, None], "b": [7, 1, 3]})).users == {
        "1": "7",
        "2": "7",
    }
    assert resolve_aliases(pd.DataFrame({"a": [], "b": []})).users == {}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=12), st.randoms())
def test_every_end_is_an_end_whatever_the_order(pairs, random):
    found = resolve_aliases(table(pairs))
    # Following once more changes nothing.
    assert all(end not in found.users for end in found.users.values())
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert resolve_aliases(table(shuffled)) == found


ROWS = [
    ("anon2", "visit", "2026-03-01"),
    ("u1", "buy", "2026-03-02"),
    ("anon3", "visit", "2026-03-03"),
    ("u2", "buy", "2026-03-04"),
    ("u3", "visit", "2026-03-05"),
]


def open_metrics(tmp_path: Path, identity: str, frames: dict | None = None) -> Metrics:
    path = tmp_path / "metrics.yaml"
    path.write_text(
        f"sources: {{e: {{frame: events, user: user, time: at, event: event, identity: {identity}}}}}",
        encoding="utf-8",
    )
    return Metrics.open(path, frames={"events": make_events(ROWS), **(frames or {})})


@pytest.mark.parametrize("kind", ["frame", "csv", "parquet"])
def test_what_people_did_before_they_were_known_is_theirs(tmp_path: Path, kind):
    ids = table([i for i in IDS if i[0] and i[1]])
    frames = {"ids": ids} if kind == "frame" else {}
    if kind == "csv":
        ids.to_csv(tmp_path / "ids.csv", index=False)
    if kind == "parquet":
        ids.to_parquet(tmp_path / "ids.parquet")
    where = "frame: ids" if kind == "frame" else f"path: ids.{kind}"
    metrics = open_metrics(tmp_path, f"{{{where}, from: anonymous, to: known}}", frames)
    funnel = metrics.run("measure_funnel", {"steps": ["visit", "buy"], **MARCH}, teams=None)
    # u1 visited as anon2, u2 as anon3, u3 as such: two of three bought. Without the aliases nobody who visited.
    assert funnel.table["users"].tolist() == [3, 2]
    assert any("circle" in w.en for w in funnel.warnings)
    metrics.close()


def test_a_wrong_table_is_said(tmp_path: Path):
    metrics = open_metrics(tmp_path, "{frame: ids, from: anonymos, to: known}", {"ids": table(IDS)})
    with pytest.raises(MissingColumn, match="anonymous"):
        metrics.run("measure_active_users", MARCH, teams=None)
    for where in ("frame: absent", "path: absent.csv"):
        metrics = open_metrics(tmp_path, f"{{{where}, from: anonymous, to: known}}")
        with pytest.raises(SourceUnavailable, match="absent"):
            metrics.run("measure_active_users", MARCH, teams=None)
    for identity in ("{from: a, to: b}", "{frame: x, path: y, from: a, to: b}", "{frame: x, to: b}"):
        with pytest.raises(SemanticsError):
            load_semantics(f"sources: {{e: {{path: x, user: u, time: t, event: e, identity: {identity}}}}}")
    with pytest.raises(SemanticsError, match="identity needs user"):
        load_semantics("sources: {e: {path: x, time: t, event: e, identity: {frame: x, from: a, to: b}}}")
