"""One small call to a model, to see whether it answers and takes tools."""

import asyncio
from typing import Any

from assistant.failures import Failure, read_failure
from assistant.model_settings import EndpointSettings, ModelSettings

_TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Look up a word.",
        "parameters": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
    },
}


async def ask_for_a_word(endpoint: EndpointSettings, settings: ModelSettings) -> Failure | None:
    """Ask a model for a word, with a tool at hand; return what went wrong, None where it answered."""
    from assistant.endpoint import open_endpoint

    model = open_endpoint(endpoint, settings)
    try:
        async with asyncio.timeout(settings.first_token_seconds):
            await model.bind_tools([_TOOL]).ainvoke("Say OK.")
    except Exception as error:  # whatever an endpoint does is told
        return read_failure(error)
    finally:
        await model.aclose()
    return None
