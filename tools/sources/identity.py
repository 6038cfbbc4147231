"""Who is who: a table of aliases (an anonymous id -> the user it turned out to be), and events by the known user.

Chains are followed: if a is b and b is c, all are c. Ids that name each other in a circle are one person, called
by the least of them. An id that names several users belongs to none of them for certain: it stays itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.errors import MissingColumn, nearest, show
from tools.grammar import chinese_list
from tools.identity import IdentityDefinition
from tools.results import Text
from tools.source_definition import SourceDefinition

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Aliases:
    """Resolved aliases.

    Attributes:
        users: id -> the user that it is in the end; ids that are themselves are left out.
        conflicts: ids that name several users, and stay themselves.
        circles: groups of ids that name each other, each sorted.
    """

    users: Mapping[str, str]
    conflicts: tuple[str, ...] = ()
    circles: tuple[tuple[str, ...], ...] = ()

    def warnings(self, source: str) -> tuple[Text, ...]:
        """Say what could not be told."""
        said = []
        if self.conflicts:
            count, example = len(self.conflicts), show(self.conflicts[0])
            said.append(
                Text(
                    zh=f"数据源 {source} 的身份表中有 {count} 个 ID 对应多名用户（如 {example}），未作合并。",
                    en=f"In the identity table of source {source}, {count} ids name several users (such as "
                    f"{example}) and are not merged.",
                )
            )
        if self.circles:
            count, example = len(self.circles), show(" → ".join(self.circles[0]))
            said.append(
                Text(
                    zh=f"数据源 {source} 的身份表中有 {count} 组 ID 循环互指（如 {example}），各视为一人。",
                    en=f"In the identity table of source {source}, {count} groups of ids name each other in a "
                    f"circle (such as {example}); each is taken for one person.",
                )
            )
        return tuple(said)


def resolve_aliases(frame: "pd.DataFrame") -> Aliases:
    """Follow aliases to the end.

    Args:
        frame: two columns of the same kind of ids, from and to; rows without one of them say nothing. The order of
            rows does not matter.
    """
    pairs = sorted({(a, b) for a, b in _texts(frame) if a != b})
    counts: dict[str, int] = {}
    for alias, _ in pairs:
        counts[alias] = counts.get(alias, 0) + 1
    conflicts = tuple(alias for alias, count in counts.items() if count > 1)
    follows = {alias: user for alias, user in pairs if counts[alias] == 1}
    users, circles = _follow(follows)
    return Aliases({a: u for a, u in users.items() if a != u}, conflicts, tuple(sorted(circles)))


def _texts(frame: "pd.DataFrame") -> list[tuple[str, str]]:
    known = frame.dropna()
    columns = [_text(known.iloc[:, k]) for k in (0, 1)]
    return [(a, b) for a, b in zip(*columns, strict=True) if a and b]


def _text(column: "pd.Series") -> list[str]:
    # A column of whole numbers with gaps comes as floats.
    is_whole = column.dtype.kind == "f" and (column % 1 == 0).all()
    return (column.astype("int64") if is_whole else column).astype(str).tolist()


def _follow(follows: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, ...]]]:
    """Find where each id ends, each step once: a functional graph."""
    ends: dict[str, str] = {}
    circles = []
    for start in follows:
        path: dict[str, int] = {}
        here = start
        while here in follows and here not in ends and here not in path:
            path[here] = len(path)
            here = follows[here]
        if here in path:
            circle = tuple(sorted(list(path)[path[here] :]))
            circles.append(circle)
            end = circle[0]
        else:
            end = ends.get(here, here)
        ends |= dict.fromkeys(path, end)
    return ends, circles


def describe_table(identity: IdentityDefinition) -> SourceDefinition:
    """Describe an alias table so that it can be read like any source."""
    return SourceDefinition(
        path=identity.path, frame=identity.frame, time=identity.to, event_name=identity.from_
    )


def select_aliases(name: str, table: Any, alias: str, user: str) -> Any:
    """Select the two columns of an alias table, whether of a frame or of an engine.

    Raises:
        MissingColumn: naming the nearest column.
    """
    for column in (alias, user):
        if column not in table.columns:
            listed = ", ".join(show(c) for c in nearest(column, [str(c) for c in table.columns]))
            raise MissingColumn(
                en=f"The identity table of source {name} has no column {show(column)}; nearest: {listed}.",
                zh=f"数据源 {name} 的身份表没有列 {show(column)}，最接近的是：{chinese_list(listed)}。",
                parameter=column,
            )
    return table[[alias, user]]


def map_users(
    rows: "ibis.Table", aliases: Aliases, load: "Callable[[pa.Table, str], ibis.Table]"
) -> "ibis.Table":
    """Replace the user of each row by the one that it is in the end; users become texts.

    Args:
        rows: with the column `user`.
        aliases: who is who.
        load: puts a table into the engine of the rows, under a name.
    """
    import pyarrow as pa

    kind = rows.user.type()
    key = (rows.user.cast("int64") if kind.is_floating() else rows.user).cast("string")
    keyed = rows.mutate(user=key)
    if not aliases.users:
        return keyed
    known = load(pa.table({"user": list(aliases.users), "person": list(aliases.users.values())}), "aliases")
    joined = keyed.left_join(known, "user")
    return joined.mutate(user=joined.person.coalesce(joined.user)).select(*rows.columns)
