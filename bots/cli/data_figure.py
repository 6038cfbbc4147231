"""The first figure of a new metrics.yaml: it shows that the file can be used."""

from datetime import timedelta
from pathlib import Path

from bots.cli.session import Session


def first_figure(session: Session, file: Path) -> list[str]:
    """Measure the most telling metric of the last four weeks, and return it and its warnings as lines.

    Raises:
        MetricError: the file or its data cannot be used.
    """
    from tools import Metrics

    opened = Metrics.open(file)
    try:
        names = list(opened.semantics.metrics)
        name = next((n for n in ("dau", "buyers") if n in names), names[0] if names else None)
        if name is None:
            return []
        span = opened.coverage(opened.semantics.metrics[name].source, teams=None)
        start = max(span.start, span.complete_through - timedelta(days=27))
        asked = {"metric": name, "start": str(start), "end": str(max(start, span.complete_through))}
        result = opened.run("measure_metric", asked, teams=None, language=session.language)
        figure = result.figures[0].to_dict(session.language)
    finally:
        opened.close()
    zh = f"{figure['label']}：{figure['text']}（{asked['start']} 至 {asked['end']}）"
    en = f"{figure['label']}: {figure['text']} ({asked['start']} to {asked['end']})"
    warnings = (warning.in_language(session.language) for warning in result.warnings[:3])
    return [session.say(zh=zh, en=en), *(f"⚠ {warning}" for warning in warnings)]
