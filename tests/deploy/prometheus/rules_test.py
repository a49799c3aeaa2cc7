"""Goal: Prometheus takes the alerts and the queries, and each alert fires when it should and not when it should not.

Method: promtool, which scripts/setup --test keeps in the cache folder. Queries of the dashboard and of the runbook are
given to promtool as recording rules. Ends with 77, which ctest takes for skipped, where there is no promtool.

usage: rules_test.py SOURCES
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from deployment import Deployment

SOURCES = Path(sys.argv[1])
SKIPPED = 77


def find_promtool():
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cached = cache / "penstock/promtool/bin/promtool"
    return shutil.which("promtool") or (str(cached) if cached.exists() else None)


class RulesTest(unittest.TestCase):
    def setUp(self):
        self.deployment = Deployment(SOURCES)

    def assert_promtool_accepts(self, *arguments):
        command = [PROMTOOL, *map(str, arguments)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_prometheus_takes_the_alerts(self):
        self.assert_promtool_accepts("check", "rules", self.deployment.rules)

    def test_each_alert_fires_when_it_should_and_not_when_it_should_not(self):
        self.assert_promtool_accepts("test", "rules", self.deployment.rule_tests)

    def test_each_alert_is_tested_firing_and_silent(self):
        self.assertEqual(self.deployment.tested(), {alert: {True, False} for alert in self.deployment.alerts()})

    def test_the_queries_of_dashboard_and_runbook_are_promql(self):
        queries = self.deployment.dashboard_queries() + self.deployment.runbook_queries()
        self.assertGreater(len(queries), 30)
        rules = [{"record": f"query:{number}", "expr": query.replace("$__rate_interval", "5m")}
                 for number, query in enumerate(queries)]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "queries.yaml"
            file.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
            self.assert_promtool_accepts("check", "rules", file)


if __name__ == "__main__":
    PROMTOOL = find_promtool()
    if PROMTOOL is None:
        print("skipped: promtool is missing; scripts/setup --test fetches it")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
