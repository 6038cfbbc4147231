"""A user's day in the app: visits, onboarding, views, and the community's posts, shares and invites."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from assistant.sample_company.events import CAMPAIGNS, DAY, Block
from assistant.sample_company.stories import CHANNELS, REFERRAL_CAMPAIGN
from assistant.sample_company.users import STEP_PASS

# Relative traffic of each hour, 0 to 23: lunch and the evening are the peaks.
HOURS = np.array(
    [14, 7, 3, 2, 2, 4, 10, 24, 36, 40, 42, 48, 62, 55, 42, 40, 42, 46, 54, 66, 82, 88, 70, 36], float
)
ONBOARDING = ("onboarding_start", "onboarding_profile", "onboarding_interests", "onboarding_complete")
LONGEST_SESSION = 3_000
INVITES_PER_DAY = 0.055


class UserDays(NamedTuple):
    """Active user-days: user's position, day, start of the session (second), sign-up day, able to browse."""

    row: np.ndarray
    day: np.ndarray
    second: np.ndarray
    first: np.ndarray
    browsing: np.ndarray


def start_days(users: pd.DataFrame, active: np.ndarray, rng: np.random.Generator) -> UserDays:
    """Give each active user-day a start; no session crosses midnight, so a day's events stay in it."""
    row, day = np.nonzero(active)
    hour = np.searchsorted(np.cumsum(HOURS) / HOURS.sum(), rng.random(len(row)))
    second = np.minimum(hour * 3_600 + rng.random(len(row)) * 3_600, DAY - LONGEST_SESSION - 1)
    first = users["signup_day"].to_numpy()[row] == day
    finished = users["pages"].to_numpy()[row] == len(STEP_PASS)
    return UserDays(row, day, day * DAY + second, first, ~first | finished)


def visit(days: UserDays, rng: np.random.Generator) -> list[Block]:
    """Make the visits: one at the start of the session, some later the same day."""
    again = np.flatnonzero(rng.random(len(days.row)) < 0.42)
    left = (days.day[again] + 1) * DAY - days.second[again] - LONGEST_SESSION
    later = days.second[again] + LONGEST_SESSION + rng.random(len(again)) * np.maximum(left, 1) * 0.98
    return [
        Block("visit", days.row, days.second),
        Block("visit", days.row[again], np.minimum(later, (days.day[again] + 1) * DAY - 2)),
    ]


def sign_up(users: pd.DataFrame, days: UserDays, rng: np.random.Generator) -> list[Block]:
    """Make sign-ups, accepted invites and the onboarding pages that each new user passed."""
    new = np.flatnonzero(days.first)
    row = days.row[new]
    campaign = users["campaign"].map(CAMPAIGNS.index).to_numpy()[row]
    second = days.second[new] + 15 + rng.random(len(new)) * 45
    referred = users["channel"].to_numpy()[row] == CHANNELS.index("referral")
    blocks = [
        Block("signup", row, second, campaign=campaign),
        Block("invite_accepted", row[referred], second[referred] + 1, campaign=campaign[referred]),
    ]
    pages = users["pages"].to_numpy()[row]
    for number, event in enumerate(ONBOARDING):
        second = second + 4 + rng.random(len(new)) * 40
        passed = pages > number
        blocks.append(Block(event, row[passed], second[passed]))
    return blocks


def browse(users: pd.DataFrame, days: UserDays, rng: np.random.Generator) -> tuple[Block, np.ndarray]:
    """Make product and note views; return them and the number of views of each user-day."""
    taste = rng.lognormal(-0.15, 0.55, len(users))[days.row]
    seen = np.where(days.browsing, rng.poisson(rng.exponential(2.6, len(days.row)) * taste), 0)
    seen = np.minimum(seen, 60)
    row = np.repeat(days.row, seen)
    second = np.repeat(days.second, seen) + 250 + rng.random(len(row)) * 900
    return Block("view", row, second), seen


def take_part(users: pd.DataFrame, days: UserDays, rng: np.random.Generator) -> list[Block]:
    """Make posts and shares; Xiaohongshu's users write most."""
    voice = rng.gamma(0.6, 1 / 0.6, len(users)) * np.where(
        users["channel"] == CHANNELS.index("xiaohongshu"), 1.8, 1.0
    )
    blocks = []
    for event, chance in (("post", 0.045), ("share", 0.07)):
        some = np.flatnonzero(
            (rng.random(len(days.row)) < np.minimum(chance * voice[days.row], 0.7)) & days.browsing
        )
        blocks.append(Block(event, days.row[some], days.second[some] + 300 + rng.random(len(some)) * 1_500))
    return blocks


def invite(days: UserDays, rng: np.random.Generator) -> Block:
    """Make invites; the referral campaign multiplies them."""
    running = np.isin(days.day, REFERRAL_CAMPAIGN.days)
    rate = INVITES_PER_DAY * np.where(running, REFERRAL_CAMPAIGN.during, 1.0) * days.browsing
    sent = rng.poisson(rate)
    row = np.repeat(days.row, sent)
    second = np.repeat(days.second, sent) + 600 + rng.random(len(row)) * 1_200
    campaign = np.repeat(running, sent) * CAMPAIGNS.index(REFERRAL_CAMPAIGN.name)
    return Block("invite_sent", row, second, campaign=campaign)
