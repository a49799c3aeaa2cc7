"""Goal: systemd takes gateway/deploy/penstock-gateway.service as it is meant, and gives the gateway time and memory.

Method: systemd-analyze reads the unit with the gateway of the build in it; the defaults that the unit counts on are
read from gateway.example.yaml.

usage: unit_test.py SOURCES GATEWAY
"""
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCES, GATEWAY = Path(sys.argv[1]), sys.argv[2]
UNIT = SOURCES / "gateway/deploy/penstock-gateway.service"
SKIPPED = 77
EXPOSURE_MAX = 20  # tenths; systemd says "OK" below 45


def analyze(text, *command):
    """What systemd-analyze answers about a unit of this text: exit code and output."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / UNIT.name
        file.write_text(text.replace("/usr/local/bin/penstock-gateway", GATEWAY))
        done = subprocess.run(["systemd-analyze", *command, file], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=60)
        return done.returncode, done.stdout


def directive(name):
    value, = re.findall(rf"^{name}=(.*)$", UNIT.read_text(), flags=re.M)
    return value


def default(pattern):
    return re.search(pattern, (SOURCES / "gateway/gateway.example.yaml").read_text(), flags=re.M)[1]


class TheUnit(unittest.TestCase):
    def test_is_taken_without_a_word(self):
        self.assertEqual(analyze(UNIT.read_text(), "verify"), (0, ""))

    def test_would_not_be_taken_with_a_misspelt_line(self):
        misspelt = UNIT.read_text().replace("NoNewPrivileges", "NoNewPrivilege")
        self.assertIn("NoNewPrivilege", analyze(misspelt, "verify")[1])

    def test_leaves_the_gateway_no_right_that_it_does_not_need(self):
        security = ["security", "--offline=yes", "--no-pager", f"--threshold={EXPOSURE_MAX}"]
        code, output = analyze(UNIT.read_text(), *security)
        self.assertEqual(code, 0, output)
        self.assertNotEqual(analyze(UNIT.read_text().replace("SystemCallFilter=", "#"), *security)[0], 0)

    def test_gives_the_gateway_the_time_to_drain(self):
        drain = int(default(r"^  delay: (\d+)s")) + int(default(r"^  timeout: (\d+)s"))
        self.assertGreater(int(directive("TimeoutStopSec").removesuffix("s")), drain)

    def test_gives_the_gateway_the_memory_that_it_takes_at_most(self):
        most_mib = 1024 * int(default(r"^memory_max: .*# 0: (\d+)GiB"))
        self.assertGreater(int(directive("MemoryMax").removesuffix("M")), most_mib)

    def test_lets_the_gateway_have_as_many_connections_as_its_settings(self):
        self.assertGreater(int(directive("LimitNOFILE")), 2 * int(default(r"^  connections_max: (\d+)")))


if not shutil.which("systemd-analyze"):
    print("skipped: systemd-analyze is not here")
    sys.exit(SKIPPED)
unittest.main(argv=sys.argv[:1])
