"""What looks like a secret, and what does not; any input is scanned in bounded time."""

from __future__ import annotations

import shutil
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.secrets_made import RANDOM, SECRETS, summed

from rempart_agent.formats import literal_search
from rempart_agent.formats import token as secret


def _rules(text: str, path: str = "/etc/app.conf") -> list[str]:
    return [finding.rule for finding in secret.scan(text.encode(), path)[0]]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_found_by_its_rule(name: str) -> None:
    paths = {
        "password json": "/etc/x.json",
        "password php": "/srv/wp-config.php",
        "password terraform": "/srv/terraform.tfstate",
    }
    path = paths.get(name, "/etc/app.conf")
    assert _rules("first line\n" + SECRETS[name] + "\nlast line\n", path) == [name.split(" ", maxsplit=1)[0]]


@pytest.mark.parametrize(
    ("path", "text", "rules"),
    [
        ("/root/.netrc", "machine a login b password s3cretWord", ["netrc"]),
        ("/etc/apt/auth.conf.d/x.conf", "machine a login b password s3cretWord", ["netrc"]),
        ("/etc/motd", "the password s3cretWord", []),
        ("/root/.pgpass", "db.x:5432:*:app:s3cret\n# a:1:b:c:d\n", ["pgpass"]),
        ("/etc/x", "db.x:5432:*:app:s3cret\n", []),
        (
            "/etc/ppp/chap-secrets",
            'alice * s3cretWord *\n# client server secret\n"bob" "x" "two words"',
            ["chap_secret"] * 2,
        ),
        ("/etc/ipsec.secrets", ': PSK "s3cretWord"\nalice : EAP "an0therWord"\n', ["ipsec_secret"] * 2),
        ("/etc/swanctl/conf.d/a.conf", 'ike-1 {\n  secret = "s3cretWord"\n}\n', ["ipsec_secret"]),
        ("/etc/shadow", SECRETS["password_hash"], []),
        ("/etc/shadow-", SECRETS["password_hash"], []),
        ("/root/shadow", SECRETS["password_hash"], ["password_hash"]),
        ("/srv/a.yml", "password: sunshine", ["password"]),
        ("/srv/a.txt", "password: incorrect", []),
        ("/srv/a.py", "password = 'Winter2024!'", []),
        ("/srv/a.py", SECRETS["github_token"], ["github_token"]),
    ],
)
def test_some_rules_know_their_files(path: str, text: str, rules: list[str]) -> None:
    assert _rules(text, path) == rules


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PUBLIC KEY-----\n" + RANDOM + RANDOM + "\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\n" + RANDOM + RANDOM + "\n-----END CERTIFICATE-----",
        "grep -- '-----BEGIN PRIVATE KEY-----' file and so on, with many more words that are no key at all",
        "password = changeme",
        "password=",
        "password = ${DB_PASSWORD}",
        'password: "{{ vault_password }}"',
        "password = <your password here>",
        "password = xxxxxxxxxx",
        "password = ********",
        "password_file = /etc/app/password",
        "PasswordAuthentication = yes-please1",
        "secret_key_path: keys/main1",
        "token = get_token(request)",
        "api_key = settings.API_KEY",
        "# password = Winter2024!",
        "; secret = Winter2024!",
        "passwd:         files systemd",
        "password        required   pam_unix.so",
        "password [success=1 default=ignore] pam_unix.so obscure",
        "http://user:pass@host/",
        "http://user:$PASSWORD@host/",
        "AKIAIOSFODNN7EXAMPLE",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + RANDOM,
        "$1 and $2 and $(id)",
        "gh" + "p_" + RANDOM[:36],  # its checksum does not hold
        "x" + SECRETS["github_token"][3:],  # no token begins within a word
        "passwd: elevated-privileges 4755 root/root",
        "-----BEGIN PRIVATE KEY-----" + "\0%s: no key was found in the file that was given %s %s %s\0" * 2,
    ],
)
def test_what_is_no_secret_is_not_found(text: str) -> None:
    assert _rules("a line\n" + text + "\n") == []


def test_fingerprints_tell_secrets_apart_and_last() -> None:
    one = secret.fingerprint("password", b"k9Xw2mPq")
    assert one == secret.fingerprint("password", b"k9Xw2mPq")
    assert len({one, secret.fingerprint("password", b"k9Xw2mPr"), secret.fingerprint("netrc", b"k9Xw2mPq")}) == 3
    assert one == "b17a3a3cd0fc"
    pem, escaped = SECRETS["private_key"], SECRETS["private_key"].replace("\n", "\\n")
    assert len({f.fingerprint for f in secret.scan((pem + escaped).encode(), "x")[0]}) == 1


def test_one_secret_of_a_line_is_one_finding() -> None:
    assert _rules("GITHUB_TOKEN=gh" + "p_" + summed(RANDOM[:30])) == ["github_token"]
    assert _rules("password = sk_" + "live_" + RANDOM[:24]) == ["stripe_key"]


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed: there is no real key to find")
def test_real_keys_are_told_by_their_passphrase(tmp_path: Path) -> None:
    for name, passphrase in (("open", ""), ("locked", "secret words")):
        for form in ([], ["-m", "PEM"], ["-m", "PKCS8"]):
            path = tmp_path / f"{name}{len(form)}{form[-1] if form else ''}"
            command = ["ssh-keygen", "-q", "-t", "ecdsa", "-N", passphrase, "-f", str(path), *form]
            subprocess.run(command, check=True)
            expected = "encrypted_private_key" if passphrase else "private_key"
            assert _rules(path.read_text(), str(path)) == [expected]
            assert _rules(path.with_name(path.name + ".pub").read_text()) == []


ODD = {
    "short lines": lambda key: "\n".join(key[at : at + 17] for at in range(0, len(key), 17)),
    "blanks before each line": lambda key: key.replace("\n", "\n    "),
    "ends of lines of Windows": lambda key: key.replace("\n", "\r\n"),
    "escaped ends of lines": lambda key: key.replace("\n", "\\\\n"),
    "quotes and commas": lambda key: '"' + key.replace("\n", '",\n"') + '"',
    "bytes of NUL between": lambda key: key[:60] + "\0" + key[60:],
}


@pytest.mark.parametrize("how", ODD)
def test_a_key_is_a_key_whatever_stands_between_its_characters(how: str) -> None:
    key = SECRETS["private_key"]
    head, body = key[:28], key[28:]
    text = (head + ODD[how](body)).encode()
    for binary in (False, True):
        assert [one.rule for one in secret.scan(text, "/srv/a", binary)[0]] == ["private_key"]


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", [b"\x7fELF\0\1", b"\x7fELF\0\1\2"])
def test_utf_16_among_other_bytes_is_judged_as_text(coding: str, before: bytes) -> None:
    for name in ("github_token", "private_key", "wireguard_key", "private_key putty"):
        data = before + b"\xfe" + ("A = " + SECRETS[name] + "\n").encode(coding) + b"\xff\xfe\0\0" + before
        for binary in (False, True):
            assert [one.rule for one in secret.scan(data, "/srv/a", binary)[0]] == [name.split(" ", maxsplit=1)[0]]
    within_a_word = before + ("x" + SECRETS["github_token"][3:]).encode(coding)
    assert secret.scan(within_a_word, "/srv/a", binary=True)[0] == []


def test_each_place_of_a_file_in_parts_is_judged_once() -> None:
    data = ("x" * 50 + " " + SECRETS["github_token"] + "\n").encode()
    start = data.index(b"gh" + b"p_")
    assert len(secret.scan(data, "/srv/a", first=start)[0]) == 1
    assert secret.scan(data, "/srv/a", first=start + 1)[0] == []
    assert secret.scan(data, "/srv/a", last=start)[0] == []
    assert len(secret.scan(data, "/srv/a", last=start + 1)[0]) == 1


@given(
    st.lists(st.one_of(st.binary(max_size=9), st.sampled_from(sorted(SECRETS.values())).map(str.encode)), max_size=5)
)
def test_the_loop_and_hyperscan_find_the_same_secrets(pieces: list[bytes]) -> None:
    for joint in (b"", b" ", b"\0"):
        data = joint.join(pieces)
        wide = data + b"\xfe\0" + data.decode("latin-1").encode("utf-16-le")
        for path, binary in (("/srv/a", True), ("/srv/a", False), ("/root/.pgpass", False)):
            fast = secret.scan(wide, path, binary)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(literal_search, "finder", lambda known: partial(literal_search.find_each, known))
                patch.setattr(
                    literal_search, "wide_finder", lambda known: partial(literal_search.find_each_wide, known)
                )
                assert secret.scan(wide, path, binary) == fast


@given(st.binary(), st.sampled_from([s.encode() for s in SECRETS.values()]), st.integers(0, 200))
def test_any_bytes_are_scanned(noise: bytes, text: bytes, cut: int) -> None:
    for data in (noise, noise + text[:cut] + noise, text[cut:] + noise):
        for finding in secret.scan(data, "/root/.pgpass")[0]:
            assert 1 <= finding.line <= data.count(b"\n") + 1


HOSTILE = (
    *("password", "secret=", "-----BEGIN PRIVATE KEY-----", "://a:", "$6$", "a:", "password='", "<password>"),
    *("eyJ", "eyJaaaaaaaaaa.", "sk-", "T3BlbkFJ", ":AA", ".atlasv1.", "privatekey = ", "psk ", "a b ", '"a" ', "ghp_"),
    *("-----BEGIN A B PRIVATE KEY-----\nProc-Type: 4\n", "a-", "xoxb-", "github_pat_", "1234567890:AA"),
)
PLACES = ("/root/.pgpass", "/etc/ppp/chap-secrets", "/etc/ipsec.secrets", "/srv/a.json")


@pytest.mark.parametrize(
    "text",
    [
        *(piece * ((1 << 17) // len(piece)) for piece in HOSTILE),
        "passwd " + " " * (1 << 17),
        "api_key" + "." * (1 << 17),
    ],
)
def test_the_worst_input_costs_time_in_line_with_its_size(text: str) -> None:
    """All places take a second or two; a pattern that is quadratic takes minutes for one."""
    began = time.process_time()
    for path in PLACES:
        for binary in (False, True):
            assert len(secret.scan(text.encode(), path, binary)[0]) <= 40 * secret.MAX_OF_RULE
    assert time.process_time() - began < 60
