"""Answers to a Kano questionnaire, counted by demand and class."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tools.demands.declarations import DemandTable, SurveyTable
from tools.demands.kano import Kind, evaluate, read_answer
from tools.errors import NoData, show
from tools.results import Text
from tools.scope import Scope
from tools.sources.normalization import require_columns

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Survey:
    """Respondents of a questionnaire by demand and class.

    Attributes:
        counts: id of a demand as the survey has it -> class -> respondents.
        respondents: different people who answered; None where the survey does not say who did.
        warnings: what could not be read.
    """

    counts: Mapping[str, Mapping[Kind, int]]
    respondents: int | None
    warnings: tuple[Text, ...]


def read_survey(scope: Scope, name: str, declared: DemandTable) -> Survey:
    """Read the survey of a list of demands.

    Raises:
        NoData: none is declared, or no answer can be read.
        SourceUnavailable, MissingColumn: it cannot be read as `metrics.yaml` says.
    """
    survey = declared.survey
    if survey is None:
        raise NoData(
            en=f"The list of demands {name} has no survey; add survey: {{path: ..., demand: ..., respondent: ..., functional: "
            "..., dysfunctional: ...}, a row per respondent and demand, with the answers to both questions.",
            zh=f"需求清单 {name} 没有 KANO 问卷；请添加 survey: {{path: ..., demand: ..., respondent: ..., functional: ..., "
            "dysfunctional: ...}，每行为一位受访者对一条需求正反两问的回答。",
            parameter="method",
        )
    table = _arrange(f"{name}.survey", survey, scope.source.tables.get(f"{name}.survey", survey))
    warnings: list[Text] = []
    table, dropped = _one_each(table)
    if dropped:
        warnings.append(
            Text(
                f"{dropped} 行为同一受访者对同一需求的不同回答，未计入。",
                f"{dropped} rows are different answers of the same respondent to the same demand, and are left out.",
            )
        )
    counts, unread = _count(table, survey.codes)
    if unread:
        warnings.append(_unread_text(unread))
    if not counts:
        raise NoData(en=_nothing(unread).en, zh=_nothing(unread).zh, parameter="method")
    people = int(table["who"].nunique()) if survey.respondent is not None else None
    return Survey(counts, people, tuple(warnings))


def _arrange(name: str, survey: SurveyTable, rows: "pd.DataFrame") -> "pd.DataFrame":
    """Return rows (who, demand, there, absent); without respondents, each row of the survey is one."""
    import pandas as pd

    own = [survey.demand, survey.functional, survey.dysfunctional]
    asked = [c for pair in survey.pairs.values() for c in pair] if survey.pairs else own
    require_columns(name, [*asked, survey.respondent], rows.columns)
    who = rows[survey.respondent] if survey.respondent is not None else rows.index.to_series()
    if not survey.pairs:
        parts = [[who, *(rows[c] for c in own)]]
    else:
        parts = [[who, pd.Series(key, rows.index), rows[a], rows[b]] for key, (a, b) in survey.pairs.items()]
    names = ["who", "demand", "there", "absent"]
    arranged = [pd.DataFrame(dict(zip(names, columns, strict=True)), dtype=object) for columns in parts]
    table = pd.concat(arranged, ignore_index=True)
    return table[table["there"].notna() | table["absent"].notna()]  # else the question was not put


def _one_each(table: "pd.DataFrame") -> "tuple[pd.DataFrame, int]":
    """Count each person once, and who answered about a demand in two ways not at all; without a name, nobody is another."""
    named = table["who"].notna()
    alone = table[~(named & table.duplicated())]
    twice = alone["who"].notna() & alone.duplicated(["who", "demand"], keep=False)
    return alone[~twice], int(twice.sum())


def _count(
    table: "pd.DataFrame", codes: Literal["like_is_1", "like_is_5"] | None
) -> tuple[dict[str, Counter[Kind]], Counter[str]]:
    counts: dict[str, Counter[Kind]] = {}
    unread: Counter[str] = Counter()
    for own, there, absent in table[["demand", "there", "absent"]].itertuples(index=False, name=None):
        answers = [read_answer(cell, codes) if isinstance(cell, str) else None for cell in (there, absent)]
        if not isinstance(own, str) or answers[0] is None or answers[1] is None:
            cells = zip((there, absent), answers, strict=True)
            unread.update([next((c for c, a in cells if isinstance(c, str) and a is None), "")])
        else:
            counts.setdefault(own, Counter())[evaluate(answers[0], answers[1])] += 1
    return counts, unread


def _unread_text(unread: Counter[str]) -> Text:
    written = [word for word, _ in unread.most_common(3) if word]
    zh = f"（如“{'”“'.join(map(show, written))}”）" if written else ""
    en = f" (such as “{'”, “'.join(map(show, written))}”)" if written else ""
    total = sum(unread.values())
    return Text(
        f"{total} 行回答缺失或无法识别{zh}，未计入。",
        f"{total} rows lack an answer or have one that cannot be read{en}, and are left out.",
    )


def _nothing(unread: Counter[str]) -> Text:
    if any(word[:1].isdigit() for word in unread):
        return Text(
            "问卷回答为数字，无法判断 1 与 5 哪个表示喜欢；请在 survey 中写明 codes: like_is_1 或 like_is_5。",
            "The answers of the survey are numbers, and whether 1 or 5 means “I like it” is not known; say codes: like_is_1 or "
            "like_is_5 in survey.",
        )
    return Text(
        "问卷中没有可识别的回答；请使用“喜欢、理应如此、无所谓、勉强接受、不喜欢”这五种说法。",
        "No answer of the survey can be read; use the five wordings: I like it, I expect it, I am neutral, I can live with it, "
        "I dislike it.",
    )
