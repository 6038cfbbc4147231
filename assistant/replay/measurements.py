"""Measuring again: the same tool and arguments on the data and the definitions as they are."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.access import Principal
from assistant.answer import Evidence, EvidenceFigure, Snapshot
from assistant.replay.book import is_narrowed
from assistant.replay.findings import (
    DataChange,
    EvidenceReplay,
    EvidenceStatus,
    FigureChange,
    LineChange,
    Reason,
)
from assistant.replay.sentences import Sentences
from assistant.visibility import Visibility
from tools import MetricError, Metrics

#: Sums of the same rows may differ in their last bits.
_PRECISION = 1e-9


def replay_evidence(
    item: Evidence, *, metrics: Metrics | None, seen: Visibility, principal: Principal, sentences: Sentences
) -> EvidenceReplay:
    """Measure again, and say what differs and why."""
    if metrics is None or not seen.source(item.source) or is_narrowed(item, metrics, principal):
        return EvidenceReplay(
            marker=item.marker,
            title=None,
            status="withdrawn",
            reasons=("withdrawn",),
            statement=sentences.source_withdrawn(),
        )
    now = Snapshot.model_validate(
        metrics.snapshot(item.source, item.arguments, teams=principal.teams).to_dict()
    )
    declared = tuple(_changed_keys(item.snapshot, now, everything=principal.teams is None))
    try:
        result = metrics.run(item.tool, item.arguments, teams=principal.teams, language=sentences.language)
    except MetricError as error:
        return EvidenceReplay(
            marker=item.marker,
            title=item.title,
            status="failed",
            reasons=("definition",) if _differs(item.snapshot, now) else ("data",),
            declared=declared,
            statement=sentences.failed(error.in_language(sentences.language)),
        )
    # What a conversation remembered may be in its other language.
    told = [
        Evidence.model_validate(
            {"marker": item.marker, **{k: v for k, v in said.items() if k in Evidence.model_fields}}
        )
        for said in map(result.to_dict, ("zh", "en"))
    ]
    labels = {line.label for line in item.definition}
    again = max(told, key=lambda fresh: len(labels & {line.label for line in fresh.definition}))
    return _compare(item, again, declared, sentences)


def _compare(
    item: Evidence, again: Evidence, declared: tuple[LineChange, ...], sentences: Sentences
) -> EvidenceReplay:
    figures = tuple(_changed_figures(item, again))
    table = not _same(_cells(item), _cells(again))
    lines = tuple(
        _changes(
            {line.label: line.value for line in item.definition},
            {line.label: line.value for line in again.definition},
        )
    )
    differs = bool(figures or lines or table)
    data = _changed_data(item, again, whole=differs)
    reasons: list[Reason] = []
    if data is not None:
        reasons.append("data")
    if declared and differs:
        reasons.append("definition")
    if differs and not reasons:
        reasons.append("other")
    status: EvidenceStatus = "changed" if differs else "unchanged"
    return EvidenceReplay(
        marker=item.marker,
        title=item.title,
        status=status,
        reasons=tuple(reasons),
        figures=figures,
        table_changed=table,
        definition=lines if "definition" in reasons or "other" in reasons else (),
        declared=declared if differs else (),
        data=data,
        statement=sentences.measured(status, reasons, figures=bool(figures)),
    )


def _changed_figures(item: Evidence, again: Evidence) -> Iterator[FigureChange]:
    before, now = _keyed(item), _keyed(again)
    for key in [*before, *(key for key in now if key not in before)]:
        old, new = before.get(key), now.get(key)
        if old is not None and new is not None and _same([old.value, old.n], [new.value, new.n]):
            continue
        known = new or old
        assert known is not None
        alike = old is not None and new is not None and old.text == new.text
        yield FigureChange(
            name=known.name,
            label=known.label,
            segment=known.segment,
            period=known.period,
            before=old and (_exact(old) if alike else old.text),
            now=new and (_exact(new) if alike else new.text),
        )


def _keyed(item: Evidence) -> dict[tuple[object, ...], EvidenceFigure]:
    """Return figures by what they are; of several that are the same, by their order."""
    found: dict[tuple[object, ...], EvidenceFigure] = {}
    for figure in item.figures:
        key: tuple[object, ...] = (figure.name, figure.segment, figure.period)
        while key in found:
            key = (*key, "again")
        found[key] = figure
    return found


def _exact(figure: EvidenceFigure) -> str:
    """Write a figure that changed by less than it is usually written with."""
    return f"{figure.text} ({figure.value:.6g}, n={figure.n})" if figure.value is not None else figure.text


def _changed_data(item: Evidence, again: Evidence, *, whole: bool) -> DataChange | None:
    """Say which data is not what it was: that of the source, and where the result differs that of any table."""
    then, now = item.snapshot, again.snapshot
    if then is None or now is None:
        return None
    own = {f"sources.{item.source}", item.source}
    tables = tuple(
        key
        for key in now.data
        if (whole or key in own) and key in then.data and now.data[key] != then.data[key]
    )
    if not tables:
        return None
    return DataChange(
        tables=tables,
        events_before=then.events,
        events_now=now.events,
        as_of_before=item.data_as_of,
        as_of_now=again.data_as_of,
    )


def _changed_keys(then: Snapshot | None, now: Snapshot, *, everything: bool) -> Iterator[LineChange]:
    """Yield the keys of metrics.yaml that differ; what is gone as a whole may be hidden, and is told to the owner only."""
    if then is None:
        return
    left = {_owner_of(key) for key in now.declared}
    before = {key: value for key, value in then.declared.items() if everything or _owner_of(key) in left}
    yield from _changes(_written(before), _written(now.declared))


def _differs(then: Snapshot | None, now: Snapshot) -> bool:
    return then is not None and then.declared != now.declared


def _owner_of(key: str) -> str:
    return ".".join(key.split(".")[:2])


def _written(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in values.items()
    }


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[LineChange]:
    for label in [*before, *(label for label in now if label not in before)]:
        if before.get(label) != now.get(label):
            yield LineChange(label=label, before=before.get(label), now=now.get(label))


def _cells(item: Evidence) -> Any:
    table = item.table or {}
    return [table.get("columns"), table.get("rows"), table.get("total_rows")]


def _same(one: Any, other: Any) -> bool:
    """Tell whether JSON values are the same, numbers up to their last bits."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=_PRECISION, abs_tol=_PRECISION)
    return bool(one == other)
