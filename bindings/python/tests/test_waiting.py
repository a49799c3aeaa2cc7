"""Goal: what waits blocks neither the loop of asyncio nor other threads; a log becomes events."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import textwrap
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
    client.close(60)
    log.error("closed")


def test_a_log_that_is_too_large_is_cut(client, gateway):
    log = logging.Logger("billing")
    log.addHandler(penstock.LogHandler(client))
    try:
        raise ValueError("y" * 100_000 + " at the end")
    except ValueError:
        log.exception("x" * 100_000)
    client.flush(60)
    details = gateway.events()[0]["details"]
    assert set(details["error"]) == {"x"}
    assert details["traceback"].rstrip().endswith("at the end")


def seconds_of(program: str, directory: object, endpoint: str) -> float:
    start = """
        import asyncio, signal, sys, threading, os, time
        import penstock
        client = penstock.Client(sys.argv[1], sys.argv[2], "pk", dangerously_allow_plain_http=True,
                                 retry_delay_min_ms=1)
        client.page_view("a")
        begin = time.monotonic()
    """
    ends = """
        print(time.monotonic() - begin)
        sys.stdout.flush()
        os._exit(0)
    """
    text = textwrap.dedent(start) + textwrap.dedent(program) + textwrap.dedent(ends)
    ended = subprocess.run(
        [sys.executable, "-c", text, str(directory), endpoint],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return float(ended.stdout)


@pytest.mark.parametrize("call", ["client.flush(600)", "client.close(600)"])
def test_an_interrupt_ends_what_waits(gateway, tmp_path, call):
    gateway.answers.clear()
    program = f"""
        # It is ignored where a shell has started the tests in the background.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            {call}
        except KeyboardInterrupt:
            pass
        else:
            sys.exit("not interrupted")
    """
    assert seconds_of(program, tmp_path, gateway.endpoint) < 60


def test_a_cancelled_flush_gives_its_thread_back(gateway, tmp_path):
    program = """
        async def run():
            try:
                await asyncio.wait_for(client.aflush(600), 0.2)
            except asyncio.TimeoutError:
                return
            sys.exit("not cancelled")
        asyncio.run(run())  # it waits for the threads of the loop
    """
    endpoint = "http://127.0.0.1:9"
    assert seconds_of(program, tmp_path, endpoint) < 60
