"""The early warning as a whole: better than recency, calibrated, warned of leaks, refused on little data, private."""

import numpy as np
import pandas as pd
import pytest

from tests.tools.churn.conftest import make_company
from tests.tools.conftest import SOURCE, Opener
from tools.errors import InvalidArgument, NoData
from tools.source_definition import SourceDefinition

EXTRA = "dimensions: {channel: {column: channel}}\n"
LEAKY = "dimensions: {channel: {column: channel}, status: {column: status}}\n"
ASKED = {"start": "2026-04-01", "end": "2026-05-06", "silence_days": 21}


def figures(result) -> dict:
    return {f.name: f for f in result.figures}


def test_scores_are_calibrated_and_beat_recency_in_any_order_of_rows(open_workspace: Opener, company):
    result = open_workspace(company, extra=EXTRA).run("predict_churn", **ASKED)
    found = figures(result)
    assert found["brier"].value < found["baseline_brier"].value < found["constant_brier"].value
    assert found["auc"].value > found["baseline_auc"].value
    assert found["silence_days"].value == 21
    # 126 days end on 6 May; cut-offs 15 April to judge, 25 March, 4 March and 11 February to learn.
    card = {d.label.en: d.value.en for d in result.definition}
    assert "cut-offs 2026-03-25, 2026-03-04, 2026-02-11" in card["learnt from"]
    assert "cut-off 2026-04-15" in card["judged on"]
    assert "experiment" in card["does not prove"]
    assert not any("leakage" in w.en for w in result.warnings)
    # Risks fall; each is of a user of the data, and the sum of all is what is expected.
    assert result.table["risk"].is_monotonic_decreasing
    assert set(result.table["user"]) <= set(company["user"])
    assert result.table["reasons"].str.len().gt(0).all()
    shuffled = company.sample(frac=1, random_state=3)
    again = open_workspace(shuffled, extra=EXTRA).run("predict_churn", **ASKED)
    assert again.to_dict("zh") == result.to_dict("zh")


def test_views_and_what_they_add_up_to(open_workspace: Opener, company):
    workspace = open_workspace(company, extra=EXTRA)
    users = workspace.run("predict_churn", limit=10_000, **ASKED)
    expected, n = users.table["risk"].sum(), len(users.table)
    assert figures(users)["expected_churners"].value == pytest.approx(expected, abs=0.05)
    for asked in ({"view": "groups"}, {"breakdown": "channel"}):
        table = workspace.run("predict_churn", **ASKED, **asked).table
        assert table["users"].sum() == n
        assert table["expected_churn"].sum() == pytest.approx(expected, abs=1e-4)
    assert (table["segment"] == "ads").any()
    calibration = workspace.run("predict_churn", view="calibration", **ASKED).table
    assert calibration["users"].sum() == figures(users)["churn_rate"].n
    factors = workspace.run("predict_churn", view="factors", dimensions=[], **ASKED).table
    assert "channel" not in set(factors["factor"])
    listed = workspace.run("predict_churn", limit=3, **ASKED).table
    pd.testing.assert_frame_equal(listed, users.table.head(3))


def test_arguments_shape_the_numbers(open_workspace: Opener, company):
    workspace = open_workspace(company, extra=EXTRA)
    organic = figures(
        workspace.run("predict_churn", filters={"channel": ["organic"]}, **{**ASKED, "silence_days": 28})
    )
    lately = company[(company["at"] >= "2026-04-09") & (company["channel"] == "organic")]
    assert organic["scored_users"].value == lately["user"].nunique()
    buyers = figures(workspace.run("predict_churn", event="buy", top_share=0.5, **ASKED))
    lately = company[(company["at"] >= "2026-04-16") & (company["event"] == "buy")]
    assert buyers["scored_users"].value == lately["user"].nunique()
    # Half of those judged, rounded down.
    assert buyers["precision_at_k"].n == buyers["churn_rate"].n // 2
    # Of a shorter period only those active in it are asked about.
    shorter = figures(workspace.run("predict_churn", **{**ASKED, "start": "2026-04-20"}))
    late = company[company["at"] >= "2026-04-20"]["user"].nunique()
    assert shorter["scored_users"].value == late


def test_a_planted_leak_is_warned_of_and_left_out(open_workspace: Opener, company):
    """`status` was written at the end, over all events of those who had left by then."""
    result = open_workspace(company, extra=LEAKY).run("predict_churn", view="factors", **ASKED)
    warned = [w for w in result.warnings if "Suspected leakage" in w.en]
    assert len(warned) == 1
    assert "“status”" in warned[0].en
    assert "疑似泄漏" in warned[0].zh
    assert "status" not in set(result.table["factor"])


def test_a_segment_decided_later_is_warned_of(open_workspace: Opener, company):
    extra = EXTRA + "segments: {regular: {rule: {count: buy, at_least: 1}, as_of: end}}\n"
    result = open_workspace(company, extra=extra).run(
        "predict_churn", filters={"segment": ["regular"]}, **ASKED
    )
    assert any("Possible leakage" in w.en for w in result.warnings)


def test_chance_is_not_said_to_beat_recency(open_workspace: Opener):
    """Everybody comes on three days of ten whatever happened: nothing tells who will be silent for a week."""
    rng = np.random.default_rng(5)
    user, day = np.nonzero(rng.random((400, 90)) < 0.3)
    events = pd.DataFrame(
        {
            "user": user.astype(str),
            "event": "visit",
            "at": pd.Timestamp("2026-01-01") + pd.to_timedelta(day, unit="D"),
        }
    )
    result = open_workspace(events).run(
        "predict_churn", start="2026-03-01", end="2026-03-31", silence_days=7, top_share=0.2
    )
    assert figures(result)["precision_gain"].interval[0] <= 0
    assert any("not shown to beat" in w.en for w in result.warnings)
    # .7^7 = .082 are silent for a week by chance.
    assert figures(result)["churn_rate"].value == pytest.approx(0.7**7, abs=0.04)


def test_too_little_is_refused_with_the_reason(open_workspace: Opener, company):
    few = company[company["user"].isin([f"u{n}" for n in range(40)])]
    with pytest.raises(NoData, match="Too little data to learn from") as caught:
        open_workspace(few).run("predict_churn", **ASKED)
    assert "各需至少 50 例" in caught.value.zh
    workspace = open_workspace(company, extra=EXTRA)
    with pytest.raises(NoData, match="days of history are needed"):
        workspace.run("predict_churn", **{**ASKED, "silence_days": 60})
    with pytest.raises(InvalidArgument, match="chanel"):
        workspace.run("predict_churn", dimensions=["chanel"], **ASKED)
    once = pd.DataFrame(
        {"user": ["a", "b"], "event": "visit", "at": pd.to_datetime(["2026-01-01", "2026-01-02"])}
    )
    with pytest.raises(NoData, match="give silence_days"):
        open_workspace(once).run("predict_churn", start="2026-01-01", end="2026-01-02")


def test_little_data_is_learnt_from_with_few_features(open_workspace: Opener):
    result = open_workspace(make_company(200), extra=EXTRA).run("predict_churn", view="factors", **ASKED)
    assert any("Little data" in w.en for w in result.warnings)
    assert any("Few users to judge by" in w.en for w in result.warnings)
    assert len(result.table) == 4


GROWTH, OTHERS = frozenset({"growth"}), frozenset({"support"})


@pytest.mark.parametrize(
    ("declared", "teams", "shown"),
    [
        ({}, None, True),
        ({}, GROWTH, False),
        ({"user_rows": ["growth"]}, GROWTH, True),
        ({"user_rows": ["growth"]}, OTHERS, False),
        ({"user_rows": ["growth"]}, frozenset(), False),
        ({"user_rows": ["growth"], "teams": ["support"]}, GROWTH, False),
        ({"min_group": 10}, None, False),
        ({"min_group": 10, "user_rows": ["growth"]}, None, True),
        ({"min_group": 10, "user_rows": ["growth"]}, GROWTH, True),
        ({"min_group": 10, "user_rows": ["growth"]}, OTHERS, False),
    ],
)
def test_rows_of_single_users_are_for_named_teams_and_the_owner(declared, teams, shown):
    columns = {"frame": "f", "user": "user", "time": "at", "event": "event"}
    assert SourceDefinition.model_validate(columns | declared).shows_users_to(teams) is shown


def test_who_may_not_see_single_users_gets_counts(open_workspace: Opener, company):
    source = SOURCE.replace("}", ", min_group: 10, user_rows: [growth]}")
    metrics = open_workspace(company, source=source, extra=EXTRA).metrics
    shown = metrics.run("predict_churn", ASKED, teams=GROWTH).table
    assert set(shown["user"]) <= set(company["user"])
    assert shown["risk"].notna().all()
    result = metrics.run("predict_churn", ASKED, teams=OTHERS)
    assert list(result.table.columns) == ["band", "users", "mean_risk", "expected_churn"]
    assert any("user_rows" in w.en for w in result.warnings)
    told = str(result.to_dict("en"))
    assert not any(f"'{user}'" in told for user in company["user"].unique())
