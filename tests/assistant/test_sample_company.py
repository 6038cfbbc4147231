"""The sample company: its stories are in its data, and the same seed gives the same company."""

import hashlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare

import assistant.sample_company
from assistant.sample_company import generate, write
from assistant.sample_company.stories import (
    CHANNELS,
    DAYS,
    ONBOARDING_RELEASE,
    PAYMENT_INCIDENT,
    PROMOTION_618,
    REFERRAL_CAMPAIGN,
    STORIES,
)
from tests.assistant.lantern_figures import ONBOARDING, LanternFigures, between, measure_lantern
from tools.semantics import load_semantics

METRICS = Path(assistant.sample_company.__path__[0]) / "metrics.yaml"
BEFORE = ("2026-09-14", "2026-09-20")
AFTER = ("2026-09-21", "2026-09-27")


@pytest.fixture(scope="module")
def lantern() -> LanternFigures:
    return measure_lantern()


def digest(tables: dict[str, pd.DataFrame]) -> str:
    hashed = hashlib.sha256()
    for name, table in tables.items():
        hashed.update(name.encode())
        hashed.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return hashed.hexdigest()


def two_proportion_z(before: pd.Series, after: pd.Series) -> float:
    pooled = pd.concat([before, after]).mean()
    error = np.sqrt(pooled * (1 - pooled) * (1 / len(before) + 1 / len(after)))
    return float((after.mean() - before.mean()) / error)


class TestTables:
    def test_same_seed_gives_the_same_company_and_another_seed_another(self) -> None:
        first = digest(generate())
        assert first == digest(generate())
        assert first != digest(generate(seed=1))

    def test_size_and_period(self, lantern: LanternFigures) -> None:
        assert 1_000_000 < len(lantern.events) < 1_300_000
        assert 19_000 < lantern.events["user_id"].nunique() < 24_000
        assert lantern.events["day"].min() == pd.Timestamp("2026-04-02")
        assert lantern.events["day"].max() == pd.Timestamp("2026-09-28")
        assert lantern.events["day"].nunique() == DAYS == 180

    def test_rows_are_ordered_and_identified(self, lantern: LanternFigures) -> None:
        assert lantern.events["ts"].is_monotonic_increasing
        assert lantern.events["event_id"].is_unique
        assert lantern.orders["order_id"].is_unique

    def test_nobody_signs_up_twice(self, lantern: LanternFigures) -> None:
        assert lantern.signups["user_id"].is_unique

    def test_pages_of_onboarding_follow_one_another(self, lantern: LanternFigures) -> None:
        times = [lantern.of(page).set_index("user_id")["ts"] for page in ONBOARDING]
        for earlier, later in pairwise(times):
            assert (later > earlier.reindex(later.index)).all()

    def test_orders_agree_with_events(self, lantern: LanternFigures) -> None:
        paid = lantern.orders["status"].isin(["paid", "refunded"])
        events = lantern.of("payment_success")
        assert paid.sum() == len(events)
        assert lantern.orders.loc[paid, "amount"].sum() == pytest.approx(events["amount"].sum())
        assert set(lantern.of("order_create")["order_id"]) == set(lantern.orders["order_id"])
        assert events["amount"].gt(0).all()

    def test_day_zero_always_has_a_visit(self, lantern: LanternFigures) -> None:
        signups = pd.MultiIndex.from_frame(lantern.signups[["user_id", "day"]])
        assert signups.isin(lantern.active_index).all()

    def test_growth_and_the_dormant(self, lantern: LanternFigures) -> None:
        assert lantern.dau("2026-09-01", "2026-09-28") > 2 * lantern.dau("2026-04-08", "2026-05-07")
        dormant = [lantern.dormant(day)[0] for day in ("2026-06-01", "2026-08-01", "2026-09-28")]
        assert dormant == sorted(dormant)
        assert dormant[-1] > 4_000

    def test_retention_falls_like_a_power_law(self, lantern: LanternFigures) -> None:
        levels = [lantern.retention(k, "2026-07-27", "2026-08-23") for k in (1, 7, 30)]
        assert levels[0] == pytest.approx(0.44, abs=0.02)
        assert levels[1] == pytest.approx(0.17, abs=0.03)
        assert levels[2] == pytest.approx(0.10, abs=0.02)

    def test_activity_is_heavy_tailed(self, lantern: LanternFigures) -> None:
        days = lantern.active.groupby("user_id").size().sort_values(ascending=False)
        assert days.iloc[: len(days) // 10].sum() > 0.35 * days.sum()

    def test_writes_a_workspace(self, tmp_path: Path) -> None:
        written = write(tmp_path)
        assert all(path.is_file() for path in written)
        assert len(pd.read_parquet(tmp_path / "data" / "events.parquet", columns=["event"])) > 1_000_000
        assert {path.parent.name for path in (tmp_path / "library").glob("*/*.md")} == {
            "playbooks",
            "cases",
            "reviews",
        }


class TestMetricDefinitions:
    def test_every_word_is_understood(self, lantern: LanternFigures) -> None:
        semantics = load_semantics(METRICS)
        assert semantics.relative_dates == "data_end"
        assert {metric.stage for metric in semantics.metrics.values()} == {
            "acquisition",
            "activation",
            "retention",
            "engagement",
            "revenue",
            "referral",
        }
        recorded = set(lantern.events["event"].unique())
        assert {name for name, event in semantics.events.items() if not event.any_of} == recorded

    def test_every_value_of_a_dimension_is_named(self, lantern: LanternFigures) -> None:
        semantics = load_semantics(METRICS)
        for dimension in semantics.dimensions.values():
            assert set(dimension.values) == set(lantern.events[dimension.column].dropna().unique())

    def test_no_synonym_means_two_metrics(self) -> None:
        semantics = load_semantics(METRICS)
        owner: dict[str, str] = {}
        for name, metric in semantics.metrics.items():
            for word in {metric.names.zh, metric.names.en, *metric.synonyms}:
                assert owner.setdefault(str(word).lower(), name) == name


class TestOnboardingRelease:
    def test_douyin_falls_and_the_others_stay(self, lantern: LanternFigures) -> None:
        channel = ONBOARDING_RELEASE.segment[1] if ONBOARDING_RELEASE.segment else ""
        before = lantern.retention(1, *BEFORE, channel=channel)
        after = lantern.retention(1, *AFTER, channel=channel)
        assert before == pytest.approx(ONBOARDING_RELEASE.usual, abs=0.02)
        assert after == pytest.approx(ONBOARDING_RELEASE.during, abs=0.02)
        for other in set(CHANNELS) - {channel}:
            people = lantern.signups[lantern.signups["channel"] == other]
            was, now = (lantern.returned(between(people, *period), 1) for period in (BEFORE, AFTER))
            assert abs(two_proportion_z(was, now)) < 1.96

    def test_the_whole_falls_beyond_noise(self, lantern: LanternFigures) -> None:
        was, now = (lantern.returned(between(lantern.signups, *period), 1) for period in (BEFORE, AFTER))
        assert len(now) > 900
        assert -0.06 < now.mean() - was.mean() < -0.04
        assert two_proportion_z(was, now) < -2.5

    def test_people_leave_at_the_new_step(self, lantern: LanternFigures) -> None:
        for page in ONBOARDING[1:]:
            was = lantern.page_pass(*BEFORE, page, channel="douyin")
            now = lantern.page_pass(*AFTER, page, channel="douyin")
            assert (now < 0.5) if page == "onboarding_interests" else abs(now - was) < 0.03

    def test_every_new_user_has_the_release(self, lantern: LanternFigures) -> None:
        assert set(between(lantern.signups, *AFTER)["app_version"]) == {"5.2.0"}
        assert "5.2.0" not in set(between(lantern.events, "2026-04-02", "2026-09-20")["app_version"])


class TestOtherStories:
    def test_android_payments_fail_and_ios_does_not(self, lantern: LanternFigures) -> None:
        story = ("2026-08-11", "2026-08-14")
        usual = ("2026-07-14", "2026-08-10")
        assert lantern.payment_success(*usual, platform="android") == pytest.approx(
            PAYMENT_INCIDENT.usual, abs=0.015
        )
        assert lantern.payment_success(*story, platform="android") == pytest.approx(
            PAYMENT_INCIDENT.during, abs=0.03
        )
        assert lantern.payment_success(*story, platform="ios") == pytest.approx(
            lantern.payment_success(*usual, platform="ios"), abs=0.03
        )

    def test_618_triples_signups_that_do_not_stay(self, lantern: LanternFigures) -> None:
        story = ("2026-06-16", "2026-06-18")
        times = lantern.users("signup", *story) / lantern.users("signup", "2026-06-09", "2026-06-11")
        assert times == pytest.approx(3, abs=0.4)
        usual = lantern.retention(7, "2026-06-01", "2026-06-14")
        assert lantern.retention(7, *story) < usual / 2
        assert set(between(lantern.signups, *story)["campaign"]) == {PROMOTION_618.name}

    def test_the_referral_campaign_works(self, lantern: LanternFigures) -> None:
        before, story = ("2026-06-15", "2026-07-05"), ("2026-07-06", "2026-07-26")
        for event in ("invite_sent", "invite_accepted"):
            assert lantern.count(event, *story) > 3 * lantern.count(event, *before)
        people = between(lantern.signups, *story)
        invited = people["campaign"] == REFERRAL_CAMPAIGN.name
        for k in (1, 7):
            mine, others = lantern.returned(people[invited], k), lantern.returned(people[~invited], k)
            assert two_proportion_z(others, mine) > 1.96

    def test_short_onboarding_helps_and_its_split_is_sound(self, lantern: LanternFigures) -> None:
        arms = [lantern.variant("short_onboarding", name) for name in ("control", "treatment")]
        assert chisquare([len(arm) for arm in arms]).pvalue > 0.05
        gain = lantern.variant_retention("treatment", 1) - lantern.variant_retention("control", 1)
        assert gain == pytest.approx(0.055, abs=0.02)

    def test_win_back_ranks_coupon_above_content_above_nothing(self, lantern: LanternFigures) -> None:
        woken = [lantern.woken(arm) for arm in ("control", "content_push", "coupon")]
        assert woken == sorted(woken)
        assert woken[1] - woken[0] > 25
        assert woken[2] - woken[1] > 25

    def test_koc_lifts_the_share_of_xiaohongshu(self, lantern: LanternFigures) -> None:
        def share(start: str, end: str) -> float:
            return lantern.users("signup", start, end, channel="xiaohongshu") / lantern.users(
                "signup", start, end
            )

        assert share("2026-04-02", "2026-05-17") == pytest.approx(0.11, abs=0.015)
        assert share("2026-08-01", "2026-09-28") == pytest.approx(0.165, abs=0.015)

    def test_each_story_lies_within_the_data(self) -> None:
        assert len({story.name for story in STORIES}) == len(STORIES)
        for story in STORIES:
            assert 0 <= story.days.start < story.days.stop <= DAYS
