"""Labels: the messages of one area, by their names, in one language."""

from __future__ import annotations

import pytest

from rempart_core.messages.labels import Labels


def test_a_label_is_said_in_its_language_with_its_values_and_typeset() -> None:
    assert Labels("plan_page", "en")("found", items="/etc/a") == "found: /etc/a"
    assert Labels("plan_page", "fr")("found", items="/etc/a") == "trouvé\u00a0: /etc/a"


def test_what_a_host_says_is_no_label_where_there_is_none_of_that_name() -> None:
    label = Labels("foreseen_page", "fr")
    assert "moved" in label
    assert "constructor" not in label
    with pytest.raises(KeyError):
        label("constructor")
