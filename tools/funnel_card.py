"""The definition card of a funnel."""

from collections.abc import Sequence

from tools.definitions import item, period_item
from tools.funnel_arguments import FunnelArguments
from tools.funnel_definition import FunnelDefinition
from tools.recovery import FEWEST_USERS
from tools.results import DefinitionItem, Text
from tools.scope import Scope

_ORDERS = {
    "ordered": Text("按顺序，步骤之间可有其他事件", "in order; other events may lie between"),
    "strict": Text(
        "严格按顺序，步骤之间不得有其他事件（与步骤同一时刻的事件不算在其间）",
        "in order, no other event between two steps (one at the instant of a step does not lie between)",
    ),
    "any": Text(
        "不限顺序；第 k 步指已完成其中任意 k 个必经步骤",
        "in any order; step k is any k of the required steps",
    ),
}
_ATTRIBUTIONS = {
    "first_touch": Text(
        "首次触点：步骤事件中第一个已知取值", "first touch: first known value among the steps' events"
    ),
    "last_touch": Text(
        "末次触点：步骤事件中最后一个已知取值", "last touch: last known value among the steps' events"
    ),
    "all_steps": Text(
        "所有步骤：每个取值单独成漏斗，只计具有该取值的事件；一名用户可出现在多个细分中",
        "all steps: each value has a funnel of its own, of the events that have it; a user may be in several",
    ),
}


def funnel_card(
    definition: FunnelDefinition, names: list[Text], excluded: Sequence[Text] = ()
) -> list[DefinitionItem]:
    """Describe a funnel, one line per parameter; `excluded` names the events of its exclusions."""
    first = Text(zh="期内首次进入", en="the user's first entry in the period")
    any_entry = Text(zh="任意一次进入（取走得最远的一次）", en="any entry (the one that goes furthest)")
    return [
        item("步骤", "steps", _steps_text(definition, names)),
        item("顺序", "order", _ORDERS[definition.order]),
        item("转化窗口", "window", definition.window_text()),
        item("进入", "entry", first if definition.entry == "first" else any_entry),
        item("重复步骤", "repeated steps", Text(zh="须为不同的事件", en="need distinct events")),
        item(
            "同一时刻的事件",
            "events at the same instant",
            Text(zh="按步骤顺序计", en="taken in the order of the steps"),
        ),
        *_exception_items(definition, excluded),
        item("分母", "denominator", Text(zh="进入第一步的用户", en="users at the first step")),
        item(
            "细分取值", "segments and filters", Text(zh="取进入事件时的值", en="the value at the entry event")
        ),
    ]


def view_card(scope: Scope, arguments: FunnelArguments, names: list[Text]) -> list[DefinitionItem]:
    """Describe the answer of the funnel tool, one line per parameter."""
    excluded = [scope.semantics.event_text(e.event) for e in arguments.exclusions]
    card = [
        period_item(arguments.dates, "进入时间", "entry in"),
        *(line for line in funnel_card(arguments.definition, names, excluded) if line.label.zh != "细分取值"),
        item("筛选取值", "filters hold", Text("进入事件时的值", "the value at the entry event")),
    ]
    if arguments.breakdown:
        card.append(item("拆分", "split by", scope.semantics.dimension_text(arguments.breakdown)))
        card.append(item("归因", "attribution", _attribution_text(arguments)))
    return card + _view_items(arguments)


def _steps_text(definition: FunnelDefinition, names: list[Text]) -> Text:
    joint = Text(" ＋ ", " + ") if definition.order == "any" else Text(" → ", " → ")
    marked = [
        Text(f"{n.zh}（可选）", f"{n.en} (optional)") if k in definition.optional else n
        for k, n in enumerate(names)
    ]
    return Text(joint.zh.join(n.zh for n in marked), joint.en.join(n.en for n in marked))


def _exception_items(definition: FunnelDefinition, excluded: Sequence[Text]) -> list[DefinitionItem]:
    items = []
    if definition.optional:
        items.append(
            item(
                "可选步骤",
                "optional steps",
                Text(
                    "可跳过，不影响其他步骤；在前后必经步骤之间发生才计入；转化率以前一个必经步骤为分母",
                    "may be skipped and change no other step; count where they lie between the required steps around "
                    "them; conversion is over the required step before",
                ),
            )
        )
    for e, name in zip(definition.exclusions, excluded, strict=True):
        zh = f"第 {e.after + 1} 步与第 {e.before + 1} 步之间（未到后者则至窗口结束）发生 {name.zh} 的用户不计入整个漏斗"
        en = (
            f"users who do {name.en} between steps {e.after + 1} and {e.before + 1} (to the end of the window if the "
            "latter is not reached) are out of the whole funnel; with several journeys, if all that go furthest have it"
        )
        items.append(item("排除", "exclusion", Text(zh + "；多次进入时，以走得最远的各次是否都有为准", en)))
    return items


def _attribution_text(arguments: FunnelArguments) -> Text:
    if arguments.attribution == "step":
        k = arguments.attribution_step
        return Text(
            f"第 {k} 步的取值；未到该步的用户不在任何细分中",
            f"the value at step {k}; users who did not reach it are in no segment",
        )
    return _ATTRIBUTIONS[arguments.attribution]


def _view_items(arguments: FunnelArguments) -> list[DefinitionItem]:
    if arguments.view == "time":
        text = Text(
            "各步自前一个必经步骤起，总用时自进入起；分位数按线性插值",
            "of a step from the required step before it, overall from the entry; percentiles interpolate linearly",
        )
        return [item("用时", "time", text)]
    if arguments.view == "trend":
        text = Text(
            "按进入时间分组，每名用户每组计一次；数据尚未覆盖整个窗口的组标为未成熟",
            "by time of entry, a user once per bucket; a bucket whose windows the data does not yet cover whole is "
            "marked immature",
        )
        return [item("趋势", "trend", text)]
    text = Text(
        "假设测算：上一步人数 ×（目标转化率 − 现转化率）× 该步之后的转化率；目标依次取给定基准、"
        f"最好的细分（上一步至少 {FEWEST_USERS} 人）、无人流失",
        "a what-if: users at the step before x (target rate - rate) x conversion from the step on; the target is the "
        f"stated benchmark, else the best segment (of at least {FEWEST_USERS} users at the step before), else nobody lost",
    )
    return [item("可挽回的流失", "recoverable drop", text)]
