"""What a server does when nothing else is said."""

from rempart_server.settings import Settings


def test_a_server_is_there_for_every_machine_on_a_port_of_its_own() -> None:
    one = Settings("/srv", "audit.example.org")
    assert (one.address, one.port, one.workers) == ("0.0.0.0", 8443, 1)  # noqa: S104 - what is asserted
