"""The workspace: one folder is one company.

yunce.toml      settings
metrics.yaml    what the data means
library/        documents, one folder per collection
data/           files that metrics.yaml points at
.yunce/         state, never edited by hand
"""

import os
import shutil
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from assistant.errors import WorkspaceError
from knowledge.errors import explain

_SETTINGS = """\
# Settings of this workspace. An environment variable wins over a line here:
# YUNCE_MODEL__API_KEY is api_key in [model].

# language = "auto"            # or "zh", "en": the language of answers

[model]
# Any OpenAI-compatible chat model. Without one, the embedded analyst answers by rules, offline.
# name = "…"
# base_url = "https://…/v1"
# Keep the key out of this file: export YUNCE_MODEL__API_KEY=…

[teams]
# Who belongs to which team; documents and data with teams are shown to those only.
# growth = ["slack:U012AB3CD"]
"""

_METRICS = """\
# What the data means. Remove the # signs, name your file and columns, then run: yunce metrics check
#
# timezone: Asia/Shanghai
# sources:
#   orders:
#     path: data/orders.csv        # Parquet or CSV
#     user: customer_id            # the column that holds the user
#     time: ordered_at             # the column that holds the time
#     event_name: purchase         # every row is this event; or `event: COLUMN` where a column names it
"""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The paths of one workspace."""

    root: Path

    @property
    def settings_file(self) -> Path:
        """Path of yunce.toml."""
        return self.root / "yunce.toml"

    @property
    def metrics_file(self) -> Path:
        """Path of metrics.yaml."""
        return self.root / "metrics.yaml"

    @property
    def library(self) -> Path:
        """Folder of the documents."""
        return self.root / "library"

    @property
    def state(self) -> Path:
        """Folder of catalogue, indexes and conversations."""
        return self.root / ".yunce"


def find_workspace(folder: Path | None = None) -> Workspace:
    """Return the workspace at `folder`, else at YUNCE_WORKSPACE, else at the current folder or above it.

    Raises:
        WorkspaceError: There is no yunce.toml there.
    """
    named = folder or (Path(os.environ["YUNCE_WORKSPACE"]) if os.environ.get("YUNCE_WORKSPACE") else None)
    candidates = [named] if named else [Path.cwd(), *Path.cwd().parents]
    for candidate in candidates:
        if (candidate / "yunce.toml").is_file():
            return Workspace(candidate.resolve())
    where = named or Path.cwd()
    raise WorkspaceError(
        en=f"{where} is not a Yunce workspace (it has no yunce.toml). Make one with: yunce init {where}",
        zh=f"{where} 不是运策工作区（没有 yunce.toml）。请先运行：yunce init {where}",
        parameter="workspace",
    )


def create_workspace(folder: Path, *, demo: bool = False) -> Workspace:
    """Make `folder` a workspace with the starter library; with `demo`, the sample company in it.

    Raises:
        WorkspaceError: The folder already is a workspace, or is a file, or cannot be written.
    """
    workspace = Workspace(folder.resolve())
    if workspace.settings_file.exists():
        raise WorkspaceError(
            en=f"{folder} already is a workspace; nothing was changed.",
            zh=f"{folder} 已经是工作区，未做任何改动。",
            parameter="folder",
        )
    try:
        _write(workspace, demo=demo)
    except OSError as error:
        en, zh = explain(error)
        raise WorkspaceError(
            en=f"Cannot make a workspace in {folder}: {en}.",
            zh=f"无法在 {folder} 建立工作区：{zh}。",
            parameter="folder",
        ) from error
    return workspace


def _write(workspace: Workspace, *, demo: bool) -> None:
    for path in (workspace.library, workspace.root / "data", workspace.state):
        path.mkdir(parents=True, exist_ok=True)
    with as_file(files("knowledge") / "library") as starter:
        shutil.copytree(starter, workspace.library, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__*"))
    if demo:
        from assistant.sample_company import write

        write(workspace.root)
    elif not workspace.metrics_file.exists():
        workspace.metrics_file.write_text(_METRICS, encoding="utf-8")
    workspace.settings_file.write_text(_SETTINGS, encoding="utf-8")
