"""Flows: events that belong together have one correlationId."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from penstock._native import ffi, lib
from penstock.errors import fail

if TYPE_CHECKING:
    from penstock.client import Client

# The flows that this thread or asyncio task is in, of all clients; the innermost is the last.
_current: ContextVar[tuple[Flow, ...]] = ContextVar("penstock_flows", default=())

_OUTCOMES = {"success": 1, "failure": 2}
_CORRELATION_BYTES = 1024


class Flow:
    """One flow of a client. Made by `Client.start_flow()`, or by `with client.flow(...)`, which
    also completes it. For any thread and task."""

    def __init__(self, client: Client, handle: int) -> None:
        self._client = client
        self._handle = handle
        self._process = os.getpid()
        finalizer = weakref.finalize(self, lib.penstock_py_free_flow, handle)
        finalizer.atexit = False

    @property
    def correlation_id(self) -> str:
        """As events carry it, for other programs; "" once the flow is completed."""
        room = ffi.new("char[]", _CORRELATION_BYTES)
        size = lib.penstock_py_correlation_id(self._handle, room, _CORRELATION_BYTES)
        text: bytes = ffi.unpack(room, min(size, _CORRELATION_BYTES))
        return text.decode(errors="replace")

    @property
    def is_of_this_process(self) -> bool:
        """False in a child of fork(): there events still carry the flow, and its parent completes
        it."""
        return self._process == os.getpid()

    def complete(self, outcome: str = "success") -> None:
        """Records a ProcessCompletion with how long the flow took, and ends it. `outcome` is
        "success" or "failure"."""
        if outcome not in _OUTCOMES:
            raise ValueError(f"outcome must be success or failure, not {outcome!r}")
        message = ffi.new("char[]", lib.PENSTOCK_PY_MESSAGE)
        status = lib.penstock_py_complete_flow(
            self._client._handle, self._handle, _OUTCOMES[outcome], message
        )
        if status != 0:
            fail(status, ffi.string(message).decode(errors="replace"))

    @contextmanager
    def activate(self) -> Iterator[Flow]:
        """Within `with flow.activate():` the events of this thread or task belong to the flow."""
        token = _current.set((*_current.get(), self))
        try:
            yield self
        finally:
            # In another context, as of an asynchronous generator that another task closes, there is
            # nothing to take back.
            with suppress(ValueError):
                _current.reset(token)


def current_flow(client: Client) -> int:
    """The handle of the innermost flow of `client`; 0 for none."""
    for flow in reversed(_current.get()):
        if flow._client is client:
            return flow._handle
    return 0
