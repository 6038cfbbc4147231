"""Carts, orders, payments and refunds, with the payment incident in them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from assistant.sample_company.events import CAMPAIGNS, DAY, Block, decode, to_instant
from assistant.sample_company.sessions import UserDays
from assistant.sample_company.stories import (
    CHANNELS,
    DAYS,
    IOS_PAYMENT_SUCCESS,
    PAYMENT_INCIDENT,
    PLATFORMS,
    PROMOTION_618,
)
from assistant.sample_company.users import draw_quota

CART_PER_DAY = 0.34
ORDER_PER_CART = 0.44
PROMOTION_ORDER_FACTOR = 1.75
RETRY = 0.45
REFUND = 0.045
CATEGORIES = ("home", "crafts", "beauty", "snacks", "apparel")
STATUSES = ("unpaid", "paid", "refunded")


class Orders(NamedTuple):
    """Orders: position of the user, day, second of creation, basket value (CNY), and how payment went."""

    row: np.ndarray
    day: np.ndarray
    second: np.ndarray
    amount: np.ndarray
    first_try: np.ndarray
    second_try: np.ndarray
    retried: np.ndarray
    refunded: np.ndarray

    @property
    def number(self) -> np.ndarray:
        """Order numbers, in order of creation by day."""
        return np.arange(700_001, 700_001 + len(self.row))

    @property
    def paid(self) -> np.ndarray:
        """Whether the first or the second attempt went through."""
        return self.first_try | self.second_try

    @property
    def campaign(self) -> np.ndarray:
        """Campaign code of each order."""
        return np.isin(self.day, PROMOTION_618.days) * CAMPAIGNS.index(PROMOTION_618.name)


def fill_carts(users: pd.DataFrame, days: UserDays, seen: np.ndarray, rng: np.random.Generator) -> Block:
    """Make the cart additions of user-days that saw at least one item; heavy spenders add more often."""
    chance = np.minimum(CART_PER_DAY * (0.5 + 0.5 * users["spending"].to_numpy()[days.row]), 0.9)
    some = np.flatnonzero((seen > 0) & (rng.random(len(days.row)) < chance))
    second = days.second[some] + 1_160 + rng.random(len(some)) * 240
    return Block("add_to_cart", days.row[some], second)


def place_orders(users: pd.DataFrame, carts: Block, rng: np.random.Generator) -> Orders:
    """Turn carts into orders and try to pay each, at most twice."""
    cart_day = (carts.second // DAY).astype(int)
    promoted = np.isin(cart_day, PROMOTION_618.days)
    chance = ORDER_PER_CART * np.where(promoted, PROMOTION_ORDER_FACTOR, 1.0)
    chosen = np.flatnonzero(rng.random(len(cart_day)) < chance)
    chosen = chosen[np.argsort(carts.second[chosen], kind="stable")]
    row, day, n = carts.row[chosen], cart_day[chosen], len(chosen)
    amount = np.round(rng.lognormal(4.45, 0.72, n) * np.where(promoted[chosen], 1.18, 1.0), 2)
    success = payment_chance(users["platform"].to_numpy()[row], day)
    level = np.unique(success, return_inverse=True)[1]
    first_try = draw_quota(success, level, rng)
    retried = ~first_try & (rng.random(n) < RETRY)
    second_try = draw_quota(success, level * 2 + retried, rng) & retried
    second = carts.second[chosen] + 20 + rng.random(n) * 160
    refunded = (first_try | second_try) & (rng.random(n) < REFUND)
    return Orders(row, day, second, amount, first_try, second_try, retried, refunded)


def payment_chance(platform: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return each attempt's chance to succeed, by platform code and day."""
    android = platform == PLATFORMS.index("android")
    broken = android & np.isin(day, PAYMENT_INCIDENT.days)
    usual = np.where(android, PAYMENT_INCIDENT.usual, IOS_PAYMENT_SUCCESS)
    return np.where(broken, PAYMENT_INCIDENT.during, usual)


def record_orders(orders: Orders, rng: np.random.Generator) -> tuple[list[Block], pd.DataFrame]:
    """Return all orders' events, and when each was paid and refunded (seconds; NaN for never)."""
    n, number, campaign = len(orders.row), orders.number, orders.campaign
    tried = orders.second + 5 + rng.random(n) * 80
    again = tried + 30 + rng.random(n) * 90
    paid_at = np.where(orders.first_try, tried, again) + 2 + rng.random(n) * 10
    refunded_at = paid_at + rng.integers(1, 10, n) * DAY
    # A refund is booked by an operator in office hours, on the day drawn.
    refunded_at = (refunded_at // DAY) * DAY + 36_000 + rng.random(n) * 28_000
    refunded = orders.refunded & (refunded_at < DAYS * DAY)

    def block(event: str, mask: np.ndarray, second: np.ndarray, amount: np.ndarray | None = None) -> Block:
        value = None if amount is None else amount[mask]
        return Block(event, orders.row[mask], second[mask], number[mask], value, campaign[mask])

    everything = np.ones(n, dtype=bool)
    blocks = [
        block("order_create", everything, orders.second),
        block("payment_attempt", everything, tried),
        block("payment_attempt", orders.retried, again),
        block("payment_success", orders.paid, paid_at, orders.amount),
        block("refund", refunded, refunded_at, orders.amount),
    ]
    times = pd.DataFrame(
        {
            "paid_at": np.where(orders.paid, paid_at, np.nan),
            "refunded_at": np.where(refunded, refunded_at, np.nan),
        }
    )
    return blocks, times


def tabulate_orders(
    users: pd.DataFrame, orders: Orders, times: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one row per order: identifiers, instants, status, amount (CNY), items, category, segments."""
    who = users.iloc[orders.row]
    n = len(orders.row)
    status = np.where(times["refunded_at"].notna(), 2, np.where(orders.paid, 1, 0))
    return pd.DataFrame(
        {
            "order_id": orders.number,
            "user_id": who["user_id"].to_numpy(),
            "created_at": to_instant(orders.second),
            "paid_at": to_instant(times["paid_at"].fillna(0).to_numpy()).mask(times["paid_at"].isna()),
            "refunded_at": to_instant(times["refunded_at"].fillna(0).to_numpy()).mask(
                times["refunded_at"].isna()
            ),
            "status": decode(status, STATUSES),
            "amount": orders.amount,
            "items": 1 + rng.poisson(0.7, n),
            "category": decode(rng.choice(len(CATEGORIES), n, p=[0.3, 0.22, 0.18, 0.17, 0.13]), CATEGORIES),
            "channel": decode(who["channel"].to_numpy(), CHANNELS),
            "platform": decode(who["platform"].to_numpy(), PLATFORMS),
            "campaign": decode(orders.campaign, CAMPAIGNS),
        }
    )
