"""Goal: sessions, pages and flows are those of the block that they stand around, whichever thread
or task runs it."""

from __future__ import annotations

import asyncio
import threading

import pytest

import penstock


def by_page(client, gateway):
    client.flush(60)
    return {e["pageId"]: e.get("correlationId") for e in gateway.events() if "pageId" in e}


def test_a_session_and_a_page_are_left_with_their_block(client, gateway):
    with client.session("s-1"), client.page("settings"):
        client.click(None, "save")
    client.flush(60)
    events = gateway.events()
    kinds = [e["activityType"] for e in events]
    assert kinds == ["SessionStart", "PageStart", "PageView", "Click", "PageEnd", "SessionEnd"]
    assert {e["sessionId"] for e in events} == {"s-1"}
    assert events[3]["pageId"] == "settings"


def test_what_leaves_a_block_is_not_hidden_by_its_end(client):
    with pytest.raises(KeyError), client.session():
        client.end_session()  # so the block's own end fails
        raise KeyError("mine")


def test_a_flow_completes_with_its_block(client, gateway):
    with client.flow("approve", "order-1") as flow:
        client.page_view("inside")
        assert flow.correlation_id == "order-1"
        with client.flow("check", "order-2"):
            client.page_view("nested")
        client.page_view("again")
    with pytest.raises(ValueError), client.flow("deny", "order-3"):
        raise ValueError
    client.page_view("outside")
    assert by_page(client, gateway) == {
        "inside": "order-1",
        "nested": "order-2",
        "again": "order-1",
        "outside": None,
    }
    ends = [e for e in gateway.events() if e["activityType"] == "ProcessCompletion"]
    assert [(e["details"]["process"], e["details"]["outcome"]) for e in ends] == [
        ("check", "success"),
        ("approve", "success"),
        ("deny", "failure"),
    ]
    assert flow.correlation_id == ""
    with pytest.raises(penstock.MisuseError):
        flow.complete()


def test_tasks_have_their_own_flows(client, gateway):
    async def work(name: str) -> None:
        with client.flow("work", name):
            await asyncio.sleep(0)
            client.page_view(name)
            await asyncio.gather(child(name))

    async def child(name: str) -> None:
        client.page_view(name + "-child")

    async def run() -> None:
        await asyncio.gather(*(work(f"w{n}") for n in range(20)))

    asyncio.run(run())
    found = by_page(client, gateway)
    assert found == {
        **{f"w{n}": f"w{n}" for n in range(20)},
        **{f"w{n}-child": f"w{n}" for n in range(20)},
    }


def test_a_flow_is_given_to_another_thread(client, gateway):
    flow = client.start_flow("import", "order-1")

    def work() -> None:
        client.page_view("without")
        with flow.activate():
            client.page_view("with")
        flow.complete("failure")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert by_page(client, gateway) == {"without": None, "with": "order-1"}


def test_a_flow_is_of_its_client(open_client, gateway):
    one, other = open_client(), open_client()
    with one.flow("one", "order-1"), other.flow("other", "order-2"):
        one.page_view("one")
        other.page_view("other")
    one.flush(60)
    assert by_page(other, gateway) == {"one": "order-1", "other": "order-2"}


def test_a_decorated_function_is_a_process(client, gateway):
    @client.process("import")
    def run(count: int) -> int:
        client.page_view("inside")
        return count + 1

    @client.process("fetch")
    async def fetch() -> str:
        raise OSError

    assert run(count=1) == 2
    with pytest.raises(OSError):
        asyncio.run(fetch())
    client.flush(60)
    ends = [e["details"] for e in gateway.events() if e["activityType"] == "ProcessCompletion"]
    assert [(d["process"], d["outcome"]) for d in ends] == [
        ("import", "success"),
        ("fetch", "failure"),
    ]
