"""`yunce eval answers`."""

import json

import pytest

GOLDEN = """\
- question: How do we run an experiment?
  sources: experiments.md
  says: at random
  kind: how-to
- question: How many orders in March 2026?
  figures: [{value: 7, name: no such figure}]
- question: 食堂周二吃什么？
  answerable: false
"""


@pytest.fixture
def golden(invoke, company):
    (company / "library" / "experiments.md").write_text("# Experiments\n\nSplit users at random.\n", "utf-8")
    assert invoke("ingest", folder=company).exit_code == 0
    (company / "golden.yaml").write_text(GOLDEN, "utf-8")
    return company


def test_answers_are_scored_and_compared_and_leave_nothing_behind(invoke, golden):
    file = golden / "golden.yaml"
    asked = invoke("questions", folder=golden).output
    done = invoke("eval", "answers", file, "--compare", "language=en", "--json", folder=golden)
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["questions"] == 3
    assert result["measures"]["declined"] == 1
    assert result["measures"]["citation_recall"] == 1
    assert result["measures"]["language"] == 1
    assert result["compared"]["measures"]["language"] == pytest.approx(2 / 3)
    assert ["figures", "no such figure 7"] in result["worst"][0]["faults"]
    assert invoke("questions", folder=golden).output == asked
    shown = invoke("eval", "answers", file, folder=golden)
    assert "figures right: no such figure 7" in shown.output


@pytest.mark.parametrize(
    ("compare", "reason"),
    [("model", "no change"), ("model.nam=x", "no change"), ("model.max_calls=x", "model.max_calls"), ("settings=/no", "exists")],
)  # fmt: skip
def test_a_bad_configuration_is_refused(invoke, golden, compare, reason):
    done = invoke("eval", "answers", golden / "golden.yaml", "--compare", compare, folder=golden)
    assert done.exit_code in (1, 2)
    assert reason in done.output
