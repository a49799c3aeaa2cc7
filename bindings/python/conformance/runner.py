"""The conformance runner of Python; docs/bindings.md has its protocol."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import platform
import sys
import time
from typing import Any, Callable

import penstock

Result = dict[str, Any]

ON_PAGE = {"click", "form_submission"}
ABOUT_PAGE = {"page_start", "page_end", "page_view"}
NAMED = {"activity", "process_completion", "error", "custom"}
RECORD = {"record_approved", "record_denied", "record_returned"}


def special(kind: str, value: Any) -> Any:
    if kind == "$int":
        return int(value)
    if kind == "$real":
        return float(value)
    if kind == "$utf16":
        return bytes.fromhex(value).decode("utf-16-be", "surrogatepass")
    if kind == "$repeat":
        return value[0] * value[1]
    if kind == "$nest":
        nested: list[Any] = []
        for _ in range(value - 1):
            nested = [nested]
        return nested
    raise ValueError(f"this runner does not know {kind}")


def resolve(value: Any) -> Any:
    if isinstance(value, list):
        return [resolve(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and next(iter(value)).startswith("$"):
        return special(*next(iter(value.items())))
    return {name: resolve(member) for name, member in value.items()}


def record(client: penstock.Client, event: dict[str, Any]) -> None:
    """By the method that a program would call."""
    kind = event.pop("kind")
    method = getattr(client, kind)
    name = event.pop("name", "")
    if kind in ON_PAGE:
        method(event.pop("page_id", None), name, **event)
    elif kind in ABOUT_PAGE:
        method(event.pop("page_id", ""), **event)
    elif kind in NAMED:
        method(name, **event)
    elif kind in RECORD:
        method(event.pop("record_id", ""), **event)
    elif kind == "record_changed":
        method(event.pop("record_id", ""), name, **event)
    else:
        method(**event)


class Runner:
    def __init__(self) -> None:
        self.client: penstock.Client | None = None
        self.flows: dict[str, penstock.Flow] = {}

    def open(self, options: dict[str, Any]) -> None:
        self.forget_client()
        given = dict(options)
        required = [given.pop(name, "") for name in ("directory", "endpoint", "write_key")]
        self.client = penstock.Client(*required, **given)

    def forget_client(self) -> None:
        self.flows.clear()
        if self.client is not None:
            with contextlib.suppress(penstock.PenstockError):
                self.client.close(0)
        self.client = None

    def answer(self, request: dict[str, Any]) -> Result:
        name = request["call"]
        try:
            if name == "open":
                self.open(request["options"])
                return {}
            if self.client is None:
                return {"code": "no_client", "message": "no client is open"}
            return self.call(self.client, name, resolve(request)) or {}
        except penstock.PenstockError as error:
            return {"code": error.code, "message": str(error)}

    def call(self, client: penstock.Client, name: str, given: dict[str, Any]) -> Result | None:
        def flow() -> penstock.Flow:
            return self.flows[given["flow"]]

        def track() -> None:
            with flow().activate() if "flow" in given else contextlib.nullcontext():
                record(client, given["event"])

        def start_flow() -> Result:
            started = client.start_flow(given["process"], given.get("correlation_id"))
            self.flows[given["as"]] = started
            return {"correlation_id": started.correlation_id}

        seconds = given.get("timeout_ms", 0) / 1000
        calls: dict[str, Callable[[], Any]] = {
            "track": track,
            "track_json": lambda: client.track_json(given["event"]),
            "set_user": lambda: client.set_user(given["id"]),
            "set_session": lambda: client.set_session(given["id"]),
            "start_session": lambda: client.start_session(given.get("id")),
            "end_session": client.end_session,
            "enter_page": lambda: client.enter_page(given["id"]),
            "leave_page": client.leave_page,
            "pause": client.pause,
            "resume": client.resume,
            "start_flow": start_flow,
            "complete_flow": lambda: flow().complete(given["outcome"]),
            "end_flow": lambda: self.flows.pop(given["flow"]) and None,
            "set_consent": lambda: client.set_consent(given["consent"]),
            "consent": lambda: {"consent": client.consent},
            "forget": client.forget,
            "flush": lambda: client.flush(seconds),
            "close": lambda: client.close(seconds),
            "stats": lambda: {"stats": dataclasses.asdict(client.stats())},
            "ledger": lambda: {"ledger": [dataclasses.asdict(row) for row in client.ledger()]},
        }
        result: Result | None = calls[name]()
        return result

    def run_case(self, request: dict[str, Any]) -> Result:
        results = [self.answer(call) for call in request["calls"]]
        self.forget_client()
        return {"case": request["case"], "results": results}

    def run_kill(self, kill: dict[str, Any]) -> None:
        self.open(kill["options"])
        client = self.client
        assert client is not None
        n = kill["from"]
        while kill["count"] == 0 or n < kill["from"] + kill["count"]:
            client.click(None, "kill", user_id=kill["stream"], details={"n": n})
            os.write(1, b"%d\n" % n)
            if n % 10 == 0:
                time.sleep(0.001)
            n += 1
        client.close(60)
        os.write(1, b"closed\n")

    def run_bench(self, bench: dict[str, Any]) -> Result:
        self.open(bench["options"])
        client = self.client
        assert client is not None

        def record_many(count: int) -> None:
            for _ in range(count):
                client.click(
                    "settings", "save-button", details={"itemsSelected": 3, "theme": "dark"}
                )

        record_many(bench["count"])
        begin = time.perf_counter()
        record_many(bench["count"])
        seconds = time.perf_counter() - begin
        self.forget_client()
        return {"us_per_call": seconds * 1e6 / bench["count"]}


def main() -> None:
    def say(answer: Result) -> None:
        os.write(1, json.dumps(answer).encode() + b"\n")

    can = ["lone_surrogates", "not_a_number", "real_integers", "big_integers"]
    say({"language": "python", "version": platform.python_version(), "can": can})
    runner = Runner()
    for line in sys.stdin:
        request = json.loads(line)
        if "case" in request:
            say(runner.run_case(request))
        elif "kill" in request:
            runner.run_kill(request["kill"])
        elif "bench" in request:
            say(runner.run_bench(request["bench"]))


if __name__ == "__main__":
    main()
