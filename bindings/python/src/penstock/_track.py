"""The one call that is not cffi's; native/track.h says why."""

from penstock._native import lib

if lib.penstock_py_install_track() != 0:
    raise ImportError("penstock: the extension could not be set up")

from penstock._native import track  # noqa: E402

__all__ = ["track"]
