"""What each channel cost, day by day."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from assistant.sample_company.stories import CHANNELS, DAYS, PROMOTION_618, START
from assistant.sample_company.users import expect_signups

# Spend per expected sign-up, CNY; organic is not bought.
COST_PER_SIGNUP = {"douyin": 21.0, "xiaohongshu": 27.0, "wechat": 16.0, "app_store": 24.0, "referral": 13.0}
PROMOTION_COST_FACTOR = 1.35
BUDGET_SEED = 20260401
BUDGET_ROUNDING = 500
"""Budgets are whole multiples of this."""


def tabulate_spend(rng: np.random.Generator) -> pd.DataFrame:
    """Return date, channel, spend (CNY), one row per day and bought channel."""
    expected = expect_signups()
    dates = [START + timedelta(days=day) for day in range(DAYS)]
    factor = np.ones(DAYS)
    factor[PROMOTION_618.days] = PROMOTION_COST_FACTOR
    parts = []
    for channel, cost in COST_PER_SIGNUP.items():
        noise = rng.lognormal(0.0, 0.08, DAYS)
        spend = np.round(expected[:, CHANNELS.index(channel)] * cost * factor * noise, 2)
        parts.append(pd.DataFrame({"date": dates, "channel": channel, "spend": spend}))
    return pd.concat(parts, ignore_index=True).sort_values(["date", "channel"], ignore_index=True)


def tabulate_budget(spend: pd.DataFrame) -> pd.DataFrame:
    """Return month (its first day), channel, budget (CNY): what was planned, which spending came near to.

    It has a random stream of its own, so that the other tables stay as they are.
    """
    rng = np.random.default_rng(BUDGET_SEED)
    months = pd.to_datetime(spend["date"]).dt.to_period("M").dt.start_time
    spent = spend.groupby([months.rename("month"), "channel"])["spend"].agg(["sum", "size"]).reset_index()
    whole = spent["sum"] / spent["size"] * spent["month"].dt.days_in_month
    planned = whole * rng.normal(1.0, 0.09, len(spent))
    budget = (np.ceil(planned / BUDGET_ROUNDING) * BUDGET_ROUNDING).astype(float)
    return spent[["month", "channel"]].assign(month=spent["month"].dt.date, budget=budget)
