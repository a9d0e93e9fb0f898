"""Table rempart_secrets: finds secrets, never shows them, and says how far it looked."""

from __future__ import annotations

import base64
import gzip
import os
import shutil
import subprocess
import time
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import token as secret
from rempart_agent.source.contract import Constraint, Denied, Query
from rempart_agent.tables.linux import rempart_secrets
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
RANDOM = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9n"  # 40 characters
PEM = "-----BEGIN {0}PRIVATE KEY-----\n{1}MIIE" + RANDOM + RANDOM + "\n-----END {0}PRIVATE KEY-----\n"


def _ask(target: Any, path: str, op: str = "=") -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the findings and the witness row of one path."""
    rows = [dict(r) for r in rempart_secrets.rows(target, Query(frozenset(), (Constraint("path", op, (path,)),)))]
    return [r for r in rows if r.get("rule")], next(r for r in rows if not r.get("rule"))


def _rules(text: str, path: str = "/etc/app.conf") -> list[str]:
    return [finding.rule for finding in secret.scan(text.encode(), path)[0]]


def _summed(body: str) -> str:
    """Return the body of a token with its checksum, as GitHub and npm make them."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[digit] + digits
    return body + digits


# What looks like a token is put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "private_key": PEM.format("", ""),
    "private_key rsa": PEM.format("RSA ", ""),
    "private_key pgp": PEM.format("PGP ", "\n").replace("KEY-----", "KEY BLOCK-----").replace("MIIE", "lQWG"),
    "private_key putty": "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",
    "encrypted_private_key": PEM.format("ENCRYPTED ", ""),
    "encrypted_private_key old": PEM.format("RSA ", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
    "encrypted_private_key putty": "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\n",
    "gcp_service_account": '{"type": "service_account", "k": "' + PEM.format("", "").replace("\n", "\\n") + '"}',
    "aws_access_key": "id = AK" + "IA" + "Q3EGRIZ7ODLMU2PW",
    "aws_secret_key": "aws_secret_access_key = " + RANDOM,
    "github_token": "x: gh" + "p_" + _summed(RANDOM[:30]),
    "github_token fine": "github" + "_pat_" + RANDOM + RANDOM,
    "gitlab_token": "gl" + "pat-" + RANDOM[:20],
    "slack_token": "xo" + "xb-" + RANDOM[:30],
    "slack_webhook": "https://hooks.slack" + ".com/services/T0AB12CD3/B0AB12CD3/" + RANDOM[:24],
    "stripe_key": "sk_" + "live_" + RANDOM[:24],
    "npm_token": "//registry.x/:_authToken=" + RANDOM[:36],
    "npm_token bare": "NPM=np" + "m_" + _summed(RANDOM[:30]),
    "jwt": ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"1234567890","name":"x"}', RANDOM[:24].encode())
    ),
    "terraform_token": RANDOM[:14] + ".atla" + "sv1." + RANDOM + RANDOM[:24],
    "huggingface_token": "h" + "f_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
    "grafana_token": "gl" + "sa_" + RANDOM[:32] + "_0a1b2c3d",
    "wireguard_key": "[Interface]\nPrivateKey = " + RANDOM[:39] + "abcE=",
    "wireguard_key preshared": "PresharedKey=" + RANDOM[:39] + "abcE=",
    "password terraform": '{\n  "attributes": {\n    "password": "k9Xw#2mPq"\n  }\n}',
    "password iscsi": "node.session.auth.password = k9Xw2mPq7",
    "pypi_token": "py"
    "pi-" + base64.urlsafe_b64encode(b"\x02\x01\x08pypi.org\x02$" + RANDOM.encode() * 2).decode().rstrip("="),
    "google_api_key": "AI" + "za" + RANDOM[:35],
    "azure_connection_string": "AccountName=x;AccountKey=" + RANDOM + RANDOM + "==;",
    "docker_auth": '{"auths": {"r.x": {"auth": "dXNlcjpwYXNzd29yZDEyMw=="}}}',
    "kube_client_key": "    client-key-data: " + RANDOM * 3,
    "wifi_key": "[wifi-security]\npsk=correct horse".replace(" horse", "9horse"),
    "password_hash": "root:$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7:1",
    "password_hash sha512": "--iscrypted $6$saltsalt$" + "x/Y7" * 21 + "ab",
    "password_hash bcrypt": "admin:$2y$05$" + "aB.9/" * 10 + "abc",
    "url_password": "DATABASE_URL=postgres://app:S3cr3tPw@db.x/app",
    "password": "password = Winter2024!",
    "password quoted": "DB_PASSWORD: 'correct horse battery'",
    "password export": 'export API_KEY="d41d8cd98f00b204"',
    "password plain": "password=sunshine",
    "password json": '{\n  "client_secret": "a8f5f167f44f4964e6c998dee827110c"\n}',
    "password php": "define( 'DB_PASSWORD', 'k9Xw#2mPq' );",
    "password xml": "<password>k9Xw#2mPq</password>",
}


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


def test_a_secret_is_named_and_never_shown(root_of: RootOf) -> None:
    target = root_of({"/srv/a/app.env": "A=1\nDB_PASSWORD=k9Xw2mPq\n", "/srv/b.ini": "[x]\ny=1\npassword = k9Xw2mPq\n"})
    findings, witness = _ask(target, "/srv")
    assert [(r["path"], r["file"], r["rule"], r["line"]) for r in findings] == [
        ("/srv", "/srv/b.ini", "password", 3),
        ("/srv", "/srv/a/app.env", "password", 2),
    ]
    assert findings[0]["fingerprint"] == findings[1]["fingerprint"]
    assert "k9Xw2mPq" not in repr(findings)
    assert witness == {"path": "/srv", "scanned": 2, "skipped": 0, "skipped_why": "", "complete": 1, "packed": 0}


def test_fingerprints_tell_secrets_apart_and_last() -> None:
    one = secret.fingerprint("password", b"k9Xw2mPq")
    assert one == secret.fingerprint("password", b"k9Xw2mPq")
    assert len({one, secret.fingerprint("password", b"k9Xw2mPr"), secret.fingerprint("netrc", b"k9Xw2mPq")}) == 3
    assert one == "b17a3a3cd0fc"
    pem, escaped = SECRETS["private_key"], SECRETS["private_key"].replace("\n", "\\n")
    assert len({f.fingerprint for f in secret.scan((pem + escaped).encode(), "x")[0]}) == 1


def test_one_secret_of_a_line_is_one_finding() -> None:
    assert _rules("GITHUB_TOKEN=gh" + "p_" + _summed(RANDOM[:30])) == ["github_token"]
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


def test_binaries_and_utf_16_are_searched_and_large_files_whole(root_of: RootOf) -> None:
    token, password = SECRETS["github_token"], SECRETS["password"]
    far = "x" * 79 + "\n"
    many = far * (rempart_secrets.PART // 40)
    target = root_of(
        {
            "/srv/program": b"\x7fELF\0\0" + token.encode() + b"\0password=Winter2024!\0",
            "/srv/key.der": b"\0\1" + SECRETS["private_key"].encode(),
            "/srv/windows.reg": "first\r\n".encode("utf-16") + password.encode("utf-16-le"),
            "/srv/unmarked.txt": (far + password).encode("utf-16-be"),
            "/srv/large": many + token + "\n" + many + password,
            "/srv/edge": "y" * (rempart_secrets.PART - 20) + "\n" + token,
        }
    )
    findings, witness = _ask(target, "/srv")
    lines = many.count("\n")
    assert {(row["file"], row["rule"], row["line"]) for row in findings} == {
        ("/srv/program", "github_token", 1),
        ("/srv/key.der", "private_key", 1),
        ("/srv/windows.reg", "password", 2),
        ("/srv/unmarked.txt", "password", 2),
        ("/srv/large", "github_token", lines + 1),
        ("/srv/large", "password", 2 * lines + 2),
        ("/srv/edge", "github_token", 2),
    }
    assert (witness["scanned"], witness["skipped"], witness["complete"]) == (6, 0, 1)


def test_what_is_packed_is_counted_and_not_called_searched_within(root_of: RootOf) -> None:
    files = {"/srv/a.gz": gzip.compress(SECRETS["password"].encode()), "/srv/b.deb": b"!<arch>\ndebian", "/srv/c": "x"}
    findings, witness = _ask(root_of(files), "/srv")
    assert (findings, witness["scanned"], witness["packed"], witness["complete"]) == ([], 3, 2, 1)


def test_what_was_not_read_is_counted(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rempart_secrets, "MAX_FILE", 1 << 20)
    target = root_of(
        {
            "/srv/a": "text",
            "/srv/big": "x" * ((1 << 20) + 1),
            "/srv/denied": "",
            "/srv/locked/x": "",
            "/elsewhere": SECRETS["password"],
        }
    )
    os.symlink("/elsewhere", target.root + "/srv/link")
    os.symlink("/", target.root + "/srv/loop")
    os.mkfifo(target.root + "/srv/fifo")
    os.link(target.root + "/srv/a", target.root + "/srv/same")
    read_head, entries = target.read_head, target.entries

    def no_read(path: str, size: int) -> bytes:
        if path == "/srv/denied":
            raise Denied(path)
        return read_head(path, size)

    def no_list(path: str) -> list[tuple[str, str]]:
        if path == "/srv/locked":
            raise Denied(path)
        return entries(path)

    monkeypatch.setattr(target, "read_head", no_read)
    monkeypatch.setattr(target, "entries", no_list)
    findings, witness = _ask(target, "/srv")
    assert findings == []
    assert (witness["scanned"], witness["skipped"], witness["complete"]) == (1, 3, 0)
    assert witness["skipped_why"] == "1 larger than 1 GiB, 2 unreadable"


def test_a_search_that_has_no_time_left_is_not_complete(root_of: RootOf) -> None:
    query = Query(frozenset(), (Constraint("path", "=", ("/srv",)), Constraint("max_seconds", "=", ("0",))))
    rows = [dict(row) for row in rempart_secrets.rows(root_of({"/srv/a": "x", "/srv/b": "x"}), query)]
    assert rows[-1]["complete"] == 0
    assert rows[-1]["max_seconds"] == 0
    assert "more than 0 seconds" in rows[-1]["skipped_why"]


@pytest.mark.parametrize("path", ["/none", "/none/%", "/none/%%"])
def test_a_place_that_is_not_there_is_not_complete(root_of: RootOf, path: str) -> None:
    findings, witness = _ask(root_of({"/srv/a": ""}), path, "LIKE" if "%" in path else "=")
    assert findings == []
    seen = {"scanned": 0, "skipped": 0, "skipped_why": "nothing is there", "complete": 0, "packed": 0}
    assert witness == {"path": path, **seen}


def test_patterns_and_files_are_asked_too(root_of: RootOf) -> None:
    line = "password = Winter2024!\n"
    target = root_of({"/home/a/.aws/x": line, "/home/b/.aws/sub/y": line, "/home/b/z": line, "/home/c/": ""})
    for path, op, files in (
        ("/home/%/.aws/", "LIKE", ["/home/a/.aws/x", "/home/b/.aws/sub/y"]),
        ("/home/%%", "LIKE", ["/home/a/.aws/x", "/home/b/.aws/sub/y", "/home/b/z"]),
        ("/home/%/z", "LIKE", ["/home/b/z"]),
        ("/home/b/z", "=", ["/home/b/z"]),
        ("/home/%/none", "LIKE", []),
    ):
        findings, witness = _ask(target, path, op)
        assert sorted(r["file"] for r in findings) == files
        assert {r["path"] for r in findings} <= {path}
        assert (witness["path"], witness["complete"]) == (path, 1)


def test_a_file_that_hides_a_secret_among_others_is_not_complete(root_of: RootOf) -> None:
    samples = "password = changeme\n" * 300
    assert _ask(root_of({"/srv/a": samples + SECRETS["password"]}), "/srv/a")[0][0]["line"] == 301
    _, witness = _ask(root_of({"/srv/b": samples * 70 + SECRETS["password"]}), "/srv/b")
    assert (witness["scanned"], witness["complete"]) == (1, 0)
    assert witness["skipped_why"] == "1 with too many matches to look at all"


def test_several_paths_have_a_witness_each(root_of: RootOf) -> None:
    target = root_of({"/a/x": "", "/b/x": ""})
    rows = rempart_secrets.rows(target, Query(frozenset(), (Constraint("path", "=", ("/a", "/b", "/c")),)))
    assert [(r["path"], r["complete"]) for r in rows] == [("/a", 1), ("/b", 1), ("/c", 0)]


def test_the_kernels_trees_are_not_entered(root_of: RootOf) -> None:
    target = root_of({"/proc/x": SECRETS["password"], "/sys/x": "", "/dev/x": "", "/a": ""})
    findings, witness = _ask(target, "/")
    assert (findings, witness["scanned"], witness["complete"]) == ([], 1, 1)
    assert _ask(target, "/proc")[1]["scanned"] == 0


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("MAX_FILES", 3, "more than 3 files"),
        ("MAX_DIRECTORIES", 2, "more than 2 directories"),
        ("MAX_DEPTH", 1, "deeper than 1 directories"),
        ("MAX_FINDINGS", 2, "more than 2 findings"),
        ("MAX_TOTAL", 1 << 4, "more than 0 MiB"),
    ],
)
def test_an_exhausted_bound_is_said(
    root_of: RootOf, monkeypatch: pytest.MonkeyPatch, name: str, value: int, why: str
) -> None:
    target = root_of({f"/srv/{n}/{n}/{n}": SECRETS["password"] for n in range(6)})
    monkeypatch.setattr(rempart_secrets, name, value)
    _, witness = _ask(target, "/srv")
    assert witness["skipped_why"].startswith(why)
    assert witness["complete"] == 0


def test_names_that_are_no_utf8_do_no_harm(root_of: RootOf) -> None:
    target = root_of({"/srv/": ""})
    with open(os.fsencode(target.root) + b"/srv/\xff.conf", "w") as file:
        file.write(SECRETS["password"])
    assert [r["file"] for r in _ask(target, "/srv")[0]] == ["/srv/\ufffd.conf"]


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
