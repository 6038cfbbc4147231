import socket

import httpx
import pytest

from assistant.keys import KeyRing
from assistant.storage import open_storage
from assistant.workspace import Workspace
from bots.api import create_app
from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem, client_of, serving


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer yk_wrong", "Basic eWs6eWs=", "yk_wrong"]
)
def test_with_keys_every_route_needs_one(keyed: Keyed, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    with client_of(keyed.address) as client:
        for method, path in [
            ("GET", "/v1/documents"),
            ("POST", "/v1/ask"),
            ("GET", "/v1/none"),
            ("GET", "/readyz"),
        ]:
            response = client.request(method, path, headers=headers)
            assert_problem(response, 401, "access_denied")
            assert response.headers["www-authenticate"].startswith('Bearer realm="yunce"')


def test_says_it_in_chinese(keyed: Keyed) -> None:
    with client_of(keyed.address, language="zh") as client:
        assert_problem(client.get("/v1/documents"), 401, "access_denied", "密钥")


def test_health_and_documentation_need_no_key(keyed: Keyed) -> None:
    with client_of(keyed.address) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/docs").status_code == 200
        assert client.get("/openapi.json").status_code == 200


def test_a_stranger_is_refused_before_the_body_comes(keyed: Keyed) -> None:
    address = httpx.URL(keyed.address)
    head = "POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\n"
    with socket.create_connection((address.host, address.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 401")


def test_a_key_works_for_any_host(keyed: Keyed) -> None:
    with keyed.client("growth-reader") as client:
        headers = {"Host": "yunce.example", "Origin": "https://yunce.example"}
        assert client.get("/v1/documents", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Host": "yunce.example"}, "foreign_host"),
        ({"Host": "127.0.0.1.example"}, "foreign_host"),
        ({"X-Forwarded-For": "203.0.113.9"}, "foreign_host"),
        ({"Origin": "https://yunce.example"}, "foreign_origin"),
        ({"Origin": "null"}, "foreign_origin"),
        ({"Origin": "http://localhost:1"}, "foreign_origin"),
    ],
)
def test_without_keys_web_pages_cannot_reach_the_owner(local: httpx.Client, headers: dict, code: str) -> None:
    assert_problem(local.get("/v1/documents", headers=headers), 403, code)
    assert_problem(local.post("/v1/ask", json={"question": "hi"}, headers=headers), 403, code)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8600", "[::1]:8600", "LOCALHOST:1"])
def test_without_keys_this_machine_is_the_owner(local: httpx.Client, host: str) -> None:
    assert local.get("/v1/documents", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


def test_without_keys_an_unknown_key_is_still_refused(local_address: str) -> None:
    with client_of(local_address, key="yk_wrong") as client:
        assert_problem(client.get("/v1/documents"), 401, "access_denied")


def test_a_key_counts_from_the_next_request_on(empty_workspace: Workspace) -> None:
    with serving(create_app(empty_workspace)) as address, client_of(address) as client:
        assert client.get("/v1/documents").status_code == 200
        engine = open_storage(empty_workspace.state)
        key = KeyRing(engine).create("ann")
        assert_problem(client.get("/v1/documents"), 401, "access_denied")
        with client_of(address, key=key) as ann:
            assert ann.get("/v1/documents").status_code == 200
            KeyRing(engine).revoke("ann")
            assert_problem(ann.get("/v1/documents"), 401, "access_denied")
        engine.dispose()


def test_on_the_network_nobody_is_the_owner_without_a_key(empty_workspace: Workspace) -> None:
    with serving(create_app(empty_workspace, network=True)) as address, client_of(address) as client:
        assert_problem(client.get("/v1/documents"), 401, "access_denied", "Bearer")
        assert client.get("/healthz").status_code == 200
