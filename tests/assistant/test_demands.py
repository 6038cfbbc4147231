"""The sample company's demands: joined with its labelled feedback, ranked as they are declared."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from assistant.sample_company.demands import tabulate_demands, tabulate_survey
from assistant.sample_company.users import draw_users
from assistant.workspace import Workspace
from tools import Metrics
from tools.demands.declarations import DemandTable
from tools.demands.listing import describe
from tools.demands.voices import match
from tools.feedback.reading import Feedback
from tools.feedback.words import clean
from tools.periods import EPOCH

SEPTEMBER = {"start": "2026-09-01", "end": "2026-09-28"}
# What the labels call that which a demand is about; wishes for features have one label for all.
LABELS = {
    "LM-101": "payment_failure",
    "LM-102": "forced_phone_binding",
    "LM-103": "slow_refund",
    "LM-104": "late_delivery",
    "LM-108": "invite_reward",
    "LM-110": "coupon_rules",
    "LM-111": "crash_and_lag",
}


@pytest.fixture(scope="module")
def metrics(demo_workspace: Workspace):
    opened = Metrics.open(demo_workspace.metrics_file)
    yield opened
    opened.close()


def test_demands_are_joined_with_what_users_say_about_them(demo_workspace: Workspace) -> None:
    table = pd.read_parquet(demo_workspace.metrics_file.parent / "data" / "feedback.parquet")
    table = table[(table["created_at"] >= "2026-07-01") & (table["label_sentiment"] != "positive")]
    texts = [clean(text) for text in table["text"]]
    rows = pd.DataFrame(
        {
            "text": texts,
            "language": table["language"].to_numpy(),
            "user": range(len(table)),
            "sentiment": table["label_sentiment"].to_numpy(),
            "day": (table["created_at"].dt.tz_localize(None) - pd.Timestamp(EPOCH)).dt.days.to_numpy(),
        }
    )
    written = [
        {k: None if pd.isna(v) else str(v) for k, v in row.items()}
        for row in tabulate_demands().to_dict("records")
    ]
    demands = describe("backlog", DemandTable(frame="x"), pd.DataFrame(written, dtype=object))
    voices = match(Feedback(rows), demands, date(2026, 7, 1), 1)
    labels = table["label_theme"].value_counts()
    joined = dict(zip(demands.ids, voices.texts, strict=True))
    heard = {key: joined[key] / labels[label] for key, label in LABELS.items()}
    assert sum(share > 0.3 for share in heard.values()) >= 5
    assert max(heard.values()) < 1.3
    assert joined["LM-114"] < 0.03 * len(rows)  # nobody speaks of a points mall


def test_the_list_is_ranked_and_its_reach_is_counted(metrics: Metrics) -> None:
    result = metrics.run("rank_demands", SEPTEMBER, teams=None, language="zh")
    table = result.table.set_index("id")
    assert table.index[0] == "LM-102"
    # Those who signed up in September, x 2 x 90 % / 1.5 weeks.
    signups = metrics.run("measure_metric", {"metric": "new_users", **SEPTEMBER}, teams=None).figures[0].value
    assert table.loc["LM-102", "reach"] == signups
    assert table.loc["LM-102", "score"] == pytest.approx(signups * 2 * 0.9 / 1.5)
    assert table.loc["LM-102", "feedback"] > 20
    assert table[table["rank"] == ""]["note"].to_dict() == {"LM-112": "缺少信心", "LM-114": "缺少投入"}
    assert "LM-115" not in table.index
    assert any("LM-115" not in w.zh and "已完成或已取消" in w.zh for w in result.warnings)


def test_the_survey_is_classed_as_it_was_drawn(metrics: Metrics) -> None:
    result = metrics.run("rank_demands", {**SEPTEMBER, "method": "kano"}, teams=None, language="en")
    classes = result.table.set_index("id")["class"].to_dict()
    assert classes == {
        "LM-101": "must-be",
        "LM-102": "one-dimensional",
        "LM-103": "one-dimensional",
        "LM-105": "attractive",
        "LM-106": "attractive",
        "LM-107": "indifferent",
        "LM-114": "indifferent",
    }


def test_the_survey_has_a_random_stream_of_its_own() -> None:
    users = draw_users(np.random.default_rng(1))
    one, same, other = (tabulate_survey(users, seed) for seed in (7, 7, 8))
    assert one.equals(same)
    assert not one.equals(other)
