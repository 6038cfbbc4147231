"""The section `[model]`: which chat models answer, how long they are waited for, and what they cost."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Section(BaseModel):
    """A section of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EndpointSettings(Section):
    """A chat model behind an OpenAI-compatible address."""

    name: str | None = Field(
        None, description="Model name, as the endpoint knows it; on Azure the deployment's."
    )
    base_url: str | None = Field(
        None, description="Address of the endpoint, ending in /v1; on Azure that of the resource."
    )
    api_key: SecretStr | None = Field(None, description="Key of the endpoint.")
    api_version: str | None = Field(None, description="Azure's api-version; set it for an Azure deployment.")
    extra: dict[str, Any] = Field(
        default_factory=dict, description="Further fields of each request, e.g. {enable_thinking = false}."
    )
    input_price: float | None = Field(
        None, ge=0, description="Price of a million tokens read; unset: no cost is told."
    )
    output_price: float | None = Field(
        None, ge=0, description="Price of a million tokens written; unset: no cost is told."
    )

    @property
    def place(self) -> str:
        """The model and where it is asked, without what may be secret in an address."""
        parts = urlsplit(self.base_url or "https://api.openai.com/v1")
        return f"{self.name} ({parts.netloc.rpartition('@')[2]}{parts.path})"


class ModelSettings(EndpointSettings):
    """The chat model. Without a `name`, the embedded analyst answers."""

    timeout_seconds: float = Field(
        120,
        gt=0,
        le=600,
        description="Longest that models may take over one question, all their replies together.",
    )
    first_token_seconds: float = Field(
        20, gt=0, le=600, description="Longest silence of a model before the next one takes over."
    )
    max_calls: int = Field(8, ge=1, le=50, description="Model calls that one question may use.")
    retries: int = Field(
        1,
        ge=0,
        le=5,
        description="Times that a call is repeated after a failure that may pass (429, 5xx, a cut).",
    )
    failures_in_a_row: int = Field(
        5, ge=1, le=100, description="Failures in a row after which a model is left alone for a while."
    )
    rest_seconds: float = Field(60, ge=0, le=3_600, description="How long it is left alone then; 0 never.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="Currency of the prices.")
    prompts: Path | None = Field(
        None,
        description="Folder with prompts of your own, from the workspace; a missing file is the built-in one.",
    )
    fallback: EndpointSettings = Field(
        EndpointSettings(), description="A second model, asked where the first one fails."
    )

    @property
    def endpoints(self) -> tuple[EndpointSettings, ...]:
        """The models in the order in which they are asked."""
        return tuple(one for one in (self, self.fallback) if one.name) if self.name else ()
