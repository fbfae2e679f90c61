"""A handshake by OpenSSL 4, which offers the hybrid key exchange first; prints what was agreed. Argument: host:port."""

from __future__ import annotations

import json
import socket
import sys

from cryptography import x509
from OpenSSL import SSL


def main() -> None:
    host, _, port = sys.argv[1].rpartition(":")
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE, lambda *_: True)
    context.set_alpn_protos([b"http/1.1"])
    with socket.create_connection((host, int(port)), timeout=20) as plain:
        plain.setblocking(True)
        connection = SSL.Connection(context, plain)
        connection.set_connect_state()
        connection.do_handshake()
        certificate = connection.get_peer_certificate(as_cryptography=True)
        issuer = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        print(
            json.dumps(
                {
                    "version": connection.get_protocol_version_name(),
                    "group": connection.get_group_name(),
                    "serial": f"{certificate.serial_number:032x}",
                    # Which key signed; two roots of one mesh may have the same name.
                    "issuer": issuer.value.key_identifier.hex(),
                    "names": names.get_values_for_type(x509.UniformResourceIdentifier),
                }
            )
        )


if __name__ == "__main__":
    main()
