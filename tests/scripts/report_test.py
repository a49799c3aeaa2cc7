"""Goal: the end of `make test` and `make check` says what failed and shows why, and never calls a run good that is not.

Method: scripts/report on parts and JUnit files as ctest writes them.

usage: report_test.py SOURCES
"""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCES = Path(sys.argv[1])


class ReportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.lines = []

    def add_part(self, name, seconds=1, status=0, log="", cases=()):
        """`cases` are (name, status as ctest says it, output)."""
        log_file, junit = self.folder / f"{name}.log", ""
        log_file.write_text(log)
        if cases:
            junit = self.folder / f"{name}.xml"
            junit.write_text("<testsuite>" + "".join(
                f'<testcase name="{case}" status="{state}"><system-out>{output}</system-out></testcase>'
                for case, state, output in cases) + "</testsuite>")
        self.lines.append(f"{name}\t{seconds}\t{status}\t{log_file}\t{junit}\n")

    def report(self):
        parts = self.folder / "parts"
        parts.write_text("".join(self.lines))
        done = subprocess.run([SOURCES / "scripts/report", "make test", "125", parts], stdout=subprocess.PIPE, text=True)
        return done.returncode, done.stdout

    def test_a_good_run_ends_with_one_line_that_counts_and_times(self):
        self.add_part("build release", seconds=61)
        self.add_part("test release", seconds=64, cases=[("A.Works", "run", ""), ("A.Skips", "notrun", "")])
        status, output = self.report()
        self.assertEqual(status, 0)
        self.assertEqual(output.strip(), "make test passed in 2:05: 1 passed, 0 failed, 1 skipped "
                                         "(build release 1:01, test release 1:04)")

    def test_a_failed_test_shows_its_output_before_the_line(self):
        self.add_part("test release", status=8, cases=[("A.Works", "run", "quiet"), ("A.Breaks", "fail", "expected 1")])
        status, output = self.report()
        self.assertEqual(status, 1)
        self.assertIn("== Failed: test release: A.Breaks\nexpected 1", output)
        self.assertNotIn("quiet", output)
        self.assertRegex(output.splitlines()[-1], r"^make test FAILED .*1 passed, 1 failed .*test release 0:01 FAILED")

    def test_a_failed_build_shows_the_end_of_its_log(self):
        self.add_part("test asan", cases=[("A.Works", "run", "")])
        self.add_part("build tsan", status=1, log="\n".join(f"line {number}" for number in range(1, 501)))
        status, output = self.report()
        self.assertEqual(status, 1)
        self.assertIn("line 500\n", output)
        self.assertNotIn("line 1\n", output)

    def test_a_run_without_tests_is_not_good(self):
        self.add_part("build release")
        self.assertEqual(self.report()[0], 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
