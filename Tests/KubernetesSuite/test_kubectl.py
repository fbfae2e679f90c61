"""The real kubectl, one verb after the other."""

import json
import re
import signal

import yaml

from cluster import config_map, deployment, eventually, pod


def test_api_resources_lists_names_short_names_and_verbs(admin):
    text = admin("api-resources", "-o", "wide")
    rows = {row.split()[0]: row for row in text.splitlines()[1:]}
    assert re.search(r"\bdeploy\b.*\bapps/v1\b.*\btrue\b.*\bDeployment\b.*create.*watch", rows["deployments"])
    assert re.search(r"\bns\b.*\bv1\b.*\bfalse\b.*\bNamespace\b", rows["namespaces"])
    assert re.search(r"apiextensions.k8s.io/v1\s+false\s+CustomResourceDefinition", rows["customresourcedefinitions"])
    assert "clusterroles" in admin("api-resources", "--api-group=rbac.authorization.k8s.io", "-o", "name")


def test_api_versions(admin):
    versions = admin("api-versions").split()
    for version in ["v1", "apps/v1", "batch/v1", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1",
                    "coordination.k8s.io/v1", "policy/v1", "discovery.k8s.io/v1",
                    "admissionregistration.k8s.io/v1", "apiextensions.k8s.io/v1"]:
        assert version in versions


def test_version_is_1_30_or_newer(admin):
    server = json.loads(admin("version", "-o", "json"))["serverVersion"]
    assert (int(server["major"]), int(server["minor"].rstrip("+"))) >= (1, 30)


def test_apply_creates_configures_and_leaves_alone(kubectl):
    first = kubectl("apply", "-f", "-", input=deployment("web"))
    assert "deployment.apps/web created" in first
    second = kubectl("apply", "-f", "-", input=deployment("web"))
    assert "unchanged" in second
    third = kubectl("apply", "-f", "-", input=deployment("web", replicas=3))
    assert "configured" in third
    assert kubectl.json("get", "deployment", "web")["spec"]["replicas"] == 3


def test_apply_merges_lists_by_key_and_prunes_what_it_applied(kubectl):
    object = deployment("web")
    main = object["spec"]["template"]["spec"]["containers"][0]
    main["env"] = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    kubectl("apply", "-f", "-", input=object)
    # Someone else adds a container and a variable; apply keeps what it did not write.
    kubectl("patch", "deployment", "web", "--patch", json.dumps({"spec": {"template": {"spec": {"containers": [
        {"name": "main", "env": [{"name": "C", "value": "3"}]},
        {"name": "side", "image": "example.com/side:1"},
    ]}}}}))
    main["env"] = [{"name": "A", "value": "one"}]
    kubectl("apply", "-f", "-", input=object)
    containers = kubectl.json("get", "deployment", "web")["spec"]["template"]["spec"]["containers"]
    assert {c["name"] for c in containers} == {"main", "side"}
    env = {e["name"]: e["value"] for c in containers if c["name"] == "main" for e in c["env"]}
    assert env == {"A": "one", "C": "3"}


def test_apply_refuses_fields_that_do_not_exist(kubectl):
    object = deployment("web")
    object["spec"]["replicants"] = 3
    error = kubectl.fails("apply", "-f", "-", input=object)
    assert "unknown field" in error and "spec.replicants" in error
    kubectl("apply", "--validate=ignore", "-f", "-", input=object)
    assert "replicants" not in kubectl.json("get", "deployment", "web")["spec"]


def test_server_side_apply_keeps_books_and_names_conflicts(kubectl):
    kubectl("apply", "--server-side", "--field-manager=ann", "-f", "-", input=deployment("web"))
    managers = {(m["manager"], m["operation"])
                for m in kubectl.json("get", "deployment", "web", "--show-managed-fields")["metadata"]["managedFields"]}
    assert ("ann", "Apply") in managers
    error = kubectl.fails("apply", "--server-side", "--field-manager=bob", "-f", "-",
                          input=deployment("web", replicas=5))
    assert 'conflict with "ann"' in error and ".spec.replicas" in error
    kubectl("apply", "--server-side", "--field-manager=bob", "--force-conflicts", "-f", "-",
            input=deployment("web", replicas=5))
    assert kubectl.json("get", "deployment", "web")["spec"]["replicas"] == 5
    # ann lost the field, so applying without it does not remove it.
    object = deployment("web")
    del object["spec"]["replicas"]
    kubectl("apply", "--server-side", "--field-manager=ann", "-f", "-", input=object)
    assert kubectl.json("get", "deployment", "web")["spec"]["replicas"] == 5


def test_server_side_apply_removes_what_its_manager_gave_up(kubectl):
    kubectl("apply", "--server-side", "-f", "-", input=config_map("c", {"a": "1", "b": "2"}))
    kubectl("apply", "--server-side", "-f", "-", input=config_map("c", {"a": "1"}))
    assert kubectl.json("get", "configmap", "c")["data"] == {"a": "1"}


def test_from_client_side_to_server_side_apply(kubectl):
    kubectl("apply", "-f", "-", input=deployment("web"))
    kubectl("apply", "--server-side", "-f", "-", input=deployment("web", replicas=2))
    assert kubectl.json("get", "deployment", "web")["spec"]["replicas"] == 2


def test_get_prints_the_servers_table(kubectl, pod_account):
    kubectl("apply", "-f", "-", input=deployment("web", replicas=3))
    kubectl("apply", "-f", "-", input=pod("one"))
    assert re.search(r"^NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\nweb\s+0/3\s+\d", kubectl("get", "deploy"))
    assert re.search(r"^NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\none\s+0/1\s+Pending\s+0", kubectl("get", "pods"))
    wide = kubectl("get", "pods", "one", "-o", "wide")
    assert re.search(r"IP\s+NODE\s+NOMINATED NODE\s+READINESS GATES", wide)
    assert "app=one" in kubectl("get", "pod", "one", "--show-labels")
    assert kubectl("get", "pods", "-o", "name").strip() == "pod/one"
    assert kubectl("get", "pods", "-o", "jsonpath={.items[*].spec.containers[*].image}") == "example.com/app:1"
    assert "No resources found" in kubectl.run("get", "jobs").stderr


def test_get_watch_prints_changes_as_they_come(kubectl):
    kubectl("create", "configmap", "c", "--from-literal=a=1")
    watch = kubectl.start("get", "configmaps", "-w", "--output-watch-events", "-o",
                          "custom-columns=NAME:.object.metadata.name,TYPE:.type,A:.object.data.a")
    try:
        seen = []

        def line_with(*words):
            while True:
                line = watch.stdout.readline()
                assert line, f"the watch ended; seen: {seen}"
                seen.append(line)
                if all(word in line for word in words):
                    return line

        line_with("c", "1")
        kubectl("patch", "configmap", "c", "--type=merge", "--patch", '{"data":{"a":"2"}}')
        line_with("c", "2")
        kubectl("create", "configmap", "d")
        line_with("d")
        kubectl("delete", "configmap", "c")
        line_with("c", "DELETED")
    finally:
        watch.send_signal(signal.SIGINT)
        watch.wait(10)
        watch.stdout.close()


def test_describe(kubectl, pod_account):
    kubectl("apply", "-f", "-", input=pod("one"))
    text = kubectl("describe", "pod", "one")
    assert re.search(r"Name:\s+one\n", text) and "example.com/app:1" in text and re.search(r"Status:\s+Pending", text)
    kubectl("apply", "-f", "-", input=deployment("web", replicas=3))
    assert re.search(r"Replicas:\s+3 desired", kubectl("describe", "deployment", "web"))
    kubectl("create", "service", "clusterip", "web", "--tcp=80:8080")
    assert re.search(r"TargetPort:\s+8080/TCP", kubectl("describe", "service", "web"))
    kubectl("create", "secret", "generic", "s", "--from-literal=password=hunter2")
    text = kubectl("describe", "secret", "s")
    assert "7 bytes" in text and "hunter2" not in text


def test_label_and_annotate(kubectl):
    kubectl("create", "configmap", "c")
    kubectl("label", "configmap", "c", "tier=front", "app=web")
    assert "overwrite" in kubectl.fails("label", "configmap", "c", "tier=back")
    kubectl("label", "configmap", "c", "tier=back", "--overwrite")
    kubectl("label", "configmap", "c", "app-")
    assert kubectl.json("get", "configmap", "c")["metadata"]["labels"] == {"tier": "back"}
    kubectl("annotate", "configmap", "c", "note=a b")
    assert kubectl.json("get", "configmap", "c")["metadata"]["annotations"]["note"] == "a b"
    error = kubectl.fails("label", "configmap", "c", "bad=-x-")
    assert "invalid" in error.lower()


def test_selectors(kubectl):
    for name, labels in [("a", "tier=front"), ("b", "tier=back"), ("c", "other=1")]:
        kubectl("create", "configmap", name)
        kubectl("label", "configmap", name, labels)

    def names(*arguments):
        return [n.split("/")[1] for n in kubectl("get", "configmaps", "-o", "name", *arguments).split()
                if n != "configmap/kube-root-ca.crt"]

    assert names("-l", "tier=front") == ["a"]
    assert names("-l", "tier in (front,back)") == ["a", "b"]
    assert names("-l", "tier,tier!=front") == ["b"]
    assert "c" in names("-l", "!tier") and "a" not in names("-l", "!tier")
    assert "c" in names("-l", "tier notin (front,back)")
    assert names("--field-selector", "metadata.name=b") == ["b"]
    assert "is not a known field selector" in kubectl.fails("get", "configmaps", "--field-selector", "spec.nope=1")


def test_patches_of_three_kinds(kubectl):
    kubectl("apply", "-f", "-", input=deployment("web"))
    kubectl("patch", "deployment", "web", "--type=json", "--patch",
            '[{"op":"test","path":"/spec/replicas","value":1},{"op":"replace","path":"/spec/replicas","value":2},'
            '{"op":"add","path":"/metadata/annotations/a~1b","value":"x"}]')
    kubectl("patch", "deployment", "web", "--type=merge", "--patch", '{"metadata":{"labels":{"app":null,"new":"1"}}}')
    kubectl("patch", "deployment", "web", "--type=strategic", "--patch",
            '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"example.com/side:1"}]}}}}')
    object = kubectl.json("get", "deployment", "web")
    assert object["spec"]["replicas"] == 2
    assert object["metadata"]["annotations"]["a/b"] == "x"
    assert object["metadata"]["labels"] == {"new": "1"}
    assert {c["name"] for c in object["spec"]["template"]["spec"]["containers"]} == {"main", "side"}
    kubectl("patch", "deployment", "web", "--patch",
            '{"spec":{"template":{"spec":{"containers":[{"$patch":"delete","name":"side"}]}}}}')
    containers = kubectl.json("get", "deployment", "web")["spec"]["template"]["spec"]["containers"]
    assert [c["name"] for c in containers] == ["main"]
    kubectl.fails("patch", "deployment", "web", "--type=json", "--patch",
                  '[{"op":"test","path":"/spec/replicas","value":9}]')


def test_status_and_scale_subresources(kubectl):
    kubectl("apply", "-f", "-", input=deployment("web", replicas=2))
    kubectl("scale", "deployment", "web", "--replicas=4")
    assert kubectl.json("get", "deployment", "web")["spec"]["replicas"] == 4
    assert "replicas" in kubectl.fails("scale", "deployment", "web", "--replicas=5", "--current-replicas=9")
    kubectl("patch", "deployment", "web", "--subresource=status", "--type=merge", "--patch",
            '{"status":{"readyReplicas":1,"replicas":4},"spec":{"replicas":9}}')
    object = kubectl.json("get", "deployment", "web")
    assert object["status"]["readyReplicas"] == 1 and object["spec"]["replicas"] == 4


def test_wait(kubectl):
    kubectl("apply", "-f", "-", input=deployment("web"))
    kubectl("patch", "deployment", "web", "--subresource=status", "--type=merge", "--patch",
            '{"status":{"conditions":[{"type":"Available","status":"True","reason":"r","message":"m"}]}}')
    kubectl("wait", "--for=condition=Available", "deployment/web", "--timeout=20s")
    kubectl("create", "configmap", "c")
    waiting = kubectl.start("wait", "--for=delete", "configmap/c", "--timeout=30s")
    kubectl("delete", "configmap", "c")
    assert waiting.wait(30) == 0
    waiting.stdout.close()
    kubectl("wait", "--for=jsonpath={.spec.replicas}=1", "deployment/web", "--timeout=20s")


def test_delete(kubectl):
    for name in ["a", "b", "c"]:
        kubectl("create", "configmap", name)
    kubectl("label", "configmap", "a", "b", "go=1")
    assert 'configmap "a" deleted' in kubectl("delete", "configmap", "-l", "go=1")
    assert "NotFound" in kubectl.fails("get", "configmap", "a")
    assert "NotFound" in kubectl.fails("delete", "configmap", "a")
    kubectl("delete", "configmap", "a", "--ignore-not-found")
    kubectl("delete", "configmaps", "--all")
    assert "configmap/c" not in kubectl("get", "configmaps", "-o", "name")


def test_delete_waits_for_finalizers(kubectl):
    kubectl("apply", "-f", "-", input=config_map("c", finalizers=["example.com/hold"]))
    kubectl("delete", "configmap", "c", "--wait=false")
    assert kubectl.json("get", "configmap", "c")["metadata"]["deletionTimestamp"]
    kubectl("patch", "configmap", "c", "--type=merge", "--patch", '{"metadata":{"finalizers":null}}')
    assert "NotFound" in kubectl.fails("get", "configmap", "c")


def test_diff(kubectl):
    kubectl("apply", "-f", "-", input=deployment("web"))
    assert kubectl.run("diff", "-f", "-", input=deployment("web")).returncode == 0
    changed = kubectl.run("diff", "-f", "-", input=deployment("web", replicas=7))
    assert changed.returncode == 1 and "+  replicas: 7" in changed.stdout, changed.stdout + changed.stderr
    changed = kubectl.run("diff", "--server-side", "--force-conflicts", "-f", "-", input=deployment("web", replicas=7))
    assert changed.returncode == 1 and "+  replicas: 7" in changed.stdout, changed.stdout + changed.stderr
    assert kubectl.json("get", "deployment", "web")["spec"]["replicas"] == 1


def test_dry_run_changes_nothing(kubectl):
    text = kubectl("apply", "--dry-run=server", "-f", "-", input=deployment("web"))
    assert "created (server dry run)" in text
    assert "NotFound" in kubectl.fails("get", "deployment", "web")
    kubectl("create", "configmap", "c")
    kubectl("delete", "configmap", "c", "--dry-run=server")
    kubectl("get", "configmap", "c")


def test_replace_and_edit_conflicts(kubectl):
    kubectl("create", "configmap", "c", "--from-literal=a=1")
    stale = kubectl.json("get", "configmap", "c")
    kubectl("patch", "configmap", "c", "--type=merge", "--patch", '{"data":{"a":"2"}}')
    stale["data"]["a"] = "3"
    error = kubectl.fails("replace", "-f", "-", input=stale)
    assert "the object has been modified; please apply your changes to the latest version" in error
    del stale["metadata"]["resourceVersion"]
    kubectl("replace", "-f", "-", input=stale)
    assert kubectl.json("get", "configmap", "c")["data"]["a"] == "3"


def test_create_twice(kubectl):
    kubectl("create", "configmap", "c")
    assert 'configmaps "c" already exists' in kubectl.fails("create", "configmap", "c")


def test_explain(admin):
    text = admin("explain", "deployment.spec.strategy.rollingUpdate")
    assert "maxSurge" in text and "GROUP:      apps" in text
    assert "containers" in admin("explain", "pods.spec", "--recursive")


def test_auth_can_i_and_whoami(admin, kubectl):
    assert admin("auth", "can-i", "create", "namespaces").strip() == "yes"
    no = admin.run("auth", "can-i", "create", "pods", "--as", "nobody-at-all")
    assert no.stdout.strip() == "no" and no.returncode == 1
    user = json.loads(admin("auth", "whoami", "-o", "json"))["status"]["userInfo"]
    assert "system:authenticated" in user["groups"]
    user = json.loads(admin("auth", "whoami", "-o", "json", "--as", "ann", "--as-group", "ops"))["status"]["userInfo"]
    assert user["username"] == "ann" and {"ops", "system:authenticated"} <= set(user["groups"])
    listing = kubectl("auth", "can-i", "--list")
    assert "selfsubjectreviews" in listing


def test_create_token(kubectl, admin):
    kubectl("create", "serviceaccount", "robot")
    kubectl("create", "role", "reader", "--verb=get,list", "--resource=configmaps")
    kubectl("create", "rolebinding", "robot", "--role=reader", f"--serviceaccount={kubectl.namespace}:robot")
    token = kubectl("create", "token", "robot", "--duration=20m").strip()
    server = json.loads(kubectl("config", "view", "--minify", "--raw", "-o", "json"))["clusters"][0]["cluster"]
    assert token.count(".") == 2
    import base64
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": server}],
            "users": [{"name": "u", "user": {"token": token}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": kubectl.namespace}}],
        }, file)
        file.flush()
        robot = type(kubectl)(file.name, kubectl.namespace, kubectl.environment["HOME"])
        who = json.loads(robot("auth", "whoami", "-o", "json"))["status"]["userInfo"]
        assert who["username"] == f"system:serviceaccount:{kubectl.namespace}:robot"
        robot("get", "configmaps")
        error = robot.fails("get", "secrets")
        assert "Forbidden" in error
        assert (f'User "system:serviceaccount:{kubectl.namespace}:robot" cannot list resource "secrets" in API group "" '
                f'in the namespace "{kubectl.namespace}"') in error
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["sub"] == f"system:serviceaccount:{kubectl.namespace}:robot"
    assert claims["kubernetes.io"]["serviceaccount"]["name"] == "robot"
    assert 1100 <= claims["exp"] - claims["iat"] <= 1300


def test_service_gets_an_address_of_its_own(kubectl):
    kubectl("create", "service", "clusterip", "a", "--tcp=80:8080")
    kubectl("create", "service", "clusterip", "b", "--tcp=80:8080")
    addresses = [kubectl.json("get", "service", name)["spec"]["clusterIP"] for name in ["a", "b"]]
    assert all(addresses) and addresses[0] != addresses[1]
    kubectl("create", "service", "clusterip", "headless", "--clusterip=None", "--tcp=80:8080")
    assert kubectl.json("get", "service", "headless")["spec"]["clusterIP"] == "None"


def test_events_are_shown(kubectl):
    kubectl("create", "-f", "-", input={
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": "e.1", "namespace": kubectl.namespace},
        "involvedObject": {"kind": "Pod", "name": "one", "namespace": kubectl.namespace},
        "reason": "Tested", "message": "all is well", "type": "Normal", "source": {"component": "suite"},
        "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z", "count": 1,
    })
    assert "all is well" in kubectl("get", "events")
    assert "all is well" in kubectl("get", "events", "--field-selector", "involvedObject.name=one")
    assert "Tested" in kubectl("events")


def test_what_does_not_exist_is_said_so(kubectl, admin):
    assert 'doesn\'t have a resource type "unicorns"' in kubectl.fails("get", "unicorns")
    error = admin.fails("create", "configmap", "c", "--namespace", "nullius-suite-nowhere")
    assert 'namespaces "nullius-suite-nowhere" not found' in error


def test_validation_errors_name_the_field(kubectl):
    error = kubectl.fails("create", "-f", "-", input=dict(config_map("Not_A_Name")))
    assert "Invalid value" in error and "metadata.name" in error
    object = deployment("web")
    object["spec"]["selector"]["matchLabels"] = {"app": "other"}
    error = kubectl.fails("create", "-f", "-", input=object)
    assert "`selector` does not match template `labels`" in error
    object = deployment("web")
    del object["spec"]["template"]["spec"]["containers"]
    assert "spec.template.spec.containers: Required value" in kubectl.fails("create", "-f", "-", input=object)
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": [{"port": 0}]}}
    assert "must be between 1 and 65535" in kubectl.fails("create", "-f", "-", input=service)


def test_defaults_are_filled_in(kubectl, pod_account):
    kubectl("apply", "-f", "-", input=deployment("web"))
    spec = kubectl.json("get", "deployment", "web")["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    assert spec["revisionHistoryLimit"] == 10 and spec["progressDeadlineSeconds"] == 600
    template = spec["template"]["spec"]
    assert template["restartPolicy"] == "Always" and template["dnsPolicy"] == "ClusterFirst"
    assert template["terminationGracePeriodSeconds"] == 30 and template["schedulerName"] == "default-scheduler"
    container = template["containers"][0]
    assert container["imagePullPolicy"] == "IfNotPresent" and container["terminationMessagePath"] == "/dev/termination-log"
    kubectl("apply", "-f", "-", input=pod("one"))
    one = kubectl.json("get", "pod", "one")
    assert one["status"]["phase"] == "Pending" and one["status"]["qosClass"] == "BestEffort"
    assert one["spec"]["serviceAccountName"] == "default"


def test_immutable_fields_stay(kubectl):
    kubectl("apply", "-f", "-", input=deployment("web"))
    error = kubectl.fails("patch", "deployment", "web", "--type=merge", "--patch",
                          '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}')
    assert "field is immutable" in error or "does not match template" in error
    kubectl("create", "-f", "-", input={**config_map("c", {"a": "1"}), "immutable": True})
    assert "immutable" in kubectl.fails("patch", "configmap", "c", "--type=merge", "--patch", '{"data":{"a":"2"}}')


def test_rollout_and_set_image(kubectl):
    kubectl("apply", "-f", "-", input=deployment("web"))
    kubectl("set", "image", "deployment/web", "main=example.com/app:2")
    object = kubectl.json("get", "deployment", "web")
    assert object["spec"]["template"]["spec"]["containers"][0]["image"] == "example.com/app:2"
    assert object["metadata"]["generation"] == 2
    kubectl("rollout", "restart", "deployment/web")
    assert kubectl.json("get", "deployment", "web")["metadata"]["generation"] == 3


def test_kustomize_and_many_documents(kubectl, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '1'}\n---\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n")
    (tmp_path / "kustomization.yaml").write_text("resources: [a.yaml]\nnamePrefix: k-\n")
    text = kubectl("apply", "-k", str(tmp_path))
    assert "configmap/k-a created" in text and "configmap/k-b created" in text
    text = kubectl("delete", "-k", str(tmp_path))
    assert 'configmap "k-a" deleted' in text


def test_jobs_and_cronjobs(kubectl):
    kubectl("create", "job", "j", "--image=example.com/app:1")
    spec = kubectl.json("get", "job", "j")["spec"]
    assert spec["backoffLimit"] == 6 and spec["completions"] == 1 and spec["parallelism"] == 1
    assert spec["selector"]["matchLabels"]["batch.kubernetes.io/controller-uid"]
    kubectl("create", "cronjob", "c", "--image=example.com/app:1", "--schedule=*/5 * * * *")
    assert kubectl.json("get", "cronjob", "c")["spec"]["concurrencyPolicy"] == "Allow"


def test_namespace_is_emptied_and_goes(admin, core, controllers):
    from cluster import unique

    name = unique("gone")
    admin("create", "namespace", name)
    admin("create", "configmap", "c", "--namespace", name)
    admin("delete", "namespace", name, "--timeout=60s")
    assert "NotFound" in admin.fails("get", "namespace", name)
    assert eventually(lambda: not core.list_namespaced_config_map(name).items)
