"""Builds penstock._native, the extension that holds the library: penstock.h by cffi, and track.c.

The native library is in native/penstock/ beside this file: include/ and lib/libpenstock.a.
"""

import re
from pathlib import Path

from cffi import FFI

HERE = Path("native")  # setuptools runs in the folder of setup.py
LIBRARY = HERE / "penstock"


def declarations() -> str:
    """penstock.h without what cffi does not read: the preprocessor, C++, and bodies."""
    text = (LIBRARY / "include/penstock/penstock.h").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"static inline [^}]*\}", "", text)
    text = re.sub(r'extern "C" \{|^\}$', "", text, flags=re.MULTILINE)
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    return text.replace("PENSTOCK_API ", "")


ffi = FFI()
ffi.cdef(declarations())
ffi.cdef((HERE / "calls.h").read_text().split("/* --- cffi reads from here */")[1])
ffi.set_source(
    "penstock._native",
    '#include "penstock/penstock.h"\n#include "calls.h"\n#include "track.h"\n',
    sources=[str(HERE / "track.c"), str(HERE / "calls.c")],
    include_dirs=[str(HERE), str(LIBRARY / "include")],
    extra_objects=[str(LIBRARY / "lib/libpenstock.a")],
    # The sender thread must not lose its code, so the module is never unloaded.
    extra_link_args=[
        "-Wl,-z,nodelete",
        "-Wl,-Bsymbolic",
        "-Wl,--exclude-libs,ALL",
        "-Wl,-s",
        "-pthread",
    ],
    extra_compile_args=["-O2", "-fvisibility=hidden"],
    libraries=["m"],
    define_macros=[("Py_LIMITED_API", "0x03090000")],
    py_limited_api=True,
)

if __name__ == "__main__":
    ffi.compile(verbose=True)
