"""Masks what looks like a secret in text that an audit shows: command lines, evidence, differences, logs.

``mask_command`` is for command lines, where a word too many may go; ``mask_text`` is for other text, where only what
has the form of a secret goes, so that ``PasswordAuthentication: yes`` stays evidence. Both take time in proportion to
the text: whoever starts a process with a long argument must not blind the checks that read it. For that, every pattern
begins with a literal, and every repeat is bounded.

Sources of the forms: the documentation of the services and programs that are named beside them.
"""

import re
from typing import Dict, Iterator, List, Match, Optional, Pattern, Sequence, Set, Tuple

from rempart_agent.source.contract import REDACTED

# A word that has one of these in it names a secret. _PWD is what stands in the environment (MYSQL_PWD, RSYNC_PWD).
_NAMES = (
    r"(?<!no)passw(?:or)?d|passphrase|passcode|requirepass|masterauth|pass[-_]?key|secret(?:[-_.]?(?:access[-_.]?)?key)?|token|api[-_.]?key|apikey|access[-_.]?key|account[-_.]?key|"
    r"auth[-_.]?key|encryption[-_.]?key|private[-_.]?key|privatekey|presharedkey|pre[-_.]?shared[-_.]?key|signing[-_.]?key|"
    r"shared[-_.]?key|credential|_pwd|-pwd|pgpass|psk|bindpw|rootpw|userpw|keypass|storepass|_pass(?![a-z])|"
    r"-pass(?![a-z])|connection[-_.]?string|sharedaccesssignature"
)
_NAME = _NAMES + r"|(?<![a-z])(?:pwd|pass|passin|passout)(?=\s{0,8}[=:])"
_ROOTS = ("pass", "auth", "key", "secret", "token", "credential", "pw", "psk", "connection", "signature")
"""One of these is in every name of a secret: most texts have none of them, and the pattern is not even compiled."""
_AHEAD = 16  # characters behind a line that a name at its end may look at

_REST = re.compile(r"[\w.\-\]]*")
_GAP = re.compile(r"[\"']?[ \t]*(?:=>|:=|[=:])?[ \t]*(?:(?:env|pass|file|stdin|fd):)?")
_ASSIGNED = re.compile(r"[\"']?[ \t]*(?:=>|:=|[=:])[ \t]*")
_VALUE = re.compile(r"\"[^\"]*\"?|'[^']*'?|[^\s\"']+")

# What is no secret though a secret's name stands before it: settings, states, and what a mask has left.
_PLAIN = r"""(?ix) (?: yes|no|on|off|true|false|none|null|nil|locked|unlocked|empty|active|required|requisite|optional|
    sufficient|include|absent|present|set|unset|not_set|unknown|never|always|prohibit-password|without-password|
    enabled|disabled|hidden|default|ask|prompt|known|expired|older|sha256|sha512|yescrypt|md5|des|
    \d{1,6}|[*x!]+|\$\{?\w+\}?|/[\w./-]*|\[redacted\]|pam_\w+(?:\.so)? ) [,;.)]* """

_OPTIONS: Tuple[Tuple[str, str, str], ...] = (
    # programs; a word that has to stand on the line too; what stands before the secret
    (
        "mysql mysqldump mysqladmin mysqlimport mysqlcheck mysqlpump mysqlbinlog mariadb mariadb-dump mariadb-admin",
        "",
        r"-p",
    ),
    ("sshpass", "", r"-p\s{0,8}"),
    ("curl wget http https", "", r"(?:-u|-U|--user|--proxy-user)[\s=]{0,8}[^\s:]{1,128}:"),
    ("curl", "", r"--oauth2-bearer[\s=]{1,8}"),
    ("ldapsearch ldapmodify ldapadd ldapdelete ldappasswd ldapwhoami", "", r"-[wsa]\s{1,8}"),
    ("smbclient rpcclient net smbget", "", r"(?:-U|--user)[\s=]{0,8}[^\s%]{1,128}%"),
    ("redis-cli", "", r"-a\s{1,8}"),
    ("mongo mongosh mongodump mongorestore", "", r"-p\s{0,8}"),
    ("docker podman nerdctl helm oc buildah skopeo", "login", r"-p\s{1,8}"),
    ("skopeo buildah podman", "", r"--(?:src-|dest-)?creds[\s=]{1,8}[^\s:]{1,128}:"),
    ("plink pscp psftp putty", "", r"-pw\s{1,8}"),
    ("7z 7za 7zr rar unrar", "", r"-p"),
    ("zip unzip ipmitool", "", r"-P\s{1,8}"),
    ("xfreerdp xfreerdp3 wfreerdp", "", r"/p:"),
    ("rdesktop", "", r"-p\s{1,8}"),
    ("snmpget snmpwalk snmpset snmptrap snmpbulkwalk", "", r"-[cAX]\s{1,8}"),
    ("htpasswd", "", r"-[bcBi]{1,4}\s{1,8}\S{1,256}\s{1,8}\S{1,256}\s{1,8}"),
    ("sqlcmd bcp isql tsql", "", r"-P\s{0,8}"),
    ("openssl", "", r"-[kK]\s{1,8}"),
    ("wpa_passphrase", "", r"(?<=wpa_passphrase )\S{1,64}\s{1,8}"),
    ("beeline impala-shell", "", r"-p\s{1,8}"),
    ("sqlplus", "", r"[\w.-]{1,64}/"),
    ("lftp", "", r"-u\s{1,8}[^\s,]{1,128},"),
    ("x11vnc", "", r"-passwd\s{1,8}"),
    ("rclone", "", r"obscure\s{1,8}"),
)
_PROGRAMS: Dict[str, List[Tuple[str, str]]] = {}
_PROGRAM = re.compile(r"[\w.\-]{2,24}")

_FORMS: Tuple[Tuple[str, str, str], ...] = (
    # words of which one is there, in lower case; what stands before the secret and stays; the secret
    ("://", r"://[^\s:/@]{0,256}:", r"[^\s/@]{1,512}(?=@)"),
    ("://", r"://", r"[A-Za-z0-9_.-]{20,512}(?=(?::x-oauth-basic)?@)"),
    (
        "authorization",
        r"(?i)authorization[\"']?\s{0,8}[:=]\s{0,8}[\"']?(?:[a-z0-9-]{2,16}\s{1,8})?",
        r"[^\s\"',]{4,8192}",
    ),
    ("bearer", r"(?i)bearer\s{1,8}", r"[\w.~+/=-]{8,8192}"),
    ("basic", r"(?i)basic\s{1,8}", r"[A-Za-z0-9+/]{8,2048}={0,2}(?![\w-])"),
    (
        "-key -token",
        (
            r"(?i)(?:x-(?:api|auth|vault|access|amz-security|goog-api|gitlab)-?(?:key|token)|(?:private|job)-token)"
            r"[\"']?\s{0,8}[:=]\s{0,8}"
        ),
        r"[^\s\"']{4,4096}",
    ),
    (  # settings of LDAP, Redis and others whose value stands behind a blank
        "bindpw rootpw requirepass masterauth",
        r"(?i)(?:bindpw|rootpw|rootbindpw|requirepass|masterauth)\s{1,32}",
        r"(?!\[redacted\])[^\s\"']{2,512}",
    ),
    ("cookie:", r"(?i)cookie:\s{0,8}", r"[^\n\"']{4,4096}"),
    (
        "? & ;",
        r"(?i)[?&;](?:sig|signature|code|key|auth|pass|pwd|sid|x-amz-signature|x-amz-security-token)=",
        r"[^\s&\"'<>;]{6,4096}",
    ),
    ("ghp_ gho_ ghu_ ghs_ ghr_", "", r"gh[pousr]_[A-Za-z0-9]{20,255}"),  # GitHub
    ("github_pat_", "", r"github_pat_[A-Za-z0-9_]{20,255}"),
    ("gl", "", r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-[A-Za-z0-9_.=-]{16,255}"),  # GitLab
    ("xox", "", r"xox[abeoprs](?:\.xox[a-z])?-[A-Za-z0-9-]{8,255}"),  # Slack
    ("xapp-", "", r"xapp-[0-9]-[A-Za-z0-9-]{8,255}"),
    ("hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows)/", r"[A-Za-z0-9/_-]{10,128}"),
    ("/api/webhooks/", r"/api/webhooks/", r"[0-9]{8,24}/[\w-]{20,128}"),  # Discord
    (".webhook.office.com", r"\.webhook\.office\.com/", r"[\w@/.-]{16,512}"),
    ("k_live_ k_test_", "", r"[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}"),  # Stripe
    ("whsec_", "", r"whsec_[A-Za-z0-9+/=]{16,255}"),
    ("akia asia abia acca", "", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])"),  # AWS
    ("npm_", "", r"npm_[A-Za-z0-9]{30,255}"),
    ("pypi-", "", r"pypi-[A-Za-z0-9_-]{30,512}"),
    ("dckr_", "", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{16,255}"),  # Docker
    ("hf_", "", r"hf_[A-Za-z0-9]{30,255}"),  # Hugging Face
    ("sk-", "", r"sk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{20,255}"),  # OpenAI and others
    ("sg.", "", r"SG\.[\w-]{16,64}\.[\w-]{16,128}"),  # SendGrid
    ("sk", "", r"SK[0-9a-f]{32}(?![0-9a-f])"),  # Twilio
    ("aiza", "", r"AIza[\w-]{35}"),  # Google
    ("ya29.", "", r"ya29\.[\w-]{20,512}"),
    ("gocspx-", "", r"GOCSPX-[\w-]{20,64}"),
    ("1//0", "", r"1//0[\w-]{30,255}"),
    ("eyj", "", r"eyJ[\w-]{8,4096}\.[\w-]{4,8192}(?:\.[\w-]{0,4096})?"),  # JSON web token
    ("_v1_", "", r"do[por]_v1_[0-9a-f]{40,128}"),  # DigitalOcean
    ("shpat_ shpca_ shppa_ shpss_", "", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),  # Shopify
    ("hvs. hvb. hvr.", "", r"hv[sbr]\.[\w-]{20,255}"),  # Vault
    (".atlasv1.", "", r"\w{14}\.atlasv1\.[\w-]{30,128}"),  # Terraform
    ("age-secret-key-", "", r"AGE-SECRET-KEY-1[A-Z0-9]{40,80}"),
    ("tskey-", "", r"tskey-[a-z]{2,12}-[\w-]{10,128}"),  # Tailscale
    ("sq0", "", r"sq0(?:atp|csp)-[\w-]{20,64}"),  # Square
    ("key-", "", r"key-[0-9a-f]{32}(?![0-9a-f])"),  # Mailgun
    ("xkeysib-", "", r"xkeysib-[0-9a-f]{32,80}-\w{8,32}"),  # Brevo
    ("glsa_", "", r"glsa_\w{20,64}"),  # Grafana
    ("glc_", "", r"glc_[A-Za-z0-9+/=]{20,512}"),
    ("nrak-", "", r"NRAK-[A-Z0-9]{20,40}"),  # New Relic
    ("lin_api_", "", r"lin_api_\w{20,64}"),  # Linear
    ("sntry", "", r"sntry[su]_[\w=+/-]{20,512}"),  # Sentry
    ("atatt3", "", r"ATATT3[\w=+/-]{20,512}"),  # Atlassian
    ("atbb", "", r"ATBB[\w=+/-]{20,64}"),
    ("pul-", "", r"pul-[0-9a-f]{40}(?![0-9a-f])"),  # Pulumi
    ("rubygems_", "", r"rubygems_[0-9a-f]{40,64}"),
    ("dapi", "", r"dapi[0-9a-f]{32}(?![0-9a-f])"),  # Databricks
    ("eaacedeose0cba", "", r"EAACEdEose0cBA[A-Za-z0-9]{10,512}"),  # Facebook
    ("bot", r"bot", r"[0-9]{8,10}:[\w-]{30,64}"),  # Telegram
    (":aa", "", r"[0-9]{8,10}:AA[\w-]{30,40}"),
    ("otpauth://", "", r"otpauth://[^\s\"']{8,512}"),
    ("key=", r"A(?:ccount|ccess|uth)Key=", r"[A-Za-z0-9+/_=-]{16,256}"),  # Azure
    ("$", "", r"\$(?:[156y]|2[abxy]?|7|gy|argon2(?:id?|d)|sha1|md5)\$[^\s:\"']{8,512}"),  # crypt(5)
    ("{", "", r"\{(?:S?SHA(?:256|384|512)?|S?MD5|CRYPT|PBKDF2[\w-]{0,16})\}[A-Za-z0-9+/=$.]{8,512}"),  # LDAP
    ("pbkdf2", "", r"grub\.pbkdf2\.sha512\.[0-9]{1,9}\.[0-9A-F.]{16,1024}"),
    ("private key", r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----", r"[^-]{1,65536}(?:-----END)?"),
    ("putty-user-key-file", r"PuTTY-User-Key-File-[0-9]: [\w-]{1,32}", r"[^\x00]{1,65536}"),
)


class _Form:
    """A form of secrets; its pattern is compiled when one of its words is first seen."""

    def __init__(self, words: str, before: str, secret: str) -> None:
        self.words = words.split()
        self._text = (
            "({})({})".format(before.replace("(?i)", ""), secret) if before else r"(?<![\w-])()({})".format(secret)
        )
        self._flags = re.IGNORECASE if before.startswith("(?i)") else 0
        self._pattern: Optional["Pattern[str]"] = None

    def mask(self, text: str) -> str:
        """Return text without secrets of this form."""
        if self._pattern is None:
            self._pattern = re.compile(self._text, self._flags)
        return self._pattern.sub(_keep_before, text)


_forms: List[_Form] = []


def mask_command(text: str) -> str:
    """Return a command line with what looks like a secret replaced by ``[redacted]``."""
    return _mask_names(_mask_options(mask_forms(text)), bare=True)


def mask_commands(texts: Sequence[str]) -> List[str]:
    """Return command lines as ``mask_command`` does each, at less cost: what none of them has is looked for once."""
    whole = "\n".join(texts)  # a line's end is no part of what is looked for, but of a key's text, where more is masked
    if mask_forms(whole) != whole:
        return [mask_command(text) for text in texts]
    found = list(texts)
    if _patterns_for(whole):
        found = [_mask_options(text) for text in found]
    if any(True for _ in _names(whole)):
        found = [_mask_names(text, bare=True) for text in found]
    return found


def mask_text(text: str) -> str:
    """Return any text with what has the form of a secret replaced by ``[redacted]``."""
    return _mask_names(_mask_options(mask_forms(text)), bare=False)


def mask_forms(text: str) -> str:
    """Return text with tokens, keys, hashes and passwords of known forms replaced, whatever stands around them."""
    if not _forms:
        _forms.extend(_Form(*form) for form in _FORMS)
    lowered = text.lower()
    for form in _forms:
        for word in form.words:
            if word in lowered:
                text = form.mask(text)
                break
    return text


def _keep_before(match: "Match[str]") -> str:
    return match.group(1) + REDACTED


def _mask_names(text: str, bare: bool) -> str:
    """Replace what follows the name of a secret; ``bare``: a blank between them is enough, as it is after an option."""
    parts: List[str] = []
    done = at = 0
    for match in _names(text):
        if match.start() < at:
            continue
        end = _REST.match(text, match.end()).end()  # type: ignore[union-attr]
        at = end
        blank = bare or re.search(r"(?:^|[\s\"'])--?[\w.-]*$", text[max(0, match.start() - 80) : match.start()])
        gap = (_GAP if blank else _ASSIGNED).match(text, end)
        if gap is None or gap.end() == end:
            continue
        at = gap.end()
        if not bare and (end != match.end() or _in_a_sentence(text, match.start(), gap.end(), gap.group())):
            continue
        value = _VALUE.match(text, at)
        if value is None or (not bare and re.fullmatch(_PLAIN, value.group().strip("\"'"))):
            continue
        if value.group().startswith(REDACTED):
            at = value.end()
            continue
        quote = value.group()[0] if value.group()[0] in "\"'" else ""
        parts += [text[done : gap.end()], quote, REDACTED, quote if value.group()[1:].endswith(quote) else ""]
        done = at = value.end()
    return "".join(parts) + text[done:] if parts else text


def _names(text: str) -> Iterator["Match[str]"]:
    """Return where names of secrets stand."""
    if not text.isascii():  # there the long s and the sign of Kelvin are letters of a name too
        yield from re.finditer(_NAME, text, re.IGNORECASE)  # re keeps what it compiled
        return
    for start, end in _lines_with_roots(text.lower()):
        for match in re.compile(_NAME, re.IGNORECASE).finditer(text, start, end + _AHEAD):
            if match.start() < end:
                yield match


def _lines_with_roots(lowered: str) -> List[Tuple[int, int]]:
    """Return where the lines begin and end that may hold a name, in order: a name is searched for in these alone."""
    found: Set[Tuple[int, int]] = set()
    for root in _ROOTS:
        at = lowered.find(root)
        while at >= 0:
            end = lowered.find("\n", at)
            end = len(lowered) if end < 0 else end
            found.add((lowered.rfind("\n", 0, at) + 1, end))
            at = lowered.find(root, end + 1)
    return sorted(found)


def _in_a_sentence(text: str, start: int, end: int, gap: str) -> bool:
    """Tell whether a name before a colon is a word of a sentence, or a path, and no key: ``no password: locked``."""
    if ":" not in gap or text[end : end + 1] in ("'", '"'):
        return False
    before = text[max(0, start - 80) : start]
    key = re.search(r"[\w.-]*$", before)
    before = before[: key.start()] if key else before
    stripped = before.rstrip(" \t")
    return before.endswith("/") or (stripped != "" and stripped[-1] not in "\n\"'{[(,;|")


def _mask_options(text: str) -> str:
    """Replace the values of the options that give a program its password."""
    for pattern in _patterns_for(text):
        parts: List[str] = []
        done = 0
        for match in pattern.finditer(text):
            value = _VALUE.match(text, match.end())
            if match.start() >= done and value is not None:
                parts += [text[done : match.end()], REDACTED]
                done = value.end()
        text = "".join(parts) + text[done:]
    return text


def _patterns_for(text: str) -> List["Pattern[str]"]:
    if not _PROGRAMS:
        for names, needs, option in _OPTIONS:
            for name in names.split():
                _PROGRAMS.setdefault(name, []).append((needs, r"(?:^|(?<=\s))(?:" + option + ")"))
    found: List["Pattern[str]"] = []
    for word in {match.group() for match in _PROGRAM.finditer(text)}:
        for needs, option in _PROGRAMS.get(word, ()):
            if needs in text:
                pattern = re.compile(option)  # re keeps it
                found += [] if pattern in found else [pattern]
    return found
