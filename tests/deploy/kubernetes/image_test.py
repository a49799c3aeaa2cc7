"""Goal: the image that gateway/deploy/Dockerfile makes has each shared library that the gateway loads.

Method: docker may not be here, so ask the system, where it is the image's: which packages own the libraries that the
loader finds, and are these installed by the Dockerfile or by what it installs?

usage: image_test.py DOCKERFILE GATEWAY
"""
import functools
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

DOCKERFILE, GATEWAY = Path(sys.argv[1]), sys.argv[2]
SKIPPED = 77
IMAGE = "debian:12-slim"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def loaded_files():
    return re.findall(r"=> (/\S+)", output("ldd", GATEWAY))


@functools.cache
def owner(file):
    """The package of a library. dpkg knows a file by the path that it was installed to: /lib may be /usr/lib."""
    for path in (file, os.path.realpath(file), os.path.realpath(file).removeprefix("/usr")):
        found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    raise AssertionError(f"{file} belongs to no package")


def dependencies(package):
    """What comes with it, directly."""
    return re.findall(r"([a-z0-9.+-]+)(?: \([^)]*\))?(?:,|$)", output("dpkg-query", "-W", "-f=${Depends}", package))


class TheImage(unittest.TestCase):
    def setUp(self):
        last_stage = DOCKERFILE.read_text().split(f"FROM {IMAGE}\n")[1]
        arguments = re.search(r"--no-install-recommends \\\n(.*?)&&", last_stage, re.S)[1]
        self.installed = arguments.replace("\\", " ").replace(";", " ").split()

    def test_has_each_library_that_the_gateway_loads(self):
        there = set(self.installed) | {"libc6"}
        for package in self.installed:
            there |= set(dependencies(package))
        files = loaded_files()
        self.assertIn("libyaml-cpp", " ".join(files))
        for file in files:
            self.assertIn(owner(file), there, f"{file} would be missing")

    def test_has_no_library_that_the_gateway_does_not_load(self):
        owners = {owner(file) for file in loaded_files()}
        self.assertEqual(set(self.installed) - owners, {"ca-certificates"})


if not {"ID=debian", 'VERSION_ID="12"'} <= set(Path("/etc/os-release").read_text().splitlines()):
    print(f"skipped: this system is another than the image's, {IMAGE}, so its packages have other names")
    sys.exit(SKIPPED)
unittest.main(argv=sys.argv[:1])
