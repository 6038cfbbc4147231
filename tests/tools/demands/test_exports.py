"""Exports of Jira, PingCode and Worktile, in English and Chinese, are read without a word about their columns."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from tests.tools.demands.conftest import EVENTS, MARCH
from tools import Metrics
from tools.demands.columns import find_columns, plain_name
from tools.errors import SemanticsError
from tools.semantics import load_semantics

JIRA = """Summary,Issue key,Issue id,Issue Type,Status,Priority,Votes,Sprint,Sprint,Custom field (Reach),Custom field (Impact),Custom field (Impact),Custom field (Confidence),Custom field (Effort),Custom field (Story Points),Status Category
"Dark mode, at last",SHOP-2,10002,Story,Selected,Medium,4,S 1,S 2,300,2,,80,,3,To Do
Fewer crashes,SHOP-10,10010,Bug,Open,High,9,,,1000,1,,50,,5,To Do
Price alerts,SHOP-1,10001,Story,Shipped,Low,1,S 1,,100,1,,100,,1,Done
"""
JIRA_ZH = """概要,问题关键字,状态,自定义字段(触达用户数),自定义字段(影响力),自定义字段(信心),自定义字段(Story Points)
深色模式,SHOP-2,待办,300,2,80,3
减少闪退,SHOP-10,待办,1000,1,50,5
降价提醒,SHOP-1,已完成,100,1,100,1
"""
PINGCODE = [
    ["编号", "标题", "状态", "优先级", "触达人数", "需求价值", "信心指数", "故事点", "负责人"],
    ["SHOP-2", "深色模式", "规划中", "P2", 300, 2, "80%", 3, "张三"],
    ["SHOP-10", "减少闪退", "待评审", "P1", 1000, 1, "50%", 5, "李四"],
    ["SHOP-1", "降价提醒", "已发布", "P3", 100, 1, "100%", 1, "张三"],
]
WORKTILE = [
    ["任务编号", "任务标题", "任务状态", "覆盖用户数", "影响程度", "信心度", "预估工时（小时）"],
    ["SHOP-2", "深色模式", "未开始", 300, 2, 0.8, 3],
    ["SHOP-10", "减少闪退", "进行中", "1,000", 1, 0.5, 5],
    ["SHOP-1", "降价提醒", "已完成", 100, 1, 1, 1],
]


def write(folder: Path, kind: str) -> str:
    if kind == "jira":
        (folder / "list.csv").write_text(JIRA, encoding="utf-8")
    elif kind == "jira_zh":
        (folder / "list.csv").write_text(JIRA_ZH, encoding="gb18030")
    else:
        book = Workbook()
        for row in PINGCODE if kind == "pingcode" else WORKTILE:
            book.active.append(row)
        book.save(folder / "list.xlsx")
    return "list.csv" if kind.startswith("jira") else "list.xlsx"


@pytest.mark.parametrize("kind", ["jira", "jira_zh", "pingcode", "worktile"])
def test_an_export_is_ranked_as_it_is(tmp_path: Path, kind: str):
    pd.DataFrame(EVENTS, columns=["user", "event", "at", "channel"]).to_csv(
        tmp_path / "events.csv", index=False
    )
    file = tmp_path / "metrics.yaml"
    file.write_text(
        "sources: {events: {path: events.csv, user: user, time: at, event: event}}\n"
        f"demands: {{backlog: {{path: {write(tmp_path, kind)}}}}}\n"
    )
    metrics = Metrics.open(file)
    try:
        result = metrics.run("rank_demands", MARCH, teams=None)
    finally:
        metrics.close()
    # SHOP-2: 300 x 2 x .8 / 3 = 160. SHOP-10: 1000 x 1 x .5 / 5 = 100. SHOP-1 is done.
    assert list(zip(result.table["id"], result.table["score"], strict=True)) == [
        ("SHOP-2", 160),
        ("SHOP-10", 100),
    ]


def test_the_first_column_with_a_value_is_taken():
    rows = pd.DataFrame(
        [[None, "3", "x"]], columns=["Custom field (Effort)", "Custom field (Story Points)", "Summary"]
    )
    assert find_columns(rows, {}) == {"title": "Summary", "effort": "Custom field (Story Points)"}
    assert find_columns(rows, {"effort": "Custom field (Effort)"})["effort"] == "Custom field (Effort)"
    assert plain_name("自定义字段(故事点)") == "故事点"


def test_where_keeps_the_kinds_of_issue_that_are_demands(tmp_path: Path):
    pd.DataFrame(EVENTS, columns=["user", "event", "at", "channel"]).to_csv(
        tmp_path / "events.csv", index=False
    )
    file = tmp_path / "metrics.yaml"
    file.write_text(
        "sources: {events: {path: events.csv, user: user, time: at, event: event}}\n"
        f"demands: {{backlog: {{path: {write(tmp_path, 'jira')}, where: {{Issue Type: Story}}}}}}\n"
    )
    metrics = Metrics.open(file)
    try:
        assert metrics.run("rank_demands", MARCH, teams=None).table["id"].tolist() == ["SHOP-2"]
    finally:
        metrics.close()


@pytest.mark.parametrize(
    ("declared", "line", "said"),
    [
        ("  backlog: {}", 3, "give one of path, frame and database"),
        ("  backlog:\n    path: a.csv\n    efort: x", 5, "Did you mean: effort"),
        ("  backlog:\n    path: a.csv\n    weights: {reach: 1, fame: 2}", 5, "cannot be fame"),
        ("  backlog:\n    path: a.csv\n    weights: {reach: 0}", 3, "one weight that is not 0"),
        ("  backlog:\n    path: a.csv\n    confidence_scale: percents", 5, "percent"),
        ("  backlog:\n    path: a.csv\n    impact_scale: -1", 5, "greater than 0"),
        ("  backlog:\n    path: a.csv\n    survey: {functional: a}", 5, "give one of path"),
        ("  backlog:\n    path: a.csv\n    survey:\n      path: b.csv\n      code: like_is_1", 7, "codes"),
        ("  backlog:\n    path: a.csv\n    format: jira", 5, "csv"),
    ],
)
def test_a_mistake_in_the_declaration_is_told_with_its_line(declared, line, said):
    text = f"sources: {{events: {{path: a.csv, user: u, time: t, event: e}}}}\ndemands:\n{declared}\n"
    with pytest.raises(SemanticsError) as caught:
        load_semantics(text)
    assert f"line {line}:" in caught.value.en
    assert said in caught.value.en
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.zh)
