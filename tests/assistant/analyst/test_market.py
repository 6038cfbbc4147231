"""Plain questions about competitors: what they ask for, and answers in which every fact has its day."""

import shutil
from pathlib import Path

import pytest

from assistant.analyst.clock import DataClock
from assistant.analyst.gathering import Gathered, next_calls
from assistant.analyst.understanding import read_question
from assistant.analyst.vocabulary import Vocabulary
from assistant.language import asker_language
from assistant.workspace import Workspace
from tests.assistant.analyst.conftest import Ask
from tools import Metrics


@pytest.fixture(scope="module")
def metrics(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    """The sample company's data, with a competitor in the notes that metrics.yaml does not declare."""
    folder = tmp_path_factory.mktemp("market")
    shutil.copyfile(workspace.metrics_file, folder / "metrics.yaml")
    shutil.copytree(workspace.root / "data", folder / "data")
    with (folder / "data" / "competitors.csv").open("a", encoding="utf-8") as notes:
        notes.write("Birch & Co,2026-09-02,drone delivery,launched,press,\n")
    return Metrics.open(folder / "metrics.yaml")


def read(metrics: Metrics, question: str) -> tuple[dict[str, dict], tuple[str, ...]]:
    """Return the calls to metric tools, and what was not read."""
    clock = DataClock(metrics, None)
    reading = read_question(
        question,
        language=asker_language(question),
        vocabulary=Vocabulary(metrics.semantics),
        clock=clock,
    )
    made = next_calls(reading, Gathered(), semantics=metrics.semantics, clock=clock)
    return {c.tool: c.arguments for c in made if c.tool != "search_knowledge"}, reading.unread


MATRIX, CHANGES = "compare_features", "list_market_changes"
SEPTEMBER = {"start": "2026-09-01", "end": "2026-09-30"}
RECENT = {"start": "2026-07-07", "end": "2026-09-28"}  # 84 days to the last one


@pytest.mark.parametrize(
    ("question", "tool", "arguments"),
    [
        ("竞品最近有什么动作？", CHANGES, RECENT),
        ("竞争对手最近有哪些变化？", CHANGES, RECENT),
        ("竞品 9 月有没有降价？", CHANGES, SEPTEMBER),
        ("青禾 9 月涨价了吗？", CHANGES, {"competitors": ["qinghe"], **SEPTEMBER}),
        ("What did Qinghe change in September?", CHANGES, {"competitors": ["qinghe"], **SEPTEMBER}),
        ("What have our competitors been up to lately?", CHANGES, RECENT),
        (
            "What changed at Nanzhi in July and August?",
            CHANGES,
            {"competitors": ["nanzhi"], "start": "2026-07-01", "end": "2026-08-31"},
        ),
        (
            "Which competitors dropped or added something in August?",
            CHANGES,
            {"start": "2026-08-01", "end": "2026-08-31"},
        ),
        ("How do we compare with competitors on live shopping?", MATRIX, {"features": ["live_shopping"]}),
        ("有哪些竞品支持门店自提？", MATRIX, {"features": ["store_pickup"]}),
        (
            "我们和青禾市集比，直播和会员价怎么样？",
            MATRIX,
            {"competitors": ["qinghe"], "features": ["live_shopping", "membership_price"]},
        ),
        (
            "What does Orchid Lane charge for membership?",
            MATRIX,
            {"competitors": ["orchid_lane"], "features": ["membership_price"]},
        ),
        ("截至 6 月底，竞品有没有直播？", MATRIX, {"features": ["live_shopping"], "as_of": "2026-06-30"}),
        # What they take, of which no single note is named.
        ("竞品怎么定价？", MATRIX, {}),
        ("How do competitors price?", MATRIX, {}),
        ("青禾怎么收费？", MATRIX, {"competitors": ["qinghe"]}),
        # Ourselves among competitors, and ourselves alone.
        ("灯市和竞品比，有哪些功能？", MATRIX, {}),
        ("灯市 9 月上线了什么？", CHANGES, {"competitors": ["lantern"], **SEPTEMBER}),
        # Not declared in metrics.yaml, only noted.
        ("What did Birch & Co change in September?", CHANGES, {"competitors": ["birch & co"], **SEPTEMBER}),
        ("Do competitors offer drone delivery?", MATRIX, {"features": ["drone delivery"]}),
    ],
)
def test_a_question_about_competitors(metrics: Metrics, question: str, tool: str, arguments: dict) -> None:
    made, unread = read(metrics, question)
    assert made == {tool: arguments}
    assert not unread


@pytest.mark.parametrize(
    "question",
    [
        "竞品突然降价怎么应对？",
        "How should we respond when a competitor cuts prices?",
        "竞品低价，我们怎么定价？",
        "什么是青禾市集？",
        "新版本改了什么？",
        "9 月的活动有什么变化",
    ],
)
def test_a_question_that_the_notes_do_not_answer(metrics: Metrics, question: str) -> None:
    made, _ = read(metrics, question)
    assert not {MATRIX, CHANGES} & made.keys()


def test_every_name_of_the_sample_notes_is_declared(metrics: Metrics) -> None:
    words, declared = metrics.market_words(teams=None), metrics.semantics.market
    assert declared is not None
    assert {*words["competitors"].values()} == {*declared.competitors, "birch & co"}
    assert {*words["features"].values()} == {*declared.features, "drone delivery"}


def test_what_the_notes_cannot_be_limited_by_is_said(metrics: Metrics) -> None:
    made, unread = read(metrics, "竞品在抖音有什么动作？")
    assert CHANGES in made
    assert unread == ("抖音",)


def test_our_own_figures_are_not_a_competitors(metrics: Metrics) -> None:
    made, _ = read(metrics, "直播带来的成交额是多少")
    assert "measure_metric" in made


def test_changes_are_answered_with_the_days_of_their_notes(ask: Ask) -> None:
    answer = ask("竞品最近有什么动作？")
    assert "2026-09-18 **青禾市集**：会员月费，调低，¥15/月 → ¥12/月（-20.0%） [E1]" in answer.text
    assert "2026-09-16 **南枝集**：免邮门槛，说法矛盾，¥39 ≠ ¥49 [E1]" in answer.text
    assert "没有记录不能证明没有变化" in answer.text
    assert answer.evidence[0].source == "market"
    assert not any(number.status == "unsupported" for number in answer.numbers)


def test_the_matrix_is_answered_with_days_ages_and_what_is_unknown(ask: Ask) -> None:
    answer = ask("How do we compare with competitors on pay later and live shopping?")
    assert "Qinghe Bazaar unknown" in answer.text
    # 8 April to 28 September: 22 + 31 + 30 + 31 + 31 + 28 = 173 days.
    assert "Lantern Market no (没有) (2026-04-08, stale: 173 days old)" in answer.text
    assert "unknown does not mean no" in answer.text


def test_notes_of_another_team_answer_nothing(workspace: Workspace, tmp_path: Path) -> None:
    text = workspace.metrics_file.read_text(encoding="utf-8")
    path = tmp_path / "metrics.yaml"
    path.write_text(text.replace("\nmarket:\n", "\nmarket:\n  teams: [strategy]\n"), encoding="utf-8")
    shutil.copytree(workspace.root / "data", tmp_path / "data")
    metrics = Metrics.open(path)
    assert DataClock(metrics, frozenset({"growth"})).market_words() == {}
    assert "qinghe" in DataClock(metrics, frozenset({"strategy"})).market_words()["competitors"]
    metrics.close()
