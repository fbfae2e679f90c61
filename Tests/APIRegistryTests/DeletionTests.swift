import APIRegistry
import JSONText
import KubernetesModel
import Testing

@Suite("Deleting")
struct DeletionTests {
    private func widget(_ change: (inout UnstructuredObject) -> Void = { _ in }) throws -> UnstructuredObject
    {
        var made = try Objects.created(
            #"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"}}"#,
            Objects.custom()
        )
        change(&made)
        return made
    }

    private func delete(
        _ object: UnstructuredObject,
        _ options: DeleteOptions = DeleteOptions(),
        _ lifecycle: ObjectLifecycle = Objects.custom()
    ) throws -> Deletion {
        try lifecycle.delete(object, options, now: Objects.now)
    }

    @Test func `what nothing holds goes at once`() throws {
        let object = try widget()
        let deletion = try delete(object)
        #expect(deletion == .remove(object))
    }

    @Test func `a finalizer holds it, and its going says that it is gone`() throws {
        let object = try widget { $0.finalizers = ["example.com/a"] }
        let deletion = try delete(object)
        guard case .mark(let marked) = deletion else {
            Issue.record("not marked: \(deletion)")
            return
        }
        #expect(marked.deletionTimestamp == Objects.nowText)
        #expect(marked["metadata", "deletionGracePeriodSeconds"]?.int == 0)
        #expect(marked.generation == 2)
        let again = try delete(marked)
        #expect(again == .pending(marked))
        let freed = try Objects.updated(marked, Objects.custom()) { $0.finalizers = [] }
        #expect(Objects.custom().isGone(freed, after: marked))
        #expect(!Objects.custom().isGone(object, after: object))
    }

    @Test(arguments: [
        (DeleteOptions(propagation: .orphan), ["orphan"]),
        (DeleteOptions(propagation: .foreground), ["foregroundDeletion"]),
        (DeleteOptions(orphanDependents: true), ["orphan"]),
    ]) func `propagation is a finalizer`(options: DeleteOptions, finalizers: [String]) throws {
        let deletion = try delete(try widget(), options)
        guard case .mark(let marked) = deletion else {
            Issue.record("not marked: \(deletion)")
            return
        }
        #expect(marked.finalizers == finalizers)
    }

    @Test func `background takes the collector's finalizers away`() throws {
        let object = try widget { $0.finalizers = ["foregroundDeletion"] }
        let deletion = try delete(object, DeleteOptions(propagation: .background))
        #expect(deletion == .remove(object))
    }

    @Test func `preconditions`() throws {
        let object = try widget()
        let uid = Objects.refusal { try delete(object, DeleteOptions(uid: "x")) }
        let version = Objects.refusal { try delete(object, DeleteOptions(resourceVersion: "3")) }
        #expect(uid?.code == 409)
        #expect(
            uid?.message
                == #"Operation cannot be fulfilled on Widget.example.com "a": the UID in the precondition (x) does not match the UID in record (uid-1). The object might have been deleted and then recreated"#
        )
        #expect(
            version?.message
                == #"Operation cannot be fulfilled on Widget.example.com "a": the ResourceVersion in the precondition (3) does not match the ResourceVersion in record (7). The object might have been modified"#
        )
        let right = try delete(object, DeleteOptions(uid: "uid-1", resourceVersion: "7"))
        #expect(right == .remove(object))
    }

    // MARK: Pods

    private func pod(onNode: Bool, phase: String = "Running") throws -> UnstructuredObject {
        var pod = try Objects.created(
            #"{"metadata":{"name":"p"},"spec":{"terminationGracePeriodSeconds":30,"containers":[{"name":"c","image":"i"}]}}"#,
            Objects.lifecycle("pods")
        )
        if onNode { pod["spec", "nodeName"] = "n" }
        pod["status", "phase"] = .string(phase)
        return pod
    }

    @Test func `a pod without a node and one that has ended go at once`() throws {
        let pods = try Objects.lifecycle("pods")
        for pod in [try pod(onNode: false), try pod(onNode: true, phase: "Succeeded")] {
            guard case .remove = try delete(pod, DeleteOptions(), pods) else {
                Issue.record("held")
                return
            }
        }
    }

    @Test func `a pod on a node gets its time, which may only be shortened`() throws {
        let pods = try Objects.lifecycle("pods")
        guard case .mark(let marked) = try delete(pod(onNode: true), DeleteOptions(), pods) else {
            Issue.record("not marked")
            return
        }
        #expect(marked.deletionTimestamp == "2026-01-02T03:04:35Z")
        #expect(marked["metadata", "deletionGracePeriodSeconds"]?.int == 30)
        #expect(!pods.isGone(marked, after: marked))
        #expect(!pods.hasOutlivedGrace(marked, now: Objects.now))
        #expect(pods.hasOutlivedGrace(marked, now: Timestamp(clampingSeconds: Objects.now.seconds + 30)))

        let longer = try delete(marked, DeleteOptions(gracePeriodSeconds: 60), pods)
        #expect(longer == .pending(marked))
        guard case .mark(let shorter) = try delete(marked, DeleteOptions(gracePeriodSeconds: 5), pods) else {
            Issue.record("not shortened")
            return
        }
        #expect(shorter.deletionTimestamp == "2026-01-02T03:04:10Z")
        guard case .remove = try delete(shorter, DeleteOptions(gracePeriodSeconds: 0), pods) else {
            Issue.record("held")
            return
        }
    }

    @Test func `hostile grace periods do no harm`() throws {
        let pods = try Objects.lifecycle("pods")
        for period in [Int.min, -1, Int.max] {
            _ = try delete(pod(onNode: true), DeleteOptions(gracePeriodSeconds: period), pods)
        }
    }

    // MARK: Namespaces, jobs, definitions

    @Test func `a namespace terminates until both lists of finalizers are empty`() throws {
        let namespaces = try Objects.lifecycle("namespaces")
        let namespace = try Objects.created(#"{"metadata":{"name":"n"}}"#, namespaces)
        guard case .mark(let marked) = try delete(namespace, DeleteOptions(), namespaces) else {
            Issue.record("not marked")
            return
        }
        #expect(marked["status", "phase"]?.string == "Terminating")
        let pending = try delete(marked, DeleteOptions(), namespaces)
        #expect(pending == .pending(marked))
        let finalized = try Objects.updated(marked, namespaces, subresource: "finalize") {
            $0["spec", "finalizers"] = []
        }
        #expect(namespaces.isGone(finalized, after: marked))
    }

    @Test func `a Job leaves its pods when nothing is said`() throws {
        let jobs = try Objects.lifecycle("jobs", group: "batch")
        let job = try Objects.object(#"{"metadata":{"name":"j","uid":"u"}}"#)
        guard case .mark(let marked) = try delete(job, DeleteOptions(), jobs) else {
            Issue.record("not marked")
            return
        }
        #expect(marked.finalizers == ["orphan"])
        let background = try delete(job, DeleteOptions(propagation: .background), jobs)
        #expect(background == .remove(job))
    }

    @Test func `a definition waits for its objects`() throws {
        let definitions = try Objects.lifecycle("customresourcedefinitions", group: "apiextensions.k8s.io")
        let definition = try Objects.object(#"{"metadata":{"name":"widgets.example.com","uid":"u"}}"#)
        guard case .mark(let marked) = try delete(definition, DeleteOptions(), definitions) else {
            Issue.record("not marked")
            return
        }
        #expect(marked.finalizers == [CustomResourceNames.cleanupFinalizer])
        #expect(marked["status", "conditions"]?[0]?["type"]?.string == "Terminating")
    }

    // MARK: Options

    @Test func `options come from the body, or else from the query`() throws {
        let query = [(name: "propagationPolicy", value: "Orphan"), (name: "gracePeriodSeconds", value: "4")]
        let fromQuery = try DeleteOptions(body: nil, query: query)
        #expect(fromQuery == DeleteOptions(gracePeriodSeconds: 4, propagation: .orphan))
        let body: JSONValue = [
            "propagationPolicy": "Foreground", "preconditions": ["uid": "u"], "dryRun": ["All"],
        ]
        let fromBody = try DeleteOptions(body: body, query: query)
        #expect(fromBody == DeleteOptions(propagation: .foreground, uid: "u", isDryRun: true))
    }

    @Test(arguments: [
        (#"{"propagationPolicy":"Sideways"}"#, 422), (#"{"propagationPolicy":7}"#, 400),
        (#"{"gracePeriodSeconds":"1"}"#, 400), (#"{"dryRun":["Some"]}"#, 422), ("[]", 400),
        (#"{"kind":"Pod"}"#, 400), (#"{"orphanDependents":true,"propagationPolicy":"Orphan"}"#, 422),
    ]) func `options that are none`(text: String, code: Int) throws {
        let body = try JSONValue(parsing: text)
        let refusal = Objects.refusal { try DeleteOptions(body: body, query: []) }
        #expect(refusal?.code == code)
    }
}
