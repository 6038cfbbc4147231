"""What users say is set beside demands: by meaning, without praise, and never of a few people."""

import pandas as pd
import pytest

from tests.tools.demands.conftest import EVENTS, MARCH, demand
from tools.errors import InvalidArgument

SOURCES = (
    "{{frame: events, user: user, time: at, event: event{least}}}\n"
    "  feedback: {{frame: feedback, time: at, text: text, user: user{least}}}"
)
COMPLAINTS = [
    "退款申请了三天还没到账，一直显示处理中",
    "退货寄回去两周了，退款还没收到",
    "说三到五天退款，快半个月了钱还没退",
    "Requested a refund 5 days ago and it is still processing",
    "I sent the hoodie back two weeks ago and have not got my refund",
]
PRAISE = [
    "质量很好，做工精致，非常喜欢",
    "收到很惊喜，比图片还好看",
    "Great quality, love it so much",
    "Amazing, five stars!",
]
LIST = [demand("A", title="退款进度可查"), demand("B", title="A version for tablets")]


def open_heard(open_list, texts: list[str], least: str = "", day: str = "2026-03-05"):
    # The first event of each of five users, and a text of each.
    events = pd.DataFrame(EVENTS, columns=["user", "event", "at", "channel"])
    feedback = pd.DataFrame(
        {
            "at": [f"{day} 10:{i:02d}" for i in range(len(texts))],
            "text": texts,
            "user": [i % 5 + 1 for i in range(len(texts))],
        }
    ).assign(at=lambda rows: pd.to_datetime(rows["at"]))
    events["at"] = pd.to_datetime(events["at"])
    return open_list(LIST, events=events, source=SOURCES.format(least=least), more={"feedback": feedback})


def heard(result) -> dict[str, float]:
    return dict(zip(result.table["id"], result.table["feedback"], strict=True))


def test_texts_of_near_themes_are_counted_and_praise_is_not(open_list):
    result = open_heard(open_list, [*COMPLAINTS, *PRAISE]).run("rank_demands", **MARCH)
    assert heard(result) == {"A": 5, "B": 0}
    assert result.table.set_index("id").loc["A", "negative"] >= 4
    assert any("of 5 texts of the period that are no praise" in d.value.en for d in result.definition)


def test_feedback_can_be_weighed(open_list):
    weights = {"feedback": 1}
    workspace = open_heard(open_list, COMPLAINTS)
    table = workspace.run("rank_demands", **MARCH, weights=weights).table
    # A: 5 of 5 texts, the most in the list. B: none.
    assert dict(zip(table["id"], table["score"], strict=True)) == {"A": 100, "B": 0}
    with pytest.raises(InvalidArgument, match="needs feedback"):
        workspace.run("rank_demands", **MARCH, weights=weights, feedback=False)


def test_praise_alone_and_a_period_without_feedback_are_no_error(open_list):
    result = open_heard(open_list, PRAISE).run("rank_demands", **MARCH)
    assert set(heard(result).values()) == {0}
    silent = open_heard(open_list, COMPLAINTS, day="2026-05-05").run("rank_demands", **MARCH)
    assert "feedback" not in silent.table.columns
    assert any("Feedback is not joined: There is no data" in w.en for w in silent.warnings)


def test_a_theme_that_large_complains_of_and_no_demand_answers_is_named(open_list):
    crashes = [
        "一打开就闪退，重装也没用",
        "更新之后老是闪退",
        "点详情页就闪退",
        "The app crashes as soon as I open it",
    ]
    result = open_heard(open_list, [*COMPLAINTS, *crashes]).run("rank_demands", **MARCH)
    assert any("no demand of the list is near to" in w.en and "4 texts" in w.en for w in result.warnings)


def test_a_very_long_list_is_ranked_without_feedback(open_list):
    long = [demand(f"D-{i}", reach=i + 1) for i in range(501)]
    feedback = pd.DataFrame({"at": pd.to_datetime(["2026-03-05"]), "text": COMPLAINTS[:1], "user": [1]})
    workspace = open_list(long, source=SOURCES.format(least=""), more={"feedback": feedback})
    result = workspace.run("rank_demands", **MARCH)
    assert result.table["id"][0] == "D-500"
    assert any("More than 500 demands" in w.en and "超过 500 条" in w.zh for w in result.warnings)


def test_themes_of_few_people_are_not_told(open_list):
    few = open_heard(open_list, COMPLAINTS[:3] * 2, ", min_group: 4").run("rank_demands", **MARCH)
    # Six texts, of five people: enough. The same three by three people are not.
    assert heard(few)["A"] == 6
    result = open_heard(open_list, [*COMPLAINTS[:3], *PRAISE], ", min_group: 4").run("rank_demands", **MARCH)
    assert heard(result)["A"] == 0
