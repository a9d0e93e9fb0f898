"""The words of what a plan came to, and an undo, on the terminal."""

TEXTS = {
    "applied_page.again": "{check} stays, and was applied again: it shares {things}",
    "applied_page.again_alone": "{check} stays, and was applied again",
    "applied_page.host": "HOST",
    "applied_page.kept": "kept",
    "applied_page.lost": "LOST",
    "applied_page.none": "Nothing to fix.",
    "applied_page.nothing_stands": "Change {id}: {sum}.",
    "applied_page.open": "left open",
    "applied_page.regressed": "made worse: {check}  {seen}",
    "applied_page.restored": "restored: {count}",
    "applied_page.result": "Change {id}: {sum}. Roll back: rempart rollback {id}",
    "applied_page.reverted": "rolled back",
    "applied_page.state": "STATE",
    "applied_page.unseen": "can't be judged any more: {checks}",
    "applied_page.untouched": "not touched",
}
