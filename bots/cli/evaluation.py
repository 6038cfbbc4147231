"""`yunce eval`."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bots.cli.session import Session
from bots.cli.terminal import format_table, print_json, wrap

if TYPE_CHECKING:
    from knowledge.evaluation import Comparison, Evaluation, Outcome, Question

_DEPTH = 50
"""Chunks asked for, so that ten documents are among them."""

_NAMES_ZH = {
    "recall@1": "召回率@1", "recall@5": "召回率@5", "recall@10": "召回率@10", "ndcg@10": "nDCG@10", "mrr": "MRR",
    "answered": "正确应答", "declined": "正确拒答", "zh": "中文", "en": "英文", "und": "其他语言",
}  # fmt: skip
_MEASURES = ("recall@1", "recall@5", "recall@10", "ndcg@10", "mrr", "answered", "declined")


@click.group(name="eval")
def evaluate() -> None:
    """Measure how well questions of your own are answered."""


@evaluate.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--compare", "changes", metavar="CONFIG", help="Compare with another configuration.")
@click.option("--team", "teams", multiple=True, help="Ask as a member of this team (repeatable).")
@click.option(
    "--limit", "-n", type=click.IntRange(1, 100), default=_DEPTH, show_default=True, help="Chunks found."
)
@click.option("--worst", type=click.IntRange(0), default=10, show_default=True, help="Questions to list.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def retrieval(
    session: Session,
    file: Path,
    changes: str | None,
    teams: tuple[str, ...],
    limit: int,
    worst: int,
    as_json: bool,
) -> None:
    """Ask the questions of FILE as a person would and tell how well the documents were found.

    FILE is .jsonl, .csv or .yaml: question, expected (title, source or id of the document), and if you like
    section, language, and answerable: false for what no document answers.

    CONFIG is what to change, e.g. rerank=off,dense_weight=0.5; known are rerank (off), candidates, lo, width,
    dense_weight, limit, settings (another yunce.toml) and state (another state folder).

    \b
    Examples 例:
      yunce eval retrieval questions.csv
      yunce eval retrieval questions.jsonl --compare rerank=off
    """
    from bots.cli.configurations import Configuration, read_changes
    from knowledge.evaluation import compare, read_questions

    present = Configuration(session.settings(), session.workspace, limit)
    other = read_changes(changes, present) if changes is not None else None
    questions = read_questions(file)
    first = _ask(questions, present, teams, warn=session)
    second = _ask(questions, other, teams) if other else None
    differences = compare(first, second) if second else []
    if as_json:
        print_json(
            build_record(_describe(first, worst), _describe(second, worst) if second else None, differences)
        )
        return
    _print_measures(session, first, second, changes)
    print_differences(session, differences)
    _print_worst(session, (second or first).worst(worst))


def _ask(
    questions: "Sequence[Question]", configuration: Any, teams: Sequence[str], *, warn: Session | None = None
) -> "Evaluation":
    from knowledge.evaluation import Reply, ask_questions
    from knowledge.evaluation.running import find_unknown

    reader = frozenset(teams) if teams else None
    with configuration.open() as knowledge:
        if warn:
            _warn_of_unknown(warn, find_unknown(questions, knowledge.documents(teams=reader)))

        def ask(question: str) -> Reply:
            found = knowledge.find(question, teams=reader, limit=configuration.limit)
            return Reply(found.results, found.answerable)

        knowledge.search("ready", teams=reader)  # loads the model, which no question should be charged with
        with click.progressbar(length=len(questions), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            return ask_questions(questions, ask, on_progress=lambda done, _: bar.update(done - bar.pos))


def _warn_of_unknown(session: Session, unknown: "Sequence[tuple[Question, str]]") -> None:
    for question, expected in unknown:
        zh = f"第 {question.line} 行：没有文档“{expected}”，按未找到计。"
        en = f"Line {question.line}: there is no document “{expected}”; it counts as not found."
        click.echo(session.say(zh=zh, en=en), err=True)


def _describe(evaluation: "Evaluation", worst: int) -> dict[str, Any]:
    return {
        "questions": len(evaluation.outcomes),
        "measures": evaluation.measure(),
        "milliseconds": evaluation.time(),
        "languages": {
            language: {"questions": len(part.outcomes), "measures": part.measure()}
            for language, part in evaluation.by_language().items()
        },
        "worst": [
            {
                "line": outcome.question.line,
                "question": outcome.question.text,
                "expected": list(outcome.question.expected),
                "found": list(outcome.found),
                "ndcg@10": outcome.ndcg,
                "answered": outcome.answered,
            }
            for outcome in evaluation.worst(worst)
        ],
    }


def _print_measures(
    session: Session, first: "Evaluation", second: "Evaluation | None", changes: str | None
) -> None:
    parts = {session.say(zh="全部", en="all"): first}
    if len(first.by_language()) > 1:
        parts |= first.by_language()
    if second:
        parts[changes or ""] = second
    measured = {name: part.measure() for name, part in parts.items()}
    shown = [measure for measure in _MEASURES if any(measure in m for m in measured.values())]
    times = {name: part.time() for name, part in parts.items()}
    rows = [
        [session.say(zh="问题数", en="questions"), *(str(len(part.outcomes)) for part in parts.values())],
        *(
            [
                _name(session, measure),
                *(f"{m[measure]:.3f}" if measure in m else "–" for m in measured.values()),
            ]
            for measure in shown
        ),
        [session.say(zh="中位 ms", en="p50 ms"), *(f"{time['p50']:.0f}" for time in times.values())],
        [session.say(zh="95% ms", en="p95 ms"), *(f"{time['p95']:.0f}" for time in times.values())],
    ]
    click.echo(format_table(["", *(_name(session, name) for name in parts)], rows))


def _name(session: Session, name: str) -> str:
    """Name a measure or a language of the table."""
    return session.say(zh=_NAMES_ZH.get(name, name), en=name)


def build_record(
    first: dict[str, Any], second: dict[str, Any] | None, differences: "Sequence[Comparison]"
) -> dict[str, Any]:
    """Return the record of an evaluation, with that of the one it is compared with where there is one."""
    if second is None:
        return first
    told = [{**asdict(d), "noise": d.is_noise} for d in differences]
    return {**first, "compared": second, "differences": told}


def print_differences(
    session: Session, differences: "Sequence[Comparison]", names: Mapping[str, tuple[str, str]] | None = None
) -> None:
    """Print each difference with its interval, and whether it is noise; `names` are (Chinese, English)."""
    for each in differences:
        verdict = session.say(zh="在误差范围内", en="noise")
        if not each.is_noise:
            better = each.difference > 0
            verdict = session.say(zh="更好" if better else "更差", en="better" if better else "worse")
        zh, en = (names or {}).get(each.measure, (_NAMES_ZH.get(each.measure, each.measure), each.measure))
        click.echo(
            f"{session.say(zh=f'{zh}：', en=f'{en}: ')}{each.difference:+.3f} [{each.low:+.3f}, {each.high:+.3f}], "
            f"p = {each.pvalue:.3f}, +{each.better} −{each.worse}{session.say(zh='：', en=': ')}{verdict}"
        )


def _print_worst(session: Session, outcomes: "Sequence[Outcome]") -> None:
    if outcomes:
        click.echo(session.say(zh="\n最差的问题：", en="\nThe worst questions:"))
    for outcome in outcomes:
        question = outcome.question
        nothing = session.say(zh="没有应找到的文档", en="nothing to be found")
        expected = "; ".join(question.expected) or nothing
        found = "; ".join(outcome.found) or session.say(zh="无", en="nothing")
        click.echo(wrap(f"{question.line}. {question.text}", hanging="   "))
        told = session.say(zh=f"应为 {expected}，找到 {found}", en=f"expected {expected}, found {found}")
        click.echo(wrap(told, indent="   ", hanging="   "))
