"""What a package may take away at its purge is read from its script; one that is not understood reaches anything."""

from __future__ import annotations

import pytest

from rempart_fix.postrm import read_reach

# Shapes of scripts of Debian 13: cron-daemon-common, auditd, chrony, ufw, clamav-freshclam, aide-common, apparmor.
UNDERSTOOD = [
    ('if [ "$1" = "purge" ]; then\n  rm -f /etc/cron.allow /etc/cron.deny\nfi', ["/etc/cron.allow", "/etc/cron.deny"]),
    ("purge)\n\trm -rf /var/log/audit\n\trm -f /var/run/audit_events /etc/x", ["/etc/x", "/var/log/audit"]),
    ("rm -rf /var/lib/c\nrm -rf /run/c || true\nrm -f /var/lib/c/*", ["/var/lib/c", "/var/lib/c/*"]),
    ('RULES="/etc/ufw"\nUSER="$RULES"\nrm -f $USER/user.rules', ["/etc/ufw", "/etc/ufw/user.rules"]),
    ("RULES=/etc/ufw\nfor f in one two\ndo\n  rm -f $RULES/$f\ndone", ["/etc/ufw", "/etc/ufw/"]),
    (
        'at="/var/lib/x/"\nLIST="/etc/x.conf \\\n  ${at}/y*"\nfor i in $LIST; do\n  rm -f $i > /dev/null 2>&1\ndone',
        ["/etc/x.conf", "/var/lib/x/", "/var/lib/x//y*"],
    ),
    ('for f in $(ucfq --with-colons "$N" | cut -d: -f1); do rm -f "${f}~"; done\nrm -f /etc/x', ["/etc/x"]),
    ('for i in /var/cache/a/* ; do\n  rm -f "$i"/* "$i"/.features\n  rmdir "$i"\ndone\nrmdir /etc/a.d 2>/dev/null', []),
    ('[ -x "$(command -v ucf)" ] && ucf --purge /etc/x\n. /usr/share/debconf/confmodule\ndb_purge', ["/etc/x"]),
    ("rm -f ${DPKG_ROOT:-}/etc/x", ["/etc/x"]),
    ("rm -f /srv/site/$NAME.conf", ["/srv/site/"]),
    ("# rm -rf /srv/site\nrm -f /etc/x # and isn't \"it", ["/etc/x"]),
    ('for i in "$M"/*; do\n  echo "$0: /srv/site stays; $i exists" >&2\ndone\nrm -f /etc/x', ["/etc/x"]),
    ('M="/usr/lib/m"\nrm -f "$M/cache"\nrmdir -p --ignore-fail-on-non-empty "$M"', []),
]


@pytest.mark.parametrize(("script", "paths"), UNDERSTOOD)
def test_each_path_that_a_script_names_is_reached(script: str, paths: list[str]) -> None:
    reach = read_reach(f"#!/bin/sh\nset -e\n{script}\n")
    assert reach is not None
    assert reach.paths == sorted(paths)


@pytest.mark.parametrize(
    "script",
    [
        "rm -rf $2",
        'rm -rf "$DATA"',
        "DATA=$(cat /etc/x)\nrm -rf $DATA",
        "DATA=`cat /etc/x`\nrm -rf $DATA",
        "LIST=$(ls /srv)\nfor i in $LIST; do rm -r $i; done",
        "for i in $(ls /srv/site); do rm $i; done",
        "cd /srv\nrm -rf site",
        "rm -rf srv/site",
        'rm -rf "/srv/my site"',
        'D="/srv/my site"\nrm -rf "$D"',
        "rm -rf /srv/my\\ site",
        "find /srv/site -name '*.db' -delete",
        "perl -e 'unlink glob(shift)' /srv",
        "/usr/bin/python3 -c 'clear()'",
        "rm -rf /srv",
        "rm -rf /$NAME",
        "rm -rf /srv/site/../other",
        "userdel -r site",
        "deluser --remove-home site",
        ". /usr/share/site/clear.sh",
        ": > $LOG",
        "mv $OLD /srv/site",
        "rm -rf $(cat /etc/x)",
        "rm -rf `cat /etc/x`",
        'rm -rf "$@"',
        "for f in one two; do rm -f $f; done",
        "grep -v ' #' /etc/x; rm -rf $DATA",
        'sed -i "s, # old,," /etc/x; rm -rf $DATA',
        "echo /srv/site/* | xargs rm",
        'echo "x" > "$LOG"',
    ],
)
def test_a_script_that_may_reach_what_it_does_not_name_is_not_understood(script: str) -> None:
    assert read_reach(f"#!/bin/sh\n{script}\n") is None


def test_only_shell_is_understood() -> None:
    assert read_reach("#!/usr/bin/perl\nunlink '/etc/x';\n") is None
    assert read_reach("\x7fELF") is None
    assert read_reach("#!/bin/bash\nrm -f /etc/x\n") is not None


def test_accounts_that_a_purge_removes_are_known() -> None:
    script = (
        '#!/bin/sh\nif [ -x "$(command -v deluser)" ]; then\n  deluser --quiet --system _chrony > /dev/null 2>&1\nfi'
    )
    reach = read_reach(f"{script}\nuserdel clamav || true\n")
    assert reach is not None
    assert reach.accounts == {"_chrony", "clamav"}
    assert read_reach("#!/bin/sh\nuserdel $NAME\n") is None
