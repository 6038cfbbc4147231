"""`yunce plan`."""

import json

import pytest

from assistant.planning.plans import Plan


@pytest.fixture(scope="module")
def drafted(yunce, demo) -> Plan:
    """A plan drafted by the command."""
    done = yunce("plan", "draft", "把次日留存拉回来", "--owner", "陈默", "--json", cwd=demo)
    assert (done.returncode, done.stderr) == (0, "")
    return Plan.model_validate_json(done.stdout)


def test_a_draft_states_baseline_target_and_a_budget_that_adds_up(drafted):
    assert (drafted.metric, drafted.status, drafted.owner) == ("d1_retention", "draft", "陈默")
    assert drafted.baseline.value < drafted.target.value
    assert drafted.budget.total == sum(line.amount for line in drafted.budget.lines)
    assert drafted.tactics
    assert drafted.evidence
    assert drafted.citations


def test_an_english_draft_within_a_budget(yunce, demo):
    done = yunce("plan", "draft", "Lift day-1 retention to 45%", "--budget", "3000", cwd=demo)
    assert done.returncode == 0, done.stderr
    assert "Target (by " in done.stdout
    assert "45.0%" in done.stdout
    assert "yunce plan export p_" in done.stdout


def test_plans_are_listed_shown_and_exported(drafted, yunce, demo, tmp_path):
    assert any(
        line.startswith(f"{drafted.id}  draft")
        for line in yunce("plan", "list", cwd=demo).stdout.splitlines()
    )
    listed = json.loads(yunce("plan", "list", "--json", cwd=demo).stdout)
    assert drafted.id in [item["id"] for item in listed]
    shown = yunce("plan", "show", drafted.id, "--json", cwd=demo)
    assert Plan.model_validate_json(shown.stdout) == drafted
    target = tmp_path / "计划.md"
    assert yunce("plan", "export", drafted.id, "-o", target, cwd=demo).stdout == f"{target}\n"
    assert target.read_text(encoding="utf-8").startswith(f"# {drafted.title}\n")


def test_an_empty_book(invoke, company):
    assert invoke("plan", "list", folder=company).output == 'No plans yet: yunce plan draft "…"\n'
    assert json.loads(invoke("plan", "list", "--json", folder=company).output) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lift it", "--metric", "d1_retension"], ["d1_retention"]),
        (["把次日留存拉回来", "--target", "0.1"], ["目标", "基线"]),
        (["把次日留存拉回来", "--by", "2020-01-01"], ["2020-01-01"]),
        (["把次日留存拉回来", "--budget", "-5"], ["budget"]),
        (["x"], ["objective"]),
        (["make everything better"], ["metric"]),
    ],
)
def test_drafts_that_are_refused(invoke, demo, arguments, words):
    before = len(json.loads(invoke("plan", "list", "--json", folder=demo).output))
    done = invoke("plan", "draft", *arguments, folder=demo)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert all(word in done.stderr for word in words), done.stderr
    assert len(json.loads(invoke("plan", "list", "--json", folder=demo).output)) == before


def test_a_small_budget_buys_what_costs_nothing(invoke, demo):
    done = invoke("plan", "draft", "把次日留存拉回来", "--budget", "1", "--json", folder=demo)
    plan = Plan.model_validate_json(done.output)
    assert all(tactic.cost.value <= 1 for tactic in plan.tactics)
    assert plan.budget.total <= 1


def test_an_unknown_plan(invoke, demo):
    for command in ("show", "export"):
        done = invoke("plan", command, "p_unknown", folder=demo)
        assert done.exit_code == 2
        assert "There is no plan p_unknown" in done.stderr


def test_an_export_that_cannot_be_written(drafted, invoke, demo, tmp_path):
    done = invoke("plan", "export", drafted.id, "-o", tmp_path / "missing" / "plan.md", folder=demo)
    assert done.exit_code == 1
    assert "plan.md" in done.stderr
