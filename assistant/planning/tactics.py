"""Tactic cards: structured, validated blocks of a playbook that say what can be done, when, and to what effect."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML, YAMLError

from knowledge import KnowledgeBase
from knowledge.documents import Chunk, Document

Stage = Literal["acquisition", "activation", "retention", "engagement", "revenue", "referral"]
EvidenceGrade = Literal["own_experiment", "own_before_after", "published_case", "expert_opinion"]

STAGE_NAMES: dict[str, tuple[str, str]] = {
    "acquisition": ("拉新", "acquisition"),
    "activation": ("激活", "activation"),
    "retention": ("留存", "retention"),
    "engagement": ("活跃", "engagement"),
    "revenue": ("收入", "revenue"),
    "referral": ("传播", "referral"),
}
GRADE_NAMES: dict[str, tuple[str, str]] = {
    "own_experiment": ("自有实验", "own experiment"),
    "own_before_after": ("自有前后对比", "own before/after comparison"),
    "published_case": ("公开案例", "published case"),
    "expert_opinion": ("专家意见", "expert opinion"),
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(_Part):
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the Chinese text for `zh`, else the English one."""
        return self.zh if language == "zh" else self.en


class BilingualList(_Part):
    """A list in both languages, item by item the same."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def in_language(self, language: str) -> tuple[str, ...]:
        """Return the Chinese list for `zh`, else the English one."""
        return self.zh if language == "zh" else self.en


class Condition(_Part):
    """When to use a tactic: a level of a metric, or its change from one week to the next."""

    metric: str
    below: float | None = None
    above: float | None = None
    change_below: float | None = None
    change_above: float | None = None
    segment: Bilingual | None = None

    def holds(self, value: float | None, change: float | None) -> bool | None:
        """Tell whether the condition holds; None when what it needs was not measured."""
        checks: list[bool] = []
        for limit, known, less in (
            (self.below, value, True),
            (self.above, value, False),
            (self.change_below, change, True),
            (self.change_above, change, False),
        ):
            if limit is None:
                continue
            if known is None:
                return None
            checks.append(known < limit if less else known > limit)
        return all(checks)


class CostRange(_Part):
    """Cost in the workspace's currency."""

    low: float = Field(ge=0)
    high: float = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> "CostRange":
        if self.high < self.low:
            raise ValueError("high is below low")
        return self


class EffectRange(_Part):
    """Expected absolute change of a metric, in its own unit."""

    metric: str
    low: float
    high: float


class CardRisk(_Part):
    """What may go wrong, how it shows, and what to do then."""

    name: Bilingual
    trigger: Bilingual
    response: Bilingual


class TacticCard(_Part):
    """One tactic, as a playbook's ```tactic block states it."""

    id: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
    name: Bilingual
    stage: Stage
    when: tuple[Condition, ...] = ()
    steps: BilingualList
    cost: CostRange
    effort_days: float = Field(ge=0)
    effect: EffectRange
    evidence: EvidenceGrade
    basis: Bilingual
    needs: BilingualList = BilingualList()
    kpi: str
    guardrails: tuple[str, ...] = ()
    risks: tuple[CardRisk, ...] = ()
    owner_role: Bilingual


@dataclass(frozen=True, slots=True)
class FiledCard:
    """A card with the document and chunk that it stands in; usable as a search result with a score of 1."""

    card: TacticCard
    document: Document
    chunk: Chunk
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class BadCard:
    """A block that calls itself a tactic but cannot be read as one."""

    document: Document
    reason: str


def read_cards(
    knowledge: KnowledgeBase, *, teams: frozenset[str] | None
) -> tuple[list[FiledCard], list[BadCard]]:
    """Return the cards of all documents that a reader of `teams` may see, and the blocks that are not valid cards."""
    cards: dict[str, FiledCard] = {}
    bad: list[BadCard] = []
    for document, chunk in knowledge.blocks("tactic", teams=teams):
        try:
            card = _parse(chunk.text)
        except (ValidationError, YAMLError) as error:
            bad.append(BadCard(document, _reason(error)))
            continue
        cards.setdefault(card.id, FiledCard(card, document, chunk))
    return list(cards.values()), bad


def read_card(text: str) -> TacticCard | None:
    """Return the card that a block states, or None where it is not a valid one."""
    try:
        return _parse(text)
    except (ValidationError, YAMLError):
        return None


def _parse(text: str) -> TacticCard:
    return TacticCard.model_validate(YAML(typ="safe", pure=True).load(text))


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'card'}: {first['msg']}"
    return str(error).splitlines()[0]
