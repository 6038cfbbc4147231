"""Settings: the file, the environment over it, a plain sentence for a typo, and secrets that stay secret."""

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings, interface_language, known_settings, load_settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for variable in [name for name in os.environ if name.upper().startswith("YUNCE_")]:
        monkeypatch.delenv(variable)


def file(folder: Path, text: str) -> Path:
    path = folder / "yunce.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path | None = None) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert caught.value.en != caught.value.zh
    return caught.value


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    for settings in (
        load_settings(),
        load_settings(tmp_path / "missing.toml"),
        load_settings(file(tmp_path, "")),
    ):
        assert settings.model.name is None
        assert settings.language == "auto"
        assert settings.server.host == "127.0.0.1"


def test_the_file_is_read(tmp_path: Path) -> None:
    settings = load_settings(
        file(tmp_path, 'language = "zh"\n[model]\nname = "m"\n[teams]\ngrowth = ["slack:U1", "slack:U2"]\n')
    )
    assert settings.language == "zh"
    assert settings.model.name == "m"
    assert settings.teams == {"growth": ("slack:U1", "slack:U2")}


def test_the_environment_wins_setting_by_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNCE_MODEL__NAME", "from-env")
    monkeypatch.setenv("YUNCE_LANGUAGE", "en")
    settings = load_settings(file(tmp_path, 'language = "zh"\n[model]\nname = "m"\nmax_calls = 3\n'))
    assert (settings.model.name, settings.model.max_calls, settings.language) == ("from-env", 3, "en")


@pytest.mark.parametrize(
    ("text", "unknown", "nearest"),
    [
        ('langauge = "zh"\n', "langauge", "language"),
        ('[model]\nnmae = "m"\n', "model.nmae", "model.name"),
        ("[model]\ntimeout_second = 3\n", "model.timeout_second", "model.timeout_seconds"),
        ('[modle]\nname = "m"\n', "modle", "model"),
        ('[slack]\nbot_tokn = "x"\n', "slack.bot_tokn", "slack.bot_token"),
    ],
)
def test_a_typo_in_the_file_names_the_nearest(tmp_path: Path, text: str, unknown: str, nearest: str) -> None:
    error = refused(path := file(tmp_path, text))
    assert error.parameter == unknown
    assert str(path) in error.en
    assert f"Did you mean {nearest}" in error.en
    assert nearest in error.zh


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("YUNCE_MODLE__NAME", "YUNCE_MODEL__NAME"),
        ("YUNCE_MODEL_NAME", "YUNCE_MODEL__NAME"),
        ("YUNCE_LANG", "YUNCE_LANGUAGE"),
    ],
)
def test_an_unknown_variable_names_the_nearest(
    variable: str, nearest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "x")
    error = refused()
    assert variable in error.en
    assert f"Did you mean {nearest}?" in error.en
    assert error.parameter == variable


def test_the_workspace_variable_is_none_of_its_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNCE_WORKSPACE", "/somewhere")
    assert load_settings().model.name is None


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("[model]\ntimeout_seconds = 0\n", "model.timeout_seconds"),
        ("[model]\nmax_calls = 99\n", "model.max_calls"),
        ('[server]\nport = "x"\n', "server.port"),
        ('language = "fr"\n', "language"),
        ("model = 3\n", "model"),
        ('teams = ["a"]\n', "teams"),
    ],
)
def test_a_value_out_of_range_names_its_setting(tmp_path: Path, text: str, parameter: str) -> None:
    assert refused(file(tmp_path, text)).parameter == parameter


@pytest.mark.parametrize("data", [b"[model\n", b"\xff\xfe\x00", b"\xc4\xe3\xba\xc3"])
def test_a_file_that_is_not_toml(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "yunce.toml"
    path.write_bytes(data)
    assert "not valid TOML" in refused(path).en


def test_an_error_shows_no_secret(tmp_path: Path) -> None:
    error = refused(file(tmp_path, '[model]\napi_key = ["sk-hidden"]\n'))
    assert "sk-hidden" not in error.en + error.zh


def test_secrets_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNCE_MODEL__API_KEY", "sk-hidden")
    settings = load_settings()
    assert settings.model.api_key is not None
    assert settings.model.api_key.get_secret_value() == "sk-hidden"
    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert "sk-hidden" not in shown


def test_settings_are_frozen() -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError):
        Settings().language = "zh"  # type: ignore[misc]


def test_every_setting_has_a_description() -> None:
    assert {name for name, description in known_settings().items() if not description} == set()


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "YUNCE_LANGUAGE": "en"}, "en"),
        ({"LC_ALL": "C"}, "en"),
    ],
)
def test_the_language_of_messages(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    assert interface_language() == language
