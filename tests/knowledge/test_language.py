import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language import detect_language, split_sentences, terms, to_simplified


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("用户留存率提升的方法", "zh-Hans"),
        ("用戶留存率提升的方法", "zh-Hant"),
        ("人口", "zh-Hans"),  # the same in both scripts
        ("什么是 KOC?", "zh-Hans"),
        ("次留 D1 retention 怎么看", "zh-Hans"),
        ("How do we win back dormant users?", "en"),
        ("The brand 小米 sells phones in many countries of the world", "en"),
        ("ユーザーの定着率を上げる", "und"),
        ("사용자 유지율", "und"),
        ("Как вернуть пользователей", "und"),
        ("12345 !!", "und"),
        ("", "und"),
    ],
)
def test_detects_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("留存下降了。为什么？因为改版！", ["留存下降了。", "为什么？", "因为改版！"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("It rose 3.5% in Q2. Then it fell.", ["It rose 3.5% in Q2. ", "Then it fell."]),
        ("Ask Dr. Li, e.g. today. He knows.", ["Ask Dr. Li, e.g. today. ", "He knows."]),
        ("The U.S. market. No. 5 won.", ["The U.S. market. ", "No. 5 won."]),
        ("Steps:\n- one\n- two\n", ["Steps:\n", "- one\n", "- two\n"]),
        ("步骤\n1. 分层\n2. 触达", ["步骤\n", "1. 分层\n", "2. 触达"]),
        ("a line that\nwraps on. End", ["a line that\nwraps on. ", "End"]),
        ("# Title\ntext", ["# Title\n", "text"]),
        ("one\n\ntwo", ["one\n\n", "two"]),
        ("", []),
    ],
)
def test_splits_sentences(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@given(st.text(alphabet=st.sampled_from("a.A1!?。！\n -#|”)留 　\ud800\x00"), max_size=60))
def test_sentences_join_to_the_text(text: str) -> None:
    sentences = split_sentences(text)
    assert "".join(sentences) == text
    assert all(sentences)


def test_terms_are_the_same_for_both_scripts_and_widths() -> None:
    assert terms("用戶運營ＫＰＩ") == terms("用户运营kpi") == ["用户", "运营", "kpi"]


def test_terms_find_words_inside_long_ones() -> None:
    assert {"关键", "意见", "消费", "消费者"} <= set(terms("关键意见消费者"))


def test_hostile_text_has_terms_without_error() -> None:
    assert terms('留存\ud800\x00 " OR NEAR( * ^') == ["留存", "or", "near"]
    assert to_simplified("\udfff戶") == "户"
