"""Table curl: what a server answers to a GET.

It goes onto the network, and only to the addresses that a statement names by ``url``, by HTTP or HTTPS: within 16
seconds, with at most ten redirects and 8 MiB. Certificates are verified by what the system trusts; proxies of the
environment are not heeded. A server that does not answer fails the statement.
"""

import functools
from typing import Iterator, Tuple

from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Unfit
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("url", TEXT, index=True, argument=True, required=True),
    Column("method", TEXT),
    Column("user_agent", TEXT, argument=True),
    Column("response_code", INTEGER),
    Column("round_trip_time", BIGINT),
    Column("bytes", BIGINT),
    Column("result", TEXT),
)
SECONDS = 16.0
AGENT = "osquery"

Told = Tuple[int, int, int, str]


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each address.

    Raises:
        Unfit: an address is none of HTTP's, or given by LIKE, or two user agents are asked for.
        SourceError: a server does not answer.
    """
    target.need_live("curl")
    asked = query.equal("url")
    if asked is None:
        raise Unfit("curl: url must be given by = or IN")
    agents = query.equal("user_agent") or [AGENT]
    if len(agents) > 1:
        raise Unfit("curl: more than one user_agent")
    agent = agents[0].replace("\r", "").replace("\n", "")
    for url in asked:
        status, microseconds, size, text = target.ask("curl " + url, functools.partial(ask, url, agent))
        yield {
            "url": url,
            "method": "GET",
            "user_agent": agent,
            "response_code": status,
            "round_trip_time": microseconds,
            "bytes": size,
            "result": text,
        }


def ask(url: str, agent: str) -> Told:
    """Ask a server: the status, the time in microseconds, the size and the text of what it answers.

    Args:
        url: The address.
        agent: Who is said to ask.

    Raises:
        SourceError: it does not answer, or not as HTTP has it.
    """
    import time

    from rempart_agent.readers.services import http_client

    before = time.monotonic()
    answer = http_client.follow(url, SECONDS, {"User-Agent": agent})
    taken = int((time.monotonic() - before) * 1_000_000)
    return answer.status, taken, len(answer.body), answer.body.decode("utf-8", "replace")
