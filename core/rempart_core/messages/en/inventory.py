"""Texts of the area inventory."""

TEXTS = {
    "inventory.ansible_warns": "{said}",
    "inventory.deadline": "the inventory was not read within {seconds} s",
    "inventory.deadline_said": "the inventory was not read within {seconds} s; last output: {said}",
    "inventory.empty": "the inventory contains no host",
    "inventory.missing": "the inventory {source} does not exist",
    "inventory.no_match": 'the inventory contains no host that matches "{limit}"{hint}',
    "inventory.not_given": "-i INVENTORY is missing: it names the hosts",
    "inventory.not_given_changes": (
        "-i INVENTORY is missing: it names the hosts; `rempart rollback` lists the changes made from here"
    ),
    "inventory.not_given_query": "-i INVENTORY is missing; use `rempart-agent query` for this machine",
    "inventory.not_given_resume": (
        "-i INVENTORY is missing: this change is not recorded here, so the hosts must be named"
    ),
    "inventory.open": "{path}: other users can write to it, and an inventory can run programs; run chmod go-w",
    "inventory.other_owner": "{path}: belongs to another user, and an inventory can run programs",
    "inventory.twice": "two hosts of the inventory are named {name}, at {places}: only the last is asked",
    "inventory.unreadable": "cannot read the inventory: {words}",
    "inventory.unreadable_silent": "cannot read the inventory, and Ansible does not say why",
    "inventory.windows": (
        "auditing a fleet needs Linux or macOS: Ansible, which reads inventories, does not run on Windows"
    ),
}
