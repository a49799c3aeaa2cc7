"""Errors of a program's log as events."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from penstock.client import Client
from penstock.errors import PenstockError, TooLargeError

_CHARACTERS_MAX = 4096  # of the message and of the traceback, if all of them are too large


class LogHandler(logging.Handler):
    """Records each log record of `level` or above as an Error event: its message as the error, and
    as details the logger, the level, where it was logged, and of an exception its type and
    traceback. All of that is masked as every event is.

        logging.getLogger().addHandler(penstock.LogHandler(client))
    """

    def __init__(self, client: Client, level: int | str = logging.ERROR) -> None:
        super().__init__(level)
        self._client = client

    def emit(self, record: logging.LogRecord) -> None:
        try:
            details = _details(record)
            message = record.getMessage() or record.levelname
            try:
                self._client.error(message, details=details)
            except TooLargeError:
                if "traceback" in details:
                    details["traceback"] = details["traceback"][-_CHARACTERS_MAX:]  # where it was
                self._client.error(message[:_CHARACTERS_MAX], details=details)
        except PenstockError:
            pass  # counted by the client; a log must not fail for that
        except Exception:
            self.handleError(record)


def _details(record: logging.LogRecord) -> dict[str, Any]:
    details: dict[str, Any] = {
        "logger": record.name,
        "level": record.levelname,
        "module": record.module,
        "line": record.lineno,
    }
    if record.exc_info and record.exc_info[0] is not None:
        details["exception"] = record.exc_info[0].__qualname__
        details["traceback"] = "".join(traceback.format_exception(*record.exc_info))
    return details
