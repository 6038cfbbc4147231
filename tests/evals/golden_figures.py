"""Compute the figures of the golden set from the sample company's tables with plain pandas, and compare.

    python -m tests.evals.golden_figures [--write]

A figure's name in `golden.yaml` says what it is: METRIC FIRST..LAST [dimension=value], dates local and inclusive; `change`
before it and a second period behind it is the relative change in % from the second period to the first, `points` the
difference in percentage points, `times` their ratio. With `--write` the values in the file are replaced.

Nothing of `tools` is used: each definition stands beside its function, as `metric-definitions.md` and `metrics.yaml` give
it.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from assistant.sample_company import generate

FILE = Path(__file__).with_name("golden.yaml")
_FIGURE = re.compile(r"\{name: (?P<name>[^,{}]+), value: (?P<value>[^,{}]+)")
_ACTIVE = ("visit", "view", "post")  # what counts as being active
_DAY = pd.Timedelta(days=1)


class Tables:
    """The sample company's tables, events with their local day."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self.events = tables["events"].assign(
            day=lambda e: e["ts"].dt.tz_convert("Asia/Shanghai").dt.tz_localize(None).dt.normalize()
        )
        self.spend = tables["channel_spend"].assign(day=lambda s: pd.to_datetime(s["date"]))
        self.experiments = tables["experiments"]
        self.last = self.events["day"].max()

    def within(self, first: date, last: date, segment: dict[str, str], *events: str) -> pd.DataFrame:
        """Return the events of a period, of a segment and of some names."""
        found = self.events
        if events:
            found = found[found["event"].isin(events)]
        found = found[found["day"].between(pd.Timestamp(first), pd.Timestamp(last))]
        for dimension, value in segment.items():
            found = found[found[dimension].astype(str) == value]
        return found

    @cache  # noqa: B019  one object for the whole run
    def active_days(self) -> pd.MultiIndex:
        """Return who was active on which day."""
        active = self.events[self.events["event"].isin(_ACTIVE)]
        return pd.MultiIndex.from_frame(active[["user_id", "day"]].drop_duplicates())


def count(tables: Tables, event: str, *where: object) -> float:
    """Events of a name."""
    return len(tables.within(*where, event))  # type: ignore[arg-type]


def users(tables: Tables, event: str, *where: object) -> float:
    """People with an event of a name at least once in the period."""
    return tables.within(*where, event)["user_id"].nunique()  # type: ignore[arg-type]


def gmv(tables: Tables, *where: object) -> float:
    """Amounts of successful payments by the day of the payment, refunds not taken off, CNY."""
    return tables.within(*where, "payment_success")["amount"].sum()  # type: ignore[arg-type]


def aov(tables: Tables, *where: object) -> float:
    """GMV over paid orders, CNY: by order, not by person."""
    return gmv(tables, *where) / count(tables, "payment_success", *where)


def share(tables: Tables, part: str, whole: str, *where: object) -> float:
    """Events of one name over those of another, of the same period, %."""
    return 100 * count(tables, part, *where) / count(tables, whole, *where)


def dau(tables: Tables, *where: object) -> float:
    """Mean over the days of the people active on each."""
    return tables.within(*where, *_ACTIVE).groupby("day")["user_id"].nunique().mean()  # type: ignore[arg-type]


def actives(tables: Tables, *where: object) -> float:
    """People active at least once in the period: of a week WAU, of a month MAU."""
    return tables.within(*where, *_ACTIVE)["user_id"].nunique()  # type: ignore[arg-type]


def retention(tables: Tables, day: int, *where: object) -> float:
    """Share of the sign-ups of the period who are active on that calendar day after, days not yet over left out, %."""
    signed = tables.within(*where, "signup").drop_duplicates("user_id")  # type: ignore[arg-type]
    due = signed["day"] + day * _DAY
    mature = due <= tables.last
    back = pd.MultiIndex.from_arrays([signed["user_id"][mature], due[mature]]).isin(tables.active_days())
    return 100 * back.mean()


def conversion(tables: Tables, steps: tuple[str, ...], window: int, *where: object) -> float:
    """Share of those with a first step in the period who go through the others in order within `window` x 24 hours, %.

    Whose window has not run out by the end of the data is left out.
    """
    entries = tables.within(*where, steps[0]).groupby("user_id")["ts"].min()  # type: ignore[arg-type]
    end = tables.events["ts"].max()
    entries = entries[entries + window * _DAY <= end]
    reached = entries
    for step in steps[1:]:
        later = tables.events[tables.events["event"] == step][["user_id", "ts"]]
        later = later[later["user_id"].isin(reached.index)]
        after = later["ts"] > later["user_id"].map(reached)
        in_time = later["ts"] <= later["user_id"].map(entries) + window * _DAY
        reached = later[after & in_time].groupby("user_id")["ts"].min()
    return 100 * len(reached) / len(entries)


def cac(tables: Tables, first: date, last: date, segment: dict[str, str]) -> float:
    """Spend of the period over the sign-ups of the period, CNY."""
    return spend(tables, first, last, segment) / users(tables, "signup", first, last, segment)


def spend(tables: Tables, first: date, last: date, segment: dict[str, str]) -> float:
    """Spend of the period on a channel, or on all, CNY."""
    rows = tables.spend[tables.spend["day"].between(pd.Timestamp(first), pd.Timestamp(last))]
    return rows[rows["channel"] == segment["channel"]]["spend"].sum() if segment else rows["spend"].sum()


def arm_retention(tables: Tables, first: date, last: date, segment: dict[str, str]) -> float:
    """Day-1 retention of the people of one arm of the short onboarding experiment, %."""
    rows = tables.experiments
    arm = rows[(rows["experiment"] == "short_onboarding") & (rows["variant"] == segment["variant"])]
    signed = tables.within(first, last, {}, "signup").drop_duplicates("user_id")
    signed = signed[signed["user_id"].isin(arm["user_id"])]
    back = pd.MultiIndex.from_arrays([signed["user_id"], signed["day"] + _DAY]).isin(tables.active_days())
    return 100 * back.mean()


_ONBOARDING = (
    "signup",
    "onboarding_start",
    "onboarding_profile",
    "onboarding_interests",
    "onboarding_complete",
)
_Measure = Callable[..., float]
METRICS: dict[str, _Measure] = {
    "new_users": lambda t, *w: users(t, "signup", *w),
    "dau": dau, "wau": actives, "mau": actives, "gmv": gmv, "aov": aov, "spend": spend, "cac": cac,
    "orders": lambda t, *w: count(t, "payment_success", *w),
    "placed_orders": lambda t, *w: count(t, "order_create", *w),
    "paying_users": lambda t, *w: users(t, "payment_success", *w),
    "refunds": lambda t, *w: count(t, "refund", *w),
    "refund_rate": lambda t, *w: share(t, "refund", "payment_success", *w),
    "payment_success_rate": lambda t, *w: share(t, "payment_success", "payment_attempt", *w),
    "posts": lambda t, *w: count(t, "post", *w),
    "posters": lambda t, *w: users(t, "post", *w),
    "shares": lambda t, *w: count(t, "share", *w),
    "invites": lambda t, *w: count(t, "invite_sent", *w),
    "inviters": lambda t, *w: users(t, "invite_sent", *w),
    "referral_signups": lambda t, *w: users(t, "invite_accepted", *w),
    "invite_acceptance": lambda t, *w: share(t, "invite_accepted", "invite_sent", *w),
    "d1_retention": lambda t, *w: retention(t, 1, *w),
    "d7_retention": lambda t, *w: retention(t, 7, *w),
    "d30_retention": lambda t, *w: retention(t, 30, *w),
    "onboarding_completion": lambda t, *w: conversion(t, _ONBOARDING, 1, *w),
    "new_buyer_conversion": lambda t, *w: conversion(t, ("signup", "payment_success"), 7, *w),
    "arm_d1_retention": arm_retention,
}  # fmt: skip


def compute(tables: Tables, name: str) -> float:
    """Return the figure of a name."""
    words = name.split()
    change = words.pop(0) if words[0] in ("change", "points", "times") else ""
    metric, *rest = words
    periods = [tuple(map(date.fromisoformat, word.split(".."))) for word in rest if ".." in word]
    segment = dict(word.split("=") for word in rest if "=" in word)
    values = [METRICS[metric](tables, first, last, segment) for first, last in periods]
    if not change:
        return values[0]
    new, old = values
    return {"change": 100 * (new / old - 1), "points": new - old, "times": new / old}[change]


def differences(tables: Tables, text: str) -> Iterator[tuple[str, str, float]]:
    """Yield name, value written and value computed of each figure of the file that is not as computed."""
    for match in _FIGURE.finditer(text):
        computed = compute(tables, match["name"])
        if abs(float(match["value"]) - computed) > 6e-4:
            yield match["name"], match["value"], computed


def write(tables: Tables, text: str) -> str:
    """Return the file with the values as computed."""
    return _FIGURE.sub(
        lambda m: f"{{name: {m['name']}, value: {round(float(compute(tables, m['name'])), 3)}", text
    )


def main(arguments: list[str]) -> int:
    """Compare the file with the data, or write the values into it."""
    tables, text = Tables(generate()), FILE.read_text(encoding="utf-8")
    if "--write" in arguments:
        FILE.write_text(write(tables, text), encoding="utf-8")
        return 0
    wrong = list(differences(tables, text))
    for name, written, computed in wrong:
        print(f"{name}: {written} is written, {computed:.4f} computed")
    print(f"{len(_FIGURE.findall(text))} figures, {len(wrong)} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
