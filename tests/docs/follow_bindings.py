"""Goal: who follows the README of a binding to the letter, in an empty folder, has an event in Kafka.

Method: the blocks of its sections "Install" and "A first event" are saved and run as the page says, with a real
gateway; then the event is looked for. The packages have been built by scripts/bindings.

follow_bindings.py <sources> <build folder> <work folder> <language>...
"""
import hashlib
import os
import pathlib
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

PLACE = "https://127.0.0.1:8443"  # of the gateway, on the pages


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gateway:
    """With its own Kafka, in memory, and a certificate in `folder`."""

    def __init__(self, build, folder):
        self.build, self.write_key = build, "pk_docs_" + secrets.token_hex(16)
        self.certificate = folder / "server.crt"
        self.port, self.admin_port = free_port(), free_port()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=try", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", folder / "server.key", "-out", self.certificate], check=True, capture_output=True)
        digest = hashlib.sha256(self.write_key.encode()).hexdigest()
        (folder / "gateway.yaml").write_text(f"""
listen: {{address: 127.0.0.1, port: {self.port}, tls: {{certificate: {self.certificate}, private_key: {folder}/server.key}}}}
admin: {{port: {self.admin_port}}}
project: try
keys: [{{id: try, digest: "sha256:{digest}"}}]
drain: {{delay: 0s}}
""")
        self.log = open(folder / "gateway.log", "w")
        self.process = subprocess.Popen([build / "gateway/src/penstock-gateway", "--config", folder / "gateway.yaml"],
                                        stderr=self.log)
        self.wait_until_ready(folder)

    def wait_until_ready(self, folder):
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}/readyz", timeout=5).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        sys.exit((folder / "gateway.log").read_text())

    def clicks(self):
        shown = subprocess.run(
            [self.build / "tools/penstockctl/penstockctl", "tail", "--admin", f"http://127.0.0.1:{self.admin_port}",
             "--from-beginning", "--idle-exit", "1"], check=True, capture_output=True, text=True).stdout
        return len(re.findall(r"Click .*approval-screen .*element=approve-button itemsSelected=3", shown))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def section(page, title):
    found = re.search(rf"^## {title}\n(.*?)(?=^## )", page, re.DOTALL | re.MULTILINE)
    if not found:
        sys.exit(f'the page has no section "{title}"')
    return found[1]


def follow(text, folder, environment, replaced):
    """Saves each block that the text names a file for, and runs those of the shell."""
    for said, language, block in re.findall(r"([^`]*(?:`[^`\n]+`[^`]*)*)```(\w+)\n(.*?)```", text, re.DOTALL):
        for before, after in replaced.items():
            block = block.replace(before, after)
        if language == "sh":
            subprocess.run(["bash", "-euxc", block], cwd=folder, env=environment, check=True)
        elif named := re.search(r"as `([\w.]+)`", said):
            (folder / named[1]).write_text(block)
        else:
            sys.exit(f"no file is named for a block of {language}")


def prepare(language, folder):
    """What a reader has before: for Python, an environment."""
    path = os.environ["PATH"]
    if language == "python":
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        path = f"{folder / 'venv/bin'}:{path}"
    return path


sources, build, work = (pathlib.Path(each).resolve() for each in sys.argv[1:4])
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
gateway = Gateway(build, work)
try:
    for count, language in enumerate(sys.argv[4:], start=1):
        folder = work / language
        folder.mkdir()
        shutil.copy(gateway.certificate, folder)
        page = (sources / "bindings" / language / "README.md").read_text()
        environment = {**os.environ, "PATH": prepare(language, folder), "WRITE_KEY": gateway.write_key}
        replaced = {
            "~/penstock/scripts/bindings": "true",  # it is what calls this
            "~/penstock": str(sources),
            "$HOME/penstock": str(sources),
            PLACE: f"https://127.0.0.1:{gateway.port}",
        }
        follow(section(page, "Install"), folder, environment, replaced)
        follow(section(page, "A first event"), folder, environment, replaced)
        if gateway.clicks() != count:
            sys.exit(f"{language}: the event of the page is not in Kafka")
        print(f"{language}: its README leads to an event in Kafka", flush=True)
finally:
    gateway.stop()
