"""Serving a workspace with uvicorn."""

from assistant.errors import AccessDenied
from assistant.keys import KeyRing
from assistant.storage import open_storage
from assistant.workspace import Workspace
from bots.api.access import is_loopback

_SHUTDOWN_SECONDS = 5


def serve(workspace: Workspace, host: str = "127.0.0.1", port: int = 8600) -> None:
    """Serve a workspace until interrupted.

    Raises:
        AccessDenied: `host` can be reached by others and there is no API key yet; nothing was opened.
        SettingsError, SemanticsError: The workspace cannot be used.
    """
    network = not is_loopback(host)
    if network:
        require_key(workspace, host)
    import uvicorn

    from assistant.assistant import Assistant
    from bots.api.app import create_app
    from bots.slack import require_whole

    assistant = Assistant.open(workspace)  # before the server starts, which would bury an error in its log
    require_whole(assistant.settings.slack)
    assistant.knowledge.recovery.watch()
    uvicorn.run(
        create_app(lambda: assistant, network=network),
        host=host,
        port=port,
        proxy_headers=False,  # a caller's own word about where it comes from would pass for the owner's
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )


def require_key(workspace: Workspace, host: str) -> None:
    """Refuse to be reachable by others while anybody would be the owner.

    Raises:
        AccessDenied: The workspace has no API key.
    """
    engine = open_storage(workspace.state)
    try:
        keys = KeyRing(engine).list()
    finally:
        engine.dispose()
    if not keys:
        raise AccessDenied(
            en=f"{host or 'Every address'} can be reached from other machines, which needs an API key. "
            "Make one with: yunce keys create NAME",
            zh=f"{host or '所有地址'} 可被其他机器访问，必须先有 API 密钥。请先运行：yunce keys create 名称",
            parameter="host",
        )
