"""The question back, where a tool needs something that neither the question nor metrics.yaml tells."""

from collections.abc import Iterable

from assistant.analyst.campaigns import campaign_reach
from assistant.analyst.clock import AnyClock
from assistant.analyst.gathering import Gathered
from assistant.analyst.reading import Reading
from assistant.analyst.tool_arguments import missing_argument, tool_arguments
from assistant.answer import Clarification
from assistant.turn import Turn
from tools.catalog import TOOLS
from tools.results import Text
from tools.semantics import Semantics

_MOST_OPTIONS = 20
_NEEDED = {
    "events": Text("哪个事件表示使用了该功能？", "Which events mean that the feature was used?"),
    "steps": Text(
        "漏斗要哪几步？请按顺序说出至少两个事件。",
        "Which steps has the funnel? Name at least two events in order.",
    ),
    "segment": Text("是哪个人群？", "Which segment?"),
    "metric": Text("是哪个指标？", "Which metric?"),
    "treated": Text(
        "活动触达了哪些用户？请说出某个维度的取值（例如某个渠道或平台），其余用户作为对照；人人都触达的活动没有对照组。",
        "Whom did the campaign reach? Name values of one dimension, such as a channel or platform, so that the other "
        "users can be compared with; a campaign for everyone has nobody to compare with.",
    ),
}
_NO_SEGMENT = Text(
    "metrics.yaml 还没有保存的人群。请先在其中的 segments 下写一条规则（例如按近期消费金额），再问一次；"
    "也可以直接说出规则，例如某段时间内购买几次以上。",
    "metrics.yaml has no saved segment yet. Write a rule under segments there, on recent spending for example, and ask "
    "again; or say the rule in the question, such as how often users bought within how many days.",
)


def ask_back(
    reading: Reading, gathered: Gathered, turn: Turn, *, semantics: Semantics | None, clock: AnyClock
) -> str:
    """Ask for the argument that kept the tool from being called, and keep the question with the turn."""
    tool = next((t for t in TOOLS if t.name == reading.tool), None)
    if tool is None or semantics is None or gathered.evidence or gathered.errors:
        return ""
    readable = semantics.visible_to(turn.principal.teams)
    needed = missing_argument(tool, tool_arguments(tool, reading, readable, clock))
    if needed is None:
        return ""
    if needed == "segment" and not readable.segments:
        return _NO_SEGMENT.in_language(turn.language)
    asked = _NEEDED.get(needed, Text(f"{needed} 是什么？", f"What is {needed}?")).in_language(turn.language)
    question = turn.say(
        zh=f"要算“{tool.title.zh}”，还需要知道：{asked}",
        en=f"For “{tool.title.en}” one thing is missing. {asked}",
    )
    names = [text.in_language(turn.language) for text in _options(needed, reading, readable)]
    turn.clarification = Clarification(question=question, options=tuple(names[:_MOST_OPTIONS]))
    return question


def _options(needed: str, reading: Reading, semantics: Semantics) -> Iterable[Text]:
    if needed in ("events", "steps"):
        return [semantics.event_text(name) for name, event in semantics.events.items() if not event.any_of]
    if needed == "treated":  # those of several dimensions that the question names
        reached = campaign_reach(reading, semantics)
        return [semantics.value_text(d, value) for d, values in reached.items() for value in values]
    if needed == "segment":
        return [semantics.segment_text(name) for name in semantics.segments]
    if needed == "metric":
        return [semantics.metric_text(name) for name in semantics.metrics]
    return []
