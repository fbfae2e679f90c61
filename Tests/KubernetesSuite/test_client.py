"""PyPI's kubernetes client: typed, dynamic, watch, leader election."""

import threading
import time
import uuid

import pytest
from kubernetes import client, dynamic, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock

from cluster import config_map, deployment, eventually, pod, unique


def refusal(code, call, *arguments, **named):
    with pytest.raises(ApiException) as caught:
        call(*arguments, **named)
    assert caught.value.status == code, caught.value
    return caught.value


def test_typed_round_trip(api, namespace):
    apps = client.AppsV1Api(api)
    created = apps.create_namespaced_deployment(namespace, deployment("web"))
    assert isinstance(created, client.V1Deployment) and created.spec.replicas == 1
    created.spec.replicas = 2
    replaced = apps.replace_namespaced_deployment("web", namespace, created)
    assert replaced.spec.replicas == 2 and replaced.metadata.generation == 2
    assert replaced.metadata.creation_timestamp == created.metadata.creation_timestamp
    scale = apps.read_namespaced_deployment_scale("web", namespace)
    scale.spec.replicas = 5
    assert apps.replace_namespaced_deployment_scale("web", namespace, scale).spec.replicas == 5
    status = apps.delete_namespaced_deployment("web", namespace)
    # Versions of the client differ in whether they make a Status of it.
    assert (status["status"] if isinstance(status, dict) else status.status) == "Success"
    refusal(404, apps.read_namespaced_deployment, "web", namespace)


def test_typed_objects_of_many_kinds(api, namespace):
    networking = client.NetworkingV1Api(api)
    policy = networking.create_namespaced_network_policy(namespace, client.V1NetworkPolicy(
        metadata=client.V1ObjectMeta(name="deny"),
        spec=client.V1NetworkPolicySpec(pod_selector=client.V1LabelSelector())))
    assert policy.spec.policy_types == ["Ingress"]
    disruption = client.PolicyV1Api(api).create_namespaced_pod_disruption_budget(
        namespace, client.V1PodDisruptionBudget(
            metadata=client.V1ObjectMeta(name="b"),
            spec=client.V1PodDisruptionBudgetSpec(
                min_available=1, selector=client.V1LabelSelector(match_labels={"app": "a"}))))
    assert disruption.spec.min_available == 1
    slice = client.DiscoveryV1Api(api).create_namespaced_endpoint_slice(namespace, client.V1EndpointSlice(
        metadata=client.V1ObjectMeta(generate_name="web-", labels={"kubernetes.io/service-name": "web"}),
        address_type="IPv4", endpoints=[client.V1Endpoint(addresses=["10.0.0.1"])],
        ports=[client.DiscoveryV1EndpointPort(name="http", port=80, protocol="TCP")]))
    assert slice.metadata.name.startswith("web-") and len(slice.metadata.name) == 9
    secret = client.CoreV1Api(api).create_namespaced_secret(
        namespace, client.V1Secret(metadata=client.V1ObjectMeta(name="s"), string_data={"a": "b"}))
    assert secret.data == {"a": "Yg=="} and secret.type == "Opaque" and not secret.string_data


def test_dynamic_client(api, namespace):
    client_ = dynamic.DynamicClient(api)
    maps = client_.resources.get(api_version="v1", kind="ConfigMap")
    created = maps.create(body=config_map("c", {"a": "1"}), namespace=namespace)
    assert created.metadata.uid
    patched = maps.patch(body={"data": {"b": "2"}}, name="c", namespace=namespace,
                         content_type="application/merge-patch+json")
    assert dict(patched.data) == {"a": "1", "b": "2"}
    applied = maps.server_side_apply(body=config_map("c", {"c": "3"}), name="c", namespace=namespace,
                                     field_manager="suite", force_conflicts=True)
    assert dict(applied.data) == {"a": "1", "b": "2", "c": "3"}
    names = [m.metadata.name for m in maps.get(namespace=namespace).items]
    assert "c" in names
    maps.delete(name="c", namespace=namespace)
    with pytest.raises(dynamic.exceptions.NotFoundError):
        maps.get(name="c", namespace=namespace)


def test_watch_from_a_list(core, namespace):
    core.create_namespaced_config_map(namespace, config_map("a"))
    version = core.list_namespaced_config_map(namespace).metadata.resource_version
    core.create_namespaced_config_map(namespace, config_map("b", {"x": "1"}))
    core.patch_namespaced_config_map("b", namespace, {"data": {"x": "2"}})
    core.delete_namespaced_config_map("b", namespace)
    seen = []
    for event in watch.Watch().stream(core.list_namespaced_config_map, namespace,
                                      resource_version=version, timeout_seconds=20):
        if event["object"].metadata.name == "b":
            seen.append((event["type"], (event["object"].data or {}).get("x")))
        if len(seen) == 3:
            break
    assert seen == [("ADDED", "1"), ("MODIFIED", "2"), ("DELETED", "2")]


def test_watch_ends_after_its_time(core, namespace):
    started = time.monotonic()
    events = list(watch.Watch().stream(core.list_namespaced_secret, namespace, timeout_seconds=2))
    assert time.monotonic() - started < 30 and events == []


def test_watch_selects_and_turns_modified_into_added_and_deleted(core, namespace):
    version = core.list_namespaced_config_map(namespace).metadata.resource_version
    core.create_namespaced_config_map(namespace, config_map("a"))
    for label in ["yes", "no", "yes"]:
        core.patch_namespaced_config_map("a", namespace, {"metadata": {"labels": {"pick": label}}})
    core.delete_namespaced_config_map("a", namespace)
    types = []
    for event in watch.Watch().stream(core.list_namespaced_config_map, namespace, label_selector="pick=yes",
                                      resource_version=version, timeout_seconds=20):
        types.append(event["type"])
        if len(types) == 4:
            break
    assert types == ["ADDED", "DELETED", "ADDED", "DELETED"]


def test_optimistic_concurrency(core, namespace):
    first = core.create_namespaced_config_map(namespace, config_map("c"))
    core.patch_namespaced_config_map("c", namespace, {"data": {"a": "1"}})
    first.data = {"a": "2"}
    error = refusal(409, core.replace_namespaced_config_map, "c", namespace, first)
    assert '"reason":"Conflict"' in error.body.replace(" ", "")
    refusal(409, core.patch_namespaced_config_map, "c", namespace,
            {"metadata": {"resourceVersion": first.metadata.resource_version}, "data": {"a": "3"}})
    refusal(409, core.delete_namespaced_config_map, "c", namespace,
            body=client.V1DeleteOptions(preconditions=client.V1Preconditions(uid=str(uuid.uuid4()))))


def test_a_hundred_writers_lose_no_update(core, namespace):
    core.create_namespaced_config_map(namespace, config_map("counter", {"n": "0"}))

    def work():
        for _ in range(5):
            while True:
                current = core.read_namespaced_config_map("counter", namespace)
                current.data["n"] = str(int(current.data["n"]) + 1)
                try:
                    core.replace_namespaced_config_map("counter", namespace, current)
                    break
                except ApiException as error:
                    assert error.status == 409, error

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert core.read_namespaced_config_map("counter", namespace).data["n"] == "50"


def test_leader_election(api, namespace):
    """Two candidates with the client's own election; the second leads when the first stops renewing."""
    from kubernetes import config as kube_config  # the lock makes its client from the default configuration

    client.Configuration.set_default(api.configuration)
    led = []

    def candidate(name, stop):
        def started():
            led.append(name)
            if stop:
                raise SystemExit

        election = electionconfig.Config(
            ConfigMapLock("lock", namespace, name), lease_duration=3, renew_deadline=2, retry_period=1,
            onstarted_leading=started, onstopped_leading=lambda: None)
        return leaderelection.LeaderElection(election)

    first = candidate("first", False)
    assert first.acquire()
    second = candidate("second", False)
    # The lease is fresh as far as the second can tell; it must not lead before it saw it unrenewed for its duration.
    assert not second.try_acquire_or_renew()
    eventually(second.try_acquire_or_renew, timeout=20, what="the second candidate's lead")
    record = second.election_config.lock.get("lock", namespace)[1]
    assert record.holder_identity == "second"


def test_leases(api, namespace):
    coordination = client.CoordinationV1Api(api)
    lease = coordination.create_namespaced_lease(namespace, {
        "metadata": {"name": "leader"},
        "spec": {"holderIdentity": "a", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.123456Z"}})
    assert lease.spec.renew_time.microsecond == 123456
    lease.spec.holder_identity = "b"
    assert coordination.replace_namespaced_lease("leader", namespace, lease).spec.holder_identity == "b"
    refusal(409, coordination.replace_namespaced_lease, "leader", namespace, lease)


def test_token_review(api, core, namespace):
    core.create_namespaced_service_account(namespace, {"metadata": {"name": "robot"}})
    core.create_namespaced_pod(namespace, pod("one", serviceAccountName="robot"))
    token = core.create_namespaced_service_account_token(
        "robot", namespace, client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(
            audiences=["nullius"], expiration_seconds=600,
            bound_object_ref=client.V1BoundObjectReference(api_version="v1", kind="Pod", name="one")))).status.token
    authentication = client.AuthenticationV1Api(api)

    def review(audiences=None):
        return authentication.create_token_review(
            client.V1TokenReview(spec=client.V1TokenReviewSpec(token=token, audiences=audiences))).status

    good = review(["nullius"])
    assert good.authenticated and good.user.username == f"system:serviceaccount:{namespace}:robot"
    assert good.audiences == ["nullius"]
    assert good.user.extra["authentication.kubernetes.io/pod-name"] == ["one"]
    # Meant for somebody else.
    assert not review(["other"]).authenticated
    assert not review().authenticated
    core.delete_namespaced_pod("one", namespace, grace_period_seconds=0)
    eventually(lambda: not review(["nullius"]).authenticated, timeout=90, what="the refusal of a deleted pod's token")


def test_subject_access_review(api, namespace):
    authorization = client.AuthorizationV1Api(api)
    rbac = client.RbacAuthorizationV1Api(api)
    rbac.create_namespaced_role(namespace, {
        "metadata": {"name": "r"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]})
    rbac.create_namespaced_role_binding(namespace, {
        "metadata": {"name": "b"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
        "subjects": [{"kind": "User", "name": "ann", "apiGroup": "rbac.authorization.k8s.io"}]})

    def allowed(verb, where=namespace, user="ann"):
        return authorization.create_subject_access_review(client.V1SubjectAccessReview(
            spec=client.V1SubjectAccessReviewSpec(user=user, resource_attributes=client.V1ResourceAttributes(
                verb=verb, resource="pods", namespace=where)))).status

    eventually(lambda: allowed("get").allowed, timeout=10)
    assert "RBAC: allowed by RoleBinding" in allowed("get").reason
    assert not allowed("delete").allowed and not allowed("get", "default").allowed
    assert not allowed("get", user="bob").allowed


def test_anonymous_callers_get_nothing(api, namespace):
    configuration = client.Configuration()
    configuration.host = api.configuration.host
    configuration.ssl_ca_cert = api.configuration.ssl_ca_cert
    anonymous = client.CoreV1Api(client.ApiClient(configuration))
    with pytest.raises(ApiException) as caught:
        anonymous.list_namespaced_secret(namespace)
    assert caught.value.status in (401, 403)
    configuration.api_key = {"authorization": "Bearer nonsense"}
    refusal(401, client.CoreV1Api(client.ApiClient(configuration)).list_namespaced_secret, namespace)
