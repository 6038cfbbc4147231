"""Write the answer from what was gathered: figures with their markers, quotations word for word."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from assistant.analyst import documents, market, measurements
from assistant.analyst.clarification import ask_back
from assistant.analyst.clock import AnyClock
from assistant.analyst.experiment_writing import write_experiment
from assistant.analyst.extraction import Reader
from assistant.analyst.gathering import Gathered, is_empty, is_worth_explaining, lacks_comparison
from assistant.analyst.patterns import BOTH, EACH
from assistant.analyst.reading import MEASURING, Reading
from assistant.analyst.tool_arguments import needs_period
from assistant.answer import Evidence
from assistant.turn import Turn
from tools.semantics import Semantics

_WEEK = 7


def compose(
    reading: Reading,
    gathered: Gathered,
    turn: Turn,
    *,
    reader: Reader,
    semantics: Semantics | None,
    clock: AnyClock,
) -> str:
    """Return the answer's Markdown in the asker's language."""
    if reading.intent == "greeting":
        return turn.say(
            zh="你好，我是运策。" + _offer(turn, semantics),
            en="Hello, I am Yunce. " + _offer(turn, semantics),
        )
    if reading.intent == "help":
        return _offer(turn, semantics)
    if reading.intent == "thanks":
        return turn.say(zh="不客气，随时再问。", en="You are welcome; ask again any time.")
    if reading.place:
        near = [p for p in gathered.passages if reading.place.lower() in p.text.lower()]
        gathered = replace(gathered, passages=near)
    told = documents.write_owner(reading, gathered, turn, reader=reader)
    if told := told or documents.write_named(reading, gathered, turn, reader=reader):
        both = _measured(reading, gathered, turn, semantics, clock) if BOTH.search(reading.text) else []
        return "\n\n".join([*told, *both])
    written = documents.write(reading, gathered, turn, reader=reader, semantics=semantics)
    measured = _measured(reading, gathered, turn, semantics, clock)
    first = written if reading.unread and reading.intent == "metric" else []
    asked = [ask_back(reading, gathered, turn, semantics=semantics, clock=clock)]
    parts = [*first, *measured, *(written if not first else []), *_advised(reading, gathered, turn), *asked]
    if reading.intent == "plan":
        parts.append(_plan_hint(reading, turn))
    parts += [error for error in gathered.errors if not gathered.evidence]
    if reading.place and not any(parts):
        parts.append(_not_cut(reading, turn, semantics))
    _suggest_next(reading, gathered, turn)
    return "\n\n".join(part for part in parts if part) or _nothing(reading, gathered, turn, semantics)


def _measured(
    reading: Reading, gathered: Gathered, turn: Turn, semantics: Semantics | None, clock: AnyClock
) -> list[str]:
    """State the figures, and before them what the reading took for granted."""
    if reading.intent == "explain" and not is_worth_explaining(reading, gathered):
        if reading.period is None and is_empty(gathered):
            return []  # the latest week holds none of what is asked about, which says nothing of it
        measured = gathered.by("measure_metric")
        return [measurements.write_metric(measured, turn), _unexplained(reading, turn)] if measured else []
    writers: dict[str, Callable[..., str]] = {
        "measure_metric": partial(measurements.write_metric, reading=reading, semantics=semantics),
        "explain_change": measurements.write_drivers,
        "measure_funnel": measurements.write_funnel,
        "detect_anomalies": measurements.write_with_intervals,
        "forecast_metric": measurements.write_with_intervals,
        "check_goal": measurements.write_with_intervals,
        "simulate_reallocation": measurements.write_with_intervals,
        "analyze_experiment": write_experiment,
        "measure_impact": measurements.write_with_intervals,
        "measure_lifetime_value": measurements.write_with_intervals,
        "predict_churn": measurements.write_with_intervals,
        "compare_features": market.write_matrix,
        "list_market_changes": market.write_changes,
    }
    shown = [item for item in gathered.evidence if item.figures and item.figures[0].n] or gathered.evidence
    figures = [writers.get(item.tool, measurements.write_figures)(item, turn) for item in shown]
    return [*_assumptions(reading, shown, turn, clock), *figures] if figures else []


def _assumptions(reading: Reading, shown: Sequence[Evidence], turn: Turn, clock: AnyClock) -> list[str]:
    """Say what the reading supplied by itself, and what it could not use."""
    notes = []
    if reading.unread and reading.intent in MEASURING:
        words = turn.say(zh="、", en=", ").join(f"“{word}”" for word in reading.unread[:4])
        notes.append(
            turn.say(
                zh=f"下面的数字没有按{words}筛选：数据里没有对应的口径。",
                en=f"The figures below are not limited by {words}: the data has no such cut.",
            )
        )
    if reading.period and reading.names_comparison and lacks_comparison(reading, reading.period, clock):
        notes.append(
            turn.say(
                zh="数据里没有要对比的那段时间，因此不作比较。",
                en="The data has nothing of the period to compare with, so nothing is compared.",
            )
        )
    if reading.tool == "measure_impact" and shown and shown[0].tool == "measure_metric":
        notes.append(
            turn.say(
                zh="没有对照组：下面是活动期间与此前同样多天的对比，不能证明变化由活动带来。说出指标和活动触达的用户（如某个渠道），即可与其余用户对比。",
                en="There is nobody to compare with: these are the days of the campaign beside as many before, which does "
                "not prove that it brought the change. Name the metric and whom it reached, such as a channel, to compare.",
            )
        )
    if reading.period is None and EACH.search(reading.question) and shown:
        notes.append(_assumed_days(shown[0], turn))
    elif reading.period is None and reading.intent in ("metric", "explain"):
        notes.append(_assumed_period(shown, turn))
    elif reading.period is None and needs_period(shown[0].tool):
        notes.append(_assumed_days(shown[0], turn))
    return [" ".join(notes)] if notes else []


def _assumed_days(shown: Evidence, turn: Turn) -> str:
    start, end = (str(shown.arguments[side]) for side in ("start", "end"))
    return turn.say(
        zh=f"问题没有说时间，这里取 {start} 至 {end}。", en=f"No period was named; this is {start} to {end}."
    )


def _assumed_period(shown: Sequence[Evidence], turn: Turn) -> str:
    start, end = (date.fromisoformat(str(shown[0].arguments[side])) for side in ("start", "end"))
    if (end - start).days > _WEEK:
        return turn.say(
            zh="问题没有说时间，而最近一周没有这部分数据，这里取全部数据。",
            en="No period was named and the latest week holds none of it, so this is over all data.",
        )
    return turn.say(
        zh="问题没有说时间，这里取最近可以完整计算的一周。",
        en="No period was named; this is the latest week that can be measured whole.",
    )


def _not_cut(reading: Reading, turn: Turn, semantics: Semantics | None) -> str:
    """Say that the data knows nothing of a place, and what it can be split by instead."""
    readable = semantics.visible_to(turn.principal.teams) if semantics else None
    known = (
        [readable.dimension_text(name).in_language(turn.language) for name in readable.dimensions]
        if readable
        else []
    )
    zh = f"可以按{'、'.join(known)}来看，或去掉这个限定再问。" if known else "可以去掉这个限定再问。"
    en = f"It can be split by {', '.join(known)}; or ask without it." if known else "Ask without it."
    return turn.say(
        zh=f"数据里没有“{reading.place}”这个口径，整体的数字不是它的数字，因此没有给出。{zh}",
        en=f"The data has no “{reading.place}”, and the overall figure is not that figure, so none is given. {en}",
    )


def _unexplained(reading: Reading, turn: Turn) -> str:
    """Say why nothing is explained: the change is noise, or goes the other way than the question takes it."""
    if reading.direction:
        return turn.say(
            zh="数据不支持问题的前提：变化方向相反，或没有超出随机波动，因此不作归因。",
            en="The data does not bear the question out: it moved the other way, or by no more than chance explains, "
            "so no cause is named.",
        )
    return turn.say(
        zh="变化没有超出随机波动，因此不作归因。", en="The change is within noise, so no cause is named."
    )


def _advised(reading: Reading, gathered: Gathered, turn: Turn) -> list[str]:
    """List tactics; beside an explanation only those that state an effect on the metric itself."""
    if gathered.advice is None:
        return []
    if reading.intent != "explain":
        return measurements.write_advice(gathered.advice, turn, most=5, lead=True)
    own = [
        s
        for s in gathered.advice["suggestions"]
        if reading.metric in (s["card"]["effect"]["metric"], s["card"]["kpi"])
    ]
    return measurements.write_advice({**gathered.advice, "suggestions": own}, turn, most=2, lead=False)


def _offer(turn: Turn, semantics: Semantics | None) -> str:
    readable = semantics.visible_to(turn.principal.teams) if semantics else None
    metrics = (
        [readable.metric_text(n).in_language(turn.language) for n in readable.metrics] if readable else []
    )
    known = turn.say(zh="、", en=", ").join(metrics[:6])
    return turn.say(
        zh="我依据团队的文档和数据回答，每个数字都有出处。可以问我：\n"
        f"- 数据：{known or '在 metrics.yaml 声明数据后可问指标'}，例如“上周次日留存为什么掉了？”\n"
        "- 文档：例如“什么是 KOC？”“怎么召回沉默用户？”\n"
        "- 打法与计划：例如“留存有哪些打法？”；计划用 `yunce plan draft`。",
        en="I answer from your documents and your data, and every number has a source. Ask me about\n"
        f"- data: {known or 'metrics, once metrics.yaml declares some'}; for example “Why did day-1 retention fall last week?”\n"
        "- documents: for example “What is a KOC?” or “How do we win back dormant users?”\n"
        "- tactics and plans: for example “Suggest tactics for retention”; plans by `yunce plan draft`.",
    )


def _plan_hint(reading: Reading, turn: Turn) -> str:
    objective = reading.question.replace("`", "").replace('"', "").strip()
    return turn.say(
        zh=f'要得到带基线、缺口、预算、里程碑和风险的完整计划，请运行：`yunce plan draft "{objective}"`（或调用 POST /v1/plans）。',
        en=f'For a whole plan with baseline, gap, budget, milestones and risks: `yunce plan draft "{objective}"` '
        "(or POST /v1/plans).",
    )


def _nothing(reading: Reading, gathered: Gathered, turn: Turn, semantics: Semantics | None) -> str:
    """Say honestly what was searched, what is missing, and whom to ask."""
    nearest = list({p.document_id: p for p in gathered.passages[:3]}.values())
    nearest = [p for p in nearest if p.language.startswith("zh") == (turn.language == "zh")][:2] or nearest[
        :1
    ]
    named_zh = "".join(f"《{p.title}》" for p in nearest)
    named_en = " and ".join(f"“{p.title}”" for p in nearest)
    nearest_zh = f"最接近的文档是{named_zh}，但没有直接回答。" if nearest else ""
    nearest_en = (
        f" The closest: {named_en}, which {'do' if nearest[1:] else 'does'} not answer it." if nearest else ""
    )
    data_zh = "" if semantics else "metrics.yaml 尚未声明数据，所以也没有可算的指标。"
    data_en = "" if semantics else " metrics.yaml declares no data yet, so nothing could be measured."
    owner = next(((p.owner, p.title) for p in nearest if p.owner), None)
    title = owner[1] if owner else ""
    owned_zh, owned_en = ("它", "it") if len(nearest) == 1 else (f"《{title}》", f"“{title}”")
    ask_zh = f"问{owned_zh}的负责人：{owner[0]}" if owner else "请文档负责人补充后再问"
    ask_en = f"ask {owner[0]}, who owns {owned_en}" if owner else "ask the documents' owner to add it"
    return turn.say(
        zh=f"在你能看到的文档里没有找到答案。{nearest_zh}{data_zh}可以换一种说法再问，或{ask_zh}。",
        en=f"The documents you may see do not answer this.{nearest_en}{data_en} Try other words, or {ask_en}.",
    )


def _suggest_next(reading: Reading, gathered: Gathered, turn: Turn) -> None:
    if reading.intent in ("explain", "metric") and reading.metric and gathered.evidence:
        name = gathered.evidence[0].title
        turn.follow_ups += [
            turn.say(zh=f"{name}按渠道看是多少？", en=f"{name} by channel?"),
            turn.say(zh="有哪些打法？", en="Which tactics would help?"),
        ]
