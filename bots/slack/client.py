"""The client of Slack's Web API, and how its failures are told."""

import logging

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from assistant.errors import SettingsError
from assistant.settings import SlackSettings

#: Everything that a call may raise when Slack says no, is limited, broken or out of reach.
SLACK_FAILURES = (SlackClientError, aiohttp.ClientError, TimeoutError)
_TIMEOUT_SECONDS = 30
#: Answers of Slack after which no other message can be posted to the channel either.
_SHUT = frozenset(
    {
        "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "no_permission",
        "access_denied", "missing_scope", "not_authed", "invalid_auth", "account_inactive", "token_revoked",
        "token_expired",
    }
)  # fmt: skip


def create_client(settings: SlackSettings) -> AsyncWebClient:
    """Return a client that waits when Slack limits the rate, and tries again when Slack or the line fails.

    Raises:
        SettingsError: There is no bot token.
    """
    if settings.bot_token is None:
        raise missing_setting("slack.bot_token")
    return AsyncWebClient(
        token=settings.bot_token.get_secret_value(),
        base_url=settings.base_url,
        timeout=_TIMEOUT_SECONDS,
        logger=logging.getLogger("bots.slack.web"),
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(max_retry_count=2),
            AsyncRateLimitErrorRetryHandler(max_retry_count=3),
            AsyncServerErrorRetryHandler(max_retry_count=2),
        ],
    )


def require_whole(settings: SlackSettings) -> None:
    """Refuse half a Slack app.

    Raises:
        SettingsError: One of the bot token and the signing secret is set without the other.
    """
    if settings.bot_token is not None and settings.signing_secret is None:
        raise missing_setting("slack.signing_secret")
    if settings.signing_secret is not None and settings.bot_token is None:
        raise missing_setting("slack.bot_token")


def missing_setting(name: str) -> SettingsError:
    """Return the error for a setting of the Slack app that is not there."""
    return SettingsError(
        en=f"Slack needs the setting {name}; set YUNCE_{name.upper().replace('.', '__')}.",
        zh=f"Slack 需要设置 {name}；请设置 YUNCE_{name.upper().replace('.', '__')}。",
        parameter=name,
    )


def failure_code(error: BaseException) -> str:
    """Return Slack's name of the failure, or the kind of failure; never what was sent."""
    if isinstance(error, SlackApiError) and hasattr(error.response, "get"):
        return str(error.response.get("error") or "no_error_code")
    return type(error).__name__


def is_shut(error: BaseException) -> bool:
    """Tell whether the app cannot post to the channel at all."""
    return failure_code(error) in _SHUT
