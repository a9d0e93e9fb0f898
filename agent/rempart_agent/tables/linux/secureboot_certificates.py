"""Table secureboot_certificates: the certificates by which the firmware judges what it starts.

Source: the variables ``db`` and ``dbx`` of efivarfs, lists of signatures (UEFI specification 2.10, 32.4.1). Lists of
digests are no rows. A machine that was not started by UEFI has none.
"""

import struct
from typing import Dict, Iterator

from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import certificates

OFFLINE = "none"
COLUMNS = (
    Column("common_name", TEXT),
    Column("subject", TEXT),
    Column("issuer", TEXT),
    Column("not_valid_before", TEXT),
    Column("not_valid_after", TEXT),
    Column("sha1", TEXT, collate="nocase"),
    Column("serial", TEXT, collate="nocase"),
    Column("revoked", INTEGER),
    Column("path", TEXT),
    Column("is_ca", INTEGER),
    Column("self_signed", INTEGER),
    Column("key_usage", TEXT),
    Column("authority_key_id", TEXT, collate="nocase"),
    Column("subject_key_id", TEXT, collate="nocase"),
    Column("signing_algorithm", TEXT),
    Column("key_algorithm", TEXT),
    Column("key_strength", TEXT),
)
FOLDER = "/sys/firmware/efi/efivars"
_ATTRIBUTES, _HEAD, _OWNER = 4, 28, 16
_X509 = bytes.fromhex("a159c0a5e494a74a87b5ab155c2bf072")  # EFI_CERT_X509_GUID, as it lies there


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each certificate.

    Raises:
        Missing: efivarfs is not mounted.
        Malformed: a variable can't be understood.
    """
    target.need_live("secureboot_certificates")
    if not target.exists("/sys/firmware"):
        raise Missing("/sys/firmware: does not exist (is sysfs mounted?)")
    if not target.exists("/sys/firmware/efi"):
        return
    names = target.listdir(FOLDER)
    if not names:
        raise Missing("{folder}: efivarfs is not mounted", folder=FOLDER)
    for store in ("db", "dbx"):
        for name in names:
            if name.startswith(store + "-"):
                path = FOLDER + "/" + name
                for row in parse(target.read(path), path):
                    row.update(path=path, revoked=int(store == "dbx"))
                    yield row


def parse(data: bytes, path: str = FOLDER) -> Iterator[Dict[str, Value]]:
    """Return the certificates of a variable.

    Args:
        data: Its attributes and its lists.
        path: Its name, for the error.

    Raises:
        Malformed: a list or a certificate can't be understood.
    """
    from rempart_agent.formats import x509

    at = _ATTRIBUTES
    while at < len(data):
        head = data[at : at + _HEAD]
        if len(head) < _HEAD:
            raise Malformed("{path}: cut off", path=path)
        size, header, each = struct.unpack("<3I", head[16:])
        end = at + size
        if size < _HEAD or end > len(data):
            raise Malformed("{path}: cut off", path=path)
        if head[:16] == _X509:
            if each <= _OWNER or (size - _HEAD - header) % each:
                raise Malformed("{path}: cut off", path=path)
            for place in range(at + _HEAD + header, end, each):
                try:
                    found = x509.read_der(data[place + _OWNER : place + each])
                except Malformed as error:
                    raise Malformed("{path}: {error}", path=path, error=error) from error
                row = certificates.describe(found)
                row["is_ca"] = row.pop("ca")
                for column in ("subject2", "issuer2"):
                    del row[column]
                yield row
        at = end
