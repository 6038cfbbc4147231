"""What charts look like, whatever is drawn."""

import pandas as pd

from tools.charts import draw_band, draw_bars, draw_intervals, draw_lines
from tools.results import Text

TITLE, AXES = Text("标题", "title"), (Text("横", "across"), Text("纵", "up"))


def draw_stack(language: str) -> dict:
    parts = {"so far": Text("已实现", "so far"), "expected": Text("预计未来", "expected")}
    table = pd.DataFrame({"x": ["a", "b"] * 2, "y": [1, 2, 3, 4], "part": ["so far"] * 2 + ["expected"] * 2})
    table["part"] = [parts[p].in_language(language) for p in table["part"]]
    return draw_bars(table, "x", "y", title=TITLE, axes=AXES, unit="users", language=language, color="part")


def test_parts_are_stacked_alike_in_both_languages() -> None:
    zh, en = draw_stack("zh"), draw_stack("en")
    for chart in (zh, en):
        assert [row["layer"] for row in chart["data"]["values"]] == [0, 0, 1, 1]
        assert chart["encoding"]["order"] == {"field": "layer", "type": "ordinal"}
    assert en["encoding"]["color"]["sort"] == ["so far", "expected"]
    assert zh["encoding"]["color"]["sort"] == ["已实现", "预计未来"]


def name_axis(names: list[str]) -> dict:
    table = pd.DataFrame({"x": names, "y": 1})
    chart = draw_bars(table, "x", "y", title=TITLE, axes=AXES, unit="users", language="en")
    return chart["encoding"]["x"]["axis"]


def test_names_are_level_where_they_fit() -> None:
    assert name_axis(["抖音", "微信"])["labelAngle"] == 0
    # 20 names of 10 letters at 6.2 are wider than 560.
    assert name_axis([f"campaign {n}" for n in range(20)])["labelAngle"] == -90
    # 4 names of 12 Chinese characters, each as wide as two letters: 149 of 140 each.
    assert name_axis([f"{n}" + "渠" * 12 for n in "甲乙丙丁"])["labelAngle"] == -90


def test_days_give_way_to_others_and_long_lines_have_no_points() -> None:
    for days, few in ((60, True), (61, False)):
        table = pd.DataFrame({"x": [f"day {n}" for n in range(days)], "y": 0.5})
        chart = draw_lines(table, "x", "y", title=TITLE, axes=AXES, unit="ratio", language="en")
        assert chart["mark"]["point"] is few
        assert chart["encoding"]["x"]["axis"]["labelAngle"] == 0
        # 3.5 % and 4 % must not both be written 4 %.
        assert chart["encoding"]["y"]["axis"]["format"] == ".3~%"


def test_the_title_of_long_names_stands_above_them() -> None:
    table = pd.DataFrame({"x": ["a"], "y": [0.1], "low": [0.0], "high": [0.2]})
    axis = draw_intervals(
        table, "x", "y", ("low", "high"), title=TITLE, axes=AXES, unit="ratio", language="en", lying=True
    )["layer"][1]["encoding"]["y"]["axis"]
    assert axis["titleAngle"] == 0
    assert axis["titleY"] < 0


def test_a_band_says_what_it_is_and_marks_stand_out_from_the_line() -> None:
    table = pd.DataFrame(
        {"x": ["1", "2"], "y": 1.0, "m": 1.0, "low": 0.0, "high": 2.0, "mark": ["", "severe"]}
    )
    note = Text("虚线为预期值", "broken line: expected")
    chart = draw_band(
        table, "x", "y", middle="m", band=("low", "high"), title=TITLE, axes=AXES, unit="users", language="zh",
        note=note, marked="mark",
    )  # fmt: skip
    assert chart["title"] == {"text": "标题", "subtitle": "虚线为预期值"}
    scale = chart["layer"][-1]["encoding"]["color"]["scale"]
    assert scale["domain"] == ["severe"]
    assert scale["range"][0] == "#e45756"
    quiet = draw_band(
        table.assign(mark=""), "x", "y", middle="m", band=("low", "high"), title=TITLE, axes=AXES, unit="users",
        language="zh", note=note, marked="mark",
    )  # fmt: skip
    assert "color" not in str(quiet["layer"])
