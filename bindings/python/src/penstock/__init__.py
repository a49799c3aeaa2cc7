"""Penstock: telemetry that survives a kill of its program, and gets into Kafka once.

    import penstock

    with penstock.Client("telemetry", "https://telemetry.example.com", key) as client:
        client.click("approval-screen", "approve-button", details={"itemsSelected": 3})

Once a call that records has returned, the event survives `kill -9`. It is masked before it is
written, and sent in the background.
"""

from penstock._native import ffi as _ffi
from penstock._native import lib as _lib
from penstock.client import Client, Consent, Fields, Kind, Outcome, PlacedFields
from penstock.errors import (
    ClosedError,
    DirectoryInUseError,
    FlushTimeoutError,
    InvalidArgumentError,
    InvalidEventError,
    InvalidOptionError,
    MisuseError,
    NotAllowedError,
    PenstockError,
    RefusedError,
    StorageError,
    StorageFullError,
    TooLargeError,
)
from penstock.flow import Flow
from penstock.log_handler import LogHandler
from penstock.options import Options
from penstock.stats import LedgerRow, Stats

__version__: str = _ffi.string(_lib.penstock_version()).decode()

__all__ = [
    "Client",
    "ClosedError",
    "Consent",
    "DirectoryInUseError",
    "Fields",
    "Flow",
    "FlushTimeoutError",
    "InvalidArgumentError",
    "InvalidEventError",
    "InvalidOptionError",
    "Kind",
    "LedgerRow",
    "LogHandler",
    "MisuseError",
    "NotAllowedError",
    "Options",
    "Outcome",
    "PenstockError",
    "PlacedFields",
    "RefusedError",
    "Stats",
    "StorageError",
    "StorageFullError",
    "TooLargeError",
]
