"""Versions, files, passages, curated answers and open questions over HTTP, and who may change them."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem

FILE = "退款 手册.md"
TEXT = "# 退款\n\n## 时限\n\n退款需要三天。\n\n## 材料\n\n退款需要订单号。\n"


def upload(client: httpx.Client, text: str = TEXT, **fields: str) -> str:
    sent = client.post("/v1/documents?wait=true", files={"file": (FILE, text.encode())}, data=fields)
    assert sent.is_success, sent.text
    return str(sent.json()["id"])


@pytest.fixture
def editor(keyed: Keyed) -> Iterator[httpx.Client]:
    with keyed.client("growth-editor") as client:
        yield client


@pytest.fixture
def reader(keyed: Keyed) -> Iterator[httpx.Client]:
    with keyed.client("growth-reader") as client:
        yield client


@pytest.fixture
def stranger(keyed: Keyed) -> Iterator[httpx.Client]:
    """An editor of another team."""
    with keyed.client("finance-editor") as client:
        yield client


def test_versions_and_their_files_are_there_to_be_saved(editor: httpx.Client) -> None:
    document = upload(editor, collection="versions")
    upload(editor, TEXT.replace("三天", "七天"), collection="versions")
    versions = editor.get(f"/v1/documents/{document}/versions").json()["versions"]
    assert [(v["version"], v["state"]) for v in versions] == [(2, "in_force"), (1, "superseded")]
    old = editor.get(f"/v1/documents/{document}/file", params={"version": 1})
    assert old.content == TEXT.encode()
    assert old.headers["content-disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''%E9%80%80" in old.headers["content-disposition"]
    assert old.headers["x-content-type-options"] == "nosniff"
    missing = editor.get(f"/v1/documents/{document}/file", params={"version": 9})
    assert (missing.status_code, missing.json()["code"]) == (404, "original_not_found")


def test_active_file_is_sent_as_bytes(editor: httpx.Client) -> None:
    page = {"file": ("page.html", b"<h1>Hi</h1><p>There is text.</p><script>alert(1)</script>")}
    document = editor.post("/v1/documents?wait=true", files=page).json()["id"]
    sent = editor.get(f"/v1/documents/{document}/file")
    assert sent.headers["content-type"] == "application/octet-stream"


def test_passage_is_read_in_its_section_edited_and_put_back(editor: httpx.Client) -> None:
    document = upload(editor, collection="passages")
    chunks = editor.get(f"/v1/documents/{document}/chunks").json()["chunks"]
    chunk = next(c for c in chunks if "三天" in c["text"])
    read = editor.get(f"/v1/chunks/{chunk['id']}").json()
    assert "三天" in read["text"][read["start"] : read["end"]]
    assert "三天" in read["original"]
    edited = editor.patch(f"/v1/chunks/{chunk['id']}", json={"text": "退款需要七天。"}).json()
    assert (edited["text"], edited["edited_by"]) == ("退款需要七天。", "growth-editor")
    assert editor.get(f"/v1/chunks/{chunk['id']}").json()["chunk"]["text"] == chunk["text"]
    disabled = editor.patch(f"/v1/chunks/{edited['id']}", json={"enabled": False}).json()
    assert not disabled["enabled"]
    back = editor.patch(f"/v1/chunks/{edited['id']}", json={"text": None, "enabled": True}).json()
    assert (back["id"], back["enabled"], back["edited_by"]) == (chunk["id"], True, None)
    wrong = editor.patch(f"/v1/chunks/{chunk['id']}", json={"txet": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_request")


def test_stale_document_says_so_in_answers(editor: httpx.Client, reader: httpx.Client) -> None:
    text = "# Larkspur rule\n\nThe Larkspur rule asks for three reviewers before a campaign is sent.\n"
    document = upload(editor, text, collection="stale")
    marked = editor.patch(
        f"/v1/documents/{document}", json={"stale": {"note": "rules changed"}, "owner": "Zhao"}
    )
    assert (marked.json()["stale"]["by"], marked.json()["owner"]) == ("growth-editor", "Zhao")
    for question, words in (
        ("What does the Larkspur rule ask for?", "out of date"),
        ("什么是 Larkspur rule？", "过时"),
    ):
        warnings = reader.post("/v1/ask", json={"question": question}).json()["warnings"]
        assert any(words in warning and "rules changed" in warning for warning in warnings)
    assert editor.patch(f"/v1/documents/{document}", json={"stale": None}).json()["stale"] is None


def test_curated_answer_is_given_as_such(
    editor: httpx.Client, reader: httpx.Client, stranger: httpx.Client
) -> None:
    document = upload(editor, collection="pinned")
    pinned = editor.post(
        "/v1/pins",
        json={
            "questions": ["退款要几天到账？", "How many days does a refund take?"],
            "answer": "一般 **3** 天，见[表单](https://evil.example)。",
            "documents": [document],
            "teams": ["growth"],
            "owner": "张三",
        },
    )
    assert pinned.status_code == 201, pinned.text
    pin = pinned.json()["id"]
    answer = reader.post("/v1/ask", json={"question": "退款要几天到账"}).json()
    assert answer["text"].startswith("**置顶回答 · 张三 · 20")
    assert "evil" not in answer["text"]
    assert answer["curated"]["pin_id"] == pin
    assert (answer["grounding"], answer["citations"][0]["document_id"]) == ("documents", document)
    assert [n["status"] for n in answer["numbers"]] == ["curated"]
    english = reader.post("/v1/ask", json={"question": "how many days does a refund take"}).json()
    assert english["text"].startswith("**Curated answer by 张三 · 20")
    assert stranger.post("/v1/ask", json={"question": "退款要几天到账"}).json()["curated"] is None
    assert stranger.get(f"/v1/pins/{pin}").status_code == 404
    assert pin in [p["id"] for p in reader.get("/v1/pins").json()["pins"]]
    assert editor.patch(f"/v1/pins/{pin}", json={"answer": "5 天"}).json()["answer"] == "5 天"
    assert editor.delete(f"/v1/pins/{pin}").status_code == 204
    assert reader.post("/v1/ask", json={"question": "退款要几天到账"}).json()["curated"] is None


def test_streamed_curated_answer_ends_with_the_answer(editor: httpx.Client) -> None:
    pin = editor.post("/v1/pins", json={"questions": ["Who feeds the office cat?"], "answer": "Li"}).json()[
        "id"
    ]
    streamed = editor.post("/v1/ask", json={"question": "who feeds the office cat", "stream": True}).text
    assert "event: token" in streamed
    assert '"grounding":"curated"' in streamed.replace(": ", ":")
    editor.delete(f"/v1/pins/{pin}")


def test_unanswered_question_is_listed_to_its_team_alone(
    editor: httpx.Client, reader: httpx.Client, stranger: httpx.Client
) -> None:
    asked = reader.post("/v1/ask", json={"question": "火星基地的电费多少钱？"}).json()
    assert asked["grounding"] == "none"
    question = asked["open_question"]
    assert question in [q["id"] for q in editor.get("/v1/questions").json()["questions"]]
    assert question not in [q["id"] for q in stranger.get("/v1/questions").json()["questions"]]
    assert stranger.patch(f"/v1/questions/{question}", json={"state": "dismissed"}).status_code == 404
    changed = editor.patch(f"/v1/questions/{question}", json={"owner": "Zhao", "state": "dismissed"}).json()
    assert (changed["owner"], changed["state"], changed["closed_by"]) == (
        "Zhao",
        "dismissed",
        "growth-editor",
    )
    assert editor.patch(f"/v1/questions/{question}", json={"state": "open"}).json()["state"] == "open"
    greeting = editor.post("/v1/ask", json={"question": "你好"}).json()
    assert greeting["open_question"] is None


def test_readers_change_nothing(editor: httpx.Client, reader: httpx.Client) -> None:
    document = upload(editor, collection="readers")
    chunk = editor.get(f"/v1/documents/{document}/chunks").json()["chunks"][0]["id"]
    for method, path, body in (
        ("PATCH", f"/v1/documents/{document}", {"owner": "x"}),
        ("PATCH", f"/v1/chunks/{chunk}", {"enabled": False}),
        ("POST", "/v1/pins", {"questions": ["q"], "answer": "a"}),
        ("PATCH", "/v1/pins/p_0", {"answer": "a"}),
        ("DELETE", "/v1/pins/p_0", None),
        ("PATCH", "/v1/questions/q_0", {"owner": "x"}),
    ):
        refused = reader.request(method, path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "access_denied"), path


def test_what_another_team_has_is_not_there(editor: httpx.Client, stranger: httpx.Client) -> None:
    document = upload(editor, collection="hidden", teams="growth")
    chunk = editor.get(f"/v1/documents/{document}/chunks").json()["chunks"][0]["id"]
    for path in (
        f"documents/{document}/versions",
        f"documents/{document}/file",
        f"documents/{document}/similar",
    ):
        assert stranger.get(f"/v1/{path}").json()["code"] == "document_not_found"
    assert stranger.get(f"/v1/chunks/{chunk}").json()["code"] == "chunk_not_found"
    assert stranger.patch(f"/v1/chunks/{chunk}", json={"enabled": False}).json()["code"] == "chunk_not_found"
    refused = stranger.post("/v1/pins", json={"questions": ["q"], "answer": "a", "documents": [document]})
    assert refused.json()["code"] == "document_not_found"
    foreign = stranger.post("/v1/pins", json={"questions": ["q"], "answer": "a", "teams": ["growth"]})
    assert foreign.status_code == 403


def test_near_duplicates_are_listed(editor: httpx.Client) -> None:
    text = "\n\n".join(f"第{n}条：活动{n}的负责人须在{n}日内提交复盘。" for n in range(30))
    one, other = upload(editor, text, collection="one"), upload(editor, text + "\n\n完。", collection="other")
    similar = editor.get(f"/v1/documents/{one}/similar").json()["documents"]
    assert [s["document"]["id"] for s in similar] == [other]
    assert similar[0]["similarity"] > 0.8


def test_document_waits_for_its_day_and_a_copy_is_told(editor: httpx.Client, stranger: httpx.Client) -> None:
    text = "# Axolotl tariff\n\nThe axolotl tariff is nine lanterns.\n"
    sent = editor.post(
        "/v1/documents?wait=true",
        files={"file": ("axolotl.md", text.encode())},
        data={"effective_date": "2999-01-01", "teams": "growth"},
    ).json()
    assert sent["waiting"]
    assert "2999-01-01" in sent["warnings"][0]
    assert editor.get(f"/v1/documents/{sent['id']}").json()["waiting"]
    hits = editor.get("/v1/search", params={"q": "axolotl tariff"}).json()["results"]
    assert sent["id"] not in {hit["document_id"] for hit in hits}
    [chunk] = editor.get(f"/v1/documents/{sent['id']}/chunks").json()["chunks"]
    assert editor.get(f"/v1/chunks/{chunk['id']}").status_code == 200
    copy = {"file": ("axolotl copy.md", text.encode())}
    twin = editor.post("/v1/documents?wait=true", files=copy, data={"teams": "growth"}).json()
    assert sent["id"] in twin["warnings"][0]
    assert not stranger.post("/v1/documents?wait=true", files=copy, data={"teams": "finance"}).json()[
        "warnings"
    ]


def test_change_that_changes_nothing_is_told_what_may_be_given(editor: httpx.Client) -> None:
    document = upload(editor, collection="nothing")
    [chunk, _] = editor.get(f"/v1/documents/{document}/chunks").json()["chunks"]
    pin = editor.post(
        "/v1/pins", json={"questions": ["Why?"], "answer": "Because.", "teams": ["growth"]}
    ).json()
    for path, word in (
        (f"documents/{document}", "owner, stale"),
        (f"chunks/{chunk['id']}", "text, enabled"),
        (f"pins/{pin['id']}", "questions, answer"),
        ("questions/q_0", "owner, state"),
    ):
        assert_problem(editor.patch(f"/v1/{path}", json={}), 422, "invalid_request", word)
    assert_problem(
        editor.patch(f"/v1/pins/{pin['id']}", json={"answer": None}), 422, "invalid_request", "null"
    )
    assert_problem(editor.patch(f"/v1/chunks/{chunk['id']}", json={"enabled": None}), 422, "invalid_request")
    again = {"questions": ["why ?"], "answer": "Just so.", "teams": ["growth"]}
    assert_problem(editor.post("/v1/pins", json=again), 409, "pin_exists", pin["id"])


@pytest.mark.parametrize(
    ("name", "plain"),
    [("退款 手册.md", "document.md"), ("a b;c.TXT", "a_b_c.TXT"), ("Q3 复盘.md", "Q3.md"), ("x.md", "x.md")],
)
def test_saved_file_has_a_plain_name_and_its_own(editor: httpx.Client, name: str, plain: str) -> None:
    sent = editor.post("/v1/documents?wait=true", files={"file": (name, TEXT.encode())})
    header = editor.get(f"/v1/documents/{sent.json()['id']}/file").headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename=\"[!#-\[\]-~]+\"; filename\*=UTF-8''[A-Za-z0-9.%_~-]+", header)
    assert f'filename="{plain}"' in header
