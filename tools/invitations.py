"""Invites and who accepts them: the counting behind referral.

An invite is an event of the inviter, an acceptance one of the new user, and nothing ties the two unless a
column does. A *link* is such a column: a code, an id of the invite, or the inviter's id, with the same value on
the invite and on its acceptance. An acceptance then belongs to the latest invite of its link before it, at most
a window earlier, by somebody else. Without a link, invites and acceptances are merely counted side by side.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tools.conversion import FunnelDefinition
from tools.metric_kinds import Interval
from tools.periods import Period
from tools.scope import FilterValues, Scope, keep, within
from tools.sources.normalization import MISSING_VALUE

if TYPE_CHECKING:
    import ibis
    import pandas as pd


@dataclass(frozen=True, slots=True)
class ReferralDefinition:
    """What is an invite, what accepts it, and what ties them."""

    invite_event: str
    accept_event: str
    link: str | None
    window: str

    @property
    def span(self) -> timedelta:
        """The window as a length of time."""
        return FunnelDefinition((), self.window).span


def count_invites(
    scope: Scope, definition: ReferralDefinition, period: Period, filters: FilterValues, interval: Interval
) -> "pd.DataFrame":
    """Return rows (bucket, invites, mature): mature invites are those whose window the data covers whole."""
    rows = _invites(scope, definition, period, filters)
    rows = rows.mutate(bucket=scope.calendar.bucket_column(rows, interval))
    settled = (rows["at"] < _mature_before(scope, definition)).sum() if definition.link else rows.count()
    counted = scope.source.engine.fetch(rows.group_by("bucket").agg(invites=rows.count(), mature=settled))
    return counted.astype({"mature": "int64"})


def count_inviters(
    scope: Scope, definition: ReferralDefinition, period: Period, filters: FilterValues
) -> int:
    """Count the users who sent an invite."""
    rows = _invites(scope, definition, period, filters)
    return int(scope.source.engine.fetch_row(rows.agg(n=rows.user.nunique()))["n"])


def count_acceptances(
    scope: Scope, definition: ReferralDefinition, period: Period, filters: FilterValues, interval: Interval
) -> "pd.DataFrame":
    """List acceptances.

    Returns:
        Rows (bucket, accepted, seconds). With a link, one per acceptance of a mature invite: the bucket of the
        invite, 1, and the time from it. Without, one per bucket of the acceptance: its distinct users, no time.
    """
    if definition.link is None:
        rows = within(scope.rows(definition.accept_event, filters), period, scope.calendar)
        firsts = rows.group_by("user").agg(day=rows.day.min(), month=rows.month.min())
        firsts = firsts.mutate(bucket=scope.calendar.bucket_column(firsts, interval))
        counted = scope.source.engine.fetch(firsts.group_by("bucket").agg(accepted=firsts.count()))
        return counted.assign(seconds=float("nan"))
    return _linked(scope, definition, period, filters, interval, definition.link)


def _linked(
    scope: Scope,
    definition: ReferralDefinition,
    period: Period,
    filters: FilterValues,
    interval: Interval,
    link: str,
) -> "pd.DataFrame":
    rows = scope.rows(definition.accept_event)
    tied = rows.filter(rows[f"d_{link}"] != MISSING_VALUE)
    accepts = tied.group_by(accepter=tied.user, link=tied[f"d_{link}"]).agg(accepted_at=tied["at"].min())
    sent = scope.rows(definition.invite_event)
    sent = sent.filter(sent[f"d_{link}"] != MISSING_VALUE)
    invites = sent.select(
        "day",
        "month",
        *(f"d_{d}" for d in filters),
        inviter=sent.user,
        link=sent[f"d_{link}"],
        sent_at=sent["at"],
    )
    met = accepts.inner_join(invites, "link")
    waited = met.accepted_at.delta(met.sent_at, unit="microsecond")
    met = met.mutate(waited=waited).filter(waited >= 0, met.accepter != met.inviter)
    # The latest invite before the acceptance has the shortest wait. It may be one that is not asked about.
    shortest = met.group_by("accepter", "link").agg(waited=met.waited.min())
    latest = within(
        keep(met.semi_join(shortest, ["accepter", "link", "waited"]), filters), period, scope.calendar
    )
    latest = latest.filter(
        latest.waited <= definition.span // timedelta(microseconds=1),
        latest.sent_at < _mature_before(scope, definition),
    )
    latest = latest.group_by("accepter", "link", "waited").agg(day=latest.day.max(), month=latest.month.max())
    bucket = scope.calendar.bucket_column(latest, interval)
    found = scope.source.engine.fetch(latest.select(bucket=bucket, waited=latest.waited))
    return found.assign(accepted=1, seconds=found["waited"] / 1e6)[["bucket", "accepted", "seconds"]]


def _invites(
    scope: Scope, definition: ReferralDefinition, period: Period, filters: FilterValues
) -> "ibis.Table":
    return within(scope.rows(definition.invite_event, filters), period, scope.calendar)


def _mature_before(scope: Scope, definition: ReferralDefinition) -> "ibis.Scalar":
    import ibis

    end = scope.calendar.instant(scope.source.coverage.complete_through + timedelta(days=1))
    return ibis.literal(end - definition.span)
