"""Archives by the HTTP door: as many documents as they hold, and the reason for each that they do not yield."""

import httpx

from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem
from tests.bots.api.test_documents import upload, wait_for
from tests.knowledge.loaders.office_files import pack

WIKI = pack(
    {"wiki/numbat.md": "# Numbat\n\nThe numbat rule.", "notes.txt": "Numbat notes.", "app.exe": b"MZ"}
)


def test_an_archive_answers_with_all_that_it_holds(local: httpx.Client) -> None:
    response = upload(local, "numbat.zip", WIKI, collection="numbats")

    stored = response.json()
    assert response.status_code == 200
    assert sorted(document["source"] for document in stored["documents"]) == [
        "numbat.zip/notes.txt",
        "numbat.zip/wiki/numbat.md",
    ]
    assert {document["collection"] for document in stored["documents"]} == {"numbats"}
    [failure] = stored["failures"]
    assert (failure["source"], failure["code"]) == ("numbat.zip/app.exe", "unsupported_format")


def test_the_job_of_an_archive_names_its_documents(local_zh: httpx.Client) -> None:
    accepted = upload(local_zh, "numbat2.zip", WIKI, wait=False).json()

    job = wait_for(local_zh, accepted["job_id"])

    assert accepted["document_id"] is None
    assert [document["title"] for document in job["result"]["documents"]] == ["Numbat", "notes"]
    assert "无法读取" in job["result"]["failures"][0]["detail"]


def test_an_archive_without_a_document_is_refused(local: httpx.Client) -> None:
    assert_problem(upload(local, "a.zip", pack({"a.exe": b"MZ"})), 415, "unsupported_format", "a.exe")
    assert_problem(upload(local, "a.zip", WIKI[:50]), 422, "unreadable_document", "damaged")
    bomb = pack({"a.md": bytes(12 << 20)})
    assert_problem(upload(local, "a.zip", bomb), 413, "document_too_large", "100 times")


def test_no_archive_takes_the_place_of_a_document(local: httpx.Client) -> None:
    document = upload(local, "bilby.md", "# Bilby\n\nOne.").json()
    response = local.put(f"/v1/documents/{document['id']}", files={"file": ("bilby.zip", WIKI)})
    assert_problem(response, 415, "unsupported_format", "archive")


def test_a_member_for_a_foreign_team_is_refused_alone(keyed: Keyed) -> None:
    data = pack({"a.md": "---\nteams: [finance]\n---\n# A\n\nText.", "b.md": "# B\n\nText."})
    with keyed.client("growth-editor") as growth:
        stored = upload(growth, "mixed.zip", data).json()
    assert [document["source"] for document in stored["documents"]] == ["mixed.zip/b.md"]
    assert [failure["code"] for failure in stored["failures"]] == ["access_denied"]


def test_a_packed_body_is_refused(local: httpx.Client) -> None:
    response = local.post("/v1/documents", content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert_problem(response, 415, "unsupported_encoding", "gzip")
