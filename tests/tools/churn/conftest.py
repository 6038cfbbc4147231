"""A company whose users leave for good, by chance; nothing but their own days foretells it."""

import numpy as np
import pandas as pd
import pytest

START = pd.Timestamp("2026-01-01")
DAYS = 126


def make_company(users: int = 500, seed: int = 7) -> pd.DataFrame:
    """Make events of users who come on a share of days of their own and leave once, many of them slowly.

    In the last two weeks before leaving the share is a quarter of what it was.
    """
    rng = np.random.default_rng(seed)
    rate, joined = rng.uniform(0.15, 0.8, users), rng.integers(0, 40, users)
    left = joined + rng.exponential(70, users).astype(int) + 7
    day = np.arange(DAYS)[None, :]
    fading = (day > left[:, None] - 14) & (day <= left[:, None])
    chance = np.where(fading, rate[:, None] / 4, rate[:, None])
    active = (rng.random((users, DAYS)) < chance) & (day >= joined[:, None]) & (day <= left[:, None])
    user, at = np.nonzero(active)
    events = pd.DataFrame(
        {
            "user": np.char.add("u", user.astype(str)),
            "event": np.where(rng.random(len(user)) < 0.3, "buy", "visit"),
            "at": START + pd.to_timedelta(at, unit="D") + pd.Timedelta(hours=12),
            "channel": np.where(user % 3 == 0, "ads", "organic"),
            "left": left[user],
        }
    )
    return events.drop(columns="left").assign(status=np.where(left[user] < DAYS - 20, "lost", "fine"))


@pytest.fixture(scope="session")
def company() -> pd.DataFrame:
    return make_company()
