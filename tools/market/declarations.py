"""What `metrics.yaml` may say of notes on competitors.

market:
  path: data/competitors.csv
  own: Lantern Market
  competitors:
    qinghe: {names: {zh: 青禾市集, en: Qinghe Bazaar}, synonyms: [青禾, Qinghe]}
  features:
    live_shopping: {names: {zh: 直播带货, en: live shopping}, synonyms: [直播, livestream]}

Each row of the table is a fact: on this day, this was noted of this feature of this competitor, says this source.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from tools.declarations import Name, Named, OwnedTable, fold, words_of

#: What the table is called as the source of a result.
MARKET = "market"


class MarketDefinition(OwnedTable):
    """A table of dated facts about competitors.

    Attributes:
        competitor, date, feature, value, source, note: columns; by default found by the usual names (see
            `tools.sources.notes`), in either language.
        day_first: whether 03/04/2026 is the 3rd of April; only needed where no date tells.
        own: the own company, as the table calls it.
        stale_days: facts that are older are marked.
        competitors, features: what people call those of the table; one that is not declared goes by its own name.
    """

    competitor: str | None = None
    date: str | None = None
    feature: str | None = None
    value: str | None = None
    source: str | None = None
    note: str | None = None
    day_first: bool | None = None
    own: Name | None = None
    stale_days: int = Field(default=90, ge=1, le=36_500)
    competitors: Mapping[Name, Named] = {}
    features: Mapping[Name, Named] = {}

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        for named in (self.competitors, self.features):
            seen: dict[str, str] = {}
            for key, declared in named.items():
                for word in words_of(key, declared):
                    if (other := seen.setdefault(fold(word), key)) != key:
                        raise ValueError(
                            f"{word} names both {other} and {key}; a name belongs to one | "
                            f"{word} 同时是 {other} 与 {key} 的名称，一个名称只能属于一方"
                        )
        return self

    def others(self) -> dict[str, Named]:
        """Return the competitors that are declared, without the own company."""
        own = fold(self.own or "")
        known = self.competitors.items()
        return {key: named for key, named in known if own not in map(fold, words_of(key, named))}
