"""An authority to bring along, one good certificate for `web`, and all the ways to be a bad one. Argument: a directory."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

WEB = "spiffe://cluster.local/ns/shop/sa/web"
NOW = datetime.datetime.now(datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)
CLIENT, SERVER = x509.ExtendedKeyUsageOID.CLIENT_AUTH, x509.ExtendedKeyUsageOID.SERVER_AUTH
PEM = serialization.Encoding.PEM


class Authority:
    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - HOUR)
            .not_valid_after(NOW + 24 * HOUR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def leaf(
        self,
        names: list[str],
        start: datetime.datetime = NOW - HOUR / 60,
        end: datetime.datetime = NOW + HOUR,
        is_authority: bool = False,
        usages: list[x509.ObjectIdentifier] = [CLIENT, SERVER],
    ) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(True, False, False, False, False, is_authority, False, False, False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        if names:
            uris = [x509.UniformResourceIdentifier(name) for name in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(uris), critical=True)
        return private(key) + builder.sign(self.key, hashes.SHA256()).public_bytes(PEM)


def private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def main() -> None:
    directory = Path(sys.argv[1])
    mine, other = Authority("mine"), Authority("somebody else")
    files = {
        "ca.pem": mine.certificate.public_bytes(PEM),
        "ca.key": private(mine.key),
        "good.pem": mine.leaf([WEB]),
        "expired.pem": mine.leaf([WEB], NOW - 3 * HOUR, NOW - 2 * HOUR),
        "future.pem": mine.leaf([WEB], NOW + 2 * HOUR, NOW + 3 * HOUR),
        "foreign.pem": other.leaf(["spiffe://elsewhere.example/ns/shop/sa/web"]),
        "impostor.pem": other.leaf([WEB]),
        "two-names.pem": mine.leaf([WEB, "spiffe://cluster.local/ns/shop/sa/orders"]),
        "no-name.pem": mine.leaf([]),
        "authority.pem": mine.leaf([WEB], is_authority=True),
        "server-only.pem": mine.leaf([WEB], usages=[SERVER]),
    }
    for name, content in files.items():
        file = directory / name
        file.write_bytes(content)
        file.chmod(0o600)
    print("{}")


if __name__ == "__main__":
    main()
