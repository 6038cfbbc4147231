"""Every published tool speaks both languages, and says in a sentence what it cannot use. A new tool is covered by itself."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest

from assistant.cell_names import name_cells
from assistant.sample_company import write
from tools import MetricError, MetricResult, Metrics, MetricTool
from tools.catalog import TOOLS
from tools.columns import column_text
from tools.errors import show

CHINESE = re.compile("[\u4e00-\u9fff]")
#: Marks of a Western sentence between Chinese words.
NARROW = re.compile("[\u4e00-\u9fff][,;:?!(]|[,;:?!)][\u4e00-\u9fff]")
CODE = re.compile(r"\(?[a-z]+(_[a-z]+)*\)?")
WORDS = re.compile(r"\b[A-Za-z]{2,}\b(?: \b[A-Za-z]{2,}\b){3,}")
#: What users wrote, and words taken from it, is in their language.
QUOTED = re.compile("“[^”]*”")
WRITTEN_BY_USERS = ("example", "second_example", "theme")
MONTH = {"start": "2026-08-01", "end": "2026-08-31"}
#: Arguments that have no default, by name.
NEEDED: dict[str, Any] = {
    **MONTH,
    "metric": "new_users",
    "steps": ["view", "order_create"],
    "events": ["share", "post"],
    "segment": "high_value",
    "treated": {"channel": ["referral"]},
}
USUAL: dict[str, dict[str, Any]] = {
    "measure_segment": {"segment": "high_value"},
    "check_goal": {"metric": "d1_retention"},
    "explain_change": {"compare_start": "2026-07-01", "compare_end": "2026-07-31"},
    "simulate_reallocation": {"start": "2026-05-04"},
}
#: Arguments whose choices have tables of their own.
SHAPING = ("view", "method", "naming")
#: Counts, which prove no less and no more than they say.
PLAIN = ("measure_metric", "measure_active_users", "measure_activity_hours", "check_data")
#: Values that no argument of any tool takes.
WRONG: tuple[Any, ...] = (
    "zzz",
    "浏览器",
    math.nan,
    {"zzz": ["x"]},
    [["x"]],
    "\ud800",
    "x" * 5_000,
)


def arguments_of(tool: MetricTool) -> dict[str, Any]:
    """Return arguments that the tool takes."""
    fields = tool.arguments.model_fields
    needed = {name: NEEDED[name] for name, field in fields.items() if field.is_required()}
    return {**needed, **USUAL.get(tool.name, {})}


def variants_of(tool: MetricTool) -> Iterator[dict[str, Any]]:
    """Yield the usual arguments, then others that make another table of the result."""
    usual = arguments_of(tool)
    yield usual
    for name, field in tool.arguments.model_fields.items():
        if name in SHAPING and get_origin(field.annotation) is Literal:
            yield from ({**usual, name: c} for c in get_args(field.annotation) if c != field.default)
    if "breakdown" in tool.arguments.model_fields:
        yield {**usual, "breakdown": "channel"}


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    """The sample company with one user in sixty, and all that is declared of it."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("small")
    (folder / "data").mkdir()
    write(folder)
    for name in ("events", "orders", "experiments"):
        file = folder / "data" / f"{name}.parquet"
        table = pd.read_parquet(file)
        table[table["user_id"].astype("int64") % 60 == 0].to_parquet(file)
    opened = Metrics.open(folder / "metrics.yaml")
    yield opened
    opened.close()


def says_its_limits(result: MetricResult) -> bool:
    """Say whether one line of the card, and no more, tells what the result does not prove."""
    return [line.label.en for line in result.definition].count("does not prove") == 1


def odd_words(zh: str, en: str) -> list[str]:
    """Return what is of the other language, or has its marks; names that read the same in both are none."""
    if zh == en:
        return []
    plain = QUOTED.sub("", zh)
    found = [zh] if NARROW.search(plain) or WORDS.search(plain) else []
    return found + [en] * bool(CHINESE.search(QUOTED.sub("", en)))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_result_speaks_both_languages(metrics: Metrics, tool: MetricTool):
    odd: list[str] = []
    answered = 0
    for arguments in variants_of(tool):
        try:
            result = metrics.run(tool.name, arguments, teams=None, language="zh")
        except MetricError as error:
            odd += odd_words(error.zh, error.en)
            continue
        answered += 1
        odd += [] if tool.name in PLAIN or says_its_limits(result) else ["nothing on what it does not prove"]
        told = [result.title, *(f.label for f in result.figures), *result.warnings]
        told += [text for line in result.definition for text in (line.label, line.value)]
        odd += [word for text in told for word in odd_words(text.zh, text.en)]
        odd += [t.zh for t in told if t.zh != t.en and re.fullmatch("[a-z ]+", t.zh)]
        table = name_cells(result.to_dict("zh"), metrics.semantics, "zh")
        columns = [c for c in table["columns"] if c not in WRITTEN_BY_USERS]
        odd += [f"column {c}" for c in table["columns"] if column_text(c).zh == c.replace("_", " ")]
        rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
        odd += [f"{c}: {r[c]}" for r in rows for c in columns if CODE.fullmatch(str(r[c] or ""))]
        titles = re.findall(r"'title': '([a-z_ ]+)'", str(result.chart))
        odd += [f"chart: {title}" for title in titles]
        odd += [] if CHINESE.search(str(result.chart["title"])) else [f"chart: {result.chart['title']}"]
    assert sorted(set(odd)) == []
    assert answered


def rounded(value: Any) -> Any:
    """Return a result with twelve digits of each number: the last ones depend on the order of a parallel sum."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_the_arguments_of_a_result_measure_the_same_again(metrics: Metrics, tool: MetricTool):
    first = metrics.run(tool.name, arguments_of(tool), teams=None).to_dict("en")
    again = metrics.run(tool.name, json.loads(json.dumps(first["arguments"])), teams=None).to_dict("en")
    told = first | {"warnings": again["warnings"]}
    assert rounded(again) == rounded(told)
    assert first["snapshot"]["data"]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_what_cannot_be_used_is_said(metrics: Metrics, tool: MetricTool):
    usual = arguments_of(tool)
    for name in tool.arguments.model_fields:
        for wrong in WRONG:
            with pytest.raises(MetricError) as caught:
                metrics.run(tool.name, {**usual, name: wrong}, teams=None)
            error = caught.value
            given = show(wrong)
            said = error.zh.replace(given, ""), error.en.replace(given, "")
            assert CHINESE.search(said[0]), (name, error.zh)
            assert not CHINESE.search(said[1]), (name, error.en)
            assert not WORDS.search(said[0]), (name, error.zh)
            for sentence in (error.zh, error.en):
                assert name in sentence or given in sentence or "zzz" in sentence, (name, sentence)
                assert len(sentence.encode()) < 1_500


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_the_arguments_are_described_in_both_languages(tool: MetricTool):
    from tools.arguments import split_description

    for name, field in tool.arguments.model_fields.items():
        told = split_description(field.description or "")
        assert told.zh != told.en, name
        assert odd_words(told.zh.replace(": [", "："), told.en) == [], name
