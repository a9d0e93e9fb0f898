"""Table lxd_certificates: the certificates that LXD trusts.

Source: LXD's REST API, ``/1.0/certificates``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import texts
from rempart_agent.readers.services import lxd
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT),
    Column("type", TEXT),
    Column("fingerprint", TEXT, collate="nocase"),
    Column("certificate", TEXT),
)
_TEXTS = {"name": "name", "type": "type", "fingerprint": "fingerprint", "certificate": "certificate"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each certificate.

    Raises:
        SourceError: LXD does not answer, or refuses.
    """
    for uri in lxd.urls(target, "lxd_certificates", "/1.0/certificates"):
        found = lxd.find(target, "lxd_certificates", uri)
        if found is not None:
            yield texts(found, _TEXTS)
