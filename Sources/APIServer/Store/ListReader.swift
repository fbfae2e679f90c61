import FoundationEssentials
import GRDB
import KubernetesModel
import SystemPackage

/// Reads what was there at a revision, in one transaction.
///
/// At revision R there is what is live since R or before, and what a version after R replaced that was written at R
/// or before. The second part is as large as the history since R; for the latest revision it is empty.
struct ListReader {
    let query: ListQuery
    let file: FilePath

    private static let places = """
        SELECT path, revision FROM live
        WHERE resource = :resource AND path > :from AND path < :to AND revision <= :at
        UNION ALL
        SELECT path, previous FROM versions INDEXED BY changes
        WHERE resource = :resource AND revision > :at AND previous BETWEEN 1 AND :at AND path > :from AND path < :to
        """

    func page(_ db: Database) throws -> ListPage {
        let newest = try StoreFile.newest(db)
        let token = try query.continueToken.map { text throws(StoreError) in
            try ContinueToken(parsing: text)
        }
        let revision = try revision(newest, token, compacted: Compaction.revision(db, file))
        var range = PathRange(namespace: query.namespace)
        if let token { range.begin(after: token.path) }

        let limit = query.limit.flatMap { $0 > 0 ? $0 : nil } ?? .max
        var page = ListPage(items: [], revision: revision)
        let places = try Row.fetchCursor(
            db.cachedStatement(sql: "\(Self.places) ORDER BY path"),
            arguments: range.arguments(query.resource, revision)
        )
        while let place = try places.next() {
            let object = try object(db, place)
            if let name = query.name, object.key.name != name { continue }
            if let matching = query.matching, !matching(object) { continue }
            guard page.items.count < limit else {
                let last = page.items.last?.key.path ?? ""
                page.continueToken = ContinueToken(revision: revision, path: last).text
                range.begin(after: last)
                break
            }
            page.items.append(object)
        }
        if page.continueToken != nil, query.name == nil, query.matching == nil {
            page.remainingItemCount = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM (\(Self.places))"),
                arguments: range.arguments(query.resource, revision)
            )
        }
        return page
    }

    /// Checks that the row of `live` led to the version it meant.
    private func object(_ db: Database, _ place: Row) throws -> StoredObject {
        guard let path = String.fromDatabaseValue(place[0]), let revision = UInt64.fromDatabaseValue(place[1])
        else {
            throw StoreError.corrupt(file, "what exists has a column of the wrong type")
        }
        let version = try Version.fetch(db, revision: revision, file)
        guard version.object.key.path == path, version.object.key.resource == query.resource,
            !version.isDeletion
        else { throw StoreError.corrupt(file, "\(query.resource) \(path) leads to another object") }
        return version.object
    }

    private func revision(
        _ newest: UInt64,
        _ token: ContinueToken?,
        compacted: UInt64
    ) throws(StoreError) -> UInt64 {
        let wanted: UInt64
        switch (token, query.revision) {
        case (let token?, _): wanted = token.revision == 0 ? newest : token.revision
        case (nil, .latest): wanted = newest
        case (nil, .exactly(let exact)): wanted = exact
        case (nil, .atLeast(let least)):
            guard least <= newest else { throw .future(requested: least, current: newest) }
            wanted = newest
        }
        guard wanted <= newest else { throw .future(requested: wanted, current: newest) }
        guard wanted >= compacted else { throw .expired(requested: wanted, oldest: compacted) }
        return wanted
    }
}

/// The paths of a namespace, or all, as two bounds that are themselves outside.
struct PathRange {
    private var lower: String
    private var upper: DatabaseValue

    init(namespace: String?) {
        if let namespace {
            // "0" comes after "/".
            lower = "\(namespace)/"
            upper = "\(namespace)0".databaseValue
        } else {
            lower = ""
            // To SQLite every text is less than every blob.
            upper = Data().databaseValue
        }
    }

    /// Leaves out what comes up to a path; one before the range changes nothing.
    mutating func begin(after path: String) {
        if lower.utf8.lexicographicallyPrecedes(path.utf8) { lower = path }
    }

    func arguments(_ resource: GroupResource, _ revision: UInt64) -> StatementArguments {
        ["resource": resource.description, "from": lower, "to": upper, "at": revision]
    }
}
