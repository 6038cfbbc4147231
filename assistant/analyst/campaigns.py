"""Whether a campaign worked, asked without what a comparison needs: what metrics.yaml says that it was to move, and when."""

import re

from assistant.analyst.periods import Period
from assistant.analyst.reading import Reading
from tools.monitoring.declaration import OccasionDefinition
from tools.results import Text
from tools.semantics import Semantics

_CAMPAIGN = re.compile(r"活动|大促|促销|推广|\b(?:campaigns?|promotions?|promos?|sale)\b", re.IGNORECASE)
_WORKED = re.compile(
    r"效果|有没有?用|有用[吗么?？]|有效|管用|起作用|成功|值不值|值得|影响|增量"
    r"|\bdid\b.*\b(?:works?|help|pay off|succeed)\b|\bworth\b|\beffects?\b|\beffective\b|\bimpact\b|\bsuccessful\b|\blift\b",
    re.IGNORECASE,
)


def asks_of_campaign(question: str, reading: Reading, semantics: Semantics) -> bool:
    """Tell whether a question is what came of a campaign: of any, or with a metric of one that metrics.yaml knows."""
    asked = bool(_CAMPAIGN.search(question) and _WORKED.search(question))
    return asked and (not reading.metrics or _find_campaign(reading, semantics) is not None)


def campaign_reach(reading: Reading, semantics: Semantics) -> dict[str, list[str]]:
    """Return the values that a question names besides the campaign itself: whom it is to have reached."""
    found = _find_campaign(reading, semantics)
    own = {d for d, names in _named(reading, semantics) if found is not None and names & _names(found)}
    return {dimension: values for dimension, values in reading.filters.items() if dimension not in own}


def has_no_baseline(reading: Reading, semantics: Semantics) -> bool:
    """Tell whether all that a question says of who was reached is the campaign itself, which was not there before."""
    return _find_campaign(reading, semantics) is not None and not campaign_reach(reading, semantics)


def campaign_days(reading: Reading, semantics: Semantics) -> Period | None:
    """Return the days of the campaign that a question names, as metrics.yaml has them."""
    declared = _find_campaign(reading, semantics)
    return Period(declared.start, declared.last, "") if declared else None


def campaign_measures(reading: Reading, semantics: Semantics) -> list[tuple[str, Period]]:
    """Return the metrics to set beside their level before, and the days of the campaign; none where either is not known."""
    declared = _find_campaign(reading, semantics)
    period = campaign_days(reading, semantics) or reading.period
    metrics = reading.metrics or (declared.metrics if declared else ())
    return [(name, period) for name in metrics if period is not None and name in semantics.metrics]


def _find_campaign(reading: Reading, semantics: Semantics) -> OccasionDefinition | None:
    """Return the latest occasion of the calendar that the question names, or that a value it names is called after."""
    asked = reading.question.casefold()
    named = set().union(*(names for _, names in _named(reading, semantics)))
    found = [
        occasion
        for occasion in semantics.calendar.occasions
        if _names(occasion) & named or any(name in asked for name in _names(occasion))
    ]
    return max(found, key=lambda occasion: occasion.start, default=None)


def _named(reading: Reading, semantics: Semantics) -> list[tuple[str, set[str]]]:
    """Return each dimension of the filters with what its values are called."""
    return [
        (d, {name.casefold() for v in values for name in _both(semantics.value_text(d, v))})
        for d, values in reading.filters.items()
    ]


def _names(occasion: OccasionDefinition) -> set[str]:
    return {name.casefold() for name in (occasion.names.zh, occasion.names.en) if name}


def _both(text: Text) -> tuple[str, str]:
    return text.zh, text.en
