"""Quotes: always words of the passage, and those that the claim leans on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.quotes import best_quote

_PASSAGE = (
    "# 召回\n\n沉默用户指三十天没有回来的用户。召回先看价值，再看成本。\n"
    "We send a voucher to users who were away for 30 days. It wins back 4.5 percent of them. Do not send it twice."
)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("沉默用户是什么？", "沉默用户指三十天没有回来的用户。"),
        ("the voucher wins back 4.5 percent", "It wins back 4.5 percent of them."),
        ("他们说“再看成本”。", "再看成本"),
        ("They say “Do not send it twice”.", "Do not send it twice"),
    ],
)
def test_the_sentence_that_shares_the_most(claim: str, quote: str) -> None:
    assert best_quote(claim, _PASSAGE) == quote


def test_a_quotation_that_is_not_in_the_passage_is_not_taken() -> None:
    assert best_quote("“沉默用户指九十天没有回来的用户。”", _PASSAGE) == "沉默用户指三十天没有回来的用户。"


def test_a_long_sentence_is_cut() -> None:
    passage = "留存" * 400
    assert best_quote("留存", passage) == passage[:300]


@settings(max_examples=200, deadline=None)
@given(claim=st.text(max_size=60), passage=st.text(min_size=1, max_size=200))
def test_a_quote_is_a_part_of_its_passage(claim: str, passage: str) -> None:
    quote = best_quote(claim, passage)
    assert quote in passage
    assert quote
