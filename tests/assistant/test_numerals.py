"""Numerals in both languages: found once, with value, kind and precision; names and markers are left alone."""

import pytest

from assistant.numerals import find_numerals


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("留存率为 37.1%", 37.1, "percent"),
        ("下降 5.2 个百分点", 5.2, "points"),
        ("down 5.2 pp", 5.2, "points"),
        ("-8.3 pp", -8.3, "points"),
        ("新增 1.2万 用户", 12_000, "count"),
        ("3.4亿", 3.4e8, "count"),
        ("1,234.5", 1234.5, "count"),
        ("¥1,234.50", 1234.5, "money"),
        ("预算 2 万元", 20_000, "money"),
        ("提升到三成", 30, "percent"),
        ("百分之十二", 12, "percent"),
        ("百分之三十五", 35, "percent"),
        ("翻了两倍", 2, "multiple"),
        ("2.5x as many", 2.5, "multiple"),
        ("1.5k users", 1500, "count"),
        ("25 bps", 0.25, "points"),
    ],
)
def test_value_and_kind(text: str, value: float, kind: str) -> None:
    (numeral,) = find_numerals(text)
    assert numeral.value == pytest.approx(value)
    assert numeral.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "见 [1] 与 [E2]",
        "1. 首先",
        "2) then",
        "D1 和 d7_retention",
        "day-1 retention",
        "v5.2",
        "5.2 版",
        "the 3rd step",
        "",
    ],
)
def test_names_markers_and_list_numbers_are_not_numerals(text: str) -> None:
    assert find_numerals(text) == []


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2026-09-21", ((2026, 9, 21),)),
        ("2026年9月21日", ((2026, 9, 21),)),
        ("9月21日–27日", ((None, 9, 21), (None, 9, 27))),
        ("9月", ((None, 9, None),)),
        ("September 21, 2026", ((2026, 9, 21),)),
        ("Sep 21–27", ((None, 9, 21), (None, 9, 27))),
        ("21 Sep 2026", ((2026, 9, 21),)),
        ("June 2026", ((2026, 6, None),)),
    ],
)
def test_dates(text: str, dates: tuple[tuple[int | None, ...], ...]) -> None:
    (numeral,) = find_numerals(text)
    assert numeral.kind == "date"
    assert numeral.dates == dates


def test_names_given_by_the_caller_are_left_alone() -> None:
    assert [n.text for n in find_numerals("618 大促带来 3,000 人", names=["618"])] == ["3,000"]


def test_precision_is_half_the_last_digit() -> None:
    assert find_numerals("37.1%")[0].precision == pytest.approx(0.05)
    assert find_numerals("1.2万")[0].precision == pytest.approx(500)
