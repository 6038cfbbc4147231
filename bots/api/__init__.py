"""The HTTP door: `/v1`, its documentation at `/docs`, and the address that Slack sends events to."""

from bots.api.app import create_app
from bots.api.server import serve

__all__ = ["create_app", "serve"]
