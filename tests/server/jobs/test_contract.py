"""Each kind of periodic job has somebody who does it."""

from pathlib import Path

from rempart_testing.answering_node import NOW
from rempart_testing.server import a_context

from rempart_server.jobs.work import HANDLERS, find_periodic


def test_each_periodic_job_has_a_handler(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        kinds = {kind for at in (NOW, NOW // 86_400 * 86_400 + 86_399) for kind, _, _ in find_periodic(context, at)}
    assert kinds == set(HANDLERS)
