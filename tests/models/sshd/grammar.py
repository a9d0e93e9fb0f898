"""Random configurations of sshd: every kind of option, good and bad values, includes, Match blocks, command lines."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

YES = ["yes", "no", "YES", "No", "yes", "no"]
FLAGS = [
    "UsePAM",
    "HostbasedAuthentication",
    "IgnoreUserKnownHosts",
    "PubkeyAuthentication",
    "KerberosAuthentication",
    "GSSAPIAuthentication",
    "PasswordAuthentication",
    "KbdInteractiveAuthentication",
    "ChallengeResponseAuthentication",
    "DSAAuthentication",
    "X11Forwarding",
    "X11UseLocalhost",
    "PermitTTY",
    "PermitUserRC",
    "StrictModes",
    "TCPKeepAlive",
    "KeepAlive",
    "PermitEmptyPasswords",
    "UseDNS",
    "AllowAgentForwarding",
    "DisableForwarding",
    "StreamLocalBindUnlink",
    "ExposeAuthInfo",
    "PrintMotd",
    "RefuseConnection",
    "DebianBanner",
    "GSSAPIKeyExchange",
    "HostbasedUsesNameFromPacketOnly",
    "SkeyAuthentication",
]
NUMBERS = ["0", "1", "4", "+5", "007", "10"]
NAMES = [
    "ssh-ed25519",
    "ssh-rsa",
    "rsa-sha2-*",
    "+ssh-rsa",
    "-*nistp*,ssh-rsa*",
    "^ssh-rsa,rsa-sha2-512",
    "*",
    "+*-cert*",
]
NAMES += ["ssh-ed25519,,ssh-rsa", "ecdsa-*,rsa-sha2-256", "-rsa-sha2-???"]
ALGORITHMS = {
    "Ciphers": [
        "aes256-ctr",
        "+aes128-cbc",
        "-*gcm*",
        "^3des-cbc,aes256-ctr",
        "aes256-ctr,aes256-ctr,aes128-ctr",
        "-*",
    ],
    "MACs": ["hmac-sha2-256", "-*etm*,umac*", "+hmac-md5", "^hmac-sha1-96", "hmac-sha2-512,,x"],
    "KexAlgorithms": ["curve25519-sha256", "-ecdh*", "+diffie-hellman-group14-sha1", "^diffie-hellman-group16-sha512"],
    "HostKeyAlgorithms": NAMES,
    "PubkeyAcceptedAlgorithms": NAMES,
    "PubkeyAcceptedKeyTypes": NAMES,
    "HostbasedAcceptedAlgorithms": NAMES,
    "CASignatureAlgorithms": ["-rsa*", "ssh-ed25519", "+ssh-rsa", "^rsa-sha2-256", "*"],
}
OTHERS: dict[str, list[str]] = {
    **dict.fromkeys(FLAGS, YES),
    **dict.fromkeys(("X11DisplayOffset", "MaxAuthTries", "MaxSessions", "ClientAliveCountMax"), NUMBERS),
    "RequiredRSASize": ["1024", "3072"],
    **ALGORITHMS,
    "PermitRootLogin": ["yes", "no", "prohibit-password", "without-password", "Forced-Commands-Only", "NO"],
    "IgnoreRhosts": ["yes", "no", "shosts-only"],
    "Compression": ["yes", "no", "delayed"],
    "GatewayPorts": ["yes", "no", "ClientSpecified"],
    "AllowTcpForwarding": ["yes", "no", "all", "local", "Remote"],
    "AllowStreamLocalForwarding": ["yes", "no", "local"],
    "PermitTunnel": ["yes", "no", "point-to-point"],
    "LoginGraceTime": ["0", "60", "1m30s", "2M", "1h1"],
    "ClientAliveInterval": ["0", "300", "5m", "1d"],
    "UnusedConnectionTimeout": ["none", "NONE", "0", "5m"],
    "ChannelTimeout": ["none", "session=5m", "session:*=1h x11=5", "*=0"],
    "Banner": ["none", "/etc/issue", '"/etc/a b"', "issue.net", "NONE"],
    "TrustedUserCAKeys": ["none", "/etc/ssh/ca"],
    "RevokedKeys": ["none", "/etc/ssh/revoked"],
    "ChrootDirectory": ["none", "/srv/%u"],
    "AuthorizedKeysFile": ["none", ".ssh/authorized_keys", "/etc/keys/%u .ssh/a", '"a b" c'],
    "AuthorizedPrincipalsFile": ["none", "/etc/p/%u"],
    "AuthorizedKeysCommand": ["none", "/usr/bin/keys %u", '/usr/bin/keys "a b" # c'],
    "AuthorizedKeysCommandUser": ["nobody", "root"],
    "ForceCommand": ["none", "internal-sftp", "echo 'a b' # c", 'x "y"'],
    "VersionAddendum": ["none", "hi there", "x"],
    "PermitUserEnvironment": ["yes", "no", "LANG,LC_*"],
    "RekeyLimit": ["1G", "default", "default none", "512M 1h", "1.5G 10m", "0", "16", "2G none"],
    "SyslogFacility": ["AUTH", "authpriv", "LOCAL7"],
    "LogLevel": ["verbose", "INFO", "DEBUG1", "quiet"],
    "AllowUsers": ["a b", "a@10.0.0.0/8", '"a b" c', "*@host", "!x"],
    "DenyUsers": ["a", "a@127.0.0.1 b"],
    "AllowGroups": ["wheel", "a b*"],
    "DenyGroups": ["x", "x y"],
    "AcceptEnv": ["LANG LC_*", "X"],
    "SetEnv": ["A=1", 'A=1 B="2 3" A=4', "C="],
    "Subsystem": ["sftp internal-sftp", 'sftp "/usr/lib/sftp server" -f "A B"', "other /bin/x -l 'I'"],
    "MaxStartups": ["10", "10:30:60", "5:1:5"],
    "PerSourceNetBlockSize": ["24:56", "32:128"],
    "PerSourceMaxStartups": ["none", "3"],
    "PerSourcePenalties": ["yes", "no", "authfail:3m crash:1", "crash:2 overflow:deny-all", "max-sources4:5 yes"],
    "PerSourcePenaltyExemptList": ["10.0.0.0/8,!10.1.0.0/16", "::1"],
    "PermitOpen": ["any", "none", "host:22 [::1]:80", "*:*"],
    "PermitListen": ["any", "8080", "localhost:9090 *:1"],
    "IPQoS": ["none", "ef", "af21 cs1", "16 8", "le", "lowdelay throughput"],
    "AuthenticationMethods": ["any", "publickey", "publickey,password publickey,keyboard-interactive:pam", "password"],
    "StreamLocalBindMask": ["0177", "0", "22"],
    "FingerprintHash": ["md5", "SHA256"],
    "PubkeyAuthOptions": ["none", "touch-required", "verify-required touch-required"],
    "Port": ["22", "2222", "+24"],
    "AddressFamily": ["any", "inet", "INET6"],
    "ListenAddress": ["10.0.0.1", "[::1]:99", "::2", "10.0.0.2:33", "127.1"],
    "Protocol": ["2", "1"],
    "UseLogin": ["yes"],
    "PidFile": ["none", "/run/x.pid"],
    "HostKeyAgent": ["none"],
    "SecurityKeyProvider": ["internal"],
    "LogVerbose": ["none", "a:b:1 c*"],
    "ModuliFile": ["/etc/ssh/moduli"],
}
BAD = [
    "maybe",
    "-1",
    "",
    "yes no",
    "true",
    "1x",
    '"open',
    "99999999999",
    "!ssh-rsa",
    "none none",
    "10.0.0.1/8",
    "=",
    "a=b",
    "#",
]
RARE_OPTIONS = ["NewOption x", "Port", "Match", "Match all user x", "Match exec true", "Match User", "Match foo x"]
RARE_OPTIONS += [
    "Include",
    "Match Address 10.0.0.1/8",
    "Match LocalPort 70000",
    "Include /etc/ssh/loop",
    '"quoted',
    "Port=22=3",
]
CRITERIA = [
    "all",
    "User bob",
    "user root",
    "User a*,!alice",
    "User *,!root",
    "Group daemon",
    "Group !daemon,*",
    "Group root,bin",
    "Group team",
    "Group !team,daemon",
    "Group !daemon,team",
    "User carol Group daemon",
]
CRITERIA += [
    "Host *.example.org",
    "Host !bad.example.org,*",
    "Address 10.0.0.0/8",
    "Address !10.1.0.0/16,10.*",
    "Address ::1",
]
CRITERIA += [
    "LocalAddress 192.0.2.1",
    "LocalPort 22",
    "LocalPort 2222",
    "User=bob",
    "invalid-user",
    "Version OpenSSH_1?.*",
]
CRITERIA += ["Version OpenSSH_7*", "Address fd00::/8,127.0.0.1", 'User "bob"', "USER bob", "Address 10.0.0.?"]
IN_MATCH = [
    *("PermitRootLogin", "PasswordAuthentication", "KbdInteractiveAuthentication", "X11Forwarding", "MaxAuthTries"),
    *(
        "AllowTcpForwarding",
        "ForceCommand",
        "AuthenticationMethods",
        "PubkeyAcceptedAlgorithms",
        "AllowUsers",
        "DenyGroups",
    ),
    *("AcceptEnv", "SetEnv", "ClientAliveInterval", "ClientAliveCountMax", "ChannelTimeout", "Banner", "PermitOpen"),
    *("RekeyLimit", "Subsystem", "LogLevel", "MaxSessions", "StreamLocalBindMask", "IPQoS", "UnusedConnectionTimeout"),
    *("CASignatureAlgorithms", "PermitEmptyPasswords", "AuthorizedKeysFile", "PubkeyAuthOptions", "ChrootDirectory"),
]

separators = st.sampled_from([" ", " ", " ", "\t", "=", " = ", "  "])
spelled = st.sampled_from([str, str, str.lower, str.upper])


@st.composite
def setting(draw: Any, names: list[str]) -> str:
    name = draw(st.sampled_from(names))
    bad = draw(st.integers(0, 199)) == 0
    value = draw(st.sampled_from(BAD if bad else OTHERS[name]))
    if draw(st.integers(0, 30)) == 0 and " " not in value and '"' not in value:
        value = '"' + value + '"'
    end = draw(st.sampled_from(["", "", "", "", " ", "\r", " # why", "\t\f"]))
    if name in ("ForceCommand", "VersionAddendum", "AuthorizedKeysCommand"):
        end = ""
    start = draw(st.sampled_from(["", "", "", "  ", "\t"]))
    key = draw(spelled)(name)
    key = '"' + key + '"' if draw(st.integers(0, 40)) == 0 else key
    return f"{start}{key}{draw(separators)}{value}{end}"


# options that come together, or whose lines do in a way of their own
TOPICS = [
    ["Port", "ListenAddress", "AddressFamily"],
    ["AuthenticationMethods", "PasswordAuthentication", "KbdInteractiveAuthentication", "PubkeyAuthentication"],
    ["MaxStartups"],
    ["RekeyLimit"],
    ["Subsystem", "ForceCommand"],
    ["PerSourcePenalties", "PerSourceMaxStartups"],
    ["UnusedConnectionTimeout", "ChannelTimeout"],
    ["AllowUsers", "DenyUsers", "AllowGroups", "DenyGroups"],
    ["SetEnv", "AcceptEnv", "PermitUserEnvironment"],
    ["Ciphers", "MACs", "KexAlgorithms", "PubkeyAcceptedAlgorithms"],
    ["AuthorizedKeysCommand", "AuthorizedKeysCommandUser", "AuthorizedKeysFile"],
]
REFUSED = [
    *RARE_OPTIONS,
    "Match all user x",
    "Match user x all",
    "Match LocalAddress 10.0.0.1/8",
    "Match Address ::1/129",
]
REFUSED += ["AddressFamily inet\nListenAddress ::2", "AddressFamily inet6\nListenAddress 10.0.0.1:33", "UsePAM"]
REFUSED += ["PasswordAuthentication no\nAuthenticationMethods password", "AuthorizedKeysCommand /usr/bin/keys"]
REFUSED += ["KbdInteractiveAuthentication no\nPasswordAuthentication no\nPubkeyAuthentication no"]


def line(names: list[str]) -> st.SearchStrategy[str]:
    rare = st.integers(0, 149).flatmap(
        lambda n: st.sampled_from(RARE_OPTIONS) if n == 0 else st.sampled_from(["", "# x", "#Port 1"])
    )
    return st.integers(0, 9).flatmap(lambda n: rare if n == 0 else setting(names))


INCLUDES = ["Include sshd_config.d/*.conf", "Include /etc/ssh/sshd_config.d/1*.conf", 'Include "sshd_config.d/20.conf"']
INCLUDES += ["include /etc/ssh/none* /etc/ssh/more", "Include more", "Include sshd_config.d/[23]*.conf more"]


@st.composite
def body(draw: Any, includes: bool, often: list[str]) -> str:
    lines = draw(st.lists(st.one_of(line(list(OTHERS)), line(often)), max_size=6))
    if includes and draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(INCLUDES)))
    for _ in range(draw(st.integers(0, 3))):
        criteria = draw(st.lists(st.sampled_from(CRITERIA), min_size=1, max_size=draw(st.sampled_from([1, 1, 2]))))
        if len(criteria) > 1:
            criteria = [c for c in criteria if c != "all"] or ["all"]
        lines.append(draw(spelled)("Match") + " " + " ".join(criteria))
        lines += draw(
            st.lists(st.one_of(line(IN_MATCH), line([n for n in often if n in IN_MATCH] or IN_MATCH)), max_size=3)
        )
        if includes and draw(st.integers(0, 4)) == 0:
            lines.append(draw(st.sampled_from(INCLUDES)))
    return "\n".join(lines) + draw(st.sampled_from(["\n", ""]))


COMMANDS: list[list[str]] = [[], [], [], [], ["-p", "2022"], ["-4"], ["-g", "30"], ["-oPermitRootLogin=no"], ["-6"]]
COMMANDS += [["-o", "PasswordAuthentication no", "-o", "port 77"], ["-o", "MaxAuthTries=2"], ["-oMaxAuthTries = 9"]]
COMMANDS_OF_PORTS = [["-p", "2022"], ["-p", "2022", "-p", "2023"], ["-oPort=24"], ["-4"], ["-6"]]
COMMANDS += [["-Dp2200", "-oUsePAM yes"], ["-o", "Match all"], ["-o", "Bogus yes"], ["-D", "-e"], ["-oAllowUsers=x"]]


@st.composite
def cases(draw: Any) -> dict[str, Any]:
    often = draw(
        st.one_of(
            st.sampled_from(TOPICS),
            st.sampled_from(TOPICS),
            st.lists(st.sampled_from(list(OTHERS)), min_size=1, max_size=3),
        )
    )
    files = {"/etc/ssh/sshd_config": draw(body(includes=True, often=often))}
    if draw(st.integers(0, 11)) == 0:
        lines = files["/etc/ssh/sshd_config"].split("\n")
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(REFUSED)))
        files["/etc/ssh/sshd_config"] = "\n".join(lines)
    for name in ("sshd_config.d/10.conf", "sshd_config.d/20.conf", "sshd_config.d/30.conf", "more"):
        if draw(st.booleans()):
            files["/etc/ssh/" + name] = draw(body(name.startswith("sshd_config.d/3") and draw(st.booleans()), often))
    if "/etc/ssh/loop" in "".join(files.values()):
        files["/etc/ssh/loop"] = "Include /etc/ssh/loop\n"
    return {
        "files": files,
        "command": draw(st.sampled_from(COMMANDS + COMMANDS_OF_PORTS * 3 * (often is TOPICS[0]))),
        "user": draw(st.sampled_from(["root", "bob", "daemon", "alice", "bin", "carol", "carol"])),
        "host": draw(st.sampled_from(["a.example.org", "bad.example.org", "X.example.ORG"])),
        "address": draw(st.sampled_from(["10.0.0.9", "10.1.2.3", "::1", "fd00::5", "127.0.0.1"])),
        "own_address": draw(st.sampled_from(["192.0.2.1", "192.0.2.2"])),
        "own_port": draw(st.sampled_from([22, 2222])),
    }
