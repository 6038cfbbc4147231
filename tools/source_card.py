"""The lines of a definition card that say where the data is from and how its times are read."""

from tools.definitions import item
from tools.errors import show
from tools.exports import WORKSPACE_ZONE
from tools.results import DefinitionItem, Text
from tools.sources import EventSource


def describe_source(source: EventSource, zone: str) -> tuple[DefinitionItem, ...]:
    """Describe a source on the card of each result.

    Args:
        source: what was measured.
        zone: the workspace's time zone.
    """
    coverage = source.coverage
    naive = Text(
        zh=f"{zone}（数据中的时间不带时区，按该时区的本地时间理解）",
        en=f"{zone} (times in the data carry no zone and are read as local to it)",
    )
    aware = Text(
        zh=f"{zone}（数据中的时间带时区，已换算）",
        en=f"{zone} (times in the data carry a zone; converted)",
    )
    if (declared := source.definition.time_zone) is not None:
        read_as = zone if declared == WORKSPACE_ZONE else declared
        aware = Text(
            zh=f"{zone}（数据中不带时区的时间按 {read_as} 理解，已换算）",
            en=f"{zone} (times in the data without a zone are read as {read_as}; converted)",
        )
    merged: tuple[DefinitionItem, ...] = ()
    if source.definition.id is not None:
        column = show(source.definition.id)
        merged = (
            item(
                "去重",
                "one event is",
                Text(
                    zh=f"用户、事件、{column} 相同的各行计为一次，取最早时间",
                    en=f"rows that share user, event and {column}, at the earliest time",
                ),
            ),
        )
    return (
        item("数据源", "source", source.name),
        *merged,
        item("时区", "time zone", naive if source.naive_times else aware),
        item(
            "数据截至",
            "data as of",
            Text(
                zh=f"{coverage.data_as_of:%Y-%m-%d %H:%M}（完整覆盖至 {coverage.complete_through}）",
                en=f"{coverage.data_as_of:%Y-%m-%d %H:%M} (whole days through {coverage.complete_through})",
            ),
        ),
    )
