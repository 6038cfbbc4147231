"""`yunce eval answers`."""

import json
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from bots.cli.evaluation import build_record, print_differences
from bots.cli.session import Session, run
from bots.cli.terminal import format_table, print_json, wrap

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.evaluation import AnswerEvaluation, GoldenQuestion, Score
    from assistant.settings import Settings

_NAMES = {
    "figures": ("数字正确率", "figures right"),
    "numbers": ("数字有来源", "numbers supported"),
    "citation_precision": ("引用准确率", "citation precision"),
    "citation_recall": ("引用召回率", "citation recall"),
    "completeness": ("完整度", "completeness"),
    "clean": ("未说禁语", "nothing forbidden said"),
    "answered": ("正确应答", "answered"),
    "declined": ("正确拒答", "declined"),
    "language": ("语言正确", "language right"),
    "all": ("全部", "all"),
    "zh": ("中文", "zh"),
    "en": ("英文", "en"),
    "documents": ("文档", "documents"),
    "metrics": ("指标", "metrics"),
    "both": ("文档与指标", "both"),
    "curated": ("人工答案", "curated"),
    "none": ("未作答", "none"),
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--compare", "changes", metavar="CONFIG", help="Compare with another configuration.")
@click.option("--team", "teams", multiple=True, help="Ask as a member of this team (repeatable).")
@click.option("--worst", type=click.IntRange(0), default=10, show_default=True, help="Questions to list.")
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the scores to a file as JSON."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def answers(
    session: Session,
    file: Path,
    changes: str | None,
    teams: tuple[str, ...],
    worst: int,
    save: Path | None,
    as_json: bool,
) -> None:
    """Ask the questions of FILE as a person would and score the answers.

    FILE is .jsonl or .yaml: question (or a list of turns, of which the last is scored), figures (value, unit, and if you
    like name and tolerance), sources, also, says, must_not_say, answerable, language and kind. It runs on a copy of
    the workspace's state: no conversation and no open question is left behind.

    CONFIG is what to change, e.g. model.name=…,model.base_url=…: any setting of yunce.toml, or settings=another yunce.toml.
    The scores are of these questions; of others they say only what these stand for.

    \b
    Examples 例:
      yunce eval answers golden.yaml
      yunce eval answers golden.yaml --compare model.name=NAME,model.base_url=ADDRESS
    """
    from assistant.evaluation import compare_answers, read_golden_set
    from bots.cli.configurations import change_settings

    questions = read_golden_set(file)
    present = session.settings()
    other = change_settings(changes, present, session.workspace.root) if changes is not None else None
    first = run(_ask(session, questions, present, teams))
    second = run(_ask(session, questions, other, teams)) if other else None
    differences = compare_answers(first, second) if second else []
    told = build_record(_describe(first, worst), _describe(second, worst) if second else None, differences)
    if save is not None:
        save.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(told)
        return
    _print_measures(session, first, second, changes)
    print_differences(session, differences, _NAMES)
    _print_worst(session, (second or first).worst(worst))


async def _ask(
    session: Session, questions: "Sequence[GoldenQuestion]", settings: "Settings", teams: Sequence[str]
) -> "AnswerEvaluation":
    from assistant.access import OWNER, Principal
    from assistant.evaluation import ask_golden

    principal = Principal("local:eval", frozenset(teams)) if teams else OWNER
    async with _copy(session, settings) as assistant:
        with click.progressbar(length=len(questions), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            return await ask_golden(
                questions, assistant, principal=principal, on_progress=lambda done: bar.update(done - bar.pos)
            )


@asynccontextmanager
async def _copy(session: Session, settings: "Settings") -> "AsyncIterator[Assistant]":
    """Open the workspace with a copy of its state, which goes afterwards."""
    from assistant.assistant import Assistant
    from assistant.opening import open_knowledge, open_metrics

    workspace = session.workspace
    with TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        if workspace.state.is_dir():
            shutil.copytree(workspace.state, state)
        assistant = Assistant(
            settings=settings,
            knowledge=open_knowledge(workspace, settings, state=state),
            metrics=open_metrics(workspace, settings),
            state=state,
        )
        try:
            yield assistant
        finally:
            await assistant.aclose()


def _describe(evaluation: "AnswerEvaluation", worst: int) -> dict[str, Any]:
    return {
        "questions": len(evaluation.scores),
        "answered_by": sorted({score.answer.model for score in evaluation.scores}),
        "measures": evaluation.measure(),
        "milliseconds": evaluation.time(),
        "tokens": evaluation.tokens(),
        "cost": _cost(evaluation),
        **{
            name: {
                value: {"questions": len(part.scores), "measures": part.measure()}
                for value, part in parts.items()
            }
            for name, parts in _parts(evaluation).items()
        },
        "worst": [
            {
                "line": score.question.line,
                "turns": list(score.question.turns),
                "faults": [list(fault) for fault in score.faults],
                "answer": score.answer.text,
            }
            for score in evaluation.worst(worst)
        ],
    }


def _cost(evaluation: "AnswerEvaluation") -> dict[str, Any] | None:
    cost = evaluation.cost()
    return {"amount": cost[0], "currency": cost[1]} if cost else None


def _parts(evaluation: "AnswerEvaluation") -> "dict[str, dict[str, AnswerEvaluation]]":
    return {
        "languages": evaluation.by(lambda score: score.question.language),
        "kinds": evaluation.by(lambda score: score.question.kind),
    }


def _print_measures(
    session: Session, first: "AnswerEvaluation", second: "AnswerEvaluation | None", changes: str | None
) -> None:
    parts = {"all": first}
    for some in _parts(first).values():
        parts |= some if len(some) > 1 else {}
    if second:
        parts[changes or ""] = second
    measured = {name: part.measure() for name, part in parts.items()}
    shown = [name for name in _NAMES if any(name in measures for measures in measured.values())]
    rows = [
        [session.say(zh="问题数", en="questions"), *(str(len(part.scores)) for part in parts.values())],
        *(
            [_name(session, name), *(f"{m[name]:.3f}" if name in m else "–" for m in measured.values())]
            for name in shown
        ),
    ]
    for percentile, zh, en in (("p50", "中位 ms", "p50 ms"), ("p95", "95% ms", "p95 ms")):
        times = (part.time()["all"][percentile] for part in parts.values())
        rows.append([session.say(zh=zh, en=en), *(f"{time:.0f}" for time in times)])
    tokens = [part.tokens() for part in parts.values()]
    if any(tokens):
        rows.append(
            [
                session.say(zh="每问 token", en="tokens each"),
                *("–" if n is None else f"{n:.0f}" for n in tokens),
            ]
        )
    costs = [part.cost() for part in parts.values()]
    if any(costs):
        rows.append(
            [
                session.say(zh="每问费用", en="cost each"),
                *("–" if cost is None else f"{cost[0]:.6f} {cost[1]}" for cost in costs),
            ]
        )
    click.echo(format_table(["", *(_name(session, name) for name in parts)], rows))
    for name, time in (second or first).time().items():
        words = session.say(
            zh="：中位 {p50:.0f} ms，95% {p95:.0f} ms", en=": p50 {p50:.0f} ms, p95 {p95:.0f} ms"
        )
        click.echo(_name(session, name) + words.format_map(time))


def _name(session: Session, name: str, names: Mapping[str, tuple[str, str]] = _NAMES) -> str:
    zh, en = names.get(name, (name, name))
    return session.say(zh=zh, en=en)


def _print_worst(session: Session, scores: "Sequence[Score]") -> None:
    if scores:
        click.echo(session.say(zh="\n最差的问题：", en="\nThe worst questions:"))
    for score in scores:
        click.echo(wrap(f"{score.question.line}. {score.question.text}", hanging="   "))
        for measure, words in score.faults:
            colon = session.say(zh="：", en=": ") if words else ""
            click.echo(wrap(f"{_name(session, measure)}{colon}{words}", indent="   ", hanging="     "))
