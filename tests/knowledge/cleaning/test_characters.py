import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.cleaning import clean


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("產(chǎn)品經(jīng)理運(yùn)營(yíng)", "產品經理運營"),
        ("戶（hù）口", "戶口"),
        ("系统(CRM)与指标(KPIs)", "系统(CRM)与指标(KPIs)"),
        ("用户(users)和(日/周/月)", "用户(users)和(日/周/月)"),
        ("café (olé)", "café (olé)"),  # not after a Chinese character
        ("策略(一)", "策略(一)"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("no\u00a0break", "no break"),
        ("ze\u200bro\ufeff wi\u2060dth", "zero width"),
        ("\u202eevil\u202c", "evil"),
        ("tag\U000e0041\U000e0042ged", "tagged"),
        ("lone \ud800surrogate\x00", "lone surrogate"),
        ("e\u0301", "é"),
        ("👨\u200d👩\u200d👧 a\u200db", "👨\u200d👩\u200d👧 ab"),
        ("one\n\n\n\n\n\ntwo", "one\n\n\ntwo"),
    ],
)
def test_cleans(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
