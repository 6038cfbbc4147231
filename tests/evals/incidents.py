"""Whether `explain_change` finds the incidents planted in a clickstream of a shop, which it is given as a folder.

python -m tests.evals.incidents FOLDER

FOLDER holds ecom.csv.gz of retentioneering 5 (Apache-2.0; synthetic): user_id, event, timestamp and four dimensions,
January to June 2024. Each incident is compared with as many days before it.
"""

import argparse
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from tools import MetricResult, Metrics

YAML = """
timezone: UTC
sources: {events: {frame: events, user: user_id, time: timestamp, event: event}}
dimensions:
  platform: {column: platform}
  channel: {column: acquisition_channel}
  cohort: {column: user_cohort}
  lifecycle: {column: user_lifecycle}
metrics:
  views: {kind: event_count, event: product_view}
  checkout: {kind: ratio, numerator: {event: payment_details}, denominator: {event: shipping_details}}
  bugs: {kind: event_count, event: checkout_bug}
  payment: {kind: ratio, numerator: {event: purchase}, denominator: {event: payment_details}}
  errors: {kind: event_count, event: payment_error}
"""


@dataclass(frozen=True, slots=True)
class Incident:
    """What is said to be planted: when, what it moves which way, and for which segment (None: for all)."""

    name: str
    start: date
    end: date
    metric: str
    rises: bool
    segment: str | None


_BUG = (date(2024, 4, 9), date(2024, 5, 9))
_PAYMENT = (date(2024, 5, 19), date(2024, 6, 7))
INCIDENTS = (
    Incident("viral article", date(2024, 2, 29), date(2024, 3, 3), "views", True, None),
    Incident("mobile checkout bug", *_BUG, "checkout", False, "platform=mobile"),
    Incident("mobile checkout bug", *_BUG, "bugs", True, "platform=mobile"),
    Incident("payment incident", *_PAYMENT, "payment", False, None),
    Incident("payment incident", *_PAYMENT, "errors", True, None),
)


def explain(metrics: Metrics, incident: Incident) -> MetricResult:
    """Explain the change against as many days before."""
    days = (incident.end - incident.start).days + 1
    spans = (
        incident.start,
        incident.end,
        incident.start - timedelta(days=days),
        incident.start - timedelta(days=1),
    )
    names = ("start", "end", "compare_start", "compare_end")
    arguments = {"metric": incident.metric} | {n: d.isoformat() for n, d in zip(names, spans, strict=True)}
    return metrics.run("explain_change", arguments, teams=None)


def judge(incident: Incident, result: MetricResult) -> tuple[bool, str]:
    """Say whether an incident is found, and what was found instead or with it."""
    change = result.figures[0]
    low, high = change.interval or (0.0, 0.0)
    beyond = not low <= 0 <= high
    foremost = next(f for f in result.figures if f.name == "contribution")
    onset = next((f.period for f in result.figures if f.name == "onset_rate_after"), None)
    found = beyond and ((change.value or 0) > 0) == incident.rises
    if incident.segment:
        found &= foremost.segment == incident.segment
    said = f"{change.value:+.3g} ({low:.3g} to {high:.3g}), {'beyond' if beyond else 'within'} noise"
    return (
        found,
        f"{said}; foremost {foremost.segment} {foremost.value:+.3g}; since {onset or 'no clear day'}",
    )


def main() -> None:
    """Print what is expected and what is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    events = pd.read_csv(parser.parse_args().folder / "ecom.csv.gz", parse_dates=["timestamp"])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "metrics.yaml"
        path.write_text(YAML, encoding="utf-8")
        metrics = Metrics.open(path, frames={"events": events})
        for incident in INCIDENTS:
            found, said = judge(incident, explain(metrics, incident))
            print(f"{'found  ' if found else 'missed '} {incident.name}: {incident.metric}")
            print(f"        expected {incident.segment or 'everybody'} since {incident.start}; {said}")
        metrics.close()


if __name__ == "__main__":
    main()
