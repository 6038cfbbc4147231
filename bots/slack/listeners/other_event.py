"""Whatever else the app is subscribed to: acknowledged, or Slack would send it again and again."""

import re

from slack_bolt.async_app import AsyncApp


def register(app: AsyncApp) -> None:
    """Listen to all events."""

    async def acknowledge_event() -> None:
        """Do nothing; Bolt acknowledges."""

    app.event(re.compile(".*"))(acknowledge_event)
