import JSONText
import KubernetesModel

/// Volumes, claims and classes.
enum StorageTables {
    static let core: [String: BuiltInTable] = [
        "PersistentVolume": BuiltInTable(
            [
                "Name", "Capacity", "Access Modes", "Reclaim Policy", "Status", "Claim", "StorageClass",
                "VolumeAttributesClass", "Reason", "Age", "VolumeMode*",
            ]
        ) { object, now in
            let spec = object["spec"]
            let claim = spec?["claimRef"]
            let claimed = "\(claim?["namespace"]?.string ?? "")/\(claim?["name"]?.string ?? "")"
            return [
                CellText.name(object), .string(CellText.plain(spec?["capacity"]?["storage"], or: "")),
                CellText.accessModes(spec?["accessModes"]),
                CellText.text(spec?["persistentVolumeReclaimPolicy"], or: ""), phase(object),
                .string(claim?.object == nil ? "" : claimed),
                CellText.text(spec?["storageClassName"], or: ""),
                CellText.text(spec?["volumeAttributesClassName"], or: "<unset>"),
                CellText.text(object["status"]?["reason"], or: ""), CellText.age(of: object, now),
                CellText.text(spec?["volumeMode"], or: "<unset>"),
            ]
        },
        "PersistentVolumeClaim": BuiltInTable(
            [
                "Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass",
                "VolumeAttributesClass", "Age", "VolumeMode*",
            ]
        ) { object, now in
            let spec = object["spec"]
            let isBound = !(spec?["volumeName"]?.string ?? "").isEmpty
            let status = isBound ? object["status"] : nil
            return [
                CellText.name(object), phase(object), CellText.text(spec?["volumeName"], or: ""),
                .string(CellText.plain(status?["capacity"]?["storage"], or: "")),
                CellText.accessModes(status?["accessModes"]),
                CellText.text(spec?["storageClassName"], or: ""),
                CellText.text(spec?["volumeAttributesClassName"], or: "<unset>"),
                CellText.age(of: object, now),
                CellText.text(spec?["volumeMode"], or: "<unset>"),
            ]
        },
    ]

    private static func phase(_ object: JSONValue) -> JSONValue {
        let isGoing = object["metadata"]?["deletionTimestamp"]?.string != nil
        return isGoing ? "Terminating" : CellText.text(object["status"]?["phase"], or: "")
    }

    static let storage: [String: BuiltInTable] = [
        "StorageClass": BuiltInTable(
            ["Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age"]
        ) { object, now in
            let mark = "storageclass.kubernetes.io/is-default-class"
            let isDefault = object["metadata"]?["annotations"]?[mark]?.string == "true"
            let name = object["metadata"]?["name"]?.string ?? ""
            return [
                .string(isDefault ? "\(name) (default)" : name), CellText.text(object["provisioner"], or: ""),
                CellText.text(object["reclaimPolicy"], or: ""),
                CellText.text(object["volumeBindingMode"], or: ""),
                .bool(object["allowVolumeExpansion"]?.bool ?? false), CellText.age(of: object, now),
            ]
        }
    ]
}
