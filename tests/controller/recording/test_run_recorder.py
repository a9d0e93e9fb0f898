"""What a recorder tells the reports of the run before."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.run import BEGINNING, of_states, silent

from rempart_controller.recording.run_recorder import RunRecorder
from rempart_core.model.result import State
from rempart_store.store import Store


def test_a_host_that_never_answered_has_not_fallen_silent(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        recorder = RunRecorder(store, "", None, None, whole=True)
        recorder.save([of_states("web", BEGINNING, {"AAA-01": State.PASS})])
        recorder.save([silent("web", BEGINNING + 60, ["AAA-01"]), silent("mute", BEGINNING + 60, ["AAA-01"])])
        drift = recorder.drift()
        assert drift is not None
        assert drift.hosts == {"web": "fallen_silent", "mute": "new_host"}
        assert not recorder.failed
