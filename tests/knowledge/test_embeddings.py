import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from knowledge.embedding.embeddings import OpenAICompatibleEmbedder, default_embedder
from knowledge.errors import EmbeddingFailed
from knowledge.intake.batches import embed_texts
from tests.knowledge.embedders import HashingEmbedder


def test_default_is_one_instance() -> None:
    assert default_embedder() is default_embedder()


def test_default_gives_unit_vectors_for_any_text() -> None:
    vectors = default_embedder().embed(["用户留存", "", "lone \ud800", "x" * 20_000, "\x00"])
    assert vectors.shape == (5, 512)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert default_embedder().embed([]).shape == (0, 512)


class Handler(BaseHTTPRequestHandler):
    """Answers as an OpenAI-compatible service, out of order; the model's name chooses how it misbehaves."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != "Bearer key" or body["model"] == "broken":
            return self.send_error(500)
        length = 4 if body["model"] == "wrong-length" else 3
        data = [
            {"index": i, "embedding": [float(len(text))] * length} for i, text in enumerate(body["input"])
        ]
        answer = {"data": data[::-1]} if body["model"] != "no-data" else {}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_service_is_asked_in_batches(address: str) -> None:
    embedder = OpenAICompatibleEmbedder(address, model="m", dimensions=3, api_key="key", batch_size=2)
    vectors = embedder.embed(["a", "bb", "ccc\ud800", "", "e"])
    assert vectors == pytest.approx(np.full((5, 3), 3**-0.5))
    assert embedder.embed([]).shape == (0, 3)


@pytest.mark.parametrize(
    ("model", "key"), [("broken", "key"), ("wrong-length", "key"), ("no-data", "key"), ("m", "wrong")]
)
def test_bad_answers_are_plain_errors(address: str, model: str, key: str) -> None:
    embedder = OpenAICompatibleEmbedder(address, model=model, dimensions=3, api_key=key)
    with pytest.raises(EmbeddingFailed, match="could not be embedded"):
        embedder.embed(["text"])


def test_unreachable_service_is_a_plain_error() -> None:
    embedder = OpenAICompatibleEmbedder("http://127.0.0.1:1/v1", model="m", dimensions=3, timeout=1)
    with pytest.raises(EmbeddingFailed):
        embedder.embed(["text"])


def test_the_same_text_is_embedded_once() -> None:
    embedder = HashingEmbedder()
    first, other, again = embed_texts(embedder, ["the same", "another", "the same"])
    assert first == again != other
    assert embedder.embedded == 2
