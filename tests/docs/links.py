"""Goal: no page sends its reader to a file or a heading that is not there, and none shows the marks of a merge.

Method: each relative link of each Markdown file below the given folder is followed. Fenced code is left out.
"""
import pathlib
import re
import sys


def text_of(page):
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(page):
    heads = re.findall(r"^#+ (.*)$", text_of(page), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def faults(root):
    skipped = {"build", ".git"}
    for page in sorted(root.rglob("*.md")):
        if skipped & set(page.relative_to(root).parts):
            continue
        for mark in re.findall(r"^(?:<{7}|>{7}) .*$", page.read_text(encoding="utf-8"), flags=re.M):
            yield f"{page}: a merge was not finished here: {mark}"
        prose = re.sub(r"^    .*$|`[^`\n]*`", "", text_of(page), flags=re.M)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.exists():
                yield f"{page}: {target} does not exist"
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                yield f"{page}: {target}: there is no such heading"


found = list(faults(pathlib.Path(sys.argv[1])))
print("\n".join(found) or "no dead link, no merge left half-way")
sys.exit(1 if found else 0)
