"""Fixtures for the knowledge base."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from tests.knowledge.embedders import HashingEmbedder


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def base(tmp_path: Path, embedder: HashingEmbedder) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(tmp_path / "state", embedder=embedder) as opened:
        yield opened


@pytest.fixture(scope="session")
def bilingual_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """A few passages in three scripts under the real embedding model; only read it."""
    passages = {
        "retention": "次日留存率是新用户注册后第二天回来的比例。引导流程改版会影响它。",
        "koc": "关键意见消费者(KOC)是乐于分享真实体验的普通用户，影响身边的朋友。",
        "traditional": "用戶流失預警需要分析登錄頻率與消費間隔，提前發出提醒。",
        "refunds": "Refund requests are approved by the finance team within three working days.",
        "win_back": "To win back dormant customers, send a personal discount and remind them of unread messages.",
        "weather": "The office cafeteria serves noodles on rainy Tuesdays.",
    }
    with KnowledgeBase.open(tmp_path_factory.mktemp("bilingual")) as opened:
        for name, text in passages.items():
            opened.ingest_bytes(f"{name}.txt", text.encode())
        yield opened
