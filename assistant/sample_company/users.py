"""Who comes, when, from where, and how far each gets through onboarding."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from assistant.sample_company.stories import (
    CHANNELS,
    CITY_TIERS,
    D1_RETENTION,
    DAYS,
    KOC_PROGRAMME,
    ONBOARDING_RELEASE,
    PROMOTION_618,
    PROMOTION_SIGNUPS,
    REFERRAL_CAMPAIGN,
    SHORT_ONBOARDING,
    START,
)

EXISTING_USERS = 3_400
FIRST_DAY_SIGNUPS = 52.0
LAST_DAY_SIGNUPS = 172.0
CHANNEL_SHARE = {"organic": 0.24, "douyin": 0.345, "wechat": 0.12, "app_store": 0.125, "referral": 0.08}
SIGNUPS_BY_WEEKDAY = np.array([0.96, 0.95, 0.96, 0.98, 1.01, 1.08, 1.06])
WEEKDAY = np.array([(START + timedelta(days=day)).weekday() for day in range(DAYS)])

# Share of people who pass each page, given the page before: start, profile, interests, complete.
STEP_PASS = np.array([0.975, 0.93, 0.955, 0.985])
SHORT_STEP_PASS = np.array([0.99, 0.985, 0.985, 0.985])
D1_UNFINISHED = 0.07
SHORT_ONBOARDING_BOOST = 1.04

PROMOTION_D1_FACTOR = 0.72
PROMOTION_EXTRA_DECAY = 0.32
DECAY_SHAPE = 2.2
DECAY_MEAN = 0.62
REFERRAL_DECAY_FACTOR = 0.8
EXISTING_DECAY_FACTOR = 0.7


def draw_quota(probability: np.ndarray, cell: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw yes or no per row so that each cell's count is within one of its expected count.

    Systematic sampling: a planted rate is then seen in the data at any seed, not just on average.
    """
    order = np.lexsort((rng.random(len(cell)), cell))
    after = np.cumsum(probability[order]) + rng.random()
    drawn = np.empty(len(cell), dtype=bool)
    drawn[order] = np.floor(after) > np.floor(after - probability[order])
    return drawn


def expect_signups() -> np.ndarray:
    """Return expected sign-ups, shape (days, channels)."""
    day = np.arange(DAYS)
    total = FIRST_DAY_SIGNUPS * (LAST_DAY_SIGNUPS / FIRST_DAY_SIGNUPS) ** (day / (DAYS - 1))
    total = total * SIGNUPS_BY_WEEKDAY[WEEKDAY]
    ramp = np.clip((day - KOC_PROGRAMME.days.start) / max(len(KOC_PROGRAMME.days), 1), 0, 1)
    koc_share = KOC_PROGRAMME.usual + ramp * (KOC_PROGRAMME.during - KOC_PROGRAMME.usual)
    others = sum(CHANNEL_SHARE.values())
    expected = np.stack(
        [
            koc_share if name == "xiaohongshu" else (1 - koc_share) * CHANNEL_SHARE[name] / others
            for name in CHANNELS
        ],
        axis=1,
    )
    expected *= total[:, None]
    expected[PROMOTION_618.days] *= PROMOTION_SIGNUPS
    expected[REFERRAL_CAMPAIGN.days, CHANNELS.index("referral")] *= REFERRAL_CAMPAIGN.during
    return expected


def draw_users(rng: np.random.Generator) -> pd.DataFrame:
    """Draw every user: those from before the data starts, then each day's sign-ups.

    Returns:
        One row per user: user_id; signup_day (position, negative before the data); channel, platform,
        city_tier (codes); campaign; variant of the onboarding experiment; pages (0 to 4 passed);
        daily (chance to be active a day after sign-up); decay (exponent of its power law); spending;
        upgrade_lag (days).
    """
    signup_day, channel = draw_arrivals(rng)
    n = len(signup_day)
    users = pd.DataFrame(
        {
            "user_id": np.arange(100_001, 100_001 + n),
            "signup_day": signup_day,
            "channel": channel,
            "platform": (rng.random(n) < 0.38).astype(np.int8),
            "city_tier": rng.choice(len(CITY_TIERS), n, p=[0.19, 0.24, 0.26, 0.31]).astype(np.int8),
        }
    )
    users["campaign"] = name_campaign(users)
    users["variant"] = assign_variant(users, rng)
    users["pages"] = draw_pages(users, rng)
    users["daily"] = derive_daily_chance(users, rng)
    users["decay"] = draw_decay(users, rng)
    users["spending"] = rng.gamma(1.4, 1 / 1.4, n)
    users["upgrade_lag"] = np.minimum(rng.exponential(6.0, n), 45).astype(int)
    return users


def draw_arrivals(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return sign-up day and channel code of each user, in order of arrival."""
    expected = expect_signups() * rng.lognormal(0.0, 0.06, DAYS)[:, None]
    counts = np.floor(expected + rng.random(expected.shape)).astype(int)
    day = np.repeat(np.arange(DAYS), counts.sum(axis=1))
    channel = np.concatenate([np.repeat(np.arange(len(CHANNELS)), row) for row in counts])
    earlier = np.sort(-1 - (400 * rng.random(EXISTING_USERS) ** 1.5).astype(int))
    weights = [0.33, 0.27, 0.10, 0.12, 0.12, 0.06]
    return (
        np.concatenate([earlier, day]),
        np.concatenate([rng.choice(len(CHANNELS), EXISTING_USERS, p=weights), channel]),
    )


def name_campaign(users: pd.DataFrame) -> np.ndarray:
    """Return the campaign that brought each user, '' for none."""
    campaign = np.full(len(users), "", dtype=object)
    campaign[users["signup_day"].isin(PROMOTION_618.days)] = PROMOTION_618.name
    referred = users["channel"] == CHANNELS.index("referral")
    campaign[referred & users["signup_day"].isin(REFERRAL_CAMPAIGN.days)] = REFERRAL_CAMPAIGN.name
    return campaign


def assign_variant(users: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return 'control' or 'treatment' for those who signed up during the onboarding experiment, else ''."""
    running = users["signup_day"].isin(SHORT_ONBOARDING.days).to_numpy()
    block = users["channel"].to_numpy() * 2 + running
    treated = draw_quota(np.full(len(users), 0.5), block, rng)
    return np.where(running, np.where(treated, "treatment", "control"), "")


def draw_pages(users: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return how many onboarding pages each user passed; 4 is complete."""
    cell = cells(users)
    short = (users["variant"] == "treatment").to_numpy()
    stopped = blocked(users)
    reached = np.ones(len(users), dtype=bool)
    pages = np.zeros(len(users), dtype=np.int8)
    for page in range(len(STEP_PASS)):
        chance = np.where(short, SHORT_STEP_PASS[page], STEP_PASS[page])
        if page == 2:
            chance = np.where(stopped, blocked_pass(), chance)
        reached &= draw_quota(chance, cell * 2 + reached, rng)
        pages += reached
    return np.where(users["signup_day"] < 0, len(STEP_PASS), pages)


def blocked(users: pd.DataFrame) -> np.ndarray:
    """Return who met release 5.2's compulsory page and belongs to the channel that leaves there."""
    story = ONBOARDING_RELEASE
    met = (users["channel"] == CHANNELS.index("douyin")) & (users["signup_day"] >= story.days.start)
    return met.to_numpy()


def blocked_pass() -> float:
    """Return the pass rate of the compulsory page that brings day-1 retention to the planted level."""
    story = ONBOARDING_RELEASE
    return float(STEP_PASS[2] * (story.during - D1_UNFINISHED) / (story.usual - D1_UNFINISHED))


def derive_daily_chance(users: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return each user's chance to be active on the day after sign-up."""
    completion = STEP_PASS.prod()
    level = np.array(
        [(D1_RETENTION[name] - (1 - completion) * D1_UNFINISHED) / completion for name in CHANNELS]
    )
    daily = np.where(users["pages"] == len(STEP_PASS), level[users["channel"]], D1_UNFINISHED)
    daily = daily * np.where(users["variant"] == "treatment", SHORT_ONBOARDING_BOOST, 1.0)
    daily = daily * np.where(users["campaign"] == PROMOTION_618.name, PROMOTION_D1_FACTOR, 1.0)
    week_noise = 1 + 0.006 * rng.standard_normal(DAYS // 7 + 80)
    return daily * week_noise[users["signup_day"] // 7 + 60] * rng.uniform(0.4, 1.6, len(users))


def draw_decay(users: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return each user's exponent: few stay near zero for good, most fall away."""
    decay = rng.gamma(DECAY_SHAPE, DECAY_MEAN / DECAY_SHAPE, len(users))
    decay = decay + np.where(users["campaign"] == PROMOTION_618.name, PROMOTION_EXTRA_DECAY, 0.0)
    decay = decay * np.where(users["channel"] == CHANNELS.index("referral"), REFERRAL_DECAY_FACTOR, 1.0)
    return np.asarray(decay * np.where(users["signup_day"] < 0, EXISTING_DECAY_FACTOR, 1.0))


def cells(users: pd.DataFrame) -> np.ndarray:
    """Number each (week of sign-up, channel, variant): the cohorts that planted rates hold for."""
    week = (users["signup_day"].to_numpy() + START.weekday()) // 7
    variant = users["variant"].map({"": 0, "control": 1, "treatment": 2}).to_numpy(dtype=int)
    return np.asarray((week * len(CHANNELS) + users["channel"].to_numpy()) * 3 + variant)
