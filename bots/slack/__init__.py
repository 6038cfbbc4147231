"""The Slack door: mentions and direct messages, answered in their thread."""

from bots.slack.app import create_slack_app
from bots.slack.client import require_whole
from bots.slack.http import EVENTS_PATH, mount_slack

__all__ = ["EVENTS_PATH", "create_slack_app", "mount_slack", "require_whole"]
