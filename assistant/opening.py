"""What the assistant works with: documents and data of a workspace, opened as the settings say."""

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings, load_settings
from assistant.workspace import Workspace
from knowledge import KnowledgeBase
from tools import Metrics

if TYPE_CHECKING:
    from knowledge import Embedder, SecondStage


def open_knowledge(workspace: Workspace, settings: Settings, *, state: Path | None = None) -> KnowledgeBase:
    """Open the workspace's documents with the embedding and reranking models that the settings name.

    Args:
        workspace: The workspace.
        settings: Its settings.
        state: Another state folder than the workspace's.
    """
    set_scale = settings.embedding.model_dump(include={"lo", "width", "dense_weight"}, exclude_none=True)
    return KnowledgeBase.open(
        state or workspace.state,
        embedder=build_embedder(settings),
        find_embedder=lambda: build_embedder(load_settings(workspace.settings_file)),
        scale=set_scale,
        second_stage=build_second_stage(settings),
    )


def build_embedder(settings: Settings) -> "Embedder":
    """Build the embedding model that the settings name, else return the embedded one."""
    from knowledge import OpenAICompatibleEmbedder, default_embedder

    named = settings.embedding
    if not named.name:
        return default_embedder()

    return OpenAICompatibleEmbedder(
        named.base_url or "https://api.openai.com/v1",
        model=named.name,
        api_key=named.api_key.get_secret_value() if named.api_key else "",
        dimensions=named.dimensions,
    )


def build_second_stage(settings: Settings) -> "SecondStage | None":
    """Build the second stage of search that the settings name, None if they name none."""
    named = settings.rerank
    if not named.name:
        return None
    from knowledge import HttpReranker, SecondStage

    reranker = HttpReranker(
        named.base_url or "https://api.cohere.com/v2",
        model=named.name,
        api_key=named.api_key.get_secret_value() if named.api_key else "",
        timeout=named.timeout_seconds,
    )
    return SecondStage(reranker, candidates=named.candidates)


def open_metrics(workspace: Workspace, settings: Settings) -> Metrics | None:
    """Open the workspace's data; None where metrics.yaml is missing or declares nothing yet."""
    path = workspace.metrics_file
    if not path.is_file() or not declares_something(path):
        return None
    limits = settings.metrics
    return Metrics.open(
        path,
        databases={name: url.get_secret_value() for name, url in limits.databases.items()},
        memory_limit=limits.memory_limit,
        timeout=limits.timeout_seconds,
    )


def declares_something(path: Path) -> bool:
    """Say whether a metrics.yaml has more than comments."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)
