"""Goal: whatever is given, a call raises what Python's users expect, and nothing crashes."""

from __future__ import annotations

import copy
import datetime
import gc
import pickle
import sys
import weakref

import pytest

import penstock


def test_errors_have_the_code_and_the_message_of_the_library(open_client):
    with pytest.raises(penstock.InvalidOptionError, match="event_types") as raised:
        open_client(event_types=["small"])
    assert raised.value.code == "invalid_option"
    assert isinstance(raised.value, penstock.PenstockError)


@pytest.mark.parametrize(
    "options",
    [
        {"nonsense": 1},
        {"app_name": 1},
        {"app_name": b"bytes"},
        {"segment_bytes": "1"},
        {"segment_bytes": 1.5},
        {"compression": "lzma"},
        {"event_types": "Purchase"},
        {"event_types": [None]},
        {"context": {"a": 1}},
        {"context": ["a"]},
        {"detect": "coordinates"},
        {"do_not_detect": [1]},
        {"privacy_rules": "details.notes remove"},
        {"privacy_rules": [("details.notes", "remove")]},
        {"pseudonym_keys": [("k1", b"0123456789abcdef")]},
        {"pseudonym_keys": {"k1": 16}},
        {"pseudonym_keys": {"k1": bytearray(16)}},
        {"pseudonym_keys": {b"k1": b"0123456789abcdef"}},
    ],
)
def test_options_of_another_type_are_type_errors(open_client, options):
    with pytest.raises(TypeError):
        open_client(**options)


def test_numbers_that_do_not_fit_are_overflow_errors(open_client):
    for value in (-1, 2**64):
        with pytest.raises(OverflowError):
            open_client(segment_bytes=value)


@pytest.mark.parametrize(
    "arguments",
    [
        (1, "save"),
        ("settings", 1),
        ("settings", b"save"),
        ("settings", ["save"]),
        (object(), None),
    ],
)
def test_texts_of_another_type_are_type_errors(client, arguments):
    with pytest.raises(TypeError):
        client.click(*arguments)


@pytest.mark.parametrize(
    "fields",
    [
        {"details": []},
        {"details": {1: 2}},
        {"details": {"deep": {1: 2}}},
        {"metadata": "text"},
        {"user_id": 7},
        {"time_ms": 1.5},
        {"time_ms": 2**63},
        {"nonsense": 1},
    ],
)
def test_fields_of_another_type_are_type_errors(client, fields):
    with pytest.raises(TypeError):
        client.page_view("settings", **fields)


def test_a_missing_text_is_an_invalid_event(client):
    with pytest.raises(penstock.InvalidEventError, match="element"):
        client.click("settings", None)


@pytest.mark.parametrize(
    "value",
    [2**63, -(2**63) - 1, float("nan"), [float("inf")], datetime.datetime.now(), {1, 2}, b"bytes"],
)
def test_values_without_a_form_in_json_are_refused_and_counted(client, value):
    with pytest.raises(penstock.InvalidEventError):
        client.activity("Saved", details={"ok": 1, "bad": value})
    with pytest.raises(penstock.InvalidEventError):
        client.activity("Saved", details={"deep": [{"bad": value}]})
    assert client.stats().dropped_invalid == 2
    assert client.stats().recorded == 0


def test_texts_that_are_too_large_are_refused_at_every_depth(client):
    for value in ("x" * 17_000_000, ["x" * 17_000_000], {"n": {"m": "x" * 17_000_000}}):
        with pytest.raises(penstock.PenstockError):
            client.activity("Saved", details={"a": value, "b": [1]})
    assert client.stats().recorded == 0


def test_a_type_of_any_name_is_named(client):
    odd = type("Ä" * 300, (), {})
    with pytest.raises(penstock.InvalidEventError, match="ÄÄÄ"):
        client.activity("Saved", details={"bad": odd()})


def test_code_that_runs_within_a_call_may_change_what_was_given(client):
    """A lone surrogate goes through a codec of Python's, and a refusal through a type's repr."""
    details = {}
    nested = {}

    def change(*_: object) -> None:
        details.update(text="y" * 100_000, more="z" * 100_000)
        details.pop("more", None)
        nested["list"] = ["w" * 100_000]
        nested["list"].clear()

    class Meta(type):
        def __repr__(cls) -> str:
            change()
            return "odd"

    class Odd(metaclass=Meta):
        pass

    sys.setprofile(change)
    try:
        for _ in range(300):
            nested.update(list=["s" * 100_000, "\ud800", 1], lone="\udfff")
            details.update(text="s" * 100_000, lone="\ud800", nested=nested)
            with pytest.raises(penstock.TooLargeError):
                client.activity("Saved", details=details)
            details["bad"] = Odd()
            with pytest.raises(penstock.InvalidEventError, match="odd"):
                client.activity("Saved", details=details)
            del details["bad"]
    finally:
        sys.setprofile(None)


def test_a_client_is_not_copied(client):
    with pytest.raises(TypeError, match="open another one"):
        copy.copy(client)
    with pytest.raises(TypeError, match="open another one"):
        pickle.dumps(client)


def test_a_generator_is_no_process(client):
    with pytest.raises(TypeError, match="generator"):

        @client.process("import")
        def rows():
            yield 1


def test_values_that_contain_themselves_are_refused(client):
    loop: list = []
    loop.extend([loop, loop, loop])
    names: dict = {}
    names["names"] = names
    for value in (loop, names):
        with pytest.raises(penstock.InvalidEventError):
            client.activity("Saved", details={"bad": value})


def test_a_subclass_of_what_is_taken_is_taken(client, gateway):
    class Name(str):
        pass

    class Number(int):
        pass

    client.activity(Name("Saved"), details={Name("n"): Number(3), "name": Name("x")})
    client.flush(60)
    assert gateway.events()[0]["details"] == {"n": 3, "name": "x"}


def test_a_closed_client_says_so(client):
    flow = client.start_flow("import")
    client.close(60)
    client.close(0)
    for call in (
        lambda: client.page_view("a"),
        lambda: client.track_json('{"activityType": "A"}'),
        lambda: client.start_session(),
        lambda: client.start_flow("import"),
        lambda: flow.complete(),
    ):
        with pytest.raises(penstock.ClosedError):
            call()
    assert client.stats().pending == 0


def test_other_values_of_choices_are_value_errors(client):
    with pytest.raises(ValueError):
        client.set_consent("perhaps")
    with pytest.raises(ValueError):
        client.page_view("a", outcome="perhaps")
    with pytest.raises(ValueError):
        client.start_flow("import").complete("perhaps")


def test_a_client_that_nobody_has_any_more_is_closed(tmp_path, gateway):
    client = penstock.Client(
        tmp_path / "other",
        gateway.endpoint,
        "pk",
        dangerously_allow_plain_http=True,
        compression="none",
    )
    client.page_view("a")
    gone = weakref.ref(client)
    del client
    gc.collect()
    assert gone() is None
    assert [e["pageId"] for e in gateway.events()] == ["a"]


def test_an_object_that_was_not_initialised_does_not_crash():
    client = penstock.Client.__new__(penstock.Client)
    with pytest.raises(AttributeError):
        client.page_view("a")
