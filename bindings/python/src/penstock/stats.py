"""What a client counts."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from penstock._native import ffi, lib
from penstock.errors import fail

_SENDER_STATES = ("running", "retrying", "refused")


@dataclass(frozen=True)
class Stats:
    """Counts of one client since it was opened. recorded + adopted = acknowledged + rejected +
    pending + dropped_too_large_for_gateway + dropped_expired + dropped_consent_denied +
    dropped_forgotten, always."""

    recorded: int
    adopted: int  # recorded by an earlier run, or by a process that is gone
    acknowledged: int  # in Kafka
    rejected: int  # in the dead-letter topic
    pending: int  # in the journal now
    dropped_invalid: int
    dropped_too_large: int
    dropped_storage_full: int
    dropped_io_error: int
    dropped_out_of_memory: int
    dropped_not_allowed: int
    dropped_too_large_for_gateway: int
    dropped_expired: int
    dropped_consent_denied: int
    dropped_forgotten: int
    torn: int
    misused: int
    masked: int
    batches_sent: int
    retries: int
    bytes_sent: int
    disk_bytes: int
    last_seq: int
    install_id: str
    sender: str  # "running", "retrying" or "refused"
    sender_message: str  # why it is retrying or refused, and what to do


@dataclass(frozen=True)
class LedgerRow:
    """What became of the events of one type that this process's part of the directory has recorded,
    over all runs."""

    type: str
    recorded: int
    acknowledged: int
    rejected: int
    pending: int
    dropped: dict[str, int]  # by reason
    refused: dict[str, int]  # that track() did not record, by reason


def _member(native: Any, name: str) -> Any:
    value = getattr(native, name)
    if name == "sender":
        return _SENDER_STATES[value]
    return value if isinstance(value, int) else ffi.string(value).decode(errors="replace")


def read_stats(handle: int) -> Stats:
    native = ffi.new("penstock_stats*")
    message = ffi.new("char[]", lib.PENSTOCK_PY_MESSAGE)
    status = lib.penstock_py_stats(handle, native, message)
    if status != 0:
        fail(status, ffi.string(message).decode(errors="replace"))
    return Stats(**{field.name: _member(native, field.name) for field in fields(Stats)})


def read_ledger(handle: int) -> list[LedgerRow]:
    message = ffi.new("char[]", lib.PENSTOCK_PY_MESSAGE)
    size = ffi.new("size_t*", 4096)
    room = 0
    text = None
    while room < size[0]:  # it may grow while it is asked for
        room = size[0]
        text = ffi.new("char[]", room)
        status = lib.penstock_py_ledger(handle, text, room, size, message)
        if status != 0:
            fail(status, ffi.string(message).decode(errors="replace"))
    return [LedgerRow(**row) for row in json.loads(ffi.unpack(text, size[0]).decode())]
