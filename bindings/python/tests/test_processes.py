"""Goal: forks, the end of the interpreter, and kills lose nothing. Method: real processes, which
record into a directory that a client of the test then sends."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading

import penstock


def pages(client, gateway):
    client.flush(60)
    return sorted(e["pageId"] for e in gateway.events() if "pageId" in e)


def run(program: str, directory: object, endpoint: str) -> subprocess.CompletedProcess[str]:
    start = """
        import os, sys, threading
        import penstock
        client = penstock.Client(sys.argv[1], sys.argv[2], "pk", dangerously_allow_plain_http=True,
                                 compression="none", batch_age_max_ms=0)
    """
    text = textwrap.dedent(start) + textwrap.dedent(program)
    return subprocess.run(
        [sys.executable, "-c", text, str(directory), endpoint],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_workers_of_a_prefork_server_record_with_the_client_of_its_master(client, gateway):
    client.page_view("master")
    with client.flow("serve", "order-1"):
        workers = []
        for n in range(4):
            worker = os.fork()
            if worker == 0:
                try:
                    client.page_view(f"worker-{n}")
                    client.flush(60)
                    client.close(60)
                finally:
                    os._exit(0)
            workers.append(worker)
        for worker in workers:
            assert os.waitpid(worker, 0)[1] == 0
        client.page_view("master-again")
    assert pages(client, gateway) == ["master", "master-again", *(f"worker-{n}" for n in range(4))]
    assert len({e["installId"] for e in gateway.events()}) == 5


def in_child(work) -> int:
    """The status that a forked child ends with, which does `work`."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_threads_of_a_child_record_from_its_first_call_on(client, gateway):
    def work() -> None:
        def record(n: int) -> None:
            client.page_view(f"thread-{n}")

        threads = [threading.Thread(target=record, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.close(60)

    assert in_child(work) == 0
    assert pages(client, gateway) == [f"thread-{n}" for n in range(8)]


def test_a_child_that_records_nothing_closes_without_a_trace(client, gateway):
    client.set_consent("granted")

    def work() -> None:
        with client:
            pass
        try:
            client.page_view("closed")
        except penstock.ClosedError:
            return
        raise AssertionError("a closed client has recorded")

    def ask() -> None:
        assert client.consent == "granted"
        assert client.stats().recorded == 0

    assert in_child(work) == 0
    assert in_child(ask) == 0
    client.page_view("parent")
    assert pages(client, gateway) == ["parent"]


def test_a_client_that_was_closed_before_is_closed_in_children(client):
    client.close(60)

    def work() -> None:
        try:
            client.page_view("a")
        except penstock.ClosedError:
            return
        raise AssertionError("a closed client has recorded")

    assert in_child(work) == 0


def test_a_signal_handler_may_record_while_a_child_opens(client):
    def work() -> None:
        def handle(*_: object) -> None:
            with contextlib.suppress(penstock.ClosedError):  # while it is being opened
                client.page_view("handler")

        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
        for _ in range(200):
            client.page_view("child")
        signal.setitimer(signal.ITIMER_REAL, 0)
        client.close(60)

    for _ in range(10):
        assert in_child(work) == 0


def test_a_child_goes_on_with_the_flow_of_its_parent(client, gateway):
    def work() -> None:
        client.page_view("child")
        client.close(60)

    def leave() -> None:
        with client.flow("inner"):
            if os.fork() == 0:
                client.page_view("grandchild")
        client.close(60)

    assert in_child(leave) == 0
    with client.flow("serve", "order-1"):
        assert in_child(work) == 0
    client.flush(60)
    events = [e for e in gateway.events() if e["correlationId"] == "order-1"]
    assert sorted(e.get("pageId", "") for e in events) == ["", "child"]


def _record(client: penstock.Client, n: int) -> None:
    client.page_view(f"process-{n}")


def test_multiprocessing_by_fork_records(client, gateway):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_record, args=(client, n)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert pages(client, gateway) == [f"process-{n}" for n in range(3)]


def test_what_a_program_leaves_behind_is_sent_by_the_next(client, gateway, tmp_path):
    for end in (
        "sys.exit(3)",
        "raise KeyError('uncaught')",
        "os._exit(0)",
        "os.kill(os.getpid(), 9)",
    ):
        run(f"client.page_view({end!r})\n{end}", tmp_path / "telemetry", gateway.endpoint)
    found = pages(client, gateway)
    assert len(found) == 4, found


def test_threads_that_still_record_at_the_end_of_the_interpreter_harm_nobody(gateway, tmp_path):
    program = """
        def record():
            while True:
                try:
                    client.page_view("thread", details={"deep": {"n": 1}})
                except penstock.StorageFullError:
                    pass
        for _ in range(4):
            threading.Thread(target=record, daemon=True).start()
        class Late:
            def __del__(self):
                client.page_view("late")
        late = Late()
        client.page_view("main")
    """
    for _ in range(2):
        ended = run(program, tmp_path / "telemetry", gateway.endpoint)
        assert ended.returncode == 0, ended.stderr
