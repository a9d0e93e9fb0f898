"""The key that signs is made once, is private to its user, and no other is ever put in its place."""

from __future__ import annotations

import os
import stat
import subprocess
from argparse import Namespace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from rempart_core.error import KeyFileError, UsageError
from rempart_core.signing import key as keys
from rempart_core.signing.key import is_signed, load_key, read_public

# RFC 8032, 7.1, test 2
SECRET = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_a_signature_of_the_rfc_holds() -> None:
    assert is_signed(b"\x72", SIGNATURE, PUBLIC)
    assert not is_signed(b"\x73", SIGNATURE, PUBLIC)
    for signature, public in (
        (SIGNATURE[2:], PUBLIC),
        (SIGNATURE, PUBLIC[2:]),
        (SIGNATURE + "00", PUBLIC),
        (SIGNATURE, PUBLIC + "00"),
        ("", PUBLIC),
        (SIGNATURE, ""),
        ("zz", PUBLIC),
        (SIGNATURE, "00" * 32),
        (SIGNATURE.upper(), PUBLIC),
        (SIGNATURE, PUBLIC.upper()),
        *((SIGNATURE + end, PUBLIC) for end in (" ", "\n")),
        *((SIGNATURE, PUBLIC + end) for end in (" ", "\n")),
        (" " + SIGNATURE, PUBLIC),
    ):
        assert not is_signed(b"\x72", signature, public)


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "data/key.pem"
    first = load_key(str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["key.pem"]
    assert load_key(str(path)).public == first.public
    assert is_signed(b"said", first.sign(b"said"), first.public)
    assert first.public not in repr(vars(first)["_private"])


def test_openssl_reads_the_key(tmp_path: Path) -> None:
    key = load_key(str(tmp_path / "key.pem"))
    done = subprocess.run(
        ["openssl", "pkey", "-in", str(tmp_path / "key.pem"), "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
    )
    assert done.stdout[-32:].hex() == key.public


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key.pem"
    load_key(str(path))
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_key(str(path))


def test_a_mode_says_nothing_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key.pem"
    key = load_key(str(path))
    path.chmod(0o666)
    monkeypatch.setattr(keys, "sys", Namespace(platform="win32"))
    assert load_key(str(path)).public == key.public


def test_a_key_may_lie_in_the_present_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_key("key.pem").public == load_key(str(tmp_path / "key.pem")).public


def test_what_is_no_key_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    other = ec.generate_private_key(ec.SECP256R1())
    for data in (b"", b"garbage", other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())):
        path.write_bytes(data)
        path.chmod(0o600)
        with pytest.raises(KeyFileError, match=r"key\.pem"):
            load_key(str(path))
        assert path.read_bytes() == data
    none = tmp_path / "none.pem"
    with pytest.raises(KeyFileError) as caught:
        load_key(str(none), create=False)
    assert str(caught.value) == f"the signing key {none}: no such file or directory"
    with pytest.raises(KeyFileError, match="is not a regular file"):
        load_key("/dev/null")
    with pytest.raises(KeyFileError, match="not a directory"):
        load_key(str(path / "below.pem"))
    with pytest.raises(KeyFileError, match=r"directory|regular"):
        load_key(str(tmp_path))


def test_of_two_that_make_a_key_at_once_both_use_the_first(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    first = load_key(str(path))
    assert keys.Key(keys._make(str(path)), "").public == first.public
    assert os.listdir(tmp_path) == ["key.pem"]


def test_a_public_key_is_read_in_each_form(tmp_path: Path) -> None:
    key = load_key(str(tmp_path / "key.pem"))
    assert read_public(key.public.upper()) == key.public
    assert read_public(str(tmp_path / "key.pem")) == key.public
    public = key._private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(public)
    (tmp_path / "public.hex").write_text(key.public + "\n")
    assert read_public(str(tmp_path / "public.pem")) == key.public
    assert read_public(str(tmp_path / "public.hex")) == key.public
    (tmp_path / "other").write_bytes(
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (tmp_path / "garbage").write_bytes(b"\xff\x00")
    for text in (
        "abc",
        key.public + "00",
        key.public[2:],
        "z" * 64,
        str(tmp_path / "other"),
        str(tmp_path / "garbage"),
    ):
        with pytest.raises(UsageError, match="--key"):
            read_public(text)
