"""What a knowledge base rests on, looked at: disk, catalogue, the parsers' confinement, the embedding model."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from knowledge.catalogue.reading import Catalogue
from knowledge.documents import Notice
from knowledge.embedding.current_model import check_embedder
from knowledge.embedding.embeddings import Embedder
from knowledge.errors import DocumentError, EmbedderChanged, EmbeddingFailed, explain
from knowledge.intake.sandbox import prepare_in_sandbox
from knowledge.reports import IndexHealth
from knowledge.search.exact_search import count_waiting

_LEAST_BYTES = 500_000_000
_MIB = 1_048_576


def check_room(path: Path) -> IndexHealth:
    """Whether the disk has room for the catalogue and a second generation of the vector index."""
    used = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    free = shutil.disk_usage(path).free
    en, zh = (
        f"{free // _MIB:,} MiB free, {used // _MIB:,} MiB used",
        f"剩余 {free // _MIB:,} MiB，已用 {used // _MIB:,} MiB",
    )
    if free < max(_LEAST_BYTES, used):
        return IndexHealth(
            False, Notice(en=f"{en}; make room before it runs out.", zh=f"{zh}；请及时腾出空间。")
        )
    return IndexHealth(True, Notice(en=f"{en}.", zh=f"{zh}。"))


def check_catalogue(catalogue: Catalogue) -> IndexHealth:
    """Whether SQLite finds the catalogue's file sound."""
    try:
        with catalogue.engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            waiting = count_waiting(connection)
    except DatabaseError as error:
        found, waiting = str(error.orig), 0
    if found != "ok":
        en, zh = (
            f"The file is damaged ({found}); restore it from a backup.",
            f"文件已损坏（{found}），请从备份恢复。",
        )
        return IndexHealth(False, Notice(en=en, zh=zh))
    return IndexHealth(
        True,
        Notice(
            en="The file is sound"
            + (f"; {waiting:,} changes wait for the vector index." if waiting else "."),
            zh="文件完好" + (f"；有 {waiting:,} 处变更待进入向量索引。" if waiting else "。"),
        ),
    )


def check_parsers() -> IndexHealth:
    """Whether documents can be read in confined processes, and which formats need an extra."""
    try:
        prepare_in_sandbox("check.md", b"# Check\n\nOne sentence.")
    except (DocumentError, OSError) as error:
        en, zh = explain(error) if isinstance(error, OSError) else (error.en, error.zh)
        return IndexHealth(
            False,
            Notice(
                en=f"Documents cannot be read in a confined process: {en.rstrip('.')}.",
                zh=f"无法在受限进程中读取文档：{zh.rstrip('。')}。",
            ),
        )
    if find_spec("markitdown") is None:
        en, zh = (
            "Working; .pptx needs the extra: pip install 'yunce[office]'",
            "正常；读取 .pptx 需安装：pip install 'yunce[office]'",
        )
        return IndexHealth(True, Notice(en=en, zh=zh))
    return IndexHealth(
        True, Notice(en="Working, with the extra for presentations.", zh="正常，已安装演示文稿扩展。")
    )


def check_model(catalogue: Catalogue, embedder: Embedder) -> IndexHealth:
    """Whether the embedding model that the settings name is the one of the documents, and works."""
    try:
        with catalogue.engine.connect() as connection:
            check_embedder(catalogue.get_state(connection, "embedder"), embedder)
        embedder.embed(["check"])
    except (EmbedderChanged, EmbeddingFailed) as error:
        return IndexHealth(False, Notice(en=error.en, zh=error.zh))
    en, zh = f"{embedder.name}, as the settings say.", f"{embedder.name}，与设置一致。"
    return IndexHealth(True, Notice(en=en, zh=zh))
