"""What is planted in the sample company: the calendar, the channels and every story, as constants.

A story gives the level its metric usually has (`usual`) and the level while it lasts (`during`), for one
segment between two local dates, both inclusive. The tests measure each with plain pandas.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

START = date(2026, 4, 2)
END = date(2026, 9, 28)
DAYS = (END - START).days + 1
TIMEZONE = "Asia/Shanghai"

CHANNELS = ("organic", "douyin", "xiaohongshu", "wechat", "app_store", "referral")
PLATFORMS = ("android", "ios")
CITY_TIERS = ("tier1", "new_tier1", "tier2", "tier3")
VERSIONS = ("4.8.0", "4.9.0", "5.0.0", "5.1.0", "5.2.0")
RELEASES = (date(2026, 3, 2), date(2026, 5, 6), date(2026, 6, 29), date(2026, 8, 3), date(2026, 9, 21))

D1_RETENTION = {
    "organic": 0.47,
    "douyin": 0.42,
    "xiaohongshu": 0.44,
    "wechat": 0.43,
    "app_store": 0.43,
    "referral": 0.52,
}


_told: ContextVar[bool] = ContextVar("told", default=True)


@contextmanager
def untold() -> Iterator[None]:
    """Generate the company without its stories: nothing happens but growth and chance."""
    token = _told.set(False)
    try:
        yield
    finally:
        _told.reset(token)


@dataclass(frozen=True, slots=True)
class Story:
    """One planted story.

    Attributes:
        name: Stable key; also the value of the `campaign` column where the story is a campaign.
        start: First local date.
        end: Last local date, inclusive.
        metric: What moves.
        segment: Dimension and value for which it moves, or None for everyone.
        usual: The metric's level outside the story.
        during: Its level within the story.
    """

    name: str
    start: date
    end: date
    metric: str
    segment: tuple[str, str] | None
    usual: float
    during: float

    @property
    def days(self) -> range:
        """Positions of the story's days, counted from the first day of the data; none, after its end, when untold."""
        if not _told.get():
            return range(DAYS, DAYS)
        return range((self.start - START).days, (self.end - START).days + 1)


ONBOARDING_RELEASE = Story(
    "onboarding_5_2", date(2026, 9, 21), END, "d1_retention", ("channel", "douyin"), 0.42, 0.24
)
"""Release 5.2 makes the interests page and phone binding compulsory; Douyin's new users leave there."""

PAYMENT_INCIDENT = Story(
    "android_payment",
    date(2026, 8, 11),
    date(2026, 8, 14),
    "payment_success_rate",
    ("platform", "android"),
    0.92,
    0.61,
)
"""A failing payment component on Android; iOS is not touched."""

IOS_PAYMENT_SUCCESS = 0.935

PROMOTION_618 = Story("618", date(2026, 6, 16), date(2026, 6, 18), "d7_retention", None, 0.17, 0.065)
"""The mid-year promotion triples sign-ups; the people it brings do not stay."""

PROMOTION_SIGNUPS = 3.0

REFERRAL_CAMPAIGN = Story(
    "referral_july", date(2026, 7, 6), date(2026, 7, 26), "invites", ("channel", "referral"), 1.0, 4.0
)
"""Both sides rewarded for an invited friend's first order: invites and referral sign-ups about fourfold."""

SHORT_ONBOARDING = Story(
    "short_onboarding", date(2026, 5, 4), date(2026, 5, 31), "d1_retention", None, 0.44, 0.49
)
"""An experiment on all new users, half and half: the profile page moved after the first browse."""

KOC_PROGRAMME = Story(
    "koc", date(2026, 5, 18), date(2026, 7, 12), "signup_share", ("channel", "xiaohongshu"), 0.11, 0.165
)
"""Xiaohongshu's share of sign-ups climbs over eight weeks as KOC notes accumulate, and stays."""

WIN_BACK_TEST = Story("win_back", date(2026, 8, 17), date(2026, 8, 23), "returned_within_7d", None, 0.0, 0.0)
"""Users dormant for 30 days or more, in three arms; WIN_BACK_LIFT adds to their natural return."""

WIN_BACK_LIFT = {"control": 0.0, "content_push": 0.037, "coupon": 0.07}
WIN_BACK_STAY = {"control": 0.0, "content_push": 0.12, "coupon": 0.05}
"""Daily chance, for three weeks, that a woken user is active: coupons fetch more, content keeps more."""

WIN_BACK_ARM_SIZE = 1_200
DORMANT_DAYS = 30

STORIES = (
    ONBOARDING_RELEASE,
    PAYMENT_INCIDENT,
    PROMOTION_618,
    REFERRAL_CAMPAIGN,
    SHORT_ONBOARDING,
    KOC_PROGRAMME,
    WIN_BACK_TEST,
)
