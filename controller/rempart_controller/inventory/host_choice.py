"""Which hosts of an inventory are meant, and what a command line adds to the way to each."""

from typing import NamedTuple

from rempart_controller.run_deadline import RunDeadline


class HostChoice(NamedTuple):
    """Hosts of an inventory, and the way to them; all is called as Ansible calls it.

    Attributes:
        inventories: As Ansible reads them: files, folders, programs, ``HOST,``.
        limit: A pattern of hosts and groups; ``""`` for all.
        user: Who logs in where the inventory says nobody.
        private_key: The file of a key, where the inventory names none.
        become: Whether to become root, where the inventory says nothing.
        ask_pass: Whether to ask for the password of the connection.
        ask_become_pass: Whether to ask for that of sudo.
        vault_ids: Of the vault.
        vault_password_files: Of the vault.
        ask_vault_pass: Whether to ask for the password of the vault.
        deadline: When the whole run has to end.
    """

    inventories: tuple[str, ...]
    limit: str = ""
    user: str = ""
    private_key: str = ""
    become: bool = False
    ask_pass: bool = False
    ask_become_pass: bool = False
    vault_ids: tuple[str, ...] = ()
    vault_password_files: tuple[str, ...] = ()
    ask_vault_pass: bool = False
    deadline: RunDeadline = RunDeadline()


class Passwords(NamedTuple):
    """Passwords that were asked for; none of them is ever shown.

    Attributes:
        connection: Of the connection; ``""`` where none was asked for.
        become: Of sudo; ``""`` likewise.
    """

    connection: str = ""
    become: str = ""

    def __repr__(self) -> str:
        """Return what they are, not what they say."""
        return "Passwords(…)"
