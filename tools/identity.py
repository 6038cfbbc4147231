"""What `metrics.yaml` may say of who is who in a source."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator

from tools.metric_kinds import Declaration


class IdentityDefinition(Declaration):
    """A table that says which ids are whom: each row, `from` is the user `to` (see `tools.sources.identity`).

    Attributes:
        path: Parquet or CSV file, relative to `metrics.yaml`.
        frame: name of a pandas DataFrame that is given to `Metrics.open`.
        from_, to: columns (`from` and `to` in the file).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    path: str | None = None
    frame: str | None = None
    from_: str = Field(alias="from")
    to: str

    @model_validator(mode="after")
    def _check_alternatives(self) -> Self:
        if (self.path is None) == (self.frame is None):
            raise ValueError("give either path or frame | 请在 path 与 frame 中恰好填写一个")
        return self
