"""Goal: the C++ of the pages compiles as it stands, with warnings as errors, as a reader's build may have it.

Method: each block of cpp of the given pages becomes a function that has what the pages take for given: options, a key, and
something to complain to.

compile_examples.py <compiler> <include folder>,<include folder> <page>...
"""
import pathlib
import re
import subprocess
import sys

FRAME = """#include <string>
{includes}
int example([[maybe_unused]] penstock::Options& options, [[maybe_unused]] const std::string& key);
int example([[maybe_unused]] penstock::Options& options, [[maybe_unused]] const std::string& key) {{
  [[maybe_unused]] const auto complain = [](const auto&) {{ return 1; }};
  {{
#line {line} "{page}"
{code}
  }}
  return 0;
}}
"""


def blocks(page):
    lines = page.read_text(encoding="utf-8").splitlines()
    begin = None
    for number, line in enumerate(lines):
        if begin is None and line == "```cpp":
            begin = number + 1
        elif begin is not None and line == "```":
            yield begin + 1, lines[begin:number]
            begin = None


compiler, folders, *pages = sys.argv[1:]
count = 0
for page in map(pathlib.Path, pages):
    for line, code in blocks(page):
        count += 1
        includes = {"#include <penstock/penstock.hpp>", *(each for each in code if each.startswith("#include"))}
        body = "\n".join("" if re.match("#include", each) else each for each in code)
        source = FRAME.format(includes="\n".join(sorted(includes)), line=line, page=page, code=body)
        flags = ["-std=c++17", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
        result = subprocess.run([compiler, *flags, *(f"-I{each}" for each in folders.split(",")), "-x", "c++", "-"],
                                input=source, text=True)
        if result.returncode != 0:
            sys.exit(f"{page}:{line}: this block does not compile")
if count < len(pages):
    sys.exit("a page has no block of cpp")
print(f"{count} blocks compile")
