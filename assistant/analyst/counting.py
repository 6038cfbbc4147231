"""Counts asked for by what people do, where no metric is named."""

from collections.abc import Sequence

from assistant.analyst.patterns import PEOPLE, TAKINGS, TIMES
from assistant.analyst.vocabulary import Mention, Vocabulary


def counted_metric(rest: str, mentions: Sequence[Mention], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the metric that counts the one event named, where people or events are asked for: 分享了多少次."""
    if vocabulary.semantics is not None and TAKINGS.search(rest):
        sums = [
            n
            for n, m in vocabulary.semantics.metrics.items()
            if m.kind == "event_sum" and m.unit == "currency"
        ]
        return tuple(sums[:1])
    events = {m.name for m in mentions if m.kind == "event"}
    kinds = [kind for kind, asked in (("unique_users", PEOPLE), ("event_count", TIMES)) if asked.search(rest)]
    if vocabulary.semantics is None or len(events) != 1 or len(kinds) != 1:
        return ()
    metrics = vocabulary.semantics.metrics.items()
    own = [name for name, m in metrics if m.kind == kinds[0] and getattr(m, "event", None) in events]
    return tuple(own[:1])
