"""A program that gets its identity by the SPIFFE Workload API, with a client we did not write.

Runs as a workload; prints one JSON line about what it fetched, and one for each rotation it sees.
Argument: how many rotations to wait for.
"""

from __future__ import annotations

import json
import os
import queue
import sys

from spiffe import SpiffeId, TrustDomain, WorkloadApiClient, X509Source

TD = TrustDomain("cluster.local")


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def main() -> None:
    with WorkloadApiClient() as client:
        svid = client.fetch_x509_svid()
        bundles = client.fetch_x509_bundles()
        token = client.fetch_jwt_svid(audience={"ledger"})
        valid = client.validate_jwt_svid(token.token, "ledger")
        keys = client.fetch_jwt_bundles()
        try:
            client.validate_jwt_svid(token.token, "somebody else")
            other = "accepted"
        except Exception as problem:  # noqa: BLE001 - which kind is the client's affair
            other = type(problem).__name__
        say(
            socket=os.environ["SPIFFE_ENDPOINT_SOCKET"],
            x509=str(svid.spiffe_id),
            chain=len(svid.cert_chain),
            authorities=len(bundles.get_bundle_for_trust_domain(TD).x509_authorities),
            jwt=str(token.spiffe_id),
            validated=str(valid.spiffe_id),
            otherAudience=other,
            keys=len(keys.get_bundle_for_trust_domain(TD).jwt_authorities),
        )
    updates: queue.Queue[bool] = queue.Queue()
    with X509Source() as source:
        source.subscribe_for_updates(lambda: updates.put(True))
        serials = [source.svid.leaf.serial_number]
        while len(serials) <= int(sys.argv[1]):
            updates.get(timeout=60)
            serial = source.svid.leaf.serial_number
            if serial not in serials:
                serials.append(serial)
                say(rotation=len(serials) - 1, serial=f"{serial:x}", x509=str(source.svid.spiffe_id))


if __name__ == "__main__":
    main()
