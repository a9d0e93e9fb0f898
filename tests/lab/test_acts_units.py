"""Units, tables of nftables and settings of the kernel on a machine that runs, with others at work between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import nspawn

pytestmark = pytest.mark.lab
MODULES = Path(__file__).resolve().parents[2] / "playbooks/roles/change/module_utils"
_BEGIN = """
import json, subprocess, sys
sys.dont_write_bytecode = True
sys.path.insert(0, {modules!r})
from rempart_fix.acts import nft, sysctl, unit
from rempart_fix import effects, systemd
from rempart_fix.contract import Refusal
from rempart_fix.place import Place
from rempart_fix.acts import find_kind
from rempart_fix.sight import Sight
place = Place("c-1")
place.make()
def resolve(kind, **spec):
    return find_kind(kind).resolve(spec, Sight(place))
def do(kind, **spec):
    return [find_kind(act["kind"]).do(act, place) for act in resolve(kind, **spec)]
def look(acts):
    return [find_kind(act["kind"]).look(act, place) for act in acts]
def undo(acts, force=False):
    found = []
    place.gone.clear()
    for act in reversed(acts):
        kind = find_kind(act["kind"])
        dry = kind.undo(act, place, force=force, dry=True)
        place.pretended.clear()  # what the dry run took for done is not
        out = kind.undo(act, place, force=force, dry=False)
        assert dry == out, (dry, out)
        found.append(out)
    return found
def sh(script):
    return subprocess.run(["sh", "-ec", script], check=True, stdout=subprocess.PIPE, text=True).stdout
def state(name):
    words = ["systemctl", "show", "-p", "ActiveState,UnitFileState", "--value", name]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
def say(value):
    print("ANSWER" + json.dumps(value))
"""
_PREPARE = """
cat > /etc/systemd/system/probe.service <<'END'
[Unit]
Description=Probe
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
Also=probe.timer
END
printf '[Timer]\\nOnCalendar=yearly\\n[Install]\\nWantedBy=timers.target\\n' > /etc/systemd/system/probe.timer
printf '[Unit]\\nRequires=probe.service\\nAfter=probe.service\\n[Service]\\nExecStart=/bin/sleep infinity\\n' \\
    > /etc/systemd/system/leaning.service
printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' \\
    > /etc/systemd/system/theirs.service
printf '[Service]\\nExecStart=/bin/false\\n' > /etc/systemd/system/failing.service
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[nspawn.Machine]:
    folder = tmp_path_factory.mktemp("acts")
    with nspawn.make_world(nspawn.expect_tree(), folder) as world:
        made = world.boot("acts", _PREPARE, shown=[str(MODULES)])
        made.connect()
        made.await_boot()
        yield made


def play(machine: nspawn.Machine, script: str) -> Any:
    """Run Python in the machine, and return what it says."""
    said = machine.run(f"python3 - <<'END'\n{_BEGIN.format(modules=str(MODULES))}{script}\nEND")
    answers = [line for line in said.splitlines() if line.startswith("ANSWER")]
    return json.loads(answers[-1].removeprefix("ANSWER")) if answers else None


def test_links_and_state_come_back_and_those_of_others_stay(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
before = sh("find /etc/systemd/system -printf '%p %l\\\\n' | sort")
acts = do("unit", name="probe", enabled=True, active=True)
kinds = [act["what"] for act in acts]
again = resolve("unit", name="probe", enabled=True, active=True)
up = state("probe")
sh("systemctl -q enable theirs")
words = [one.word for one in undo(acts)]
sh("systemctl -q disable theirs")
say([kinds, again, up, words, state("probe"), before == sh("find /etc/systemd/system -printf '%p %l\\\\n' | sort")])
""",
    )
    assert found == [["enabled", "active"], [], ["active", "enabled"], ["back"] * 2, ["inactive", "disabled"], True]


def test_what_was_on_is_on_again(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
sh("systemctl -q enable --now probe")
acts = do("unit", name="probe", enabled=False, active=False, masked=False)
off = state("probe")
words = [one.word for one in undo(acts)]
on = state("probe")
sh("systemctl -q disable --now probe")
say([off, words, on])
""",
    )
    assert found == [["inactive", "disabled"], ["back", "back"], ["active", "enabled"]]


def test_a_run_that_another_began_is_not_stopped_but_one_of_our_own_effects_is(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
acts = do("unit", name="probe", active=True)
effects.run_effect({"restart": "probe"}, place)
ours = [one.word for one in undo(acts)]
acts = do("unit", name="probe", active=True)
sh("systemctl restart probe")
theirs = [list(one) for one in undo(acts)]
up = state("probe")[0]
forced = [one.word for one in undo(acts, force=True)]
say([ours, theirs, up, forced, state("probe")[0]])
""",
    )
    ours, theirs, up, forced, down = found
    assert (ours, up, forced, down) == (["back"], "active", ["back"], "inactive")
    assert theirs[0][0] == "moved"
    assert theirs[0][2] == "systemctl stop probe.service"


def test_what_another_unit_needs_by_now_runs_on(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
acts = do("unit", name="probe", active=True)
sh("systemctl start leaning")
left = undo(acts)[0]
both = [state("probe")[0], state("leaning")[0]]
sh("systemctl stop leaning")
say([left.word, left.why[0], both, undo(acts)[0].word])
""",
    )
    assert found == ["stays", "needed by leaning.service", ["active", "active"], "back"]


def test_what_stops_along_with_a_unit_comes_back_with_it_where_nobody_has_begun_it_anew(
    machine: nspawn.Machine,
) -> None:
    found = play(
        machine,
        """
sh("systemctl -q add-wants multi-user.target leaning; systemctl start leaning")
acts = do("unit", name="probe", active=False)
down = [state("probe")[0], state("leaning")[0]]
first = [undo(acts)[0].word, state("probe")[0], state("leaning")[0]]
acts = do("unit", name="probe", active=False)
sh("systemctl start leaning; systemctl stop leaning probe")  # another's, who stopped it again
second = [undo(acts)[0].word, state("probe")[0], state("leaning")[0]]
sh("systemctl stop probe leaning; rm /etc/systemd/system/multi-user.target.wants/leaning.service")
sh("systemctl daemon-reload")
say([down, first, second])
""",
    )
    assert found[0] == ["inactive", "inactive"]
    assert found[1] == ["back", "active", "active"]
    assert found[2] == ["back", "active", "inactive"]


def test_masks_are_links_and_a_file_of_its_own_is_never_replaced(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
acts = do("unit", name="systemd-ask-password-wall.path", masked=True)
masked = state("systemd-ask-password-wall.path")[1]
words = [one.word for one in undo(acts)]
try:
    do("unit", name="probe", masked=True)
    refused = ""
except Refusal as error:
    refused = error.text[0]
say([masked, words, state("systemd-ask-password-wall.path")[1], refused])
""",
    )
    assert found[:3] == ["masked", ["back"], "static"]
    assert "file of its own" in found[3]


def test_what_does_not_start_is_refused_and_leaves_no_trace(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
said = []
for name, on in (("nothing-here", True), ("nftables", False), ("-x", True)):
    try:
        resolve("unit", name=name, active=on)
    except Refusal as error:
        said.append(error.text[0])
said.append(resolve("unit", name="nothing-here", active=False, enabled=False))
said.append([effects.check_effect({word: "nftables"}) != [] for word in ("restart", "reload", "start")])
say(said)
""",
    )
    assert "no unit nothing-here.service" in found[0]
    assert "flushes" in found[1]
    assert "no name" in found[2]
    assert found[3:] == [[], [True, True, True]]


def test_our_table_stands_through_all_that_nftables_service_does_and_goes_alone(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
sh("nft 'add table ip docker; add chain ip docker up { type filter hook forward priority 0; }'")
before = sh("nft list ruleset; find /etc/systemd /etc/nftables* -printf '%p %l\\\\n' | sort")
body = "chain input { type filter hook input priority 10; policy accept;\\n\\t\\ttcp dport 22 accept\\n}"
spec = {"table": "rempart_fwl_01", "text": body}
acts = do("nft", **spec)
again = resolve("nft", **spec)
docker = "table ip docker" in sh("nft list tables")
words = [one.word for one in undo(acts)]
same = before == sh("nft list ruleset; find /etc/systemd /etc/nftables* -printf '%p %l\\\\n' | sort")
acts = do("nft", **spec)
there = []
for verb in ("start", "reload", "restart", "stop"):
    sh(f"systemctl {verb} nftables")
    there.append("rempart_fwl_01" in sh("nft list tables"))
looks = set(look(acts))
sh("nft 'add table ip docker'")
left = [one.word for one in undo(acts)]
say([again, docker, set(words) == {"back"}, same, there, sorted(looks), sorted(set(left)), sh("nft list tables")])
sh("nft delete table ip docker")
""",
    )
    assert found == [[], True, True, True, [True] * 4, ["after"], ["back"], "table ip docker\n"]


def test_our_table_is_there_after_a_start_of_the_system_and_goes_then(machine: nspawn.Machine) -> None:
    play(
        machine,
        """
body = "chain input { type filter hook input priority 10; policy accept;\\n\\t\\ttcp dport 22 accept\\n}"
acts = do("nft", table="rempart_fwl_01", text=body)
sh("nft add table ip docker")  # which a start does not bring back
open("/root/acts.json", "w").write(json.dumps(acts))
""",
    )
    machine.begin_reboot()
    machine.connect()
    machine.await_boot()
    found = play(
        machine,
        """
acts = json.load(open("/root/acts.json"))
there = sh("nft list tables")
say([there, sorted(set(look(acts))), sorted({one.word for one in undo(acts)}), sh("nft list tables")])
""",
    )
    assert found == ["table inet rempart_fwl_01\n", ["after"], ["back"], ""]


def test_a_table_of_ours_in_which_another_has_put_a_rule_stays(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
body = "chain input { type filter hook input priority 10; policy accept;\\n\\t\\ttcp dport 22 accept\\n}"
acts = do("nft", table="rempart_fwl_01", text=body)
sh("nft add rule inet rempart_fwl_01 input tcp dport 80 accept")
left = undo(acts)[0]
there = "dport 80" in sh("nft list ruleset")
forced = undo(acts, force=True)[0]
sh("nft add table inet rempart_fwl_09")
try:
    resolve("nft", table="rempart_fwl_09", text=body)
    refused = ""
except Refusal as error:
    refused = error.text[0]
sh("nft delete table inet rempart_fwl_09")
bad = []
for text in ("flush ruleset", "}\\ntable ip x {", "chain c {"):
    try:
        resolve("nft", table="rempart_x", text=text)
    except Refusal:
        bad.append(text)
say([left.word, left.by_hand, there, forced.word, refused, len(bad), sh("nft list tables")])
""",
    )
    assert found[:4] == ["moved", "nft delete table inet rempart_fwl_01", True, "back"]
    assert "not ours" in found[4]
    assert found[5:] == [3, ""]


def test_settings_of_the_kernel_come_back_with_those_that_went_along(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
import glob
def read():
    paths = glob.glob("/proc/sys/net/ipv4/conf/*/[afr]*") + ["/proc/sys/net/ipv4/ip_forward"]
    return {path: open(path).read() for path in sorted(paths)}
sh("ip link add dummy0 type dummy 2>/dev/null || :; echo 1 > /proc/sys/net/ipv4/ip_forward")
sh("echo 0 > /proc/sys/net/ipv4/conf/all/accept_redirects")
before = read()
acts = do("sysctl", name="net.ipv4.ip_forward", value=0, file="/etc/sysctl.d/99-zz-rempart.conf")
kinds = [act["kind"] for act in acts]
text = open("/etc/sysctl.d/99-zz-rempart.conf").read()
along = len(acts[-1].get("along", {}))
again = resolve("sysctl", name="net.ipv4.ip_forward", value=0, file="/etc/sysctl.d/99-zz-rempart.conf")
words = [one.word for one in undo(acts)]
same = read() == before
acts = do("sysctl", name="net.ipv4.ip_forward", value=0)
sh("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 2 > /proc/sys/net/ipv4/conf/all/rp_filter")
acts += do("sysctl", name="net.ipv4.conf.all.rp_filter", value=1)
sh("echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter")
moved = [one.word for one in undo(acts)]
every = do("sysctl", name="net.ipv4.conf.*.rp_filter", value=1, one_of=[1, 2])
say([kinds, text, along > 0, again, words, same, moved, len(every) > 2, {one.word for one in undo(every)} == {"back"}])
sh("echo 0 > /proc/sys/net/ipv4/ip_forward")
""",
    )
    assert found[0] == ["line", "sysctl"]
    assert "net.ipv4.ip_forward = 0" in found[1]
    assert found[2:4] == [True, []]
    assert found[4:6] == [["back", "back"], True]
    assert found[6] == ["moved", "back"]
    assert found[7:] == [True, True]


def test_forwarding_that_others_have_opened_for_one_interface_stays_open(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
lo = "/proc/sys/net/ipv4/conf/lo/forwarding"
sh(f"echo 0 > /proc/sys/net/ipv4/ip_forward; echo 1 > {lo}")
acts = do("sysctl", name="net.ipv4.ip_forward", value=1)
say([[one.word for one in undo(acts)], open(lo).read()])
sh(f"echo 0 > {lo}")
""",
    )
    assert found == [["back"], "1\n"]


def test_forwarding_that_a_crash_cut_off_comes_back_with_those_that_went_along(machine: nspawn.Machine) -> None:
    found = play(
        machine,
        """
import glob
def read():
    return {path: open(path).read() for path in glob.glob("/proc/sys/net/ipv4/conf/*/[af]*")}
sh("echo 0 > /proc/sys/net/ipv4/ip_forward")
before = read()
(act,) = resolve("sysctl", name="net.ipv4.ip_forward", value=1)
sh("echo 1 > /proc/sys/net/ipv4/ip_forward")  # it is done, and nobody has written that down
word = sysctl.settle(act, place)
say([word, [one.word for one in undo([act])], read() == before])
sh("echo 0 > /proc/sys/net/ipv4/ip_forward")
""",
    )
    assert found == ["done", ["back"], True]


def test_after_a_reboot_what_we_enabled_and_loaded_is_still_ours(machine: nspawn.Machine) -> None:
    play(
        machine,
        """
body = "chain input { type filter hook input priority 10; policy accept;\\n\\t\\ttcp dport 22 accept\\n}"
acts = do("unit", name="probe", enabled=True, active=True) + do("nft", table="rempart_fwl_01", text=body)
json.dump(acts, open("/var/lib/acts.json", "w"))
""",
    )
    machine.begin_reboot()
    machine.connect()
    machine.await_boot()
    found = play(
        machine,
        """
acts = json.load(open("/var/lib/acts.json"))
up = [state("probe")[0], "rempart_fwl_01" in sh("nft list tables"), sorted(set(look(acts)))]
words = sorted({one.word for one in undo(acts)})
say([up, words, state("probe"), state("rempart-firewall-fwl-01"), sh("nft list tables")])
""",
    )
    assert found == [["active", True, ["after"]], ["back"], ["inactive", "disabled"], ["inactive"], ""]
