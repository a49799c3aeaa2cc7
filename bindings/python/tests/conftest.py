"""A gateway of the tests' own: takes every batch, and remembers its events."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

import pytest

import penstock


class Gateway:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[dict[str, Any]] = []
        self.answers = threading.Event()  # until it is set, requests wait
        self.answers.set()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.answers.wait(30)
                # Requests for erasure have no events.
                batch = {"events": [], "installId": "", **json.loads(body)}
                answer = json.dumps(gateway.take(batch)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def take(self, batch: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            for event in batch["events"]:
                event["installId"] = batch["installId"]
                self._events.append(event)
        return {"accepted": len(batch["events"]), "rejected": []}

    def events(self) -> list[dict[str, Any]]:
        """Each once, by install and sequence number."""
        with self._lock:
            return list({(e["installId"], e["seq"]): e for e in self._events}.values())

    def close(self) -> None:
        self.answers.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.close()


@pytest.fixture
def open_client(gateway: Gateway, tmp_path: Path) -> Iterator[Callable[..., penstock.Client]]:
    """Opens clients of one directory; they are closed at the end."""
    opened = []

    def open_client(**options: Any) -> penstock.Client:
        given = {
            "compression": "none",
            "batch_age_max_ms": 0,
            "dangerously_allow_plain_http": True,
            **options,
        }
        client = penstock.Client(tmp_path / "telemetry", gateway.endpoint, "pk_test", **given)
        opened.append(client)
        return client

    yield open_client
    gateway.answers.set()
    for client in opened:
        with contextlib.suppress(penstock.PenstockError):
            client.close(30)


@pytest.fixture
def client(open_client: Callable[..., penstock.Client]) -> penstock.Client:
    return open_client()
