"""A small EvilModel: some of the project's own payloads, through each door. The whole is `python -m tests.evals.evil`."""

import shutil
from pathlib import Path

from assistant.workspace import Workspace
from tests.evals.evil import DOORS, OWN, attack, fingerprint, plant, read_payloads
from tests.evals.evil_doors import open_doors


def test_a_model_that_obeys_documents_breaches_nothing(demo_workspace: Workspace, tmp_path: Path) -> None:
    payloads = read_payloads(OWN)
    assert len(payloads) >= 40
    assert {payload.language for payload in payloads} == {"zh", "en"}
    workspace = Workspace(Path(shutil.copytree(demo_workspace.root, tmp_path / "workspace")))
    chosen = payloads[::14]
    plant(workspace, chosen)
    before = fingerprint(workspace)
    every = {"http": 1, "slack": 2, "mcp": 2, "command": len(chosen)}
    with open_doors(workspace, every) as doors:
        found = {
            (payload.row["id"], outcome.door, outcome.follows): breaches
            for payload, outcome, breaches in attack(doors, chosen, every, {"http": 4})
        }
    assert {door for _, door, _ in found} == set(DOORS)
    assert any(follows for _, _, follows in found)
    assert not {asked: breaches for asked, breaches in found.items() if breaches}
    assert fingerprint(workspace) == before
