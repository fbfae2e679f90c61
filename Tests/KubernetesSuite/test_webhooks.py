"""Admission webhooks: a server of the suite's own, asked by the API server over HTTPS."""

import base64
import datetime
import http.server
import ipaddress
import json
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from cluster import config_map, eventually, unique
from test_client import refusal


def serving_certificate(host, directory):
    """A self-signed certificate for one address, as PEM; returns the path of certificate and key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "suite")])
    try:
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5)).not_valid_after(now + datetime.timedelta(hours=2))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    path = directory / "webhook.pem"
    path.write_bytes(pem + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    path.chmod(0o600)
    return path, pem


class Webhook:
    """Answers reviews with what `decide` returns: (allowed, message, JSON patch, warnings)."""

    def __init__(self, host, directory):
        path, self.pem = serving_certificate(host, directory)
        self.reviews = []
        self.decide = lambda request: (True, "", None, [])
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.reviews.append(review["request"])
                allowed, message, patch, warnings = hook.decide(review["request"])
                response = {"uid": review["request"]["uid"], "allowed": allowed, "warnings": warnings}
                if message:
                    response["status"] = {"message": message, "code": 403}
                if patch:
                    response["patchType"] = "JSONPatch"
                    response["patch"] = base64.b64encode(json.dumps(patch).encode()).decode()
                body = json.dumps({"apiVersion": review["apiVersion"], "kind": "AdmissionReview",
                                   "response": response}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://{host}:{self.server.server_port}/review"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def entry(self, namespace, **more):
        return {
            "name": "check.nullius-suite.example.com",
            "clientConfig": {"url": self.url, "caBundle": base64.b64encode(self.pem).decode()},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE", "DELETE"],
                       "resources": ["configmaps"]}],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "timeoutSeconds": 5,
            **more,
        }


@pytest.fixture
def webhook(webhook_host, tmp_path):
    hook = Webhook(webhook_host, tmp_path)
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.fixture
def register(api):
    admission = client.AdmissionregistrationV1Api(api)
    made = []

    def register(kind, entry):
        name = unique("hook")
        create = getattr(admission, f"create_{kind}_webhook_configuration")
        created = create({"metadata": {"name": name}, "webhooks": [entry]})
        made.append((kind, name))
        return created

    yield register
    for kind, name in made:
        getattr(admission, f"delete_{kind}_webhook_configuration")(name)


def asked(core, namespace, webhook):
    """Waits until the configuration is in force; what the probes asked is forgotten."""

    def probe():
        core.create_namespaced_config_map(namespace, {"metadata": {"generateName": "probe-"}}, dry_run="All")
        return webhook.reviews

    eventually(probe, what="a question to the webhook")
    webhook.reviews.clear()


def test_a_mutating_webhook_changes_what_is_stored(core, namespace, webhook, register):
    created = register("mutating", webhook.entry(namespace))
    entry = created.webhooks[0]
    assert (entry.failure_policy, entry.match_policy, entry.reinvocation_policy) == ("Fail", "Equivalent", "Never")
    asked(core, namespace, webhook)
    webhook.decide = lambda request: (
        True, "", [{"op": "add", "path": "/data", "value": {"by": request["userInfo"]["username"]}}], [])
    made = core.create_namespaced_config_map(namespace, config_map("c"))
    review = webhook.reviews[-1]
    assert made.data == {"by": review["userInfo"]["username"]}
    assert review["operation"] == "CREATE" and review["kind"] == {"group": "", "version": "v1", "kind": "ConfigMap"}
    assert review["resource"]["resource"] == "configmaps" and review["namespace"] == namespace
    assert review["object"]["metadata"]["name"] == "c" and review["oldObject"] is None


def test_a_validating_webhook_refuses_and_warns(core, namespace, webhook, register, kubectl):
    register("validating", webhook.entry(namespace))
    asked(core, namespace, webhook)
    webhook.decide = lambda request: (False, "not on my watch", None, ["think again"])
    error = refusal(403, core.create_namespaced_config_map, namespace, config_map("c"))
    assert ('admission webhook \\"check.nullius-suite.example.com\\" denied the request: not on my watch'
            in error.body)
    done = kubectl.run("create", "configmap", "c")
    assert "Warning: think again" in done.stderr
    webhook.decide = lambda request: (True, "", None, [])
    core.create_namespaced_config_map(namespace, config_map("c"))
    # A refusal without a status is a 400, whatever was refused.
    webhook.decide = lambda request: (request["operation"] != "DELETE", "", None, [])
    core.patch_namespaced_config_map("c", namespace, {"data": {"a": "1"}})
    update = webhook.reviews[-1]
    assert update["operation"] == "UPDATE" and update["oldObject"]["metadata"]["name"] == "c"
    refusal(400, core.delete_namespaced_config_map, "c", namespace)


def test_selectors_of_a_webhook(core, namespace, webhook, register):
    register("validating", webhook.entry(namespace, objectSelector={"matchLabels": {"check": "me"}}))

    def probe():
        core.create_namespaced_config_map(
            namespace, {"metadata": {"generateName": "p-", "labels": {"check": "me"}}}, dry_run="All")
        return webhook.reviews

    eventually(probe)
    webhook.reviews.clear()
    core.create_namespaced_config_map(namespace, config_map("a"))
    core.create_namespaced_config_map(namespace, config_map("b", labels={"check": "me"}))
    assert [r["name"] for r in webhook.reviews] == ["b"]
    core.create_namespaced_secret(namespace, {"metadata": {"name": "s", "labels": {"check": "me"}}})
    assert len(webhook.reviews) == 1


@pytest.mark.parametrize("policy, code", [("Fail", 500), ("Ignore", None)])
def test_a_webhook_that_cannot_be_reached(core, namespace, webhook, register, policy, code):
    register("validating", webhook.entry(namespace, failurePolicy=policy))
    asked(core, namespace, webhook)
    webhook.server.shutdown()
    webhook.server.server_close()
    if code is None:
        core.create_namespaced_config_map(namespace, config_map("c"))
        return
    error = refusal(code, core.create_namespaced_config_map, namespace, config_map("c"))
    assert "failed calling webhook" in error.body


def test_a_webhook_with_a_certificate_of_somebody_else(core, namespace, webhook, register, tmp_path):
    register("validating", webhook.entry(namespace))
    asked(core, namespace, webhook)
    other = tmp_path / "other"
    other.mkdir()
    _, pem = serving_certificate("127.0.0.1", other)
    entry = webhook.entry(namespace, name="other.nullius-suite.example.com")
    entry["clientConfig"]["caBundle"] = base64.b64encode(pem).decode()
    register("validating", entry)

    def refused():
        try:
            core.create_namespaced_config_map(namespace, {"metadata": {"generateName": "c-"}}, dry_run="All")
        except ApiException as error:
            return error.status == 500 and "other.nullius-suite.example.com" in error.body
        return False

    eventually(refused, what="the refusal of a certificate that the bundle does not vouch for")


def test_a_webhook_with_side_effects_is_not_asked_for_dry_runs(core, namespace, webhook, register):
    entry = webhook.entry(namespace, sideEffects="NoneOnDryRun")
    register("validating", entry)
    asked(core, namespace, webhook)
    assert core.create_namespaced_config_map(namespace, config_map("c"), dry_run="All")
    assert webhook.reviews[-1]["dryRun"] is True
