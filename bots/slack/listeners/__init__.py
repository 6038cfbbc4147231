"""What the app listens to: one module per kind of event."""

from slack_bolt.async_app import AsyncApp

from bots.slack.intake import Intake
from bots.slack.listeners import direct_message, mention, other_event

__all__ = ["register_listeners"]


def register_listeners(app: AsyncApp, intake: Intake) -> None:
    """Register every listener; the one that takes what is left over comes last."""
    mention.register(app, intake)
    direct_message.register(app, intake)
    other_event.register(app)
