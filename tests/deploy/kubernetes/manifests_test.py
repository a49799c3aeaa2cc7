"""Goal: a cluster takes the manifests of gateway/deploy/kubernetes, and what they say of the gateway is true of it.

Method: Kubernetes' own schemas, strict, of the oldest version that docs/operating/kubernetes.md names and of the
newest; comparisons of the manifests with each other and with gateway.yaml; and the gateway itself, as the pod starts
it.

usage: manifests_test.py SOURCES GATEWAY VERSION
"""
import copy
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import kubernetes_validate
import yaml

from gateway_run import GatewayRun
from manifests import OTHERS, Manifests, seconds, size

SOURCES, GATEWAY, VERSION = Path(sys.argv[1]), *sys.argv[2:4]
FOLDER = SOURCES / "gateway/deploy/kubernetes"
PAGE = SOURCES / "docs/operating/kubernetes.md"
OLDEST = "1.27"
POD_HOST = "10.1.2.3:9464"  # as the kubelet and Prometheus ask


def validate(resource):
    for version in (OLDEST, kubernetes_validate.latest_version()):
        kubernetes_validate.validate(resource, version, strict=True)


class TheCluster(unittest.TestCase):
    def setUp(self):
        self.manifests = Manifests(FOLDER)

    def test_takes_each_manifest(self):
        for name, resource in self.manifests.resources.items():
            with self.subTest(file=name):
                validate(resource)

    def test_is_at_least_of_the_version_that_the_page_names(self):
        self.assertIn(f"Kubernetes {OLDEST} or newer", PAGE.read_text())

    def test_would_refuse_a_misspelt_field(self):
        deployment = copy.deepcopy(self.manifests.kind("Deployment"))
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        container["readynessProbe"] = container.pop("readinessProbe")
        with self.assertRaisesRegex(kubernetes_validate.ValidationError, "readynessProbe"):
            validate(deployment)
        for name, resource in self.manifests.resources.items():
            if "spec" not in resource:
                continue
            with self.subTest(file=name), self.assertRaisesRegex(kubernetes_validate.ValidationError, "sellector"):
                validate(resource | {"spec": resource["spec"] | {"sellector": {}}})

    def test_is_given_each_file(self):
        kustomization = self.manifests.kustomization
        generated, = kustomization["configMapGenerator"]
        self.assertEqual(set(kustomization["resources"]), set(self.manifests.resources))
        self.assertEqual(generated["files"], ["gateway.yaml"])
        self.assertEqual(set(self.manifests.files), set(self.manifests.resources) | OTHERS)
        for name in self.manifests.files:
            self.assertIn(f"`{name}`", PAGE.read_text())

    @unittest.skipUnless(shutil.which("kubectl"), "kubectl is not here")
    def test_gets_from_kubectl_what_is_valid_and_fits_together(self):
        rendered = subprocess.run(["kubectl", "kustomize", FOLDER], check=True, capture_output=True, text=True).stdout
        resources = list(yaml.safe_load_all(rendered))
        for resource in resources:
            validate(resource)
            if resource["kind"] != "Namespace":
                self.assertEqual(resource["metadata"]["namespace"], "penstock")
        by_kind = {resource["kind"]: resource for resource in resources}
        pod = by_kind["Deployment"]["spec"]["template"]["spec"]
        mounted = [volume["configMap"]["name"] for volume in pod["volumes"] if "configMap" in volume]
        self.assertEqual(mounted, [by_kind["ConfigMap"]["metadata"]["name"]])
        self.assertEqual(by_kind["ConfigMap"]["data"], {"gateway.yaml": (FOLDER / "gateway.yaml").read_text()})
        image, = self.manifests.kustomization["images"]
        self.assertEqual(pod["containers"][0]["image"], f"{image['newName']}:{image['newTag']}")

    def test_runs_the_version_that_is_built(self):
        image, = self.manifests.kustomization["images"]
        self.assertEqual(image["newTag"], VERSION)
        for file in (PAGE, FOLDER.parent / "Dockerfile"):
            self.assertIn(f"docker build -f gateway/deploy/Dockerfile -t {image['newName']}:{VERSION} .",
                          file.read_text())


class TheManifests(unittest.TestCase):
    def setUp(self):
        self.manifests = Manifests(FOLDER)
        self.settings = self.manifests.settings

    def test_select_the_pods_of_the_deployment(self):
        labels = self.manifests.pod["metadata"]["labels"]
        selectors = [self.manifests.kind("Service")["spec"]["selector"],
                     self.manifests.kind("NetworkPolicy")["spec"]["podSelector"]["matchLabels"]]
        for kind in ("Deployment", "PodDisruptionBudget"):
            selectors.append(self.manifests.kind(kind)["spec"]["selector"]["matchLabels"])
        for constraint in self.manifests.pod["spec"]["topologySpreadConstraints"]:
            selectors.append(constraint["labelSelector"]["matchLabels"])
        for selector in selectors:
            self.assertEqual(selector, labels)
        target = self.manifests.kind("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
        self.assertEqual(target["name"], self.manifests.kind("Deployment")["metadata"]["name"])

    def test_lead_to_the_ports_that_the_gateway_listens_on(self):
        listen, admin = self.settings["listen"]["port"], self.settings["admin"]["port"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            self.assertEqual(self.manifests.port(self.manifests.container[probe]["httpGet"]["port"]), admin)
        self.assertEqual(int(self.manifests.pod["metadata"]["annotations"]["prometheus.io/port"]), admin)
        service, = self.manifests.kind("Service")["spec"]["ports"]
        self.assertEqual(self.manifests.port(service["targetPort"]), listen)
        events, monitoring = self.manifests.kind("NetworkPolicy")["spec"]["ingress"]
        self.assertEqual([self.manifests.port(each["port"]) for each in events["ports"]], [listen])
        self.assertEqual([self.manifests.port(each["port"]) for each in monitoring["ports"]], [admin])
        self.assertTrue(monitoring["from"])

    def test_give_the_gateway_the_time_to_drain(self):
        drain = self.settings["drain"]
        self.assertGreater(self.manifests.pod["spec"]["terminationGracePeriodSeconds"],
                           seconds(drain["delay"]) + seconds(drain["timeout"]))

    def test_give_the_gateway_the_memory_and_the_cores_that_it_is_told_to_take(self):
        resources = self.manifests.container["resources"]
        limit, most = size(resources["limits"]["memory"]), size(self.settings["memory_max"])
        self.assertGreaterEqual(limit, most * 1.1)
        self.assertLessEqual(limit, most * 1.25)
        self.assertEqual(resources["requests"]["memory"], resources["limits"]["memory"])
        self.assertEqual(int(resources["requests"]["cpu"]), self.settings["threads"])

    def test_keep_two_gateways_while_nodes_are_drained(self):
        least = self.manifests.kind("HorizontalPodAutoscaler")["spec"]["minReplicas"]
        self.assertGreaterEqual(least - self.manifests.kind("PodDisruptionBudget")["spec"]["maxUnavailable"], 2)
        self.assertNotIn("replicas", self.manifests.kind("Deployment")["spec"])  # the autoscaler's alone

    def test_scale_on_the_metric_that_the_adapter_shows(self):
        rule, = self.manifests.files["prometheus-adapter.yaml"]["rules"]["custom"]
        self.assertEqual(rule["name"]["as"], self.manifests.scaling_metric())
        self.assertTrue(rule["seriesQuery"].startswith(self.manifests.scaling_metric() + "{"))

    def test_mount_the_files_that_the_settings_and_the_arguments_name(self):
        mounts = {mount["name"]: Path(mount["mountPath"]) for mount in self.manifests.container["volumeMounts"]}
        tls = self.settings["listen"]["tls"]
        self.assertEqual(Path(tls["certificate"]), mounts["tls"] / "tls.crt")
        self.assertEqual(Path(tls["private_key"]), mounts["tls"] / "tls.key")
        self.assertEqual(self.manifests.container["args"], ["--config", str(mounts["config"] / "gateway.yaml")])

    def test_ask_for_the_secrets_that_the_page_makes(self):
        volumes = {volume["name"]: volume for volume in self.manifests.pod["spec"]["volumes"]}
        page = PAGE.read_text()
        self.assertIn(f"create secret tls {volumes['tls']['secret']['secretName']} ", page)
        references = [each["valueFrom"]["secretKeyRef"] for each in self.manifests.container["env"]
                      if "valueFrom" in each]
        self.assertTrue(references)
        for reference in references:
            self.assertIn(f"create secret generic {reference['name']} ", page)
            self.assertIn(f"--from-literal={reference['key']}=", page)

    def test_keep_no_right_that_the_namespace_forbids(self):
        enforced = self.manifests.kind("Namespace")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        self.assertEqual(enforced, "restricted")
        pod, container = self.manifests.pod["spec"]["securityContext"], self.manifests.container["securityContext"]
        self.assertTrue(pod["runAsNonRoot"])
        self.assertEqual(pod["seccompProfile"], {"type": "RuntimeDefault"})
        self.assertFalse(container["allowPrivilegeEscalation"])
        self.assertEqual(container["capabilities"], {"drop": ["ALL"]})
        self.assertTrue(container["readOnlyRootFilesystem"])


class TheGateway(unittest.TestCase):
    def setUp(self):
        self.manifests = Manifests(FOLDER)
        self.run_of_gateway = GatewayRun(GATEWAY, self.manifests)
        self.addCleanup(self.run_of_gateway.folder.cleanup)

    def test_takes_the_settings_without_a_word(self):
        done = self.run_of_gateway.check()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(done.stdout.splitlines(), [f"{FOLDER / 'gateway.yaml'}: ok"])

    def test_does_not_start_without_a_digest_of_the_secret(self):
        done = self.run_of_gateway.check(without=["DESKTOP_APP_DIGEST"])
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("DESKTOP_APP_DIGEST", done.stdout)

    def test_answers_the_probes_and_prometheus_by_the_address_of_a_pod(self):
        with self.run_of_gateway as gateway:
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                path = self.manifests.container[probe]["httpGet"]["path"]
                self.assertTrue(gateway.answers_200(path, POD_HOST), path)
            self.assertNotEqual(gateway.get("/metrics", "gateway.example.com")[0], 200)
            status, metrics = gateway.get("/metrics", POD_HOST)
        self.assertEqual(status, 200)
        scaling = re.findall(rf"^{self.manifests.scaling_metric()} (\S+)$", metrics, flags=re.M)
        self.assertEqual(len(scaling), 1, f"/metrics has no {self.manifests.scaling_metric()}")
        self.assertTrue(0 <= float(scaling[0]) <= 1, scaling)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
