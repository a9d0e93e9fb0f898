"""What a login shell has set when its prompt comes: TMOUT, umask and whether they are fixed, by account.

``syntax`` reads the shell's language as far as start-up files use it, ``execute`` runs it on values that may be
unknown: of a condition that can't be told both arms are run, and what they leave different is unknown. ``logins`` knows
which files which shell reads. Held against bash, dash and zsh by ``tests/models/shell``.
"""
