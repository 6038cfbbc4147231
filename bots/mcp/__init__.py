"""The MCP door: every published tool, search, answers and documents, to any client of the protocol."""

from bots.mcp.http import MCP_PATH, mount_mcp
from bots.mcp.stdio import serve_stdio

__all__ = ["MCP_PATH", "mount_mcp", "serve_stdio"]
