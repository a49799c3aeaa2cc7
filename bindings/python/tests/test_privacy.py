"""Goal: the rules of a program decide what leaves it. Method: the package against a server."""

from __future__ import annotations

import hashlib
import hmac
import os
import traceback
from typing import Any

import pytest

import penstock

KEY = b"\x00a key of bytes that are no text\xff"


def recorded(client: penstock.Client, gateway: Any) -> dict[str, Any]:
    client.flush(60)
    (event,) = gateway.events()
    return event


def pseudonym(key: bytes, value: str) -> str:
    return "p:k1:" + hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]


def test_rules_decide_on_fields_by_their_path(open_client, gateway):
    client = open_client(
        privacy_rules=[
            "details.support allow",
            "details.customer.name mask last 2",
            "details.notes remove",
            "**.comment replace [comment]",
        ]
    )
    details = {
        "support": "help@example.com",
        "customer": {"name": "Anna Smith", "comment": "is nice"},
        "notes": {"any": 1},
    }
    client.activity("Saved", details=details)
    assert recorded(client, gateway)["details"] == {
        "support": "help@example.com",
        "customer": {"name": "[masked]th", "comment": "[comment]"},
        "notes": "[removed]",
    }


def test_a_hash_is_the_same_for_the_same_value(open_client, gateway):
    client = open_client(privacy_rules=("details.* hash",))
    client.activity("Saved", details={"a": "anna", "b": "anna", "c": "bob"})
    details = recorded(client, gateway)["details"]
    assert details["a"].startswith("h:")
    assert details["a"] == details["b"] != details["c"]


@pytest.mark.parametrize("key", [KEY, "a key that is a text: größe"])
def test_a_pseudonym_is_made_with_the_key_that_was_given(open_client, gateway, key):
    client = open_client(privacy_rules=["userId pseudonym k1"], pseudonym_keys={"k1": key})
    client.activity("Saved", user_id="anna")
    key_bytes = key if isinstance(key, bytes) else key.encode()
    assert recorded(client, gateway)["userId"] == pseudonym(key_bytes, "anna")


def test_kinds_are_detected_as_the_program_says(open_client, gateway):
    client = open_client(detect=["coordinates"], do_not_detect=["home_paths", "emails"])
    client.activity(
        "Saved", details={"at": "48.8566, 2.3522", "in": "/home/anna/x", "to": "a@b.org"}
    )
    details = recorded(client, gateway)["details"]
    assert details == {"at": "[coordinates]", "in": "/home/anna/x", "to": "a@b.org"}


def test_a_forked_child_has_the_rules_that_were_given_though_the_program_has_changed_them(
    open_client, gateway
):
    rules, keys = ["userId pseudonym k1"], {"k1": KEY}
    client = open_client(privacy_rules=rules, pseudonym_keys=keys)
    rules.clear()
    keys.clear()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            client.activity("Saved", user_id="anna")
            client.close(30)
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    (event,) = gateway.events()
    assert event["userId"] == pseudonym(KEY, "anna")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"privacy_rules": ["details.a remove", "details.b blur"]}, r"rule 2 .*details\.b blur"),
        ({"privacy_rules": ["userId pseudonym k1"]}, r"userId pseudonym k1.*pseudonym_keys"),
        ({"pseudonym_keys": {"k1": b"short"}}, r"pseudonym_keys \(k1\) has fewer than 16 bytes"),
        ({"detect": ["coordinates", "shoe_sizes"]}, "name 2 of detect is no kind"),
        ({"do_not_detect": ["shoe_sizes"]}, "name 1 of do_not_detect is no kind"),
        ({"detect": ["emails"], "do_not_detect": ["emails"]}, "emails"),
    ],
)
def test_what_the_library_cannot_follow_is_an_invalid_option(open_client, options, told):
    with pytest.raises(penstock.InvalidOptionError, match=told):
        open_client(**options)


@pytest.mark.parametrize("key", ["0123456789abcdef\udcff", "0123456789abcdef\ufffd"])
def test_a_key_that_was_decoded_wrongly_is_refused(open_client, key):
    with pytest.raises(ValueError, match="give the bytes"):
        open_client(pseudonym_keys={"k1": key})


def test_keys_are_not_shown(open_client):
    secret = "secret-0123456789"
    client = open_client(pseudonym_keys={"k1": secret})
    assert secret not in repr(client)
    for keys in (
        {"k 1": secret},
        {secret + "!": "k1"},
        {"k1": [secret]},
        {"k1": secret + "\udcff"},
    ):
        with pytest.raises((penstock.InvalidOptionError, TypeError, ValueError)) as raised:
            open_client(pseudonym_keys=keys)
        assert secret not in "".join(
            traceback.format_exception(raised.value.__class__, raised.value, None)
        )
