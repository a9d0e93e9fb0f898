"""Why a read gave no rows: known in both languages where it is a sentence of ours, else the endpoint's words."""

from rempart_testing.spaces import plain

from rempart_agent.engines.sql.read_failure import failure_of
from rempart_agent.said import Said
from rempart_agent.source.contract import NotObservable
from rempart_agent.tables.read import Answer
from rempart_core.messages.say import say
from rempart_core.model.result import Failure


def test_a_sentence_of_ours_is_said_in_french() -> None:
    failure = failure_of(Answer.of(NotObservable("{what} needs a running system", what="processes")))
    assert (failure.kind, failure.message) == ("not_observable", "processes needs a running system")
    assert failure.said is not None
    assert plain(say(failure.said, "fr")) == "processes demande un système en marche"


def test_another_text_is_the_endpoints_own() -> None:
    assert failure_of(Answer((), "engine", "broken")) == Failure("engine", "broken")
    assert failure_of(Answer((), "engine", "broken", Said("broken", {}))) == Failure("engine", "broken")
