"""What a funnel is: its steps and everything that decides whether a user counts at one of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from tools.durations import write_window
from tools.journeys import Order
from tools.results import Text

Entry = Literal["first", "any"]
Attribution = Literal["first_touch", "last_touch", "step", "all_steps"]
_WINDOW_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An event that may not lie between two steps, given by position from 0."""

    event: str
    after: int
    before: int


@dataclass(frozen=True, slots=True)
class FunnelDefinition:
    """The steps, in order, and what ties them together; `optional` holds positions from 0."""

    steps: tuple[str, ...]
    window: str = "7d"
    entry: Entry = "first"
    order: Order = "ordered"
    optional: tuple[int, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def span(self) -> timedelta:
        """The window as a length of time; a day is 24 hours."""
        return timedelta(**{_WINDOW_UNITS[self.window[-1]]: int(self.window[:-1])})

    @property
    def required(self) -> list[int]:
        """Positions of the steps that may not be skipped."""
        return [k for k in range(len(self.steps)) if k not in self.optional]

    def previous(self, position: int) -> int:
        """Return the required step before a step, which its conversion is measured against."""
        return max((k for k in self.required if k < position), default=position)

    def window_text(self) -> Text:
        """Write the window for people."""
        told = write_window(self.window)
        return Text(zh=f"{told.zh}（含边界）", en=f"{told.en}, edge included")
