"""A key as text is told by its body, not by its heading."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from rempart_testing.secrets_made import PPK, SECRETS

from rempart_agent.formats import token


def _rules(text: str) -> list[str]:
    return [finding.rule for finding in token.scan(b"a\n" + text.encode(), "/srv/a", binary=True)[0]]


@pytest.mark.skipif(not shutil.which("puttygen"), reason="puttygen is not installed: there is no real key to find")
@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
@pytest.mark.parametrize("version", ["2", "3"])
def test_keys_of_putty_are_told_by_their_passphrase(tmp_path: Path, kind: str, version: str) -> None:
    phrase = tmp_path / "phrase"
    for words, expected in (("", "private_key"), ("secret words", "encrypted_private_key")):
        phrase.write_text(words)
        key = tmp_path / f"{kind}{len(words)}.ppk"
        options = ["--ppk-param", f"version={version},passes=1,memory=64", "--new-passphrase", str(phrase), "-q"]
        subprocess.run(["puttygen", "-t", kind, "-o", str(key), *options], check=True, stdin=subprocess.DEVNULL)
        assert _rules(key.read_text()) == [expected]
        assert _rules(key.read_text().replace("\n", "\r\n")) == [expected]


def test_keys_of_putty_have_to_decode() -> None:
    assert _rules(PPK.format(2, "none", "AAAAIGFi")) == []  # 32 bytes are said, and 2 are there
    assert _rules(PPK.format(3, "aes256-cbc", "QUJDREVGR0hJSktMTU5PUA==")) == ["encrypted_private_key"]
    assert _rules(PPK.format(3, "aes256-cbc", "QUJD")) == []  # no whole block
    assert _rules(PPK.format(3, "none", "not base64")) == []


def test_two_keys_of_putty_are_two_secrets() -> None:
    one, other = SECRETS["private_key putty"], SECRETS["private_key putty"].replace("AAAAIGFC", "AAAAIGFD")
    found = token.scan((one + other).encode(), "/srv/a")[0]
    assert len({finding.fingerprint for finding in found}) == 2


def test_a_key_of_ssh2_has_its_number() -> None:
    assert _rules(SECRETS["encrypted_private_key ssh2"]) == ["encrypted_private_key"]
    assert _rules(SECRETS["encrypted_private_key ssh2"].replace("P2/56w", "P2/56x")) == []


def test_a_program_that_writes_keys_holds_none() -> None:
    """As they stand in puttygen (import.c): the headings of all forms one behind the other, as texts of C."""
    texts = [
        "-----BEGIN EC PRIVATE KEY-----\n",
        "false && " + '"bad key alg in openssh_pem_write"',
        "Proc-Type: 4,ENCRYPTED\n",
    ]
    texts += ["DEK-Info: DES-EDE3-CBC,", "if-modn{sign{rsa-pkcs1-sha1},encrypt{rsa-pkcs1v2-oaep}}", "a" * 60]
    assert _rules("\0\0".join(texts)) == []
