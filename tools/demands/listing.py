"""A list of demands as it was written: titles, scores, what is settled and what stands twice."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.demands.columns import NAMES, find_columns
from tools.demands.declarations import DemandTable
from tools.demands.scores import LABELS, Scores, read_amounts, read_confidence, read_points
from tools.errors import NoData, SourceUnavailable, show, suggest
from tools.grammar import chinese_list
from tools.results import Text
from tools.scope import Scope
from tools.sources.normalization import require_columns

if TYPE_CHECKING:
    import pandas as pd

MOST_DEMANDS = 5_000
_DONE = frozenset(
    (
        "done", "closed", "resolved", "cancelled", "canceled", "rejected", "released", "shipped", "completed", "finished",
        "duplicate", "archived", "won't do", "完成", "已完成", "关闭", "已关闭", "已解决", "已取消", "取消", "已拒绝", "已发布",
        "已上线", "已交付", "已归档", "已结束",
    )
)  # fmt: skip
_SPLIT = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Demands:
    """The open demands of a list, in the order of their ids.

    Attributes:
        name: of the list in `metrics.yaml`.
        declared: what that says of it.
        titles: of each.
        ids: of each; the title where the list has none.
        scores: field -> its scores.
        audiences, abouts: what the list says of whom each reaches, and what users say about it.
        repeated: of each, whether its id stands for another demand, too.
        columns: field -> the column it was read from.
        warnings: what was left out, and what stands twice.
    """

    name: str
    declared: DemandTable
    titles: tuple[Text, ...]
    ids: tuple[str, ...]
    scores: dict[str, Scores]
    audiences: tuple[str | None, ...]
    abouts: tuple[str | None, ...]
    repeated: tuple[bool, ...]
    columns: dict[str, str]
    warnings: tuple[Text, ...]


def find_list(scope: Scope, name: str | None) -> tuple[str, DemandTable]:
    """Return a list of demands by its name, or the first.

    Raises:
        NoData: none is declared, or there is none of that name.
    """
    known = scope.semantics.demands
    if not known:
        raise NoData(
            en="metrics.yaml declares no demands; add demands: {backlog: {path: data/jira.csv}} (CSV, Excel or JSON lines; "
            "an export of Jira, PingCode or Worktile, or your own list with title, reach, impact, confidence and effort).",
            zh="metrics.yaml 没有声明需求清单；请添加 demands: {backlog: {path: data/jira.csv}}（CSV、Excel 或 JSON Lines；"
            "可为 Jira、PingCode、Worktile 的导出，或含标题、触达、影响、信心、投入的自有清单）。",
            parameter="demands",
        )
    if name is None or name in known:
        chosen = name or next(iter(known))
        return chosen, known[chosen]
    en, zh = suggest(name, known)
    raise NoData(
        en=f"metrics.yaml declares no list of demands {show(name)}.{en}",
        zh=f"metrics.yaml 没有声明需求清单 {show(name)}。{zh}",
        parameter="demands",
    )


def read_demands(scope: Scope, name: str, declared: DemandTable, *, settled: bool) -> Demands:
    """Read a list of demands.

    Args:
        scope: what is read.
        name: of the list.
        declared: what `metrics.yaml` says of it.
        settled: whether those that are done or cancelled are kept.

    Raises:
        SourceUnavailable, MissingColumn: it cannot be read, or has no column of titles.
        NoData: no demand is open.
    """
    return describe(name, declared, scope.source.tables.get(name, declared), settled=settled)


def describe(name: str, declared: DemandTable, rows: "pd.DataFrame", *, settled: bool = False) -> Demands:
    """Make the demands of a table of text, a column per field; raises what `read_demands` raises."""
    stated = {field: getattr(declared, field) for field in NAMES}
    require_columns(name, stated.values(), rows.columns)
    columns = find_columns(rows, stated)
    if "title" not in columns:
        listed = ", ".join(show(c) for c in list(rows.columns)[:20])
        raise SourceUnavailable(
            en=f"The list of demands {name} has no column of titles; name it with title:. It has: {listed}.",
            zh=f"需求清单 {name} 没有标题列，请用 title: 指明。现有列：{chinese_list(listed)}。",
            parameter="title",
        )
    chosen, warnings = _choose(rows[list(dict.fromkeys(columns.values()))], columns, declared, settled)
    if chosen.empty or len(chosen) > MOST_DEMANDS:
        raise _wrong_size(name, len(chosen))
    return _describe(name, declared, _in_order(chosen, columns), columns, warnings)


def _choose(
    rows: "pd.DataFrame", columns: dict[str, str], declared: DemandTable, settled: bool
) -> "tuple[pd.DataFrame, list[Text]]":
    """Leave out rows without a title, repeated ones, and what is settled; say how many."""
    titled = rows[rows[columns["title"]].notna()]
    alone = titled.drop_duplicates()
    chosen = alone if settled else alone[~_is_settled(alone, columns.get("status"), declared)]
    lost = (
        (len(rows) - len(titled), Text("没有标题", "rows without a title")),
        (len(titled) - len(alone), Text("与另一行完全相同", "rows that repeat another")),
        (len(alone) - len(chosen), Text("已完成或已取消", "demands that are done or cancelled")),
    )
    said = [Text(f"未计入 {n} 行：{why.zh}。", f"Left out, {why.en}: {n}.") for n, why in lost if n]
    return chosen, said


def _describe(
    name: str, declared: DemandTable, rows: "pd.DataFrame", columns: dict[str, str], warnings: list[Text]
) -> Demands:
    def cells(field: str) -> list[str | None]:
        return list(rows[columns[field]]) if field in columns else [None] * len(rows)

    titles = [
        Text(str(title), str(english or title))
        for title, english in zip(cells("title"), cells("title_en"), strict=True)
    ]
    ids = [i or t.zh for i, t in zip(cells("id"), titles, strict=True)]
    counts = Counter(ids)
    warnings = [*warnings, *_namesakes(ids, titles)]
    scores = {
        "reach": read_amounts("reach", cells("reach")),
        "votes": read_amounts("votes", cells("votes")),
        "effort": read_amounts("effort", cells("effort"), above_zero=True),
        "impact": read_points("impact", cells("impact"), declared.impact_scale),
        "ease": read_points("ease", cells("ease"), None),
        "confidence": read_confidence(cells("confidence"), declared.confidence_scale),
    }
    return Demands(
        name,
        declared,
        tuple(titles),
        tuple(ids),
        scores,
        tuple(cells("audience")),
        tuple(cells("about")),
        tuple(counts[i] > 1 for i in ids),
        columns,
        (*warnings, *_outliers(scores)),
    )


def _namesakes(ids: Sequence[str], titles: Sequence[Text]) -> Iterator[Text]:
    """Warn of demands that have one title and different ids."""
    alike: dict[str, list[int]] = {}
    for place, title in enumerate(titles):
        alike.setdefault(title.zh.casefold(), []).append(place)
    same = [places for places in alike.values() if len({ids[i] for i in places}) > 1][:3]
    if same:
        named = [(titles[p[0]], ", ".join(show(ids[i]) for i in p[:4])) for p in same]
        yield Text(
            f"标题相同、编号不同，可能是同一需求：{'；'.join(f'{t.zh}（{i}）' for t, i in named)}。",
            f"The same title under different ids may be one demand: {'; '.join(f'{t.en} ({i})' for t, i in named)}.",
        )


def _outliers(scores: dict[str, Scores]) -> list[Text]:
    """Warn of a single impact or ease that stretches the scale of all others."""
    found = []
    for field in ("impact", "ease"):
        values = sorted({v for v in scores[field].values if v is not None})
        if len(values) > 1 and values[-1] > 3 and values[-1] >= 3 * values[-2]:
            label = scores[field].scale or Text("", "")
            name = LABELS[field]
            found.append(
                Text(
                    f"最高的{name.zh} {values[-1]:g} 远高于其余（次高 {values[-2]:g}），按{label.zh}读取；请核对是否笔误。",
                    f"The highest {name.en}, {values[-1]:g}, is far above the others (next: {values[-2]:g}); it is read on a "
                    f"scale of {label.en}. Check that it is no slip.",
                )
            )
    return found


def _is_settled(rows: "pd.DataFrame", column: str | None, declared: DemandTable) -> "pd.Series":
    done = _DONE | {word.casefold() for word in declared.done}
    if column is None:
        return rows.index.to_series() != rows.index.to_series()
    return rows[column].map(lambda cell: str(cell or "").casefold() in done).astype(bool)


def _in_order(rows: "pd.DataFrame", columns: dict[str, str]) -> "pd.DataFrame":
    """Sort by id, A-2 before A-10, so that the order of a file decides nothing."""
    first = [columns[f] for f in ("id", "title") if f in columns]
    keys = rows[[*first, *(c for c in rows.columns if c not in first)]].values.tolist()
    order = sorted(range(len(rows)), key=lambda i: [_natural(cell) for cell in keys[i]])
    return rows.iloc[order].reset_index(drop=True)


def _natural(cell: str | None) -> list[tuple[int, int, str]]:
    parts: Sequence[str] = _SPLIT.split(cell or "")
    return [(0, int(p), "") if p.isdecimal() and len(p) < 18 else (1, 0, p) for p in parts if p]


def _wrong_size(name: str, count: int) -> NoData:
    if count:
        return NoData(
            en=f"The list {name} has {count:,} open demands; at most {MOST_DEMANDS:,} are ranked. Keep fewer with where.",
            zh=f"清单 {name} 有 {count:,} 条未完成的需求，最多为 {MOST_DEMANDS:,} 条排序；请用 where 筛选。",
            parameter="where",
        )
    return NoData(
        en=f"The list {name} has no open demand.", zh=f"清单 {name} 没有未完成的需求。", parameter="demands"
    )


def column_text(demands: Demands, fields: Sequence[str]) -> Text:
    """Say which column each field was read from."""
    parts = [
        (LABELS[f], show(demands.columns[f]), demands.scores[f].scale) for f in fields if f in demands.columns
    ]
    zh = "；".join(f"{n.zh} = {c}{f'（{s.zh}）' if s else ''}" for n, c, s in parts)
    en = "; ".join(f"{n.en} = {c}{f' ({s.en})' if s else ''}" for n, c, s in parts)
    return Text(zh or "无", en or "none")
