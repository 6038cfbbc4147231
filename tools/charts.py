"""One Vega-Lite specification per result, built with altair, data inline."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tools.columns import column_text
from tools.results import Text, to_json

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _HEIGHT = 560, 280
_FORMATS = {"ratio": ".3~%", "ratio_change": "+.3~%"}
_MOST_SERIES = 12
_LONGEST_NAME = 340
#: Points of a line are drawn while they can be told apart; a letter is about so wide.
_MOST_POINTS, _LETTER = 60, 6.2
#: Marked points must not look like the line.
_MARKS = ("#e45756", "#f58518", "#eeca3b", "#54a24b")
_FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, Helvetica, Arial, sans-serif"


def draw_lines(
    table: "pd.DataFrame",
    x: str,
    y: str,
    *,
    title: Text,
    axes: tuple[Text, Text],
    unit: str,
    language: str,
    series: str | None = None,
) -> dict[str, Any]:
    """Draw a line over an ordered axis, one per value of the column `series`."""
    rows = _largest_series(table, series, y) if series else table
    return _draw("line", rows, x, y, title=title, axes=axes, unit=unit, language=language, color=series)


def draw_bars(
    table: "pd.DataFrame",
    x: str,
    y: str,
    *,
    title: Text,
    axes: tuple[Text, Text],
    unit: str,
    language: str,
    color: str | None = None,
    lying: bool = False,
) -> dict[str, Any]:
    """Draw bars in the order of the table, stacked by the column `color`; `lying` leaves room for long names."""
    mark = "lying bar" if lying else "bar"
    return _draw(mark, table, x, y, title=title, axes=axes, unit=unit, language=language, color=color)


def draw_heatmap(
    table: "pd.DataFrame",
    x: str,
    y: str,
    color: str,
    *,
    title: Text,
    axes: tuple[Text, Text],
    legend: Text,
    language: str,
) -> dict[str, Any]:
    """Draw a cell per row, in the order of the table, the darker the more."""
    import altair as alt

    columns = [x, y, color]
    values = [
        dict(zip(columns, (to_json(v) for v in row), strict=True))
        for row in table[columns].itertuples(index=False, name=None)
    ]
    across, down, shade = (t.in_language(language) for t in (*axes, legend))
    chart = alt.Chart(title=title.in_language(language)).mark_rect()
    encoded = chart.encode(
        x=alt.X(field=x, type="ordinal", sort=None, title=across, axis=alt.Axis(labelAngle=0)),
        y=alt.Y(field=y, type="ordinal", sort=None, title=down),
        color=alt.Color(field=color, type="quantitative", title=shade, scale=alt.Scale(scheme="blues")),
        tooltip=[
            alt.Tooltip(field=x, type="ordinal", title=across),
            alt.Tooltip(field=y, type="ordinal", title=down),
            alt.Tooltip(field=color, type="quantitative", title=shade, format=",.4~f"),
        ],
    )
    return _finish(encoded, values)


def draw_intervals(
    table: "pd.DataFrame",
    x: str,
    y: str,
    bounds: tuple[str, str],
    *,
    title: Text,
    axes: tuple[Text, Text],
    unit: str,
    language: str,
    lying: bool = False,
) -> dict[str, Any]:
    """Draw a point with its interval per row, and a line at zero; `lying` leaves room for long names."""
    import altair as alt

    columns = [x, y, *bounds]
    values = [
        dict(zip(columns, (to_json(v) for v in row), strict=True))
        for row in table[columns].itertuples(index=False, name=None)
    ]
    across, up = (axis.in_language(language) for axis in axes)
    names, amounts, second = (alt.Y, alt.X, alt.X2) if lying else (alt.X, alt.Y, alt.Y2)
    name_axis, amount_axis = ("y", "x") if lying else ("x", "y")
    axis = _name_axis([v[x] for v in values], lying=lying)
    form = _amount_axis(unit)
    by_name = {name_axis: names(field=x, type="ordinal", sort=None, title=across, axis=axis)}

    def along(field: str) -> dict[str, Any]:
        return by_name | {amount_axis: amounts(field=field, type="quantitative", title=up, axis=form)}

    base = alt.Chart()
    tips = [alt.Tooltip(field=c, type="quantitative", format=",.4~f") for c in (y, *bounds)]
    points = base.mark_point(filled=True, size=60).encode(
        **along(y), tooltip=[alt.Tooltip(field=x, type="ordinal", title=across), *tips]
    )
    bars = base.mark_rule().encode(**along(bounds[0]), **{f"{amount_axis}2": second(field=bounds[1])})
    zero = base.mark_rule(strokeDash=[4, 4], color="gray").encode(**{amount_axis: amounts(datum=0)})
    layered = alt.layer(zero, bars, points).properties(title=title.in_language(language))
    return _finish(layered, values)


def draw_band(
    table: "pd.DataFrame",
    x: str,
    y: str,
    *,
    middle: str,
    band: tuple[str, str],
    title: Text,
    axes: tuple[Text, Text],
    unit: str,
    language: str,
    note: Text,
    marked: str | None = None,
) -> dict[str, Any]:
    """Draw a line beside what is expected of it, with the band around that; rows with a `marked` text get a point.

    Args:
        note: says under the title what the broken line and the band are.
    """
    import altair as alt

    columns = [c for c in (x, y, middle, *band, marked) if c is not None]
    values = [
        dict(zip(columns, (to_json(v) for v in row), strict=True))
        for row in table[columns].itertuples(index=False, name=None)
    ]
    across, up = (axis.in_language(language) for axis in axes)
    place = alt.X(field=x, type="ordinal", sort=None, title=across, axis=_time_axis())

    def height(field: str) -> Any:
        scale = alt.Scale(zero=False)
        return alt.Y(field=field, type="quantitative", title=up, axis=_amount_axis(unit), scale=scale)

    shown = [
        alt.Tooltip(field=c, type="quantitative", title=column_text(c).in_language(language), format=",.4~f")
        for c in (y, middle, *band)
    ]
    tips = [alt.Tooltip(field=x, type="ordinal", title=across), *shown]
    base = alt.Chart()
    around = base.mark_area(opacity=0.2).encode(x=place, y=height(band[0]), y2=alt.Y2(field=band[1]))
    layers = [
        around,
        base.mark_line(strokeDash=[4, 3], opacity=0.7).encode(x=place, y=height(middle)),
        base.mark_line(point=len(values) <= _MOST_POINTS and alt.OverlayMarkDef(size=12)).encode(
            x=place, y=height(y), tooltip=tips
        ),
    ]
    if marked and (kinds := list(dict.fromkeys(v[marked] for v in values if v[marked]))):
        points = base.transform_filter(f"isValid(datum.{marked}) && datum.{marked} != ''")
        shades = alt.Scale(domain=kinds, range=list(_MARKS))
        color = alt.Color(field=marked, type="nominal", sort=None, title=None, scale=shades)
        layers.append(points.mark_point(filled=True, size=80).encode(x=place, y=height(y), color=color))
    headed = alt.Title(title.in_language(language), subtitle=note.in_language(language))
    return _finish(alt.layer(*layers, title=headed), values)


def _draw(
    mark: str,
    table: "pd.DataFrame",
    x: str,
    y: str,
    *,
    title: Text,
    axes: tuple[Text, Text],
    unit: str,
    language: str,
    color: str | None,
) -> dict[str, Any]:
    import altair as alt

    columns = [c for c in dict.fromkeys((x, y, color)) if c is not None]
    values = [
        dict(zip(columns, (to_json(v) for v in row), strict=True))
        for row in table[columns].itertuples(index=False, name=None)
    ]
    across, up = (axis.in_language(language) for axis in axes)
    lying = mark == "lying bar"
    names, amounts = (alt.Y, alt.X) if lying else (alt.X, alt.Y)
    axis = _time_axis() if mark == "line" else _name_axis([v[x] for v in values], lying=lying)
    encoding: dict[str, Any] = {
        "y" if lying else "x": names(field=x, type="ordinal", sort=None, title=across, axis=axis),
        "x" if lying else "y": amounts(field=y, type="quantitative", title=up, axis=_amount_axis(unit)),
        "tooltip": [
            alt.Tooltip(field=x, type="ordinal", title=across),
            alt.Tooltip(field=y, type="quantitative", title=up, format=",.4~f"),
        ],
    }
    if color:
        kinds = list(dict.fromkeys(v[color] for v in values))
        encoding["color"] = alt.Color(field=color, type="nominal", sort=kinds, title=None)
        encoding["tooltip"].append(alt.Tooltip(field=color, type="nominal", title=""))
        if mark != "line":  # stacked as the legend lists them, whatever the language
            values = [v | {"layer": kinds.index(v[color])} for v in values]
            encoding["order"] = alt.Order(field="layer", type="ordinal")
    chart = alt.Chart(title=title.in_language(language))
    few = len({v[x] for v in values}) <= _MOST_POINTS
    marked = chart.mark_line(point=few) if mark == "line" else chart.mark_bar()
    return _finish(marked.encode(**encoding), values)


def _time_axis() -> Any:
    """Return an axis in order, on which labels give way to others."""
    import altair as alt

    return alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=8)


def _name_axis(names: Sequence[Any], *, lying: bool) -> Any:
    """Return an axis of names: level where all fit, and beside lying bars with its title above them."""
    import altair as alt

    if lying:
        return alt.Axis(
            labelOverlap=True,
            labelLimit=_LONGEST_NAME,
            titleAngle=0,
            titleAlign="right",
            titleBaseline="bottom",
            titleX=-6,
            titleY=-8,
        )
    room = _WIDTH / max(1, len(set(names)))
    fits = all(_width(str(name)) * _LETTER < room for name in names)
    return alt.Axis(labelAngle=0 if fits else -90, labelOverlap=True, labelLimit=_LONGEST_NAME)


def _amount_axis(unit: str) -> Any:
    import altair as alt

    return alt.Axis(format=_FORMATS.get(unit, ",~f"), labelOverlap=True, labelSeparation=8)


def _width(text: str) -> int:
    """Return how wide a text is in Latin letters; a Chinese character takes two."""
    return sum(1 if ord(character) < 0x2E80 else 2 for character in text)


def _finish(chart: Any, values: list[dict[str, Any]]) -> dict[str, Any]:
    """Give a chart its size and font, and its rows inline."""
    sized = chart.properties(width=_WIDTH, height=_HEIGHT)
    specification = sized.configure(font=_FONT).to_dict()
    # given to altair, the rows would move to a named data set, and it would look through every installed package
    # for a reader of them; inline they survive every tool that shows the chart.
    specification.pop("datasets", None)
    return specification | {"data": {"values": values}}


def _largest_series(table: "pd.DataFrame", series: str, y: str) -> "pd.DataFrame":
    """Keep the lines that a reader can tell apart."""
    order: Sequence[str] = list(
        table.groupby(series)[y].sum().sort_values(ascending=False).index[:_MOST_SERIES]
    )
    return table[table[series].isin(order)]
