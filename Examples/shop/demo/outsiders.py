"""Callers who are not what they should be: without a certificate, or with one that somebody else signed."""

from __future__ import annotations

import datetime
import http.client
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Address = tuple[str, int]


@dataclass
class Answer:
    status: int
    decision: str
    body: str


def request(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> Answer:
    """Sends the path as it is: nothing here tidies it."""
    connection.putrequest(method, path, skip_accept_encoding=True, skip_host=True)
    connection.putheader("Host", "orders.shop")
    if body is not None:
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode() if body is not None else None)
    response = connection.getresponse()
    content = response.read().decode(errors="replace")
    return Answer(response.status, response.headers.get("nullius-decision", ""), content)


def one_request(address: Address, method: str, path: str, body: str | None = None) -> Answer:
    connection = http.client.HTTPConnection(*address, timeout=15)
    try:
        return request(connection, method, path, body)
    finally:
        connection.close()


def forge(directory: Path, spiffe_id: str) -> Path:
    """A certificate with that name, signed by an authority of our own; returns chain and key in one PEM file."""
    now = datetime.datetime.now(datetime.timezone.utc)
    root_key = ec.generate_private_key(ec.SECP256R1())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody else")])

    def builder(key: ec.EllipticCurvePrivateKey, subject: x509.Name) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
        )

    root = (
        builder(root_key, root_name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    both = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH, x509.ExtendedKeyUsageOID.SERVER_AUTH])
    leaf = (
        builder(leaf_key, x509.Name([]))
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(spiffe_id)]), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(both, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = directory / "forged.pem"
    file.write_bytes(
        leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + leaf.public_bytes(pem)
        + root.public_bytes(pem)
    )
    return file


def tls(certificate: Path | None) -> ssl.SSLContext:
    """A client that believes every server; what matters here is whether the server believes it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    if certificate is not None:
        context.load_cert_chain(certificate)
    return context


def knock(address: Address, certificate: Path | None) -> str:
    """Tries one request over TLS; says what came back, or with which alert it was refused."""
    try:
        with socket.create_connection(address, timeout=15) as plain:
            with tls(certificate).wrap_socket(plain) as secure:
                # In TLS 1.3 a client is done before the server has looked at its certificate: give it time to say no.
                secure.settimeout(3)
                try:
                    early = secure.recv(4096)
                except TimeoutError:
                    secure.sendall(b"GET /orders HTTP/1.1\r\nHost: orders.shop\r\nConnection: close\r\n\r\n")
                    early = secure.recv(4096)
                return f"answered: {early.decode(errors='replace').splitlines()[:1]}"
    except ssl.SSLError as problem:
        return f"refused: {problem.reason}"
    except OSError as problem:
        return f"failed: {problem!r}"


def serial_number(address: Address) -> str:
    """The serial of the certificate a server presents; in TLS 1.3 it does so before it asks for ours."""
    with socket.create_connection(address, timeout=15) as plain:
        with tls(None).wrap_socket(plain) as secure:
            der = secure.getpeercert(binary_form=True)
    if der is None:
        raise ConnectionError("the server presented no certificate")
    return f"{x509.load_der_x509_certificate(der).serial_number:032x}"
