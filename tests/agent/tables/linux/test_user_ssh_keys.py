"""Table user_ssh_keys: private keys, and whether a passphrase protects them."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import private_key
from rempart_agent.formats.private_key import PrivateKey
from rempart_agent.source.contract import Constraint, Denied, Query
from rempart_agent.tables.linux import user_ssh_keys
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def _number(value: int) -> bytes:
    return _der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _block(label: str, data: bytes, head: str = "", end: str = "\n") -> str:
    lines = base64.encodebytes(data).decode().strip().split("\n")
    return end.join([f"-----BEGIN {label}-----", *([head, ""] if head else []), *lines, f"-----END {label}-----", ""])


def _openssh(cipher: bytes) -> str:
    data = b"openssh-key-v1\0" + len(cipher).to_bytes(4, "big") + cipher + b"\0\0\0\4none\0\0\0\0\0\0\0\1" + b"k" * 60
    return _block("OPENSSH PRIVATE KEY", data)


RSA_BITS = 2048
RSA = _der(0x30, _number(0), _number((1 << RSA_BITS) - 1), *(_number(n) for n in (65537, 5, 5, 5, 5, 5, 5)))
P256 = _der(6, bytes.fromhex("2a8648ce3d030107"))
EC = _der(0x30, _number(1), _der(4, b"k" * 32), _der(0xA0, P256))
DSA = _der(0x30, _number(0), _number(1 << 1023), _number(1 << 159), _number(2), _number(3), _number(4))


def _pkcs8(oid: str, inner: bytes, parameters: bytes = b"") -> bytes:
    return _der(0x30, _number(0), _der(0x30, _der(6, bytes.fromhex(oid)), parameters), _der(4, inner))


SEALED = _der(0x30, _der(0x30, _der(6, bytes.fromhex("2a864886f70d01050d"))), _der(4, b"sealed"))
RSA_OID, EC_OID, ED25519_OID = "2a864886f70d010101", "2a8648ce3d0201", "2b6570"
LEGACY = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF"

# what OpenSSL 3 said of keys of these forms
KEYS = {
    "rsa": (_block("RSA PRIVATE KEY", RSA), PrivateKey(False, "rsa", "", 2048, 112)),
    "rsa with CRLF": (_block("RSA PRIVATE KEY", RSA, end="\r\n"), PrivateKey(False, "rsa", "", 2048, 112)),
    "rsa after other text": ("of alice\n" + _block("RSA PRIVATE KEY", RSA), PrivateKey(False, "rsa", "", 2048, 112)),
    "rsa in PKCS#8": (_block("PRIVATE KEY", _pkcs8(RSA_OID, RSA)), PrivateKey(False, "rsa", "", 2048, 112)),
    "rsa encrypted": (_block("RSA PRIVATE KEY", b"sealed", LEGACY), PrivateKey(True)),
    "encrypted PKCS#8": (_block("ENCRYPTED PRIVATE KEY", SEALED), PrivateKey(True)),
    "ec": (_block("EC PRIVATE KEY", EC), PrivateKey(False, "ec", "prime256v1", 256, 128)),
    "ec in PKCS#8": (_block("PRIVATE KEY", _pkcs8(EC_OID, EC, P256)), PrivateKey(False, "ec", "prime256v1", 256, 128)),
    "dsa": (_block("DSA PRIVATE KEY", DSA), PrivateKey(False, "dsa", "", 1024, 80)),
    "ed25519": (_block("PRIVATE KEY", _pkcs8(ED25519_OID, b"\4 k")), PrivateKey(False, "", "", 256, 128)),
    "openssh": (_openssh(b"none"), PrivateKey(False)),
    "openssh encrypted": (_openssh(b"aes256-ctr"), PrivateKey(True)),
    "openssh with CRLF": (_openssh(b"none").replace("\n", "\r\n"), PrivateKey(False)),
    "openssh cut off": ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n", PrivateKey(None)),
    "cut off": (_block("RSA PRIVATE KEY", RSA[:-3]), None),
    "no end": (_block("RSA PRIVATE KEY", RSA).partition("-----END")[0], None),
    "another key under the label": (_block("PRIVATE KEY", RSA), None),
    "public": (_block("PUBLIC KEY", RSA), None),
    "words": ("this file tells of a PRIVATE KEY", None),
    "empty": ("", None),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_told_as_openssl_does(name: str) -> None:
    text, key = KEYS[name]
    assert private_key.examine(text) == key


@pytest.mark.parametrize(("bits", "security"), [(512, 56), (1024, 80), (2048, 112), (3072, 128), (4096, 152), (5, 0)])
def test_the_strength_of_rsa(bits: int, security: int) -> None:
    assert private_key.security_of(bits) == security


PASSWD = "root:x:0:0::/root:\nalice:x:1000:1000::/home/alice:\n"


def _rows(target: Any, *uids: str) -> list[dict[str, Any]]:
    constraints = (Constraint("uid", "=", uids),) if uids else ()
    return [dict(row) for row in user_ssh_keys.rows(target, Query(frozenset(), constraints))]


def test_keys_under_any_name_of_the_users_that_are_named(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/passwd": PASSWD,
            "/home/alice/.ssh/id_rsa": KEYS["rsa"][0],
            "/home/alice/.ssh/.backup": KEYS["openssh encrypted"][0],
            "/home/alice/.ssh/cut": KEYS["openssh cut off"][0],
            "/home/alice/.ssh/id_rsa.pub": "ssh-rsa AAAA alice",
            "/home/alice/.ssh/folder/key": KEYS["rsa"][0],
            "/root/.ssh/known_hosts": "",
        }
    )
    os.mkfifo(target.root + "/home/alice/.ssh/agent")
    os.symlink("nowhere", target.root + "/home/alice/.ssh/broken")
    rows = _rows(target, "0", "1000")
    assert [(r["path"].rpartition("/")[2], r.get("encrypted")) for r in rows] == [
        (".backup", 1),
        ("cut", None),
        ("id_rsa", 0),
    ]
    assert rows[2] == {
        "uid": 1000,
        "path": "/home/alice/.ssh/id_rsa",
        "encrypted": 0,
        "key_type": "rsa",
        "key_group_name": "",
        "key_length": 2048,
        "key_security_bits": 112,
    }
    assert _rows(target) == []


@pytest.mark.parametrize("path", ["/root/.ssh", "/root/.ssh/id_rsa"])
def test_keys_that_may_not_be_read_raise(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/root/.ssh/id_rsa": KEYS["rsa"][0]})
    deny(target, path)
    with pytest.raises(Denied):
        _rows(target)


@given(st.text(), st.sampled_from(sorted(KEYS)), st.integers(0, 400), st.binary(max_size=40))
def test_any_text_is_taken(text: str, name: str, at: int, noise: bytes) -> None:
    whole = KEYS[name][0]
    for broken in (text, whole[:at] + text + whole[at:], _block("PRIVATE KEY", noise), _block("EC PRIVATE KEY", noise)):
        key = private_key.examine(broken)
        assert key is None or isinstance(key, PrivateKey)
