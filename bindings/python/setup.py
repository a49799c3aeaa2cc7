from pathlib import Path

from setuptools import setup

# Beside the library that it is the version of.
version = Path("native/penstock/version").read_text().strip()

setup(
    version=version,
    cffi_modules=["native/build_native.py:ffi"],
    options={
        "bdist_wheel": {
            "py_limited_api": "cp39",
            "plat_name": Path("native/penstock/platform").read_text().strip(),
        }
    },
)
