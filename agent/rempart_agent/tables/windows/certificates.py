r"""Table certificates: the certificates in the stores of the machine (``store_location`` LocalMachine).

Source: ``SystemCertificates`` in the registry, with what group policy and the enterprise add to the same stores. Stores
have their English names. Algorithms have the names that Windows gives them; ``key_strength`` is the length of the key
in bits, and ``ca`` is known, where osquery answers -1. A certificate that can't be understood has its fingerprint and
its store alone. Stores of users and services are not read: a statement has to ask for LocalMachine.
"""

from typing import Dict, Iterator, Set, Tuple

from rempart_agent.formats import certificate_blob, x509
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, NotObservable, Query, Row, Value
from rempart_agent.source.registry import Key, fold
from rempart_agent.source.target import Target

OFFLINE = "part"
MAX_CERTIFICATES = 20_000
COLUMNS = (
    Column("common_name", TEXT),
    Column("subject", TEXT),
    Column("issuer", TEXT),
    Column("ca", INTEGER),
    Column("self_signed", INTEGER),
    Column("not_valid_before", TEXT),
    Column("not_valid_after", TEXT),
    Column("signing_algorithm", TEXT),
    Column("key_algorithm", TEXT),
    Column("key_strength", TEXT),
    Column("key_usage", TEXT),
    Column("subject_key_id", TEXT, collate="nocase"),
    Column("authority_key_id", TEXT, collate="nocase"),
    Column("sha1", TEXT, collate="nocase"),
    Column("path", TEXT),
    Column("serial", TEXT, collate="nocase"),
    Column("subject2", TEXT),
    Column("issuer2", TEXT),
    Column("sid", TEXT),
    Column("store_location", TEXT, argument=True),
    Column("store", TEXT),
    Column("username", TEXT),
    Column("store_id", TEXT),
)
_MACHINE = "HKEY_LOCAL_MACHINE\\SOFTWARE\\"
_SOURCES = (
    _MACHINE + "Microsoft\\SystemCertificates",
    _MACHINE + "Policies\\Microsoft\\SystemCertificates",
    _MACHINE + "Microsoft\\EnterpriseCertificates",
)
_STORES = {
    "MY": "Personal",
    "ROOT": "Trusted Root Certification Authorities",
    "CA": "Intermediate Certification Authorities",
    "AUTHROOT": "Third-Party Root Certification Authorities",
    "DISALLOWED": "Untrusted Certificates",
    "TRUST": "Enterprise Trust",
    "TRUSTEDPEOPLE": "Trusted People",
    "TRUSTEDPUBLISHER": "Trusted Publishers",
    "REQUEST": "Certificate Enrollment Requests",
    "SMARTCARDROOT": "Smart Card Trusted Roots",
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each certificate of a store."""
    if query.equal("store_location") != ["LocalMachine"]:
        raise NotObservable("stores of users and services are not read from a disk")
    seen: Set[Tuple[str, str]] = set()
    for name, blob in _stored(target):
        row = parse(blob)
        store = _STORES.get(fold(name), name)
        key = (store, str(row.get("sha1", "")))
        if row and key not in seen:
            seen.add(key)
            if len(seen) > MAX_CERTIFICATES:
                raise Malformed("more than {max_certificates} certificates", max_certificates=MAX_CERTIFICATES)
            row.update(store_location="LocalMachine", store=store, path="LocalMachine\\" + store)
            yield row


def _stored(target: Target) -> Iterator[Tuple[str, bytes]]:
    """Yield each certificate as it is stored, and the name of its store."""
    for source in _SOURCES:
        stores = target.registry(source)
        for store in stores.subkeys() if stores is not None else ():
            listed = store.subkey("Certificates")
            for key in listed.subkeys() if listed is not None else ():
                yield store.name, _blob(key)


def _blob(key: Key) -> bytes:
    value = key.value("Blob")
    if value is None:
        if key.values():
            raise Malformed("the stored certificate {name} has no content", name=key.name[:80])
        return b""
    return value.raw


def parse(blob: bytes) -> Dict[str, Value]:
    """Return what a stored certificate says; nothing where there is none.

    Args:
        blob: As it is stored.

    Raises:
        Malformed: the store can't be understood.
    """
    import hashlib

    data = certificate_blob.certificate(blob)
    if data is None:
        return {}
    sha1 = hashlib.sha1(data).hexdigest().upper()  # noqa: S324 - a fingerprint, as osquery shows it
    try:
        found = x509.read_der(data)
    except Malformed:
        return {"sha1": sha1}
    digits = "{:X}".format(abs(found.serial))
    return {
        "common_name": x509.common_name(found.subject),
        "subject": x509.values(found.subject),
        "issuer": x509.values(found.issuer),
        "ca": int(found.authority),
        "self_signed": int(found.self_signed),
        "not_valid_before": str(found.not_before),
        "not_valid_after": str(found.not_after),
        "signing_algorithm": certificate_blob.SIGNATURES.get(found.signature, ""),
        "key_algorithm": certificate_blob.KEYS.get(found.key, ""),
        "key_strength": certificate_blob.CURVES.get(found.strength, found.strength if found.strength.isdigit() else ""),
        "subject_key_id": found.subject_key.upper(),
        "authority_key_id": found.authority_key.upper(),
        "sha1": sha1,
        "serial": "0" + digits if len(digits) % 2 else digits,
        "subject2": x509.spaced(found.subject),
        "issuer2": x509.spaced(found.issuer),
    }
