"""A model that obeys what a document tells it breaches nothing: numbers, citations, links, tools and teams hold."""

import re
from typing import Any

import pytest

from assistant.access import OWNER, Principal
from assistant.answer import Answer
from assistant.assistant import Assistant
from tests.assistant.checks import check_answer, check_events
from tests.assistant.conftest import SECRET
from tests.assistant.model_server import MODEL, Call, ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

_QUESTION = "What is the Zephyr rollout protocol?"
_SEARCH = Call("search_knowledge", {"query": "Zephyr rollout protocol"})
_RETENTION = Call("measure_metric", {"metric": "d1_retention", "start": "2026-09-21", "end": "2026-09-27"})


async def obeyed(
    assistant: Assistant,
    model: ModelServer,
    text: str,
    *,
    question: str = _QUESTION,
    calls: tuple[Call, ...] = (_SEARCH,),
) -> Answer:
    """Return the answer of a model that looks up and then writes `text`, whatever it read."""
    model.play(Reply(calls=calls), Reply(text, piece=3))
    answer = check_events([event async for event in assistant.events(question, principal=OWNER)])
    check_answer(answer, assistant, OWNER)
    assert answer.model == MODEL
    return answer


@pytest.mark.parametrize(
    ("written", "invented"),
    [
        ("Retention is 97.3%.", "97.3"),
        ("D1留存率为87%，很好。", "87"),
        ("GMV5000万。", "5000"),
        ("We earned USD7777 [1].", "7777"),
        ("Retention is 97.3% [1].", "97.3"),
        ("Retention is 97.3% [E1].", "97.3"),
        ("“Retention is 97.3%” [1].", "97.3"),
        ("| metric | value |\n|---|---|\n| retention | 97.3% |\n", "97.3"),
        ("- retention: 97.3% [1]\n", "97.3"),
        ("Retention rose by **97.3%**.", "97.3"),
        ("It grew `97.3%`.", "97.3"),
        ("On 2031-05-06 it grew.", "2031"),
        ("留存率为百分之九十七。", "九十七"),
        ("增长三成半，达到 8 成。", "8 成"),
        ("It grew ９７.３％.", "９７"),
        ("It is &#57;&#x37;%.", "&#"),
        ("It is ⑨⑦%.", "⑨"),
        ("It is ¹² %.", "¹"),
        ("It is ½ of all.", "½"),
        ("It is ٩٧%.", "٩"),
        ("It is 𝟗𝟕%.", "𝟗"),
        ("It is 9\u200b7.\u20603%.", "9"),
        ("It is \u202e%3.79\u202c.", "3.79"),
        (f"It is {'9' * 400}.", "999"),
        (f"留存用户有{'九' * 400}人。", "九九"),
        (f"It is {'9' * 400}%, up {'7' * 400} pp from 38.8%.", "777"),
    ],
)
async def test_invented_numbers_are_withheld(
    written: str, invented: str, scripted: Assistant, model: ModelServer
) -> None:
    answer = await obeyed(scripted, model, written)
    assert invented not in answer.text
    assert "withheld" in answer.text
    assert any("withheld" in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    ("language", "argument", "written"),
    [
        ("en", "x. Day-1 retention was 97.3% in all. y", "Day-1 retention was 97.3% in all."),
        ("en", "x. Nobody left, and ninety-seven users came. y", "Nobody left, and ninety-seven users came."),
        ("zh", "无。上周的次日留存率整体达到 97.3%。又", "上周的次日留存率整体达到 97.3%。"),
    ],
)
async def test_a_tools_error_does_not_vouch_for_what_the_model_put_into_it(
    language: str, argument: str, written: str, scripted: Assistant, model: ModelServer
) -> None:
    call = Call("measure_metric", {**_RETENTION.arguments, "metric": argument})
    model.play(Reply(calls=(call,)), Reply(written))
    answer = await scripted.ask(_QUESTION, principal=OWNER, language=language)
    check_answer(answer, scripted, OWNER)
    assert written.rstrip("。.") not in answer.text
    assert not re.search("97.3|ninety", answer.text)


async def test_what_was_set_for_a_measurement_is_not_told_as_measured(
    scripted: Assistant, model: ModelServer
) -> None:
    goal = Call("check_goal", {**_RETENTION.arguments, "target": 0.973, "baseline": 0.5})
    written = "Day-1 retention is 97.3% [E1]."
    model.play(Reply(calls=(goal,)), Reply(f"{written}\n\n| day-1 retention | 97.3% [E1] |\n"))
    answer = await scripted.ask("How are we doing?", principal=OWNER)
    assert answer.text.startswith(f"{written} (97.3%: set for the calculation, not measured)")
    assert "97.3%: set for the calculation, not measured" in answer.warnings
    answer = await scripted.ask("Do we reach 97.3% day-1 retention?", principal=OWNER)
    assert "not measured" not in answer.text


async def test_invented_numbers_beside_true_ones(scripted: Assistant, model: ModelServer) -> None:
    answer = await obeyed(
        scripted,
        model,
        "次日留存率为 97.3% [E1]。",
        question="2026-09-21 到 2026-09-27 的次日留存率？",
        calls=(_RETENTION,),
    )
    assert "97.3" not in answer.text
    assert "〔无出处，已隐去〕" in answer.text
    assert answer.grounding == "metrics"


async def test_a_planted_number_is_shown_only_with_the_document_that_states_it(
    scripted: Assistant, model: ModelServer
) -> None:
    assert "99.9" not in (await obeyed(scripted, model, "Retention is 99.9%.")).text
    cited = await obeyed(scripted, model, "The document claims 99.9% and 555,123 users [1].")
    assert {(n.text, n.status, n.source) for n in cited.numbers} == {
        ("99.9%", "citation", "1"),
        ("555,123", "citation", "1"),
    }
    assert "Zephyr" in cited.citations[0].title


@pytest.mark.parametrize("marker", ["[9999]", "[E7]", "[0]", "【88】", "[E1, 77]", "[E07]", "[77][E9]"])
async def test_forged_markers_are_dropped(marker: str, scripted: Assistant, model: ModelServer) -> None:
    answer = await obeyed(scripted, model, f"The protocol starts small {marker}. It is good [1].")
    assert re.findall(r"\[E?\d+\]|[【】]", answer.text) == ["[1]"]
    assert [citation.marker for citation in answer.citations] == ["1"]
    assert not answer.evidence


async def test_several_markers_in_one_bracket_are_each_a_citation(
    scripted: Assistant, model: ModelServer
) -> None:
    answer = await obeyed(scripted, model, "It starts small [1, 2]。又见【3】。")
    assert "[1][2]" in answer.text
    assert [citation.marker for citation in answer.citations] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "written",
    [
        "See [the form](https://evil.example/login) now.",
        "See [the form](//evil.example/login) now.",
        "See [the form](\n//evil.example/login) now.",
        "See [the form] (https://evil.example/login).",
        "See it. [1](//evil.example/login) now.",
        "See [1](https://evil.example/login).",
        "![chart](https://evil.example/p.png)",
        "Wow![chart](//evil.example/p.png)",
        "[![chart](https://evil.example/p.png)](https://evil.example)",
        "![chart][x]\n\n[x]: https://evil.example/p.png\n",
        "[the form][x]\n\n[x]:\n//evil.example/login\n",
        "[x]: //evil.example/login\n\nSee [x].",
        "<https://evil.example/login>",
        "<a href='https://evil.example'>form</a>",
        "<a\nhref='//evil.example'>form</a>",
        "<<b>script>alert(1)<</b>/script>",
        "<img src=x onerror=alert(1)>",
        "<!-- hidden --><svg/onload=alert(1)>",
        "[the]<b>(//evil.example)</b> form",
        "https://evil.example/login",
        "HTTPS://EVIL.EXAMPLE/login",
        "www.evil.example/login",
        "javascript:alert(1)",
        "[the form](javascript:alert(1))",
        "[the form](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
async def test_links_images_and_html_are_dropped(
    written: str, scripted: Assistant, model: ModelServer
) -> None:
    from markdown_it import MarkdownIt

    answer = await obeyed(scripted, model, f"It is so. {written}")
    tokens = [
        token
        for block in MarkdownIt("commonmark").parse(answer.text)
        for token in (block, *(block.children or []))
    ]
    assert not {token.type for token in tokens} & {"link_open", "image", "html_inline", "html_block"}
    assert not re.search("https?:|www\\.|javascript:", answer.text, re.IGNORECASE)


async def test_text_behind_an_address_is_kept(scripted: Assistant, model: ModelServer) -> None:
    answer = await obeyed(scripted, model, "见 https://evil.example/login，协议从小范围开始 [1]。")
    assert "，协议从小范围开始 [1]。" in answer.text


async def test_an_address_of_the_catalogue_may_be_linked(scripted: Assistant, model: ModelServer) -> None:
    model.play(
        Reply(calls=(Call("search_knowledge", {"query": "Larkspur checklist reviewers"}),)),
        Reply("See [the checklist](https://docs.example.com/larkspur) [1]."),
    )
    answer = await scripted.ask("What does the Larkspur checklist ask for?", principal=OWNER)
    assert "[the checklist](https://docs.example.com/larkspur)" in answer.text
    assert answer.citations[0].url == "https://docs.example.com/larkspur"


@pytest.mark.parametrize("tool", ["delete_document", "approve_plan", "run_sql", "python", "knowledge.delete"])
async def test_only_published_tools_run(tool: str, scripted: Assistant, model: ModelServer) -> None:
    before = len(scripted.knowledge.documents(teams=None))
    answer = await obeyed(
        scripted, model, "Done [1].", calls=(Call(tool, {"document_id": "d_1", "code": "import os"}), _SEARCH)
    )
    told = [m["content"] for m in model.requests[-1]["messages"] if m["role"] == "tool"]
    assert any("not a valid tool" in text for text in told)
    assert len(scripted.knowledge.documents(teams=None)) == before
    assert answer.citations


async def test_what_a_team_may_not_see_cannot_be_cited(scripted: Assistant, model: ModelServer) -> None:
    reader = Principal(id="curious", teams=frozenset())
    model.play(
        Reply(calls=(Call("search_knowledge", {"query": "Quartzite bonus pool finance"}),)),
        Reply("The pool holds 734 thousand yuan [1] [2]."),
    )
    answer = await scripted.ask("How large is the Quartzite bonus pool?", principal=reader)
    check_answer(answer, scripted, reader)
    assert "734" not in answer.text
    assert SECRET not in answer.model_dump_json()
    assert "Quartzite" not in {citation.title for citation in answer.citations}


@pytest.mark.parametrize(
    "written",
    [
        "87 " * 12_000,
        "“。1 " * 6_000 + "[1]",
        "[" * 30_000,
        "![" * 9_000,
        "<" * 30_000,
        "(" * 30_000,
        "百" * 30_000,
        "1,234" * 5_000,
    ],
    ids=["numbers", "quotes", "brackets", "images", "tags", "parentheses", "characters", "digits"],
)
async def test_hostile_text_is_checked_in_bounded_time(
    written: str, scripted: Assistant, model: ModelServer
) -> None:
    model.play(Reply(calls=(_SEARCH,)), Reply(written, piece=512))
    events: list[Any] = [event async for event in scripted.events(_QUESTION, principal=OWNER)]
    check_events(events)


async def test_a_document_is_read_whole_by_the_marker_of_a_passage_alone(
    scripted: Assistant, model: ModelServer
) -> None:
    known = Call("read_document", {"marker": "[1]"})
    unknown = Call("read_document", {"marker": "d_" + "9" * 500})
    model.play(Reply(calls=(_SEARCH,)), Reply(calls=(known, unknown)), Reply("It is on record [1]."))
    answer = await scripted.ask(_QUESTION, principal=OWNER)
    told = [str(m["content"]) for m in model.requests[-1]["messages"] if m["role"] == "tool"]
    document = scripted.knowledge.document(answer.citations[0].document_id, teams=None)
    chunks = scripted.knowledge.chunks(document.id, teams=None)
    assert all(chunk.text.splitlines()[-1] in told[1] for chunk in chunks)
    assert "search first" in told[2]
    assert len(told[2]) < 250
