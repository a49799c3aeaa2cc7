"""Goal: whoever is woken by an alert finds its section in the runbook, and in the log the lines that are shown there.

Method: compare names of alerts with headings, and the runbook's log lines with the texts in the gateway's sources, in
which "…" stands for what differs. A line may be put together behind ": " and before "; ".

usage: runbook_test.py SOURCES
"""
import re
import sys
import unittest
from pathlib import Path

from deployment import Deployment

SOURCES = Path(sys.argv[1])


def texts_of_gateway():
    """The sources, with the parts of each text joined."""
    files = sorted((SOURCES / "gateway/src").rglob("*.cpp"))
    return re.sub(r'"\s*\n\s*"', "", "\n".join(file.read_text() for file in files))


class RunbookTest(unittest.TestCase):
    def setUp(self):
        self.deployment = Deployment(SOURCES)

    def test_each_alert_has_its_section_and_each_section_its_alert(self):
        sections = self.deployment.sections()
        self.assertEqual(sorted(sections), sorted(self.deployment.alerts()))

    def test_each_alert_leads_to_its_section(self):
        for alert, rules in self.deployment.alerts().items():
            for rule in rules:
                with self.subTest(alert=alert):
                    anchor = re.search(r"runbook_url: \S+/docs/operating/runbook\.md#(\S+)", rule)
                    self.assertIsNotNone(anchor, "no runbook_url")
                    self.assertEqual(anchor[1], alert.lower())

    def test_each_alert_says_how_severe_it_is_and_shows_its_value(self):
        for alert, rules in self.deployment.alerts().items():
            for rule in rules:
                with self.subTest(alert=alert):
                    self.assertRegex(rule, r"severity: (critical|warning)\b")
                    self.assertRegex(rule, r"summary: \S")
                    if "absent(" not in rule:  # whose value is always 1
                        self.assertRegex(rule, r"description: .*\$value")

    def test_each_log_line_is_one_that_the_gateway_writes(self):
        texts = texts_of_gateway()
        lines = self.deployment.log_lines()
        self.assertGreater(len(lines), 10)
        for line in lines:
            for part in re.split("…|(?<=: )|(?=; )", line):
                self.assertTrue(part in texts, f"the runbook shows {line!r}; nothing in gateway/src says {part!r}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
