import random

import pytest

from knowledge.catalogue.similarity import THRESHOLD, bands, estimate_similarity, sign
from knowledge.language import to_simplified

_WORDS = [
    "会员",
    "积分",
    "门店",
    "顾客",
    "优惠",
    "复购",
    "团队",
    "活动",
    "渠道",
    "预算",
    "反馈",
    "流程",
    "指标",
    "周报",
    "试用",
    "套餐",
    "续费",
    "客服",
]
_ENGLISH = [
    "member",
    "store",
    "coupon",
    "weekly",
    "budget",
    "channel",
    "feedback",
    "team",
    "trial",
    "renewal",
    "support",
    "plan",
    "price",
]


def _write(words: list[str], seed: int, count: int = 300, separator: str = "") -> str:
    chosen = random.Random(seed).choices(words, k=count)
    return separator.join(word + ("。" if n % 12 == 11 else "") for n, word in enumerate(chosen))


def _similarity(first: str, second: str) -> float:
    return estimate_similarity(sign(first), sign(second))


def test_copy_in_the_other_script_and_layout_is_the_same() -> None:
    traditional = "會員積分體系讓門店的顧客願意回來，優惠與復購的關係需要長期觀察。"
    assert _similarity(traditional, to_simplified(traditional).replace("，", ",\n")) == 1.0


@pytest.mark.parametrize(("words", "separator"), [(_WORDS, ""), (_ENGLISH, " ")])
def test_edited_copy_is_near_and_shares_a_band(words: list[str], separator: str) -> None:
    text = _write(words, 1, separator=separator)
    edited = text[:300] + "（修订）revised" + text[310:]
    assert _similarity(text, edited) >= THRESHOLD
    assert any(a == b for a, b in zip(*bands([sign(text), sign(edited)]), strict=True))


@pytest.mark.parametrize(("words", "separator"), [(_WORDS, ""), (_ENGLISH, " ")])
def test_other_text_about_the_same_things_is_not_near(words: list[str], separator: str) -> None:
    assert _similarity(_write(words, 1, separator=separator), _write(words, 2, separator=separator)) < 0.5


def test_estimate_is_close_to_the_share_of_common_shingles() -> None:
    common, first, second = (_write(_WORDS, seed, 400) for seed in (3, 4, 5))

    def shingles(text: str) -> set[str]:
        text = text.replace("。", "")
        return {text[n : n + 4] for n in range(len(text) - 3)}

    a, b = common + first, common + second
    truth = len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))
    assert _similarity(a, b) == pytest.approx(truth, abs=0.12)


@pytest.mark.parametrize("text", ["好", "D1", "abcd"])
def test_short_texts_are_like_themselves_only(text: str) -> None:
    assert _similarity(text, text) == 1.0
    assert _similarity(text, "another text altogether") < 0.1


def test_what_has_no_letters_is_like_nothing() -> None:
    assert sign("——！\n") == b""
    assert bands([b"", sign("留存")]) == [[], *bands([sign("留存")])]
    assert _similarity("", "") == 0.0
