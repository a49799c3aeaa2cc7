"""Goal: what a program records is what the gateway gets. Method: the package against a server."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import penstock


def sent(client: penstock.Client, gateway: Any) -> list[dict[str, Any]]:
    client.flush(60)
    return gateway.events()


def test_each_kind_of_event_has_its_method(client, gateway):
    client.click("settings", "save")
    client.page_view("settings")
    client.form_submission(None, "address", outcome="failure")
    client.process_completion("import", duration_ms=20, outcome="success")
    client.error("disk is full")
    client.activity("ThemeChosen")
    client.record_approved("REQ-1")
    client.record_denied("REQ-2")
    client.record_returned("REQ-3")
    client.record_changed("REQ-4", "Archived")
    what = [e.get("activityType") or e["action"] for e in sent(client, gateway)]
    assert what == [
        "Click", "PageView", "FormSubmission", "ProcessCompletion", "Error", "ThemeChosen",
        "Approved", "Denied", "Returned", "Archived",
    ]  # fmt: skip


def test_a_kind_may_be_known_only_when_the_program_runs(client, gateway):
    for kind in ("click", "form_submission"):
        client.track(kind, "save", page_id="settings", details={"n": 1})
    client.track("record_changed", "Archived", record_id="REQ-1")
    with pytest.raises(ValueError, match="record_changed"):
        client.track("swipe", "save")
    what = [e.get("activityType") or e["action"] for e in sent(client, gateway)]
    assert what == ["Click", "FormSubmission", "Archived"]


def test_details_are_what_json_has(client, gateway):
    details = {
        "text": "größe",
        "int": -(2**63),
        "float": 0.1,
        "bool": True,
        "none": None,
        "nested": {"list": [1, "two", (3.5, None)], "empty": {}},
    }
    client.activity("Saved", details=details, metadata={"source": "test"})
    event = sent(client, gateway)[0]
    assert event["details"] == {**details, "nested": {"list": [1, "two", [3.5, None]], "empty": {}}}
    assert event["metadata"]["source"] == "test"


def test_none_is_not_given(client, gateway):
    client.click(
        None, "save", details=None, metadata=None, user_id=None, time_ms=None, outcome=None
    )
    client.set_user(None)
    event = sent(client, gateway)[0]
    assert "userId" not in event
    assert event["details"] == {"element": "save"}


def test_a_lone_surrogate_becomes_the_replacement_character(client, gateway):
    client.activity("Odd", details={"a\ud800": "b\udfff", "deep": ["\ud83d\ude00"]})
    # The last is a pair, as json.loads() gives it.
    assert sent(client, gateway)[0]["details"] == {"a\ufffd": "b\ufffd", "deep": ["😀"]}


def test_personal_data_is_masked(client, gateway):
    client.error("mail anna@example.com", details={"password": "hunter2"})
    details = sent(client, gateway)[0]["details"]
    assert details == {"error": "mail [email]", "password": "[removed]"}


def test_threads_record_at_the_same_time(client, gateway):
    def record(thread: int) -> None:
        for n in range(500):
            client.activity("Counted", details={"thread": thread, "n": n})

    threads = [threading.Thread(target=record, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {(e["details"]["thread"], e["details"]["n"]) for e in sent(client, gateway)}
    assert len(found) == 8 * 500


def test_stats_and_ledger_count(client):
    client.page_view("a")
    with pytest.raises(penstock.InvalidEventError):
        client.page_view("")
    client.flush(60)
    stats = client.stats()
    assert (stats.recorded, stats.acknowledged, stats.dropped_invalid) == (1, 1, 1)
    (row,) = client.ledger()
    assert (row.type, row.recorded, row.refused) == ("PageView", 1, {"invalid": 1})


def test_consent_is_kept_for_the_next_client(open_client):
    first = open_client(without_consent="keep")
    assert first.consent == "unknown"
    first.set_consent("denied")
    with pytest.raises(penstock.NotAllowedError):
        first.page_view("a")
    second = open_client()
    assert second.consent == "denied"
    second.forget()
