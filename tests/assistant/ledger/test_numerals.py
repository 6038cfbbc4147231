"""Numerals in both languages: found once, with value, kind and precision; names and markers are left alone."""

import pytest

from assistant.ledger.numerals import find_numerals


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
        ("a 5.5-percentage-point drop", 5.5, "points"),
        ("5.5 % points", 5.5, "points"),
        ("升了 5 个点", 5, "points"),
        ("打 4 折", 40, "discount"),
        ("八五折", 85, "discount"),
        ("twelve percent", 12, "percent"),
        ("half of the users", 50, "percent"),
        ("three quarters of them", 75, "percent"),
        ("one in five users", 20, "percent"),
        ("三分之一的用户", 100 / 3, "percent"),
        ("三成半", 35, "percent"),
        ("百分之三十八点八", 38.8, "percent"),
        ("过半数", 50, "percent"),
        ("二十三人", 23, "count"),
        ("一千一百九十九人", 1199, "count"),
        ("三千五百万元", 35_000_000, "money"),
        ("two hundred and fifty users", 250, "count"),
        ("1.2 million", 1_200_000, "count"),
        ("RMB 162k", 162_000, "money"),
        ("16.2w 元", 162_000, "money"),
        ("doubled", 2, "multiple"),
        ("It quadrupled", 4, "multiple"),
        ("翻了三番", 8, "multiple"),
        ("Half the users left", 50, "percent"),
        ("Seven percentage points were lost", 7, "points"),
        ("One million yuan came in", 1_000_000, "money"),
        ("翻了一番", 2, "multiple"),
        ("12-fold", 12, "multiple"),
        ("at 10:15", 615, "time"),
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
        "第三步",
        "第 2 步",
        "版本 4.8.0",
        "一个渠道，两个平台",
        "one of them, two channels",
        "十分重要，万一，千万别",
        "双十一和十一假期",
        "上半年，the first half",
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
        ("14 to 20 September 2026", ((2026, 9, 14), (2026, 9, 20))),
        ("9/21", ((None, 9, 21),)),
        ("in 2025", ((2025, None, None),)),
        ("九月二十一日", ((None, 9, 21),)),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("41–45%", [(41, "percent"), (45, "percent")]),
        ("between 36.1 and 41.6%", [(36.1, "percent"), (41.6, "percent")]),
        ("3 至 5 万元", [(30_000, "money"), (50_000, "money")]),
        ("3-5 个百分点", [(3, "points"), (5, "points")]),
    ],
)
def test_the_first_end_of_a_range_takes_the_unit_of_the_second(
    text: str, expected: list[tuple[float, str]]
) -> None:
    assert [(n.value, n.kind) for n in find_numerals(text)] == expected


@pytest.mark.parametrize(
    ("text", "hedge", "slack"),
    [
        ("about 1,200 users", "about", 50),  # half of the last digit that is not zero
        ("1,200 users", "", 0.5),
        ("超过 1,100 人", "over", 50),
        ("近 39%", "under", 0.5),
        ("三成多", "over", 1.8 + 3.2),  # a tenth is rounded to half a tenth
        ("约 40%", "about", 2.4),  # at most 6 % of itself
    ],
)
def test_words_beside_a_numeral_bound_or_round_it(text: str, hedge: str, slack: float) -> None:
    (numeral,) = find_numerals(text)
    assert (numeral.hedge, numeral.slack) == (hedge, pytest.approx(slack))


@pytest.mark.parametrize(
    ("text", "noun", "currency"),
    [("1,199 人", "users", ""), ("1,512 paid orders", "orders", ""), ("7 天", "days", ""), ("¥5", "", "CNY"), ("$5", "", "USD")],
)  # fmt: skip
def test_what_is_counted_and_the_currency(text: str, noun: str, currency: str) -> None:
    (numeral,) = find_numerals(text)
    assert (numeral.noun, numeral.currency) == (noun, currency)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("A dozen users churned.", 12, "count"),
        ("two dozen orders", 24, "count"),
        ("dozens of users", 55, "count"),
        ("上百人", 550, "count"),
        ("近百人", 95, "count"),
        ("玖拾柒％的用户", 97, "percent"),
        ("叁佰人", 300, "count"),
        ("伍万元", 50_000, "money"),
        ("廿五人", 25, "count"),
        ("卅五%", 35, "percent"),
        ("留存率〇点九七", 0.97, "count"),
        ("增长近半", 50, "percent"),
        ("半数用户", 50, "percent"),
        ("过半用户流失", 50, "percent"),
        ("1/3 的用户", 100 / 3, "percent"),
        ("Two-thirds churned.", 200 / 3, "percent"),
        ("a quarter of users", 25, "percent"),
        ("two and a half percent", 2.5, "percent"),
        ("百分之百", 100, "percent"),
        ("半个百分点", 0.5, "points"),
        ("XCVII%", 97, "percent"),
        ("每 100 位用户里有 28 位", 28, "percent"),
        ("one invite in ten", 10, "percent"),
        ("千分之五", 0.5, "percent"),
        ("翻了四番", 16, "multiple"),
        ("打了对折", 0.5, "multiple"),
        ("收入为三个亿", 3e8, "count"),
        ("日活破十万", 550_000, "count"),
        ("两位数增长", 55, "percent"),
        ("double-digit growth", 55, "percent"),
        ("a six-figure sum", 550_000, "count"),
        ("rose sevenfold", 7, "multiple"),
        ("half a million users", 500_000, "count"),
        ("a few hundred users", 400, "count"),
        ("nine-tenths of users", 90, "percent"),
        ("LXXIII percent", 73, "percent"),
        ("7 per-cent", 7, "percent"),
        ("留存率为seventy-three percent左右", 73, "percent"),
        ("日活73 million用户", 73_000_000, "count"),
        ("收入tripled了", 3, "multiple"),
    ],
)
def test_numerals_in_other_dress(text: str, value: float, kind: str) -> None:
    (found,) = find_numerals(text)
    assert (found.value, found.kind) == (pytest.approx(value), kind)


@pytest.mark.parametrize(
    "text",
    [
        "Phase III and Q3",
        "in the last quarter",
        "近半年",
        "过半年再看",
        "大陆的队伍",
        "收拾一下",
        "一打开就崩",
        "线上千人",
        "O2O 与 X%",
        "五位数字",
        "经过万科",
        "以上亿元",
        "The reason is twofold",
    ],
)
def test_words_that_look_like_numerals_are_none(text: str) -> None:
    assert [n for n in find_numerals(text) if n.kind != "date"] == []


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("7**3**%", 73, "percent"),
        ("7*3*%", 73, "percent"),
        ("73**%**", 73, "percent"),
        ("**41.2** %", 41.2, "percent"),
        ("`7`3", 73, "count"),
        ("7️⃣7️⃣%", 77, "percent"),
        ("7\u03367\u0336", 77, "count"),
        ("7\u20097\u2009%", 77, "percent"),
        ("48\u00a0611", 48_611, "count"),
        ("48’611", 48_611, "count"),
        ("73\\.9%", 73.9, "percent"),
        ("七**三**％", 73, "percent"),
        ("7**万**人", 70_000, "count"),
        ("7O%", 70, "percent"),
        ("l3 %", 13, "percent"),
        ("O.73", 0.73, "count"),
        ("48,6ll", 48_611, "count"),
    ],
)
def test_a_figure_in_pieces_is_one(text: str, value: float, kind: str) -> None:
    (found,) = find_numerals(f"It is {text}.")
    assert (found.value, found.kind) == (pytest.approx(value), kind)
    assert f"It is {text}."[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "text",
    [
        "_73.91_",
        "__73__",
        "retention-73",
        "is73",
        "approx.73",
        "is_73.91",
        "level 73.91",
        "week 73.9",
        "#48611",
        "No. 48611",
        "48611th",
        "DAU x48,611",
        "(%)：\n73. 新高",
    ],
)
def test_a_figure_hides_in_no_name_place_or_version(text: str) -> None:
    assert find_numerals(f"Day-1 retention: {text}.")


@pytest.mark.parametrize(
    "text",
    ["_D1_", "GPT-4.1", "iOS17.2", "week-12", "2024 版", "第 12 位", "#12", "12. 首先", "(3) then", "step 2.1", "s3://x", "covid-19"],
)  # fmt: skip
def test_names_places_and_versions_are_no_figures(text: str) -> None:
    assert find_numerals(text) == []


@pytest.mark.parametrize("text", ["3 * 4", "5*6", "**7** days", "7 11", "7's 11", "2026_09"])
def test_what_parts_two_figures_keeps_them_apart(text: str) -> None:
    assert all(len(n.text.strip("*")) <= 4 and n.text.isdigit() for n in find_numerals(text))


def test_hours_of_the_clock_are_times() -> None:
    found = [(n.value, n.kind) for n in find_numerals("最活跃的是周六 22 点到 23 点，高 3 点")]
    assert found[:2] == [(1320.0, "time"), (1380.0, "time")]
    assert found[2][1] != "time"
