"""Settings: `yunce.toml`, overridden by `YUNCE_*` environment variables. The only reader of the environment.

Nested settings use two underscores: `YUNCE_MODEL__API_KEY` is `api_key` in the section `[model]`.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.errors import SettingsError
from assistant.model_settings import ModelSettings, Section

_PREFIX = "YUNCE_"
#: Variables that are read before there are settings.
_OUTSIDE = frozenset({"YUNCE_WORKSPACE"})


class EmbeddingSettings(Section):
    """An OpenAI-compatible embeddings endpoint. Without a `name`, the embedded encoder is used."""

    name: str | None = Field(None, description="Model name, as the endpoint knows it.")
    base_url: str | None = Field(None, description="Address of the endpoint, ending in /v1.")
    api_key: SecretStr | None = Field(None, description="Key of the endpoint.")
    dimensions: int = Field(1536, gt=0, description="Length of the vectors that it returns.")
    lo: float | None = Field(
        None, ge=-1, lt=1, description="Cosine at or below which texts are unrelated; unset: measured."
    )
    width: float | None = Field(
        None, gt=0, le=2, description="Cosines from lo to lo + width are spread over 0 to 1; unset: measured."
    )
    dense_weight: float | None = Field(
        None, ge=0, le=1, description="Share of meaning beside words in a score; unset: as the model has it."
    )


class RerankSettings(Section):
    """A rerank endpoint as Cohere's or Jina's. Without a `name`, search has one stage."""

    name: str | None = Field(None, description="Model name, as the endpoint knows it.")
    base_url: str | None = Field(None, description="Address of the endpoint, the part before /rerank.")
    api_key: SecretStr | None = Field(None, description="Key of the endpoint.")
    candidates: int = Field(30, ge=2, le=100, description="Results that are read again and put in order.")
    timeout_seconds: float = Field(
        2, gt=0, le=60, description="Longest wait before search goes on without it."
    )


class MetricsSettings(Section):
    """Limits of one metric computation."""

    memory_limit: str = Field("2GB", description="Memory that DuckDB may use before it spills to disk.")
    timeout_seconds: float = Field(30, gt=0, description="A query that runs longer is interrupted.")
    databases: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="URLs of SQL databases by the names that metrics.yaml calls them by.",
    )


class AnswerSettings(Section):
    """Answers that are kept: conversations go on from them, and they can be shown and replayed."""

    keep_days: int = Field(
        90,
        ge=0,
        le=3_650,
        description="Days that answers and conversations are kept; 0 keeps them in memory only, for a day at most.",
    )
    keep_most: int = Field(
        20_000, ge=1, le=10_000_000, description="Most answers that are kept; the oldest go first."
    )


class ServerSettings(Section):
    """Where `yunce serve` listens."""

    host: str = Field("127.0.0.1", description="Any address but a loopback one needs API keys.")
    port: int = Field(8600, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")


class SlackSettings(Section):
    """A Slack app; the events address is `/slack/events` of `yunce serve`."""

    bot_token: SecretStr | None = Field(None, description="xoxb-… token of the app.")
    signing_secret: SecretStr | None = Field(None, description="Signing secret of the app.")
    base_url: str = Field("https://slack.com/api/", description="Address of Slack's Web API.")


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    language: Literal["auto", "zh", "en"] = Field("auto", description="Answer language; auto: the asker's.")
    model: ModelSettings = ModelSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    rerank: RerankSettings = RerankSettings()
    metrics: MetricsSettings = MetricsSettings()
    answers: AnswerSettings = AnswerSettings()
    server: ServerSettings = ServerSettings()
    slack: SlackSettings = SlackSettings()
    teams: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict, description='Members by team, e.g. growth = ["slack:U012AB3CD"].'
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Rank arguments over the environment over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(path: Path | None = None) -> Settings:
    """Read `path` (a yunce.toml; a missing file means defaults) and the environment.

    Raises:
        SettingsError: The file is not TOML, or a setting is unknown or out of range; the sentence names it.
    """
    _reject_unknown_variables()

    class _FileSettings(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return _from_folder(_FileSettings(), path.parent if path else None)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            en=f"{path} is not valid TOML: {error}.", zh=f"{path} 不是有效的 TOML:{error}。"
        ) from error
    except ValidationError as error:
        raise _settings_error(error, path) from error


def alter_settings(settings: Settings, changes: Mapping[str, str], folder: Path | None = None) -> Settings:
    """Return settings with some changed, by their dotted names; an empty value unsets one.

    Args:
        settings: What to change.
        changes: New values.
        folder: The workspace, from which paths count.

    Raises:
        SettingsError: A value cannot be used; the sentence names the setting.
    """
    values: dict[str, Any] = settings.model_dump()
    for name, value in changes.items():
        *sections, last = name.split(".")
        section = values
        for part in sections:
            section = section[part]
        section[last] = value or None
    try:
        return _from_folder(Settings.model_validate(values), folder)
    except ValidationError as error:
        raise _settings_error(error, None) from error


def _from_folder(settings: Settings, folder: Path | None) -> Settings:
    """Return settings whose paths count from a folder, checked."""
    prompts = settings.model.prompts
    if prompts is None or folder is None:
        return settings
    if not (folder / prompts).is_dir():
        raise SettingsError(
            en=f"There is no folder {folder / prompts} with prompts (model.prompts).",
            zh=f"没有存放提示词的文件夹 {folder / prompts}（model.prompts）。",
            parameter="model.prompts",
        )
    return settings.model_copy(
        update={"model": settings.model.model_copy(update={"prompts": (folder / prompts).resolve()})}
    )


def known_settings(model: type[BaseModel] = Settings, prefix: str = "") -> dict[str, str]:
    """Return every setting's dotted name and its description."""
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found |= known_settings(field.annotation, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = field.description or ""
    return found


def _variables() -> dict[str, str]:
    return {f"{_PREFIX}{name.replace('.', '__').upper()}": name for name in known_settings()}


def _reject_unknown_variables() -> None:
    known = _variables()
    for variable in os.environ:
        name = variable.upper()
        if not name.startswith(_PREFIX) or name in known or name in _OUTSIDE:
            continue
        if any(name == f"{_PREFIX}{section.upper()}" for section in Settings.model_fields):
            continue
        hint = difflib.get_close_matches(name, known, n=1)
        raise SettingsError(
            en=f"Unknown environment variable {variable}." + (f" Did you mean {hint[0]}?" if hint else ""),
            zh=f"未知的环境变量 {variable}。" + (f"是否想写 {hint[0]}？" if hint else ""),
            parameter=variable,
        )


def _settings_error(error: ValidationError, path: Path | None) -> SettingsError:
    first: Any = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    where = f"{path}: " if path else ""
    if first["type"] == "extra_forbidden":
        known = known_settings()
        sections = {setting.partition(".")[0] for setting in known}
        hint = difflib.get_close_matches(name, [*known, *sorted(sections)], n=1)
        return SettingsError(
            en=f"{where}unknown setting {name}." + (f" Did you mean {hint[0]}?" if hint else ""),
            zh=f"{where}未知的设置 {name}。" + (f"是否想写 {hint[0]}？" if hint else ""),
            parameter=name,
        )
    return SettingsError(
        en=f"{where}the setting {name} cannot be used: {first['msg']}.",
        zh=f"{where}设置 {name} 无法使用：{first['msg']}。",
        parameter=name,
    )


def interface_language(settings_file: Path | None = None) -> Literal["zh", "en"]:
    """Return the language of messages that answer no question.

    It is that of YUNCE_LANGUAGE, else the one that a workspace's settings name, else that of the terminal's locale.
    """
    named = [os.environ.get("YUNCE_LANGUAGE"), _read_language(settings_file)]
    named += [os.environ.get(variable) for variable in ("LC_ALL", "LC_MESSAGES", "LANG")]
    language = next((value for value in named if value and value.lower() != "auto"), "en")
    return "zh" if language.lower().startswith("zh") else "en"


def _read_language(settings_file: Path | None) -> str | None:
    """Return the language that settings name, which may be wrong in any other respect."""
    try:
        settings = tomllib.loads(settings_file.read_text(encoding="utf-8")) if settings_file else {}
    except (OSError, ValueError):
        return None
    language = settings.get("language")
    return language if isinstance(language, str) else None
