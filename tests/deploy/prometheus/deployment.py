"""What is compared: the alerts, their tests, the dashboard and the runbook, as tables of names and queries."""
import json
import re

PROMETHEUS = "gateway/deploy/prometheus"


class Deployment:
    def __init__(self, sources):
        self.rules = sources / PROMETHEUS / "penstock-alerts.yaml"
        self.rule_tests = sources / PROMETHEUS / "penstock-alerts.test.yaml"
        self.runbook = sources / "docs/operating/runbook.md"
        self.dashboard = json.loads((sources / "gateway/deploy/grafana/penstock-gateway.json").read_text())

    def alerts(self):
        """The text of each rule, by the name of its alert."""
        found = {}
        for block in re.split(r"^ +- alert: ", self.rules.read_text(), flags=re.M)[1:]:
            found.setdefault(block.split("\n", 1)[0].strip(), []).append(block)
        return found

    def tested(self):
        """Of each alert, whether its tests expect it to fire: the set of answers."""
        found = {}
        checks = r"alertname: (\w+)(?:,\s*|\n\s*)exp_alerts:( \[\])?"
        for alert, none in re.findall(checks, self.rule_tests.read_text()):
            found.setdefault(alert, set()).add(not none)
        return found

    def sections(self):
        return re.findall(r"^## (\w+)$", self.runbook.read_text(), flags=re.M)

    def log_lines(self):
        return re.findall(r"^- log: `([^`]+)`", self.runbook.read_text(), flags=re.M)

    def dashboard_queries(self):
        return [target["expr"] for panel in self.dashboard["panels"] for target in panel.get("targets", [])]

    def runbook_queries(self):
        blocks = re.findall(r"^```promql\n(.*?)^```", self.runbook.read_text(), flags=re.M | re.S)
        return [line for block in blocks for line in block.splitlines()]

    def expressions(self):
        """All of PromQL that there is: what alerts ask, without their texts for people, and the queries."""
        rules = [re.sub(r"annotations:.*", "", text, flags=re.S) for texts in self.alerts().values() for text in texts]
        return rules + self.dashboard_queries() + self.runbook_queries()
