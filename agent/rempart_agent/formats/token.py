"""Finds secrets in the bytes of a file: private keys, tokens, passwords, hashes.

Each rule has literals of which one stands in every secret of its kind: they are looked for first, so that a file
without any costs a few searches in memory. The rule then looks for the secret itself; every repetition in it is
bounded. What is found never leaves this module: it is named by its rule, its line and a fingerprint.
"""

import math
import re
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats import service_token

SALT = b"rempart-secret-1"
ROUNDS = 4096
MAX_OF_RULE = 200  # findings of one rule in one file
MAX_LOOKS = 20_000  # places of one file that a rule looks at

Judge = Callable[["re.Match[bytes]", str], Optional[str]]


class Rule(NamedTuple):
    """How one kind of secret is found.

    Attributes:
        name: The rule's name.
        literals: One of them, in lower case, stands in every file with such a secret.
        pattern: Finds it; its last group that took part is the secret, else the whole.
        judge: Takes a match and the file's path; gives the name, or None where it is no secret after all.
        where: Matches the paths of the only files that it is for.
        code: Whether source code is searched too.
        binary: Whether programs and other files that are no text are searched too.
        exact: Whether the literals are looked for as they are, and not in lower case.
        back: How far before a literal a secret may begin, where each begins so; -1 where it is looked for everywhere.
        start: Finds, in the file in lower case, where ``pattern`` may begin, where that is much faster.
    """

    name: str
    literals: Tuple[bytes, ...]
    pattern: "re.Pattern[bytes]"
    judge: Judge
    where: Optional["re.Pattern[str]"] = None
    code: bool = True
    start: Optional["re.Pattern[bytes]"] = None
    binary: bool = False
    exact: bool = False
    back: int = -1

    def matches(self, data: bytes, lowered: bytes) -> Iterator["re.Match[bytes]"]:
        """Yield the places in a file that may hold a secret.

        Args:
            data: The file.
            lowered: The same in small letters.
        """
        if self.back >= 0:
            yield from self._beside_literals(data)
            return
        if self.start is None:
            yield from self.pattern.finditer(data)
            return
        for start in self.start.finditer(lowered):
            match = self.pattern.match(data, start.start())
            if match:
                yield match

    def _beside_literals(self, data: bytes) -> Iterator["re.Match[bytes]"]:
        """Yield what fits at a literal: to try that alone is much faster than the whole file."""
        for literal in self.literals:
            at = data.find(literal)
            done = 0
            while at >= 0:
                for begin in range(max(done, at - self.back), at + 1):
                    match = self.pattern.match(data, begin)
                    if match:
                        yield match
                        done = match.end()
                        break
                at = data.find(literal, max(at + 1, done))


class Finding(NamedTuple):
    """A secret: its rule, its line, and a fingerprint that is the same wherever the same secret stands."""

    rule: str
    line: int
    fingerprint: str


def scan(data: bytes, path: str, binary: bool = False) -> Tuple[List[Finding], bool]:
    """Return the secrets in a file, in order of their lines, and whether the whole file was looked at.

    Args:
        data: The file's content.
        path: Where it lies, by which some rules know their files.
        binary: Whether it is no text: then only what has a mark of its own is looked for.
    """
    lowered = b"" if binary else data.lower()
    code = _is_code(path)
    taken: List[Tuple[int, int, str]] = []
    whole = True
    for rule in RULES:
        if (rule.where and not rule.where.match(path)) or (code and not rule.code):
            continue
        if binary and not rule.binary:
            continue
        text = data if rule.exact or binary else lowered
        if not any(literal in text for literal in rule.literals):
            continue
        most = len(taken) + MAX_OF_RULE
        for count, match in enumerate(rule.matches(data, lowered)):
            if count >= MAX_LOOKS or len(taken) >= most:
                whole = False
                break
            name = rule.judge(match, path)
            start, end = match.span(match.lastindex or 0)
            if name and not any(start < e and s < end for s, e, _ in taken):  # else a rule that says more has it
                taken.append((start, end, name))
    found: Dict[Finding, None] = {}
    for start, end, name in sorted(taken):
        found[Finding(name, data.count(b"\n", 0, start) + 1, fingerprint(name, data[start:end]))] = None
    return list(found), whole


def fingerprint(rule: str, value: bytes) -> str:
    """Return 12 hexadecimal digits that stand for a secret.

    They are the same on every machine and in every run, so that one decision holds for a secret that was copied. The
    derivation is slow and its result short, so that it is of little help to who would guess a weak one.

    Args:
        rule: The name of the rule that found it.
        value: The secret.
    """
    import hashlib

    value = re.sub(rb"\\n|\s", b"", value)  # a key is the same key within JSON
    return hashlib.pbkdf2_hmac("sha256", rule.encode() + b"\0" + value, SALT, ROUNDS, 6).hex()


def entropy(value: bytes) -> float:
    """Return Shannon's entropy of ``value`` in bits a byte."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in (value.count(bytes([b])) for b in set(value)))


_PLACEHOLDER = re.compile(
    rb"""(?ix)
    [<$%{@!/~*.(\[\\&] | [x*.#?_-]+$ | \d{1,5}$ |
    (?:none|null|nil|true|false|yes|no|on|off|ask|prompt|undefined|empty|unset|required|optional|sufficient|requisite|
       default|disabled|enabled|compat|files|string|str|text|varchar|integer|boolean|bytes|object|self|this)$ |
    .{0,200}(?:change.?me|your|example|placeholder|redacted|dummy|insert|replace|sample|not.?set|todo) |
    (?:my|the|a|some|db|user|admin|root|test|new|old)?[._-]?
       (?:password|passwd|passphrase|secret|token|key|pass|pw)s?\d?$ |
    (?:env|environ|os|process|getenv|vault|secretsmanager|keyring|config)\b |
    pass:insta$  # of the openssl.cnf that OpenSSL ships
    """
)
_OTHER_KEY = re.compile(
    rb"(?i)file|path|dir|length|len$|min|max|age$|days|expir|policy|prompt|field|ur[il]|type|name|auth|encrypt|command|cmd|"
    rb"timeout|require|enable|hint|label|class|format|algo|store|manager|provider|change|reset|warn|history|retr|check|"
    rb"hash|salt|iter|mode|level|rule|group|user|host|port|count|size|version|id$|ref$"
)
_NAME_OF_CODE = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|[A-Za-z_]\w*(?:->|::)\w+")
_COMMENTS = (b"#", b";", b"//", b"*", b"--", b"<!--", b"REM ", b"rem ", b'"', b"'")
# Where a quote begins a comment; elsewhere it begins a key of JSON.
_QUOTED_COMMENTS = ("vimrc", ".vim", ".bas", ".vbs")
_CODE: FrozenSet[str] = frozenset(
    (  # noqa: SIM905 - a list of so many words is read better so
        "c cc cjs clj cpp cs css diff el erb ex fish go graphql h hpp htm html ipynb java js jsx kt lock lua "
        "map md mjs patch pl pm po pot proto py pyi rb rs rst scala scss sum svg swift t tex ts tsx vim vue"
    ).split()
)
_SHADOW = re.compile(r"/etc/g?shadow-?$|/etc/security/opasswd|/var/backups/g?shadow\.bak$")
_NETRC = re.compile(r".*/(?:[._]netrc|auth\.conf(?:\.d/[^/]+)?)$")
_CHAP = re.compile(r".*/(?:chap|pap|srp)-secrets$")
_IPSEC = re.compile(r".*/(?:ipsec\.secrets|ipsec\.d/.{1,200}\.secrets|swanctl/.{1,200}\.conf)$")
_PGPASS = re.compile(r".*/\.?pgpass(?:\.conf)?$")


def _is_code(path: str) -> bool:
    name = path.rsplit("/", 1)[-1].lower()
    return "." in name[1:] and name.rsplit(".", 1)[-1] in _CODE


_NO_KEY = re.compile(rb"\\[nrt]|[^A-Za-z0-9+/=:,.-]")  # what may stand between the characters of a key
_HEADERS = re.compile(rb"(?:[A-Za-z-]{4,20}:[^\n]{0,100}\n){1,4}")


def _judge_key(match: "re.Match[bytes]", path: str) -> Optional[str]:
    """Judge a key: its body has to decode, whatever stands between its characters.

    Blanks, quotes, escaped ends of lines, NUL of UTF-16 and odd bytes are left out, and lines may be of any length.
    """
    label, body = match.group(1), match.group(2)
    run = re.match(rb"[A-Za-z0-9+/]{40,}", _NO_KEY.sub(b"", _HEADERS.sub(b"", body)).lstrip(b"-=,.:"))
    if not run or not (b"ENCRYPTED" in body or _begins_key(run.group())):
        return None  # spoken of, not kept
    if label == b"ENCRYPTED " or b"ENCRYPTED" in body or (label == b"OPENSSH " and _is_locked(body)):
        return "encrypted_private_key"
    return "gcp_service_account" if b'"service_account"' in match.string else "private_key"


def _begins_key(text: bytes) -> bool:
    """Tell whether base64 begins as a key does: with a DER sequence, OpenSSH's magic, or a packet of OpenPGP."""
    import binascii

    start = binascii.a2b_base64(text[:20])
    openpgp = start[0] & 0xBC in (0x94, 0x9C) or start[0] & 0xFF in (0xC5, 0xC7)
    return start[0] == 0x30 or start.startswith(b"openssh-key-v1") or openpgp


def _is_locked(body: bytes) -> bool:
    """Tell whether a key in OpenSSH's own format names a cipher (PROTOCOL.key of OpenSSH)."""
    import binascii

    text = re.sub(rb"\\n|[^A-Za-z0-9+/]", b"", body)[:64]
    start = binascii.a2b_base64(text[: len(text) // 4 * 4])
    return start.startswith(b"openssh-key-v1\0") and start[19:23] != b"none"


def _judge_putty(match: "re.Match[bytes]", path: str) -> str:
    return "private_key" if match.group(1).strip() == b"none" else "encrypted_private_key"


def _judge_hash(match: "re.Match[bytes]", path: str) -> Optional[str]:
    return None if _SHADOW.match(path) else "password_hash"


def _judge_netrc(match: "re.Match[bytes]", path: str) -> Optional[str]:
    return None if _PLACEHOLDER.match(match.group(1)) else "netrc"


def _judge_named(match: "re.Match[bytes]", path: str) -> Optional[str]:
    """Judge what stands in a file that is there for secrets."""
    if _PLACEHOLDER.match(match.group(1).strip(b'"')):
        return None
    return "chap_secret" if _CHAP.match(path) else "ipsec_secret"


def _judge_pgpass(match: "re.Match[bytes]", path: str) -> Optional[str]:
    return "pgpass"


def _judge_url(match: "re.Match[bytes]", path: str) -> Optional[str]:
    value = match.group(1)
    return None if len(value) < 4 or _PLACEHOLDER.match(value) else "url_password"


def _judge_text(match: "re.Match[bytes]", path: str) -> Optional[str]:
    value = match.group(1)
    return None if _PLACEHOLDER.match(value) or entropy(value) < 2.2 else "password"


def _judge_assignment(match: "re.Match[bytes]", path: str) -> Optional[str]:
    if _OTHER_KEY.search(match.group(1)):
        return None
    text = match.string
    before = text[text.rfind(b"\n", 0, match.start()) + 1 : match.start()].lstrip()
    if before.startswith(_COMMENTS if path.endswith(_QUOTED_COMMENTS) else _COMMENTS[:8]):
        return None
    value = match.group(match.lastindex or 0)
    if len(value) < 6 or _PLACEHOLDER.match(value) or entropy(value) < (3 if b" " in value else 2.2):
        return None
    if match.group(5) is not None:  # without quotes
        if text[match.end() : match.end() + 1] in (b"(", b"[") or _NAME_OF_CODE.match(value):
            return None
        words = value.replace(b"-", b"")
        if match.group(2) == b":" and words.isalpha() and words.islower() and not path.endswith((".yml", ".yaml")):
            return None  # prose: "password: incorrect", "passwd: elevated-privileges"
    return "password"


def _rule(
    name: str,
    literals: bytes,
    pattern: bytes,
    judge: Optional[Judge] = None,
    **more: Any,
) -> Rule:
    def judge_token(match: "re.Match[bytes]", path: str) -> Optional[str]:
        value = match.group(match.lastindex or 0)
        return None if _PLACEHOLDER.match(value) or entropy(value) < 2.5 else name

    return Rule(name, tuple(literals.split(b" ")), re.compile(pattern), judge or judge_token, **more)


def _of_form(form: service_token.Form) -> Rule:
    def judge(match: "re.Match[bytes]", path: str) -> Optional[str]:
        value = match.group(1)
        if _PLACEHOLDER.match(value) or entropy(value) < 2.5 or (form.holds and not form.holds(value)):
            return None
        return form.name

    return Rule(form.name, form.marks, re.compile(form.pattern), judge, binary=True, exact=True, back=form.back)


_CRYPT = (
    rb"(?<![\w./$-])(\$(?:[156]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{22,86}"
    rb"|g?y\$[./A-Za-z0-9]{2,12}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}"
    rb"|7\$[./A-Za-z0-9]{11,97}\$[./A-Za-z0-9]{43}|2[abxy]\$\d\d\$[./A-Za-z0-9]{53}"
    rb"|argon2(?:id|i|d)\$v=\d{1,3}\$m=\d{1,9},t=\d{1,5},p=\d{1,4}\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{16,128}))"
)
_VALUE = rb"""[ \t]{0,20}(?:"([^"\n]{1,200})"|'([^'\n]{1,200})'|([^\s"'#;,<>()\[\]{}|]{1,200}))"""
_SECRET = re.compile(rb"secret")
_KEYWORD = re.compile(rb"passw(?:or)?d|passphrase|secret|api[_-]?key|(?:auth|access|refresh)[_-]?token")
RULES: Tuple[Rule, ...] = (
    *map(_of_form, service_token.FORMS),
    _rule(
        "private_key",
        b"PRIVATE",
        rb"-----BEGIN ((?:[A-Z0-9]{2,12} ){0,2})PRIVATE KEY(?: BLOCK)?-----((?:[^-]|-(?!----)){40,400})",
        _judge_key,
        binary=True,
        exact=True,
    ),
    _rule(
        "wireguard_key",
        b"privatekey presharedkey",
        rb"(?i)\b(?:private|preshared)key[ \t]{0,20}[=:][ \t]{0,20}[\"']?"
        rb"([a-z0-9+/]{42}[aeimquycgkosw048]=)(?![a-z0-9+/=])",
    ),
    _rule(
        "chap_secret",
        b"",
        rb"""(?m)^[ \t]{0,20}(?:"[^"\n]{0,100}"|[^\s#"]{1,100})[ \t]{1,60}"""
        rb"""(?:"[^"\n]{0,100}"|[^\s"]{1,100})[ \t]{1,60}("[^"\n]{1,200}"|[^\s"#]{1,200})""",
        _judge_named,
        where=_CHAP,
    ),
    _rule(
        "ipsec_secret",
        b"psk eap xauth ntlm pin rsa secret",
        rb"""(?i)\b(?:psk|eap|xauth|ntlm|pin|rsa|secret)[a-z0-9_-]{0,20}[ \t]{0,20}=?[ \t]{0,20}"""
        rb"""(?:[^\s"=]{1,100}[ \t]{1,20})?"([^"\n]{1,200})\"""",
        _judge_named,
        where=_IPSEC,
    ),
    _rule(
        "private_key",
        b"putty-user-key-file",
        rb"PuTTY-User-Key-File-\d: [^\r\n]{1,40}\r?\nEncryption: ([^\r\n]{1,40})",
        _judge_putty,
    ),
    _rule(
        "aws_secret_key",
        b"secret",
        rb"""(?i)secret_?(?:access_?)?key["']?[ \t]{0,9}(?:=>|[:=])[ \t]{0,9}["']?([a-z0-9/+]{40})(?![a-z0-9/+=])""",
        start=_SECRET,
    ),
    _rule(
        "slack_webhook",
        b"hooks.slack.com",
        rb"hooks\.slack\.com/services/(T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,30})",
    ),
    _rule("npm_token", b"_authtoken", rb"""_authToken[ \t]{0,9}=[ \t]{0,9}["']?([^\s"']{8,200})"""),
    _rule(
        "azure_connection_string",
        b"accountkey= sharedaccesskey=",
        rb"(?i)(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,100}={0,2})",
    ),
    _rule("docker_auth", b'"auths"', rb'"(?:auth|identitytoken)"\s{0,9}:\s{0,9}"([A-Za-z0-9+/=._-]{8,2000})"'),
    _rule("kube_client_key", b"client-key-data", rb"client-key-data:\s{0,9}([A-Za-z0-9+/=]{64,8192})"),
    _rule("wifi_key", b"psk", rb'(?m)^[ \t]{0,20}(?:wpa-)?psk[ \t]{0,9}=[ \t]{0,9}"?([^"\s]{8,64})'),
    _rule("netrc", b"password", rb"\bpassword\s{1,20}(\S{1,200})", _judge_netrc, where=_NETRC),
    _rule(
        "pgpass",
        b":",
        rb"(?m)^[^#:\n]{1,200}:[^:\n]{1,20}:[^:\n]{1,100}:[^:\n]{1,100}:([^\n]{1,200})$",
        _judge_pgpass,
        where=_PGPASS,
    ),
    _rule("password_hash", b"$1$ $5$ $6$ y$ $7$ $2a$ $2b$ $2x$ $2y$ $argon2", _CRYPT, _judge_hash),
    _rule(
        "url_password", b"://", rb"""://[^\s:/@"'<>\\]{0,60}:([^\s:/@"'<>\\]{3,100})@[\w.\[-]""", _judge_url, code=False
    ),
    _rule("password", b"password>", rb"(?i)<\w{0,20}password\w{0,20}>([^<>\s]{6,200})</", _judge_text),
    _rule(
        "password",
        b"define",
        rb"""define\(\s{0,9}['"]\w{0,30}(?:PASSWORD|SECRET|SALT|_KEY)['"]\s{0,9},\s{0,9}['"]([^'"\n]{6,200})['"]""",
        _judge_text,
    ),
    _rule(
        "password",
        b"passw passphrase secret apikey api_key api-key token",
        rb"(?i)(?:passw(?:or)?d|passphrase|secret|api[_-]?key|(?:auth|access|refresh)[_-]?token)([\w.-]{0,20})"
        rb"""["']?[ \t]{0,20}(=>|=|:)""" + _VALUE,
        _judge_assignment,
        code=False,
        start=_KEYWORD,
    ),
)
