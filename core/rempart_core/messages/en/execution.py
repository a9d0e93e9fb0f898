"""What is said while a change is made, judged, kept or taken back."""

TEXTS = {
    "execution.another_undid": "somebody rolled back the change on the host before it was confirmed",
    "execution.answers_again": "it answers again",
    "execution.back": "back: {what}",
    "execution.by_timer": "guarded: its own timer rolls back the change by {time} UTC",
    "execution.finish_first": "finishing the hosts in progress, so that none is left half changed",
    "execution.finish_or_undo": (
        "finishing the hosts in progress, so that none is left half changed; no further wave begins; a second "
        "Ctrl-C rolls back those in progress"
    ),
    "execution.goes_on": (
        "what had begun there continues, and a timer guards what can cut off access; when it answers again, see "
        "`rempart changes`, and roll it back with `rempart rollback {change}`"
    ),
    "execution.interrupted": "interrupted: it was rolled back at once",
    "execution.interrupted_before": "interrupted before anything was changed",
    "execution.late": "all hosts are done: the reports are being written",
    "execution.lost": "the host was lost in change {change}",
    "execution.lost_host": "{host}: {why}; {who}",
    "execution.moved": "changed since by another, and left: {what}",
    "execution.no_answer": "unreachable",
    "execution.no_more": "the host does not answer any more",
    "execution.nobody": "nothing rolls it back by itself: when it answers again, run `rempart rollback {change}`",
    "execution.not_asked": "it was not asked",
    "execution.not_asked_again": "it was not asked again",
    "execution.not_back": "could not be rolled back: {what}",
    "execution.not_undone": "change {change} could not be rolled back: {why}",
    "execution.second": "the second Ctrl-C rolls back those in progress: please wait",
    "execution.second_waiting": (
        "the second Ctrl-C ends the wait: hosts that do not answer are left to their own timers"
    ),
    "execution.stays": "stays: {what}",
    "execution.timer_undid": "its timer rolled back the change before it was confirmed",
    "execution.unclear": "cut off by a crash: {what}",
    "execution.undo_failed": "the rollback failed: {error}",
    "execution.unreachable": "lost: {error}",
    "execution.waiting": "does not answer: waiting for its timer to roll back the change ({seconds} s at most)",
    "execution.waiting_first": (
        "waiting for silent hosts until their timers have rolled back the change; a second Ctrl-C ends the wait"
    ),
    "execution.with_command": "{what}  by hand: {command}",
    "execution.worse": "made worse: {checks}",
}
