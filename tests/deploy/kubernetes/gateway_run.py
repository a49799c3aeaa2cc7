"""The gateway of the build, with the settings of the manifests and the environment of their pod."""
import http.client
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

DIGEST = "sha256:" + "7d" * 32


def make_certificate(folder):
    """What the Secret of type kubernetes.io/tls holds: tls.crt and tls.key."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", folder / "tls.key", "-out", folder / "tls.crt"], check=True, capture_output=True)
    (folder / "tls.key").chmod(0o440)


class GatewayRun:
    """Runs it as the pod would, but for what a test may not have: /etc/penstock, and fixed ports."""

    def __init__(self, program, manifests):
        self.program = program
        self.settings = manifests.folder / "gateway.yaml"
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        make_certificate(folder)
        tls = manifests.settings["listen"]["tls"]
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PENSTOCK_")}
        self.environment |= {each["name"]: each.get("value", DIGEST) for each in manifests.container["env"]}
        self.environment |= {"PENSTOCK_LISTEN_TLS_CERTIFICATE": str(folder / Path(tls["certificate"]).name),
                             "PENSTOCK_LISTEN_TLS_PRIVATE_KEY": str(folder / Path(tls["private_key"]).name)}

    def check(self, without=()):
        """Runs --check; `without` these variables."""
        environment = {name: value for name, value in self.environment.items() if name not in without}
        return subprocess.run([self.program, "--check", "--config", self.settings], env=environment, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __enter__(self):
        """Starts it on free ports of the loopback network, with the embedded Kafka."""
        changed = {"PENSTOCK_LISTEN_ADDRESS": "127.0.0.1", "PENSTOCK_ADMIN_ADDRESS": "127.0.0.1",
                   "PENSTOCK_LISTEN_PORT": "0", "PENSTOCK_ADMIN_PORT": "0", "PENSTOCK_KAFKA_BROKERS": "",
                   "PENSTOCK_DRAIN_DELAY": "0s"}
        self.process = subprocess.Popen([self.program, "--config", self.settings], env=self.environment | changed,
                                        stderr=subprocess.PIPE, text=True)
        self.admin_port = self.port_in_log()
        return self

    def port_in_log(self):
        lines = []
        for line in self.process.stderr:
            lines.append(line)
            if '"message":"admin:' in line:
                return json.loads(line)["port"]
        raise AssertionError("the gateway ended:\n" + "".join(lines))

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=60)

    def get(self, path, host):
        """What the admin listener answers when it is asked as `host`: status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def answers_200(self, path, host, deadline_s=30):
        """Whether it does before the deadline."""
        end = time.monotonic() + deadline_s
        while self.get(path, host)[0] != 200:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True
