"""Results of the machines of an invented organisation: one run document a line, as an audit of a fleet writes them."""

import time

from rempart_core.documents.run_line import LineWriter
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import EngineIdentity, Result, Run, State, TargetIdentity
from rempart_core.registers.sample import HOSTS
from rempart_core.text import NOTHING

_CHECKS = {
    "ACC-09": ("accounts", Severity.MEDIUM),
    "BKP-01": ("backup", Severity.HIGH),
    "DSK-01": ("disk", Severity.CRITICAL),
    "FWL-01": ("firewall", Severity.CRITICAL),
}
_AGO = 6 * 3600


def write_runs(now: float) -> str:
    """Return the documents; they are some hours old.

    Args:
        now: The moment, in seconds since 1970.
    """
    writer = LineWriter()
    return "".join(f"{writer.write(_run(host, now - _AGO))}\n" for host in HOSTS)


def _run(host: str, at: float) -> Run:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    invented = say_both(Message("registers_sample.invented"))
    results = [
        Result(
            check=check,
            revision=1,
            title=invented,
            area=area,
            severity=severity,
            state=State.PASS,
            reason=invented,
            rationale=NOTHING,
            remediation=Remediation("", "manual", NOTHING),
            controls={},
        )
        for check, (area, severity) in _CHECKS.items()
    ]
    return Run(
        target=TargetIdentity(host, kind="host", group="sample", system="Debian GNU/Linux 13 (trixie)"),
        engine=EngineIdentity("invented", "0", "nobody", privileged=True),
        role="server",
        profile="server",
        started=moment,
        ended=moment,
        results=results,
        notes=(invented,),
    )
