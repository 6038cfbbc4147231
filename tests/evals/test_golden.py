"""A gate: the golden set's figures are those of the data, and a handful of its questions are answered right.

The whole set is measured by `make eval`; after an edit of the library, the glossary or the prompts a test asks for it.
"""

import asyncio
import json
import shutil
from itertools import chain

import pandas as pd
import pytest

from assistant.assistant import Assistant
from assistant.evaluation import ask_golden, read_golden_set
from assistant.workspace import Workspace
from tests.evals.golden_figures import FILE, Tables, differences
from tests.evals.golden_gate import RECORD, find_edited, find_short, fingerprint, main

HOLD = (
    "上周日活多少",
    "What was GMV last week?",
    "上周安卓的支付成功率",
    "上周次日留存是多少？ → 那安卓呢？",
    "What was D1 retention last week? → and by channel?",
    "抖音框架合同季度最低消耗是多少？",
    "Who can talk to the press?",
    "公司食堂周二吃什么？",
    "What is our profit margin?",
    "双11期间成交额多少",
    "上周 GMV 多少 → 那利润呢？",
)


@pytest.fixture(scope="module")
def golden():
    return read_golden_set(FILE)


def test_the_set_is_large_bilingual_and_hard(golden):
    hard = [q for q in golden if q.kind in ("follow-up", "multi-step", "unanswerable")]
    assert len(golden) >= 120
    assert len(hard) >= len(golden) / 3
    assert 0.4 < sum(q.language == "zh" for q in golden) / len(golden) < 0.6


def test_the_set_was_scored_after_the_last_edit_of_what_it_rests_on():
    record = json.loads(RECORD.read_text("utf-8"))
    edited = find_edited(record, fingerprint())
    assert not edited, (
        f"{', '.join(edited)} changed since the golden set was last scored. Run `make eval`, look at the scores, and "
        f"commit {RECORD.name} with the edit."
    )
    assert list(find_short(record["measures"])) == []


def test_an_edit_is_found_and_scores_that_fall_short_are_not_recorded(tmp_path, capsys):
    for name, text in (
        ("knowledge/library/a.md", "a"),
        ("assistant/prompts/deep/b.md", "b"),
        ("knowledge/c.py", "c"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    record = {"inputs": fingerprint(tmp_path)}
    assert set(record["inputs"]) == {"knowledge/library/a.md", "assistant/prompts/deep/b.md"}
    assert find_edited(record, fingerprint(tmp_path)) == []
    (tmp_path / "knowledge/library/a.md").write_text("A", "utf-8")
    (tmp_path / "assistant/prompts/deep/b.md").rename(tmp_path / "assistant/prompts/d.md")
    assert find_edited(record, fingerprint(tmp_path)) == [
        "assistant/prompts/d.md", "assistant/prompts/deep/b.md", "knowledge/library/a.md"
    ]  # fmt: skip
    before = RECORD.read_bytes()
    (tmp_path / "scores.json").write_text(
        '{"measures": {"figures": 0.9, "numbers": 1, "language": 1}}', "utf-8"
    )
    assert main([str(tmp_path / "scores.json")]) == 1
    assert "figures is 0.900, below 0.95" in capsys.readouterr().err
    assert RECORD.read_bytes() == before


def test_the_figures_are_those_of_the_data(demo_workspace):
    names = ("events", "channel_spend", "experiments")
    tables = Tables(
        {name: pd.read_parquet(demo_workspace.root / "data" / f"{name}.parquet") for name in names}
    )
    assert list(differences(tables, FILE.read_text("utf-8"))) == []


def test_the_sources_are_in_the_library(golden, demo_workspace):
    known = {path.name for path in demo_workspace.library.rglob("*.md")}
    assert {source for q in golden for source in chain(q.sources, q.also)} <= known


def test_a_handful_of_questions_holds(golden, demo_workspace, tmp_path):
    asked = [question for question in golden if question.text in HOLD]
    assert len(asked) == len(HOLD)
    shutil.copytree(demo_workspace.root, tmp_path / "demo")

    async def ask():
        assistant = Assistant.open(Workspace(tmp_path / "demo"))
        try:
            return await ask_golden(asked, assistant)
        finally:
            await assistant.aclose()

    found = asyncio.run(ask())
    assert [(score.question.text, score.faults) for score in found.worst(len(asked))] == []
