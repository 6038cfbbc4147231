"""What `metrics.yaml` may say of spending and budgets.

spend:
  channels: {path: data/channel_spend.parquet, date: date, amount: spend, dimension: channel, column: channel}
budgets:
  marketing: {path: data/budget.csv, date: month, amount: budget, column: channel, spend: channels}
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from pydantic import Field, model_validator

from tools.metric_kinds import Named

_Scalar = str | int | float | bool | date


class AmountTable(Named):
    """A table of amounts by day and by the value of a dimension.

    Attributes:
        path, frame, database, table, format, sheet, delimiter, encoding, where: as of a source.
        date: column with the local day; of a budget, any day of the month that the amount is for.
        amount: column with the amount, in the workspace's currency.
        column: column with the value of the dimension.
        teams: who may see it; none means everyone.
    """

    path: str | None = None
    frame: str | None = None
    database: str | None = None
    table: str | None = None
    format: str | None = None
    sheet: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str | None = None
    where: Mapping[str, _Scalar | tuple[_Scalar, ...]] = {}
    date: str
    amount: str
    column: str
    teams: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check_alternatives(self) -> Self:
        if sum(given is not None for given in (self.path, self.frame, self.database)) != 1:
            raise ValueError(
                "give one of path, frame and database | 请在 path、frame 与 database 中恰好填写一个"
            )
        if (self.database is None) != (self.table is None):
            raise ValueError("database and table go together | database 与 table 须同时填写")
        return self

    def visible_to(self, teams: frozenset[str] | None) -> bool:
        """Say whether a reader in `teams` (None: the owner) may see the table."""
        return teams is None or not self.teams or bool(teams.intersection(self.teams))

    def as_source(self) -> dict[str, Any]:
        """Describe the table as one of events, each of which is a value of the dimension."""
        kept = self.model_dump(
            exclude_none=True,
            exclude={"names", "synonyms", "date", "amount", "column", "teams", "dimension", "spend"},
        )
        return {**kept, "time": self.date, "event": self.column, "time_zone": "workspace"}


class SpendDefinition(AmountTable):
    """What was spent, by day and value of a dimension of the events, e.g. the channel of acquisition."""

    dimension: str


class BudgetDefinition(AmountTable):
    """What may be spent, by month and value; `spend` names the table of what was."""

    spend: str
