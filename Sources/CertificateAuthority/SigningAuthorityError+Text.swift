extension PEMError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let bytes): "\(bytes) bytes are too many"
        case .tooManyBlocks: "there are more than \(PEMText.maximumBlocks) blocks"
        case .noBlocks: "there is no -----BEGIN …----- in it"
        case .strayBoundary(let line): "line \(line) is a damaged or misplaced ----- line"
        case .unterminated(let line): "the block that begins at line \(line) has no end"
        case .labelMismatch(let line): "line \(line) ends another kind of block than was begun"
        case .notBase64(let line): "line \(line): not base64"
        case .encrypted(let line):
            "line \(line): the key is encrypted; decrypt it first (openssl pkey -in KEY -out KEY.plain)"
        case .unexpectedLabel(let line): "line \(line) begins a block of a kind that does not belong here"
        }
    }
}

extension CertificateFormatError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "there is no certificate"
        case .tooMany(let count): "\(count) certificates are more than \(CertificateChain.maximumLength)"
        case .tooLarge(let bytes): "a certificate has \(bytes) bytes"
        case .malformed(let index): "certificate \(index + 1) cannot be read"
        case .unsupportedPublicKey(let index): "the key of certificate \(index + 1) is not accepted"
        case .unsupportedSignatureAlgorithm(let index):
            "the signature algorithm of certificate \(index + 1) is not accepted"
        case .pem(let error): error.description
        }
    }
}

extension TrustBundleError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noRoots: "there are no roots"
        case .tooManyRoots(let count): "\(count) roots are more than \(TrustBundle.maximumRoots)"
        case .format(let error): error.description
        case .notAnAuthority(let index):
            "root \(index + 1) is no authority that may sign: it needs basicConstraints CA:TRUE and keyUsage keyCertSign"
        case .ofAnotherTrustDomain(let domain, let index): "root \(index + 1) is of trust domain \(domain)"
        case .malformedExtension(let index): "an extension of root \(index + 1) cannot be read"
        case .twoBundlesForOneTrustDomain(let domain): "there are two bundles for \(domain)"
        }
    }
}

extension SigningAuthorityError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .format(let error): "certificates: \(error)"
        case .bundle(let error): "root: \(error)"
        case .keyMalformed: "the key cannot be read"
        case .keyPEM(let error): "key: \(error)"
        case .noKey: "there is no key"
        case .severalKeys(let count): "there are \(count) keys; give the signer's only"
        case .unsupportedKey: "the key must be ECDSA P-256 or P-384, or RSA of 2,048 to 8,192 bits"
        case .keyDoesNotMatch:
            "the key is not that of the first certificate; put the signer's certificate first"
        case .chain(let violation):
            "the chain does not lead from the signer to the root, which comes last: \(violation)"
        case .lifetimeOutOfRange: "a root lives from a second to fifty years"
        case .signing: "signing failed"
        }
    }
}
