"""Lists of figures that are a stretch of a column, neighbours of a row that is named, and what falls short."""

import pytest

from assistant.ledger.dates import find_times
from assistant.ledger.lexicon import Lexicon
from tests.assistant.ledger.test_checking import evidence, figure
from tests.assistant.ledger.test_claims import shown

RATES = evidence(
    "E1",
    figure("acceptance_rate", 0.099, "ratio", label="接受率"),
    table={
        "columns": ["period", "invites", "acceptance_rate"],
        "rows": [
            ["2026-08-03", 653, 0.0904],
            ["2026-08-10", 686, 0.0933],
            ["2026-08-17", 660, 0.103],
            ["2026-08-24", 687, 0.1019],
        ],
    },
)
GOAL = evidence(
    "E1",
    figure("gap_to_target", 0.072, "ratio_change", label="gap to the target (target less actual)"),
)
BUDGET = evidence("E1", figure("gap", 3_438.35, "currency:CNY", label="推算 − 预算"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Week by week: 9.0%, 9.3%, 10.3% and 10.2%", ["9.0%", "9.3%", "10.3%", "10.2%"]),
        ("Week by week: 9.0%, 9.3%, 10.2% and 10.3%", []),
        ("每周接受率：9.0%、9.3%、10.3%", ["9.0%", "9.3%", "10.3%"]),
        ("In the week of 10 August 686 invites, the week before 653", ["10 August", "686", "653"]),
        ("In the week of 10 August 686 invites, the week before 660", ["10 August", "686"]),
        ("8 月 10 日那周 686 次邀请，此前一周 653 次", ["8 月 10 日", "686", "653"]),
    ],
)
def test_lists_and_neighbours_of_rows(text: str, expected: list[str]) -> None:
    assert shown(RATES, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we are 7.2 points short of the target", ["7.2 points"]),
        ("we are 7.2 points ahead of the target", []),
    ],
)
def test_a_gap_is_said_the_other_way_round(text: str, expected: list[str]) -> None:
    assert shown(GOAL, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("预计超支 3,438 元", ["3,438 元"]),
        ("预计结余 3,438 元", []),
        ("¥3,438 over budget", ["¥3,438"]),
        ("¥3,438 under budget", []),
    ],
)
def test_over_and_under_budget_agree_with_the_sign(text: str, expected: list[str]) -> None:
    assert shown(BUDGET, text) == expected


WEEKLY = evidence(
    "E1",
    figure("payment_success_rate", 0.905, "ratio", label="payment success rate"),
    table={
        "columns": ["period", "value", "n"],
        "rows": [["2026-08-03", 0.9206, 1_172], ["2026-08-10", 0.8150, 1_269], ["2026-08-17", 0.9333, 1_305]],
    },
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # of shares too: 81.50 - 92.06 = -10.56 points
        (
            "It fell to 81.5% in the week of 10 August, 10.6 points below the week before",
            ["81.5%", "10 August", "10.6 points"],
        ),
        (
            "It fell to 81.5% in the week of 10 August, 16.0 points below the week before",
            ["81.5%", "10 August"],
        ),
    ],
)
def test_a_row_is_set_against_the_one_before(text: str, expected: list[str]) -> None:
    assert shown(WEEKLY, text) == expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("During the referral campaign there were 6,372 invites", 0),
        ("邀请活动期间共发出 6,372 次", 0),
        ("The referral campaign brought 643 sign-ups", 1),
        ("邀请活动带来 643 人", 1),
    ],
)
def test_a_campaign_may_be_a_time(text: str, named: int) -> None:
    lexicon = Lexicon({"campaign=july": frozenset({"referral campaign", "邀请活动"})}, {})
    assert len(list(lexicon.find(text))) == named


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("9–10 pm", [1260, 1320]), ("10 am to 3 pm", [600, 900]), ("12:30 am", [30]), ("22:00", [1320])],
)
def test_times_of_day_before_and_after_noon(text: str, minutes: list[int]) -> None:
    assert [at for _, _, at in find_times(text)] == minutes
