import Identity
import X509

extension CertificateFacts {
    /// Holds the certificate to the rules of a leaf SVID (X509-SVID, sections 2, 4 and appendix A).
    ///
    /// Extended usages are required here though the standard only recommends them: without, one certificate
    /// would do for both sides by silence.
    func checkLeafProfile() throws(SVIDViolation) -> SPIFFEID {
        let id = try spiffeID()
        guard !id.path.isEmpty else { throw .noPathInSPIFFEID }
        guard !isAuthority else { throw .leafIsAuthority }
        guard let keyUsage else { throw .keyUsageMissing }
        guard !keyUsage.keyCertSign else { throw .leafMaySignCertificates }
        guard !keyUsage.cRLSign else { throw .leafMaySignRevocationLists }
        guard keyUsage.digitalSignature else { throw .digitalSignatureMissing }
        guard keyUsageIsCritical else { throw .keyUsageNotCritical }
        guard extendedUsages != nil else { throw .extendedUsagesMissing }
        return id
    }
}
