"""How many users each demand of a list reaches: counted where it names an audience, else as the list says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.demands.arguments import DemandArguments
from tools.demands.audience import Audiences
from tools.demands.listing import Demands
from tools.results import Text
from tools.scope import Scope

_MOST_NAMED = 3


@dataclass(frozen=True)
class Reached:
    """How many users demands reach.

    Attributes:
        users: of each demand; None where that is not known.
        counted: of each, whether it was counted in the data.
        problems: place in the list -> why it cannot be said.
        warnings: where the list says something else, or both kinds stand side by side.
    """

    users: tuple[float | None, ...]
    counted: tuple[bool, ...]
    problems: dict[int, Text]
    warnings: tuple[Text, ...] = ()


def find_reach(scope: Scope, arguments: DemandArguments, demands: Demands) -> Reached:
    """Count the audiences of demands, or take the reach that the list states."""
    stated = demands.scores["reach"].values
    if arguments.reach == "stated" or not any(demands.audiences):
        return Reached(stated, (False,) * len(stated), {})
    scope.check_users()
    found = Audiences(scope, arguments).measure(demands.audiences)
    users = tuple(
        float(r.users) if r.users is not None else None if r.problem is not None else s
        for r, s in zip(found, stated, strict=True)
    )
    counted = tuple(r.users is not None for r in found)
    problems = {place: r.problem for place, r in enumerate(found) if r.problem is not None}
    return Reached(users, counted, problems, tuple(_doubts(demands, stated, users, counted)))


def _doubts(
    demands: Demands,
    stated: Sequence[float | None],
    users: Sequence[float | None],
    counted: Sequence[bool],
) -> Iterator[Text]:
    apart = [
        (title, said, own)
        for title, said, own, is_counted in zip(demands.titles, stated, users, counted, strict=True)
        if is_counted and said and own is not None and not 0.5 <= own / said <= 2
    ]
    if apart:
        zh = "、".join(f"{t.zh}（填写 {s:,.0f}，数据 {o:,.0f}）" for t, s, o in apart[:_MOST_NAMED])
        en = ", ".join(f"{t.en} (stated {s:,.0f}, counted {o:,.0f})" for t, s, o in apart[:_MOST_NAMED])
        yield Text(
            f"{len(apart)} 条需求填写的触达与数据相差一倍以上，按数据计算：{zh}{'等' if len(apart) > _MOST_NAMED else ''}。",
            f"The stated reach of {len(apart)} demands is off by more than a factor of two, and the data is taken: {en}"
            f"{', …' if len(apart) > _MOST_NAMED else '.'}",
        )
    plain = sum(not c and u is not None for c, u in zip(counted, users, strict=True))
    if plain and any(counted):
        yield Text(
            f"{plain} 条需求没有受众，触达为填写值，与按数据统计的人数未必可比。",
            f"{plain} demands name no audience: their reach is as stated, and may not compare with what was counted.",
        )
