"""Customers who buy as the models say, with parameters that are known."""

import numpy as np
import pandas as pd

START = pd.Timestamp("2026-01-01")
DAYS = 180


def simulate_purchases(
    customers: int,
    *,
    r: float = 0.8,
    alpha: float = 40.0,
    a: float = 0.8,
    b: float = 2.5,
    p: float = 6.0,
    q: float = 4.0,
    v: float = 150.0,
    days: int = DAYS,
    seed: int = 5,
) -> pd.DataFrame:
    """Return rows (user, event, at, amount, channel) of BG/NBD and gamma-gamma customers who first buy within 60 days."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(customers):
        first, rate, stop = rng.integers(0, 60), rng.gamma(r, 1 / alpha), rng.beta(a, b)
        spend = rng.gamma(q, 1 / v)
        at = first + 0.5
        while at < days:
            rows.append((f"u{user}", int(at), rng.gamma(p, 1 / spend)))
            # Nobody stops at the first purchase.
            if at > first + 0.5 and rng.random() < stop:
                break
            at += rng.exponential(1 / rate)
    frame = pd.DataFrame(rows, columns=["user", "day", "amount"])
    frame["at"] = START + pd.to_timedelta(frame.pop("day"), unit="D") + pd.Timedelta(hours=9)
    last = pd.DataFrame(
        [("nobody", 0.0, START + pd.Timedelta(days=days - 1))], columns=["user", "amount", "at"]
    )
    frame = pd.concat([frame.assign(event="buy"), last.assign(event="open")], ignore_index=True)
    return frame.assign(channel=["ab"[hash_of(u) % 2] for u in frame["user"]])


def hash_of(user: str) -> int:
    """Number a user, the same in every run."""
    return sum(user.encode())
