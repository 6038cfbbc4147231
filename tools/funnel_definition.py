"""What a funnel is: its steps and everything that decides whether a user counts at one of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from tools.errors import InvalidArgument, show
from tools.journeys import Barrier, Order, Rules
from tools.metric_kinds import Entry
from tools.results import Text
from tools.scope import Scope

Attribution = Literal["first_touch", "last_touch", "step", "all_steps"]
_WINDOW_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_WINDOW_TEXT = {"m": Text("分钟", "minutes"), "h": Text("小时", "hours"), "d": Text("天", "days")}


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
        unit = _WINDOW_TEXT[self.window[-1]]
        return Text(
            zh=f"{self.window[:-1]} {unit.zh}（含边界）",
            en=f"{self.window[:-1]} {unit.en.removesuffix('s') if self.window[:-1] == '1' else unit.en}, edge included",
        )


def bind_events(scope: Scope, definition: FunnelDefinition) -> tuple[Rules, dict[str, int]]:
    """Find the recorded names behind a funnel's events.

    Returns:
        The rules to match by, and for each recorded name the mask of the bits that it sets.

    Raises:
        InvalidArgument: an event is unknown, excluded between steps that are the same event, or in an
            any-order funnel part of two different steps.
    """
    steps = [frozenset(scope.recorded_names(step) or ()) for step in definition.steps]
    bits = tuple(steps.index(names) for names in steps)
    if definition.order == "any":
        _check_apart(definition, steps)
    barriers, masks = [], {}  # type: list[Barrier], dict[str, int]
    named = dict(zip(bits, steps, strict=True))
    for position, exclusion in enumerate(definition.exclusions):
        names = frozenset(scope.recorded_names(exclusion.event) or ())
        _check_exclusion(definition, exclusion, names, steps)
        barriers.append(Barrier(len(steps) + position, exclusion.after, exclusion.before))
        named[len(steps) + position] = names
    for bit, names in named.items():
        for name in names:
            masks[name] = masks.get(name, 0) | 1 << bit
    optional = tuple(k in definition.optional for k in range(len(steps)))
    window = definition.span // timedelta(microseconds=1)
    return Rules(bits, optional, window, definition.order, tuple(barriers)), masks


def _check_apart(definition: FunnelDefinition, steps: list[frozenset[str]]) -> None:
    for position, names in enumerate(steps):
        for earlier, other in enumerate(steps[:position]):
            if names & other and names != other:
                one, two = show(definition.steps[earlier]), show(definition.steps[position])
                raise InvalidArgument(
                    en=f"In any order, steps {one} and {two} may not share an event; use order=ordered, "
                    "or steps without a common event.",
                    zh=f"任意顺序下，步骤 {one} 与 {two} 不能包含同一事件；请改用 order=ordered，或换成互不重叠的步骤。",
                    parameter="steps",
                )


def _check_exclusion(
    definition: FunnelDefinition, exclusion: Exclusion, names: frozenset[str], steps: list[frozenset[str]]
) -> None:
    for position in range(exclusion.after, exclusion.before + 1):
        if names & steps[position]:
            event, step = show(exclusion.event), show(definition.steps[position])
            raise InvalidArgument(
                en=f"exclusions: {event} is also step {position + 1} ({step}); exclude another event, or between "
                "steps that are not that event.",
                zh=f"exclusions：{event} 同时是第 {position + 1} 步（{step}）；请排除其他事件，或选择不含该事件的步骤区间。",
                parameter="exclusions",
            )
