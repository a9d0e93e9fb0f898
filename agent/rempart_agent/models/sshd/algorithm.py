"""Names of algorithms: which sshd knows, and what ``+``, ``-`` and ``^`` make of its defaults (kex_assemble_names)."""

from typing import Dict, List, Optional, Tuple

from rempart_agent.models.sshd.pattern import matches
from rempart_agent.said import Why

Version = Tuple[int, int]

_NIST = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
CERTIFIED = "-cert-v01@openssh.com"
KEYS: List[str] = []
"""Every name of a key or signature, in the order of sshkey.c."""
for _name in ["ssh-ed25519", "sk-ssh-ed25519@openssh.com", *_NIST, "sk-ecdsa-sha2-nistp256@openssh.com"]:
    KEYS += [_name, _name.replace("@openssh.com", "") + CERTIFIED]
KEYS += ["webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa", "ssh-rsa" + CERTIFIED, "rsa-sha2-256"]
KEYS += ["rsa-sha2-256" + CERTIFIED, "rsa-sha2-512", "rsa-sha2-512" + CERTIFIED]
_OLD_KEYS = ["ssh-dss", "ssh-dss" + CERTIFIED]  # gone with 10.0
_SHORT = ("rsa", "ecdsa", "ed25519", "ecdsa-sk", "ed25519-sk")  # sshkey_type_from_name takes them; none of them matches

_KEX = [
    *("diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group14-sha256"),
    *("diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512", "diffie-hellman-group-exchange-sha1"),
    *("diffie-hellman-group-exchange-sha256", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"),
    *("curve25519-sha256", "curve25519-sha256@libssh.org"),
]
_CIPHERS = [
    *("3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "aes128-ctr", "aes192-ctr", "aes256-ctr"),
    *("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"),
]
_MACS = ["hmac-sha1", "hmac-sha1-96", "hmac-sha2-256", "hmac-sha2-512", "hmac-md5", "hmac-md5-96"]
_MACS += ["umac-64@openssh.com", "umac-128@openssh.com"]
_MACS += [name.replace("@openssh.com", "") + "-etm@openssh.com" for name in _MACS]
_GSS = ["gss-gex-sha1-", "gss-group1-sha1-", "gss-group14-sha1-", "gss-group14-sha256-", "gss-group16-sha512-"]
_GSS += ["gss-nistp256-sha256-", "gss-curve25519-sha256-"]


def known(option: str, version: Version) -> List[str]:
    """Return every name that an option may list.

    Args:
        option: As ``ciphers``.
        version: Of sshd.
    """
    if option == "kexalgorithms":
        late = ["sntrup761x25519-sha512@openssh.com"] if version >= (8, 5) else []
        late += ["sntrup761x25519-sha512", "mlkem768x25519-sha256"] if version >= (9, 9) else []
        return _KEX + late
    if option == "gssapikexalgorithms":
        return _GSS
    found: Dict[str, List[str]] = {"ciphers": _CIPHERS, "macs": _MACS}
    keys = KEYS + (_OLD_KEYS if version < (10, 0) else [])
    if option == "casignaturealgorithms":
        return [key for key in keys if CERTIFIED not in key]
    return found.get(option, keys)


def fault(option: str, value: str, version: Version) -> Optional[Why]:
    """Return what of an option's list sshd refuses; None where it takes it.

    Args:
        option: As ``ciphers``.
        value: As it is written.
        version: Of sshd.
    """
    if value[:1] == "-":
        return None
    plain = value[1:] if value[:1] in ("+", "^") else value
    if not plain:
        return Why("an empty list")
    names = known(option, version)
    wild = option.endswith("algorithms") and option not in ("kexalgorithms", "gssapikexalgorithms")
    for name in plain.split(","):
        if not name:
            break
        if name in names:
            continue
        if wild and name.startswith("!"):
            return Why("a negated pattern {name}", name=name)
        if not wild or not (name.lower() in _SHORT or any(matches(n, name) for n in KEYS + _OLD_KEYS)):
            return Why("an unknown name {name}", name=name)
        if option == "casignaturealgorithms" and CERTIFIED in name and "*" not in name:
            return Why("a certificate {name}", name=name)
    if not assembled(value, "", names):
        return Why("a list that comes to nothing")
    return None


def assembled(value: str, default: str, names: List[str]) -> str:
    """Return the list that a value comes to.

    Args:
        value: As it is written; one that begins with ``+``, ``-`` or ``^`` changes the default.
        default: The list without a word.
        names: All that there are, for patterns.
    """
    mode, plain = (value[0], value[1:]) if value[:1] in ("+", "-", "^") else ("", value)
    given = plain.split(",")
    usual = default.split(",") if default else []
    if mode == "-":
        return ",".join(name for name in usual if not any(matches(name, p) for p in given if p))
    wanted = {"+": usual + given, "^": given + usual, "": given}[mode]
    found: List[str] = []
    for name in wanted:
        found += [n for n in names if matches(n, name)] if "*" in name or "?" in name else [name] * (name in names)
    return ",".join(dict.fromkeys(found))
