"""The options of a client, as the library takes them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from penstock._native import ffi, lib


class Options(TypedDict, total=False):
    """Each with the library's default where it is not given; docs of the C++ header options.hpp say
    what each costs. Times are milliseconds, sizes bytes."""

    app_name: str
    app_version: str
    context: Mapping[str, str]
    disk_bytes_max: int
    segment_bytes: int
    event_bytes_max: int
    sync_interval_ms: int
    adopt_interval_ms: int
    batch_events_max: int
    batch_bytes_max: int
    batch_age_max_ms: int
    compression: Literal["none", "gzip", "zstd"]
    connect_timeout_ms: int
    request_timeout_ms: int
    retry_delay_min_ms: int
    retry_delay_max_ms: int
    refusal_delay_min_ms: int
    refusal_delay_max_ms: int
    ca_file: str
    ca_pem: str
    proxy: str
    pinned_public_keys: Sequence[str]
    client_certificate_file: str
    client_key_file: str
    remove_fields: Sequence[str]
    allow_fields: Sequence[str]
    mask_emails: bool
    mask_cards: bool
    mask_phones: bool
    detect: Sequence[str]
    do_not_detect: Sequence[str]
    privacy_rules: Sequence[str]
    pseudonym_keys: Mapping[str, bytes | str]
    without_consent: Literal["send", "keep", "drop"]
    event_age_max_hours: int
    session_mode: Literal["off", "manual", "automatic"]
    session_idle_max_ms: int
    event_types: Sequence[str]
    dangerously_disable_tls_verification: bool
    dangerously_allow_plain_http: bool


_CHOICES = {
    "compression": ("none", "gzip", "zstd"),
    "without_consent": ("send", "keep", "drop"),
    "session_mode": ("off", "manual", "automatic"),
}
_PATHS = ("directory", "ca_file", "client_certificate_file", "client_key_file")
_LISTS = (
    "pinned_public_keys",
    "remove_fields",
    "allow_fields",
    "event_types",
    "detect",
    "do_not_detect",
    "privacy_rules",
)
_MAPPINGS = ("context", "pseudonym_keys")
_NAMES = {"directory", "endpoint", "write_key", *Options.__annotations__}


def copied(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a program changes later does not count, also not in a forked child."""

    def copy(value: Any) -> Any:
        if isinstance(value, Mapping):
            return dict(value)
        return list(value) if isinstance(value, list) else value

    return {name: copy(value) for name, value in given.items()}


class NativeOptions:
    """A `penstock_options`, and the texts that it refers to."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.struct = ffi.new("penstock_options*")
        self._kept: list[Any] = []
        lib.penstock_options_init_sized(self.struct, ffi.sizeof("penstock_options"))
        for name, value in given.items():
            if name not in _NAMES:
                raise TypeError(f"there is no option {name!r}")
            if value is not None:
                self._set(name, value)

    def _set(self, name: str, value: Any) -> None:
        if name in _CHOICES:
            setattr(self.struct, name, _choice(name, value))
        elif name in _LISTS:
            self._set_list(name, value)
        elif name in _MAPPINGS:
            self._set_mapping(name, value)
        elif name in _PATHS:
            self._fill_bytes(getattr(self.struct, name), os.fsencode(value))
        elif isinstance(value, str):
            if not isinstance(getattr(self.struct, name), ffi.CData):
                raise TypeError(f"the option {name} must be a number")
            self._fill(getattr(self.struct, name), value)
        elif isinstance(value, int):
            self._set_number(name, int(value))
        else:
            raise TypeError(f"the option {name} cannot be {type(value).__name__}")

    def _set_number(self, name: str, value: int) -> None:
        try:
            setattr(self.struct, name, value)
        except TypeError:
            raise TypeError(f"the option {name} must be text") from None
        except OverflowError:
            raise OverflowError(f"the option {name} cannot be {value}") from None

    def _set_list(self, name: str, values: Sequence[str]) -> None:
        if isinstance(values, str):
            raise TypeError(f"the option {name} must be a list of texts")
        array = ffi.new("penstock_text[]", len(values))
        for text, value in zip(array, values):
            self._fill(text, value)
        self._kept.append(array)
        setattr(self.struct, name, array)
        setattr(self.struct, name + "_count", len(values))

    def _set_mapping(self, name: str, values: Mapping[str, Any]) -> None:
        if not isinstance(values, Mapping):
            raise TypeError(f"the option {name} must be a mapping")
        fill_value = self._fill_key if name == "pseudonym_keys" else self._fill
        array = ffi.new("penstock_field[]", len(values))
        for field, (key, value) in zip(array, values.items()):
            self._fill(field.name, key)
            fill_value(field.value, value)
        self._kept.append(array)
        setattr(self.struct, name, array)
        setattr(self.struct, name + "_count", len(values))

    def _fill(self, text: Any, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError(f"an option's text cannot be {type(value).__name__}")
        self._fill_bytes(text, utf8(value))

    def _fill_key(self, text: Any, key: bytes | str) -> None:
        if not isinstance(key, (bytes, str)):
            raise TypeError(
                f"a key of pseudonym_keys must be bytes or str, not {type(key).__name__}"
            )
        self._fill_bytes(text, key if isinstance(key, bytes) else _key_bytes(key))

    def _fill_bytes(self, text: Any, value: bytes) -> None:
        buffer = ffi.from_buffer(value)
        self._kept.append(buffer)
        text.data = buffer
        text.size = len(buffer)


def _choice(name: str, value: Any) -> int:
    choices = _CHOICES[name]
    if value not in choices:
        raise TypeError(f"the option {name} must be one of {', '.join(choices)}")
    return choices.index(value)


def _key_bytes(key: str) -> bytes:
    """What decoding has replaced would leave a key that can be guessed."""
    encoded = utf8(key)
    if "\ufffd".encode() in encoded:
        raise ValueError(
            "a key of pseudonym_keys is a text that was made of bytes which are not UTF-8; "
            "give the bytes"
        )
    return encoded


def utf8(text: str) -> bytes:
    """Half of a surrogate pair becomes U+FFFD."""
    try:
        return str.encode(text)  # not what a subclass makes of it
    except UnicodeEncodeError:
        utf16 = str.encode(text, "utf-16-le", "surrogatepass")
        return utf16.decode("utf-16-le", "replace").encode()
