"""The model of doas.conf against ``doas -C``, where doas is installed: random files, accounts of every Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.models.sudo import doas
from rempart_agent.models.sudo.world import Account, World

_ACCOUNTS = {
    "root": Account("root", 0, 0, frozenset({"root"}), frozenset({0})),
    "daemon": Account("daemon", 1, 1, frozenset({"daemon", "disk"}), frozenset({1, 6})),
    "bin": Account("bin", 2, 2, frozenset({"bin"}), frozenset({2})),
}
_WORLD = World(
    _ACCOUNTS, {"root": 0, "daemon": 1, "bin": 2, "disk": 6}, "box", None, 0.0, 300, lambda _: None, lambda _: None,
    lambda _: [], lambda _path, _who: False,
)  # fmt: skip
_pick = st.sampled_from
_options = _pick(
    ["", "nopass ", "persist ", "keepenv ", "nopass keepenv ", "setenv { A=b -C D } ", "nolog ", "nopass persist "]
)
_identity = _pick(["daemon", "bin", "1", "2", ":disk", ":6", ":bin", '"daemon"', "nobody", "root"])
_as = _pick(["", " as root", " as daemon", " as 0", ' as "bin"'])
_cmd = _pick(
    [
        "",
        " cmd id",
        " cmd /usr/bin/id",
        " cmd id args",
        " cmd id args -u",
        ' cmd id args -u "a b"',
        " cmd id args -u \\\n x",
    ]
)
_line = st.one_of(
    st.builds("permit {}{}{}{}".format, _options, _identity, _as, _cmd),
    st.builds("deny {}{}{}".format, _identity, _as, _cmd),
    _pick(["# a comment", "", "  ", "permit bin # trailing", "\tpermit  bin", "permit \\\n bin"]),
    _pick(
        [
            "permit",
            "allow bin",
            "permit bin as",
            "deny nopass bin",
            "permit bin cmd",
            "permit setenv bin",
            'permit "bin',
        ]
    ),
)
_asks = st.tuples(
    _pick(["daemon", "bin"]), _pick(["root", "bin", "daemon"]), _pick([("id",), ("id", "-u"), ("/usr/bin/id",)])
)


@pytest.mark.models
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("doas"), reason="needs root and doas")
def test_the_last_rule_decides_as_doas_says() -> None:
    with tempfile.TemporaryDirectory(prefix="rempart-doas-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)  # read by the accounts themselves: TMPDIR may be closed to them
        _hold(Path(folder) / "doas.conf")


def _hold(conf: Path) -> None:
    known = {(name, uid) for name, uid in (("daemon", 1), ("bin", 2))}
    lines = Path("/etc/passwd").read_text(encoding="utf-8").split("\n")
    assert known <= {(f[0], int(f[2])) for f in (line.split(":") for line in lines) if len(f) > 3}

    @settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(_line, max_size=4).map(lambda found: "".join(line + "\n" for line in found)), _asks)
    def hold(text: str, ask: tuple[str, str, tuple[str, ...]]) -> None:
        conf.write_text(text)
        account, target = _ACCOUNTS[ask[0]], _ACCOUNTS[ask[1]]
        process = subprocess.run(
            ["doas", "-u", target.name, "-C", str(conf), *ask[2]], capture_output=True, text=True, check=False,
            user=account.uid, group=account.gid, extra_groups=sorted(account.gids),
        )  # fmt: skip
        try:
            rule = doas.decide(doas.parse(text), account, target, ask[2][0], ask[2][1:], _WORLD)
        except doas.Malformed:
            assert "syntax error" in process.stderr or process.returncode, (text, process)
            return
        said = "deny" if rule is None or not rule.permit else "permit nopass" if "nopass" in rule.options else "permit"
        assert process.stdout.strip() == said, (text, ask, process)

    hold()
