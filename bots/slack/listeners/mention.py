"""Somebody mentions the app in a channel."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bots.slack.intake import Intake
from bots.slack.messages import read_question


def register(app: AsyncApp, intake: Intake) -> None:
    """Listen to mentions."""

    async def answer_mention(body: dict[str, Any], context: AsyncBoltContext) -> None:
        await intake.accept(read_question(body, context.bot_user_id), bot_user_id=context.bot_user_id)

    app.event("app_mention")(answer_mention)
