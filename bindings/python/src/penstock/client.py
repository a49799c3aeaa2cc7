"""A client: records events, keeps them in a journal, and sends them to a gateway."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Literal, TypedDict, TypeVar

from penstock._native import ffi, lib
from penstock.errors import (
    ClosedError,
    FlushTimeoutError,
    MisuseError,
    PenstockError,
    RefusedError,
    fail,
)
from penstock.flow import Flow, current_flow
from penstock.options import NativeOptions, copied, utf8
from penstock.recording import track as _track
from penstock.stats import LedgerRow, Stats, read_ledger, read_stats

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from penstock.options import Options

Consent = Literal["unknown", "granted", "denied"]
Outcome = Literal["success", "failure"]
Kind = Literal[
    "activity",
    "session_start",
    "session_end",
    "page_start",
    "page_end",
    "page_view",
    "click",
    "form_submission",
    "process_completion",
    "error",
    "record_approved",
    "record_denied",
    "record_returned",
    "record_changed",
    "custom",
]

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


class Fields(TypedDict, total=False):
    """What every event can carry. Each may be None: not given.

    Values of `details` and `metadata` are text, int, float, bool, None, and lists and dicts of
    these.
    """

    details: dict[str, Any] | None  # what is particular to the event; at most 16
    metadata: dict[str, Any] | None  # context; at most 8
    user_id: str | None
    session_id: str | None
    correlation_id: str | None
    traceparent: str | None  # of W3C Trace Context
    time_ms: int | None  # Unix time; None: now
    duration_ms: int | None
    outcome: Outcome | None


class PlacedFields(Fields, total=False):
    """The same, of events that need no page."""

    page_id: str | None  # None: the page that is open, or none


_KINDS = {kind: number for number, kind in enumerate(Kind.__args__)}  # type: ignore[attr-defined]
_OUTCOMES = {None: 0, "success": 1, "failure": 2}
_CONSENTS: tuple[Consent, ...] = ("unknown", "granted", "denied")
_ACTIVITY, _PAGE_VIEW, _CLICK = _KINDS["activity"], _KINDS["page_view"], _KINDS["click"]
_FORM, _PROCESS, _ERROR = (
    _KINDS["form_submission"],
    _KINDS["process_completion"],
    _KINDS["error"],
)

_open_clients: weakref.WeakSet[Client] = weakref.WeakSet()


_SLICE = 0.1  # seconds
_FOR_EVER = 1e9


def _milliseconds(timeout: float) -> int:
    """Of seconds, as Python counts; more than the library takes is as long as it takes."""
    return int(min(max(timeout, 0), _FOR_EVER) * 1000)


class Client:
    """Records events and sends them to a gateway.

    Once a call that records has returned, the event survives a kill of the process. Events are
    masked before they are written. Recording does not wait for the network, or for the disk.

    Threads    Every method may be called from any thread, also at the same time.
    asyncio    Recording does not block the loop. What waits has an asynchronous form: `aflush()`,
               `aclose()`, `aset_consent()`, `aforget()`, `async with`.
    fork       In a child of `os.fork()` the client opens its directory again with its first call: a
               server may open it before it forks its workers.
    Errors     Calls that fail raise a `PenstockError`.
    The end    A client that is not closed is sent off when the process ends by `exit()`, in at most
               2 seconds. What is left waits in `directory` for the next process that opens it.

    directory  Folder of the journal; made if it is missing. Several processes may share it.
    endpoint   The gateway, as in "https://telemetry.example.com".
    write_key  The key that the gateway's operator gave.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        endpoint: str,
        write_key: str,
        **options: Unpack[Options],
    ) -> None:
        self._options = copied(
            {"directory": directory, "endpoint": endpoint, "write_key": write_key, **options}
        )
        self._handle = 0
        self._forked = False  # in a child, until the directory is open again there
        self._is_opening = False
        self._opening = threading.RLock()  # a signal handler may record while it is held
        self._open()

    def _open(self) -> None:
        handle = ffi.new("uintptr_t*")
        native = NativeOptions(self._options)
        self._check(lib.penstock_py_open, native.struct, handle)
        self._handle = int(handle[0])
        finalizer = weakref.finalize(self, lib.penstock_py_free, self._handle)
        finalizer.atexit = False  # threads may still be at work; the library has its own end
        _open_clients.add(self)

    # --- Recording ------------------------------------------------------------------------------

    def click(self, page_id: str | None, element: str, **fields: Unpack[Fields]) -> None:
        """The user has clicked `element`: its name in the program, not its label. `page_id` None:
        the page that is open, or none."""
        self._record(_CLICK, element, page_id, None, fields)

    def page_view(self, page_id: str, **fields: Unpack[Fields]) -> None:
        self._record(_PAGE_VIEW, None, page_id, None, fields)

    def form_submission(self, page_id: str | None, form: str, **fields: Unpack[Fields]) -> None:
        self._record(_FORM, form, page_id, None, fields)

    def process_completion(self, process: str, **fields: Unpack[PlacedFields]) -> None:
        self._record(_PROCESS, process, None, None, fields)

    def error(self, message: str, **fields: Unpack[PlacedFields]) -> None:
        self._record(_ERROR, message, None, None, fields)

    def activity(self, activity_type: str, **fields: Unpack[PlacedFields]) -> None:
        """An activity of the program's own, spelled in CamelCase."""
        self._record(_ACTIVITY, activity_type, None, None, fields)

    def page_start(self, page_id: str, **fields: Unpack[Fields]) -> None:
        """For programs that keep their pages themselves; see `page()`."""
        self._record(_KINDS["page_start"], None, page_id, None, fields)

    def page_end(self, page_id: str, **fields: Unpack[Fields]) -> None:
        self._record(_KINDS["page_end"], None, page_id, None, fields)

    def session_start(self, **fields: Unpack[PlacedFields]) -> None:
        """For programs that keep their sessions themselves; see `session()`."""
        self._record(_KINDS["session_start"], None, None, None, fields)

    def session_end(self, **fields: Unpack[PlacedFields]) -> None:
        self._record(_KINDS["session_end"], None, None, None, fields)

    def record_approved(self, record_id: str, **fields: Unpack[PlacedFields]) -> None:
        self._record(_KINDS["record_approved"], None, None, record_id, fields)

    def record_denied(self, record_id: str, **fields: Unpack[PlacedFields]) -> None:
        self._record(_KINDS["record_denied"], None, None, record_id, fields)

    def record_returned(self, record_id: str, **fields: Unpack[PlacedFields]) -> None:
        self._record(_KINDS["record_returned"], None, None, record_id, fields)

    def record_changed(self, record_id: str, action: str, **fields: Unpack[PlacedFields]) -> None:
        self._record(_KINDS["record_changed"], action, None, record_id, fields)

    def custom(
        self, event_type: str, schema_version: int = 1, **fields: Unpack[PlacedFields]
    ) -> None:
        """An event of one of the option `event_types`, in a version of its schema."""
        given: dict[str, Any] = {**fields, "schema_version": schema_version}
        self._record(_KINDS["custom"], event_type, None, None, given)

    def track(
        self,
        kind: Kind,
        name: str | None = None,
        *,
        page_id: str | None = None,
        record_id: str | None = None,
        **fields: Unpack[Fields],
    ) -> None:
        """An event of a kind that is known only when the program runs. What `name` means depends on
        the kind: the element, the form, the process, the error, the activity, the action or the
        type."""
        number = _KINDS.get(kind)
        if number is None:
            raise ValueError(f"kind must be one of {', '.join(_KINDS)}, not {kind!r}")
        self._record(number, name, page_id, record_id, fields)

    def track_json(self, event: str) -> None:
        """One event as a JSON object, in the form of the documented events."""
        text = utf8(_text(event))
        self._call(lambda: self._check(lib.penstock_py_track_json, self._handle, text, len(text)))

    def _record(
        self, kind: int, name: str | None, page_id: str | None, record_id: str | None, fields: Any
    ) -> None:
        if "outcome" in fields:
            fields["outcome"] = _outcome(fields["outcome"])
        handle = self._handle
        failed = _track(handle, current_flow(self), kind, name, page_id, record_id, fields)
        if failed is None:
            return
        if self._forked:
            self._open_again()
        if self._handle != handle:  # opened here, by another thread, or by a signal handler
            handle = self._handle
            failed = _track(handle, current_flow(self), kind, name, page_id, record_id, fields)
        if failed is not None:
            fail(*failed)

    # --- Who and where --------------------------------------------------------------------------

    def set_user(self, user_id: str | None) -> None:
        """Of all later events that name none. Give an opaque id: personal data in it is masked."""
        self._with_id(0, user_id or "")

    def set_session(self, session_id: str | None) -> None:
        """For programs that have sessions of their own; records nothing."""
        self._with_id(1, session_id or "")

    def start_session(self, session_id: str | None = None) -> None:
        """Records a SessionStart. Later events carry the session's id, which the client makes if
        there is none."""
        self._with_id(2, session_id)

    def end_session(self) -> None:
        self._plain(0)

    @contextmanager
    def session(self, session_id: str | None = None) -> Iterator[Client]:
        """`with client.session():` starts a session, and ends it."""
        self.start_session(session_id)
        with _ended_by(self.end_session):
            yield self

    def enter_page(self, page_id: str) -> None:
        """Records a PageStart and a PageView. Later events that name no page are on this one."""
        self._with_id(3, page_id)

    def leave_page(self) -> None:
        """Records a PageEnd, with how long the page was in the foreground."""
        self._plain(1)

    @contextmanager
    def page(self, page_id: str) -> Iterator[Client]:
        """`with client.page("settings"):` enters a page, and leaves it."""
        self.enter_page(page_id)
        with _ended_by(self.leave_page):
            yield self

    def pause(self) -> None:
        """The program has lost the focus: the time until `resume()` is no page's."""
        self._plain(2)

    def resume(self) -> None:
        self._plain(3)

    # --- Flows ----------------------------------------------------------------------------------

    def start_flow(self, process: str, correlation_id: str | None = None) -> Flow:
        """Starts a flow, which is no event yet. Its id is `correlation_id`, or the trace-id of a
        traceparent, or a new one. Use `with client.flow(...)` where a block of code is the flow."""
        name = utf8(_text(process))
        given = utf8(_text(correlation_id or ""))
        handle = ffi.new("uintptr_t*")
        self._call(
            lambda: self._check(
                lib.penstock_py_start_flow,
                self._handle,
                name,
                len(name),
                given,
                len(given),
                handle,
            )
        )
        return Flow(self, int(handle[0]))

    @contextmanager
    def flow(self, process: str, correlation_id: str | None = None) -> Iterator[Flow]:
        """`with client.flow("approve") as flow:` the events of this thread or task, and of tasks
        that it starts, carry the flow's correlationId. At the end a ProcessCompletion is recorded:
        a success, or a failure if an exception leaves the block."""
        flow = self.start_flow(process, correlation_id)
        try:
            with flow.activate():
                yield flow
        except BaseException:
            with _ignoring_failures():
                flow.complete("failure")
            raise
        if flow.is_of_this_process and flow.correlation_id:  # not completed by the block itself
            flow.complete("success")

    def process(self, name: str) -> Callable[[F], F]:
        """A decorator: each call of the function, which may be a coroutine function, is a flow."""

        def decorate(function: F) -> F:
            if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
                raise TypeError("a generator is no process: its body runs when it is iterated over")
            if inspect.iscoroutinefunction(function):

                @functools.wraps(function)
                async def call(*arguments: Any, **named: Any) -> Any:
                    with self.flow(name):
                        return await function(*arguments, **named)
            else:

                @functools.wraps(function)
                def call(*arguments: Any, **named: Any) -> Any:
                    with self.flow(name):
                        return function(*arguments, **named)

            return call  # type: ignore[return-value]

        return decorate

    # --- Consent --------------------------------------------------------------------------------

    @property
    def consent(self) -> Consent:
        """What the user has said about being recorded; kept in the directory."""
        return self._call(lambda: _CONSENTS[int(lib.penstock_py_consent(self._handle))])

    def set_consent(self, consent: Consent) -> None:
        """In force when this returns: with "denied" nothing more is recorded or sent, and what was
        pending is deleted."""
        if consent not in _CONSENTS:
            raise ValueError(f"consent must be one of {', '.join(_CONSENTS)}, not {consent!r}")
        number = _CONSENTS.index(consent)
        self._call(lambda: self._check(lib.penstock_py_set_consent, self._handle, number))

    def forget(self) -> None:
        """Erases what was recorded here, and asks the gateway to have erased what it was sent."""
        self._plain(4)

    async def aset_consent(self, consent: Consent) -> None:
        await asyncio.to_thread(self.set_consent, consent)

    async def aforget(self) -> None:
        await asyncio.to_thread(self.forget)

    # --- Sending, and the end -------------------------------------------------------------------

    def flush(self, timeout: float = 10.0) -> None:
        """Waits until all that was recorded before is acknowledged: at most `timeout` seconds, then
        it raises FlushTimeoutError. Nothing is lost by that."""
        self._call(lambda: self._flush(timeout, threading.Event()))

    def _flush(self, timeout: float, given_up: threading.Event) -> None:
        """In slices, so that Ctrl-C and a cancellation need not wait for the end. Each asks the
        sender to send at once, but for one that is retrying, which has its own pace."""
        deadline = time.monotonic() + min(max(timeout, 0), _FOR_EVER)
        while True:
            left = deadline - time.monotonic()
            try:
                within = _milliseconds(min(left, _SLICE))
                return self._check(lib.penstock_py_flush, self._handle, within)
            except FlushTimeoutError:
                if left <= _SLICE or given_up.is_set():
                    raise
            while self._is_retrying() and not given_up.is_set():
                left = deadline - time.monotonic()
                if left <= _SLICE:
                    break
                time.sleep(_SLICE)

    def _is_retrying(self) -> bool:
        return read_stats(self._handle).sender == "retrying"

    def close(self, timeout: float = 2.0) -> None:
        """`flush()`, then no more events are taken. What could not be sent waits in the directory:
        then it raises FlushTimeoutError or RefusedError, and the text says how many events wait."""
        if self._forked:
            self._forked = False  # there is nothing to send; the parent's is closed in this process
            return
        begin = time.monotonic()
        try:
            self._flush(timeout, threading.Event())
        except PenstockError:
            pass  # close() says it, too
        left = timeout - (time.monotonic() - begin)
        try:
            self._check(lib.penstock_py_close, self._handle, _milliseconds(left))
        finally:
            _open_clients.discard(self)  # children have nothing to open again

    async def aflush(self, timeout: float = 10.0) -> None:
        given_up = threading.Event()
        try:
            await asyncio.to_thread(self._call, lambda: self._flush(timeout, given_up))
        finally:
            given_up.set()  # cancelled, the thread ends soon

    async def aclose(self, timeout: float = 2.0) -> None:
        await asyncio.to_thread(self.close, timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes; what could not be sent in 2 seconds waits in the directory."""
        with _ignoring_unsent():
            self.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with _ignoring_unsent():
            await self.aclose()

    def __reduce__(self) -> Any:
        raise TypeError("a client cannot be copied or pickled; open another one there")

    def stats(self) -> Stats:
        return self._call(lambda: read_stats(self._handle))

    def ledger(self) -> list[LedgerRow]:
        """What became of the events, by type; over all runs of this part of the directory."""
        return self._call(lambda: read_ledger(self._handle))

    # --- Calls of the library -------------------------------------------------------------------

    @staticmethod
    def _check(function: Callable[..., int], *arguments: Any) -> None:
        message = ffi.new("char[]", lib.PENSTOCK_PY_MESSAGE)
        status = function(*arguments, message)
        if status != 0:
            fail(status, ffi.string(message).decode(errors="replace"))

    def _call(self, call: Callable[[], T]) -> T:
        if self._forked:
            self._open_again()
        return call()

    def _open_again(self) -> None:
        with self._opening:
            # Within it only a signal handler comes here again: what that records is refused.
            if self._forked and not self._is_opening:
                self._is_opening = True
                try:
                    self._open()
                    self._forked = False
                finally:
                    self._is_opening = False

    def _with_id(self, which: int, text: str | None) -> None:
        if text is None and which == 2:
            given, size = ffi.NULL, 0
        else:
            encoded = utf8(_text(text))
            given, size = encoded, len(encoded)
        self._call(lambda: self._check(lib.penstock_py_with_id, self._handle, which, given, size))

    def _plain(self, which: int) -> None:
        self._call(lambda: self._check(lib.penstock_py_plain, self._handle, which))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a str, not {type(value).__name__}")
    return value


def _outcome(value: Any) -> int:
    if value not in _OUTCOMES:
        raise ValueError(f"outcome must be success or failure, not {value!r}")
    return _OUTCOMES[value]


@contextmanager
def _ended_by(end: Callable[[], None]) -> Iterator[None]:
    """Ends a scope. A failure of that hides no exception of the scope; and that the scope was ended
    by somebody else is none."""
    try:
        yield
    except BaseException:
        with _ignoring_failures():
            end()
        raise
    try:
        end()
    except (MisuseError, ClosedError):
        pass


@contextmanager
def _ignoring_failures() -> Iterator[None]:
    try:
        yield
    except Exception:
        pass


@contextmanager
def _ignoring_unsent() -> Iterator[None]:
    try:
        yield
    except (FlushTimeoutError, RefusedError):
        pass


def _in_child() -> None:
    """Behind fork(): the library refuses the parent's clients here."""
    for client in list(_open_clients):
        client._forked = True
        client._is_opening = False
        client._opening = threading.RLock()


os.register_at_fork(after_in_child=_in_child)
