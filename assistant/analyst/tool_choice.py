"""Whether a question is one for a published tool, rather than for a named metric or a document."""

from assistant.analyst.campaigns import asks_of_campaign
from assistant.analyst.experiment_reading import NamedExperiment
from assistant.analyst.extraction import content_terms
from assistant.analyst.patterns import OURS, OUTCOME, OWNER, PEOPLE_SAY, STEP, WHAT_IF, WHO, WHY
from assistant.analyst.reading import Intent, Reading, asks_for_data
from assistant.analyst.routing import ALIKE, SAME, Choice
from assistant.analyst.vocabulary import Mention
from tools.semantics import Semantics

INTENT_TOOLS = {
    "active": "measure_active_users",
    "growth": "measure_growth_accounting",
    "retention": "measure_retention",
    "funnel": "measure_funnel",
    "forecast": "forecast_metric",
}
TOOL_INTENTS: dict[str, Intent] = {
    "measure_active_users": "active",
    "measure_growth_accounting": "growth",
    "measure_retention": "retention",
    "measure_funnel": "funnel",
    "forecast_metric": "forecast",
}
#: The tool that shows a kind of named metric in full, and what only it can take.
_KIND_TOOLS = {"retention": "measure_retention", "conversion": "measure_funnel"}
_BEYOND_METRICS = {
    "measure_retention": frozenset(
        ("periods", "project_to", "mode", "clock", "min_occurrences", "value_property")
    ),
    "measure_funnel": frozenset(("order", "attribution")),
}


def is_of_tool(mention: Mention, choice: Choice | None) -> bool:
    """Tell whether a word that names a value belongs to the tool's own name: 裂变 in 裂变的 K 因子."""
    own = () if choice is None else (*choice.words, *choice.tool.synonyms)
    return mention.kind == "value" and mention.words in own


def settle_tool(
    question: str,
    reading: Reading,
    intent: Intent,
    choice: Choice | None,
    semantics: Semantics | None,
    experiment: NamedExperiment | None = None,
) -> str | None:
    """Return the tool to use where a question asks for one rather than for a named metric or a document."""
    if semantics is None or intent in ("greeting", "thanks", "help", "plan", "tactics", "explain"):
        return None
    if OWNER.search(question):
        return None  # whom to ask is written, not measured
    own = OURS.search(question) or PEOPLE_SAY.search(question)
    if intent == "define" and not (choice and choice.words and own):
        return None  # what is stickiness, rather than: what is our stickiness
    kinds = {semantics.metrics[name].kind for name in reading.metrics}
    named = next((tool for kind, tool in _KIND_TOOLS.items() if kind in kinds), None)
    if STEP.search(question) and (named == "measure_funnel" or len(set(reading.steps)) >= 2):
        return "measure_funnel"  # which step loses most, rather than how many come through
    if choice is not None and _is_asked(question, reading, intent, choice):
        return choice.tool.name
    if experiment is not None and intent in ("lookup", "metric") and OUTCOME.search(question):
        return "analyze_experiment"
    if intent in ("lookup", "metric", "define") and asks_of_campaign(question, reading, semantics):
        return "measure_impact"
    if len(reading.steps) >= 2 and reading.options.get("view") == "time":
        return "measure_funnel"
    if reading.segments and not reading.metrics and intent != "how_to" and asks_for_data(question, reading):
        return "measure_segment"
    beyond = bool(_BEYOND_METRICS.get(named or "", frozenset()) & reading.options.keys())
    own_steps = named == "measure_funnel" and len(set(reading.steps)) >= 2
    own_users = named == "measure_retention" and _is_of_others(reading, semantics)
    return named if (beyond or own_steps or own_users) and intent != "how_to" else None


def _is_of_others(reading: Reading, semantics: Semantics) -> bool:
    """Tell whether a retention is asked for of other users than those whom the named metric follows."""
    own = getattr(semantics.metrics[str(reading.metric)], "cohort_event", None)
    return reading.who is not None and own is not None and reading.who != own


def _is_asked(question: str, reading: Reading, intent: Intent, choice: Choice) -> bool:
    if choice.likeness >= SAME:
        return True
    if choice.words and WHO.search(question) and intent != "how_to":
        return True  # who will churn, and why
    if intent == "how_to" or WHY.search(question):
        return False
    if reading.metrics and "segment" in choice.tool.arguments.model_fields:
        return False  # 高价值人群的成交额 asks for the amount, of a segment
    if reading.metrics and not choice.words:
        return False
    named = len(content_terms(" ".join(set(choice.words))))
    if choice.words and WHAT_IF.search(question) and len(reading.unread) <= 2 * named:
        return True  # and not: what happens if nobody answers an alert
    if choice.words and OUTCOME.search(question) and choice.tool.name != "analyze_experiment":
        return True
    return choice.likeness >= ALIKE or len(reading.unread) < named or asks_for_data(question, reading)
