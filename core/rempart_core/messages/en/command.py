"""Texts of the area command."""

TEXTS = {
    "command.checks_import_fleet": "import policies of Fleet as checks of your own",
    "command.import_fleet_long": (
        "Import the policies in a folder of Fleet's YAML files as checks of your own, with test cases. What cannot be "
        "imported is listed with the reason. Nothing is overwritten. Exit status: 0 all imported, 1 some left out, 2 "
        "wrong usage."
    ),
    "command.report_long": (
        "Write a report on the state of the fleet and the organisation as a store remembers it: for "
        "management, auditors and other tools. Exit status: 0 written, 2 wrong usage or content, 3 written, "
        "and the audit is incomplete (the first page says so)."
    ),
    "command.report": "write the report that auditors hand on",
    "command.accept_long": (
        "Trust the agent of a host: results signed with this key, on this machine. Compare both with the output of "
        "`rempart-agent identity` on the host. The playbook install_agent.yml does this for you. Exit status: 0, 2 "
        "another agent is known under that name."
    ),
    "command.agent": "manage installed agents and their keys",
    "command.agent_about": "Manage installed agents and their keys.",
    "command.agent_accept": "trust the agent of a host",
    "command.agent_forget": "stop trusting the agent of a host",
    "command.agent_list": "list trusted agents",
    "command.agent_list_long": "List trusted agents, by host.",
    "command.agent_program_compare": "audit this machine with two engines and print where they differ",
    "command.agent_program_deliver": "deliver pending documents to a controller (which calls this itself)",
    "command.agent_program_extension": "serve the extra tables to a running osqueryd",
    "command.agent_program_identity": "print the machine id and the public key, for the controller",
    "command.agent_program_query": "run SQL, print a table or JSON",
    "command.agent_program_run": "audit; sign the run document and keep it for the controller, or print it",
    "command.agent_program_tables": "list the available tables",
    "command.agent_query_long": (
        "Run SQL on this machine or a root filesystem. Without SQL, or with `-`, it is read from standard input. Exit "
        "status: 0 answered (possibly with no rows), 1 the statement or a source failed, 19 a required column is not "
        "constrained (as osqueryi)."
    ),
    "command.agent_run_long": (
        "Audit this machine. If the agent is installed (/etc/rempart/agent.yaml exists, or --config names its file), "
        "the run document is signed with the key of this machine and waits in a spool until a controller has stored "
        "it; the exit status is 0, because the controller judges the findings. Otherwise, and with --print or any "
        "option below, it is printed (JSON) on standard output. {status}"
    ),
    "command.agent_wheelhouse": "fetch the packages of the agent, for hosts without internet access",
    "command.apply": "apply a plan in waves, audit again, keep improvements and roll back the rest",
    "command.apply_long": (
        "Apply a plan of `rempart plan`: one host first, then a tenth, then the rest. Before each change the host "
        "saves what it touches; a fix that could cut access runs under a timer on the host that rolls it back. A new "
        "audit through a new connection decides: regressions are rolled back, and no further wave starts. Exit "
        "status: 0 all fixed, 1 something is not fixed or was rolled back, 2 wrong usage or an outdated plan, 3 a "
        "host was lost or did not answer."
    ),
    "command.audit": "audit this machine, a root filesystem, or the hosts of an inventory",
    "command.audit_interrupted": "INTERRUPTED: {reason}; the reports say what was not asked",
    "command.audit_kept": (
        "the answers are kept: the same command with --resume reports and saves them, and asks no host again"
    ),
    "command.audit_long": (
        "Audit this machine, a root filesystem, or the hosts of an Ansible inventory. Findings go to standard output, "
        "progress and errors to standard error. Without root it still runs, and lists the checks that need root. "
        "{status}"
    ),
    "command.audit_nobody": "INTERRUPTED: {reason}; it ended before it knew its hosts, and nobody was asked",
    "command.audit_unfinished": "INTERRUPTED: {reason}; hosts not asked: {missing} of {total}",
    "command.audit_unfinished_resume": (
        "INTERRUPTED: {reason}; hosts not asked: {missing} of {total}; the same command with --resume asks them"
    ),
    "command.changes": "list the changes recorded on hosts: open, kept, rolled back, by any controller",
    "command.changes_long": (
        "List the changes recorded on each host of an inventory, whoever made them. Nothing is changed. Exit status: "
        "0 all answered, 2 wrong usage, 3 a host did not answer."
    ),
    "command.checks": "list, show, validate, test and create checks; coverage of frameworks",
    "command.checks_about": "Manage checks.",
    "command.checks_coverage": "show which requirements of a framework the checks contribute to",
    "command.checks_lint": "validate checks and their test cases",
    "command.checks_list": "list the available checks",
    "command.checks_list_long": "List the available checks.",
    "command.checks_new": "create a check and its test cases as a starting point",
    "command.checks_show": "show one check: what it examines, what it expects, and how to fix a finding",
    "command.checks_test": "run the test cases of checks",
    "command.compare_long": (
        "Audit this machine with the embedded engine and with a real osquery, and print each check whose state "
        "differs, with the evidence of both. Exit status: 0 they agree, 1 they differ, 2 wrong usage, 3 an engine is "
        "not available."
    ),
    "command.completion": "print a completion script for your shell",
    "command.completion_long": (
        "Print a completion script for your shell: commands, options, checks, profiles and hosts (of the store and of "
        "the inventory on the line). In ~/.bashrc: source <(rempart completion bash). In ~/.zshrc, after compinit: "
        'eval "$(rempart completion zsh)". Once: rempart completion fish > ~/.config/fish/completions/rempart.fish; '
        "rempart completion tcsh > ~/.rempart.tcsh, sourced by ~/.tcshrc."
    ),
    "command.coverage_long": (
        "Show which requirements of a framework the checks contribute to, which depend on organisational controls, "
        "and which are not covered. A check contributes to a requirement; it never satisfies one alone."
    ),
    "command.deliver_long": (
        "Deliver the pending signed documents to a controller through standard input and output; `rempart audit -i` "
        "calls this over SSH on a host with rempart_agent. Stored documents are deleted here."
    ),
    "command.diff": "compare two runs: regressions, improvements, new checks, checks no longer observable",
    "command.diff_long": (
        "Compare two run documents (rempart audit --json). Exit status: 0 no regression, 1 a regression or a check "
        "that is no longer observable, 2 wrong usage, 3 a file is not a run document."
    ),
    "command.drift": "compare the last runs in the store: regressions first",
    "command.drift_long": (
        "Show what changed in the fleet of the store, by the last known result of each host: regressions first, then "
        "hosts that no longer answer and new ones. Exit status: 0 no regression, 1 a regression, or a check or host "
        "that is no longer observable, 2 wrong usage, 3 the store cannot be read."
    ),
    "command.exit_status": (
        "Exit status: 0 judged and nothing open at or above the threshold; 1 findings; 2 wrong usage or content; 3 "
        "the audit is incomplete (an error, a check that lacked privileges, nothing judged), which takes precedence "
        "over 1; 130 or 143 interrupted (Ctrl-C, SIGTERM)."
    ),
    "command.export": "write signed runs and their chain into one file, for an auditor",
    "command.export_long": (
        "Write the signed run documents of the store and their chain into one file, which `rempart verify` checks "
        "without store or network. Exit status: 0, 1 a run or document is missing from the store (it is named; the "
        "bundle is written), 2 wrong usage or nothing is signed, 3 failure."
    ),
    "command.extension_long": (
        "Register with a running osqueryd and serve the rempart_ tables until it ends. osqueryd starts this itself if "
        "its extensions.load names a program created by --write."
    ),
    "command.fleet": (
        "show the fleet now or on a given day: findings per host, hosts without an answer, age of each answer"
    ),
    "command.fleet_long": (
        "Show the state of each host now or on a given day, worst first, and when it last answered. Exit status: 0, 2 "
        "wrong usage, 3 the store cannot be read."
    ),
    "command.forget_long": (
        "Stop trusting the agent of a host: its host counts as silent until the agent is accepted again."
    ),
    "command.history": "show since when each finding of a host is open, or the history of a check on each host",
    "command.history_long": (
        "Show what the store contains about a host (open findings and since when, pending updates, each change) or "
        "about a check (each host, and each change). Exit status: 0, 2 unknown name, 3 the store cannot be read."
    ),
    "command.identity_long": (
        "Print the id of this machine (hashed) and the public key of its installed agent (created if missing), for "
        "`rempart agent accept`."
    ),
    "command.incident": (
        "handle an incident: evidence, isolation, return to service, 72-hour clock, tamper-evident record"
    ),
    "command.incident_about": (
        "Handle an incident on a host. Each step is recorded in an append-only timeline, chained by hash and signed "
        "with your key. Exit status: 0, 1 a record is damaged, 2 wrong usage or refused, 3 failure or missing items."
    ),
    "command.incident_close": "close an incident; lists any missing information",
    "command.incident_collect": "collect evidence, most volatile first, sealed with a signed manifest",
    "command.incident_isolate": "isolate the host: only the controller can reach it",
    "command.incident_list": "list open incidents and the time left to notify",
    "command.incident_note": "record what is known, decided or done",
    "command.incident_open": "open an incident for a host and start the clocks",
    "command.incident_release": "lift the isolation after an audit and the signature of the incident lead",
    "command.incident_show": (
        "show an incident: clocks, timeline, and the draft of the notification (GDPR article 33(3))"
    ),
    "command.incident_verify": "verify that the timeline and evidence of an incident are complete and unchanged",
    "command.keep_needs_store": "--keep deletes old data of a store: --store is missing",
    "command.lint_long": "Validate checks and their test cases.",
    "command.location_needs_sarif": "--sarif-location: --sarif is missing",
    "command.location_wrong": "--sarif-location {path}: expected a file of the repository, by a relative path",
    "command.needs_inventory": "--{option} is for the hosts of an inventory: -i INVENTORY is missing",
    "command.new_long": (
        "Create DIR/AREA/<id>-<slug>.yaml and its test cases as a starting point. Nothing is overwritten."
    ),
    "command.no_image_host": "--role image is for a root filesystem (--root), not for the hosts of an inventory",
    "command.not_with_inventory": "--{option} cannot be combined with an inventory (-i)",
    "command.notify_needs_store": "--notify compares with the previous run in the store: --store is missing",
    "command.plan": "show what fixes would change, and where; changes nothing",
    "command.plan_long": (
        "Audit the hosts of an inventory (or, with --store, audit again what failed last time), run the fixes for the "
        "findings in check mode, and write what would change into a plan for `rempart apply`. Nothing is changed. "
        "Exit status: 0 nothing to fix, 1 something to fix, 2 wrong usage or content, 3 a host did not answer."
    ),
    "command.query": "run an SQL query on the hosts of an inventory",
    "command.query_long": (
        "Run an SQL query on the hosts of an inventory. Exit status: 0 all answered (possibly with no rows), 1 the "
        "statement or a source failed on a host, 2 wrong usage, 3 a host did not answer (takes precedence over 1)."
    ),
    "command.registers": "people, policies, incidents: registers of dated evidence, judged as machines are",
    "command.registers_about": (
        "Registers are lists in your own files (YAML or CSV, in git): who was trained, what was restored, which "
        "breach was notified. Each entry has a date and its proof; `rempart audit --registers DIR` judges them."
    ),
    "command.registers_add": "add an entry; its evidence is pinned",
    "command.registers_due": "list what is due soon or overdue",
    "command.registers_forget": "remove the entries of people who left more than a year ago",
    "command.registers_init": "begin a folder of registers: at most five questions",
    "command.registers_lint": "validate registers; all mistakes at once",
    "command.registers_pin": "write the hash of evidence beside its name",
    "command.risk": "risk of the fleet and of scenarios, with every term; accept one",
    "command.rollback": "roll back a change and audit again; without CHANGE, list the changes",
    "command.rollback_long": (
        "Restore what a change saved on each host, with owner, mode and the state of services, and audit what it had "
        "fixed. Without CHANGE, list the changes: when, by whom, on how many hosts, with which result, and what was "
        "rolled back. Exit status: 0 restored, 1 something could not be restored, 2 wrong usage, 3 a host did not "
        "answer."
    ),
    "command.root_empty": "--root: the name of the folder is empty",
    "command.schedule": "schedule a nightly audit with systemd or cron",
    "command.schedule_long": (
        "Write a systemd service and timer, or a line for cron, that runs `rempart audit` with the options after --. "
        "They are shown first and written after confirmation. Root writes system units, other users write user units. "
        "Exit status: 0, 2 wrong usage or not confirmed, 3 they cannot be written or started."
    ),
    "command.show_long": "Show one check: what it examines, what it expects, and how to fix a finding.",
    "command.stale_needs_store": "--stale reads from the store when hosts last answered: --store is missing",
    "command.tables_long": (
        "List the tables of the embedded engine and what a root filesystem offers of each: full (the same as a "
        "running machine), part (some columns), none (needs a running system)."
    ),
    "command.test_long": "Run the test cases of checks.",
    "command.verify": "verify that a bundle is complete, unchanged and in order",
    "command.verify_attestation": "verify that an image is the one that was tested, and how it did",
    "command.verify_attestation_long": (
        "Verify an attestation of `rempart audit --attest`: who signed it, and that it names each of these images. "
        "Needs no network. Exit status: 0 genuine and PASSED or WARNED, 1 genuine and FAILED, 2 wrong usage, 3 not "
        "proven (signature, key, image, age, or a required check that did not pass)."
    ),
    "command.verify_long": (
        "Verify that a bundle of `rempart export` is complete, unchanged and in order. Needs no store and no network, "
        "only the keys that may have signed. Exit status: 0 intact and signed with a given key, 1 broken (the first "
        "broken link is named), 2 wrong usage, 3 no key was given: consistent in itself, which proves nothing."
    ),
    "command.wheelhouse_long": (
        "Fetch the packages of the agent into DIR, one folder for each kind of host, with pip as configured here. The "
        "playbook install_agent.yml calls this. Nothing is fetched if the folder is complete and of this version."
    ),
}
