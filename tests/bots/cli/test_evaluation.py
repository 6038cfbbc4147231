"""`yunce eval retrieval` and `yunce reindex`."""

import json

import pytest

from tests.knowledge.services import run_service

QUESTIONS = """\
question,expected,answerable
召回沉睡用户有哪些办法,win-back-playbook.md,
How do we run an experiment?,Nowhere,
How tall is the office?,,no
"""


@pytest.fixture
def library(yunce, company):
    (company / "library" / "win-back-playbook.md").write_text(
        "# 召回\n\n沉睡用户的召回办法：发短信。\n", "utf-8"
    )
    (company / "library" / "experiments.md").write_text("# Experiments\n\nSplit users at random.\n", "utf-8")
    assert yunce("ingest", cwd=company).returncode == 0
    (company / "questions.csv").write_text(QUESTIONS, "utf-8")
    return company


def test_own_questions_are_measured_and_compared(yunce, library):
    done = yunce(
        "eval", "retrieval", "questions.csv", "--compare", "dense_weight=1,limit=5", "--json", cwd=library
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["questions"] == 3
    assert result["measures"]["recall@1"] == 0.5
    assert result["languages"]["zh"]["measures"]["ndcg@10"] == 1
    assert result["worst"][0]["line"] == 3
    assert all(difference["noise"] for difference in result["differences"])
    assert "Line 3: there is no document “Nowhere”" in done.stderr
    shown = yunce("eval", "retrieval", "questions.csv", cwd=library)
    assert "expected Nowhere, found" in shown.stdout
    assert (
        yunce("eval", "retrieval", "questions.csv", cwd=library, LANG="zh_CN.UTF-8").stdout.count("最差") == 1
    )


@pytest.mark.parametrize(
    ("compare", "reason"),
    [
        ("rerank", "no change"),
        ("rerank=on", "must be off"),
        ("speed=9", "no change"),
        ("dense_weight=2", "from 0 to 1"),
        ("limit=x", "from 1 to 100"),
        ("state=/nowhere", "exists"),
        ("", "no change"),
    ],
)
def test_a_bad_configuration_is_refused(invoke, company, compare, reason):
    done = invoke("eval", "retrieval", "questions.csv", "--compare", compare, folder=company)
    assert done.exit_code == 2
    assert reason in done.output


def test_bad_files_are_refused_with_the_line(invoke, company):
    (company / "bad.jsonl").write_text('{"question": "a", "expected": "b"}\n{', "utf-8")
    done = invoke("eval", "retrieval", str(company / "bad.jsonl"), folder=company)
    assert done.exit_code == 2
    assert "Line 2: it is not JSON" in done.output


def test_the_model_is_changed_by_settings(invoke, company):
    (company / "library" / "a.md").write_text("# Coupons\n\nThe coupon budget is low.\n", "utf-8")
    assert invoke("ingest", folder=company).exit_code == 0
    assert "in use already" in invoke("reindex", folder=company).output
    assert "built anew" in invoke("reindex", "--indexes", folder=company).output
    with run_service() as service:
        settings = f'[embedding]\nname = "m"\nbase_url = "{service.address}"\ndimensions = 32\n'
        (company / "yunce.toml").write_text(settings, "utf-8")
        refused = invoke("search", "coupon", folder=company)
        assert refused.exit_code == 1
        assert "yunce reindex" in refused.output
        changed = json.loads(invoke("reindex", "--json", folder=company).output)
        assert (changed["changed"], changed["embedded"], changed["scale"]) == (True, 1, None)
        assert "Coupons" in invoke("search", "coupon", folder=company).output
    (company / "yunce.toml").write_text("", "utf-8")
    assert "Changed to universal" in invoke("reindex", folder=company).output
