"""Kano's classes by hand: the evaluation table, the coefficients, Fong's test, and answers in both languages."""

import math

import pytest

from tests.tools.demands.conftest import MARCH, demand
from tools.demands.kano import classify, evaluate, is_clear, read_answer
from tools.errors import MetricError, NoData

LIKE, MUST, NEUTRAL, LIVE, DISLIKE = "我喜欢", "理应如此", "无所谓", "勉强接受", "我不喜欢"
# The table as Berger et al. (1993) print it: rows if it is there, columns if it is not, from like to dislike.
PRINTED = """
Q A A A O
R I I I M
R I I I M
R I I I M
R R R R Q
"""
ANSWERS = ("like", "must", "neutral", "live", "dislike")


def test_the_evaluation_table_is_the_printed_one():
    rows = [line.split() for line in PRINTED.split("\n") if line]
    assert [[evaluate(there, absent) for absent in ANSWERS] for there in ANSWERS] == rows


def test_coefficients():
    found = classify({"M": 20, "O": 30, "A": 40, "I": 10, "R": 5, "Q": 1})
    # Of 20 + 30 + 40 + 10 = 100: better (40 + 30) / 100, worse -(30 + 20) / 100; R and Q do not count.
    assert (found.kind, found.better, found.worse, found.n) == ("A", 0.7, -0.5, 106)
    # Wilson's interval of 70 of 100: (.7 + .0192) / 1.0384 -+ 1.96 sqrt(.0021 + .000096) / 1.0384.
    assert found.better_interval == pytest.approx((0.604, 0.781), abs=0.001)
    assert found.worse_interval == pytest.approx((-0.596, -0.404), abs=0.001)


@pytest.mark.parametrize(
    ("counts", "clear"),
    [
        # n = 106, a = 40, b = 30: 1.65 sqrt(70 x 142 / 212) = 1.65 x 6.847 = 11.3 > 10.
        ((40, 30, 106), False),
        # a = 42, b = 30: 1.65 sqrt(72 x 140 / 212) = 1.65 x 6.895 = 11.4 < 12.
        ((42, 30, 106), True),
        ((5, 5, 10), False),
        # One respondent alone: 1 >= 1.65 sqrt(1 x 1 / 2) = 1.17 does not hold.
        ((1, 0, 1), False),
    ],
)
def test_fongs_test(counts, clear):
    most, second, n = counts
    both = most + second
    bound = 1.65 * math.sqrt(both * (2 * n - both) / (2 * n))
    assert is_clear(*counts) is clear
    assert (most > second and most - second >= bound) is clear


def test_of_equal_classes_the_first_of_must_be_one_dimensional_attractive_is_taken():
    assert classify({"M": 5, "O": 5, "A": 5}).kind == "M"
    assert classify({"O": 5, "A": 5}).kind == "O"
    assert classify({"A": 5, "I": 5}).kind == "A"


def test_without_a_sound_answer_there_are_no_coefficients():
    found = classify({"R": 3, "Q": 2})
    assert (found.kind, found.better, found.worse, found.better_interval) == ("R", None, None, None)


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        ("like", ["I like it that way", "Like", "我很喜欢", "喜欢", "非常满意", "This would be very helpful to me"]),
        ("must", ["It must be that way", "I expect it", "Must-be", "理应如此", "理所当然", "必须这样", "应该有"]),
        ("neutral", ["I am neutral", "I don't care", "无所谓", "没感觉", "一般"]),
        ("live", ["I can live with it", "I can tolerate it", "勉强接受", "能忍受", "可以接受"]),
        ("dislike", ["I dislike it", "I don’t like it", "很不喜欢", "不能接受", "无法忍受", "Ｄｉｓｌｉｋｅ"]),
        (None, ["", "7", "3", "maybe", "也许"]),
    ],
)  # fmt: skip
def test_answers_are_read_in_both_languages(answer, written):
    assert [read_answer(words) for words in written] == [answer] * len(written)


def survey(demand_: str, *pairs: tuple[str, str, int]) -> list[tuple]:
    """Let as many people as each pair says answer so."""
    people = [(there, absent) for there, absent, count in pairs for _ in range(count)]
    return [(demand_, f"u{i}", *pair) for i, pair in enumerate(people)]


# A: 8 M, 2 I. B: 6 O, 4 A. C: 9 A, 1 I. D: 7 R, 3 Q.
SURVEY = [
    *survey("A", (MUST, DISLIKE, 8), (NEUTRAL, NEUTRAL, 2)),
    *survey("B", (LIKE, DISLIKE, 6), (LIKE, LIVE, 4)),
    *survey("C", (LIKE, NEUTRAL, 9), (LIVE, MUST, 1)),
    *survey("D", (DISLIKE, LIKE, 0), (DISLIKE, NEUTRAL, 7), (LIKE, LIKE, 3)),
]
LIST = [demand(name) for name in "ABCD"]


def test_demands_are_ranked_by_class_then_by_coefficients(rank_list):
    result = rank_list(LIST, survey=SURVEY, method="kano")
    table = result.table.set_index("id")
    assert table["rank"].to_dict() == {"A": "1", "B": "2", "C": "3", "D": "4"}
    assert table["class"].tolist() == ["must-be", "one-dimensional", "attractive", "reverse"]
    # A: worse -8/10. B: better (6 + 4)/10, worse -6/10. C: better 9/10, worse 0.
    assert table["better"].tolist()[:3] == [0, 1, 0.9]
    assert table["worse"].tolist()[:3] == [-0.8, -0.6, 0]
    assert table.loc["B", ["M", "O", "A", "I", "R", "Q"]].tolist() == [0, 6, 4, 0, 0, 0]
    # Of B: 6 - 4 = 2 < 1.65 sqrt(10 x 10 / 20) = 3.7: hardly told from attractive.
    assert table.loc["B", "certainty"] == "hardly told from attractive"
    said = " ".join(w.en for w in result.warnings)
    for part in (
        "Of 1 demand the two commonest classes",
        "Fewer than 30",
        "contradict themselves",
        "rather not have: Do D",
    ):
        assert part in said


def test_conflicting_answers_of_one_person_and_unreadable_ones_are_left_out_and_counted(rank_list):
    rows = [
        *survey("A", (MUST, DISLIKE, 3)),
        ("A", "u1", LIKE, DISLIKE),  # u1 has answered already, in another way
        ("A", "u2", MUST, DISLIKE),  # u2 has answered so already
        ("A", "u8", "hm", DISLIKE),
        ("A", "u9", None, DISLIKE),
    ]
    result = rank_list(LIST, survey=rows, method="kano")
    # Left are u0 and u2.
    assert result.table["respondents"].tolist() == [2]
    said = " ".join(w.en for w in result.warnings)
    assert "2 rows are different answers of the same respondent" in said
    assert "2 rows lack an answer or have one that cannot be read (such as “hm”)" in said


def test_people_without_a_name_are_each_somebody(open_list, rank_list):
    rows = [("A", None, MUST, DISLIKE)] * 3
    assert rank_list(LIST, survey=rows, method="kano").table["respondents"].tolist() == [3]
    unnamed = open_list(LIST, ", survey: {frame: survey}", survey=[], answers=rows)
    assert unnamed.run("rank_demands", **MARCH, method="kano").table["respondents"].tolist() == [3]


def test_a_questionnaire_with_a_column_per_question_is_read(open_list):
    # Columns demand and functional hold the answers about A, who and dysfunctional those about B.
    rows = [(MUST, LIKE, DISLIKE, NEUTRAL), (MUST, LIKE, NEUTRAL, DISLIKE)]
    pairs = "pairs: {A: [demand, functional], B: [who, dysfunctional]}"
    workspace = open_list(LIST, f", survey: {{frame: survey, {pairs}}}", survey=[], answers=rows)
    table = workspace.run("rank_demands", **MARCH, method="kano").table.set_index("id")
    # A: (must, dislike) is M, (must, neutral) is I. B: (like, neutral) is A, (like, dislike) is O.
    assert table.loc["A", ["M", "I"]].tolist() == [1, 1]
    assert table.loc["B", ["A", "O"]].tolist() == [1, 1]


def test_filters_are_said_not_to_touch_a_survey(rank_list):
    result = rank_list(LIST, survey=SURVEY, method="kano", filters={"platform": ["ios"]})
    assert any("not split by filters" in w.en for w in result.warnings)


def test_numbers_need_to_be_told_what_they_mean(open_list):
    rows = [("A", "u1", "5", "1"), ("A", "u2", "5", "2")]
    with pytest.raises(NoData, match="say codes: like_is_1 or like_is_5"):
        open_list(LIST, survey=rows).run("rank_demands", **MARCH, method="kano")
    told = open_list(LIST, ", survey: {frame: survey, codes: like_is_5}", survey=[], answers=rows)
    # 5 is to like: (like, dislike) is O, (like, live) is A.
    assert told.run("rank_demands", **MARCH, method="kano").table.loc[0, ["O", "A"]].tolist() == [1, 1]


def test_a_survey_of_a_demand_that_is_not_in_the_list_goes_by_its_id(rank_list):
    result = rank_list(LIST, survey=survey("Z", (LIKE, NEUTRAL, 2)), method="kano")
    assert result.table["demand"].tolist() == ["Z"]
    assert any("not among the open ones of the list (such as Z)" in w.en for w in result.warnings)


def test_small_groups_of_respondents_are_not_shown(open_list):
    source = "{frame: events, user: user, time: at, event: event, min_group: 3}"
    rows = [*SURVEY, *survey("E", (LIKE, NEUTRAL, 2))]
    table = open_list(LIST, survey=rows, source=source).run("rank_demands", **MARCH, method="kano").table
    assert "E" not in set(table["id"])
    assert not {"M", "O", "A", "I", "R", "Q"} & set(table.columns)
    # Of A two of ten stay neutral (8 + 2): the share would tell. Of B all ten like it, 6 and 4 may be told.
    worse = table.set_index("id")["worse"].astype(float)
    assert math.isnan(worse["A"])
    assert worse["B"] == -0.6
    with pytest.raises(MetricError, match="fewer than 3 people"):
        open_list(LIST, survey=survey("A", (LIKE, NEUTRAL, 2)), source=source).run(
            "rank_demands", **MARCH, method="kano"
        )


def test_without_a_method_a_list_with_a_survey_alone_is_ranked_by_it(rank_list):
    result = rank_list([{"id": n, "title": n} for n in "AB"], survey=SURVEY)
    assert result.arguments["method"] == "kano"
    assert any(d.label.en == "does not prove" for d in result.definition)
