"""Why a task failed is said in both languages by the id that it names, and by nothing that its English reads like."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.spaces import plain

from rempart_controller.remediation.ansible.playbook import Access, Playbook
from rempart_controller.remediation.ansible.why import has_no_room, read_report, read_why, read_words
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.text import NOTHING, Text, same

MOVED = {"id": "role.changed_since", "with": {"what": "/etc/x"}}
MOVED_SAID = say_both(Message("role.changed_since", what="/etc/x"))


def test_a_module_of_ours_says_an_id_and_values_or_both_languages() -> None:
    assert read_why({"msg": MOVED_SAID.en, "says": MOVED}, action="rempart_lift") == MOVED_SAID
    assert read_why({"msg": "no space", "msg_fr": "plus de place"}, action="rempart_fix") == Text(
        "no space", "plus de place"
    )
    unknown = {"id": "role.of_later", "with": {}}
    assert read_why({"msg": "as it is", "says": unknown}, action="rempart_lift") == same("as it is")


def test_what_a_task_names_counts_only_where_it_has_said_just_that() -> None:
    assert read_why({"msg": MOVED_SAID.en}, MOVED, action="ansible.builtin.assert") == MOVED_SAID
    broken = "Task failed: Error while evaluating conditional: 'x' is undefined"
    assert (
        read_why({"msg": broken}, MOVED, action="ansible.builtin.assert").fr == f"Ansible\u00a0: «\u00a0{broken}\u00a0»"
    )
    assert read_why({"msg": "changed since by somebody else: /etc/y"}, MOVED, action="fail").fr.endswith("else: /etc/y")


def test_a_text_that_reads_like_ours_and_names_no_id_stays_as_it_is() -> None:
    text = "changed since by somebody else: /etc/x"
    assert read_why({"msg": text, "invocation": {}}, action="rempart_read") == same(text)
    assert read_why({"msg": text}, action="fail") == same(text)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("rempart_fix", {"msg": "Failed to connect to the host via ssh"}),  # ``ssh.py`` of ansible-core
        ("ansible.builtin.setup", {"msg": "Timeout (12s) waiting for privilege escalation prompt: "}),
        ("ansible.builtin.command", {"msg": "non-zero return code", "invocation": {}}),
    ],
)
def test_what_ansible_itself_says_is_quoted_as_its_own(action: str, said: dict[str, Any]) -> None:
    told, text = read_why(said, action=action), said["msg"].strip()
    assert (told.en, plain(told.fr)) == (f'Ansible: "{text}"', f"Ansible : « {text} »")


def test_why_a_module_could_not_begin_is_said_in_place_of_what_ansible_makes_of_it() -> None:
    said = {"msg": "Module result deserialization failed: No start of json char found", "module_stdout": "", "rc": 1}
    crash = 'Traceback (most recent call last):\n  File "<stdin>", line 266, in <module>\nFileNotFoundError: [Errno 2] '
    full = {
        **said,
        "module_stderr": crash + "No usable temporary directory found in ['/tmp', '/var/tmp', '/home/ann']\n",
    }
    assert read_why(full, action="rempart_fix") == say_both(Message("role.no_room"))
    assert has_no_room(full)
    assert not has_no_room(said)
    other = {**said, "module_stderr": crash + "No such file or directory: '/usr/lib/python3.13/json'\n"}
    assert read_why(other, action="rempart_fix").en.endswith("python3.13/json'")
    assert read_words(said) == said["msg"]
    assert read_words({"msg": "it is refused", "stderr": "by sshd"}) == "it is refused; by sshd"
    assert read_why({}, action="rempart_fix") == NOTHING


def test_a_fix_of_several_says_why_in_both_languages_whoever_refused_it() -> None:
    assert read_report({"why": ["no space", "plus de place"]}) == Text("no space", "plus de place")
    assert read_report({"why": [MOVED_SAID.en], "says": MOVED}) == MOVED_SAID
    assert read_report({"why": ["another"], "says": MOVED}) == same("another")
    assert read_report({"why": []}) == say_both(Message("role.no_why"))


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["role.changed_since", "__init__.x"]),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(["id", "with", "en", "what"]), one),
    max_leaves=10,
)


@given(ANYTHING, ANYTHING)
def test_no_answer_of_a_host_breaks_us_or_speaks_to_the_terminal(msg: Any, says: Any) -> None:
    for told in (
        read_why({"msg": msg, "says": says}, says, action="rempart_lift"),
        read_report({"why": [msg], "says": says}),
    ):
        assert isinstance(told.en, str)
        assert isinstance(told.fr, str)


TASKS = """
- hosts: all
  gather_facts: false
  tasks:
    - name: Learn
      ansible.builtin.set_fact:
        moved: "{{ '/etc/' ~ name }}"
      vars: {name: x}
    - name: Refuse
      ansible.builtin.assert:
        that: not moved
        fail_msg: "changed since by somebody else: {{ moved }}"
        quiet: true
      vars:
        rempart_says: {id: role.changed_since, with: {what: "{{ moved }}"}}
      ignore_errors: true
    - name: Refuse, but the condition itself can not be asked
      ansible.builtin.assert:
        that: nowhere.value
        fail_msg: "changed since by somebody else: {{ moved }}"
        quiet: true
      vars:
        rempart_says: {id: role.changed_since, with: {what: "{{ moved }}"}}
      ignore_errors: true
    - name: Refuse without a value
      ansible.builtin.fail:
        msg: It is unknown where sshd listens, so nothing is refused.
      vars:
        rempart_says: {id: role.no_sshd}
      ignore_errors: true
    - name: Run
      ansible.builtin.command: "false"
      changed_when: true
      ignore_errors: true
"""


def test_ansible_hands_on_what_tasks_name(tmp_path: Path) -> None:
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"here": here}}}))
    (tmp_path / "play.yml").write_text(TASKS)
    events = list(Playbook(str(tmp_path / "play.yml"), Access([str(inventory)]), ["here"]))
    refused, broken, plainly, ran = (event.why for event in events if event.outcome == "failed")
    assert refused == MOVED_SAID
    assert "nowhere" in broken.fr
    assert plain(broken.fr).startswith("Ansible : « ")
    assert plainly == say_both(Message("role.no_sshd"))
    assert plain(ran.fr) == "Ansible : « non-zero return code »"
