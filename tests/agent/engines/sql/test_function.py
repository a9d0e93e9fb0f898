"""osquery's extra SQL functions: results, types and error texts as a real osquery 5 gave them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from rempart_agent.engines.sql.database import Database
from rempart_agent.source.contract import Column


class NoTables:
    """A reader without tables."""

    def read(self, requests: Sequence[Any]) -> list[Any]:
        raise AssertionError(requests)

    def columns(self, table: str) -> tuple[Column, ...]:
        raise AssertionError(table)

    def names(self) -> Iterable[str]:
        return ()


RESULTS = """
split('a:b:c', ':', 1) = b text
split('a:b:c', ':', 9) = NULL
split('a:b,c', ':,', 2) = c text
split('::a', ':', 0) = a text
split(NULL, ':', 0) = NULL
regex_split('abc123def', '[0-9]+', 1) = def text
regex_match('hello 42 world', '([0-9]+)', 1) = 42 text
regex_match('hello 42 world', '[a-z]+', 0) = hello text
regex_match('hello', 'x', 0) = NULL
regex_match('hello', 'l+', 5) = NULL
regex_match(NULL, 'l+', 0) = NULL
concat('a', NULL, 1, 2.5) = a12.5 text
concat_ws('-', 'a', NULL, 'b', '') = a-b- text
concat() = NULL
version_compare('1.2.3', '1.10.0') = -1 integer
version_compare('1:2.0', '3.0', 'DPKG') = 1 integer
version_compare('2.0~rc1', '2.0', 'DPKG') = 1 integer
version_compare('1.0-1', '1.0-2', 'RHEL') = -1 integer
version_compare('1.0', '1.0', 'ARCH') = 0 integer
'1.10' > '1.9' COLLATE VERSION = 1 integer
'1.10' > '1.9' COLLATE VERSION_DPKG = 1 integer
in_cidr_block('10.0.0.0/8', '10.1.2.3') = 1 integer
in_cidr_block('10.0.0.0/8', '11.1.2.3') = 0 integer
in_cidr_block('2001:db8::/32', '2001:db8::1') = 1 integer
inet_aton('10.0.0.1') = 167772161 integer
inet_aton('bad') = NULL
community_id_v1('10.0.0.1', '10.0.0.2', 1234, 80, 6) = 1:LzRJKgjvUJlC/VQLtISlfACcEzA= text
community_id_v1('10.0.0.1', '10.0.0.2', 1234, 80, 6, 1) = 1:HO6sQHuQImcIFmYrAdTgPNXijgw= text
community_id_v1('bad', '10.0.0.2', 1234, 80, 6) = NULL
md5('abc') = 900150983cd24fb0d6963f7d28e17f72 text
sha1(123) = 40bd001563085fc35165329ea1ff5c5ecbdbbeef text
md5(NULL) = NULL
md5('') = d41d8cd98f00b204e9800998ecf8427e text
to_base64('hello') = aGVsbG8= text
from_base64('aGVsbG8=') = hello text
conditional_to_base64('plain') = plain text
conditional_to_base64('tëxt') = dMOreHQ= text
sqrt(16) = 4.0 real
sqrt(2) = 1.4142135623731 real
sqrt('x') = 0.0 real
log(10) = 2.30258509299405 real
ceil(1.2) = 2 integer
floor(-1.2) = -2 integer
power(2,10) = 1024.0 real
pi() = 3.14159265358979 real
cot(1) = 0.642092615934331 real
parent_directory('/a/b/c.txt') = /a/b text
parent_directory('x') = NULL
is_path_deterministic('/a/%') = 1 integer
sleep(0) = 0 integer
soundex('Robert') = R163 text
unixepoch('2020-01-01') = 1577836800 integer
printf('%05d|%s', 42, 'x') = 00042|x text
round(2.5) = 3.0 real
1e300 = 1.0e+300 real
1.0/3 = 0.333333333333333 real
sqlite_version() = 3.42.0 text
"""


@pytest.fixture(scope="module")
def database() -> Database:
    return Database(NoTables())


@pytest.mark.parametrize("line", RESULTS.strip().splitlines())
def test_a_function_gives_what_osquery_gives(database: Database, line: str) -> None:
    call, _, expected = line.rpartition(" = ")
    answer = database.query(f"SELECT {call} AS r, typeof({call}) AS t", 10)
    assert answer.failure is None, answer.failure
    wanted = ("", "null") if expected == "NULL" else tuple(expected.rsplit(" ", 1))
    assert answer.rows == [wanted]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            "version_compare('1.0', '1.0', 'NOPE')",
            "The optional third parameter does not match one of: (ARCH, DPKG, RHEL).",
        ),
        ("in_cidr_block('bad', '1.2.3.4')", "CIDR for IP address v4 cannot be parsed"),
        ("in_cidr_block('10.0.0.0/8', 'bad')", "IP address cannot be parsed"),
        ("community_id_v1_strict('bad', '10.0.0.2', 1234, 80, 6)", "Community ID saddr cannot be parsed as IP"),
        ("match('a','b')", "unable to use function MATCH in the requested context"),
    ],
)
def test_a_function_fails_in_osquerys_words(database: Database, call: str, message: str) -> None:
    answer = database.query(f"SELECT {call}", 10)
    assert answer.failure is not None
    assert answer.failure.message == message
