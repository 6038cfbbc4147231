"""Answers written out by hand with real figures of the sample company, for the LiarModel; see `liar_written_zh`.

First: of 191 honest answers 64 with a figure withheld (.335); of 484 altered ones 424 caught (.876). It was written
before anybody looked at the ledger for it, tried once, and mended on since.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.evals.liar_answers import Slot, Told, read_passage, run_evidence
from tools import Metrics

_WEEK = {"start": "2026-09-21", "end": "2026-09-27"}
_COMPARED = _WEEK | {"compare_start": "2026-09-14", "compare_end": "2026-09-20"}
_SEPTEMBER = {"start": "2026-09-01", "end": "2026-09-28"}
_JULY = {"start": "2026-07-01", "end": "2026-07-31"}
_AUGUST = {"start": "2026-08-01", "end": "2026-08-31"}
_AUGUST_BY_JULY = _AUGUST | {"compare_start": "2026-07-01", "compare_end": "2026-07-31"}
_TO_DATE = {"start": "2026-09-01", "end": "2026-09-27"}
_CAMPAIGN = {"start": "2026-07-06", "end": "2026-07-26"}
_QUARTER = {"start": "2026-07-01", "end": "2026-09-28"}
_ONBOARDING = [
    "signup",
    "onboarding_start",
    "onboarding_profile",
    "onboarding_interests",
    "onboarding_complete",
]
_PURCHASE = ["view", "add_to_cart", "order_create", "payment_success"]
_FAILURE = {
    "start": "2026-08-11",
    "end": "2026-08-14",
    "compare_start": "2026-08-04",
    "compare_end": "2026-08-07",
}

#: What was measured before the answer was given, by the name that the wordings use.
MEASUREMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "wau": ("measure_metric", _COMPARED | {"metric": "wau"}),
    "refund": ("measure_metric", _COMPARED | {"metric": "refund_rate"}),
    "gmv": ("measure_metric", _COMPARED | {"metric": "gmv"}),
    "gmv_channel": ("measure_metric", _AUGUST | {"metric": "gmv", "breakdown": "channel"}),
    "new_channel": ("measure_metric", _COMPARED | {"metric": "new_users", "breakdown": "channel"}),
    "pay_platform": ("measure_metric", _COMPARED | {"metric": "payment_success_rate", "breakdown": "platform"}),
    "orders_daily": ("measure_metric", _WEEK | {"metric": "orders", "interval": "day"}),
    "incident": ("measure_metric", _FAILURE | {"metric": "payment_success_rate", "breakdown": "platform"}),
    "city": ("measure_metric", _WEEK | {"metric": "d1_retention", "breakdown": "city_tier"}),
    "active": ("measure_active_users", _AUGUST),
    "adoption": ("measure_feature_adoption", _SEPTEMBER | {"events": ["share", "post", "invite_sent"]}),
    "power": ("measure_power_users", _SEPTEMBER),
    "growth": ("measure_growth_accounting", _SEPTEMBER),
    "referral": ("measure_referral", {"start": "2026-07-01", "end": "2026-07-31"}),
    "retention": ("measure_retention", {"start": "2026-09-01", "end": "2026-09-20"}),
    "funnel": ("measure_funnel", _WEEK | {"steps": _ONBOARDING}),
    "purchase_funnel": ("measure_funnel", {"start": "2026-09-01", "end": "2026-09-27", "steps": _PURCHASE}),
    "why_d1": ("explain_change", _COMPARED | {"metric": "d1_retention"}),
    "why_gmv": ("explain_change", _COMPARED | {"metric": "gmv"}),
    "rfm": ("measure_rfm", _QUARTER),
    "lifecycle": ("measure_lifecycle", _SEPTEMBER),
    "tiers": ("measure_value_tiers", _QUARTER),
    "experiment": ("analyze_experiment", {}),
    "design": ("design_experiment", {"start": "2026-08-31", "end": "2026-09-27", "metric": "d1_retention", "relative_effect": 0.05}),
    "anomalies": ("detect_anomalies", _SEPTEMBER | {"metric": "payment_success_rate"}),
    "forecast": ("forecast_metric", {"start": "2026-06-01", "end": "2026-09-27", "metric": "gmv", "interval": "week", "horizon": 4}),
    "goal": ("check_goal", _SEPTEMBER | {"metric": "gmv", "target": 600000, "by": "2026-09-30"}),
    "sentiment": ("measure_sentiment", _AUGUST),
    "themes": ("analyze_feedback", _AUGUST),
    "ltv": ("measure_lifetime_value", {"start": "2026-05-01", "end": "2026-09-28"}),
    "repeat": ("measure_repeat_purchases", _QUARTER),
    "revenue": ("measure_revenue", _AUGUST),
    "returns": ("measure_channel_returns", _AUGUST),
    "budget": ("track_budget", {"start": "2026-09-01", "end": "2026-09-30"}),
    "churn": ("predict_churn", {"start": "2026-07-01", "end": "2026-09-27"}),
    "win_back": ("list_win_back", {"start": "2026-07-01", "end": "2026-09-27"}),
    "hours": ("measure_activity_hours", _SEPTEMBER),
    "dau_daily": ("measure_metric", _WEEK | {"metric": "dau", "interval": "day"}),
    "orders_channel": ("measure_metric", _COMPARED | {"metric": "orders", "breakdown": "channel"}),
    "aov": ("measure_metric", _AUGUST | {"compare_start": "2026-07-01", "compare_end": "2026-07-31", "metric": "aov"}),
    "gmv_weekly": ("measure_metric", {"start": "2026-08-03", "end": "2026-09-27", "metric": "gmv", "interval": "week"}),
    "d1_channel": ("measure_metric", _COMPARED | {"metric": "d1_retention", "breakdown": "channel"}),
    "onb": ("measure_metric", _COMPARED | {"metric": "onboarding_completion"}),
    "ret_jul": ("measure_retention", _JULY),
    "revenue_jul": ("measure_revenue", _JULY),
    "returns_jul": ("measure_channel_returns", _JULY),
    "why_orders": ("explain_change", _COMPARED | {"metric": "orders"}),
    "incident_why": ("explain_change", _FAILURE | {"metric": "payment_success_rate"}),
    "active_jul": ("measure_active_users", _JULY),
    "watch": ("watch_opinion", _AUGUST),
    "city_pay": ("measure_metric", _COMPARED | {"metric": "paying_users", "breakdown": "city_tier"}),
    "gmv_month": ("measure_metric", {"start": "2026-06-01", "end": "2026-08-31", "metric": "gmv", "interval": "month"}),
    "rep_jul": ("measure_repeat_purchases", _JULY),
    "lifecycle_aug": ("measure_lifecycle", _AUGUST),
    "orders_forecast": ("forecast_metric", {"start": "2026-06-01", "end": "2026-09-27", "metric": "orders", "interval": "week", "horizon": 4}),
    "time_churn": ("measure_time_to_churn", {"start": "2026-05-01", "end": "2026-09-27"}),
    "sent_sep": ("measure_sentiment", _SEPTEMBER),
    "demands": ("rank_demands", _AUGUST),
    "new_monthly": ("measure_metric", _AUGUST_BY_JULY | {"metric": "new_users"}),
    "gmv_platform": ("measure_metric", _AUGUST_BY_JULY | {"metric": "gmv", "breakdown": "platform"}),
    "refund_monthly": ("measure_metric", _AUGUST_BY_JULY | {"metric": "refund_rate"}),
    "mau": ("measure_metric", _AUGUST_BY_JULY | {"metric": "mau"}),
    "d7_channel": ("measure_metric", _AUGUST_BY_JULY | {"metric": "d7_retention", "breakdown": "channel"}),
    "invites_july": ("measure_metric", _CAMPAIGN | {"compare_start": "2026-06-15", "compare_end": "2026-07-05", "metric": "invites"}),
    "posts": ("measure_metric", _COMPARED | {"metric": "posts"}),
    "dau_compared": ("measure_metric", _COMPARED | {"metric": "dau"}),
    "pay_weekly": ("measure_metric", {"start": "2026-08-03", "end": "2026-09-06", "metric": "payment_success_rate", "interval": "week"}),
    "aov_city": ("measure_metric", _AUGUST | {"metric": "aov", "breakdown": "city_tier"}),
    "onb_platform": ("measure_metric", _COMPARED | {"metric": "onboarding_completion", "breakdown": "platform"}),
    "incident_pay": ("measure_metric", _FAILURE | {"metric": "payment_success_rate"}),
    "new_618": ("measure_metric", {"start": "2026-06-16", "end": "2026-06-18", "compare_start": "2026-06-09", "compare_end": "2026-06-11", "metric": "new_users"}),
    "onb_channel": ("measure_funnel", _WEEK | {"steps": _ONBOARDING, "breakdown": "channel"}),
    "purchase_aug": ("measure_funnel", _AUGUST | {"steps": _PURCHASE}),
    "adoption_aug": ("measure_feature_adoption", _AUGUST | {"events": ["share", "post", "invite_sent"]}),
    "retention_aug": ("measure_retention", _AUGUST),
    "retention_weekly": ("measure_retention", {"start": "2026-07-06", "end": "2026-09-06", "period": "week"}),
    "growth_aug": ("measure_growth_accounting", _AUGUST),
    "why_onboarding": ("explain_change", _COMPARED | {"metric": "onboarding_completion"}),
    "short_onboarding": ("analyze_experiment", {"experiment": "short_onboarding"}),
    "win_back_test": ("analyze_experiment", {"experiment": "win_back"}),
    "design_onboarding": ("design_experiment", {"start": "2026-08-31", "end": "2026-09-27", "metric": "onboarding_completion", "relative_effect": 0.03}),
    "returns_sep": ("measure_channel_returns", _TO_DATE),
    "budget_aug": ("track_budget", _AUGUST),
    "realloc": ("simulate_reallocation", {"start": "2026-06-29", "end": "2026-09-27", "take_from": "xiaohongshu", "give_to": "wechat"}),
    "goal_gmv": ("check_goal", {"start": "2026-07-01", "end": "2026-09-27", "metric": "gmv", "target": 4200000, "by": "2026-12-31"}),
    "goal_d1": ("check_goal", _TO_DATE | {"metric": "d1_retention", "target": 0.45, "by": "2026-12-31"}),
    "forecast_new": ("forecast_metric", {"start": "2026-06-01", "end": "2026-09-27", "metric": "new_users", "interval": "week", "horizon": 4}),
    "forecast_dau": ("forecast_metric", {"start": "2026-04-13", "end": "2026-09-27", "metric": "dau", "interval": "day", "horizon": 7}),
    "power_aug": ("measure_power_users", _AUGUST),
    "revenue_sep": ("measure_revenue", _TO_DATE),
    "repeat_aug": ("measure_repeat_purchases", _AUGUST),
    "feedback_sep": ("analyze_feedback", _TO_DATE),
    "ltv_channel": ("measure_lifetime_value", {"start": "2026-04-01", "end": "2026-09-27", "breakdown": "channel"}),
    "impact_july": ("measure_impact", _CAMPAIGN | {"metric": "new_users", "treated": {"channel": ["referral"]}}),
    "referral_july": ("measure_referral", _CAMPAIGN),
    "churn_aug": ("predict_churn", {"start": "2026-06-01", "end": "2026-08-31", "view": "groups"}),
    "churn_channel": ("measure_time_to_churn", {"start": "2026-05-01", "end": "2026-09-27", "breakdown": "channel"}),
    "high_value": ("measure_segment", _TO_DATE | {"segment": "high_value"}),
    "persona": ("describe_segment", _TO_DATE | {"segment": "frequent_buyers"}),
    "hours_aug": ("measure_activity_hours", _AUGUST),
    "posts_platform": ("measure_metric", _AUGUST_BY_JULY | {"metric": "posts", "breakdown": "platform"}),
    "orders_weekly": ("measure_metric", {"start": "2026-08-03", "end": "2026-09-27", "metric": "orders", "interval": "week"}),
    "newu_city": ("measure_metric", _AUGUST_BY_JULY | {"metric": "new_users", "breakdown": "city_tier"}),
    "gmv_plat": ("measure_metric", _COMPARED | {"metric": "gmv", "breakdown": "platform"}),
    "cart": ("measure_metric", _COMPARED | {"metric": "cart_conversion"}),
    "pay_chan": ("measure_metric", _COMPARED | {"metric": "paying_users", "breakdown": "channel"}),
    "why_new": ("explain_change", _COMPARED | {"metric": "new_users"}),
    "why_pay": ("explain_change", {"start": "2026-08-11", "end": "2026-08-17", "compare_start": "2026-08-04", "compare_end": "2026-08-10", "metric": "payment_success_rate"}),
    "returns_month": ("measure_channel_returns", _SEPTEMBER),
    "ref_aug": ("measure_referral", _AUGUST),
    "life_sep": ("measure_lifecycle", _SEPTEMBER),
    "active_sep": ("measure_active_users", _SEPTEMBER),
    "fun_aug": ("measure_funnel", {"start": "2026-08-11", "end": "2026-08-14", "steps": _PURCHASE}),
    "ret_aug": ("measure_retention", _AUGUST),
    "rev_q": ("measure_revenue", {"start": "2026-06-01", "end": "2026-08-31", "interval": "month"}),
    "themes_sep": ("analyze_feedback", _SEPTEMBER),
    "goal_ret": ("check_goal", _SEPTEMBER | {"metric": "d1_retention", "target": 0.5, "by": "2026-10-31"}),
    "repeat_sep": ("measure_repeat_purchases", _SEPTEMBER),
}  # fmt: skip
_UNITS = [
    ("ratio_change", r"百分点|\bpp\b|points?\b"),
    ("ratio", r"%|percent"),
    ("currency:CNY", r"[¥元]|yuan|万$"),
    ("users", r"[人位]$|users$"),
    ("orders", r"[单笔]$"),
]


def written(metrics: Metrics, library: Path, phrasings: dict[str, ModuleType]) -> Iterator[Told]:
    """Yield the honest answers that `phrasings` holds for each language."""
    for language, wordings in phrasings.items():
        for name, answers in wordings.ANSWERS.items():
            tool, arguments = MEASUREMENTS[name]
            evidence = run_evidence(metrics, tool, arguments, language)
            for answer in answers:
                yield Told(*_read(answer), evidence.title, language, evidence)
        for path, answers in wordings.QUOTES.items():
            passage = read_passage(library / path)
            for answer in answers:
                yield Told(*_read(answer), "?", language, passage=passage)
        for (name, path), answers in getattr(wordings, "MIXED", {}).items():
            tool, arguments = MEASUREMENTS[name]
            evidence = run_evidence(metrics, tool, arguments, language)
            for answer in answers:
                yield Told(*_read(answer), evidence.title, language, evidence, read_passage(library / path))


def _read(answer: str) -> tuple[str, tuple[Slot, ...]]:
    slots: list[Slot] = []

    def keep(found: re.Match[str]) -> str:
        slots.append(_slot(found[1]))
        return f"\x01{len(slots) - 1}\x02"

    return re.sub(r"<(?!\s)([^<>]+)>", keep, answer), tuple(slots)


def _slot(written: str) -> Slot:
    if written.startswith("dir:"):
        one, other = written[4:].split("|")
        return Slot(one, "direction", other=other)
    figure, *segments = written.split("^")
    text, _, stale = figure.partition("~")
    unit = next((unit for unit, pattern in _UNITS if re.search(pattern, text)), "count")
    return Slot(text, unit, stale, tuple(segments))
