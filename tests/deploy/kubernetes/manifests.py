"""The files of gateway/deploy/kubernetes, read; and their units."""
from pathlib import Path

import yaml

# What is not a resource of the cluster.
OTHERS = {"kustomization.yaml", "gateway.yaml", "prometheus-adapter.yaml"}


class Manifests:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.files = {file.name: yaml.safe_load(file.read_text()) for file in sorted(self.folder.iterdir())}
        self.resources = {name: content for name, content in self.files.items() if name not in OTHERS}
        self.kustomization = self.files["kustomization.yaml"]
        self.settings = self.files["gateway.yaml"]
        self.pod = self.kind("Deployment")["spec"]["template"]
        self.container, = self.pod["spec"]["containers"]

    def kind(self, kind):
        found, = [resource for resource in self.resources.values() if resource["kind"] == kind]
        return found

    def scaling_metric(self):
        metric, = self.kind("HorizontalPodAutoscaler")["spec"]["metrics"]
        return metric["pods"]["metric"]["name"]

    def port(self, port):
        """The number of a port of the container, by its name or its number."""
        named = {each["name"]: each["containerPort"] for each in self.container["ports"]}
        return port if port in named.values() else named[port]


def quantity(text, units):
    """The number before the longest unit that `text` ends with, times that unit."""
    unit = max((each for each in units if text.endswith(each)), key=len)
    return float(text[:-len(unit)]) * units[unit]


def seconds(text):
    return quantity(text, {"ms": 0.001, "s": 1, "m": 60, "h": 3600})


def size(text):
    """Of the gateway (1GiB) or of Kubernetes (1Gi)."""
    return quantity(text.removesuffix("B"), {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30})
