"""What every declaration of `metrics.yaml` has: strict keys, names, and refusals in both languages."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidatorFunctionWrapHandler

from tools.errors import MetricError
from tools.results import Text

Interval = Literal["day", "week", "month"]
# A code that YAML reads as a number (a segment called 1) is still a name.
Name = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v)]


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


def refuse_as_value_error(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """Let what a tool would refuse be refused by pydantic, which knows the place in the file."""
    try:
        return validate(value)
    except MetricError as error:
        raise ValueError(f"{error.en.rstrip('.')} | {error.zh.rstrip('。')}") from error
