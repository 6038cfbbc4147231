"""Columns within columns: a property `plan` of the column `properties` becomes the column `properties.plan`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

    from tools.sources.reading import AnyEngine

_MOST_KEYS = 500


def flatten(engine: "AnyEngine", table: "ibis.Table") -> "ibis.Table":
    """Give every property within a structure, and every key of a list of keyed values, a column of its own.

    Lists of keyed values are those of Google Analytics 4: `{key, value: {string_value, int_value, …}}`. The column of
    a key holds numbers where no value of it is text.

    Raises:
        QueryTimeout, QueryTooLarge: the keys cannot be listed within the limits.
    """
    kinds = table.schema()
    if not any(kind.is_struct() or _is_keyed(kind) for kind in kinds.values()):
        return table
    columns: dict[str, Any] = {}
    for name, kind in kinds.items():
        expand = _of_keys(engine, table, name) if _is_keyed(kind) else _of_structure(name, table[name])
        columns |= dict(expand)
    return table.select(**columns)


def _of_structure(name: str, column: Any) -> Iterator[tuple[str, Any]]:
    kind = column.type()
    if not kind.is_struct():
        yield name, column
        return
    for field in kind.names:
        yield from _of_structure(f"{name}.{field}", column[field])


def _is_keyed(kind: Any) -> bool:
    if not (kind.is_array() and kind.value_type.is_struct()):
        return False
    fields = kind.value_type
    return "key" in fields.names and "value" in fields.names and fields["value"].is_struct()


def _of_keys(engine: "AnyEngine", table: "ibis.Table", name: str) -> Iterator[tuple[str, Any]]:
    kinds = table[name].type().value_type["value"]
    pairs = table.select(pair=table[name].unnest())
    text = [n for n in kinds.names if kinds[n].is_string()]
    texts = pairs.pair["value"]["string_value"].notnull() if "string_value" in text else None
    counted = pairs.group_by(key=pairs.pair["key"]).agg(texts=pairs.count() if texts is None else texts.sum())
    found = engine.fetch(counted.order_by("key").limit(_MOST_KEYS))
    for key, count in zip(found["key"], found["texts"], strict=True):
        yield f"{name}.{key}", _value(table[name], key, kinds, is_text=bool(count))


def _value(column: Any, key: str, kinds: Any, *, is_text: bool) -> Any:
    import ibis

    value = column.filter(lambda pair: pair["key"] == key)[0]["value"]
    target = "string" if is_text else "float64"
    # BigQuery writes whole numbers as text into JSON.
    parts = [value[n].try_cast(target) for n in kinds.names if is_text or n != "string_value"]
    return ibis.coalesce(*parts) if parts else ibis.null(target)
