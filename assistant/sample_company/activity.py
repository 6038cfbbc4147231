"""On which days each user is active, and the win-back test among those who have gone quiet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assistant.sample_company.stories import (
    DAYS,
    DORMANT_DAYS,
    PROMOTION_618,
    WIN_BACK_ARM_SIZE,
    WIN_BACK_LIFT,
    WIN_BACK_STAY,
    WIN_BACK_TEST,
)
from assistant.sample_company.users import WEEKDAY, cells, draw_quota

ACTIVE_BY_WEEKDAY = np.array([0.97, 0.97, 0.98, 0.99, 1.01, 1.05, 1.03])
PROMOTION_ACTIVITY = 1.25


def draw_activity(users: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Draw the active days, shape (users, days).

    Chance on day k after sign-up: daily * k ** -decay * season; day 0 is always active. Day 1 is drawn by
    quota within each weekly cohort.
    """
    age = np.arange(DAYS)[None, :] - users["signup_day"].to_numpy()[:, None]
    season = ACTIVE_BY_WEEKDAY[WEEKDAY].copy()
    season[PROMOTION_618.days] *= PROMOTION_ACTIVITY
    decay = users["decay"].to_numpy()[:, None]
    chance = users["daily"].to_numpy()[:, None] * np.maximum(age, 1) ** -decay * season
    active = (rng.random(chance.shape) < np.minimum(chance, 0.97)) & (age > 0)
    active[age == 0] = True
    seen = np.flatnonzero((age[:, -1] >= 1) & (age[:, 0] <= 0))
    next_day = users["signup_day"].to_numpy()[seen] + 1
    # A promotion day's season must not lift the cohort of the day before it.
    active[seen, next_day] = draw_quota(
        (users["daily"].to_numpy()[seen] * ACTIVE_BY_WEEKDAY[WEEKDAY[next_day]]).clip(max=0.97),
        cells(users.iloc[seen]),
        rng,
    )
    return active


def run_win_back_test(users: pd.DataFrame, active: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Assign dormant users to three arms and wake the planted share of each, changing `active` in place.

    Returns:
        One row per user in the test: row (position in users) and variant.
    """
    start = WIN_BACK_TEST.days.start
    if start >= DAYS:
        return pd.DataFrame({"row": np.empty(0, dtype=int), "variant": np.empty(0, dtype=object)})
    quiet = ~active[:, start - DORMANT_DAYS : start].any(axis=1)
    known = active[:, : start - DORMANT_DAYS].any(axis=1)
    arms = np.array(list(WIN_BACK_LIFT))
    size = WIN_BACK_ARM_SIZE * len(arms)
    chosen = rng.choice(np.flatnonzero(quiet & known), size, replace=False)
    asleep = ~active[chosen][:, WIN_BACK_TEST.days].any(axis=1)
    # Arms balanced on who would have come back anyway show the planted lift and little else.
    arm = np.empty(size, dtype=int)
    arm[np.lexsort((rng.random(size), asleep))] = np.arange(size) % len(arms)
    variant = arms[arm]
    woken = draw_quota(np.array(list(WIN_BACK_LIFT.values()))[arm] * asleep, arm, rng)
    day = start + np.minimum(rng.exponential(1.6, len(chosen)), 6).astype(int)
    active[chosen[woken], day[woken]] = True
    after = slice(start + 7, start + 28)
    stay = np.array(list(WIN_BACK_STAY.values()))[arm[woken], None]
    active[chosen[woken], after] |= rng.random((woken.sum(), 21)) < stay
    return pd.DataFrame({"row": chosen, "variant": variant})


def derive_version(
    signup_day: np.ndarray, upgrade_lag: np.ndarray, day: np.ndarray, releases: np.ndarray
) -> np.ndarray:
    """Return the app version in use: new users have the newest, others upgrade after a lag."""
    version = np.zeros(len(day), dtype=np.int8)
    for number, release in enumerate(releases[1:], start=1):
        ready = (day >= release + upgrade_lag) | ((signup_day >= release) & (day >= release))
        version[ready] = number
    return version
