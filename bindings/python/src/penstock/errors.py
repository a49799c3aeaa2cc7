"""What a call that failed raises."""

from __future__ import annotations

from typing import ClassVar, NoReturn

from penstock._native import ffi, lib


class PenstockError(Exception):
    """A call failed. Nothing that was recorded before is lost by that.

    `code` names the kind of failure, for programs, as `penstock_status_name()` does: for example
    "storage_full". The text is for people: what, where, and what to do. It never holds an event's
    content or a key.
    """

    code: ClassVar[str] = "unknown"


class InvalidOptionError(PenstockError):
    """An option is missing or out of range; the text names it."""

    code = "invalid_option"


class InvalidEventError(PenstockError):
    """The event lacks a field or has a bad one; the text names it."""

    code = "invalid_event"


class TooLargeError(PenstockError):
    """The encoded event is larger than the option `event_bytes_max`."""

    code = "too_large"


class StorageFullError(PenstockError):
    """The disk budget or the file system is full."""

    code = "storage_full"


class DirectoryInUseError(PenstockError):
    """Every slot of the directory is locked by other processes."""

    code = "directory_in_use"


class StorageError(PenstockError):
    """A file operation failed; the text has the path and the system's reason."""

    code = "io"


class FlushTimeoutError(PenstockError):
    """Not finished within the given time. What was recorded waits in the journal."""

    code = "timeout"


class RefusedError(PenstockError):
    """The gateway refuses (the key, or the format). What was recorded waits in the journal."""

    code = "refused"


class ClosedError(PenstockError):
    """The client is closed."""

    code = "closed"


class NotAllowedError(PenstockError):
    """Consent does not permit it."""

    code = "not_allowed"


class MisuseError(PenstockError):
    """A call that makes no sense now, as to end what is not open; the text says why."""

    code = "misuse"


class InvalidArgumentError(PenstockError):
    """An argument that the library cannot take."""

    code = "invalid_argument"


_CLASSES = {error.code: error for error in PenstockError.__subclasses__()}


def error_for(status: int, message: str) -> PenstockError:
    """The error for a status of the library that is not 0."""
    code = ffi.string(lib.penstock_status_name(status)).decode()
    found = _CLASSES.get(code)
    if found is None:
        found = type("PenstockError", (PenstockError,), {"code": code})
    return found(message)


def fail(status: int, message: str) -> NoReturn:
    raise error_for(status, message)
