"""What a target is: what can't be asked decides nothing, and is never taken for an answer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rempart_agent.audit.recognise import ROLE_QUESTIONS, SYSTEM_QUESTION, detect_role, recognise
from rempart_agent.engine import DEADLINE, MAX_ROWS, Engine
from rempart_core.model.result import Answer, Failure

DENIED = Answer((), [], Failure("denied", "no"))
NOTHING = Answer((), [])
DESKTOP, LAPTOP, BATTERY = ROLE_QUESTIONS


class Answering(Engine):
    """Gives the answers that are known, and none else."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = answers

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query."""
        return self._answers.get(sql, NOTHING)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("Debian GNU/Linux", "13 (trixie)", "debian"), ("linux", "Debian GNU/Linux 13 (trixie)")),
        (("macOS", "15.1", "darwin"), ("darwin", "macOS 15.1")),
        (("Microsoft Windows 11 Pro", "10.0.26100", "windows"), ("windows", "Microsoft Windows 11 Pro 10.0.26100")),
        (("Arch Linux", "", "arch"), ("linux", "Arch Linux")),
    ],
)
def test_the_system_of_a_target(row: tuple[str, ...], found: tuple[str, str]) -> None:
    engine = Answering({SYSTEM_QUESTION: Answer(("name", "version", "platform"), [row])})
    assert recognise(engine) == found


@pytest.mark.parametrize("answer", [DENIED, NOTHING])
def test_what_does_not_say_what_it_is_is_not_recognised(answer: Answer) -> None:
    assert recognise(Answering({SYSTEM_QUESTION: answer})) == ("", "")


@pytest.mark.parametrize("sign", ROLE_QUESTIONS)
def test_any_sign_of_a_person_makes_a_workstation(sign: str) -> None:
    assert detect_role(Answering({sign: Answer(("path",), [("x",)])}), live=True) == "workstation"


@pytest.mark.parametrize("answers", [{}, dict.fromkeys(ROLE_QUESTIONS, DENIED)])
def test_without_a_sign_it_is_a_server(answers: dict[str, Answer]) -> None:
    assert detect_role(Answering(answers), live=True) == "server"


def test_what_can_not_be_asked_does_not_end_the_search() -> None:
    engine = Answering({DESKTOP: DENIED, LAPTOP: DENIED, BATTERY: Answer(("path",), [("BAT0",)])})
    assert detect_role(engine, live=True) == "workstation"


def test_a_tree_is_an_image_whatever_lies_in_it() -> None:
    assert detect_role(Answering({DESKTOP: Answer(("path",), [("/usr/sbin/gdm3",)])}), live=False) == "image"


def test_windows_says_itself_what_it_is_and_a_mac_is_somebodys() -> None:
    assert detect_role(Answering({}), live=True, platform="darwin") == "workstation"
    assert detect_role(Answering({}), live=True, platform="windows") == "workstation"

    class Server(Answering):
        def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
            """See Engine.query."""
            return Answer(("name",), [("Windows Server 2025",)]) if "Server" in sql else NOTHING

    assert detect_role(Server({}), live=True, platform="windows") == "server"
