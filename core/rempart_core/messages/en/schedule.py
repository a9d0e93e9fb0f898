"""Texts of the area schedule."""

TEXTS = {
    "schedule.asks": "--{option} is interactive and cannot be used in a scheduled job",
    "schedule.at_cron": '--at "{at}": give HH:MM, or the five fields of cron',
    "schedule.at_systemd": '--at "{at}": {error}',
    "schedule.at_unit": '--at "{at}": give HH:MM, or an expression for OnCalendar= of systemd',
    "schedule.cron_control": "a line of cron cannot contain a control character",
    "schedule.cron_root": (
        "/etc/cron.d belongs to root; --show prints the line: add it with crontab -e, without the user name"
    ),
    "schedule.edited": (
        "{path} was edited: left unchanged; move the edit elsewhere (systemctl edit) and delete the file"
    ),
    "schedule.foreign": "{path} was not written by rempart schedule: left unchanged; choose another --name",
    "schedule.linux_only": "rempart schedule works on Linux only",
    "schedule.local_hosts": "--local-hosts needs an inventory (-i)",
    "schedule.no_cron": "/etc/cron.d does not exist: no cron that reads it is installed",
    "schedule.no_folder": "{folders}: no such folder; create it: install -d -m 700 -o {user} {first}",
    "schedule.no_inventory": "-i {path}: no such file or folder",
    "schedule.no_name": "your user id has no name",
    "schedule.no_systemctl": "systemctl is not installed",
    "schedule.no_systemd": "systemd does not run here: use --cron, or --out DIR to write only the units",
    "schedule.no_terminal": "nothing was changed: not a terminal; pass --yes to confirm, or --show to print only",
    "schedule.no_user": "--run-as {name}: no such user",
    "schedule.not_installed": "the command rempart is not installed, so no timer can run it",
    "schedule.not_regular": "{path} is not a regular file: left unchanged",
    "schedule.not_scheduled": "{name} is not scheduled: {folder} contains no unit of Rempart",
    "schedule.refused": "nothing was changed",
    "schedule.resume": "--resume resumes one interrupted audit; a timer starts a new one each time",
    "schedule.run_as_root": "--run-as needs root",
    "schedule.shows_url": "--notify would show the URL to every reader of the unit: use --notify-file",
    "schedule.systemctl_late": "{command}: no answer after {seconds:second|seconds}",
    "schedule.unit_control": '"{word}": a unit cannot contain a control character',
    "schedule.vault_asks": "--vault-id {id} is interactive and cannot be used in a scheduled job",
}
