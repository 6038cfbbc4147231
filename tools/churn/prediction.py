"""Early warning of churn: who of the users active lately will fall silent, how sure that is, and why."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tools.churn.arguments import ChurnArguments
from tools.churn.features import Outlook, plan_outlook
from tools.churn.listing import list_users, tabulate_groups
from tools.churn.quality import tabulate_reliability
from tools.churn.reasons import weigh_factors
from tools.churn.reporting import TITLE, churn_card, draw_churn, judge, list_figures
from tools.churn.silence import Silence, choose_silence
from tools.churn.study import Study, conduct_study
from tools.churn.warnings import warn_of_access, warn_of_quality, warn_of_study
from tools.errors import NoData
from tools.results import MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd


def predict_churn(scope: Scope, arguments: ChurnArguments) -> MetricResult:
    """Score who of the users active lately will churn, judged on days that the model did not learn from.

    Raises:
        NoData: nobody to score, or too little to learn or to judge from.
    """
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown, *(arguments.dimensions or [])])
    warnings = scope.cover(arguments.dates)
    silence, study = study_churn(scope, arguments)
    verdict = judge(study, arguments.top_share)
    reliability = tabulate_reliability(study.scores, study.churned)
    table, told = _table(scope, arguments, study, reliability)
    return scope.finish(
        "predict_churn",
        arguments,
        title=TITLE,
        card=churn_card(scope, arguments, study, silence),
        figures=list_figures(arguments, study, silence, verdict),
        table=table,
        chart=draw_churn(scope, arguments, table, reliability),
        warnings=[
            *silence.warnings,
            *warn_of_study(scope, study),
            *warn_of_quality(study, verdict, reliability),
            *told,
            *warnings,
        ],
        n=len(study.users),
    )


def study_churn(scope: Scope, arguments: ChurnArguments) -> tuple[Silence, Study]:
    """Choose the silence and conduct the study as of the period's last day, or the last whole day of the data."""
    event = arguments.event or scope.semantics.default_event
    last = scope.calendar.bucket(min(arguments.end, scope.source.coverage.complete_through), "day")
    silence = choose_silence(scope, event, arguments.filters, last, arguments.silence_days)
    outlook = _outlook(scope, arguments, event, silence.days)
    study = conduct_study(scope, outlook, last)
    if study.users.empty:
        day = scope.calendar.first_day(last, "day") - timedelta(days=outlook.reach - 1)
        raise NoData(
            en=f"Nobody was active since {day}, so there is nobody to warn of.",
            zh=f"自 {day} 起没有活跃用户，无可预警。",
            parameter="end",
        )
    return silence, study


def _outlook(scope: Scope, arguments: ChurnArguments, event: str | None, silence: int) -> Outlook:
    wanted = arguments.dimensions
    known = [d for d in scope.source.dimensions if d not in scope.semantics.segments]
    dimensions = known if wanted is None else [d for d in known if d in wanted]
    return plan_outlook(scope, event, arguments.filters, silence, arguments.dates.days, dimensions)


def _table(
    scope: Scope, arguments: ChurnArguments, study: Study, reliability: "pd.DataFrame"
) -> "tuple[pd.DataFrame, list[Text]]":
    if arguments.view == "calibration":
        return reliability, []
    if arguments.view == "factors":
        labels = {f.name: f.label.in_language(scope.language) for f in study.factors}
        table = weigh_factors(study)
        return table.assign(factor=[labels[n] for n in table["factor"]]), []
    if arguments.view == "users" and arguments.breakdown is None and scope.shows_users:
        return list_users(scope, study, arguments.limit), []
    told = [warn_of_access(scope)] if arguments.view == "users" and not scope.shows_users else []
    return tabulate_groups(scope, study, arguments.breakdown), told
