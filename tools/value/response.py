"""How users acquired follow spending: a constant elasticity, fitted to weeks by least squares."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Response:
    """How users acquired follow spending, week by week.

    Attributes:
        spend, users: means per week.
        least, most: spending of the weeks with the least and the most.
        elasticity, error: relative change of users per relative change of spending, and its standard error.
        freedom: degrees of freedom of the error.
    """

    spend: float
    users: float
    least: float
    most: float
    elasticity: float
    error: float
    freedom: int

    def change(self, moved: float) -> float:
        """Return the change of users per week if so much more (or less) were spent."""
        return self.users * (((self.spend + moved) / self.spend) ** self.elasticity - 1)

    def change_error(self, moved: float) -> float:
        """Return its standard error, by the delta method."""
        import math

        ratio = (self.spend + moved) / self.spend
        return abs(self.users * ratio**self.elasticity * math.log(ratio)) * self.error


def fit_response(spend: "np.ndarray", users: "np.ndarray") -> Response:
    """Fit the elasticity to weeks with spending and users."""
    import numpy as np

    x, y = np.log(spend), np.log(users)
    centred = x - x.mean()
    square = float(centred @ centred)
    slope = float(centred @ y) / square
    rest = y - y.mean() - slope * centred
    freedom = len(x) - 2
    error = float(np.sqrt(rest @ rest / freedom / square))
    return Response(
        float(spend.mean()),
        float(users.mean()),
        float(spend.min()),
        float(spend.max()),
        slope,
        error,
        freedom,
    )
