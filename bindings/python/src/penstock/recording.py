"""The one call that is not cffi's; native/track.h says why."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ExtensionFileLoader
from typing import Any, Callable

from penstock import _native

_NAME = "penstock._track"  # in the file of penstock._native


def _load() -> Callable[..., tuple[int, str] | None]:
    loader = ExtensionFileLoader(_NAME, str(_native.__file__))
    spec = importlib.util.spec_from_file_location(_NAME, _native.__file__, loader=loader)
    if spec is None:
        raise ImportError(f"{_NAME} cannot be loaded")
    module: Any = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[_NAME] = module
    function: Callable[..., tuple[int, str] | None] = module.track
    return function


track = _load()
