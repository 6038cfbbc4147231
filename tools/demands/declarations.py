"""What `metrics.yaml` may say of lists of demands (feature requests, requirements).

demands:
  backlog: {path: data/jira.csv}
  ideas:
    path: data/ideas.xlsx
    reach: 预计触达
    audience: 目标人群
    weights: {reach: 3, impact: 3, feedback: 2, effort: -2}
    survey: {path: data/kano.csv, demand: key, respondent: uid, functional: with, dysfunctional: without}

Columns that are not named are found by the names that Jira, PingCode, Worktile and teams' own lists give them (see
`tools.demands.columns`).
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tools.declarations import Name, OwnedTable, Table

Criterion = Literal["reach", "impact", "confidence", "ease", "effort", "votes", "feedback", "negative"]
Weight = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]


class SurveyTable(Table):
    """Answers to a Kano questionnaire: a row per respondent and demand, or (`pairs`) a row per respondent.

    Attributes:
        demand, respondent: columns with the demand's id and with who answered.
        functional, dysfunctional: columns with the answers to "how would you feel if it were there / not there".
        pairs: id of a demand -> its two columns, in this order, where each question has a column of its own.
        codes: what numbers mean, where answers are numbers from 1 to 5: `like_is_1` or `like_is_5`.
    """

    demand: str = "demand"
    respondent: str | None = None
    functional: str = "functional"
    dysfunctional: str = "dysfunctional"
    pairs: Mapping[Name, tuple[str, str]] = {}
    codes: Literal["like_is_1", "like_is_5"] | None = None


class DemandTable(OwnedTable):
    """A list of demands, a row each.

    Attributes:
        id, title, title_en, status: columns; `title_en` is the title in English where `title` is not.
        reach, impact, confidence, ease, effort, votes: columns with scores.
        audience: column that says whom the demand reaches: `*`, a saved segment, an event, `dimension=value`, or
            several of them joined by `;`. How many those are is counted in the data.
        about: column with words for what users say about it; by default the title.
        done: statuses of demands that are settled, beside the usual ones.
        impact_scale: highest impact; without it the largest of 3, 5, 10 or 100 that the values need.
        confidence_scale: what confidence counts in: `share` (0 to 1), `ten` (0 to 10) or `percent`.
        weights: criterion -> weight of the weighted score; what costs has a negative one.
        survey: answers to a Kano questionnaire about these demands.
    """

    id: str | None = None
    title: str | None = None
    title_en: str | None = None
    status: str | None = None
    reach: str | None = None
    impact: str | None = None
    confidence: str | None = None
    ease: str | None = None
    effort: str | None = None
    votes: str | None = None
    audience: str | None = None
    about: str | None = None
    done: tuple[Name, ...] = ()
    impact_scale: Annotated[float, Field(gt=0, le=1000)] | None = None
    confidence_scale: Literal["share", "ten", "percent"] | None = None
    weights: Mapping[Criterion, Weight] = {}
    survey: SurveyTable | None = None

    @model_validator(mode="after")
    def _check_weights(self) -> Self:
        if self.weights and not any(self.weights.values()):
            raise ValueError("give one weight that is not 0 | 至少一个权重不为 0")
        return self
