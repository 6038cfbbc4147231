"""What is said of ranked demands: table, figures, chart, card and warnings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tools.charts import draw_bars
from tools.definitions import item, period_item
from tools.demands.arguments import DemandArguments
from tools.demands.listing import Demands, column_text
from tools.demands.ordering import Ranked
from tools.demands.scores import LABELS
from tools.demands.scoring import FIELDS, FORMULAS, round_off
from tools.demands.voices import NEAR, Voices
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_FIRM = 0.9
_MOST_SHOWN = 20
_NAMES = {"rice": "RICE", "ice": "ICE"}

LIMITS = limits(
    "得分由对影响、信心、投入等的判断算出：名次不证明做了该需求就会有相应效果，也未考虑依赖关系、战略与合规。",
    "The scores follow from judgements of impact, confidence and effort: the ranks do not prove that a demand will have that "
    "effect, and know nothing of dependencies, strategy or duties.",
)


def report(
    scope: Scope,
    arguments: DemandArguments,
    demands: Demands,
    ranked: Ranked,
    voices: Voices | None,
    warnings: Sequence[Text],
) -> MetricResult:
    """Put the result of a ranking together."""
    name = _NAMES.get(ranked.method)
    title = Text(f"需求排序（{name or '加权'}）", f"Demands ranked by {name or 'weights'}")
    table = tabulate(demands, ranked, voices, scope.language)
    shown = table[table["rank"] != ""].head(_MOST_SHOWN)
    chart = draw_bars(
        shown.assign(name=shown["rank"] + " " + shown["demand"]),
        "name",
        "score",
        title=title,
        axes=(Text("需求", "demand"), Text("得分", "score")),
        unit="points",
        language=scope.language,
        lying=True,
    )
    return scope.finish(
        "rank_demands",
        arguments.model_copy(
            update={"method": ranked.method, "weights": dict(ranked.weights), "demands": demands.name}
        ),
        title=title,
        card=_card(arguments, demands, ranked, voices),
        figures=list(_figures(arguments, demands, ranked)),
        table=table,
        chart=chart,
        warnings=[*warnings, *_doubts(demands, ranked, voices)],
        n=len(ranked.order),
    )


def tabulate(demands: Demands, ranked: Ranked, voices: Voices | None, language: str) -> "pd.DataFrame":
    """Return a row per demand, the best first, then those without a rank."""
    import pandas as pd

    fields = FIELDS.get(ranked.method) or tuple(f for f in ranked.weights if f in demands.scores)
    rows = []
    for place, own in enumerate(ranked.order):
        firmness, last = ranked.firmness, place == len(ranked.order) - 1
        rows.append(
            {
                "rank": _rank_text(ranked, place),
                **_describe(demands, ranked, fields, own, language),
                "score": ranked.scores[place],
                "lead": None if last else _lead(ranked, place),
                "keeps_lead": None if last else float(firmness.keeps[place]),
                "rank_range": _range(int(firmness.low[place]), int(firmness.high[place])),
                "in_top": float(firmness.in_top[place]),
                **_heard(voices, own, language),
                "note": "",
            }
        )
    for own, reason in ranked.left.items():
        left = {"rank": "", "score": None, **_describe(demands, ranked, fields, own, language)}
        rows.append({**left, **_heard(voices, own, language), "note": reason.in_language(language)})
    first = ["rank", "id", "demand", "score"]
    table = pd.DataFrame(rows)
    return table[[*first, *(c for c in table.columns if c not in first)]].fillna({"rank_range": ""})


def _rank_text(ranked: Ranked, place: int) -> str:
    own = ranked.ranks[place]
    return f"{own}=" if ranked.ranks.count(own) > 1 else str(own)


def place_text(rank: str) -> Text:
    """Write a rank such as "2=" in words.

    >>> place_text("2="), place_text("1").en
    (Text(zh='并列第 2 名', en='no. 2 (a tie)'), 'no. 1')
    """
    plain = rank.rstrip("=")
    if plain == rank:
        return Text(f"第 {rank} 名", f"no. {rank}")
    return Text(f"并列第 {plain} 名", f"no. {plain} (a tie)")


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"


def _lead(ranked: Ranked, place: int) -> float | None:
    below = ranked.scores[place + 1]
    return round_off(ranked.scores[place] / below - 1) if below > 0 else None


def _describe(
    demands: Demands, ranked: Ranked, fields: Sequence[str], own: int, language: str
) -> dict[str, Any]:
    cells: dict[str, Any] = {"id": demands.ids[own], "demand": demands.titles[own].in_language(language)}
    for field in fields:
        cells[field] = ranked.reached.users[own] if field == "reach" else demands.scores[field].values[own]
        if field == "reach":
            known = cells[field] is not None
            source = Text("数据", "data") if ranked.reached.counted[own] else Text("填写", "stated")
            cells["reach_from"] = source.in_language(language) if known else ""
    return cells


def _heard(voices: Voices | None, own: int, language: str) -> dict[str, Any]:
    if voices is None:
        return {}
    theme = voices.themes[own]
    return {
        "feedback": float(voices.texts[own]),
        "negative": float(voices.negative[own]),
        "theme": theme.in_language(language) if theme else "",
    }


def _figures(arguments: DemandArguments, demands: Demands, ranked: Ranked) -> Any:
    period, firmness = str(arguments.dates), ranked.firmness
    for place, own in enumerate(ranked.order[: arguments.top]):
        title, rank = demands.titles[own], place_text(_rank_text(ranked, place))
        label = Text(f"{rank.zh}“{title.zh}”得分", f"score of {rank.en}, “{title.en}”")
        yield Figure("score", ranked.scores[place], "multiple", label, period)
    yield Figure("demands", len(ranked.order), "demands", Text("参与排序的需求", "demands ranked"), period)
    if ranked.left:
        yield Figure(
            "unranked", len(ranked.left), "demands", Text("无法排序的需求", "demands without a rank"), period
        )
    if len(firmness.keeps):
        first = Text(
            "分数稍有出入时第 1 名仍领先的情形",
            "cases in which the first stays ahead if scores are a little off",
        )
        yield Figure("first_keeps_lead", float(firmness.keeps[0]), "ratio", first, period, n=firmness.draws)
        firm = int((firmness.keeps >= _FIRM).sum())
        label = Text(
            f"先后稳固的相邻名次（共 {len(firmness.keeps)} 对，稳固指 {_FIRM:.0%} 以上的情形中不变）",
            f"neighbours whose order is firm (of {len(firmness.keeps)}; firm: kept in {_FIRM:.0%} of the cases or more)",
        )
        yield Figure("firm_pairs", firm, "pairs", label, period)


def _doubts(demands: Demands, ranked: Ranked, voices: Voices | None) -> Any:
    keeps, order = ranked.firmness.keeps, ranked.order
    if len(keeps) and ranked.ranks[1] == 1:
        tied = [demands.titles[o] for o, r in zip(order, ranked.ranks, strict=True) if r == 1]
        yield Text(
            f"第 1 名并列：{'、'.join(t.zh for t in tied[:5])}。",
            f"The first place is shared by {', '.join(t.en for t in tied[:5])}.",
        )
    elif len(keeps) and keeps[0] < _FIRM:
        first, second = (demands.titles[o] for o in order[:2])
        yield Text(
            f"第 1 名与第 2 名的先后不稳固：分数稍有出入，“{second.zh}”就可能排到“{first.zh}”之前"
            f"（抽样中 {1 - keeps[0]:.0%} 如此）。",
            f"The order of the first two is not firm: if the scores are a little off, “{second.en}” comes before “{first.en}” "
            f"(in {1 - keeps[0]:.0%} of the draws).",
        )
    if ranked.left:
        named = list(ranked.left.items())[:3]
        zh = "；".join(f"{demands.titles[o].zh}（{r.zh}）" for o, r in named)
        en = "; ".join(f"{demands.titles[o].en} ({r.en})" for o, r in named)
        more = len(ranked.left) > len(named)
        yield Text(
            f"{len(ranked.left)} 条需求没有名次：{zh}{'等' if more else ''}。",
            f"{len(ranked.left)} demands have no rank: {en}{'; …' if more else ''}.",
        )
    if voices is not None and voices.unheard:
        zh = "、".join(f"“{t.zh}”（{n} 条）" for t, n in voices.unheard)
        en = ", ".join(f"“{t.en}” ({n} texts)" for t, n in voices.unheard)
        yield Text(
            f"用户抱怨较多而清单中没有相近需求的主题：{zh}。",
            f"Users complain of themes that no demand of the list is near to: {en}.",
        )
    if voices is not None:
        yield from voices.warnings


def _card(
    arguments: DemandArguments, demands: Demands, ranked: Ranked, voices: Voices | None
) -> list[DefinitionItem]:
    fields = FIELDS.get(ranked.method) or tuple(ranked.weights)
    u = arguments.uncertainty
    lines = [
        period_item(arguments.dates),
        item("需求清单", "demands", demands.declared.names.text(demands.name)),
        item("方法", "method", FORMULAS.get(ranked.method) or _weighted_text(ranked)),
        item("列", "columns", column_text(demands, [f for f in fields if f in demands.scores])),
    ]
    if "reach" in fields:
        lines.append(item("触达", "reach", _reach_text(arguments)))
    lines += [
        item(
            "次序的稳固",
            "firmness of the order",
            Text(
                f"{ranked.firmness.draws:,} 次抽样，每个判断值（含权重）各自在 ÷{1 + u:g} 与 ×{1 + u:g} 之间随机变动；"
                f"名次区间含 90% 的抽样；领先保持：仍排在下一名之前的占比；进入前列：进入前 {arguments.top} 名的占比；领先下一名：得分高出的比例",
                f"{ranked.firmness.draws:,} draws, each judged value (and weight) between ÷{1 + u:g} and ×{1 + u:g}; the range of ranks "
                f"holds 90 % of them; keeps the lead: share ahead of the next; among the first: share with one of the first {arguments.top} ranks; lead: by how much the score exceeds the next",
            ),
        ),
        item(
            "并列",
            "ties",
            Text(
                "得分相同者名次相同（标 =），按编号列出", "equal scores share a rank (marked =), listed by id"
            ),
        ),
    ]
    if voices is not None:
        lines.append(
            item(
                "相关反馈",
                "feedback",
                Text(
                    f"该时段除好评外的 {voices.total} 条反馈中，与需求标题语义相近（余弦 ≥ {NEAR}）的主题的条数与负面条数"
                    f"{'' if {'feedback', 'negative'} & set(fields) else '；只用于对照，不计入得分'}",
                    f"of {voices.total} texts of the period that are no praise, those of themes near the title in meaning (cosine ≥ {NEAR}), and the "
                    f"negative ones{'' if {'feedback', 'negative'} & set(fields) else '; they do not enter the score'}",
                ),
            )
        )
    return [*lines, LIMITS]


def _weighted_text(ranked: Ranked) -> Text:
    whole = sum(abs(w) for w in ranked.weights.values())
    parts = [(LABELS[f], w / whole) for f, w in ranked.weights.items()]
    zh, en = (
        "、".join(f"{n.zh} {abs(w):.0%}{'（成本）' if w < 0 else ''}" for n, w in parts),
        ", ".join(f"{n.en} {abs(w):.0%}{' (cost)' if w < 0 else ''}" for n, w in parts),
    )
    return Text(
        f"加权分（0 至 100）：{zh}；各项除以清单中的最大值，成本取 1 减去该值，清单增减会影响得分",
        f"weighted score (0 to 100): {en}; each over its largest value in the list, of a cost what is left of 1; scores change "
        "with the list",
    )


def _reach_text(arguments: DemandArguments) -> Text:
    if arguments.reach == "stated":
        return Text("按清单填写", "as the list states")
    return Text(
        "有受众的需求：该时段内符合受众条件的去重用户数；没有受众的：按清单填写",
        "with an audience: distinct users of the period who fit it; without one: as the list states",
    )
