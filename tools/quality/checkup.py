"""`check_data`: can the data be trusted? All checks of a source, and what each would spoil."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from tools.charts import draw_bars
from tools.definitions import ToolArguments, item
from tools.errors import QueryTimeout, QueryTooLarge
from tools.publication import MetricTool
from tools.quality.findings import SEVERITY_TEXT, Finding, Severity
from tools.quality.names import check_names
from tools.quality.records import find_received, record_rows
from tools.quality.rows import check_bots, check_ids, check_lateness, check_repeats, check_values
from tools.quality.volumes import check_freshness, check_volumes
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_COUNT_TEXT: dict[Severity, str] = {"serious": "serious findings", "warning": "warnings", "note": "notes"}
Check = Callable[[Scope, "ibis.Table"], Iterator[Finding]]
_ORDER: tuple[Severity, ...] = ("serious", "warning", "note")
CHECKS: tuple[tuple[Text, Check], ...] = (
    (Text("重复行", "repeated rows"), check_repeats),
    (Text("重复编号", "repeated ids"), check_ids),
    (Text("缺用户、缺时间、时钟与时区", "users, times, clocks and time zones"), check_values),
    (Text("晚到的事件", "late events"), check_lateness),
    (Text("机器人", "bots"), check_bots),
    (Text("断档、骤降与改名", "gaps, drops and changed names"), check_volumes),
    (Text("写法不一", "spellings"), check_names),
    (Text("数据新旧", "freshness"), check_freshness),
)


class CheckArguments(ToolArguments):
    """Arguments of `check_data`."""

    start: date = Field(
        default=date(1900, 1, 1),
        description="Not needed: all data is checked. 无需填写：检查全部数据。",
    )
    end: date = Field(
        default=date(2200, 1, 1),
        description="Not needed: all data is checked. 无需填写：检查全部数据。",
    )


def check_data(scope: Scope, arguments: CheckArguments) -> MetricResult:
    """Look for what would spoil results in the whole of a source.

    Returns:
        A table with a row per finding (check, severity, n, of, what, spoils, mend), the worst first; the ones that
        are not mere notes are warnings, too.
    """
    scope.check(arguments.filters)
    findings, warnings = find_all(scope)
    rows = sum(scope.source.event_counts.values())
    counts = {s: sum(f.severity == s for f in findings) for s in _ORDER}
    title = Text("数据检查", "Data check")
    if not findings:
        title = Text("数据检查：未发现问题", "Data check: nothing found")
    table = _table(findings, scope.language)
    return scope.finish(
        "check_data",
        arguments,
        title=title,
        card=[
            item("检查项", "checks", _names(scope)),
            item("范围", "covers", Text("数据源中的全部行", "all rows of the source")),
        ],
        figures=[
            *(
                Figure(
                    f"{s}_findings",
                    counts[s],
                    "findings",
                    Text(f"{SEVERITY_TEXT[s].zh}问题", _COUNT_TEXT[s]),
                    n=rows,
                )
                for s in _ORDER
            ),
            Figure("usable_rows", rows, "rows", Text("可用行数", "usable rows")),
        ],
        table=table,
        chart=draw_bars(
            _by_severity(counts, scope.language),
            "severity",
            "findings",
            title=title,
            axes=(Text("程度", "severity"), Text("问题数", "findings")),
            unit="findings",
            language=scope.language,
        ),
        warnings=[*warnings, *(_sentence(f) for f in findings if f.severity != "note")],
        n=rows,
    )


def find_all(scope: Scope) -> tuple[list[Finding], list[Text]]:
    """Run every check; one that would take too long is said to be left out.

    Returns:
        The findings, the worst first, and warnings about checks that were not made.
    """
    rows = record_rows(scope)
    findings: list[Finding] = []
    skipped = []
    for name, check in CHECKS:
        try:
            findings += check(scope, rows)
        except (QueryTimeout, QueryTooLarge) as error:
            skipped.append(Text(f"未检查{name.zh}：{error.zh}", f"Not checked, {name.en}: {error.en}"))
    return sorted(findings, key=lambda f: _ORDER.index(f.severity)), skipped


def _names(scope: Scope) -> Text:
    known = [n for n, check in CHECKS if check is not check_lateness or find_received(scope)]
    return Text("、".join(n.zh for n in known), ", ".join(n.en for n in known))


def _sentence(finding: Finding) -> Text:
    return Text(
        f"{finding.what.zh}{finding.spoils.zh}{finding.mend.zh}",
        f"{finding.what.en} {finding.spoils.en} {finding.mend.en}",
    )


def _table(findings: list[Finding], language: str) -> "pd.DataFrame":
    import pandas as pd

    columns = ["check", "severity", "n", "of", "what", "spoils", "mend"]
    rows = [
        (f.check, f.severity, f.n, f.of, *(t.in_language(language) for t in (f.what, f.spoils, f.mend)))
        for f in findings
    ]
    return pd.DataFrame(rows, columns=columns).astype({"of": object})


def _by_severity(counts: dict[Severity, int], language: str) -> "pd.DataFrame":
    import pandas as pd

    rows = [(SEVERITY_TEXT[s].in_language(language), n) for s, n in counts.items()]
    return pd.DataFrame(rows, columns=["severity", "findings"])


QUALITY_TOOLS = (
    MetricTool(
        "check_data",
        Text("检查数据", "Check the data"),
        Text(
            zh="数据可信吗？找出会影响结果的问题：重复、断档、时钟与时区、机器人、晚到、改名、写法不一、缺用户、数据过旧，并说明影响与修法。",
            en="Can the data be trusted? Finds what would spoil results: duplicates, gaps, clocks and time zones, bots, "
            "late events, changed names, spellings, missing users, old data; with what each spoils and how to mend it.",
        ),
        ("数据质量", "数据可信", "数据检查", "数据…问题", "数据…准", "准不准", "数据准不准", "数据…丢", "数据…缺", "埋点", "重复上报", "重复…事件", "缺失", "data quality", "trust", "duplicate", "duplicate event", "data ok", "data reliable", "wrong with…data", "data missing", "missing data", "rely on", "tracking", "bots", "stale"),
        (
            Text("这份数据可信吗？", "Can I trust the data?"),
            Text("埋点有没有问题？", "Is anything wrong with the tracking?"),
        ),
        CheckArguments,
        check_data,
    ),
)  # fmt: skip
