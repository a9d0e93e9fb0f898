"""Events that checks name: what is no event is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.audit_event import Event, exists, read


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("call=chmod arch=b64 people=1000", Event(call="chmod", arch="b64", people=1000)),
        ("call=open arch=b32 exit=-13", Event(call="open", arch="b32", exit=-13)),
        (
            "call=execve arch=b64 where=uid!=euid,euid=0",
            Event(call="execve", arch="b64", where=("uid!=euid", "euid=0")),
        ),
        ("perm=wa file=/etc/a b", Event(path="/etc/a b", perms="wa")),
        ("perm=wa below=/etc/sudoers.d/", Event(path="/etc/sudoers.d", perms="wa", below=True)),
        ("perm=wa link=/etc/localtime", Event(path="/etc/localtime", perms="wa", follows=False)),
        ("perm=x people=500 file=/bin/a=/b", Event(path="/bin/a=/b", perms="x", people=500)),
    ],
)
def test_what_is_meant(text: str, event: Event) -> None:
    assert read(text) == event


@pytest.mark.parametrize(
    "text",
    [
        *("", "chmod", "call=chmod", "call=chmod arch=b65", "call=chmod arch=b64 people=-1", "arch=b64"),
        *("call=open arch=b64 exit=13", "call=open arch=b64 call=chmod", "perm=q file=/x", "file=/etc/passwd"),
        *("perm=wa file=etc", "perm=wa folder=/etc", "call=open arch=b64 file=/etc", "call=open arch=b64 mode=1"),
    ],
)
def test_what_is_no_event(text: str) -> None:
    assert read(text) is None


@given(st.text())
def test_any_text_is_an_event_or_none(text: str) -> None:
    event = read(text)
    assert event is None or bool(event.call) != bool(event.path)


def test_who_has_no_such_call() -> None:
    stime = Event(call="stime", arch="b64")
    assert exists(stime, "x86_64") is False
    assert exists(stime._replace(arch="b32"), "x86_64") is True
    assert exists(Event(call="open", arch="b64"), "i386") is False
    assert exists(stime, "") is None
    assert exists(Event(path="/etc/passwd", perms="w"), "") is True
