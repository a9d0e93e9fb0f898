"""Secrets are masked wherever an audit shows text, and nobody can make that slow."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rempart_testing.planted import COMMANDS, PLAIN, TEXTS, secret_of

from rempart_agent.formats import mask
from rempart_agent.formats.mask import mask_command, mask_commands, mask_text

SIZE = 128 * 1024
WORST = [
    *(
        "a",
        "a.a.a",
        "password",
        "password ",
        "passwd=",
        "token ",
        "tokenx=",
        "secret:/",
        'token="',
        "PASSWORD_",
        "pwd =",
    ),
    *("_pwd", "://", "://a:", "a:b@", "http://u:p", " -p", " -u a", "mysql -p ", "curl -u ", "htpasswd -b "),
    *("wpa_passphrase a ", "eyJ-", "eyJ", "eyJabcdefgh.", "gh", "ghp_", "$6$", "{SHA}", "-----BEGIN ", "bearer "),
    *("-----BEGIN PRIVATE KEY-----", "authorization: ", "x-api-key", "cookie:", "?sig=", "1//0", "sk-", " ", "\t="),
    *("hooks.slack.com/services/", '"', "'", "=", ":", "PuTTY-User-Key-File-2: a", "0123456789:AA", "[redacted]", "\\"),
    *("grub.pbkdf2.sha512.1.", "bindpw ", "\u00e9", "\0"),
]
NAMES = (
    *("passwd", "password", "passphrase", "passcode", "requirepass", "masterauth", "pass-key", "secret.access_key"),
    *("token", "api-key", "apikey", "access-key", "account_key", "auth_key", "encryption.key", "private-key"),
    *("privatekey", "presharedkey", "pre-shared-key", "signing-key", "shared_key", "credential", "_pwd", "-pwd"),
    *("pgpass", "psk", "bindpw", "rootpw", "userpw", "keypass", "storepass", "_pass", "-pass", "connection-string"),
    *("sharedaccesssignature", "pwd", "pass", "passin", "passout"),
)
PROGRAMS = "mysql sshpass curl htpasswd openssl redis-cli sqlplus docker login ldapsearch smbclient 7z zip "


def test_there_are_sixty_forms_at_least() -> None:
    assert len({*COMMANDS, *TEXTS}) >= 60


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_line_loses_its_secret(command: str) -> None:
    masked = mask_command(command)
    assert secret_of(command) not in masked
    assert "[redacted]" in masked
    assert masked.split()[0] == command.split(maxsplit=1)[0]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_loses_what_has_the_form_of_a_secret(text: str) -> None:
    assert secret_of(text) not in mask_text(text)
    assert secret_of(text) not in mask_text(f"somewhere in a line: {text} and more")
    assert secret_of(text) not in mask_command(f"program {text}")


@pytest.mark.parametrize("text", ["pa\u017f\u017fword=hunter2", "PA\u017fSWORD=hunter2", "api_\u212aey=hunter2"])
def test_letters_that_are_the_same_without_case_name_a_secret_too(text: str) -> None:
    assert "hunter2" not in mask_text(text)


@given(st.lists(st.sampled_from([*NAMES, *"\n\n\n =:-_x", "hunter2", "PSK"]), max_size=30).map("".join))
@example("pwd\n=x")  # what makes it a name is in the next line
@example("pass \n  : x")
@example("a token\n\npasswd=1\npassword_pwd")
def test_names_stand_where_a_search_of_all_the_text_finds_them(text: str) -> None:
    """They are searched for in lines alone that may hold one."""
    everywhere = [match.span() for match in re.finditer(mask._NAME, text, re.IGNORECASE)]
    assert [match.span() for match in mask._names(text)] == everywhere


@given(st.lists(st.sampled_from([*NAMES, *" =:-_'\n", "hunter2", "x"]), max_size=8).map("".join), st.booleans())
def test_what_is_looked_at_first_leaves_no_name_out(text: str, upper: bool) -> None:
    text = text.upper() if upper else text
    with pytest.MonkeyPatch.context() as patch:
        first = mask_text(text), mask_command(text)
        patch.setattr(mask, "_ROOTS", ("",))
        assert first == (mask_text(text), mask_command(text))


@pytest.mark.parametrize("text", PLAIN)
def test_evidence_that_holds_no_secret_stays(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("command", ["docker run -p 8080:80 nginx", "ssh git@host", "sshd -D -o PermitRootLogin=no"])
def test_what_a_command_line_does_stays(command: str) -> None:
    assert mask_command(command) == command


@given(
    st.lists(
        st.lists(st.sampled_from([*COMMANDS, *TEXTS, *PLAIN, *WORST, *PROGRAMS.split(), "x", ""]), max_size=3).map(
            " ".join
        )
    )
)
@settings(max_examples=300, deadline=None)
def test_many_command_lines_lose_what_each_would(commands: list[str]) -> None:
    assert mask_commands(commands) == [mask_command(command) for command in commands]


@pytest.mark.parametrize("worst", WORST)
def test_a_long_argument_blinds_nobody(worst: str) -> None:
    """Quadratic masking took minutes for this size: 8 s for 16,000 characters."""
    text = (worst * (SIZE // len(worst) + 1))[:SIZE]
    began = time.process_time()
    for whole in (text, PROGRAMS + text, text + " --password x"):
        mask_command(whole)
        mask_text(whole)
    assert time.process_time() - began < 20


@given(st.text(), st.sampled_from(["", "password=", "curl -u ", "Bearer ", "eyJ", "://a:"]))
def test_masking_takes_any_text_and_changes_nothing_twice(text: str, before: str) -> None:
    once = mask_text(before + text)
    assert mask_text(once) == once
    mask_command(before + text)
