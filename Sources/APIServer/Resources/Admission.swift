import APIRegistry
import KubernetesModel

/// Those who may change a write, and those who may refuse it.
protocol Admission: Sendable {
    /// Changes the object, or refuses it.
    func mutate(_ attributes: AdmissionAttributes, _ warnings: Warnings) async throws(APIStatus)
        -> UnstructuredObject?

    /// Sees the object as it will be stored, and refuses it or not.
    func validate(_ attributes: AdmissionAttributes, _ warnings: Warnings) async throws(APIStatus)
}

/// Lets everything pass.
struct NoAdmission: Admission {
    func mutate(_ attributes: AdmissionAttributes, _ warnings: Warnings) async throws(APIStatus)
        -> UnstructuredObject?
    {
        attributes.object
    }

    func validate(_ attributes: AdmissionAttributes, _ warnings: Warnings) async throws(APIStatus) {}
}
