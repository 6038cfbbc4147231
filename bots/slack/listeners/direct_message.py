"""Somebody writes to the app directly."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bots.slack.intake import Intake
from bots.slack.messages import read_question


def register(app: AsyncApp, intake: Intake) -> None:
    """Listen to messages; those in channels are left to the mentions among them."""

    async def answer_direct_message(body: dict[str, Any], context: AsyncBoltContext) -> None:
        question = read_question(body, context.bot_user_id)
        if question is not None and question.direct:
            await intake.accept(question, bot_user_id=context.bot_user_id)

    app.event("message")(answer_direct_message)
