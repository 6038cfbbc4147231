"""A gate: the golden set was scored after the last edit of what its answers rest on.

`make eval` scores the set and ends with `python -m tests.evals.golden_gate SCORES`: where the scores reach their bounds,
they are written to golden_scores.json beside a fingerprint of each input. A test compares the fingerprints, which takes
no time; the scoring itself takes minutes. Prompts are read by models alone: to score an edited prompt, set
YUNCE_MODEL__NAME for `make eval`. Edits of code are not looked at; a handful of questions in the tests are.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RECORD = Path(__file__).with_name("golden_scores.json")
#: The library with its glossary, the sample company's documents and definitions, the prompts, and the set.
INPUTS = (
    "knowledge/library/**/*.md",
    "assistant/sample_company/library/**/*.md",
    "assistant/sample_company/metrics.yaml",
    "assistant/prompts/**/*.md",
    "tests/evals/golden.yaml",
)
LEAST = {"figures": 0.95, "numbers": 1.0, "citation_precision": 0.95, "declined": 0.9, "language": 1.0}


def fingerprint(root: Path = ROOT) -> dict[str, str]:
    """Return a fingerprint of each input, by its path."""
    files = (file for pattern in INPUTS for file in root.glob(pattern))
    return {
        file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        for file in sorted(files)
    }


def find_edited(record: Mapping[str, Any], now: Mapping[str, str]) -> list[str]:
    """Return the inputs that are not what they were when the set was scored, among them what came and went."""
    then = record["inputs"]
    return sorted(path for path in {*then, *now} if then.get(path) != now.get(path))


def find_short(measures: Mapping[str, float]) -> Iterator[str]:
    """Yield in words which scores fall short of their bounds."""
    for name, least in LEAST.items():
        if measures.get(name, 0.0) < least:
            yield f"{name} is {measures.get(name, 0.0):.3f}, below {least}"


def main(arguments: list[str]) -> int:
    """Write the scores of a run into the record, unless they fall short."""
    scores = json.loads(Path(arguments[0]).read_text("utf-8"))
    if short := list(find_short(scores["measures"])):
        print(f"Not recorded: {'; '.join(short)}.", file=sys.stderr)
        return 1
    told = {name: scores[name] for name in ("answered_by", "questions", "measures")}
    told["measures"] = {name: round(value, 4) for name, value in told["measures"].items()}
    record = json.dumps({**told, "inputs": fingerprint()}, ensure_ascii=False, indent=1)
    RECORD.write_text(record + "\n", "utf-8")
    print(f"Recorded in {RECORD.relative_to(ROOT)}; commit it with the edit.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
