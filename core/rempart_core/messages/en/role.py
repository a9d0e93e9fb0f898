"""What our roles and modules say on endpoints; each names the id beside its English words, see ``ansible/why.py``."""

TEXTS = {
    "role.ansible_said": 'Ansible: "{said}"',
    "role.changed_since": "changed since by somebody else: {what}",
    "role.firewalld_policy": (
        "firewalld: make a policy from zone HOST to zone ANY by hand, see the instruction of FWL-05."
    ),
    "role.iptables": (
        "The rules here are those of iptables (netfilter-persistent or iptables.service): change them there, for a"
        " second firewall beside them would refuse what they let in."
    ),
    "role.isolation_lifted": "No new connection worked in time: the host has lifted its isolation by itself.",
    "role.list_unread": "A list that its program could not read would let nobody plan jobs: {lists}",
    "role.many_programs": "{count} set-uid and set-gid programs were found: more than 1000 rules slow the machine",
    "role.may_shut_out": "What may keep people or devices out as soon as it starts is left to a person: {units}",
    "role.no_address": "the controller's address is unknown: {address} is not an address",
    "role.no_banner": "No text is agreed on: say it as the parameter texts of RMT-10, file and text",
    "role.no_change": "{change} is no id of a change",
    "role.no_collector": "Name the collector in the inventory, as rempart_log_collector with host, port and ca_file",
    "role.no_egress": (
        "firewall_egress is not set: say in the inventory what this host may reach, for example {example}."
    ),
    "role.no_end": "no end after {seconds} s",
    "role.no_isolation": "Only Linux with systemd and nftables can be isolated: isolate this one at the switch.",
    "role.no_login_text": "No text is agreed on for the login screen: say it as the parameter banner_text of LCK-05",
    "role.no_logins": "a record of logins can't be read: {error}",
    "role.no_mail_reader": ("Nobody is named who reads the mail of {names}: say it as the parameter aliases of MAI-01"),
    "role.no_package": "The sources of packages offer none of: {packages}",
    "role.no_rescue": (
        "With the rescue console closed nobody could repair this machine: the account root is locked. Unlock it first"
    ),
    "role.no_room": "no space is left on the host for temporary files, or they may not be written there",
    "role.no_rules": "the rules of nftables cannot be read: {error}",
    "role.no_sensor": "Name the sensor in the inventory, as rempart_sensor with packages (a list) and service",
    "role.no_ssh": "the controller's address is unknown: the connection is not one of SSH",
    "role.no_sshd": "It is unknown where sshd listens, so nothing is refused.",
    "role.no_ufw_before": "The files before.rules of ufw have no rule for ufw-before-input, so nothing is put there.",
    "role.no_why": "the host does not say why",
    "role.no_word_of_it": "the host does not say what became of it",
    "role.no_yama": "this kernel has no setting kernel.yama.ptrace_scope (CONFIG_SECURITY_YAMA)",
    "role.other_service": (
        "A tool for remote control runs in a service of another name, which is not stopped: {services}"
    ),
    "role.other_su": (
        "/etc/pam.d/su does not let root in by pam_rootok, or refuses a group: put the line of pam_wheel in by hand"
    ),
    "role.own_host": "the connection comes from the host itself: the controller is never isolated",
    "role.root_connects": "root itself connects here, and none of its keys is in approved_root_keys.",
    "role.rules_stay": "the rules of nftables cannot be deleted: {error}",
    "role.su_needed": "An empty group {group} would take root from the account that connects, or from administrators",
    "role.unknown_change": "this endpoint knows no change {change}",
    "role.which_firewall": "Which firewall stays is left to a person; in use: {units}",
}
