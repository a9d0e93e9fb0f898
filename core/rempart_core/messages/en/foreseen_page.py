"""The words of what an undo would do, on the terminal and as a page."""

TEXTS = {
    "foreseen_page.back": "back",
    "foreseen_page.checks": "Checks",
    "foreseen_page.failed": "cannot be rolled back",
    "foreseen_page.hand": "by hand: {command}",
    "foreseen_page.happens": "What happens",
    "foreseen_page.hosts": "Hosts",
    "foreseen_page.kind": "Rollback, not done yet",
    "foreseen_page.lead": "as of {time}; nothing was changed",
    "foreseen_page.moved": "moved since",
    "foreseen_page.nothing": "nothing to roll back",
    "foreseen_page.nothing_on": "Nothing to roll back on {hosts}.",
    "foreseen_page.part": "Not everything would come back.",
    "foreseen_page.silent": "did not answer",
    "foreseen_page.stays": "stays",
    "foreseen_page.target": "Of what",
    "foreseen_page.unclear": "unclear",
    "foreseen_page.unknown": "It is not known what would come back.",
    "foreseen_page.unknown_hosts": "Hosts of which nothing is known",
    "foreseen_page.whole": "Everything would come back on {hosts}.",
    "foreseen_page.why": "Why, and what to do",
}
