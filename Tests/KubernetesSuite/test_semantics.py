"""What controllers rely on: versions, paging, watches, finalizers, garbage collection, custom resources."""

import json
import time
import urllib.parse

import pytest
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from cluster import config_map, deployment, eventually, pod, unique
from test_client import refusal


class Raw:
    """Requests whose path, query and headers a test says itself."""

    def __init__(self, api):
        self.api = api

    def __call__(self, method, path, query=(), body=None, content_type="application/json", accept="application/json",
                 stream=False):
        configuration = self.api.configuration
        headers = {"Accept": accept}
        for setting in configuration.auth_settings().values():
            if setting["in"] == "header" and setting["value"]:
                headers[setting["key"]] = setting["value"]
        if body is not None:
            headers["Content-Type"] = content_type
        url = configuration.host + path + ("?" + urllib.parse.urlencode(list(query)) if query else "")
        response = self.api.rest_client.pool_manager.request(
            method, url, body=None if body is None else json.dumps(body), headers=headers,
            preload_content=not stream, timeout=60, retries=False)
        if response.status >= 400:
            text = response.read() if stream else response.data
            error = ApiException(status=response.status, reason=response.reason)
            error.body = text.decode()
            raise error
        return response if stream else json.loads(response.data)

    def events(self, path, query, enough):
        """Reads a watch until enough(events)."""
        response = self("GET", path, [("watch", "true"), *query, ("timeoutSeconds", "30")], stream=True)
        events, buffer = [], b""
        try:
            for chunk in response.stream(decode_content=False):
                buffer += chunk
                while b"\n" in buffer:
                    line, buffer = buffer.split(b"\n", 1)
                    events.append(json.loads(line))
                    if enough(events):
                        return events
        finally:
            response.close()
        return events


@pytest.fixture
def raw(api):
    return Raw(api)


def test_lists_come_in_pages_of_one_moment(raw, core, namespace):
    for index in range(7):
        core.create_namespaced_secret(namespace, {"metadata": {"name": f"s{index}"}})
    path = f"/api/v1/namespaces/{namespace}/secrets"
    page = raw("GET", path, [("limit", "3")])
    assert [i["metadata"]["name"] for i in page["items"]] == ["s0", "s1", "s2"]
    assert page["metadata"]["remainingItemCount"] == 4
    version = page["metadata"]["resourceVersion"]
    core.create_namespaced_secret(namespace, {"metadata": {"name": "s35"}})
    core.delete_namespaced_secret("s6", namespace)
    names = []
    while page["metadata"].get("continue"):
        page = raw("GET", path, [("limit", "3"), ("continue", page["metadata"]["continue"])])
        assert page["metadata"]["resourceVersion"] == version
        names += [i["metadata"]["name"] for i in page["items"]]
    assert names == ["s3", "s4", "s5", "s6"]


def test_a_broken_continue_token_is_refused(raw, namespace):
    with pytest.raises(ApiException) as caught:
        raw("GET", f"/api/v1/namespaces/{namespace}/secrets", [("limit", "3"), ("continue", "nonsense")])
    assert caught.value.status == 400


def test_resource_versions_in_lists(raw, core, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    version = core.create_namespaced_config_map(namespace, config_map("a")).metadata.resource_version
    listed = raw("GET", path, [("resourceVersion", version), ("resourceVersionMatch", "NotOlderThan")])
    assert int(listed["metadata"]["resourceVersion"]) >= int(version)
    assert raw("GET", path, [("resourceVersion", "0")])["kind"] == "ConfigMapList"
    with pytest.raises(ApiException) as caught:
        raw("GET", path, [("resourceVersionMatch", "Exact")])
    assert caught.value.status in (400, 422)


def test_watch_sends_bookmarks_and_initial_events(raw, core, namespace):
    core.create_namespaced_secret(namespace, {"metadata": {"name": "a"}})
    path = f"/api/v1/namespaces/{namespace}/secrets"
    events = raw.events(path, [
        ("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"), ("allowWatchBookmarks", "true"),
    ], lambda events: events[-1]["type"] == "BOOKMARK")
    if events and events[0]["type"] == "ERROR":
        pytest.skip("the API server does not stream lists (WatchList)")
    assert [e["type"] for e in events] == ["ADDED", "BOOKMARK"]
    assert events[1]["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true"
    assert events[1]["object"]["kind"] == "Secret"


def test_watch_from_nowhere_starts_with_what_is_there(raw, core, namespace):
    core.create_namespaced_secret(namespace, {"metadata": {"name": "a"}})
    events = raw.events(f"/api/v1/namespaces/{namespace}/secrets", [], lambda events: len(events) == 1)
    assert events[0]["type"] == "ADDED" and events[0]["object"]["metadata"]["name"] == "a"


def test_watch_from_a_version_that_is_gone(raw, namespace):
    path = f"/api/v1/namespaces/{namespace}/secrets"
    try:
        events = raw.events(path, [("resourceVersion", "1"), ("timeoutSeconds", "3")], lambda events: True)
    except ApiException as error:
        assert error.status == 410
        return
    if not events or events[0]["type"] != "ERROR":
        pytest.skip("the API server is young and still knows its first version")
    assert events[0]["object"]["code"] == 410 and events[0]["object"]["reason"] in ("Expired", "Gone")


def test_tables_and_partial_metadata(raw, core, namespace):
    core.create_namespaced_config_map(namespace, config_map("a", {"x": "1", "y": "2"}))
    path = f"/api/v1/namespaces/{namespace}/configmaps/a"
    table = raw("GET", path, accept="application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
    assert table["kind"] == "Table" and [c["name"] for c in table["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert table["rows"][0]["cells"][:2] == ["a", 2]
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    partial = raw("GET", path, accept="application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json")
    assert partial["kind"] == "PartialObjectMetadata" and "data" not in partial
    listed = raw("GET", path.rsplit("/", 1)[0],
                 accept="application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json")
    assert listed["kind"] == "PartialObjectMetadataList"
    with pytest.raises(ApiException) as caught:
        raw("GET", path, accept="text/html")
    assert caught.value.status == 406


def test_generated_names_and_fields_that_the_server_owns(core, namespace):
    created = core.create_namespaced_config_map(namespace, {
        "metadata": {"generateName": "c-", "uid": "mine", "creationTimestamp": "2001-01-01T00:00:00Z",
                     "resourceVersion": "", "generation": 9, "deletionTimestamp": "2001-01-01T00:00:00Z"}})
    assert created.metadata.name.startswith("c-") and len(created.metadata.name) == 7
    assert created.metadata.uid != "mine" and created.metadata.creation_timestamp.year > 2001
    assert created.metadata.deletion_timestamp is None
    refusal(400, core.create_namespaced_config_map, namespace, config_map("c", resourceVersion="12"))


def test_an_update_that_changes_nothing_is_no_update(core, namespace):
    created = core.create_namespaced_config_map(namespace, config_map("c", {"a": "1"}))
    again = core.patch_namespaced_config_map("c", namespace, {"data": {"a": "1"}})
    assert again.metadata.resource_version == created.metadata.resource_version


def test_generation_counts_changes_of_the_spec_alone(api, namespace):
    apps = client.AppsV1Api(api)
    apps.create_namespaced_deployment(namespace, deployment("web"))
    labelled = apps.patch_namespaced_deployment("web", namespace, {"metadata": {"labels": {"x": "y"}}})
    assert labelled.metadata.generation == 1
    status = apps.patch_namespaced_deployment_status("web", namespace, {"status": {"replicas": 1}})
    assert status.metadata.generation == 1 and status.status.replicas == 1
    assert apps.patch_namespaced_deployment("web", namespace, {"spec": {"replicas": 4}}).metadata.generation == 2


def test_finalizers_hold_an_object(core, namespace):
    core.create_namespaced_config_map(namespace, config_map("c", finalizers=["example.com/a", "example.com/b"]))
    core.delete_namespaced_config_map("c", namespace)
    held = core.read_namespaced_config_map("c", namespace)
    assert held.metadata.deletion_timestamp
    core.patch_namespaced_config_map("c", namespace, [
        {"op": "replace", "path": "/metadata/finalizers", "value": ["example.com/b"]}])
    assert core.read_namespaced_config_map("c", namespace).metadata.deletion_timestamp
    # Once an object goes, nobody can hold it further.
    refusal(422, core.patch_namespaced_config_map, "c", namespace, [
        {"op": "add", "path": "/metadata/finalizers/-", "value": "example.com/late"}])
    core.patch_namespaced_config_map("c", namespace, [{"op": "remove", "path": "/metadata/finalizers"}])
    refusal(404, core.read_namespaced_config_map, "c", namespace)


def owner(object, kind="ConfigMap", **more):
    return {"apiVersion": "v1", "kind": kind, "name": object.metadata.name, "uid": object.metadata.uid, **more}


def test_what_is_owned_goes_with_its_owner(core, namespace, controllers):
    parent = core.create_namespaced_config_map(namespace, config_map("parent"))
    core.create_namespaced_config_map(namespace, config_map("child", ownerReferences=[owner(parent)]))
    core.delete_namespaced_config_map("parent", namespace)

    def gone():
        return "child" not in [c.metadata.name for c in core.list_namespaced_config_map(namespace).items]

    eventually(gone, what="the child's end")


def test_foreground_deletion_waits_and_orphans_stay(core, namespace, controllers):
    parent = core.create_namespaced_config_map(namespace, config_map("parent"))
    core.create_namespaced_config_map(namespace, config_map(
        "child", finalizers=["example.com/hold"], ownerReferences=[owner(parent, blockOwnerDeletion=True)]))
    core.delete_namespaced_config_map("parent", namespace, propagation_policy="Foreground")
    eventually(lambda: core.read_namespaced_config_map("child", namespace).metadata.deletion_timestamp)
    assert "foregroundDeletion" in core.read_namespaced_config_map("parent", namespace).metadata.finalizers
    core.patch_namespaced_config_map("child", namespace, {"metadata": {"finalizers": None}})
    eventually(lambda: "parent" not in [c.metadata.name for c in core.list_namespaced_config_map(namespace).items])

    parent = core.create_namespaced_config_map(namespace, config_map("parent"))
    core.create_namespaced_config_map(namespace, config_map("child", ownerReferences=[owner(parent)]))
    core.delete_namespaced_config_map("parent", namespace, propagation_policy="Orphan")
    eventually(lambda: "parent" not in [c.metadata.name for c in core.list_namespaced_config_map(namespace).items])
    assert not core.read_namespaced_config_map("child", namespace).metadata.owner_references


def test_a_terminating_namespace_takes_nothing_new(core, controllers):
    name = unique("term")
    core.create_namespace({"metadata": {"name": name}})
    core.create_namespaced_config_map(name, config_map("c", finalizers=["example.com/hold"]))
    core.delete_namespace(name)
    assert core.read_namespace(name).status.phase == "Terminating"
    error = refusal(403, core.create_namespaced_config_map, name, config_map("d"))
    assert "being terminated" in error.body
    core.patch_namespaced_config_map("c", name, {"metadata": {"finalizers": None}})
    eventually(lambda: name not in [n.metadata.name for n in core.list_namespace().items], timeout=60)


def test_delete_collection(core, namespace):
    for name, label in [("a", "x"), ("b", "x"), ("c", "y")]:
        core.create_namespaced_secret(namespace, {"metadata": {"name": name, "labels": {"l": label}}})
    core.delete_collection_namespaced_secret(namespace, label_selector="l=x")
    assert [s.metadata.name for s in core.list_namespaced_secret(namespace).items] == ["c"]


def test_dry_run_and_field_validation(raw, core, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    created = raw("POST", path, [("dryRun", "All")], config_map("dry"))
    assert created["metadata"]["uid"]
    refusal(404, core.read_namespaced_config_map, "dry", namespace)
    with pytest.raises(ApiException) as caught:
        raw("POST", path, [("fieldValidation", "Strict")], {**config_map("c"), "dataa": {}})
    assert caught.value.status == 400 and 'strict decoding error: unknown field "dataa"' in caught.value.body.replace("\\", "")
    response = raw("POST", path, [("fieldValidation", "Warn")], {**config_map("c"), "dataa": {}}, stream=True)
    assert 'unknown field "dataa"' in response.headers["Warning"].replace("\\", "")
    response.close()


def test_bodies_must_agree_with_their_paths(raw, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps"

    def refused(code, method, path, body, content_type="application/json"):
        with pytest.raises(ApiException) as caught:
            raw(method, path, body=body, content_type=content_type)
        assert caught.value.status == code, caught.value
        return caught.value.body

    refused(400, "POST", path, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}})
    refused(400, "POST", path, {**config_map("a"), "metadata": {"name": "a", "namespace": "default"}})
    refused(422, "POST", path, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}})
    refused(415, "POST", path, config_map("a"), "text/plain")
    refused(400, "POST", path, {**config_map("a"), "data": {"x": 1}})
    raw("POST", path, body=config_map("a"))
    refused(400, "PUT", f"{path}/a", config_map("b"))
    refused(405, "POST", f"{path}/a", config_map("a"))


def widgets(group):
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]},
            "versions": [{
                "name": "v1", "served": True, "storage": True,
                "subresources": {"status": {}},
                "additionalPrinterColumns": [
                    {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
                    {"name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status"},
                ],
                "schema": {"openAPIV3Schema": {
                    "type": "object",
                    "properties": {
                        "spec": {
                            "type": "object",
                            "required": ["size"],
                            "properties": {
                                "size": {"type": "integer", "minimum": 1, "maximum": 10},
                                "color": {"type": "string", "enum": ["red", "green"], "default": "red"},
                                "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
                                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                                "parts": {
                                    "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"],
                                    "items": {"type": "object", "required": ["id"], "properties": {
                                        "id": {"type": "string"}, "n": {"type": "integer", "default": 1}}},
                                },
                            },
                        },
                        "status": {"type": "object", "properties": {"conditions": {"type": "array", "items": {
                            "type": "object", "properties": {"type": {"type": "string"}, "status": {"type": "string"}}}}}},
                    },
                }},
            }],
        },
    }


@pytest.fixture
def widget_group(api):
    group = unique("w") + ".example.com"
    extensions = client.ApiextensionsV1Api(api)
    extensions.create_custom_resource_definition(widgets(group))

    def established():
        status = extensions.read_custom_resource_definition(f"widgets.{group}").status
        return any(c.type == "Established" and c.status == "True" for c in (status.conditions or []))

    eventually(established, what="the definition's establishment")
    custom = client.CustomObjectsApi(api)

    def served():
        try:
            return custom.list_cluster_custom_object(group, "v1", "widgets")
        except ApiException:
            return None

    eventually(served, what="the resource")
    yield group
    extensions.delete_custom_resource_definition(f"widgets.{group}")


def widget(group, name, /, **spec):
    return {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": name}, "spec": spec}


def test_custom_resources_are_validated_defaulted_and_pruned(api, raw, namespace, widget_group, kubectl):
    custom = client.CustomObjectsApi(api)
    arguments = (widget_group, "v1", namespace, "widgets")
    made = custom.create_namespaced_custom_object(
        *arguments, widget(widget_group, "a", size=3, junk=1, free={"any": {"thing": 1}}, parts=[{"id": "x"}]))
    assert made["spec"] == {"size": 3, "color": "red", "free": {"any": {"thing": 1}}, "parts": [{"id": "x", "n": 1}]}
    for spec, text in [
        ({}, "spec.size: Required value"),
        ({"size": 0}, "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"),
        ({"size": "3"}, 'spec.size in body must be of type integer: "string"'),
        ({"size": 3, "color": "blue"}, 'spec.color: Unsupported value: "blue": supported values: "red", "green"'),
        ({"size": 3, "name": "ABC"}, "spec.name in body should match"),
        ({"size": 3, "name": "abcdef"}, "spec.name: Too long"),
        ({"size": 3, "parts": [{"id": "x"}, {"id": "x"}]}, "Duplicate value"),
    ]:
        error = refusal(422, custom.create_namespaced_custom_object, *arguments, widget(widget_group, "bad", **spec))
        assert text in json.loads(error.body)["message"], error.body
    text = kubectl("get", "wd")
    assert text.splitlines()[0].split() == ["NAME", "SIZE", "READY"], text
    custom.patch_namespaced_custom_object_status(
        *arguments, "a", {"status": {"conditions": [{"type": "Ready", "status": "True"}]}, "spec": {"size": 9}})
    again = custom.get_namespaced_custom_object(*arguments, "a")
    assert again["spec"]["size"] == 3 and again["metadata"]["generation"] == 1
    assert kubectl("get", "wd", "a", "--no-headers").split() == ["a", "3", "True"]
    with pytest.raises(ApiException) as caught:
        raw("PATCH", f"/apis/{widget_group}/v1/namespaces/{namespace}/widgets/a", body={"spec": {"size": 4}},
            content_type="application/strategic-merge-patch+json")
    assert caught.value.status == 415


def test_custom_resources_with_kubectl(kubectl, widget_group):
    for manager, part in [("first", {"id": "x", "n": 2}), ("other", {"id": "y", "n": 5})]:
        kubectl("apply", "--server-side", f"--field-manager={manager}", "-f", "-",
                input=widget(widget_group, "b", size=3, parts=[part]))
    parts = kubectl.json("get", "wd", "b")["spec"]["parts"]
    assert {p["id"]: p["n"] for p in parts} == {"x": 2, "y": 5}
    object = widget(widget_group, "a", size=3, parts=[{"id": "x", "n": 2}])
    kubectl("apply", "-f", "-", input=object)
    object["spec"]["size"] = 5
    assert "configured" in kubectl("apply", "-f", "-", input=object)
    assert "size" in kubectl("explain", f"widgets.{widget_group}.spec")
    assert "Size:" in kubectl("describe", "wd", "a")
    assert "unknown field" in kubectl.fails("apply", "-f", "-", input=widget(widget_group, "c", size=1, sise=2))
    kubectl("delete", "wd", "a")


def test_a_definition_takes_its_objects_along(api, namespace):
    group = unique("w") + ".example.com"
    extensions, custom = client.ApiextensionsV1Api(api), client.CustomObjectsApi(api)
    extensions.create_custom_resource_definition(widgets(group))

    def create():
        try:
            return custom.create_namespaced_custom_object(group, "v1", namespace, "widgets", widget(group, "a", size=1))
        except ApiException:
            return None

    eventually(create)
    extensions.delete_custom_resource_definition(f"widgets.{group}")
    eventually(lambda: f"widgets.{group}" not in [
        d.metadata.name for d in extensions.list_custom_resource_definition().items], what="the definition's end")
    refusal(404, custom.list_cluster_custom_object, group, "v1", "widgets")


def test_definitions_that_are_wrong_are_refused(api):
    extensions = client.ApiextensionsV1Api(api)
    group = unique("w") + ".example.com"
    wrong = widgets(group)
    wrong["metadata"]["name"] = f"other.{group}"
    assert "metadata.name" in refusal(422, extensions.create_custom_resource_definition, wrong).body
    wrong = widgets(group)
    del wrong["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["type"]
    assert "type: Required value" in refusal(422, extensions.create_custom_resource_definition, wrong).body


def test_roles_cannot_hand_out_more_than_their_writer_has(kubectl):
    kubectl("create", "serviceaccount", "limited")
    kubectl("create", "role", "limited", "--verb=create,update,patch,get",
            "--resource=roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io")
    kubectl("create", "rolebinding", "limited", "--role=limited", f"--serviceaccount={kubectl.namespace}:limited")
    who = f"--as=system:serviceaccount:{kubectl.namespace}:limited"
    eventually(lambda: kubectl.run("auth", "can-i", "create", "roles", who).stdout.strip() == "yes")
    error = kubectl.fails("create", "role", "big", "--verb=get", "--resource=secrets", who)
    assert "is attempting to grant RBAC permissions not currently held" in error
    error = kubectl.fails("create", "rolebinding", "big", "--clusterrole=cluster-admin",
                          f"--serviceaccount={kubectl.namespace}:limited", who)
    assert "is attempting to grant RBAC permissions not currently held" in error
    kubectl("create", "role", "small", "--verb=get", "--resource=roles.rbac.authorization.k8s.io", who)


def test_metadata_of_the_server(raw):
    assert raw("GET", "/version")["major"] == "1"
    assert "/apis/apps/v1" in raw("GET", "/")["paths"]
    groups = raw("GET", "/apis", accept="application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
    assert groups["kind"] == "APIGroupDiscoveryList"
    index = raw("GET", "/openapi/v3")
    document = raw("GET", index["paths"]["apis/apps/v1"]["serverRelativeURL"])
    assert "io.k8s.api.apps.v1.Deployment" in document["components"]["schemas"]
    with pytest.raises(ApiException) as caught:
        raw("GET", "/apis/nothing.example.com")
    assert caught.value.status == 404
