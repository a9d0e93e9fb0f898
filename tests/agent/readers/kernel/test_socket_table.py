"""Tables of sockets in /proc/net: any text gives sockets or a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.proc_files import TCP

from rempart_agent.readers.kernel import socket_table
from rempart_agent.source.contract import Malformed, SourceError


@given(st.text())
def test_any_text_gives_sockets_or_a_reason(text: str) -> None:
    parsers: list[tuple[Callable[..., Iterator[socket_table.Socket]], str, int]] = [
        (socket_table.parse_inet, "  sl\n", socket_table.INET),
        (socket_table.parse_unix, "Num\n", socket_table.UNIX),
        (socket_table.parse_packet, "sk\n", socket_table.PACKET),
    ]
    for parse, header, family in parsers:
        for content in (text, header + text):
            found = outcome(partial(parse, content, family, 6, "1"))
            assert isinstance(found, SourceError) or all(each.inode.isdigit() for each in found)


@pytest.mark.parametrize(
    "line", ["0: 00:16 00:0 0A", "0: 0000:16 0:0 0A a b c d e 5", "0: 00000000:xx 0:0 0A a b c d e 5"]
)
def test_a_socket_that_can_not_be_read_is_an_error_not_a_gap(line: str) -> None:
    with pytest.raises(Malformed):
        list(socket_table.parse_inet(TCP + line + "\n", socket_table.INET, 6, "1"))
