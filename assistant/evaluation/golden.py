"""Golden sets: questions with the figures, sources and words that a right answer holds."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from knowledge.evaluation import fault, read_entries
from knowledge.language import detect_language


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed)]


class ExpectedFigure(BaseModel):
    """A figure that a right answer states.

    Attributes:
        value: In the unit: percent and points in hundredths (38.2 with "%").
        unit: "%", "pp", "x", "money" or "" for a count.
        name: What it is, for those who read the file.
        tolerance: How far the answer may be off, in the unit; None: as far as its last digit written allows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    unit: Literal["%", "pp", "x", "money", ""] = ""
    name: str = ""
    tolerance: float | None = Field(None, ge=0)


class GoldenQuestion(BaseModel):
    """A question and what a right answer holds.

    Attributes:
        turns: What is asked, one after another in one conversation; the answer to the last is scored.
        figures: Figures that it states.
        sources: Titles, files or ids of the documents that it cites, each of them.
        also: Documents that it may cite besides.
        says: Words that it holds; alternatives are parted by "|".
        must_not_say: Words that it does not hold.
        answerable: False where neither documents nor data answer it.
        language: "zh" or "en"; that of the last turn unless stated.
        kind: A word to report it by, e.g. "follow-up".
        line: Where it stands in the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    turns: _Words = Field(min_length=1, alias="question")
    figures: tuple[ExpectedFigure, ...] = ()
    sources: _Words = ()
    also: _Words = ()
    says: _Words = ()
    must_not_say: _Words = ()
    answerable: bool = True
    language: Literal["zh", "en"]
    kind: str = ""
    line: int = 0

    @model_validator(mode="before")
    @classmethod
    def _detect_language(cls, entry: dict[str, Any]) -> dict[str, Any]:
        last = (_listed(entry.get("question")) or [""])[-1]
        return {"language": "zh" if detect_language(str(last)).startswith("zh") else "en", **entry}

    @property
    def text(self) -> str:
        """The turns in one line."""
        return " → ".join(self.turns)


def read_golden_set(path: Path) -> list[GoldenQuestion]:
    """Read a golden set from a .jsonl, .yaml or .yml file.

    Raises:
        InvalidQuestionSet: It cannot be read; the sentence names the line.
    """
    fields = GoldenQuestion.model_fields
    keys = [field.alias or name for name, field in fields.items() if name != "line"]
    return [
        _build(line, entry) for line, entry in read_entries(path, keys, suffixes=(".jsonl", ".yaml", ".yml"))
    ]


def _build(line: int, entry: dict[Any, Any]) -> GoldenQuestion:
    try:
        question = GoldenQuestion.model_validate({**entry, "line": line})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise fault(
            line, f"{place} cannot be used ({first['msg']})", f"{place} 不能用（{first['type']}）"
        ) from error
    expected = question.figures or question.sources or question.says
    if question.answerable and not expected:
        raise fault(
            line,
            "it says neither figures, sources or says, nor answerable: false",
            "既没有写 figures、sources 或 says，也没有写 answerable: false",
        )
    if expected and not question.answerable:
        raise fault(
            line, "it expects something and yet is not answerable", "有期望的内容，却又写了 answerable: false"
        )
    return question
