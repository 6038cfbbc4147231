"""RICE, ICE and weighted scores by hand; ties, gaps and slips each get a clear answer."""

import pytest

from tests.tools.demands.conftest import MARCH, demand
from tools.demands.scores import read_confidence
from tools.errors import InvalidArgument, MetricError, NoData


def scores(result) -> dict[str, float]:
    ranked = result.table[result.table["rank"] != ""]
    return dict(zip(ranked["id"], ranked["score"], strict=True))


def notes(result) -> dict[str, str]:
    left = result.table[result.table["rank"] == ""]
    return dict(zip(left["id"], left["note"], strict=True))


def test_rice(rank_list):
    result = rank_list(
        [
            demand("A", reach=500, impact=2, confidence=80, effort=4),
            demand("B", reach=120, impact=3, confidence=100, effort=0.5),
            demand("C", reach=1000, impact=0.25, confidence=50, effort=1),
        ]
    )
    # A: 500 x 2 x .8 / 4 = 200. B: 120 x 3 x 1 / .5 = 720. C: 1000 x .25 x .5 / 1 = 125.
    assert list(scores(result).items()) == [("B", 720), ("A", 200), ("C", 125)]
    # B leads A by 720 / 200 - 1 = 2.6, A leads C by 200 / 125 - 1 = .6.
    assert result.table["lead"].tolist()[:2] == [2.6, 0.6]


def test_ice_counts_confidence_out_of_ten(rank_list):
    records = [
        demand("A", impact=8, confidence=6, ease=5),
        demand("B", impact=9, confidence=9, ease=2),
    ]
    # A: 8 x 6 x 5 = 240. B: 9 x 9 x 2 = 162.
    assert scores(rank_list(records, method="ice")) == {"A": 240, "B": 162}
    # Written as 60 % and 90 % it is the same.
    shares = [r | {"confidence": f"{10 * r['confidence']}%"} for r in records]
    assert scores(rank_list(shares, method="ice")) == {"A": 240, "B": 162}


def test_weighted_scores_are_shares_of_the_largest(rank_list):
    result = rank_list(
        [demand("A", reach=200, effort=4), demand("B", reach=100, effort=1)],
        method="weighted",
        weights={"reach": 3, "effort": -1},
    )
    # A: reach 200/200 = 1, effort 1 - 4/4 = 0: 100 x (3 x 1 + 1 x 0) / 4 = 75.
    # B: reach 100/200 = .5, effort 1 - 1/4 = .75: 100 x (3 x .5 + .75) / 4 = 56.25.
    assert scores(result) == {"A": 75, "B": 56.25}


def test_declared_weights_are_used_and_given_ones_win(rank_list):
    records = [demand("A", votes=10, ease=1), demand("B", votes=5, ease=3)]
    settings = ", weights: {votes: 1}"
    # By votes alone: A 10/10, B 5/10. By ease alone: A 1/3, B 3/3.
    assert scores(rank_list(records, settings, method="weighted")) == {"A": 100, "B": 50}
    assert list(scores(rank_list(records, settings, weights={"ease": 2}))) == ["B", "A"]
    # A result says what it was made with, so that it can be asked for again.
    assert rank_list(records, settings, method="weighted").arguments["weights"] == {"votes": 1}


def test_equal_scores_share_a_rank_and_the_next_is_skipped(rank_list):
    result = rank_list([demand("A-10"), demand("A-2"), demand("A-1", reach=50), demand("A-3", reach=400)])
    # 400.: 100 each, A-2 before A-10. A-1: 50, the fourth.
    assert list(zip(result.table["id"], result.table["rank"], strict=True)) == [
        ("A-3", "1"),
        ("A-2", "2="),
        ("A-10", "2="),
        ("A-1", "4"),
    ]


def test_a_shared_first_place_is_said(rank_list):
    result = rank_list([demand("A"), demand("B")])
    assert any("The first place is shared by Do A, Do B" in w.en for w in result.warnings)
    assert result.figures[0].label.zh == "并列第 1 名“Do A”得分"


SLIPS = [
    ({"effort": 0}, "effort is 0"),
    ({"effort": None}, "no effort"),
    ({"effort": "3d"}, "“3d” is not a number"),
    ({"reach": -5}, "negative"),
    ({"confidence": "120%"}, "outside 0 to 100"),
    ({"confidence": 0.8}, "stands among percentages and could be 0.8% or 80%"),
    ({"confidence": "-10%"}, "outside 0 to 100"),
    ({"impact": -1}, "outside 0 to 3"),
    ({"impact": "soon"}, "“soon” is not a number"),
    ({"impact": None, "reach": None}, "no reach; no impact"),
]


def test_what_cannot_be_scored_says_why_and_spoils_no_other(rank_list):
    slips = [demand(f"C-{i}", confidence=80) | slip for i, (slip, _) in enumerate(SLIPS)]
    result = rank_list([demand("A", confidence=80), demand("B", confidence=60), *slips])
    # A: 100 x 2 x .8 / 1 = 160, B: 100 x 2 x .6 = 120.
    assert scores(result) == {"A": 160, "B": 120}
    found = notes(result)
    for i, (_, note) in enumerate(SLIPS):
        assert note in found[f"C-{i}"]
    assert any("10 demands have no rank: Do C-0" in w.en and "没有名次" in w.zh for w in result.warnings)


@pytest.mark.parametrize(
    ("written", "scale", "read"),
    [
        (["0.5", "0.8"], None, (0.5, 0.8)),
        (["50", "80"], None, (0.5, 0.8)),
        (["5", "8"], None, (0.5, 0.8)),
        (["50%", "80%"], None, (0.5, 0.8)),
        (["50%", "0.8"], None, (0.5, 0.8)),
        (["低", "中", "高"], None, (0.5, 0.8, 1.0)),
        (["Low", "High"], None, (0.5, 1.0)),
        (["0.5", "80"], None, (None, 0.8)),
        (["0.5", "80"], "percent", (0.005, 0.8)),
        (["５０％", " 80 "], None, (0.5, 0.8)),
    ],
)
def test_confidence_is_read_as_it_is_written(written, scale, read):
    assert read_confidence(written, scale).values == pytest.approx(read)


def test_a_declared_scale_of_impact_is_kept_to(rank_list):
    records = [demand("A", impact=5), demand("B", impact=4)]
    # Out of five both fit: 100 x 5 x .5 = 250 and 100 x 4 x .5 = 200. Out of three neither does.
    assert scores(rank_list(records)) == {"A": 250, "B": 200}
    with pytest.raises(NoData, match="impact 5 is outside 0 to 3"):
        rank_list(records, ", impact_scale: 3")


def test_an_impact_far_above_the_others_is_asked_about(rank_list):
    result = rank_list([demand("A", impact=30), demand("B"), demand("C", impact=1)])
    assert any("30, is far above the others (next: 2)" in w.en for w in result.warnings)


def test_repeated_rows_count_once_and_a_doubtful_id_not_at_all(rank_list):
    records = [
        demand("A"),
        demand("A"),
        demand("B", reach=10),
        demand("B", reach=20),
        demand("C", title="Do A"),
    ]
    result = rank_list(records)
    # A and C: 100 x 2 x .5 / 1.
    assert scores(result) == {"A": 100, "C": 100}
    assert notes(result)["B"] == "its id stands twice, with different content"
    said = " ".join(w.en for w in result.warnings)
    assert "rows that repeat another: 1" in said
    assert "The same title under different ids may be one demand: Do A (A, C)." in said


def test_settled_demands_are_left_out_unless_asked_for(rank_list):
    records = [
        demand("A", status="To Do"),
        demand("B", status="Done"),
        demand("C", status="已上线"),
        demand("D", status="Parked"),
    ]
    assert set(scores(rank_list(records))) == {"A", "D"}
    assert set(scores(rank_list(records, ", done: [parked]"))) == {"A"}
    assert set(scores(rank_list(records, settled=True))) == {"A", "B", "C", "D"}


def test_without_a_method_the_first_that_has_its_scores_is_taken(rank_list):
    assert rank_list([demand("A")]).arguments["method"] == "rice"
    no_effort = [{k: v for k, v in demand("A").items() if k != "effort"}]
    assert rank_list(no_effort).arguments["method"] == "ice"
    only_votes = [{"title": "A", "votes": 3}, {"title": "B", "votes": 4}]
    assert rank_list(only_votes, ", weights: {votes: 1}").arguments["method"] == "weighted"


@pytest.mark.parametrize(
    ("records", "settings", "arguments", "said"),
    [
        ([{"title": None, "reach": 1}], "", {}, "no open demand"),
        ([{"when": "x"}], "", {}, "no column of titles"),
        ([{"title": "A"}], "", {}, "no column of impact, confidence, effort, reach"),
        ([demand("A")], "", {"demands": "backlock"}, "backlog"),
        ([demand("A")], "", {"method": "weighted"}, "needs weights"),
        ([demand("A")], "", {"method": "rice", "weights": {"reach": 1}}, "belong to the method weighted"),
        ([demand("A")], "", {"weights": {"fame": 1}}, "weights"),
        ([demand("A")], "", {"weights": {"feedback": 1}}, "needs feedback"),
        ([demand("A")], "", {"method": "kano"}, "no survey"),
        ([demand("A")], "", {"method": "moscow"}, "method cannot be moscow"),
        ([demand("A")], ", effort: efort", {}, "nearest: effort"),
        ([demand("A")], "", {"uncertainty": -1}, "uncertainty"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence_in_both_languages(rank_list, records, settings, arguments, said):
    with pytest.raises(MetricError) as caught:
        rank_list(records, settings, **arguments)
    assert said in caught.value.en
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.zh)


def test_a_workspace_without_demands_says_how_to_declare_them(open_workspace):
    workspace = open_workspace([(1, "visit", "2026-03-02")])
    with pytest.raises(NoData, match=r"add demands: \{backlog: \{path: data/jira.csv\}\}"):
        workspace.run("rank_demands", **MARCH)


def test_a_list_for_another_team_does_not_exist(open_list):
    metrics = open_list([demand("A")], ", teams: [product]").metrics
    assert len(metrics.run("rank_demands", MARCH, teams=frozenset(("product",))).table) == 1
    with pytest.raises(NoData, match="declares no demands"):
        metrics.run("rank_demands", MARCH, teams=frozenset(("sales",)))


def test_uncertainty_moves_near_scores_and_not_far_ones(rank_list):
    records = [demand("A", reach=105), demand("B", reach=100), demand("C", reach=5)]
    firm = rank_list(records, uncertainty=0).table
    assert firm["keeps_lead"].tolist()[:2] == [1, 1]
    assert firm["rank_range"].tolist() == ["1", "2", "3"]
    shaken = rank_list(records).table
    # A and B differ by 5 %, by less than any of four judgements off by up to 30 %: about a coin's toss.
    assert 0.5 < shaken["keeps_lead"][0] < 0.65
    # C is 20 times below: four judgements off by 1.3, on both sides, carry 1.3 ** 8 = 8.2 at most.
    assert shaken["keeps_lead"][1] == 1
    assert shaken["rank_range"].tolist() == ["1-2", "1-2", "3"]
    said = rank_list(records).warnings
    assert any("The order of the first two is not firm" in w.en for w in said)


def test_the_card_says_formula_columns_and_what_is_not_proved(rank_list):
    card = {d.label.en: d.value for d in rank_list([demand("A")]).definition}
    assert card["method"].zh == "RICE = 触达 × 影响 × 信心 ÷ 投入"
    assert "confidence = confidence (percent)" in card["columns"].en
    assert "effort = effort" in card["columns"].en
    assert "do not prove" in card["does not prove"].en


def test_words_for_scores_are_those_of_rice_and_the_card_says_so(rank_list):
    result = rank_list([demand("A", impact="High", confidence="低"), demand("B", impact="minimal")])
    # 100 x 2 x .5 / 1 and 100 x .25 x .5 / 1.
    assert scores(result) == {"A": 100, "B": 12.5}
    columns = next(d.value for d in result.definition if d.label.en == "columns")
    assert "impact (0 to 3; high 2, medium 1, low 0.5)" in columns.en.replace("impact = ", "")
    assert "高 100%、中 80%、低 50%" in columns.zh


def test_weights_of_nothing_are_refused(rank_list):
    with pytest.raises(InvalidArgument):
        rank_list([demand("A")], method="weighted", weights={"reach": 0})
