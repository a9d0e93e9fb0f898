"""Table certificates: the certificates in PEM files.

The files that ``path`` equals, else the bundles of authorities that the system trusts (of Debian and RHEL families).
A file that does not exist, a directory and a file without a PEM certificate give no rows, as in osquery; a certificate
that can't be understood raises, where osquery leaves out the whole file.
"""

import stat
from typing import TYPE_CHECKING, Dict, Iterator

from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

if TYPE_CHECKING:
    from rempart_agent.formats import x509

OFFLINE = "full"
BUNDLES = ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt")
MAX_BYTES = 8 * 1024 * 1024  # of one file: the authorities that systems trust take 250 KB
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
    Column("path", TEXT, argument=True),
    Column("serial", TEXT, collate="nocase"),
    Column("subject2", TEXT),
    Column("issuer2", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each certificate."""
    for path in query.equal("path") or BUNDLES:
        try:
            if not stat.S_ISREG(target.stat(path).st_mode):
                continue
            text = target.read(path, MAX_BYTES).decode("latin-1")
        except (Missing, Loop):
            continue
        try:
            for row in parse(text):
                row["path"] = path
                yield row
        except Malformed as error:
            raise Malformed("{path}: {error}", path=path, error=error) from error


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Return the certificates of a PEM file.

    Raises:
        Malformed: one can't be understood.
    """
    from rempart_agent.formats import x509

    return map(describe, x509.read_pem(text))


def describe(found: "x509.Certificate") -> Dict[str, Value]:
    """Return the row of a certificate, without where it lies."""
    from rempart_agent.formats import oid, x509

    sign = "-" if found.serial < 0 else ""
    digits = "{:X}".format(abs(found.serial))
    return {
        "common_name": x509.common_name(found.subject),
        "subject": x509.oneline(found.subject),
        "issuer": x509.oneline(found.issuer),
        "ca": int(found.authority),
        "self_signed": int(found.self_signed),
        "not_valid_before": str(found.not_before),
        "not_valid_after": str(found.not_after),
        "signing_algorithm": oid.ALGORITHMS.get(found.signature, ""),
        "key_algorithm": oid.ALGORITHMS.get(found.key, ""),
        "key_strength": found.strength,
        "key_usage": x509.usages(found),
        "subject_key_id": found.subject_key,
        "authority_key_id": found.authority_key,
        "sha1": found.sha1,
        # an even number of digits, as BN_bn2hex writes them
        "serial": sign + ("0" + digits if len(digits) % 2 and found.serial else digits),
        "subject2": x509.spaced(found.subject),
        "issuer2": x509.spaced(found.issuer),
    }
