"""Texts of the area server_node."""

TEXTS = {
    "server_node.accepted": "node {node} ({name}) is active in the group {group}",
    "server_node.clone": "possible duplicate: {why}",
    "server_node.command_enrol": "print what a machine with osquery needs to report: flagfile, CA, secret",
    "server_node.command_group": "groups of machines, and the profile that they are audited with",
    "server_node.command_node": "list, accept, revoke or merge the machines that report",
    "server_node.command_secret": "rotate, revoke or list the enrolment secrets of a group",
    "server_node.duration": "{text} is not a duration of at most ten years: write 90s, 30m, 24h or 7d",
    "server_node.enrol_at_once": "--expires: the secret would end at once",
    "server_node.enrol_files": (
        "save the three sections as {flags}, {ca} and {secret}; let administrators alone read the last one"
    ),
    "server_node.enrol_long": (
        "Print the flagfile, the CA and a new secret for machines of a group, in three sections that begin with "
        "# --- NAME ---. An osqueryd that is started with these files enrols in the group and is audited. The secret "
        "is shown once. Exit status: 0 printed, 2 no such group, 3 the store cannot be written."
    ),
    "server_node.enrol_next": "then restart osquery: {restart}. The secret of the group {group} is not shown again",
    "server_node.group_add": "create a group",
    "server_node.group_added": "the group {name} is audited with the profile {profile}",
    "server_node.group_list": "list the groups",
    "server_node.group_listed": "{name}  {profile}  {nodes:machine|machines}",
    "server_node.group_long": (
        "Groups of machines. Each has a profile, and may have a role and parameters; its machines are audited with "
        "them. Accounts see the machines of their groups only."
    ),
    "server_node.group_name": (
        "{name} is not a name of a group: 1 to 64 letters, digits and . _ -, no punctuation first"
    ),
    "server_node.group_nodes": "the group {name} has machines; move them to another group first",
    "server_node.group_remove": "remove a group that has no machines, with its secrets",
    "server_node.group_role": "  role: {role}",
    "server_node.group_set": "change what the machines of a group are audited with",
    "server_node.group_there": "there is a group {name} already",
    "server_node.help_expires": "how long the secret can be used: 90s, 30m, 24h, 30d (default: no limit)",
    "server_node.help_grace": "how long replaced secrets can still be used (default: 7d)",
    "server_node.help_group": "name of the group",
    "server_node.help_host": "name of a machine in the store that is audited in another way, and that this node is",
    "server_node.help_into": "the same machine, enrolled anew: it continues under the name of NODE",
    "server_node.help_node": "number or host name of the machine, as `rempart server node list` shows them",
    "server_node.help_of_group": "machines of this group only",
    "server_node.help_param": "value of a parameter; repeatable; an empty text clears all of a group",
    "server_node.help_platform": "where osquery's files are (default: linux)",
    "server_node.help_profile": "profile with which the machines are audited",
    "server_node.help_role": 'role of the machines (default: detected on each; "" restores the default)',
    "server_node.help_to_group": "group to which the machine goes; needed for an agent that waits",
    "server_node.help_uses": "how many machines may enrol with the secret (default: any number)",
    "server_node.merged": "node {node} was merged into another one",
    "server_node.merged_host": "node {node} is the machine {name} from now on",
    "server_node.merged_into": "node {node} continues as node {into}",
    "server_node.needs_group": "node {node} has no group yet: --group GROUP",
    "server_node.no_group": "there is no group {name}{hint}",
    "server_node.no_groups": "there are no groups; `rempart server group add` creates one",
    "server_node.no_machine": "the store has no machine {name}",
    "server_node.no_node": "there is no node {name}{hint}",
    "server_node.no_nodes": "no machine has enrolled yet",
    "server_node.no_secrets": "the group {group} has no secrets; `rempart server enrol` creates one",
    "server_node.node_accept": "let a machine in that waits, was revoked, or is a possible duplicate",
    "server_node.node_list": "list the machines: number, group, name, way, state, last seen, system",
    "server_node.node_long": "The machines that report: through osquery, or through the agent of Rempart.",
    "server_node.node_merge": "treat two machines as one",
    "server_node.node_revoke": "shut a machine out: its key ends, and it cannot enrol until it is accepted",
    "server_node.not_merged": (
        "node {node} cannot be merged into node {into}: two different nodes of one group are needed"
    ),
    "server_node.number": "{text} is not a whole number from 1",
    "server_node.one_key": "two machines use one key; their results are not checked",
    "server_node.revoked": "node {node} ({name}) is revoked; every worker refuses it within 30 seconds",
    "server_node.same_uuid": "it has the hardware UUID of node {node}, and another database of osquery",
    "server_node.secret_ends": ", until {time}",
    "server_node.secret_list": "list the secrets of a group, without themselves",
    "server_node.secret_listed": "{number}  created {made}  machines: {used} ",
    "server_node.secret_long": (
        "The enrolment secrets of a group. A secret is shown once; the store has its digest only."
    ),
    "server_node.secret_revoke": "end all secrets of a group now; machines that have enrolled are not affected",
    "server_node.secret_rotate": "print a new secret; those before end after a grace period",
    "server_node.secret_rotated": "{count:secret|secrets} of before can be used until {until}",
    "server_node.secrets_revoked": "{count:secret of|secrets of} the group {group}: revoked",
    "server_node.several_nodes": "several nodes are named {name}: give the number of one ({numbers})",
    "server_node.state_active": "active",
    "server_node.state_ended": "expired",
    "server_node.state_good": "valid",
    "server_node.state_merged": "merged",
    "server_node.state_revoked": "revoked",
    "server_node.state_spent": "used up",
    "server_node.state_waiting": "waiting",
}
