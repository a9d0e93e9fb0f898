"""Texts of the area help."""

TEXTS = {
    "help.fleet_folder": "folder of Fleet's YAML files, as kept in Git",
    "help.report_propose": "with --ciso-assistant: propose the result of requirements with a gap; blank otherwise",
    "help.report_ciso_assistant": "write the files that CISO Assistant imports into a directory",
    "help.report_soa": "write the statement of applicability (ISO/IEC 27001, Annex A) as a workbook",
    "help.report_oscal": "write OSCAL 1.2.1 into a directory: assessment results and plan of action",
    "help.report_xlsx": "write the tables and every result as a workbook",
    "help.report_sample": "add a sample of {metavar} hosts that anybody can draw again from the head of the chain",
    "help.report_sql": "add the statements that were asked, in an annex",
    "help.report_html": "write the same as one self-contained page",
    "help.report_pdf": "write the report as PDF",
    "help.report_at": "date of the report: {moment} (default: the last run)",
    "help.report_from": (
        "compare with this date and begin the period there: {moment} (default: the last 90 days, without comparison)"
    ),
    "help.report_framework": "frameworks to report on, separated by commas (default: {default})",
    "help.report_registers": "folder of registers: adds people, incidents and decisions",
    "help.about": "Audit machines that handle personal data: checks in osquery SQL, evidence for each verdict.",
    "help.accept_check": "show what would be done, change nothing",
    "help.accept_host": "name of the host in the inventory",
    "help.accept_lost": (
        "accounts that may lose SSH access; otherwise a fix that would lock out an account is not applied"
    ),
    "help.agent_about": "Query this machine, or a root filesystem, with osquery SQL.",
    "help.agent_config": "configuration file of the installed agent (default: /etc/rempart/agent.yaml)",
    "help.agent_examples": (
        "Examples:\n"
        '  rempart-agent query "SELECT username, shell FROM users WHERE uid >= 1000"\n'
        '  rempart-agent query --root /mnt/image --json "SELECT path, mode FROM file WHERE path LIKE '
        "'/etc/ssh/%'\"\n"
        "  rempart-agent tables --columns rempart_sshd_config\n"
        "  rempart-agent run --profile server > run.json\n"
    ),
    "help.agent_folder": "folder of key and spool (default: /var/lib/rempart/agent)",
    "help.agent_json": "print rows in the format of osqueryi --json",
    "help.agent_max_age": (
        "maximum age of the newest document of an agent, such as 48h or 3d; its host counts as silent after "
        "that (default: 48h)"
    ),
    "help.agent_print": "print the run document even if the agent is installed",
    "help.apply_resume": "resume an interrupted change from the records on the hosts (with -i, instead of PLAN)",
    "help.apply_revert_after": (
        "delay after which a host rolls back a risky change that was not confirmed (default: {seconds})"
    ),
    "help.as_ansible": "same as the Ansible option; repeatable",
    "help.ask_become_pass": "ask for the sudo password",
    "help.ask_pass": "ask for the connection password",
    "help.ask_vault_pass": "ask for the vault password",
    "help.attest": (
        "sign what was found for the image: an in-toto statement that `rempart verify-attestation` and cosign verify"
    ),
    "help.attest_key": (
        "private key that signs the attestation (Ed25519, PEM; made if missing; default: the key of --sign)"
    ),
    "help.attestation": "attestation file; - for standard input",
    "help.attestation_age": "not proven if the audit ended longer ago, as 20h or 30d",
    "help.attestation_image": (
        "image that must be named in it: a file, an OCI layout, or the digest of a manifest (sha256:…); repeatable"
    ),
    "help.attestation_key": "public key of which one must have signed; repeatable",
    "help.attestation_require": "check that must have passed, as IMG-04; repeatable",
    "help.baseline": "run document: only findings that are new since that run count",
    "help.become": "become root with sudo where the inventory does not say",
    "help.case": "only cases whose name contains TEXT",
    "help.change_checks_dir": "folder of your own checks, for a change that is not recorded here",
    "help.change_id": "id of the change",
    "help.changes_html": "; with --dry-run or without CHANGE, a page of what is shown",
    "help.changes_json": "; without CHANGE the list of changes, on standard output",
    "help.changes_one": "show this change alone, with what it touched in the page",
    "help.checks": (
        "only checks whose id or area matches, such as DSK-* or firewall; repeatable, or separated by commas"
    ),
    "help.checks_dir": "folder of your own checks, in addition to ours; repeatable",
    "help.checks_dir_beside": "folder of your own checks, in addition to ours",
    "help.checks_words": "ids or areas, such as DSK-* or firewall (default: all)",
    "help.columns": "list the columns of one table",
    "help.deadline": "time limit of one statement (default: 20)",
    "help.diff_after": "the later run; - reads standard input",
    "help.diff_before": "the earlier run",
    "help.drift_since": "{moment} (default: the run before the last)",
    "help.engine": (
        "engine: a running osqueryd, osqueryi, or the embedded engine, which needs neither (default: auto, the "
        "first one available)"
    ),
    "help.examples": (
        "Examples:\n"
        "  sudo rempart audit                                      this machine\n"
        "  rempart audit --root /mnt/image --junit out/junit.xml   a mounted image, for a pipeline\n"
        "  rempart audit --image disk.qcow2                        a disk or a container, not mounted\n"
        "  rempart audit --checks firewall --lang fr               one area, in French\n"
        "  rempart audit -i inventory -l web --json out/web.jsonl  the hosts of an inventory\n"
        "  rempart query -i inventory 'SELECT name FROM os_version'\n"
        "  rempart diff monday.json today.json                     regressions between two runs\n"
        "  rempart plan -i inventory -l web                        what the fixes would change\n"
        "  rempart apply rempart-plan.json                         fix, audit again, keep or roll back\n"
        "  rempart drift --since 7d                                regressions in the store\n"
        "  rempart incident open web-1 -i inventory                then collect, isolate, release\n"
        "  rempart checks show DSK-01 --sql                        the SQL of a check\n"
    ),
    "help.export_host": (
        "only documents of this host, repeatable; the chain links of all hosts stay, so that the chain can be verified"
    ),
    "help.export_out": "output file; - for standard output",
    "help.export_since": "only from this point on: {moment}",
    "help.export_until": (
        "only up to this point, as --since names it: the bundle ends in the head that a r"
        "eport of that date (`rempart report --at`) names"
    ),
    "help.extension_autorestart": "wait for osqueryd to restart and serve it again, if no extensions.load starts this",
    "help.extension_interval": "how often to check that osqueryd is running",
    "help.extension_socket": "extension socket of osqueryd",
    "help.extension_timeout": "how long to wait for the socket (default: 3)",
    "help.extension_verbose": "log to standard error",
    "help.extension_write": "only write the program for extensions.load of osqueryd to FILE.ext",
    "help.fail_on": "lowest severity that counts for the exit status: {severities} (default: low)",
    "help.fleet_at": "{moment}; a date means its end (default: now)",
    "help.fleet_json": "print JSON lines, one line for each host",
    "help.format_csv": "write a line for each result, for a spreadsheet",
    "help.format_csv_after": "a line for each of its results, for a spreadsheet",
    "help.format_html": "write one self-contained page",
    "help.format_html_after": "a page of it",
    "help.format_html_folder": "write linked pages into a directory: the fleet, each host, each check",
    "help.format_json": "write the run document; with -i, for one host too, JSON lines, a run a line",
    "help.format_json_after": "its run documents, a run a line",
    "help.format_jsonl": "write a JSON object for each result, one a line",
    "help.format_jsonl_after": "the same as JSON, with the evidence",
    "help.format_junit": "write a JUnit report",
    "help.format_junit_after": "a JUnit report of the audit {when}",
    "help.format_junit_folder": "write a JUnit report a host, TEST-HOST.xml, into a directory",
    "help.format_markdown": "write a summary for a CI job; with -i of the fleet, worst hosts first",
    "help.format_markdown_after": "a summary of it for a CI job",
    "help.format_sarif": "write findings, and what was not judged, as SARIF 2.1.0 for code scanning",
    "help.format_sarif_after": "findings of it as SARIF 2.1.0 for code scanning",
    "help.framework": "one framework, such as gdpr (default: one line for each)",
    "help.group_agents": "hosts with an installed agent (rempart_agent)",
    "help.group_applied": "how the plan is applied",
    "help.group_asked": "selection of checks",
    "help.group_attested": "attestation",
    "help.group_fleet": "fleet, from an Ansible inventory",
    "help.group_judged": "judging",
    "help.group_organisation": "the organisation",
    "help.group_planned": "content of the plan",
    "help.group_remembered": "store (nothing is stored unless asked for)",
    "help.group_reports": "reports (FILE may be - for standard output, which then contains nothing else)",
    "help.group_some": "only some hosts of an inventory",
    "help.group_told": "notification (only of regressions and of checks no longer observable since the previous run)",
    "help.group_undone": "how the change is rolled back",
    "help.group_written": "output",
    "help.hex": "64 hexadecimal digits",
    "help.history_name": "name of a host, or id of a check, such as FWL-01",
    "help.host_deadline": "total time limit for one host (default: {seconds})",
    "help.html_appendix": "add the SQL and the evidence of passes to the HTML pages",
    "help.html_page": "write it as one self-contained page too; - is standard output, which then holds nothing else",
    "help.image": (
        "examine a disk image or a container archive instead of this machine, without mounting it; "
        "repeat it for the disks of one machine"
    ),
    "help.image_max": "maximum size of the unpacked layers of a container, such as 500M (default: 32G)",
    "help.image_platform": "which platform of a container archive (linux/arm64)",
    "help.image_ref": "which image of a container archive, by name or digest",
    "help.image_root": "which volume holds the system, where several do",
    "help.inventory": "Ansible inventory: a file, a folder, a program, or HOST,; repeatable",
    "help.json_lines": "print JSON lines",
    "help.json_machines": "print JSON",
    "help.json_object": "print one JSON object",
    "help.junit_short": (
        "strict (default) follows the schemas of Ant and Jenkins; rich adds properties to each test case"
    ),
    "help.junit_strict": (
        "strict (default): valid for every consumer; rich: adds evidence of passes, properties and files"
    ),
    "help.keep": "delete stored data older than this, such as 400d; the current state is never deleted",
    "help.lang": "language (default: REMPART_LANG, else en)",
    "help.limit": "only hosts or groups that match this pattern",
    "help.live": (
        "results of machines to hold the registers against, a run document a line (default: those of -i or --store)"
    ),
    "help.max_age": "refuse a plan older than this (default: 24)",
    "help.max_failed": "continue to the next wave while at most this share of the hosts failed (default: 0)",
    "help.max_rows": "fail above N rows (default: one million)",
    "help.moment": "number of a run, date (2026-11-25), time (2026-11-25T13:00), both UTC, or age (7d, 24h)",
    "help.new_area": "its folder, such as remote-access or one of your own",
    "help.new_folder": "folder of your checks; created if missing",
    "help.new_id": "2 to 8 letters and digits, a hyphen, a number, such as ACME-01",
    "help.new_name": "short file name, such as recorder-closed",
    "help.notify": (
        "notify a webhook, mailbox or chat: a URL of Apprise, such as json://host/path or mailto://…; needs "
        "--store; repeatable. Process lists show the URL: use --notify-file for a URL with a secret"
    ),
    "help.notify_file": (
        "file of such URLs, one per line; it must belong to you or root and be readable by its owner only; repeatable"
    ),
    "help.of_profile": "only checks of this profile",
    "help.other_deadline": "time limit of one statement",
    "help.other_engine": "the other engine",
    "help.other_socket": "extension socket of osqueryd",
    "help.outside_window": "also change hosts outside their rempart_window",
    "help.parallel": "number of hosts at a time (default: {count})",
    "help.param": "value of a parameter; lists: separated by commas",
    "help.plan_disruption": "only fixes with at most this disruption (default: lockout, all of them)",
    "help.plan_file": "plan file",
    "help.plan_last": (
        "start from the newest results in the store: audit only hosts with findings, and only the failed checks"
    ),
    "help.plan_out": "plan file (default: rempart-plan.json)",
    "help.plan_playbook": "also write a plain playbook with its roles, which Ansible can run without Rempart",
    "help.plan_severity": "only findings of at least this severity (default: all)",
    "help.playbooks": "your copy of our playbooks with your own roles, used instead",
    "help.private_key": "private key for the connection",
    "help.profile": "profile (default: the one of the role; `all` selects every check)",
    "help.query_deadline": "time limit of one table (default: 20)",
    "help.query_engine": "engine on the hosts",
    "help.query_json": "print JSON lines: one line for each row, with its host",
    "help.query_max_rows": "fail above N rows from one host (default: 10000)",
    "help.quiet": "print only errors, no findings",
    "help.quiet_errors": "print only errors",
    "help.registers": "folder of registers: audit the organisation alone, or with -i after the machines",
    "help.replace": "replace the known agent of that name after you reinstalled it",
    "help.resume": (
        "resume an interrupted audit: ask the other hosts, report on all; give the same inventory, checks and profile"
    ),
    "help.role": "role of the target (default: detected)",
    "help.rollback_checks": (
        "only the fixes of these checks; repeatable. Settings that remaining fixes share with them are "
        "restored too, so those fixes run again"
    ),
    "help.rollback_dry_run": "show what would be restored, what stays and why; change nothing",
    "help.rollback_force": "also restore what somebody else changed since",
    "help.root": (
        "examine the root filesystem in DIR (a mounted image, a chroot, an unpacked container) instead of this "
        "machine; no path or link leads out of it"
    ),
    "help.run_deadline": "time limit for the whole audit (default: no limit)",
    "help.sarif_location": "file of the repository that code scanning pins the findings to (default: the target)",
    "help.schedule_at": (
        "HH:MM each day, or an expression for OnCalendar= of systemd (with --cron: the five fields of cron) "
        "(default: 02:30)"
    ),
    "help.schedule_cron": "write a line for cron, in /etc/cron.d",
    "help.schedule_local_hosts": (
        "the inventory also contains this machine (ansible_connection: local): the service is less sandboxed, "
        "because a sandbox would change what it sees here"
    ),
    "help.schedule_name": "unit name suffix: rempart-NAME (default: audit)",
    "help.schedule_options": "options of the audit, after --",
    "help.schedule_out": "write into DIR, for an image or a package; start nothing",
    "help.schedule_remove": "stop it and delete its files",
    "help.schedule_run_as": (
        "run as USER when root schedules (default: root); an audit over SSH with keys needs no root here"
    ),
    "help.schedule_show": "only show what would be done",
    "help.schedule_splay": "random delay of up to N minutes (default: 15)",
    "help.shell": "one of {shells}",
    "help.show_sql": "print only the SQL statements, with parameter values filled in",
    "help.sign": (
        "keep the run document in the store, signed (the key is made on first use) and chained to the one before"
    ),
    "help.sign_short": "also keep the run documents in the store, signed and chained",
    "help.socket": "extension socket of osqueryd (on Windows its pipe), if not at the usual place",
    "help.stale": (
        "skip hosts that answered within AGE (90m, 20h, 7d) by the store; the exit status uses their stored results"
    ),
    "help.statements": "one or more SQL statements",
    "help.statements_stdin": "one or more SQL statements; - reads standard input",
    "help.store": "the store (default: $REMPART_STORE, else rempart.db in your data directory)",
    "help.store_apply": "save the audits before and after it",
    "help.store_limit": (
        "only hosts whose name or group matches PATTERN, such as web-* or centre-lyon; repeatable, or "
        "separated by commas; !PATTERN excludes"
    ),
    "help.store_record": (
        "save the run in the store: an SQLite file, or PostgreSQL (postgresql://host/database; password from "
        "PGPASSWORD or ~/.pgpass). Without a value: $REMPART_STORE, else rempart.db in your data directory"
    ),
    "help.store_rollback": "save that audit",
    "help.task_deadline": (
        "time limit of one task, such as an upgrade; then the host counts as lost (default: {seconds})"
    ),
    "help.user": "log in as NAME where the inventory names no user",
    "help.verbose": "also print the evidence of passed checks",
    "help.verify_bundle": "bundle file; - for standard input",
    "help.verify_head": "head in which the chain must end, from a report that you kept",
    "help.verify_key": "public key that must have signed (header, links and documents); repeatable",
    "help.waivers": "waiver file: findings accepted until a date (YAML)",
    "help.walk": "search all local file systems for the checks that need it (default: as the profile says)",
    "help.walk_entries": "maximum number of files and folders of a search (default: 5000000)",
    "help.walk_seconds": "maximum duration of a search in seconds (1 to 3600, default: 90)",
    "help.waves": "cumulative size of each wave, as a number or a share of the hosts (default: 1,10%,100%)",
    "help.wheelhouse_again": "fetch again even if the folder is complete",
    "help.wheelhouse_machine": (
        "output of `uname -m` on the hosts, such as x86_64 or aarch64; repeatable (default: this machine)"
    ),
    "help.wheelhouse_out": "output folder",
    "help.wheelhouse_python": "Python version of the hosts; repeatable (default: the one in use)",
    "help.wheelhouse_source": "Rempart itself, for pip: a folder, a wheel or a URL (default: the installed version)",
    "help.when_apply": "after the change",
    "help.when_rollback": "after the rollback",
    "help.yes": "do not ask for confirmation",
    "help.profile_of": (
        "how much of the profiles in FILE (JSON: profile to list of rules; docs/benchmarks.md says how to make it) the "
        "checks answer; SCHEME is ssg"
    ),
    "help.only": "a profile of FILE (repeatable; default: all)",
    "help.profile_counts": "count only what this profile of ours selects, with its values",
    "help.at_least": "exit status 1 if less of a profile is answered, in percent",
    "help.missing": "list the rules that are answered in part or not at all",
    "help.foreign_rules": (
        "list every rule: how it is answered, by which checks, and in [ ] which rows of their evidence show it (% is "
        "any text)"
    ),
}
