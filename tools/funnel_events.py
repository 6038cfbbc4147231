"""The recorded events behind the steps and exclusions of a funnel."""

from datetime import timedelta

from tools.errors import InvalidArgument, show
from tools.funnel_definition import Exclusion, FunnelDefinition
from tools.journeys import Barrier, Rules
from tools.scope import Scope


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
