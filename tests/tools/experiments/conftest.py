from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.conftest import Workspace
from tests.tools.experiments.laboratory import Laboratory


@pytest.fixture
def laboratory(open_workspace: Callable[..., Workspace], tmp_path: Path) -> Laboratory:
    return Laboratory(open_workspace, tmp_path)
