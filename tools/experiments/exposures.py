"""Who was exposed to which arm, and since when: one row per user, the first exposure that counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.errors import NoData, show
from tools.experiments.declarations import ExperimentDefinition
from tools.grammar import chinese_list
from tools.periods import Period
from tools.results import Text
from tools.scope import FilterValues, Scope, first_values, keep, within

if TYPE_CHECKING:
    import ibis

ALL = "all"
_MANY = 0.01


@dataclass(frozen=True, slots=True)
class Exposures:
    """The users of an experiment.

    Attributes:
        table: rows `user, arm, at, day, month, d_<dimension>...`: the first exposure of each user who saw one arm.
            Dimensions have the value of the user's first event in the data, which the arm cannot have changed
            unless the user is new; `(none)` without one.
        counts: users of `table` by arm, the control first.
        crossed: users who saw several arms, and are left out of all.
        warnings: what was left out.
    """

    table: "ibis.Table"
    counts: Mapping[str, int]
    crossed: int
    warnings: tuple[Text, ...]

    @property
    def control(self) -> str:
        """The control arm."""
        return next(iter(self.counts))

    @property
    def users(self) -> int:
        """Users of all arms."""
        return sum(self.counts.values())


def find_exposures(
    scope: Scope,
    name: str,
    experiment: ExperimentDefinition,
    period: Period,
    *,
    filters: FilterValues,
    dimensions: Sequence[str] = (),
) -> Exposures:
    """Find the users of an experiment.

    Args:
        scope: what is read.
        name: of the experiment.
        experiment: its declaration.
        period: local days of the exposures that count.
        filters: of users, by the value of each dimension at their first event.
        dimensions: which to add to the rows.

    Raises:
        NoData: nobody was exposed to the control, or nobody to another arm.
    """
    seen, lacking = _read(scope, name, experiment)
    seen = within(seen, period, scope.calendar)
    if experiment.arms:
        seen = seen.filter(seen.arm.isin(list(experiment.arms)))
    users = seen.group_by("user").agg(
        arm=seen.arm.min(),
        arms=seen.arm.nunique(),
        at=seen["at"].min(),
        day=seen.day.min(),
        month=seen.month.min(),
    )
    users = scope.source.kept.table(keep(add_dimensions(scope, users, {*filters, *dimensions}), filters))
    by_arm = users.group_by("arm", crossed=users.arms > 1).agg(n=users.count())
    found = scope.source.engine.fetch(by_arm)
    crossed = int(found.loc[found["crossed"], "n"].sum())
    sizes = found[~found["crossed"]]
    counts = {str(arm): int(n) for arm, n in zip(sizes["arm"], sizes["n"], strict=True)}
    _check_arms(experiment, counts, period)
    return Exposures(
        users.filter(users.arms == 1).drop("arms"),
        _ordered(experiment, counts),
        crossed,
        (*_lacking_warning(lacking), *_crossed_warning(crossed, sum(counts.values()))),
    )


def find_entries(scope: Scope, event: str | None, period: Period, filters: FilterValues) -> "ibis.Table":
    """Return rows `user, arm, at, day, month` of each user's first event of a period, as if all were in one arm."""
    import ibis

    rows = within(scope.days(event, filters), period, scope.calendar)
    first = rows.group_by("user").agg(at=rows["at"].min(), day=rows.day.min(), month=rows.month.min())
    return scope.source.kept.table(first.mutate(arm=ibis.literal(ALL)))


def add_dimensions(scope: Scope, users: "ibis.Table", dimensions: Sequence[str] | set[str]) -> "ibis.Table":
    """Add to rows of users, as `d_<dimension>`, the value at each one's first event in the data."""
    if not dimensions:
        return users
    rows, names = scope.days(None), sorted(dimensions)
    starts = rows.group_by("user").agg(at=rows["at"].min())
    first = first_values(rows, starts, names).drop("at")
    joined = users.left_join(first, "user")
    values = {f"d_{d}": joined[f"d_{d}"].coalesce("(none)") for d in names}
    return joined.select(*users.columns, **values)


def _read(scope: Scope, name: str, experiment: ExperimentDefinition) -> tuple["ibis.Table", int]:
    """Return rows `user, arm, at, day, month`, several per user, and how many rows lack one of these."""
    if experiment.assignments is not None:
        assigned = scope.source.assignments.get(name, experiment.assignments)
        return assigned.table, assigned.lacking
    exposure = experiment.exposure
    assert exposure is not None  # the declaration has one of the two
    rows = scope.days(exposure.event, {k: list(v) for k, v in exposure.where.items()})
    return rows.select("user", "at", "day", "month", arm=rows[f"d_{exposure.arm}"]), 0


def _check_arms(experiment: ExperimentDefinition, counts: Mapping[str, int], period: Period) -> None:
    control, span = show(experiment.control), period.text()
    if not counts:
        raise NoData(
            en=f"Nobody was exposed to the experiment in {span.en}.",
            zh=f"{span.zh} 没有用户进入该实验。",
            parameter="start",
        )
    if experiment.control not in counts or len(counts) < 2:
        listed = ", ".join(show(arm) for arm in sorted(counts))
        raise NoData(
            en=f"An experiment needs users in its control arm {control} and in another; the data has: {listed}.",
            zh=f"实验需要对照组 {control} 和至少一个其他组都有用户；数据中有：{chinese_list(listed)}。",
            parameter="experiment",
        )


def _ordered(experiment: ExperimentDefinition, counts: Mapping[str, int]) -> dict[str, int]:
    declared = [arm for arm in experiment.arms if arm in counts]
    names = dict.fromkeys((experiment.control, *declared, *sorted(counts)))
    return {arm: counts[arm] for arm in names}


def _lacking_warning(lacking: int) -> tuple[Text, ...]:
    if not lacking:
        return ()
    return (
        Text(
            zh=f"分组表中有 {lacking:,} 行缺少用户、时间或组别，未计入。",
            en=f"{lacking:,} rows of the assignments lack a user, a time or an arm and are left out.",
        ),
    )


def _crossed_warning(crossed: int, users: int) -> tuple[Text, ...]:
    if not crossed:
        return ()
    is_many = crossed > _MANY * (crossed + users)
    zh, en = (
        ("超过总数的 1%，分流可能有问题", "that is over 1 % of all, so assignment may be broken")
        if is_many
        else ("不足总数的 1%", "that is under 1 % of all")
    )
    return (
        Text(
            zh=f"有 {crossed:,} 名用户进入过多个组，已从所有组中剔除；{zh}。",
            en=f"{crossed:,} users saw more than one arm and are left out of every one; {en}.",
        ),
    )
