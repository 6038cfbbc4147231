import time

import httpx
import pytest

from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem

PANGOLIN = "# Pangolin rules\n\nThe pangolin budget of the autumn campaign is {} lanterns.\n"


def upload(
    client: httpx.Client, name: str, text: str | bytes, *, wait: bool = True, **fields: object
) -> httpx.Response:
    data = text.encode() if isinstance(text, str) else text
    address = "/v1/documents?wait=true" if wait else "/v1/documents"
    return client.post(address, files={"file": (name, data)}, data=fields)


def wait_for(client: httpx.Client, job_id: str) -> dict:
    for _ in range(600):
        job = client.get(f"/v1/jobs/{job_id}").json()
        if job["state"] in ("done", "failed"):
            return job
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_takes_in_a_document_that_is_found_at_once(local: httpx.Client) -> None:
    response = upload(
        local,
        "pangolin.md",
        PANGOLIN.format(70),
        collection="reviews",
        tags="budget, autumn",
        effective_date="2026-09-01",
    )

    document = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/documents/{document['id']}"
    assert document["title"] == "Pangolin rules"
    assert document["source"] == "pangolin.md"
    assert document["collection"] == "reviews"
    assert document["tags"] == ["budget", "autumn"]
    assert document["effective_date"] == "2026-09-01"
    assert (document["version"], document["status"], document["teams"]) == (1, "added", [])
    hits = local.get("/v1/search", params={"q": "pangolin budget"}).json()["results"]
    assert hits[0]["document_id"] == document["id"]
    assert hits[0]["source"] == "pangolin.md"


def test_the_same_file_again_is_unchanged_and_another_text_a_version(local: httpx.Client) -> None:
    first = upload(local, "quokka.md", "# Quokka\n\nOne.\n").json()
    again = upload(local, "quokka.md", "# Quokka\n\nOne.\n")
    changed = upload(local, "quokka.md", "# Quokka\n\nTwo.\n")

    assert (again.status_code, again.json()["status"]) == (200, "unchanged")
    assert (changed.status_code, changed.json()["status"], changed.json()["version"]) == (200, "updated", 2)
    assert first["id"] == again.json()["id"] == changed.json()["id"]


def test_without_waiting_a_job_tells_when_it_is_done(local: httpx.Client) -> None:
    response = upload(local, "okapi.md", "# Okapi\n\nThe okapi plan.\n", wait=False)

    accepted = response.json()
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/jobs/{accepted['job_id']}"
    job = wait_for(local, accepted["job_id"])
    assert (job["state"], job["progress"], job["error"]) == ("done", 1.0, None)
    assert job["result"]["id"] == accepted["document_id"]
    assert local.get(f"/v1/documents/{accepted['document_id']}").json()["title"] == "Okapi"


def test_a_job_that_fails_says_why(local_zh: httpx.Client) -> None:
    accepted = upload(local_zh, "empty.md", b"", wait=False).json()

    job = wait_for(local_zh, accepted["job_id"])

    assert job["state"] == "failed"
    assert job["error"]["code"] == "empty_document"
    assert "空" in job["error"]["detail"]
    assert_problem(local_zh.get(f"/v1/documents/{accepted['document_id']}"), 404, "document_not_found")


@pytest.mark.parametrize(
    ("name", "data", "fields", "status", "code"),
    [
        ("empty.md", b"", {}, 422, "empty_document"),
        ("binary.md", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20, {}, 415, "unsupported_format"),
        ("report.xyz", b"hello", {}, 415, "unsupported_format"),
        ("front.md", b"---\nteams: [a\n---\n# A\n\nText.\n", {}, 422, "invalid_front_matter"),
        ("dated.md", b"# A\n\nText.\n", {"effective_date": "soon"}, 422, "invalid_metadata"),
        ("typo.md", b"# A\n\nText.\n", {"colection": "cases"}, 422, "invalid_request"),
        ("nul.md", b"# A\n\nText.\n", {"title": "a\0b"}, 422, "invalid_text"),
        (f"{'a' * 200}.md", b"# A\n\nText.\n", {}, 422, "invalid_request"),
    ],
)
def test_refuses_what_cannot_be_taken_in_and_keeps_the_rest(
    local: httpx.Client, local_zh: httpx.Client, name: str, data: bytes, fields: dict, status: int, code: str
) -> None:
    before = local.get("/v1/documents").json()["total"]

    en, zh = (upload(client, name, data, **fields) for client in (local, local_zh))

    assert_problem(en, status, code)
    assert assert_problem(zh, status, code)["detail"] != en.json()["detail"]
    assert local.get("/v1/documents").json()["total"] == before
    assert local.get("/readyz").status_code == 200


def test_refuses_a_form_without_a_file(local: httpx.Client) -> None:
    response = local.post("/v1/documents", data={"collection": "cases"})

    assert (
        assert_problem(response, 422, "invalid_request", "file", "multipart/form-data")["parameter"] == "file"
    )
    as_json = local.post("/v1/documents", json={"file": "text"})
    assert_problem(as_json, 422, "invalid_request", "multipart/form-data")


def test_a_path_in_the_name_of_a_file_is_left_out(local: httpx.Client) -> None:
    document = upload(local, "..\\..\\secret/tapir.md", "# Tapir\n\nThe tapir plan.\n").json()

    assert document["source"] == "tapir.md"


def test_lists_pages_of_documents(local: httpx.Client) -> None:
    whole = local.get("/v1/documents").json()
    page = local.get("/v1/documents", params={"limit": 2, "offset": 1}).json()
    glossary = local.get("/v1/documents", params={"collection": "glossary"}).json()

    assert whole["total"] == len(whole["documents"]) > 20
    assert page["documents"] == whole["documents"][1:3]
    assert page["total"] == whole["total"]
    assert {document["collection"] for document in glossary["documents"]} == {"glossary"}


def test_reads_a_document_and_its_passages(local: httpx.Client) -> None:
    [document, *_] = local.get("/v1/documents", params={"collection": "glossary"}).json()["documents"]

    read = local.get(f"/v1/documents/{document['id']}").json()
    chunks = local.get(f"/v1/documents/{document['id']}/chunks").json()["chunks"]

    assert read == document
    assert "origin" not in read
    assert len(chunks) == document["chunk_count"]
    assert [chunk["position"] for chunk in chunks] == list(range(len(chunks)))


def test_puts_a_version_in_a_documents_place(local: httpx.Client) -> None:
    first = upload(
        local, "lemur.md", "# Lemur\n\nThe lemur plan one.\n", collection="cases", teams="growth"
    ).json()
    put = local.put(
        f"/v1/documents/{first['id']}", files={"file": ("new.md", b"# Lemur\n\nThe lemur plan two.\n")}
    )

    document = put.json()
    assert put.status_code == 200
    assert (document["id"], document["version"], document["status"]) == (first["id"], 2, "updated")
    assert (document["collection"], document["teams"], document["source"]) == (
        "cases",
        ["growth"],
        "lemur.md",
    )
    [chunk] = local.get(f"/v1/documents/{first['id']}/chunks").json()["chunks"]
    assert "two" in chunk["text"]


def test_a_version_of_a_file_in_the_library_comes_with_a_warning(
    local: httpx.Client, local_zh: httpx.Client
) -> None:
    documents = local.get("/v1/documents", params={"collection": "reviews"}).json()["documents"]
    known = next(d for d in documents if d["source"].startswith("reviews/"))

    put = local_zh.put(
        f"/v1/documents/{known['id']}", files={"file": ("a.md", "# 周报\n\n新的周报。\n".encode())}
    )

    assert put.json()["id"] == known["id"]
    assert "yunce ingest" in put.json()["warnings"][0]
    assert "文件" in put.json()["warnings"][0]


def test_a_failed_replacement_leaves_the_earlier_version(local: httpx.Client) -> None:
    first = upload(local, "ibis.md", "# Ibis\n\nThe ibis plan.\n").json()

    put = local.put(f"/v1/documents/{first['id']}", files={"file": ("ibis.md", b"")})

    assert_problem(put, 422, "empty_document")
    assert local.get(f"/v1/documents/{first['id']}").json()["version"] == 1


def test_deletes_a_document_from_search_too(local: httpx.Client) -> None:
    document = upload(local, "axolotl.md", "# Axolotl\n\nThe axolotl clause.\n").json()

    deleted = local.delete(f"/v1/documents/{document['id']}")

    assert (deleted.status_code, deleted.content) == (204, b"")
    hits = local.get("/v1/search", params={"q": "axolotl clause"}).json()["results"]
    assert document["id"] not in {hit["document_id"] for hit in hits}
    assert_problem(local.get(f"/v1/documents/{document['id']}"), 404, "document_not_found")


@pytest.mark.parametrize("document_id", ["d_none", "%00", "%ED%A0%80", "d_" + "0" * 3000])
def test_a_document_that_is_none_is_not_found(
    local: httpx.Client, local_zh: httpx.Client, document_id: str
) -> None:
    file = {"file": ("a.md", b"# A\n\nText.\n")}
    for client in (local, local_zh):
        assert_problem(client.get(f"/v1/documents/{document_id}"), 404, "document_not_found")
        assert_problem(client.get(f"/v1/documents/{document_id}/chunks"), 404, "document_not_found")
        assert_problem(client.put(f"/v1/documents/{document_id}", files=file), 404, "document_not_found")
        assert_problem(client.delete(f"/v1/documents/{document_id}"), 404, "document_not_found")


def test_a_job_that_is_none_is_not_found(local_zh: httpx.Client) -> None:
    assert_problem(local_zh.get("/v1/jobs/j_none"), 404, "job_not_found", "j_none", "任务")


def test_a_document_of_another_team_does_not_exist(keyed: Keyed) -> None:
    with keyed.client("finance-editor") as finance:
        secret = upload(finance, "accord.md", "# Accord\n\nThe manatee accord.\n", teams="finance").json()
        assert finance.get(f"/v1/documents/{secret['id']}").status_code == 200
    with keyed.client("growth-editor") as growth:
        file = {"file": ("accord.md", b"# Accord\n\nMine now.\n")}
        answers = [
            growth.get(f"/v1/documents/{secret['id']}"),
            growth.get(f"/v1/documents/{secret['id']}/chunks"),
            growth.put(f"/v1/documents/{secret['id']}", files=file),
            growth.delete(f"/v1/documents/{secret['id']}"),
        ]
        listed = growth.get("/v1/documents").json()["documents"]
        hits = growth.get("/v1/search", params={"q": "manatee accord"}).json()["results"]

    for answer in answers:
        assert_problem(answer, 404, "document_not_found")
    assert secret["id"] not in {document["id"] for document in listed}
    assert secret["id"] not in {hit["document_id"] for hit in hits}
    with keyed.client("boss") as owner:
        assert owner.get(f"/v1/documents/{secret['id']}").json()["version"] == 1


def test_the_same_file_name_of_two_uploaders_is_two_documents(keyed: Keyed) -> None:
    with keyed.client("finance-editor") as finance, keyed.client("growth-editor") as growth:
        one = upload(finance, "notes.md", "# Notes\n\nOf finance.\n", teams="finance").json()
        other = upload(growth, "notes.md", "# Notes\n\nOf growth.\n", teams="growth").json()

    assert one["id"] != other["id"]
    assert other["status"] == "added"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("# A\n\nText.\n", {"teams": "growth,finance"}),
        ("---\nteams: [finance]\n---\n# A\n\nText.\n", {}),
    ],
    ids=["form", "front matter"],
)
def test_an_editor_gives_documents_to_own_teams_only(keyed: Keyed, text: str, fields: dict) -> None:
    with keyed.client("growth-editor") as growth:
        refused = upload(growth, "given.md", text, **fields)
    with keyed.client("boss") as owner:
        taken = upload(owner, "given.md", text, **fields)

    assert assert_problem(refused, 403, "access_denied", "finance")["parameter"] == "teams"
    assert "finance" in taken.json()["teams"]


def test_a_reader_writes_nothing(keyed: Keyed) -> None:
    with keyed.client("growth-reader") as reader, keyed.client("growth-reader", language="zh") as reader_zh:
        [document, *_] = reader.get("/v1/documents").json()["documents"]
        address = f"/v1/documents/{document['id']}"
        assert_problem(upload(reader, "a.md", "# A\n\nText.\n"), 403, "access_denied", "editor")
        assert_problem(upload(reader_zh, "a.md", "# A\n\nText.\n"), 403, "access_denied", "只能读取")
        assert_problem(reader.put(address, files={"file": ("a.md", b"# A\n\nB.\n")}), 403, "access_denied")
        assert_problem(reader.delete(address), 403, "access_denied")
        assert reader.get(address).status_code == 200


def test_jobs_belong_to_their_key(keyed: Keyed) -> None:
    with keyed.client("finance-editor") as finance:
        job_id = upload(finance, "gnu.md", "# Gnu\n\nThe gnu.\n", wait=False).json()["job_id"]
        assert wait_for(finance, job_id)["state"] == "done"
    with keyed.client("growth-editor") as growth:
        assert_problem(growth.get(f"/v1/jobs/{job_id}"), 404, "job_not_found")
