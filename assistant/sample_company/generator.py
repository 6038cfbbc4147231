"""Generate the sample company's data from one seed."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pandas as pd

from assistant.sample_company.activity import draw_activity, run_win_back_test
from assistant.sample_company.demands import tabulate_demands, tabulate_survey
from assistant.sample_company.events import DAY, assemble_events, to_instant
from assistant.sample_company.feedback import tabulate_feedback
from assistant.sample_company.orders import fill_carts, place_orders, record_orders, tabulate_orders
from assistant.sample_company.sessions import browse, invite, sign_up, start_days, take_part, visit
from assistant.sample_company.spend import tabulate_budget, tabulate_spend
from assistant.sample_company.stories import SHORT_ONBOARDING, WIN_BACK_TEST, untold
from assistant.sample_company.users import draw_users

SEED = 20260928


def generate(seed: int = SEED, *, stories: bool = True) -> dict[str, pd.DataFrame]:
    """Generate every table of the sample company.

    Args:
        seed: The same seed gives the same tables.
        stories: Whether anything is planted; without, there is only growth and chance.

    Returns:
        `events` (see `assemble_events`), `orders` (see `tabulate_orders`), `channel_spend` (date, channel,
        spend in CNY), `budget` (see `tabulate_budget`), `experiments` (experiment, user_id, variant, assigned_at), `feedback` (see
        `tabulate_feedback`), `demands` and `demand_survey` (see `tabulate_demands` and `tabulate_survey`).
    """
    with nullcontext() if stories else untold():
        return _generate(seed)


def _generate(seed: int) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    users = draw_users(rng)
    active = draw_activity(users, rng)
    win_back = run_win_back_test(users, active, rng)
    days = start_days(users, active, rng)
    views, seen = browse(users, days, rng)
    carts = fill_carts(users, days, seen, rng)
    orders = place_orders(users, carts, rng)
    order_events, times = record_orders(orders, rng)
    blocks = [*visit(days, rng), *sign_up(users, days, rng), views, carts, *order_events]
    blocks += [*take_part(users, days, rng), invite(days, rng)]
    return {
        "events": assemble_events(users, blocks),
        "orders": tabulate_orders(users, orders, times, rng),
        "channel_spend": (spend := tabulate_spend(rng)),
        "budget": tabulate_budget(spend),
        "experiments": tabulate_experiments(users, win_back),
        "feedback": tabulate_feedback(users, seed),
        "demands": tabulate_demands(),
        "demand_survey": tabulate_survey(users, seed),
    }


def tabulate_experiments(users: pd.DataFrame, win_back: pd.DataFrame) -> pd.DataFrame:
    """Return who was in which experiment: experiment, user_id, variant, assigned_at (local midnight)."""
    onboarding = users[users["variant"] != ""]
    dormant = users.iloc[win_back["row"]]
    return pd.DataFrame(
        {
            "experiment": [SHORT_ONBOARDING.name] * len(onboarding) + [WIN_BACK_TEST.name] * len(dormant),
            "user_id": np.concatenate([onboarding["user_id"], dormant["user_id"]]),
            "variant": np.concatenate([onboarding["variant"], win_back["variant"]]),
            "assigned_at": to_instant(
                np.concatenate([onboarding["signup_day"], np.full(len(dormant), WIN_BACK_TEST.days.start)])
                * DAY
            ),
        }
    )
