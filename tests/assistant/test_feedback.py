"""The sample company's feedback, of which the labels are known: its themes, sentiment and the surge that is planted."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import v_measure_score

from assistant.sample_company.feedback import tabulate_feedback
from assistant.sample_company.users import draw_users
from assistant.workspace import Workspace
from tools import Metrics
from tools.feedback.encoder import encode
from tools.feedback.sentiment import judge
from tools.feedback.themes import find_themes
from tools.feedback.words import clean, detect_language


@pytest.fixture(scope="module")
def feedback() -> pd.DataFrame:
    table = tabulate_feedback(draw_users(np.random.default_rng(1)), seed=7)
    return table.assign(text=[clean(text) for text in table["text"]])


def test_half_a_year_of_feedback_is_told_apart_by_language(feedback: pd.DataFrame) -> None:
    assert 700 < len(feedback) < 1_300
    assert feedback["language"].eq([detect_language(text) for text in feedback["text"]]).mean() > 0.99


def test_sentiment_agrees_with_the_labels_in_both_languages(feedback: pd.DataFrame) -> None:
    own = feedback[feedback["label_theme"] != "planted"]
    right = own["label_sentiment"].eq(judge(own["text"].tolist()).labels)
    assert right.groupby(own["language"]).mean().min() > 0.8


def test_themes_are_pure(feedback: pd.DataFrame) -> None:
    texts, languages = feedback["text"].tolist(), feedback["language"].tolist()
    labels = find_themes(encode(texts), texts, languages).labels
    labelled = feedback["label_theme"].to_numpy()[labels >= 0]
    own = labels[labels >= 0]
    largest = sum(Counter(labelled[own == k]).most_common(1)[0][1] for k in set(own.tolist()))
    assert len(own) > 0.8 * len(feedback)
    assert largest / len(own) > 0.8
    assert v_measure_score(labelled, own) > 0.75
    assert len(set(own.tolist())) <= 30


def test_the_payment_incident_and_the_new_onboarding_are_found(demo_workspace: Workspace) -> None:
    metrics = Metrics.open(demo_workspace.metrics_file)
    try:
        august = {"start": "2026-08-01", "end": "2026-08-31"}
        watched = metrics.run("watch_opinion", august, teams=None, language="en").table
        alarming = watched[watched["level"].isin(["alert", "severe"])]["day"].tolist()
        assert (
            {"2026-08-11", "2026-08-12", "2026-08-13", "2026-08-14"}
            <= set(alarming)
            <= {*(f"2026-08-{day}" for day in range(11, 17))}
        )
        week = {"start": "2026-09-21", "end": "2026-09-28"}
        table = metrics.run("analyze_feedback", week, teams=None, language="zh").table
        new = table[table["trend"] == "新出现"]
        assert any("绑定" in theme or "手机" in theme for theme in new["theme"])
    finally:
        metrics.close()
