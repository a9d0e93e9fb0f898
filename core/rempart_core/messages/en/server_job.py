"""Texts of the area server_job."""

TEXTS = {
    "server_job.all_groups": "all groups",
    "server_job.command_hook": "webhooks: whom the server tells of what",
    "server_job.help_group": "tell of this group only (repeatable; default: all)",
    "server_job.help_kind": (
        "tell of this only: day.changes, host.silent, node.waiting, waiver.decided, waiver.proposed "
        "(repeatable; default: all)"
    ),
    "server_job.help_number": "number of the webhook, as `list` shows it",
    "server_job.help_private": "allow private and local addresses",
    "server_job.help_url": "address that receives the POST",
    "server_job.hook_add": "add a webhook and print its secret, once",
    "server_job.hook_added": "Webhook {number} was added. Its secret is shown only now:",
    "server_job.hook_list": "list the webhooks",
    "server_job.hook_listed": "{number}  {url}  {groups}",
    "server_job.hook_log": "show the last deliveries",
    "server_job.hook_long": (
        "Webhooks: the server sends signed JSON when a host falls silent, an agent waits to be accepted, a "
        "waiver is proposed or decided, and what changed once a day. A delivery that fails is tried eight "
        "times within 24 hours."
    ),
    "server_job.hook_remove": "remove a webhook",
    "server_job.hook_removed": "Webhook {number} was removed.",
    "server_job.no_group": "no such group: {name}",
    "server_job.no_hook": "no such webhook: {number}",
    "server_job.silent": "nothing was heard of this machine since {time}",
    "server_job.told": "{number}  webhook {hook}  {time}  {tries:try|tries}",
    "server_job.told_next": "  next try: {time}",
    "server_job.told_status": "  last answer: {status}",
    "server_job.url": "{url} is not an http or https address, or holds a user name, a password or a fragment",
}
