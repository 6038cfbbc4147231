"""Grammar of sentences that are put together: English counts of one, and lists in Chinese."""

import re

_NOUNS = (
    "agents|amounts|answers|bins|buyers|cells|characters|chunks|cohorts|columns|competitors|comparisons|conversations|customers|days|demands|"
    "documents|events|factors|features|figures|files|friends|groups|hours|ids|invites|items|jobs|lines|metrics|minutes|"
    "months|notes|orders|origins|pairs|paths|people|periods|points|purchases|questions|respondents|rows|seconds|segments|"
    "sessions|sheets|sources|steps|stretches|texts|themes|things|traits|users|values|weeks"
)
_ADJECTIVES = "active|cohort|different|distinct|local|mature|more|new|open|other|past|return|usable|whole"
_VERBS = {
    "are": "is",
    "carry": "carries",
    "do": "does",
    "have": "has",
    "hold": "holds",
    "lack": "lacks",
    "lie": "lies",
    "look": "looks",
    "name": "names",
    "were": "was",
}
#: After these, 1 is no count: "day 1 users".
_ORDINAL = (
    "column",
    "day",
    "group",
    "level",
    "line",
    "month",
    "period",
    "row",
    "step",
    "tier",
    "version",
    "week",
)
_ONE = re.compile(
    r"(?<![\w.,–-])"
    + "".join(f"(?<!{word} )" for word in _ORDINAL)
    + rf"1 ((?:{_ADJECTIVES}) )?({_NOUNS})\b(?:( of source \S+)? ({'|'.join(_VERBS)})\b)?"
)


def agree(sentence: str) -> str:
    """Put what is counted into the singular where there is one of it.

    >>> agree("1 users have no id; 1 other groups are hidden, 21 rows are not.")
    '1 user has no id; 1 other group is hidden, 21 rows are not.'
    >>> agree("1 people of 1,001 users; day 1 users; 0.1 days")
    '1 person of 1,001 users; day 1 users; 0.1 days'
    """
    return _ONE.sub(_singular, sentence) if "1 " in sentence else sentence


def _singular(match: re.Match[str]) -> str:
    adjective, noun, place, verb = match.groups()
    one = "person" if noun == "people" else noun.removesuffix("es") if noun.endswith("ches") else noun[:-1]
    return f"1 {adjective or ''}{one}{place or ''}" + (f" {_VERBS[verb]}" if verb else "")


def chinese_list(listed: str) -> str:
    """Write a list of words, given with English commas, as Chinese does.

    >>> chinese_list("android, ios")
    'android、ios'
    """
    return listed.replace(", ", "、")
