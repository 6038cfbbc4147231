"""`yunce eval answers`."""

import json

import pytest

from tests.assistant.model_server import MODEL, Call, Reply, model_server

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
    shown = invoke("eval", "answers", file, "--save", golden / "scores.json", folder=golden)
    assert "figures right: no such figure 7" in shown.output
    saved = json.loads((golden / "scores.json").read_text("utf-8"))
    assert (saved["answered_by"], saved["measures"]) == (["analyst"], result["measures"])


@pytest.mark.parametrize(
    ("compare", "reason"),
    [("model", "no change"), ("model.nam=x", "no change"), ("model.max_calls=x", "model.max_calls"), ("settings=/no", "exists")],
)  # fmt: skip
def test_a_bad_configuration_is_refused(invoke, golden, compare, reason):
    done = invoke("eval", "answers", golden / "golden.yaml", "--compare", compare, folder=golden)
    assert done.exit_code in (1, 2)
    assert reason in done.output


def test_a_model_and_its_prompts_are_scored_with_what_they_took(invoke, golden):
    (golden / "mine").mkdir()
    (golden / "mine" / "system.en.md").write_text("You are terse.", "utf-8")
    search = Reply(calls=(Call("search_knowledge", {"query": "experiment"}),))

    def reply(asked):
        if asked["messages"][-1]["role"] != "tool":
            return search
        return Reply("“Split users at random.” [1]")

    with model_server() as model:
        model.play(reply)
        changes = (
            f"model.name={MODEL},model.base_url={model.base_url},model.input_price=1,model.output_price=2"
        )
        file = golden / "golden.yaml"
        done = invoke(
            "eval", "answers", file, "--compare", f"{changes},model.prompts=mine", "--json", folder=golden
        )
        assert done.exit_code == 0, done.output
        first, second = (part := json.loads(done.stdout)), part["compared"]
        assert (first["tokens"], first["cost"]) == (None, None)
        assert second["measures"]["citation_recall"] == 1
        # Two replies of 9 tokens read and 12 written to each question: 2 * 21, and 18 * 1 + 24 * 2 millionths.
        assert second["tokens"] == 42
        assert second["cost"] == {"amount": pytest.approx(66e-6), "currency": "USD"}
        systems = {request["messages"][0]["content"][:14] for request in model.requests}
        assert systems == {"You are terse.", "你是运策，一名运营分析员。你"}
        shown = invoke("eval", "answers", file, "--compare", changes, folder=golden).output
        assert "tokens each" in shown
        assert "0.000066 USD" in shown
    refused = invoke("eval", "answers", file, "--compare", "model.prompts=nowhere", folder=golden)
    assert refused.exit_code in (1, 2)
    assert "nowhere with prompts (model.prompts)" in refused.output
