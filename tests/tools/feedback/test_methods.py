"""How sentiment, themes and alarms are found: by hand where they can be, and by what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, nbinom

from tools.feedback.alarms import largest_usual, watch_days
from tools.feedback.encoder import encode
from tools.feedback.sentiment import judge, split_clauses
from tools.feedback.themes import centre, find_themes
from tools.feedback.trend import binomial_test, compare_rates, holm
from tools.feedback.words import detect_language, sentiment_terms, theme_terms

WATCH = {"baseline": 28, "at_least": 5, "false_alarms": 0.001}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("质量很好，非常满意", "positive"),
        ("質量很好，非常滿意", "positive"),
        ("质量太差了，非常失望", "negative"),
        ("客服态度不好", "negative"),
        ("一点都不好用", "negative"),
        ("The battery is great and I love it", "positive"),
        ("The battery is not good", "negative"),
        ("Worst app ever, it keeps crashing", "negative"),
        ("Great quality, but the delivery was terrible", "mixed"),
        ("东西质量很好，但是物流太差了", "mixed"),
        ("😍👍", "positive"),
        ("😡👎", "negative"),
        ("", "neutral"),
        ("...", "neutral"),
        ("请问怎么修改收货地址", "neutral"),
    ],
)
def test_sentiment_of_plain_sentences(text, label):
    assert judge([text]).labels == [label]


def test_negation_turns_the_score():
    pairs = [
        ("好用", "不好用"),
        ("I recommend it", "I would not recommend it"),
        ("works well", "never works well"),
    ]
    for plain, negated in pairs:
        scores = judge([plain, negated]).scores
        assert scores[1] < scores[0] - 0.3


def test_sentiment_does_not_depend_on_what_else_is_read():
    texts = ["很好用", "terrible", "ok", "物流慢"]
    together = judge(texts).scores
    for text, score in zip(texts, together, strict=True):
        assert judge([text]).scores[0] == pytest.approx(score, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_a_score(text):
    opinions = judge([text])
    assert -1 <= opinions.scores[0] <= 1
    assert detect_language(text) in ("zh", "en")
    assert isinstance(sentiment_terms(text) + theme_terms(text) + split_clauses(text), list)


def test_texts_of_one_meaning_in_two_languages_are_one_theme():
    refunds = [
        "退款一直没有到账",
        "退款还没到账，太慢了",
        "退款申请三天没到账",
        "The refund has not arrived",
        "Still waiting for my refund",
        "My refund is so slow",
    ]
    crashes = [
        "一打开就闪退",
        "应用总是闪退崩溃",
        "闪退，打不开",
        "The app crashes on start",
        "It keeps crashing",
        "Crashes when I open the app",
    ]
    texts = refunds + crashes
    themes = find_themes(encode(texts), texts, [detect_language(t) for t in texts])
    labels = themes.labels.tolist()
    assert len(set(labels[:6]) & set(labels[6:]) - {-1}) == 0
    assert max(labels[:6].count(k) for k in set(labels[:6])) >= 4  # fmt: skip


def test_what_a_language_has_in_common_is_taken_from_its_vectors():
    rows = encode(["退款太慢", "闪退", "refund is slow", "it crashes"])
    centred = centre(rows, ["zh", "zh", "en", "en"])
    assert np.allclose(np.linalg.norm(centred, axis=1), 1)
    assert centred[0] @ centred[2] > centred[0] @ centred[1]
    # A thousand of each outweigh the twenty of the prior: half of them one way, half the other, leave opposites.
    opposed = centre(rows[:2].repeat(1000, axis=0), ["zh"] * 2000)
    assert opposed[0] @ opposed[1000] < -0.95


def test_rates_of_two_spans_are_compared_exactly():
    # 6 texts in 7 days after 2 in 14: given 8 texts, each is of the later span with chance 1/3, and
    # P(X >= 6) = 28 (1/3)^6 (2/3)^2 + 8 (1/3)^7 (2/3) + (1/3)^8 = (112 + 16 + 1) / 6561 = .01966.
    assert binomial_test(6, 8, 1 / 3, more=True) == pytest.approx(129 / 6561)
    assert binomial_test(6, 8, 1 / 3) < 0.06
    assert compare_rates([6], [0], 7, 14) == ["new"]  # 3^-6 = .0014
    assert compare_rates([4], [0], 7, 14) == ["rising"]  # 3^-4 = .012, but fewer than five texts
    assert compare_rates([6], [2], 0, 0) == ["unknown"]


def test_holm_multiplies_by_how_many_are_left():
    assert holm([0.02, 0.001, 0.5]) == pytest.approx([0.04, 0.003, 0.5])


def test_the_limit_is_a_quantile_of_the_prediction():
    # 28 days of 2: shape 56.5 and chance 28/29; the 99.9 % quantile is the smallest k with P(X <= k) >= .999.
    limit = largest_usual([2] * 28, 0.001)
    assert nbinom.cdf(limit, 56.5, 28 / 29) >= 0.999 > nbinom.cdf(limit - 1, 56.5, 28 / 29)
    assert largest_usual([0] * 28, 0.001) <= 1
    assert largest_usual([0, 10] * 14, 0.001) > largest_usual([5] * 28, 0.001)
    assert largest_usual([2] * 28, 0.1) < limit


def test_an_alarming_day_does_not_become_usual():
    watched = watch_days([1] * 20 + [30] * 5, **WATCH)
    assert [w.level for w in watched[:7]] == ["unknown"] * 7
    assert [w.level for w in watched[20:]] == ["severe"] * 5
    assert watched[24].expected == 1.0


def test_few_texts_never_alarm():
    assert {w.level for w in watch_days([0] * 28 + [4], **WATCH)} == {"unknown", "none"}
    assert watch_days([0] * 28 + [5], **WATCH)[-1].level == "severe"


def test_usual_days_alarm_as_rarely_as_they_should():
    chance = np.random.default_rng(3)
    counts = chance.poisson(6, (40, 128))
    levels = [w.level for row in counts for w in watch_days(row.tolist(), **WATCH)[28:]]
    alarms = sum(level != "none" for level in levels)
    # Estimating the spread from 28 days costs some; still no more than three in a thousand.
    assert alarms <= binom.ppf(0.999, len(levels), 0.003)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=8, max_size=40), st.integers(0, 30))
def test_more_texts_alarm_no_less(counts, more):
    order = ["unknown", "none", "alert", "severe"]
    fewer = watch_days(counts, **WATCH)[-1].level
    worse = watch_days([*counts[:-1], counts[-1] + more], **WATCH)[-1].level
    assert order.index(worse) >= order.index(fewer)
