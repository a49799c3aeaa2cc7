"""Goal: a break of the C ABI is a decision, not an accident.

Method: a library is made of penstock.h alone, in which each function does nothing, so that what is compared depends on the
header and not on the compiler of C++; abidiff compares it with the dump of the last accepted ABI, sdk/abi/penstock.abi.

abi.py check|update <compiler> <include folder>,<include folder> <dump>
"""
import pathlib
import re
import subprocess
import sys
import tempfile

command, compiler, folders, dump = sys.argv[1:]
folders = folders.split(",")
header = (pathlib.Path(folders[0]) / "penstock" / "penstock.h").read_text(encoding="utf-8")
declarations = re.findall(r"^PENSTOCK_API ([^;{}]+);", header, flags=re.M)
if len(declarations) < 20:
    sys.exit(f"{len(declarations)} functions found in penstock.h: is each declared with PENSTOCK_API?")

with tempfile.TemporaryDirectory() as work:
    source = "\n".join(["#include <penstock/penstock.h>", *(f"PENSTOCK_API {each} {{ __builtin_trap(); }}" for each in declarations)])
    library = pathlib.Path(work) / "libpenstock.so"
    subprocess.run([compiler, "-x", "c", "-std=c11", "-g", "-O0", "-fPIC", "-shared", "-w", "-DPENSTOCK_BUILDING",
                    "-fdebug-prefix-map=" + work + "=.", *(f"-I{each}" for each in folders), "-", "-o", library],
                   input=source, text=True, check=True)
    now = pathlib.Path(work) / "penstock.abi"
    subprocess.run(["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed", "--out-file", now,
                    library], check=True)
    if command == "update":
        pathlib.Path(dump).write_bytes(now.read_bytes())
        sys.exit()
    difference = subprocess.run(["abidiff", "--no-show-locs", dump, now], capture_output=True, text=True)
    if difference.returncode == 0:
        print(f"{len(declarations)} functions, and the types that they take, are as in {dump}")
        sys.exit()
    print(difference.stdout, difference.stderr)
    sys.exit(f"The C ABI is another one than {dump} has. docs/abi.md says what may change; if the change is one of these, or "
             "a decision, `make abi` accepts it: write it into the CHANGELOG.")
