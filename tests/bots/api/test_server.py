import hashlib
import hmac
import json
import sqlite3
import time
from contextlib import closing

import httpx
import jsonschema
import pytest

from assistant.assistant import Assistant
from assistant.errors import AccessDenied, SettingsError
from assistant.settings import Settings, SlackSettings
from assistant.workspace import Workspace
from bots.api import create_app, serve
from bots.api.server import require_key
from knowledge import KnowledgeBase
from tests.bots.api.conftest import make_keys
from tests.bots.api.serving import client_of, serving
from tools.errors import SemanticsError


def references(value: object) -> list[str]:
    """Collect every $ref below a JSON value."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [r for item in value.values() for r in references(item)]
    return [r for item in value for r in references(item)] if isinstance(value, list) else []


def test_the_openapi_document_is_whole(local: httpx.Client) -> None:
    document = local.get("/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    assert {reference.rsplit("/", 1)[1] for reference in references(document)} <= set(schemas)
    operations = [o for path in document["paths"].values() for o in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["summary"]
        assert operation["description"]
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        assert "422" not in operation["responses"]
    assert {
        "/v1/ask", "/v1/documents", "/v1/documents/{document_id}", "/v1/documents/{document_id}/chunks",
        "/v1/jobs/{job_id}", "/v1/search", "/v1/metrics", "/v1/metrics/{name}", "/v1/tactics", "/v1/plans",
        "/v1/plans/{plan_id}", "/v1/plans/{plan_id}/export", "/healthz", "/readyz",
        "/v1/documents/{document_id}/versions", "/v1/documents/{document_id}/file",
        "/v1/documents/{document_id}/similar", "/v1/chunks/{chunk_id}", "/v1/pins", "/v1/pins/{pin_id}",
        "/v1/questions", "/v1/questions/{question_id}",
        "/v1/answers", "/v1/answers/{answer_id}", "/v1/answers/{answer_id}/replay",
        "/v1/conversations", "/v1/conversations/{conversation_id}", "/v1/conversations/{conversation_id}/export",
    } == set(document["paths"])  # fmt: skip


def test_the_documentation_needs_no_other_host(local: httpx.Client) -> None:
    page = local.get("/", follow_redirects=True)

    assert page.url.path == "/docs"
    assert "https://" not in page.text
    assert local.get("/static-offline-docs/swagger-ui-bundle.js").status_code == 200


def test_is_ready_when_passages_are_found(local: httpx.Client) -> None:
    assert local.get("/readyz").json() == {"status": "ok"}


def test_is_ready_but_degraded_with_a_damaged_index(empty_workspace: Workspace) -> None:
    with KnowledgeBase.open(empty_workspace.state) as knowledge:
        knowledge.ingest_bytes("a.md", b"# A\n\nSome text.\n")
    with serving(create_app(empty_workspace)) as address, client_of(address, language="zh") as client:
        assert client.get("/readyz").status_code == 200
        with closing(sqlite3.connect(empty_workspace.state / "catalogue.db")) as catalogue, catalogue:
            catalogue.execute("DELETE FROM terms_1")
        assert client.get("/healthz").status_code == 200
        degraded = client.get("/readyz")
        assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
        assert "索引" in degraded.json()["detail"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "yunce.example", ""])
def test_does_not_listen_to_the_network_without_a_key(empty_workspace: Workspace, host: str) -> None:
    with pytest.raises(AccessDenied) as refused:
        serve(empty_workspace, host=host, port=0)

    assert "yunce keys create" in refused.value.en
    assert "密钥" in refused.value.zh
    assert refused.value.parameter == "host"


def test_does_not_listen_when_the_data_cannot_be_understood(empty_workspace: Workspace) -> None:
    empty_workspace.metrics_file.write_text("sorces: {}\n", encoding="utf-8")

    with pytest.raises(SemanticsError, match="sources"):
        serve(empty_workspace, port=0)


def test_listens_to_the_network_with_a_key(empty_workspace: Workspace) -> None:
    make_keys(empty_workspace)

    require_key(empty_workspace, "0.0.0.0")


def slack_app(workspace: Workspace, **slack: str) -> object:
    settings = Settings(slack=SlackSettings(**slack))  # type: ignore[arg-type]
    return create_app(lambda: Assistant.open(workspace, settings))


def test_slack_events_come_in_signed_and_without_a_key(empty_workspace: Workspace) -> None:
    make_keys(empty_workspace)
    app = slack_app(
        empty_workspace, bot_token="xoxb-1", signing_secret="s3cret", base_url="http://127.0.0.1:9/api/"
    )
    body, now = json.dumps({"type": "url_verification", "challenge": "c0ffee"}), str(int(time.time()))
    signature = "v0=" + hmac.new(b"s3cret", f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Slack-Request-Timestamp": now}

    with serving(app) as address, client_of(address) as client:
        signed = client.post(
            "/slack/events", content=body, headers={**headers, "X-Slack-Signature": signature}
        )
        forged = client.post(
            "/slack/events", content=body, headers={**headers, "X-Slack-Signature": "v0=" + "0" * 64}
        )

    assert signed.status_code == 200
    assert "c0ffee" in signed.text
    assert forged.status_code == 401


def test_half_a_slack_app_does_not_start(empty_workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNCE_SLACK__BOT_TOKEN", "xoxb-1")

    with pytest.raises(SettingsError, match="SIGNING_SECRET"):
        serve(empty_workspace, port=0)
