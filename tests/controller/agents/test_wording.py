"""A check that is known here has this side's words, whatever an agent says of it."""

from __future__ import annotations

from rempart_testing.run import make_result

from rempart_agent.audit import content_cache
from rempart_controller.agents.wording import Wording
from rempart_core.content.place import check_directories
from rempart_core.model.fix_steps import for_host
from rempart_core.model.result import TargetIdentity
from rempart_core.text import Text


def test_the_words_are_ours_and_the_verdict_stays_the_agent_s() -> None:
    (check,) = [one for one in content_cache.load(check_directories(())).checks if one.id == "FWL-01"]
    theirs = make_result("FWL-01", title=Text("theirs", "les leurs"), area="theirs")
    wording = Wording({"FWL-01": check})
    told = wording.put(theirs, TargetIdentity("web"))
    assert (told.title, told.area, told.rationale) == (check.title, check.area, check.rationale)
    assert (told.state, told.reason, told.evidence) == (theirs.state, theirs.reason, theirs.evidence)
    assert Wording({}).put(theirs, TargetIdentity("web")) == theirs
    for platform, system in (("linux", "Debian GNU/Linux 13"), ("darwin", "macOS 15"), ("linux", "Fedora Linux 43")):
        target = TargetIdentity("web", platform=platform, system=system)
        assert wording.put(theirs, target).remediation == for_host(check.remediation, platform, system)
