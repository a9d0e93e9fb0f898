"""Random files of sysctl.d: all folders, names that hide one another, patterns, every form of value and key."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

FOLDERS = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d"]
NAMES = ["10-a.conf", "50-default.conf", "60-b.conf", "99-sysctl.conf", "no-suffix", "zz.conf"]
FOUR = [
    "accept_redirects",
    "send_redirects",
    "accept_source_route",
    "rp_filter",
    "log_martians",
    "forwarding",
    "arp_ignore",
    "drop_gratuitous_arp",
    "route_localnet",
]
SIX = ["accept_redirects", "forwarding", "accept_source_route", "accept_ra"]
SIX += ["accept_ra_defrtr", "accept_ra_pinfo", "accept_ra_rtr_pref", "max_addresses", "router_solicitations"]
PLACES = ["all", "default", "eth0", "eth1", "*", "eth*", "[ad]*", "lo", "eth?", "none"]
OTHERS = ["ip_forward", "tcp_syncookies", "icmp_echo_ignore_broadcasts", "tcp_timestamps", "tcp_rfc1337", "tcp_rmem"]
OTHERS += ["tcp_max_syn_backlog", "icmp_echo_ignore_*", "icmp_ignore_bogus_error_responses"]
VALUES = [
    "0",
    "1",
    "2",
    "0",
    "1",
    "0x1",
    "0X2",
    "01",
    "010",
    "08",
    "1 # x",
    "0#x",
    "1;",
    " 1 ",
    "-1",
    "+1",
    "",
    "yes",
    "1 2",
]
VALUES += ["256", "255", "2147483648", "0x", "1\t0", "00", "-0", "0x01b6", "1.5", "99999999999999999999999"]
LISTS = [
    "4096 131072 6291456",
    "4096\t87380\t16777216",
    "8192",
    "8192 65536",
    "0 1 2",
    "1 x 3",
    "0x1000 0x2000 0x4000 # big",
]

keys = st.one_of(
    st.tuples(st.just("net.ipv4.conf"), st.sampled_from(PLACES), st.sampled_from(FOUR)).map(".".join),
    st.tuples(st.just("net.ipv6.conf"), st.sampled_from(PLACES), st.sampled_from(SIX)).map(".".join),
    st.sampled_from(OTHERS).map("net.ipv4.{}".format),
)


@st.composite
def lines(draw: Any) -> str:
    rare = draw(st.integers(0, 14))
    if rare == 0:
        return str(
            draw(st.sampled_from(["# net.ipv4.ip_forward = 1", "; x = 1", "", "nonsense", "=1", "net.ipv4.ip_forward"]))
        )
    key = draw(keys)
    if draw(st.integers(0, 4)) == 0:
        key = key.replace(".", "/")
        key = draw(st.sampled_from(["", "", "/"])) + key
    values = LISTS if "tcp_rmem" in key else VALUES
    value = draw(st.sampled_from(values))
    if draw(st.integers(0, 7)) == 0:
        return "-" + key
    minus = "-" if draw(st.integers(0, 6)) == 0 else ""
    return (
        draw(st.sampled_from(["", "", " ", "\t"]))
        + minus
        + key
        + draw(st.sampled_from([" = ", "=", "= ", " ="]))
        + value
    )


text = st.lists(lines(), max_size=7).map(lambda found: "\n".join(found) + "\n")


@st.composite
def cases(draw: Any) -> dict[str, Any]:
    paths = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)).map("/".join)
    files = draw(st.dictionaries(paths, st.one_of(text, text, text, st.none()), min_size=1, max_size=5))
    ufw = draw(
        st.one_of(st.none(), st.none(), st.lists(ufw_lines(), max_size=5).map(lambda found: "\n".join(found) + "\n"))
    )
    return {"files": files, "ufw": ufw}


@st.composite
def ufw_lines(draw: Any) -> str:
    key = draw(keys.filter(lambda k: not any(c in k for c in "*?["))).replace(".", "/")
    return f"{key}={draw(st.sampled_from(['0', '1', '2', '1 ']))}"
