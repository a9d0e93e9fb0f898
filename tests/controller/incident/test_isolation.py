"""What a host says where it refuses is heard once, in both languages."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from rempart_controller.incident.isolation import Operator, release
from rempart_controller.remediation.ansible.playbook import Access
from rempart_core.error import RemediationError
from rempart_core.messages.say import say_both


def test_a_release_that_the_host_refuses_says_why_once_and_in_both_languages(tmp_path: Path) -> None:
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"here": here}}}))
    operator = Operator(Access([str(inventory)]), "here", lambda _: None)
    with pytest.raises(RemediationError) as refused:
        release(operator, "incident-of-nobody", force=False)  # nothing is known of it, so that nothing is changed
    said = say_both(refused.value.message)
    assert said.en.count("this endpoint knows no change incident-of-nobody") == 1
    assert said.fr.count("cette machine ne connaît aucun changement incident-of-nobody") == 1
