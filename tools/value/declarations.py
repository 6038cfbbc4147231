"""What `metrics.yaml` may say of spending and budgets.

spend:
  channels: {path: data/channel_spend.parquet, date: date, amount: spend, dimension: channel, column: channel}
budgets:
  marketing: {path: data/budget.csv, date: month, amount: budget, column: channel, spend: channels}
"""

from typing import Any

from tools.declarations import OwnedTable


class AmountTable(OwnedTable):
    """A table of amounts by day and by the value of a dimension.

    Attributes:
        date: column with the local day; of a budget, any day of the month that the amount is for.
        amount: column with the amount, in the workspace's currency.
        column: column with the value of the dimension.
    """

    date: str
    amount: str
    column: str

    def as_source(self) -> dict[str, Any]:
        """Describe the table as one of events, each of which is a value of the dimension."""
        return {**self.place(), "time": self.date, "event": self.column, "time_zone": "workspace"}


class SpendDefinition(AmountTable):
    """What was spent, by day and value of a dimension of the events, e.g. the channel of acquisition."""

    dimension: str


class BudgetDefinition(AmountTable):
    """What may be spent, by month and value; `spend` names the table of what was."""

    spend: str
