"""What the sample company's data says, computed in plain pandas, for the tests of data and documents."""

import functools

import pandas as pd

from assistant.sample_company.generator import generate

LAST_DAY = pd.Timestamp("2026-09-28")
ONBOARDING = [
    "signup",
    "onboarding_start",
    "onboarding_profile",
    "onboarding_interests",
    "onboarding_complete",
]


def between(table: pd.DataFrame, start: str, end: str, column: str = "day") -> pd.DataFrame:
    """Rows whose local day is from start to end, both inclusive."""
    return table[table[column].between(start, end)]


class LanternFigures:
    """The tables with local days, and the measures that documents quote."""

    def __init__(self) -> None:
        tables = generate()
        self.events = tables["events"].assign(day=local_day(tables["events"]["ts"]))
        self.orders = tables["orders"].assign(day=local_day(tables["orders"]["created_at"]))
        self.spend = tables["channel_spend"].assign(day=pd.to_datetime(tables["channel_spend"]["date"]))
        self.experiments = tables["experiments"]
        self.signups = self.of("signup")
        self.active = self.of("visit")[["user_id", "day"]].drop_duplicates()
        self.active_index = pd.MultiIndex.from_frame(self.active)

    def of(self, *names: str) -> pd.DataFrame:
        return self.events[self.events["event"].isin(names)]

    def count(self, name: str, start: str, end: str, **equal: str) -> int:
        return len(where(between(self.of(name), start, end), equal))

    def users(self, name: str, start: str, end: str, **equal: str) -> int:
        return where(between(self.of(name), start, end), equal)["user_id"].nunique()

    def returned(self, people: pd.DataFrame, k: int) -> pd.Series:
        """Whether each sign-up was active exactly k days later; sign-ups too recent to tell are left out."""
        mature = people[people["day"] + pd.Timedelta(days=k) <= LAST_DAY]
        later = pd.MultiIndex.from_arrays([mature["user_id"], mature["day"] + pd.Timedelta(days=k)])
        return pd.Series(later.isin(self.active_index), index=mature["user_id"])

    def retention(self, k: int, start: str, end: str, **equal: str) -> float:
        return float(self.returned(where(between(self.signups, start, end), equal), k).mean())

    def reached(self, start: str, end: str, step: str, **equal: str) -> int:
        """How many of the period's sign-ups passed an onboarding page."""
        people = where(between(self.signups, start, end), equal)["user_id"]
        return int(people.isin(self.of(step)["user_id"]).sum())

    def completion(self, start: str, end: str, **equal: str) -> float:
        return self.reached(start, end, "onboarding_complete", **equal) / self.reached(
            start, end, "signup", **equal
        )

    def page_pass(self, start: str, end: str, page: str, **equal: str) -> float:
        before = ONBOARDING[ONBOARDING.index(page) - 1]
        return self.reached(start, end, page, **equal) / self.reached(start, end, before, **equal)

    def payment_success(self, start: str, end: str, **equal: str) -> float:
        return self.count("payment_success", start, end, **equal) / self.count(
            "payment_attempt", start, end, **equal
        )

    def gmv(self, start: str, end: str, **equal: str) -> float:
        return float(where(between(self.of("payment_success"), start, end), equal)["amount"].sum())

    def spent(self, start: str, end: str, **equal: str) -> float:
        return float(where(between(self.spend, start, end), equal)["spend"].sum())

    def cost_per_signup(self, start: str, end: str, channel: str) -> float:
        return self.spent(start, end, channel=channel) / self.users("signup", start, end, channel=channel)

    def dau(self, start: str, end: str) -> float:
        return float(between(self.active, start, end).groupby("day").size().mean())

    def first_purchase(self, start: str, end: str, **equal: str) -> float:
        return self.first_purchase_of(where(between(self.signups, start, end), equal))

    def first_purchase_of(self, people: pd.DataFrame) -> float:
        """Share of sign-ups who paid for an order within seven times 24 hours of signing up."""
        joined = people.set_index("user_id")["ts"]
        paid = self.of("payment_success").groupby("user_id")["ts"].min().reindex(joined.index)
        return float(((paid - joined) <= pd.Timedelta(days=7)).mean())

    def variant(self, experiment: str, variant: str) -> pd.Series:
        table = self.experiments
        return table.loc[(table["experiment"] == experiment) & (table["variant"] == variant), "user_id"]

    def variant_retention(self, variant: str, k: int) -> float:
        people = self.signups[self.signups["user_id"].isin(self.variant("short_onboarding", variant))]
        return float(self.returned(people, k).mean())

    def variant_completion(self, variant: str) -> float:
        people = self.variant("short_onboarding", variant)
        return float(people.isin(self.of("onboarding_complete")["user_id"]).mean())

    def woken(self, variant: str, start: str = "2026-08-17", end: str = "2026-08-23") -> int:
        people = self.variant("win_back", variant)
        return int(people.isin(between(self.active, start, end)["user_id"]).sum())

    def buyers(self, variant: str, start: str = "2026-08-17", end: str = "2026-08-23") -> int:
        paid = between(self.of("payment_success"), start, end)["user_id"]
        return int(self.variant("win_back", variant).isin(paid).sum())

    def dormant(self, day: str, days: int = 30) -> tuple[int, int]:
        """Users seen before `day` whose last active day lies more than `days` days before it, and all seen."""
        last = self.active[self.active["day"] < day].groupby("user_id")["day"].max()
        return int((last < pd.Timestamp(day) - pd.Timedelta(days=days)).sum()), len(last)


def local_day(instant: pd.Series) -> pd.Series:
    return instant.dt.tz_convert("Asia/Shanghai").dt.tz_localize(None).dt.normalize()


def where(table: pd.DataFrame, equal: dict[str, str]) -> pd.DataFrame:
    for name, value in equal.items():
        table = table[table[name] == value]
    return table


@functools.cache
def measure_lantern() -> LanternFigures:
    """The sample company, generated once for all tests."""
    return LanternFigures()
