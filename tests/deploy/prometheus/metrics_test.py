"""Goal: alerts, dashboard and runbook ask for metrics and labels that a gateway has. A wrong name is no error in
Prometheus: an alert with one never fires.

Method: run a gateway with its embedded Kafka, send what brings each kind of series to life, and read /metrics.

usage: metrics_test.py SOURCES GATEWAY
"""
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from deployment import Deployment

SOURCES, GATEWAY = (Path(argument) for argument in sys.argv[1:3])
KEY = "pk_test_metrics"
ADDED_BY_PROMETHEUS = {"job", "instance"}


class Gateway:
    """A running gateway on free ports."""

    def __init__(self, folder):
        config = folder / "gateway.yaml"
        config.write_text(f"""
listen: {{address: 127.0.0.1, port: 0}}
admin: {{port: 0}}
threads: 2
keys: [{{id: test, digest: "sha256:{hashlib.sha256(KEY.encode()).hexdigest()}"}}]
drain: {{delay: 0s}}
""")
        self.process = subprocess.Popen([GATEWAY, "--config", config], stderr=subprocess.PIPE, text=True)
        self.port = self.logged_port("listening for events")
        self.admin_port = self.logged_port("admin:")

    def logged_port(self, message):
        lines = []
        for line in self.process.stderr:
            lines.append(line)
            if line.startswith("{") and json.loads(line)["message"].startswith(message):
                return json.loads(line)["port"]
        raise AssertionError("the gateway did not start:\n" + "".join(lines))

    def post(self, **headers):
        """An empty text, which is refused whatever the headers say."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/v1/events", b"", headers)
        try:
            urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as refused:
            return refused.code
        raise AssertionError("an empty text was accepted")

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}/metrics", timeout=30) as answer:
            return answer.read().decode()

    def end(self):
        self.process.terminate()
        self.process.stderr.close()
        self.process.wait(timeout=60)


def exposed_labels():
    """Of each metric of a running gateway, the names of its labels."""
    with tempfile.TemporaryDirectory() as folder:
        gateway = Gateway(Path(folder))
        try:
            assert gateway.post() == 401
            gateway.post(Authorization=f"Bearer {KEY}")
            text = gateway.metrics()
        finally:
            gateway.end()
    found = {}
    for name, labels in re.findall(r"^(penstock_\w+)(?:\{(.*)\})? ", text, flags=re.M):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    return found


class MetricsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.expressions = Deployment(SOURCES).expressions()
        cls.exposed = exposed_labels()

    def asked_for(self):
        return {name for text in self.expressions for name in re.findall(r"\bpenstock_\w+", text)}

    def test_each_metric_that_is_asked_for_is_there(self):
        self.assertGreater(len(self.asked_for()), 20)
        self.assertEqual(self.asked_for() - set(self.exposed), set())

    def test_each_label_that_is_asked_for_is_there(self):
        for text in self.expressions:
            for name, selector in re.findall(r"\b(penstock_\w+)\{([^}]*)\}", text):
                with self.subTest(metric=name, selector=selector):
                    labels = set(re.findall(r'(\w+)\s*(?:=|!=|=~|!~)\s*"', selector))
                    self.assertEqual(labels - ADDED_BY_PROMETHEUS - self.exposed.get(name, set()), set())

    def test_each_code_and_reason_that_is_asked_for_is_a_word_of_the_gateway(self):
        folders = (SOURCES / "gateway/src", SOURCES / "sdk/wire")
        sources = "\n".join(file.read_text() for folder in folders for file in sorted(folder.rglob("*.?pp")))
        for text in self.expressions:
            for words in re.findall(r'\b(?:code|reason)\s*(?:=|!=|=~|!~)\s*"([^"]*)"', text):
                for word in words.split("|"):
                    with self.subTest(word=word):
                        self.assertTrue(f'"{word}"' in sources)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
