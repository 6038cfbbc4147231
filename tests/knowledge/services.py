"""Services of embedding and reranking for tests: real HTTP on a real port, misbehaving as told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Any

from tests.knowledge.embedders import HashingEmbedder


@dataclass
class Service:
    """What a service was asked, and what it is to answer next.

    Attributes:
        requests: Bodies received.
        keys: Authorization headers received.
        failures: Answers that come before the good ones: (status, headers).
        raw: Bytes to answer with instead of JSON.
        delay: Seconds before an answer, and between its bytes if `drips`.
    """

    address: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    failures: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    raw: bytes | None = None
    delay: float = 0.0
    drips: bool = False

    def answer(self, path: str, body: dict[str, Any]) -> bytes:
        if self.raw is not None:
            return self.raw
        if path.endswith("/embeddings"):
            vectors = HashingEmbedder(dimensions=32).embed(body["input"])
            return json.dumps(
                {"data": [{"index": i, "embedding": v.tolist()} for i, v in enumerate(vectors)]}
            ).encode()
        scores = [1 / (1 + text.count("noise")) for text in body["documents"]]
        ranked = sorted(range(len(scores)), key=lambda i: -scores[i])
        return json.dumps(
            {"results": [{"index": i, "relevance_score": scores[i]} for i in ranked[: body["top_n"]]]}
        ).encode()


class _Handler(BaseHTTPRequestHandler):
    service: Service

    def do_POST(self) -> None:
        service = self.service
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        service.requests.append(body)
        service.keys.append(self.headers["Authorization"])
        status, headers = service.failures.pop(0) if service.failures else (200, {})
        answer = service.answer(self.path, body) if status == 200 else b"{}"
        sleep(0 if service.drips else service.delay)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        try:
            for start in range(0, len(answer), 1 if service.drips else len(answer)):
                self.wfile.write(answer[start : start + 1] if service.drips else answer)
                sleep(service.delay if service.drips else 0)
        except OSError:
            pass  # the client has hung up

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def run_service() -> Iterator[Service]:
    """Serve on a free port while the block runs."""
    service = Service()
    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    service.address = f"http://127.0.0.1:{server.server_port}/v1"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
