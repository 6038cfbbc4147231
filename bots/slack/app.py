"""The Slack app, composed."""

import logging

from slack_bolt.async_app import AsyncApp

from assistant.assistant import Assistant
from assistant.settings import SlackSettings
from bots.slack.answering import Answerer
from bots.slack.client import create_client, missing_setting
from bots.slack.deduplication import SeenEvents
from bots.slack.intake import Intake
from bots.slack.listeners import register_listeners


def create_intake(assistant: Assistant, settings: SlackSettings) -> Intake:
    """Return what takes the questions in and answers them; close it before the assistant.

    Raises:
        SettingsError: The bot token is missing.
    """
    return Intake(Answerer(assistant, create_client(settings)), SeenEvents(assistant.storage))


def create_slack_app(
    assistant: Assistant, settings: SlackSettings, *, intake: Intake | None = None
) -> AsyncApp:
    """Return the Bolt app that answers mentions and direct messages.

    A listener records the event and starts the work, then Slack is told (`process_before_response`): an event
    that could not be recorded is not acknowledged, and comes again.

    Raises:
        SettingsError: The bot token or the signing secret is missing.
    """
    if settings.signing_secret is None:
        raise missing_setting("slack.signing_secret")
    app = AsyncApp(
        name="yunce",
        client=create_client(settings),
        signing_secret=settings.signing_secret.get_secret_value(),
        process_before_response=True,
        logger=logging.getLogger("bots.slack.bolt"),
    )
    register_listeners(app, intake or create_intake(assistant, settings))
    return app
