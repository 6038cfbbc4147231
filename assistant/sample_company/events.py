"""Blocks of events, and the one table that they become."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from assistant.sample_company.activity import derive_version
from assistant.sample_company.stories import (
    CHANNELS,
    CITY_TIERS,
    END,
    PLATFORMS,
    RELEASES,
    START,
    TIMEZONE,
    VERSIONS,
)

EVENTS = (
    "visit",
    "signup",
    "onboarding_start",
    "onboarding_profile",
    "onboarding_interests",
    "onboarding_complete",
    "view",
    "add_to_cart",
    "order_create",
    "payment_attempt",
    "payment_success",
    "refund",
    "post",
    "share",
    "invite_sent",
    "invite_accepted",
)
CODE = {name: code for code, name in enumerate(EVENTS)}
CAMPAIGNS = ("", "618", "referral_july")
DAY = 86_400


class Block(NamedTuple):
    """Rows of one event: user's position, seconds since the first local midnight, order, amount, campaign."""

    event: str
    row: np.ndarray
    second: np.ndarray
    order: np.ndarray | None = None
    amount: np.ndarray | None = None
    campaign: np.ndarray | None = None


def local_midnight() -> np.datetime64:
    """Return the first local midnight as a naive UTC instant."""
    return pd.Timestamp(START, tz=TIMEZONE).tz_convert("UTC").tz_localize(None).to_datetime64()


def to_instant(second: np.ndarray) -> pd.Series:
    """Convert seconds since the first local midnight to aware UTC timestamps."""
    instant = local_midnight().astype("datetime64[us]") + (second * 1_000_000).astype("timedelta64[us]")
    return pd.Series(instant).dt.tz_localize("UTC")


def decode(codes: np.ndarray, names: tuple[str, ...]) -> pd.Series:
    """Turn codes into a column of strings; an empty name is a missing value."""
    coded = pa.DictionaryArray.from_arrays(
        pa.array(codes, pa.int8()), pa.array([name or None for name in names])
    )
    return pd.Series(coded.cast(pa.string()), dtype=pd.StringDtype("pyarrow", na_value=np.nan))


def column(blocks: list[Block], field: str, missing: float) -> np.ndarray:
    """Concatenate one optional field of all blocks."""
    parts = (getattr(block, field) for block in blocks)
    return np.concatenate(
        [
            np.full(len(block.row), missing) if part is None else part
            for block, part in zip(blocks, parts, strict=True)
        ]
    )


def assemble_events(users: pd.DataFrame, blocks: list[Block]) -> pd.DataFrame:
    """Put all blocks in order of time and describe each row by its user.

    Returns:
        event_id, user_id, event, ts (aware UTC), channel, platform, app_version, city_tier, order_id,
        amount (CNY; payment_success and refund only), campaign.
    """
    code = np.concatenate([np.full(len(block.row), CODE[block.event], dtype=np.int8) for block in blocks])
    row = np.concatenate([block.row for block in blocks]).astype(np.int64)
    second = np.concatenate([block.second for block in blocks])
    order = column(blocks, "order", -1)
    keep = np.flatnonzero(second < ((END - START).days + 1) * DAY)
    sequence = keep[np.lexsort((code[keep], row[keep], second[keep]))]
    code, row, second = code[sequence], row[sequence], second[sequence]
    order = order[sequence].astype(np.int64)
    who = users.iloc[row]
    releases = np.array([(release - START).days for release in RELEASES])
    version = derive_version(
        who["signup_day"].to_numpy(), who["upgrade_lag"].to_numpy(), (second // DAY).astype(int), releases
    )
    return pd.DataFrame(
        {
            "event_id": np.arange(1, len(row) + 1),
            "user_id": who["user_id"].to_numpy(),
            "event": decode(code, EVENTS),
            "ts": to_instant(second),
            "channel": decode(who["channel"].to_numpy(), CHANNELS),
            "platform": decode(who["platform"].to_numpy(), PLATFORMS),
            "app_version": decode(version, VERSIONS),
            "city_tier": decode(who["city_tier"].to_numpy(), CITY_TIERS),
            "order_id": pd.array(np.where(order < 0, 0, order), dtype="Int64").copy(),
            "amount": column(blocks, "amount", np.nan)[sequence],
            "campaign": decode(column(blocks, "campaign", 0)[sequence].astype(np.int8), CAMPAIGNS),
        }
    ).assign(order_id=lambda table: table["order_id"].mask(order < 0))
