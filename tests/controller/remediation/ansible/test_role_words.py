"""What roles say on endpoints in English is known, and said in French."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing import yaml_text
from rempart_testing.spaces import plain

from rempart_controller.remediation.ansible.role_words import both, translate

PLAYBOOKS = Path(__file__).parents[4] / "playbooks"


def _messages() -> list[str]:
    tasks = yaml_text.load_file(PLAYBOOKS / "roles/incident/tasks/isolate.yml")
    return sorted({task["ansible.builtin.assert"]["fail_msg"] for task in tasks if "ansible.builtin.assert" in task})


@pytest.mark.parametrize("text", _messages())
def test_whatever_an_incident_says_or_records_has_its_french(text: str) -> None:
    said = text.replace("{}", "X7")
    french = translate(said)
    assert french != said
    assert french.count("X7") >= said.count("X7")  # nothing that varies is lost
    assert translate(said, "en") == said


@pytest.mark.parametrize(
    ("text", "en", "fr"),
    [
        (  # what ``ssh.py`` of ansible-core says, as ``task_executor.py`` hands it on
            "Task failed: Failed to connect to the host via ssh: ssh: connect to host web port 22: Connection refused",
            'Ansible: "Failed to connect to the host via ssh: ssh: connect to host web port 22: Connection refused"',
            "Ansible : « Failed to connect to the host via ssh: ssh: connect to host web port 22: Connection refused »",
        ),
        ("Task failed: no such words", 'Ansible: "no such words"', "Ansible : « no such words »"),
        (  # ``assert`` of a role of ours
            "Task failed: Action failed: the change cannot be rolled back",
            "the change cannot be rolled back",
            "le changement ne peut pas être annulé",
        ),
    ],
)
def test_what_ansible_itself_says_is_quoted_as_its_own(text: str, en: str, fr: str) -> None:
    assert (both(text).en, plain(both(text).fr)) == (en, fr)


@pytest.mark.parametrize("text", ["", "Bad message", "echo a; echo b", "x: y: z", "a\nb", "(", "{}", ": ", "; "])
def test_what_is_not_ours_stays_as_it_is(text: str) -> None:
    assert translate(text) == text


@settings(deadline=None)  # the first one makes the patterns
@given(
    st.lists(st.sampled_from(["; ", ": ", "\n  - ", " is ", "x", "entry ", "not released: "]), max_size=200).map(
        "".join
    )
    | st.text(max_size=100)
)
def test_no_text_of_a_host_keeps_us_busy_or_breaks_us(text: str) -> None:
    assert isinstance(translate(text), str)
    assert translate(text * 20, "en") == text * 20


@pytest.mark.parametrize(
    "piece", [": ", "; ", "a: ", ": ; ", "x is y; ", "\n  - ", "entry 1: ", "1 entries were in it, "]
)
def test_a_text_without_end_stays_as_it_is(piece: str) -> None:
    assert translate(piece * 4000) == piece * 4000
    assert len(translate((piece * 1500)[:1500])) < 6000
