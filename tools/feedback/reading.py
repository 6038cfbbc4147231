"""The texts of a period, each with its vector and its sentiment, and what is known of who wrote it."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from tools.definitions import ToolArguments
from tools.errors import InvalidArgument, NoData, TooFewUsers, show, suggest
from tools.feedback.encoder import encode
from tools.feedback.sentiment import judge
from tools.feedback.words import clean, detect_language
from tools.periods import Period
from tools.results import Text
from tools.scope import FilterValues, Scope, within
from tools.sources.normalization import name_users

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_TEXTS = 8_000
"""Of more, the latest are read."""
UNKNOWN = "(unknown)"


class FeedbackArguments(ToolArguments):
    """Arguments of the tools that read feedback."""

    reads_feedback: ClassVar[bool] = True


@dataclass(frozen=True)
class Feedback:
    """Texts of a period, oldest first.

    Attributes:
        rows: columns user, day, text (cleaned), language, rating, score (-1 to 1), sentiment, and d_<dimension>.
        left_out: texts that were too many to read.
    """

    rows: "pd.DataFrame"
    left_out: int = 0

    @cached_property
    def vectors(self) -> "np.ndarray":
        """The vectors of the texts, shape (rows, 512)."""
        return encode(self.rows["text"].tolist())

    def keep(self, chosen: "np.ndarray") -> "Feedback":
        """Return the texts for which `chosen` is true."""
        kept = Feedback(self.rows[chosen].reset_index(drop=True), self.left_out)
        vars(kept)["vectors"] = self.vectors[chosen]  # encoding takes longest
        return kept

    def warnings(self) -> tuple[Text, ...]:
        """Say what was not read."""
        if not self.left_out:
            return ()
        return (
            Text(
                zh=f"文本过多，只读取了最近的 {len(self.rows):,} 条，其余 {self.left_out:,} 条未计入。",
                en=f"There are too many texts: the latest {len(self.rows):,} are read, {self.left_out:,} are left out.",
            ),
        )


def read_feedback(
    scope: Scope, period: Period, filters: FilterValues, *, dimension: str | None = None, judged: bool = True
) -> Feedback:
    """Read the texts of a period.

    Args:
        scope: of a source of feedback.
        period: local days.
        filters: by dimensions of the feedback, or of the users in the first other source.
        dimension: a further dimension to give each text, of either kind.
        judged: whether sentiment is needed.

    Raises:
        InvalidArgument: a dimension that neither has.
        NoData: there is no text.
        TooFewUsers: there are texts of fewer people than may be shown.
    """
    own = {k: v for k, v in filters.items() if k in scope.source.dimensions}
    scope.check(own)
    table = within(scope.rows(None, own), period, scope.calendar)
    table = table.filter(table.t_text.notnull())
    count = int(scope.source.engine.fetch_row(table.agg(n=table.count()))["n"])
    kept = [c for c in table.columns if c[:2] in ("t_", "d_")]
    rating = scope.source.definition.rating
    kept += [f"p_{rating}"] if rating else []
    latest = table.order_by(table["at"].desc(), table.t_text, table.user).limit(MOST_TEXTS)
    rows = scope.source.engine.fetch(latest.select("user", "at", "day", *kept))
    rows = rows.sort_values(["at", "t_text"], kind="stable", ignore_index=True)
    rows = rows.rename(columns={f"p_{rating}": "rating"} if rating else {})
    rows["text"] = [clean(str(text)) for text in rows["t_text"]]
    rows = rows[rows["text"] != ""].reset_index(drop=True)
    rows = _describe(
        scope, rows, [*(k for k in filters if k not in own), *([dimension] if dimension else [])]
    )
    chosen = rows
    for name, values in filters.items():
        chosen = chosen[chosen[f"d_{name}"].isin(list(values))]
    refuse_few(scope, period, rows, chosen)
    rows = chosen.reset_index(drop=True)
    rows["language"] = _languages(rows)
    feedback = Feedback(rows, max(0, count - MOST_TEXTS))
    if judged:
        opinions = judge(rows["text"].tolist(), feedback.vectors)
        rows["score"], rows["sentiment"] = opinions.scores, opinions.labels
    return feedback


def _languages(rows: "pd.DataFrame") -> list[str]:
    told = rows["t_language"] if "t_language" in rows else [None] * len(rows)
    known = [str(t).lower()[:2] for t in told]
    return [t if t in ("zh", "en") else detect_language(x) for t, x in zip(known, rows["text"], strict=True)]


def _describe(scope: Scope, rows: "pd.DataFrame", dimensions: list[str]) -> "pd.DataFrame":
    """Give each text the values of its writer for the dimensions that the feedback itself lacks."""
    for name in dict.fromkeys(dimensions):
        if name == "language":
            rows[f"d_{name}"] = _languages(rows)
        elif f"d_{name}" not in rows:
            rows[f"d_{name}"] = _look_up(scope, rows, name)
    return rows


def _look_up(scope: Scope, rows: "pd.DataFrame", name: str) -> "pd.Series":
    """Return each writer's usual value of a dimension of another source."""
    definition = scope.semantics.dimensions.get(name)
    others = [n for n, s in scope.semantics.sources.items() if s.text is None and s.user is not None]
    named = definition.source if definition is not None and definition.source else next(iter(others), None)
    if definition is None or "t_user" not in rows or named not in others or scope.open_source is None:
        known = {*scope.source.dimensions, "language", *(scope.semantics.dimensions if others else ())}
        en, zh = suggest(name, known)
        raise InvalidArgument(
            en=f"The feedback has no dimension {show(name)}, nor can its writers be found in another source.{en}",
            zh=f"反馈数据没有维度 {show(name)}，也无法在其他数据源中找到这些用户。{zh}",
            parameter="breakdown",
        )
    source = scope.open_source(named)
    raw, user = source.raw, str(source.definition.user)
    wanted = sorted({str(u) for u in rows["t_user"].dropna()})
    table = raw.select(writer=name_users(raw[user]), value=raw[definition.column].cast("string"))
    if not wanted:
        return rows["t_user"].map(lambda _: UNKNOWN)
    kept = table.filter(table.writer.isin(wanted) & table.value.notnull())
    found = source.engine.fetch(kept.group_by("writer", "value").agg(n=kept.count()))
    usual = found.sort_values(["n", "value"], ascending=[False, True]).drop_duplicates("writer")
    return rows["t_user"].map(usual.set_index("writer")["value"]).fillna(UNKNOWN)


def own_filters(scope: Scope, arguments: ToolArguments) -> ToolArguments:
    """Return arguments less the filters that feedback is given by its writers (see `read_feedback`, which checks them)."""
    if not arguments.reads_feedback:
        return arguments
    own = {k: v for k, v in arguments.filters.items() if k in scope.source.dimensions}
    return arguments.model_copy(update={"filters": own})


def refuse_few(scope: Scope, period: Period, rows: "pd.DataFrame", chosen: "pd.DataFrame") -> None:
    """Refuse to tell of no texts, or of those of too few people, directly or by subtraction.

    Raises:
        NoData: none is chosen.
        TooFewUsers: they are of fewer people than may be shown.
    """
    if chosen.empty:
        raise NoData(
            en=f"There is no feedback in {period.text().en} that fits the filters.",
            zh=f"{period.text().zh} 没有符合筛选条件的反馈。",
            parameter="start",
        )
    least = scope.source.definition.min_group
    left = rows["user"].nunique() - chosen["user"].nunique()
    if chosen["user"].nunique() < least or 0 < left < least:
        raise TooFewUsers(
            en=f"The answer is withheld: it would tell of fewer than {least} users, directly or as the "
            "rest of a larger group. Ask with fewer filters.",
            zh=f"不予显示：结果会直接或通过相减透露不足 {least} 名用户的情况。请减少筛选。",
        )
