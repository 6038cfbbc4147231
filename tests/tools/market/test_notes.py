"""The table: any format, columns in either language, names of metrics.yaml, and what cannot be read."""

from pathlib import Path

import pandas as pd
import pytest

from tests.tools.market.conftest import NoteOpener
from tools import Metrics, load_semantics
from tools.errors import MetricError, NoData, SemanticsError

HEAD = (
    "timezone: Asia/Shanghai\nsources:\n  events: {frame: events, event_name: visit, time: at, user: user}\n"
)
EVENTS = pd.DataFrame({"user": ["1"], "at": pd.to_datetime(["2026-09-28"])})
CHINESE = "竞品,日期,功能,取值,来源,备注\n青禾,2026年9月11日,直播,已上线,应用商店,首页\n青禾市集,2026/06/01,直播带货,没有,官网,\n"
NAMES = """  competitors:
    qinghe: {names: {zh: 青禾市集, en: Qinghe Bazaar}, synonyms: [青禾]}
  features:
    live: {names: {zh: 直播带货, en: live shopping}, synonyms: [直播]}
"""


def open_file(folder: Path, market: str) -> Metrics:
    file = folder / "metrics.yaml"
    file.write_text(HEAD + market, encoding="utf-8")
    return Metrics.open(file, frames={"events": EVENTS})


def compare(metrics: Metrics, **arguments: object) -> list[dict]:
    result = metrics.run("compare_features", {"as_of": "2026-09-28", **arguments}, teams=None)
    metrics.close()
    return result.table.to_dict("records")


@pytest.mark.parametrize("kind", ["utf8", "gb18030", "xlsx", "jsonl"])
def test_any_usual_file_with_columns_in_chinese(tmp_path: Path, kind: str):
    rows = pd.read_csv(pd.io.common.StringIO(CHINESE)).fillna("")
    path = tmp_path / f"notes.{'csv' if kind in ('utf8', 'gb18030') else kind}"
    if kind == "xlsx":
        rows.to_excel(path, index=False)
    elif kind == "jsonl":
        rows.to_json(path, orient="records", lines=True, force_ascii=False)
    else:
        path.write_text(CHINESE, encoding="gb18030" if kind == "gb18030" else "utf-8")
    [row] = compare(open_file(tmp_path, f"market:\n  path: {path.name}\n{NAMES}"))
    # The synonyms are one company and one feature; of its two notes the later one stands.
    assert (row["competitor"], row["feature"]) == ("Qinghe Bazaar", "live shopping")
    assert (row["noted_on"], row["source"], row["note"]) == ("2026-09-11", "应用商店", "首页")


def test_arguments_take_the_names_of_either_language(tmp_path: Path):
    (tmp_path / "notes.csv").write_text(CHINESE, encoding="utf-8")
    for company, feature in (("Qinghe bazaar", "live shopping"), ("青禾", "直播"), ("qinghe", "LIVE")):
        metrics = open_file(tmp_path, f"market:\n  path: notes.csv\n{NAMES}")
        assert len(compare(metrics, competitors=[company], features=[feature])) == 1


def test_columns_may_be_declared_and_rows_left_out(tmp_path: Path):
    text = "who,when,what,said,ok\nA,2026-05-01,x,3,1\nA,2026-06-01,x,4,0\n"
    (tmp_path / "notes.csv").write_text(text, encoding="utf-8")
    market = (
        "market: {path: notes.csv, competitor: who, date: when, feature: what, value: said, where: {ok: 1}}\n"
    )
    [row] = compare(open_file(tmp_path, market))
    assert (row["value"], row["noted_on"], row["source"]) == ("3", "2026-05-01", "")


def test_rows_that_say_too_little_are_left_out_and_told(open_notes: NoteOpener):
    rows = [
        ("A", "2026-05-01", "x", "yes"),
        ("A", "", "x", "no"),
        ("A", "soon", "x", "no"),
        ("", "2026-05-01", "x", "no"),
        ("A", "2026-05-01", "x", ""),
        ("", "", "", ""),  # a blank line is nothing
    ]
    result = open_notes(rows).run("compare_features", as_of="2026-09-28")
    assert result.table["value"].tolist() == ["yes"]
    assert any(
        "4 rows of the notes are without" in w.en and "For example: A / 2026-05-01" not in w.en
        for w in result.warnings
    )


def test_a_changed_file_is_read_again(tmp_path: Path):
    file = tmp_path / "notes.csv"
    file.write_text("competitor,date,feature,value\nA,2026-05-01,x,no\n", encoding="utf-8")
    metrics = open_file(tmp_path, "market: {path: notes.csv}\n")
    run = {"as_of": "2026-09-28"}
    assert metrics.run("compare_features", run, teams=None).table["value"].tolist() == ["no"]
    with file.open("a", encoding="utf-8") as stream:
        stream.write("A,2026-06-01,x,yes\n")
    assert metrics.run("compare_features", run, teams=None).table["value"].tolist() == ["yes"]
    metrics.close()


@pytest.mark.parametrize(
    ("text", "said_en", "said_zh"),
    [
        ("competitor,date,feature\nA,2026-05-01,x\n", "no column value", "没有 value 列"),
        ("competitor,date,feature,value\n", "no usable row", "没有可用的行"),
        ("competitor,date,feature,value\nA,soon,x,y\n", "no time", "不是时间"),
        ("competitor,date,feature,value\nA,2026-05-01,x\n", "line 2", "第 2 行"),
        (None, "no file", "找不到"),
    ],
)
def test_a_table_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, text: str | None, said_en: str, said_zh: str
):
    if text is not None:
        (tmp_path / "notes.csv").write_text(text, encoding="utf-8")
    with pytest.raises(MetricError) as caught:
        compare(open_file(tmp_path, "market: {path: notes.csv}\n"))
    assert said_en in caught.value.en
    assert said_zh in caught.value.zh


@pytest.mark.parametrize(
    ("market", "line", "said"),
    [
        ("market: {pth: notes.csv}\n", 4, "path"),
        ("market: {own: A}\n", 4, "one of path, frame and database"),
        ("market:\n  path: a.csv\n  stale_days: 0\n", 6, "greater than or equal to 1"),
        ("market:\n  path: a.csv\n  competitors:\n    a: {name: {en: A}}\n", 7, "names"),
        (
            "market:\n  path: a.csv\n  features:\n    a: {synonyms: [C]}\n    b: {synonyms: [c]}\n",
            4,
            "both a and b",
        ),
    ],
)
def test_a_wrong_declaration_names_its_line(market: str, line: int, said: str):
    with pytest.raises(SemanticsError, match=said) as caught:
        load_semantics(HEAD + market)
    assert f"line {line}:" in caught.value.en
    assert f"第 {line} 行" in caught.value.zh


def test_what_may_be_remembered_of_the_notes_is_for_who_sees_them():
    semantics = load_semantics(HEAD + "market: {frame: notes, teams: [strategy]}\n")
    assert semantics.visible_to(frozenset({"strategy"})).evidence_sources == {"events", "market"}
    assert semantics.visible_to(frozenset({"growth"})).evidence_sources == {"events"}
    assert semantics.visible_to(None).evidence_sources == {"events", "market"}


def test_no_source_may_have_the_name_of_the_notes():
    with pytest.raises(SemanticsError, match="no source may be called that"):
        load_semantics("sources:\n  market: {frame: e, event_name: v, time: t}\nmarket: {frame: notes}\n")


def test_without_a_declaration_the_sentence_says_what_to_add(tmp_path: Path):
    with pytest.raises(NoData, match="add market:"):
        compare(open_file(tmp_path, ""))


def test_notes_of_another_team_do_not_exist(open_notes: NoteOpener):
    workspace = open_notes([("A", "2026-05-01", "x", "yes")], "teams: [strategy]")
    seen = workspace.metrics.run("compare_features", {"as_of": "2026-09-28"}, teams=frozenset({"strategy"}))
    assert seen.n == 1
    for tool, dates in (
        ("compare_features", {}),
        ("list_market_changes", {"start": "2026-05-01", "end": "2026-05-02"}),
    ):
        with pytest.raises(NoData, match="declares no notes"):
            workspace.metrics.run(tool, dates, teams=frozenset({"growth"}))
    with pytest.raises(NoData):
        workspace.metrics.market_words(teams=frozenset({"growth"}))
