"""Targets that gave no answer at all, or were asked nothing."""

from rempart_core.model.result import Result, Run, State

_UNHEARD = frozenset({"silent", "interrupted"})


def unheard(run: Run) -> Result | None:
    """Return the first result of a target that gave no answer, or was asked nothing: all others say the same.

    None for one of which anything was judged, and for a run without results.
    """
    first = run.results[0] if run.results else None
    if first is None or first.failure not in _UNHEARD or first.state is not State.NOT_CHECKED:
        return None
    plain = first._replace(evidence=None, witness=None, waiver=None, expired_waivers=(), known=False, change=None)
    same = plain == first and all(
        one.failure == first.failure and one.reason == first.reason and one.state is State.NOT_CHECKED
        for one in run.results
    )
    return first if same else None
