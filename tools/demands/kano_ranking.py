"""`rank_demands` by Kano: must-be before one-dimensional before attractive before indifferent, then by the coefficients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tools.charts import draw_bars
from tools.definitions import item, period_item
from tools.demands.arguments import DemandArguments
from tools.demands.declarations import DemandTable
from tools.demands.kano import KIND_TEXT, ORDER, KanoClass, classify
from tools.demands.listing import read_demands
from tools.demands.reporting import place_text
from tools.demands.scoring import rank, round_off
from tools.demands.survey import Survey, read_survey
from tools.errors import MetricError, TooFewUsers
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_FIRM, _FEW = 0.9, 30

LIMITS = limits(
    "问卷是对设想功能的感受：不证明上线后用户会用、会满意；受访者不代表全体用户，分类会随时间变化。",
    "A survey asks how people would feel: it does not prove that they will use a feature or be content with it; respondents do "
    "not stand for all users, and classes change with time.",
)


@dataclass(frozen=True)
class _Row:
    """A demand and its class; `weight` orders demands of one: how it matters that it is there, and that it is not missing."""

    key: str
    title: Text
    found: KanoClass
    weight: float


def rank_by_kano(scope: Scope, arguments: DemandArguments, name: str, declared: DemandTable) -> MetricResult:
    """Class demands by their survey and put them in order; classes that a survey cannot tell apart are marked."""
    survey = read_survey(scope, name, declared)
    titles, warnings = _titles(scope, name, declared, arguments.settled)
    least = scope.source.definition.min_group
    asked, hidden = _shown(survey, least)
    rows = [_class_row(k, titles.get(k, Text(k, k)), classify(survey.counts[k]), least) for k in asked]
    rows.sort(key=lambda r: (ORDER.index(r.found.kind), -r.weight, r.key))
    ranks = _ranks(rows)
    title = Text("需求排序（KANO）", "Demands ranked by Kano")
    table = _tabulate(rows, ranks, scope.language, is_whole=least <= 1)
    before, after = ("（", "）") if scope.language == "zh" else (" (", ")")
    return scope.finish(
        "rank_demands",
        arguments.model_copy(update={"method": "kano", "demands": name}),
        title=title,
        card=_card(arguments, declared, name, survey),
        figures=list(_figures(arguments, rows, ranks, survey)),
        table=table,
        chart=draw_bars(
            table.assign(name=table["rank"] + " " + table["demand"] + before + table["class"] + after),
            "name",
            "importance",
            title=title,
            axes=(Text("需求", "demand"), Text("Better − Worse 系数", "better − worse")),
            unit="multiple",
            language=scope.language,
            lying=True,
        ),
        warnings=[
            *survey.warnings,
            *_doubts(rows, titles, hidden),
            *warnings,
            *_not_narrowed(scope, arguments),
        ],
        n=len(rows),
    )


def _titles(
    scope: Scope, name: str, declared: DemandTable, settled: bool
) -> tuple[Mapping[str, Text], tuple[Text, ...]]:
    """Return the titles of the list by id; a survey can be read without its list."""
    try:
        demands = read_demands(scope, name, declared, settled=settled)
    except MetricError as error:
        return {}, (
            Text(
                f"未能读取需求清单，以编号显示：{error.zh}",
                f"The list is not read, ids are shown: {error.en}",
            ),
        )
    return dict(zip(demands.ids, demands.titles, strict=True)), demands.warnings


def _shown(survey: Survey, least: int) -> tuple[list[str], int]:
    """List the demands that enough people answered about."""
    sizes = {k: sum(c.values()) for k, c in survey.counts.items()}
    kept = [k for k, n in sizes.items() if n >= least]
    if not kept:
        raise TooFewUsers(
            en=f"The answer is withheld: fewer than {least} people answered about each demand.",
            zh=f"不予显示：每条需求的受访者都不足 {least} 人。",
        )
    return kept, len(sizes) - len(kept)


def _class_row(key: str, title: Text, found: KanoClass, least: int) -> _Row:
    """Make a row; coefficients that tell of a few people are not shown."""
    weight = round_off((found.better or 0.0) - (found.worse or 0.0))
    counts = found.counts
    sound = sum(counts[k] for k in ORDER[:4])
    if _is_few(counts["A"] + counts["O"], sound, least):
        found = replace(found, better=None, better_interval=None)
    if _is_few(counts["O"] + counts["M"], sound, least):
        found = replace(found, worse=None, worse_interval=None)
    return _Row(key, title, found, weight)


def _is_few(people: int, whole: int, least: int) -> bool:
    return 0 < people < least or 0 < whole - people < least


def _ranks(rows: Sequence[_Row]) -> list[str]:
    """Rank by class, then by weight; equal ones share a rank."""
    order = [-10.0 * ORDER.index(r.found.kind) + r.weight for r in rows]
    places = rank(order)
    return [f"{p}=" if places.count(p) > 1 else str(p) for p in places]


def _tabulate(rows: Sequence[_Row], ranks: Sequence[str], language: str, *, is_whole: bool) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "rank": place,
                "id": row.key,
                "demand": row.title.in_language(language),
                "class": KIND_TEXT[row.found.kind].in_language(language),
                "certainty": _certainty(row.found).in_language(language),
                "respondents": row.found.n,
                "better": row.found.better,
                "worse": row.found.worse,
                "importance": None if None in (row.found.better, row.found.worse) else row.weight,
                "same_class": row.found.stays,
                # Single respondents show in these.
                **({k: row.found.counts[k] for k in ORDER} if is_whole else {}),
            }
            for place, row in zip(ranks, rows, strict=True)
        ]
    )


def _certainty(found: KanoClass) -> Text:
    if not found.ambiguous or found.second is None:
        return Text("明确", "clear")
    other = KIND_TEXT[found.second]
    return Text(f"与{other.zh}难分", f"hardly told from {other.en}")


def _figures(arguments: DemandArguments, rows: Sequence[_Row], ranks: Sequence[str], survey: Survey) -> Any:
    period = str(arguments.dates)
    yield from _coefficients(arguments, rows, ranks)
    yield Figure("demands", len(rows), "demands", Text("有问卷结果的需求", "demands with answers"), period)
    if survey.respondents is not None:
        yield Figure("respondents", survey.respondents, "users", Text("受访者", "respondents"), period)
    clear = sum(not r.found.ambiguous for r in rows)
    yield Figure(
        "clear_classes",
        clear,
        "demands",
        Text("分类明确的需求（Fong 检验）", "demands of a clear class (Fong's test)"),
        period,
    )


def _coefficients(arguments: DemandArguments, rows: Sequence[_Row], ranks: Sequence[str]) -> Any:
    period = str(arguments.dates)
    for place, row in list(zip(ranks, rows, strict=True))[: arguments.top]:
        kind, own = KIND_TEXT[row.found.kind], place_text(place)
        name = Text(f"{own.zh}“{row.title.zh}”（{kind.zh}）", f"{own.en}, “{row.title.en}” ({kind.en})")
        for side, value, bounds in (
            ("better", row.found.better, row.found.better_interval),
            ("worse", row.found.worse, row.found.worse_interval),
        ):
            label = Text(f"{name.zh}的 {side} 系数", f"{side} of {name.en}")
            yield Figure(side, value, "multiple", label, period, n=row.found.n, interval=bounds)


def _doubts(rows: Sequence[_Row], titles: Mapping[str, Text], hidden: int) -> Any:
    unclear = [r for r in rows if r.found.ambiguous]
    if unclear:
        yield Text(
            f"{len(unclear)} 条需求的前两类人数相差不显著（Fong 检验），分类仅供参考：{'、'.join(r.title.zh for r in unclear[:4])}。",
            f"Of {len(unclear)} demands the two commonest classes do not differ by more than chance (Fong's test): "
            f"{', '.join(r.title.en for r in unclear[:4])}.",
        )
    few = [r for r in rows if r.found.n < _FEW]
    if few:
        yield Text(
            f"{len(few)} 条需求的受访者不足 {_FEW} 人。",
            f"Fewer than {_FEW} people answered about {len(few)} demands.",
        )
    doubtful = [r for r in rows if r.found.counts["Q"] > 0.1 * r.found.n]
    if doubtful:
        yield Text(
            f"{len(doubtful)} 条需求有超过 10% 的回答前后矛盾，问题可能没有问清：{'、'.join(r.title.zh for r in doubtful[:4])}。",
            f"Of {len(doubtful)} demands more than 10 % of the answers contradict themselves; the question may be unclear: "
            f"{', '.join(r.title.en for r in doubtful[:4])}.",
        )
    reverse = [r for r in rows if r.found.kind == "R"]
    if reverse:
        yield Text(
            f"多数受访者不希望有：{'、'.join(r.title.zh for r in reverse)}。",
            f"Most respondents would rather not have: {', '.join(r.title.en for r in reverse)}.",
        )
    unknown = [r.key for r in rows if titles and r.key not in titles]
    if unknown:
        yield Text(
            f"问卷中有 {len(unknown)} 条需求不在未完成的清单里（如 {unknown[0]}），以编号显示。",
            f"{len(unknown)} demands of the survey are not among the open ones of the list (such as {unknown[0]}) and go by their ids.",
        )
    if hidden:
        yield Text(
            f"{hidden} 条需求受访者过少，未显示。",
            f"{hidden} demands are not shown: too few people answered.",
        )


def _not_narrowed(scope: Scope, arguments: DemandArguments) -> list[Text]:
    if not arguments.filters and not scope.segments:
        return []
    return [
        Text(
            "问卷不按筛选或人群拆分：这里是全部受访者的回答。",
            "The survey is not split by filters or segments: these are the answers of all respondents.",
        )
    ]


def _card(
    arguments: DemandArguments, declared: DemandTable, name: str, survey: Survey
) -> list[DefinitionItem]:
    return [
        period_item(arguments.dates),
        item("需求清单", "demands", declared.names.text(name)),
        item(
            "方法",
            "method",
            Text(
                "KANO：正反两问按 5×5 评价表归类，取人数最多的一类（人数相同时按必备、期望、魅力、无差异）；名次先按类别"
                "必备＞期望＞魅力＞无差异＞反向＞可疑，再按 better − worse；与时间范围和筛选无关",
                "Kano: pairs of answers are classed by the 5×5 evaluation table, a demand by its commonest class (of equal ones "
                "must-be, one-dimensional, attractive, indifferent); ranked by class in the order must-be, one-dimensional, "
                "attractive, indifferent, reverse, questionable, then by better − worse; the period and filters do not matter",
            ),
        ),
        item(
            "系数",
            "coefficients",
            Text(
                "better =（魅力 + 期望）÷（魅力 + 期望 + 必备 + 无差异）；worse = −（期望 + 必备）÷ 同一分母；区间为 95% Wilson",
                "better = (A + O) / (A + O + M + I); worse = -(O + M) / the same; intervals are Wilson's at 95 %",
            ),
        ),
        item(
            "分类的稳固",
            "firmness of classes",
            Text(
                "Fong 检验（1.65）比较前两类人数；“类别不变”为对受访者重抽样 2,000 次后类别不变的占比",
                "Fong's test (1.65) of the two commonest classes; same class: share of 2,000 resamplings of the respondents with the "
                "same class",
            ),
        ),
        LIMITS,
    ]
