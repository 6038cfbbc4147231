"""Both models fitted to a set of customers, and what follows for each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tools.value.buying import BuyingModel, Histories, fit_buying
from tools.value.fitting import Fit, interval_around, spread_of
from tools.value.spending import SpendingModel, fit_spending

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MOST_FITTED = 100_000
_DAYS_OF_YEAR = 365.25
_STEP_DAYS = 30
_FEWEST_PRICED = 3


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far ahead is looked, and what of an amount counts.

    Attributes:
        days: to look ahead.
        margin: share of an amount that is kept.
        discount: rate per year.
    """

    days: int
    margin: float = 1.0
    discount: float = 0.0

    def add_up(self, expect: "Callable[[float], np.ndarray]") -> "np.ndarray":
        """Add up what is expected within the days, what comes later for less where there is a discount rate."""
        import numpy as np

        if not self.discount:
            return expect(float(self.days))
        ends = np.append(np.arange(_STEP_DAYS, self.days, _STEP_DAYS), self.days).astype(float)
        total, before, last = 0.0 * expect(0.0), 0.0 * expect(0.0), 0.0
        for end in ends:
            reached = expect(float(end))
            total = total + (reached - before) / (1 + self.discount) ** ((last + end) / 2 / _DAYS_OF_YEAR)
            before, last = reached, end
        return total


class Valuation:
    """Customers, the models fitted to them, and their outlook; all times in days."""

    def __init__(self, customers: "pd.DataFrame", end: int, outlook: Outlook) -> None:
        """Fit the models.

        Args:
            customers: as `tools.value.customers.fetch_customers` gives them.
            end: number of the last day of observation.
            outlook: what is looked at.
        """
        self.customers, self.outlook = customers, outlook
        self.histories, self._place = group_histories(customers, end)
        chosen = _sample(len(customers))
        self.is_sampled = chosen is not None
        fitted = customers if chosen is None else customers.iloc[chosen]
        histories = self.histories if chosen is None else group_histories(fitted, end)[0]
        self.buying, self.buying_fit = fit_buying(histories)
        self.spending, self.spending_fit = _fit_spending(fitted)

    @cached_property
    def chance_alive(self) -> "np.ndarray":
        """Chance of each customer not to have stopped."""
        return self.buying.chance_alive(self.histories)[self._place]

    @cached_property
    def purchases(self) -> "np.ndarray":
        """Purchases to be expected of each customer, without discount."""
        return self.buying.expect_after(float(self.outlook.days), self.histories)[self._place]

    @cached_property
    def value(self) -> "np.ndarray":
        """Discounted margin of the purchases to be expected of each customer."""
        return self._value(self.buying, self.spending)

    def mean_interval(self, of: str) -> tuple[float, float] | None:
        """Return the 95 % interval of the mean of `purchases` or `value`, as the parameters are estimated."""
        if of == "purchases":
            return interval_around(
                float(self.purchases.mean()), spread_of(self._mean_purchases, self.buying_fit)
            )
        errors = [spread_of(lambda v: self._mean_value(BuyingModel(*v), self.spending), self.buying_fit)]
        if self.spending_fit is not None:
            errors.append(
                spread_of(lambda v: self._mean_value(self.buying, SpendingModel(*v)), self.spending_fit)
            )
        return interval_around(float(self.value.mean()), *errors)

    def new_customer(self) -> tuple[float, float]:
        """Return repeat purchases and margin of a new customer within the days, the first purchase included."""
        import numpy as np

        first = float(self.customers["first_amount"].mean())
        purchases = self.buying.expect(float(self.outlook.days))
        later = self.outlook.add_up(lambda t: np.array([self.buying.expect(t)]))[0] * self._priced_share
        return purchases, (first + float(later) * self._usual_amount(self.spending)) * self.outlook.margin

    def correlation(self) -> float | None:
        """Return how the number of repeat purchases and their mean amount go together, among those who repeat."""
        import numpy as np

        purchases, mean = _priced(self.customers)
        if len(mean) < _FEWEST_PRICED or np.ptp(purchases) == 0 or np.ptp(mean) == 0:
            return None
        return float(np.corrcoef(purchases, mean)[0, 1])

    @cached_property
    def _priced_share(self) -> float:
        repeats = float((self.customers["days"] - 1).sum())
        return float(self.customers["priced_days"].sum()) / repeats if repeats else 0.0

    def _mean_purchases(self, values: "np.ndarray") -> float:
        found = BuyingModel(*values).expect_after(float(self.outlook.days), self.histories)
        return float(found @ self.histories.customers / self.histories.customers.sum())

    def _mean_value(self, buying: BuyingModel, spending: SpendingModel | None) -> float:
        return float(self._value(buying, spending).mean())

    def _value(self, buying: BuyingModel, spending: SpendingModel | None) -> "np.ndarray":
        purchases = self.outlook.add_up(lambda t: buying.expect_after(t, self.histories))[self._place]
        return purchases * self._priced_share * self._amounts(spending) * self.outlook.margin

    def _amounts(self, spending: SpendingModel | None) -> "np.ndarray":
        """Mean amount per purchase to be expected of each customer."""
        import numpy as np

        usual = self._usual_amount(spending)
        if spending is None:
            return np.full(len(self.customers), usual)
        purchases = self.customers["priced_days"].to_numpy(float)
        mean = self.customers["priced_amount"].to_numpy(float) / np.maximum(purchases, 1)
        return np.where(purchases > 0, spending.expect(purchases, mean), usual)

    def _usual_amount(self, spending: SpendingModel | None) -> float:
        if spending is not None and spending.mean is not None:
            return spending.mean
        amount, days = self.customers["priced_amount"].sum(), self.customers["priced_days"].sum()
        return float(amount / days) if days else 0.0


def group_histories(customers: "pd.DataFrame", end: int) -> "tuple[Histories, np.ndarray]":
    """Put equal histories together; also return where each customer's is."""
    import numpy as np

    first = customers["first"].to_numpy()
    rows = np.column_stack(
        [customers["days"].to_numpy() - 1, customers["last"].to_numpy() - first, end - first]
    )
    unique, place, counts = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    frequency, recency, age = unique.T.astype(float)
    return Histories(frequency, recency, age, counts.astype(float)), place.ravel()


def _priced(customers: "pd.DataFrame") -> "tuple[np.ndarray, np.ndarray]":
    some = customers[customers["priced_days"] > 0]
    purchases = some["priced_days"].to_numpy(float)
    return purchases, some["priced_amount"].to_numpy(float) / purchases


def _fit_spending(customers: "pd.DataFrame") -> tuple[SpendingModel | None, Fit | None]:
    """Fit amounts; without any, or where all spend the same, there is nothing to fit."""
    import numpy as np

    purchases, mean = _priced(customers)
    if len(mean) < _FEWEST_PRICED or np.ptp(mean) <= 1e-9 * mean.max():
        return None, None
    return fit_spending(purchases, mean)


def _sample(total: int) -> "np.ndarray | None":
    """Choose customers to fit the models to, always the same, where there are very many."""
    import numpy as np

    if total <= _MOST_FITTED:
        return None
    return np.sort(np.random.default_rng(0).choice(total, _MOST_FITTED, replace=False))
