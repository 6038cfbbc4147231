"""Who enters a funnel and how far they come: the counting behind funnels and conversion metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from tools.funnel_definition import Attribution, FunnelDefinition
from tools.funnel_events import bind_events
from tools.journeys import Journeys, Rules, choose_journeys, drop_superseded, first_entries, follow_entries
from tools.metric_kinds import Interval
from tools.periods import Period
from tools.scope import FilterValues, Scope
from tools.sources.normalization import MISSING_VALUE
from tools.step_events import StepEvents, Superseding, fetch_step_events, reach_of, to_microseconds

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["Conversions", "FunnelDefinition", "count_conversions", "mature_before"]


@dataclass(frozen=True, slots=True)
class Conversions:
    """The outcome of a funnel.

    Attributes:
        users: one row per entrant: depth (required steps reached), day (of the entry), month, and a column per
            dimension, None where the attribution gives the user no value.
        reached: array (steps, entrants), whether the entrant's journey has the step.
        times: array (steps, entrants), microseconds since 1970 at which it was reached.
        open_entries: entrants who may still convert, because the data ends before their window does.
        left_out: users none of whose entries is mature, where only mature entries count; 0 otherwise.
        excluded: users who are out because of an exclusion event.
    """

    users: "pd.DataFrame"
    reached: "np.ndarray"
    times: "np.ndarray"
    open_entries: int
    left_out: int
    excluded: int

    @classmethod
    def join(cls, parts: "Sequence[Conversions]") -> "Conversions":
        """Put the outcomes of different users together."""
        import numpy as np
        import pandas as pd

        if len(parts) == 1:
            return parts[0]
        return cls(
            users=pd.concat([p.users for p in parts], ignore_index=True),
            reached=np.concatenate([p.reached for p in parts], axis=1),
            times=np.concatenate([p.times for p in parts], axis=1),
            open_entries=sum(p.open_entries for p in parts),
            left_out=sum(p.left_out for p in parts),
            excluded=sum(p.excluded for p in parts),
        )

    def seconds(self, step: int, since: int = 0, chosen: "np.ndarray | slice" = slice(None)) -> "np.ndarray":
        """Return the seconds from step `since` to `step` of the entrants, or the chosen of them, who have both."""
        both = self.reached[step][chosen] & self.reached[since][chosen]
        seconds: np.ndarray = (self.times[step][chosen][both] - self.times[since][chosen][both]) / 1e6
        return seconds

    def counts(self, chosen: "np.ndarray | slice" = slice(None)) -> list[int]:
        """Count the entrants, or the chosen of them, at each step."""
        return [int(row[chosen].sum()) for row in self.reached]


def mature_before(scope: Scope, window: timedelta) -> datetime:
    """Return the first time, as naive UTC, at which an entry's window reaches past the last whole day of data."""
    return scope.calendar.instant(scope.source.coverage.complete_through + timedelta(days=1)) - window


def count_conversions(
    scope: Scope,
    definition: FunnelDefinition,
    period: Period,
    *,
    filters: FilterValues,
    dimensions: Sequence[str] = (),
    attribution: Attribution = "step",
    attribution_step: int = 0,
    mature_only: bool = False,
    interval: Interval | None = None,
) -> Conversions:
    """Follow everybody who enters in `period`; later steps may lie after it.

    Filters hold the value at the entry event; dimensions take the value that `attribution` says, by default
    the one at the entry as well. With `mature_only`, entries count only if the data covers their whole window,
    whether they converted or not: those who are quick to convert must not count before those who are slow.
    With `interval`, a user counts once for each day, week or month of entry.

    Raises:
        InvalidArgument: an event is unknown or contradicts the funnel.
    """
    rules, masks = bind_events(scope, definition)
    stretches = fetch_step_events(
        scope,
        masks,
        reach_of(scope, period, definition.span),
        steps=len(rules.bits),
        every=definition.order == "strict",
        dimensions=list(dict.fromkeys((*filters, *dimensions))),
        apart=dimensions[0] if dimensions and attribution == "all_steps" else None,
        superseding=None if interval else _supersede(scope, definition, rules, period, mature_only),
    )
    follow = partial(
        _follow,
        scope,
        definition,
        rules,
        period,
        filters=filters,
        dimensions=dimensions,
        attribution=attribution,
        attribution_step=attribution_step,
        mature_only=mature_only,
        interval=interval,
    )
    return Conversions.join([follow(events) for events in stretches])


def _supersede(
    scope: Scope, definition: FunnelDefinition, rules: Rules, period: Period, mature_only: bool
) -> Superseding | None:
    """Return which entries another supersedes; see `journeys.drop_superseded`."""
    if not rules.supersedes:
        return None
    ends = (
        [scope.calendar.instant(period.end + timedelta(days=1))]
        if period.end < scope.source.coverage.end
        else []
    )
    ends += [mature_before(scope, definition.span)] if mature_only else []
    return Superseding(min(map(to_microseconds, ends), default=None))


def _follow(
    scope: Scope,
    definition: FunnelDefinition,
    rules: Rules,
    period: Period,
    events: StepEvents,
    *,
    filters: FilterValues,
    dimensions: Sequence[str],
    attribution: Attribution,
    attribution_step: int,
    mature_only: bool,
    interval: Interval | None,
) -> Conversions:
    """Follow the users of a stretch of events; see `count_conversions`."""
    import numpy as np

    entries = _find_entries(scope, definition, rules, period, events)
    # A first entry is found before it is filtered: then segments add up to the whole.
    for dimension, wanted in filters.items():
        values = events.values[dimension]
        entries = entries[np.isin(values.codes[entries], values.indexes(wanted))]
    entered = _count_users(events, entries) if mature_only else 0
    if mature_only:
        limit = to_microseconds(mature_before(scope, definition.span))
        entries = entries[events.rows.times[entries] < limit]
    groups = _groups(scope, period, events, entries, interval)
    kept = drop_superseded(events.rows, entries, groups, rules)
    journeys = follow_entries(events.rows, entries[kept], rules)
    chosen, excluded = choose_journeys(journeys, groups[kept])
    journeys = journeys.take(chosen)
    starts = events.rows.times[journeys.path[0]]
    users = _local_days(scope, starts).assign(depth=journeys.depth)
    for dimension in dimensions:
        users[dimension] = _attribute(
            events,
            dimension,
            journeys,
            0 if attribution == "all_steps" else attribution_step,
            attribution,
        )
    as_of = to_microseconds(scope.source.coverage.data_as_of.astimezone(UTC).replace(tzinfo=None))
    waiting = (journeys.depth < len(rules.required)) & (starts + rules.window > as_of)
    return Conversions(
        users=users,
        reached=journeys.path < events.rows.none,
        times=events.rows.times[journeys.path],
        open_entries=0 if mature_only else int(waiting.sum()),
        left_out=max(entered - len(chosen) - excluded, 0),
        excluded=excluded,
    )


def _find_entries(
    scope: Scope, definition: FunnelDefinition, rules: Rules, period: Period, events: StepEvents
) -> "np.ndarray":
    """Return the rows that may start a journey: the first step, or in any order any required one."""
    import numpy as np

    opening = rules.required if rules.order == "any" else [0]
    wanted = sum(1 << bit for bit in {rules.bits[k] for k in opening})
    rows, calendar = events.rows, scope.calendar
    first = to_microseconds(calendar.instant(period.start))
    after = to_microseconds(calendar.instant(period.end + timedelta(days=1)))
    flags = (rows.masks & wanted != 0) & (rows.times >= first) & (rows.times < after)
    entries = np.flatnonzero(flags)
    return first_entries(rows.users, entries) if definition.entry == "first" else entries


def _count_users(events: StepEvents, entries: "np.ndarray") -> int:
    return len(first_entries(events.rows.users, entries))


def _groups(
    scope: Scope, period: Period, events: StepEvents, entries: "np.ndarray", interval: Interval | None
) -> "np.ndarray":
    """Number what each journey competes in: its user, or the user's entries of one bucket."""
    import numpy as np

    users: np.ndarray = events.rows.users[entries]
    if interval is None:
        return users
    calendar = scope.calendar
    starts = [calendar.first_day(b, interval) for b in calendar.buckets(period, interval)]
    edges = np.array([to_microseconds(calendar.instant(day)) for day in starts])
    bucket = np.searchsorted(edges, events.rows.times[entries], side="right")
    return users.astype(np.int64) * (len(edges) + 1) + bucket


def _attribute(
    events: StepEvents, dimension: str, journeys: Journeys, step: int, attribution: Attribution
) -> "np.ndarray":
    """Return each journey's value, None where it has none.

    First and last touch are the first and last known value among the journey's events, as in PostHog.
    """
    import numpy as np

    values = events.values[dimension]
    names = np.array([*values.names, None], dtype=object)
    if attribution in ("step", "all_steps"):
        named: np.ndarray = names[values.codes[journeys.path[step]]]
        return named
    order = np.argsort(events.rows.times[journeys.path], axis=0, kind="stable")
    codes = values.codes[np.take_along_axis(journeys.path, order, axis=0)]
    known = (codes >= 0) & ~np.isin(codes, values.indexes([MISSING_VALUE]))
    if attribution == "last_touch":
        codes, known = codes[::-1], known[::-1]
    touched: np.ndarray = names[np.take_along_axis(codes, known.argmax(axis=0)[None], axis=0)[0]]
    unknown = ~known.any(axis=0)
    touched[unknown] = MISSING_VALUE
    return touched


def _local_days(scope: Scope, times: "np.ndarray") -> "pd.DataFrame":
    """Return the local day and month of times, as numbers like the source's."""
    import numpy as np
    import pandas as pd

    moments: Any = pd.DatetimeIndex(times.view("datetime64[us]")).tz_localize("UTC")
    local = moments.tz_convert(scope.calendar.zone).tz_localize(None)
    return pd.DataFrame(
        {
            "day": local.values.astype("datetime64[D]").astype(np.int64),
            "month": local.values.astype("datetime64[M]").astype(np.int64),
        }
    )
