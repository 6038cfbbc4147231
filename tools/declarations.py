"""What every declaration of `metrics.yaml` has: strict keys, names, and refusals in both languages."""

import codecs
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    model_validator,
)

from tools.errors import MetricError
from tools.results import Text

Interval = Literal["day", "week", "month"]
_NUMBER = re.compile(r"^\s*[+-]?\d+(\.\d*)?\s*$")
Scalar = str | int | float | bool | date
# A code that YAML reads as a number (a segment called 1) is still a name.
Name = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v)]


def _refuse_number(value: Any) -> Any:
    """Refuse a bare number, which pydantic would read as seconds since 1970; 0 would be the first day of that year."""
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.match(value)):
        raise ValueError("give a day such as 2026-03-01 | 应为 2026-03-01 这样的日期")
    return value


Day = Annotated[date, BeforeValidator(_refuse_number)]


class Declaration(BaseModel):
    """Something that `metrics.yaml` says; an unknown key in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(Declaration):
    """What people call something, per language."""

    zh: str | None = None
    en: str | None = None

    def text(self, fallback: str) -> Text:
        """Return both names, each falling back to the other and then to `fallback`."""
        return Text(zh=self.zh or self.en or fallback, en=self.en or self.zh or fallback)


class Named(Declaration):
    """A declaration that people have names for."""

    names: Names = Names()
    synonyms: tuple[Name, ...] = ()


def _check_codec(value: str) -> str:
    try:
        return codecs.lookup(value).name
    except (LookupError, ValueError) as error:
        raise ValueError(
            "use a name such as utf-8, gb18030 or utf-16 | 请使用 utf-8、gb18030 或 utf-16 这样的编码名"
        ) from error


class Placed(Declaration):
    """Something that is read from files, a DataFrame or a database.

    Attributes:
        path: Parquet, CSV, Excel or JSON-lines file, relative to `metrics.yaml`; `*` allowed.
        frame: name of a pandas DataFrame that is given to `Metrics.open`.
        database, table: a table or view of a SQL database: its URL, or the name under which the settings have one
            (`YUNCE_METRICS__DATABASES`), so that no password need stand here. PostgreSQL does the heavy work itself.
        sheet: of a workbook; by default the first.
        delimiter, encoding: of text; both are detected.
        where: rows to keep, as column -> value, list of values, or a comparison such as "> 0".
    """

    path: str | None = None
    frame: str | None = None
    database: str | None = None
    table: str | None = None
    sheet: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: Annotated[str, AfterValidator(_check_codec)] | None = None
    where: Mapping[str, Scalar | tuple[Scalar, ...]] = {}

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        if sum(given is not None for given in (self.path, self.frame, self.database)) != 1:
            raise ValueError(
                "give one of path, frame and database | 请在 path、frame 与 database 中恰好填写一个"
            )
        if (self.database is None) != (self.table is None):
            raise ValueError("database and table go together | database 与 table 须同时填写")
        return self


class Table(Placed):
    """A table beside the sources.

    Attributes:
        format: what the files are, where their name does not say.
    """

    format: Literal["parquet", "csv", "excel", "jsonl"] | None = None

    def place(self) -> dict[str, Any]:
        """Say where the table is, in the settings of a source."""
        return self.model_dump(include=set(Table.model_fields), exclude_none=True)


class OwnedTable(Named, Table):
    """A table with a name.

    Attributes:
        teams: who may see it; none means everyone.
    """

    teams: tuple[str, ...] = ()

    def visible_to(self, teams: frozenset[str] | None) -> bool:
        """Say whether a reader in `teams` (None: the owner) may see the table."""
        return teams is None or not self.teams or bool(teams.intersection(self.teams))


def words_of(key: str, declared: Named) -> tuple[str, ...]:
    """List what something is called: its key, its names and its synonyms."""
    words = (key, declared.names.zh, declared.names.en, *declared.synonyms)
    return tuple(dict.fromkeys(word for word in words if word))


def fold(word: str) -> str:
    """Bring a name into the form in which it is compared: width, case and blanks do not matter.

    >>> fold("  Ｑinghe   BAZAAR ")
    'qinghe bazaar'
    """
    import unicodedata

    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())


def refuse_as_value_error(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """Let what a tool would refuse be refused by pydantic, which knows the place in the file."""
    try:
        return validate(value)
    except MetricError as error:
        raise ValueError(f"{error.en.rstrip('.')} | {error.zh.rstrip('。')}") from error
