"""Goal: what waits blocks neither the loop of asyncio nor other threads; a log becomes events."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

import penstock


def test_the_loop_runs_while_a_flush_waits(client, gateway):
    gateway.answers.clear()

    async def run() -> None:
        client.page_view("a")
        flush = asyncio.ensure_future(client.aflush(60))
        for _ in range(100):
            await asyncio.sleep(0.001)
        assert not flush.done()
        gateway.answers.set()
        await flush

    asyncio.run(run())
    assert client.stats().acknowledged == 1


def test_threads_run_while_a_flush_waits(client, gateway):
    gateway.answers.clear()
    client.page_view("a")
    threading.Timer(0.1, gateway.answers.set).start()  # it could not, if flush() kept the lock
    client.flush(60)


def test_a_flush_that_takes_too_long_says_so(client, gateway):
    gateway.answers.clear()
    client.page_view("a")
    with pytest.raises(penstock.FlushTimeoutError):
        client.flush(0.05)
    with pytest.raises(penstock.FlushTimeoutError):
        client.flush(-1)


def test_the_end_of_a_block_closes(gateway, tmp_path):
    def open_client() -> penstock.Client:
        return penstock.Client(
            tmp_path, gateway.endpoint, "pk", dangerously_allow_plain_http=True, compression="none"
        )

    async def run() -> None:
        async with open_client() as client:
            client.page_view("async")

    with open_client() as client:
        client.page_view("sync")
    asyncio.run(run())
    assert sorted(e["pageId"] for e in gateway.events()) == ["async", "sync"]
    with pytest.raises(penstock.ClosedError):
        client.page_view("b")


def test_errors_of_a_log_become_events(client, gateway):
    log = logging.Logger("billing")
    log.addHandler(penstock.LogHandler(client))
    log.warning("not one")
    log.error("no answer from %s", "anna@example.com")
    try:
        raise OSError("cannot reach bob@example.com")
    except OSError:
        log.exception("failed")
    client.flush(60)
    plain, raised = (e["details"] for e in gateway.events())
    assert plain["error"] == "no answer from [email]"
    assert (plain["logger"], plain["level"]) == ("billing", "ERROR")
    assert raised["exception"] == "OSError"
    assert "test_waiting" in raised["traceback"] and "[email]" in raised["traceback"]
    assert "bob" not in raised["traceback"]


def test_a_log_never_fails_for_its_events(client):
    log = logging.Logger("billing")
    log.addHandler(penstock.LogHandler(client))
    log.error("")
    log.error("x" * 100_000)  # too large, in any form
    client.close(60)
    log.error("closed")
