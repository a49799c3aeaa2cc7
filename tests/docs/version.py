"""Goal: whoever looks for what has changed in a version finds it.

Method: the version that the build has is the newest one that the changelog has.

version.py <version> <changelog>
"""
import re
import sys

version, changelog = sys.argv[1:]
with open(changelog, encoding="utf-8") as file:
    heads = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", file.read(), flags=re.M)
if not heads or heads[0] != version:
    sys.exit(f"{changelog}: its newest version is {heads[0] if heads else 'none'}, the build's is {version}")
