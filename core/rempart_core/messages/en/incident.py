"""Incidents: what is recorded, refused and told."""

TEXTS = {
    "incident.answer_wrong": "the host's answer cannot be read",
    "incident.answer_wrong_why": "the host's answer cannot be read: {error}",
    "incident.at_entry": "entry {place}: {fault}",
    "incident.cannot_list": "cannot list its content: {error}",
    "incident.cannot_read": "cannot read {path}: {error}",
    "incident.cannot_write": "cannot write {path}: {error}",
    "incident.closed": "the incident {incident} is closed",
    "incident.closed_now": "closed; head {hash}",
    "incident.collected": "{items:item|items} collected, {parts} in part, {missed} missing: {folder}",
    "incident.collected_manifest": "manifest {digest}",
    "incident.cut_at": "cut at {size:byte|bytes}",
    "incident.damaged": "the record of {incident} is damaged: {fault}",
    "incident.damaged_no_entry": "the record of {incident} is damaged; no entry is added: {fault}",
    "incident.empty": "it is empty",
    "incident.end_missing": "the end is missing",
    "incident.entry_chain": (
        "it does not follow the entry before: one of the two was changed, or an entry between them is missing"
    ),
    "incident.entry_foreign": "it belongs to the incident {incident}",
    "incident.entry_number": "its number is {number} instead of {expected}: an entry is missing or out of order",
    "incident.entry_signature": "its signature is invalid",
    "incident.entry_signer": "it was signed with another key than the entries before",
    "incident.evidence_first": (
        "no evidence of {host} was collected, and isolation changes the evidence: rempart incident collect "
        "{incident}, or --evidence-later REASON"
    ),
    "incident.evidence_line": "  evidence   {folder}: {items:item|items}, {failed} missing, {time}",
    "incident.file_changed": "item {number} ({name}): {file} differs from what was collected",
    "incident.file_name_foreign": "item {number} ({name}): the file name was not created by Rempart",
    "incident.file_not_regular": "item {number} ({name}): {file} is not a regular file",
    "incident.file_unreadable": "item {number} ({name}): {file}: {error}",
    "incident.finishing": "finishing the current step first",
    "incident.folder_signer": "{folder}: signed with another key: {key}",
    "incident.folder_unlisted": "{name} is in no entry of the timeline",
    "incident.folder_unusable": "cannot keep an incident in {folder}: {error}",
    "incident.from_elsewhere": "{host} is this machine, the controller: handle its incidents from another machine",
    "incident.gate_more": "{count} more",
    "incident.gate_refuses": "not released: the audit (SHA-256 {digest}) does not allow it: {obstacles}",
    "incident.head_cut": "it held {number:entry|entries} and holds {count} now: the end is missing",
    "incident.head_damaged": "its head is damaged",
    "incident.head_expected": "it does not contain the expected head: it was rewritten, or is older",
    "incident.head_foreign": "its head does not belong to it",
    "incident.head_old": "its head is older than its entries",
    "incident.head_other": "its head is not the one that was signed",
    "incident.host_unreachable": "the host is unreachable",
    "incident.in_future": "{option} {text}: this is in the future",
    "incident.interrupted": "the collection was interrupted",
    "incident.isolated": (
        "{host} is isolated: only {address} can reach it, on port {port}. Calls and sessions on this machine drop: "
        "tell the floor manager."
    ),
    "incident.isolated_again": "{host} was isolated already: only {address} can reach it, on port {port}.",
    "incident.lacks": "the incident {incident} cannot be closed; missing:",
    "incident.lacks_conclusion": "a conclusion: --conclusion TEXT",
    "incident.lacks_delay": "the reason for the late notification, art. 33(1): {note} --delay REASON",
    "incident.lacks_evidence": "evidence: rempart incident collect {incident}, or --no-evidence REASON",
    "incident.lacks_informed": (
        "the information of the people concerned ({note} --informed HOW) or the reason for not informing them, art. "
        "34 ({note} --not-informing REASON)"
    ),
    "incident.lacks_notification": (
        "the notification of the authority ({note} --notified AUTHORITY) or the reasoned decision not to notify, art. "
        "33(1) ({note} --no-notification REASON)"
    ),
    "incident.lacks_release": "the end of the isolation: rempart incident release {incident}",
    "incident.last_closed": "no incident of {host} is open; the last one, {incident}, is closed",
    "incident.lead_signs": "the incident lead must sign: --signed-by NAME (or --force REASON, with --approved-by NAME)",
    "incident.lifts_itself": (
        "The host lifts its isolation by itself in {seconds:second|seconds}, unless you isolate it again."
    ),
    "incident.line_cut": "its last line is cut off",
    "incident.list_none": "no incident is open",
    "incident.logs_skipped": "skipped: {reason}",
    "incident.manifest_damaged": "its manifest is damaged",
    "incident.manifest_foreign": "its manifest belongs to another collection",
    "incident.manifest_other": "its manifest is not the one recorded in the timeline",
    "incident.manifest_signature": "the signature of its manifest is invalid",
    "incident.manifest_unreadable": "cannot read its manifest: {error}",
    "incident.missed": "{names}: {reason}",
    "incident.missed_many": "{names} and {more} more: {reason}",
    "incident.needs_root": "some tables need root, and {user} is not root: become root (-b, ansible_become)",
    "incident.never_controller": "{host} is this machine, the controller: it is never isolated",
    "incident.no_evidence_folder": "this is not an evidence folder",
    "incident.no_inventory": "-i INVENTORY is missing: the incident was opened without an inventory",
    "incident.none_open": "no incident of {host} is open: rempart incident open {name}{hint}",
    "incident.not_a_host_name": '"{name}" is not the name of one host',
    "incident.not_an_entry": "this is not an entry",
    "incident.not_in_manifest": "{name} is not in its manifest",
    "incident.not_isolated": "{host} is not isolated",
    "incident.not_isolated_stuck": (
        "not isolated: {why}. The rollback failed; the host rolls back by itself within two minutes: check again then "
        "({failures})"
    ),
    "incident.not_isolated_undone": "not isolated: {why}. The partial change was rolled back",
    "incident.not_isolated_why": "not isolated: {why}",
    "incident.not_one_host": "{name} is a group or a pattern, not a host of the inventory",
    "incident.not_released_why": "not released: {why}",
    "incident.noted": "noted",
    "incident.noted_lacking": "noted; art. 33(3) lacks: {options}",
    "incident.nothing_came": "nothing arrived",
    "incident.nothing_to_note": "nothing to note: give a text or one of the options",
    "incident.obstacle_gap": "{check} {title}: not judged",
    "incident.obstacle_open": "{check} {title}: finding",
    "incident.only_ssh": "{host} is reached by {connection}: only hosts reached over SSH can be isolated",
    "incident.open_already": "the incident {incident} of {host} is already open",
    "incident.opened": (
        "incident {incident} of {host} is open; the 72 hours of GDPR article 33 end {end}\nnext: rempart incident "
        "collect {incident}, then rempart incident isolate {incident}"
    ),
    "incident.other_signer": "it was signed with another key: {signer}",
    "incident.path_wrong": "--path {path}: give an absolute path, or a pattern such as /srv/%",
    "incident.released": "{host} is back in service.",
    "incident.rules_other": (
        "Its firewall rules differ from those before the isolation (kept in {folder}): they were changed since."
    ),
    "incident.rules_same": "Its firewall rules are those from before the isolation.",
    "incident.same_person": "--approved-by {name}: this is the person who does it; {what} needs a second person",
    "incident.second_person": "{what} needs a second person: --approved-by NAME",
    "incident.second_person_or": "{what} needs a second person: --approved-by NAME (or {option} REASON)",
    "incident.show_damaged": "DAMAGED: {fault}",
    "incident.still_isolated": "not released: the host does not confirm that the isolation is lifted",
    "incident.stopped": "interrupted",
    "incident.temporary_address": (
        "WARNING: {address} is a temporary address of this machine. When it changes, nobody can reach {host}: release "
        "the host before, or isolate it again from a stable address."
    ),
    "incident.timeline_broken": "the timeline of {incident} is broken at entry {place}: {fault}",
    "incident.timeline_signer": "the timeline of {incident} was signed with another key: {key}",
    "incident.timeline_unreadable": "cannot read the timeline in {folder}: {error}",
    "incident.timeline_unwritable": "cannot write the timeline in {folder}: {error}",
    "incident.too_many_today": "cannot keep an incident in {folder}: there are too many of today",
    "incident.unknown": "there is no incident {id}{hint}",
    "incident.unpack": "the data cannot be unpacked: {error}",
    "incident.verify_broken": "BROKEN: {fault}",
    "incident.verify_head": "head  {head}",
    "incident.verify_intact": (
        "INTACT: {entries:entry|entries}, {items:item of evidence|items of evidence} in "
        "{collections:collection|collections}, {missed} missing"
    ),
    "incident.verify_key": "key   {key}",
    "incident.what_force": "a forced release",
    "incident.what_isolating": "isolating a host",
}
