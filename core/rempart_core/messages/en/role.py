"""What our roles say on endpoints, in English as Ansible does: recognised by these texts, see ``role_words``."""

TEXTS = {
    "role.ansible_said": 'Ansible: "{said}"',
    "role.broken_chain": "{path}, line {line}: the chain is broken; nothing is rolled back by it",
    "role.changed_since": "changed since by somebody else: {what}",
    "role.firewalld_policy": (
        "firewalld: make a policy from zone HOST to zone ANY by hand, see the instruction of FWL-05."
    ),
    "role.isolation_lifted": "No new connection worked in time: the host has lifted its isolation by itself.",
    "role.no_address": "the controller's address is unknown: {address} is not an address",
    "role.no_collector": "Name the collector in the inventory, as rempart_log_collector with host, port and ca_file",
    "role.no_isolation": "Only Linux with systemd and nftables can be isolated: isolate this one at the switch.",
    "role.no_record": "this endpoint has no record of a change {change}",
    "role.no_rules": "the rules of nftables cannot be read: {error}",
    "role.no_sensor": "Name the sensor in the inventory, as rempart_sensor with packages (a list) and service",
    "role.no_ssh": "the controller's address is unknown: the connection is not one of SSH",
    "role.no_sshd": "It is unknown where sshd listens, so nothing is refused.",
    "role.no_systemd": "systemd does not run here: nothing would roll back a change that locks us out",
    "role.no_timer": "the timer cannot be started: {error}",
    "role.no_undo": "the change cannot be rolled back",
    "role.no_yama": "This kernel is without Yama; it needs another one.",
    "role.not_permitted": "operation not permitted",
    "role.older": "change {change} was made by an older version of Rempart: roll it back with that version",
    "role.open_folder": "{path} is not a folder that only root may write to",
    "role.own_host": "the connection comes from the host itself: the controller is never isolated",
    "role.pam_edited": "/etc/pam.d/common-auth was edited by hand, and pam-auth-update leaves it alone.",
    "role.root_connects": "root itself connects here, and none of its keys is in approved_root_keys.",
    "role.rules_stay": "the rules of nftables cannot be deleted: {error}",
    "role.under_way": "change {change} of {author} is under way here",
    "role.unknown_change": "this endpoint knows no change {change}",
}
