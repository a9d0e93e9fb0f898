"""The rules by which secrets are found: forms of tokens, private keys, and what a name or a file tells to be one."""

import re
from typing import Any, FrozenSet, Optional, Tuple

from rempart_agent.formats import key_text, service_token
from rempart_agent.formats.token_rule import PLACEHOLDER, Judge, Rule, entropy

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


_PROSE = re.compile(
    r"(?i).*/(?:man\d\w?/[^/]+\.\d\w{0,8}|(?:changelog|news)(?:\.debian)?|[^/]+\.info(?:-\d{1,3})?"
    # what packages say of themselves, as apt keeps it
    r"|apt/lists/[^/]+_(?:i18n_translation-\w{1,9}|packages|sources)(?:\.\w{1,4})?)$"
)


def is_code(path: str) -> bool:
    """Tell whether a file is source code, or prose, by the end of its name."""
    name = path.rsplit("/", 1)[-1].lower()
    if _PROSE.match(path):
        return True
    return "." in name[1:] and name.rsplit(".", 1)[-1] in _CODE


def _judge_hash(match: "re.Match[bytes]", path: str) -> Optional[str]:
    return None if _SHADOW.match(path) else "password_hash"


def _judge_netrc(match: "re.Match[bytes]", path: str) -> Optional[str]:
    return None if PLACEHOLDER.match(match.group(1)) else "netrc"


def _judge_named(match: "re.Match[bytes]", path: str) -> Optional[str]:
    """Judge what stands in a file that is there for secrets."""
    if PLACEHOLDER.match(match.group(1).strip(b'"')):
        return None
    return "chap_secret" if _CHAP.match(path) else "ipsec_secret"


def _judge_pgpass(match: "re.Match[bytes]", path: str) -> Optional[str]:
    return "pgpass"


def _judge_docker(match: "re.Match[bytes]", path: str) -> Optional[str]:
    value = match.group(1)
    within = b'"auths"' in match.string
    return None if not within or PLACEHOLDER.match(value) or entropy(value) < 2.5 else "docker_auth"


def _judge_url(match: "re.Match[bytes]", path: str) -> Optional[str]:
    value = match.group(1)
    return None if len(value) < 4 or PLACEHOLDER.match(value) else "url_password"


def _judge_text(match: "re.Match[bytes]", path: str) -> Optional[str]:
    value = match.group(1)
    return None if PLACEHOLDER.match(value) or entropy(value) < 2.2 else "password"


def _judge_assignment(match: "re.Match[bytes]", path: str) -> Optional[str]:
    if _OTHER_KEY.search(match.group(1)):
        return None
    text = match.string
    before = text[text.rfind(b"\n", 0, match.start()) + 1 : match.start()].lstrip()
    if before.startswith(_COMMENTS if path.endswith(_QUOTED_COMMENTS) else _COMMENTS[:8]):
        return None
    value = match.group(match.lastindex or 0)
    if len(value) < 6 or PLACEHOLDER.match(value) or entropy(value) < (3 if b" " in value else 2.2):
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
    literals: str,
    pattern: bytes,
    judge: Optional[Judge] = None,
    **more: Any,
) -> Rule:
    def judge_token(match: "re.Match[bytes]", path: str) -> Optional[str]:
        value = match.group(match.lastindex or 0)
        return None if PLACEHOLDER.match(value) or entropy(value) < 2.5 else name

    return Rule(name, tuple(literals.encode().split()), re.compile(pattern), judge or judge_token, **more)


def _of_form(form: service_token.Form) -> Rule:
    def judge(match: "re.Match[bytes]", path: str) -> Optional[str]:
        value = match.group(1)
        if PLACEHOLDER.match(value) or entropy(value) < 2.5 or (form.holds and not form.holds(value)):
            return None
        return form.name

    return Rule(form.name, form.marks, re.compile(form.pattern), judge, binary=True, exact=True, lead=form.lead)


def _named(name: str, service: str, value: bytes) -> Rule:
    """Make a rule for a key without a mark, which what it is assigned to tells by the name of the service."""
    pattern = (
        rb"(?i)"
        + service.encode()
        + rb"[\w. -]{0,40}[\"']?\]?[ \t]{0,9}(?:=>|:=|[=:,(])[ \t]{0,9}[\"']?(?:Bot )?(?-i:("
        + value
        + rb"))(?![\w-])"
    )
    return _rule(name, service, pattern, binary=True)


_CRYPT = (
    rb"(?<![\w./$-])(\$(?:[156]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{22,86}"
    rb"|g?y\$[./A-Za-z0-9]{2,12}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}"
    rb"|7\$[./A-Za-z0-9]{11,97}\$[./A-Za-z0-9]{43}|2[abxy]\$\d\d\$[./A-Za-z0-9]{53}"
    rb"|argon2(?:id|i|d)\$v=\d{1,3}\$m=\d{1,9},t=\d{1,5},p=\d{1,4}\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{16,128}))"
)
_VALUE = rb"""[ \t]{0,20}(?:"([^"\n]{1,200})"|'([^'\n]{1,200})'|([^\s"'#;,<>()\[\]{}|]{1,200}))"""
RULES: Tuple[Rule, ...] = (
    *map(_of_form, service_token.FORMS),
    Rule("private_key", (b"PRIVATE KEY",), key_text.PEM, key_text.judge_pem, binary=True, exact=True, lead=(11, 37)),
    Rule("private_key", (b"putty-user-key-file",), key_text.PUTTY, key_text.judge_putty, binary=True),
    Rule("private_key", (b"---- begin ssh2 encrypted",), key_text.SSH2, key_text.judge_ssh2, binary=True),
    _rule(
        "wireguard_key",
        "privatekey presharedkey",
        rb"(?i)\b(?:private|preshared)key[ \t]{0,20}[=:][ \t]{0,20}[\"']?"
        rb"([a-z0-9+/]{42}[aeimquycgkosw048]=)(?![a-z0-9+/=])",
        binary=True,
    ),
    _rule(
        "chap_secret",
        "",
        rb"""(?m)^[ \t\0]{0,20}(?:"[^"\n]{0,100}"|[^\s#"]{1,100})[ \t]{1,60}"""
        rb"""(?:"[^"\n]{0,100}"|[^\s"]{1,100})[ \t]{1,60}("[^"\n]{1,200}"|[^\s"#]{1,200})""",
        _judge_named,
        where=_CHAP,
        binary=True,
    ),
    _rule(
        "ipsec_secret",
        "",
        rb"""(?i)\b(?:psk|eap|xauth|ntlm|pin|rsa|secret)[a-z0-9_-]{0,20}[ \t]{0,20}=?[ \t]{0,20}"""
        rb"""(?:[^\s"=]{1,100}[ \t]{1,20})?"([^"\n]{1,200})\"""",
        _judge_named,
        where=_IPSEC,
        binary=True,
    ),
    _rule(
        "aws_secret_key",
        "secret",
        rb"""(?i)secret_?(?:access_?)?key["']?[ \t]{0,9}(?:=>|[:=])[ \t]{0,9}["']?([a-z0-9/+]{40})(?![a-z0-9/+=])""",
        binary=True,
    ),
    _rule(
        "slack_webhook",
        "hooks.slack.com/services/",
        rb"(?i:hooks\.slack\.com/services)/(T[A-Za-z0-9_]{6,12}/B[A-Za-z0-9_]{6,12}/[A-Za-z0-9_]{20,30})",
        binary=True,
    ),
    _rule(
        "discord_webhook",
        "/api/webhooks/",
        rb"(?:discord|discordapp)\.com/api/webhooks/\d{17,20}/([\w-]{60,72})",
        binary=True,
        lead=(11, 14),
    ),
    _rule(
        "teams_webhook",
        ".webhook.office.com/webhookb2/",
        rb"\.webhook\.office\.com/webhookb2/([\w@-]{70,80}/IncomingWebhook/[0-9a-f]{32}/[\w-]{36})",
        binary=True,
    ),
    _named("discord_token", "discord", rb"[MNO][A-Za-z\d_-]{23,25}\.[\w-]{6}\.[\w-]{27,38}"),
    _named("softlayer_key", "softlayer", rb"[a-z0-9]{64}"),
    _rule(
        "softlayer_key",
        "api.softlayer.com/soap/",
        rb"(?i)api\.softlayer\.com/soap/v3(?:\.1)?/([a-z0-9]{64})",
        binary=True,
    ),
    _named("ibm_cloud_key", "ibm", rb"[A-Za-z0-9_-]{44}"),
    _rule(
        "ibm_storage_key",
        "secret",
        rb"""(?i)secret[_-]?(?:access)?[_-]?key["']?[ \t]{0,9}(?:=>|[:=])[ \t]{0,9}"""
        rb"""["']?(?-i:([a-f0-9]{48}))(?![\w-])""",
        binary=True,
    ),
    _named("cloudant_password", "cloudant", rb"[a-f0-9]{64}|[a-z]{24}"),
    _named("artifactory_token", "artifactory", rb"AP[0-9A-F][A-Za-z0-9]{20,60}"),
    _rule("npm_token", "_authtoken", rb"""(?i:_authtoken)[ \t]{0,9}=[ \t]{0,9}["']?([^\s"']{8,200})""", binary=True),
    _rule("azure_sas", "sig=", rb"(?i:sig)=([A-Za-z0-9%]{43,63}%3[dD])(?![\w%])", binary=True),
    _rule(
        "azure_connection_string",
        "accountkey= sharedaccesskey=",
        rb"(?i)(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,100}={0,2})",
        binary=True,
    ),
    _rule(
        "docker_auth",
        '"auth" "identitytoken"',
        rb'"(?:auth|identitytoken)"\s{0,9}:\s{0,9}"([A-Za-z0-9+/=._-]{8,2000})"',
        _judge_docker,
        exact=True,
    ),
    _rule("kube_client_key", "client-key-data", rb"client-key-data:\s{0,9}([A-Za-z0-9+/=]{64,8192})", exact=True),
    _rule(
        "wifi_key",
        "psk",
        rb'(?m)^[ \t]{0,20}(?:wpa-)?psk[ \t]{0,9}=[ \t]{0,9}"?([^"\s]{8,64})',
        exact=True,
        lead=(0, 24),
    ),
    _rule("netrc", "", rb"\bpassword\s{1,20}(\S{1,200})", _judge_netrc, where=_NETRC, binary=True),
    _rule(
        "pgpass",
        "",
        rb"(?m)^[^#:\n]{1,200}:[^:\n]{1,20}:[^:\n]{1,100}:[^:\n]{1,100}:([^\n]{1,200})$",
        _judge_pgpass,
        where=_PGPASS,
        binary=True,
    ),
    _rule("password_hash", "$1$ $5$ $6$ $y$ $gy$ $7$ $2a$ $2b$ $2x$ $2y$ $argon2", _CRYPT, _judge_hash, exact=True),
    _rule(
        "url_password", "://", rb"""://[^\s:/@"'<>\\]{0,60}:([^\s:/@"'<>\\]{3,100})@[\w.\[-]""", _judge_url, code=False
    ),
    _rule("password", "password>", rb"(?i)<\w{0,20}password>([^<>\s]{6,200})</", _judge_text, lead=(1, 21)),
    _rule(
        "password",
        "define(",
        rb"""define\(\s{0,9}['"]\w{0,30}(?:PASSWORD|SECRET|SALT|_KEY)['"]\s{0,9},\s{0,9}['"]([^'"\n]{6,200})['"]""",
        _judge_text,
        exact=True,
    ),
    _rule(
        "password",
        "passw passphrase secret apikey api_key api-key auth-token auth_token authtoken access-token access_token "
        "accesstoken refresh-token refresh_token refreshtoken",
        rb"(?i)(?:passw(?:or)?d|passphrase|secret|api[_-]?key|(?:auth|access|refresh)[_-]?token)([\w.-]{0,20})"
        rb"""["']?[ \t]{0,20}(=>|=|:)""" + _VALUE,
        _judge_assignment,
        code=False,
    ),
)
