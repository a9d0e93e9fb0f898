"""Training, tests and simulations."""

from __future__ import annotations

from rempart_core.registers.contracts.awareness import AWARENESS

BY_NAME = {one.name: one for one in AWARENESS}


def test_a_person_may_be_trained_again_and_a_training_needs_its_proof() -> None:
    training = BY_NAME["training"]
    assert "date" in training.key
    assert training.evidence
    assert not training.unproven
    assert not training.may_be_empty


def test_simulations_are_kept_by_team() -> None:
    assert BY_NAME["phishing"].subject == ""
    assert not any(one.personal for one in BY_NAME["phishing"].columns)
