"""What a server does when nothing else is said."""

from rempart_server.settings import Settings


def test_a_server_is_there_for_every_machine_on_a_port_of_its_own() -> None:
    one = Settings("/srv", "audit.example.org")
    assert (one.address, one.port, one.workers) == ("0.0.0.0", 8443, 1)  # noqa: S104 - what is asserted


def test_the_store_lies_in_the_directory_unless_another_is_given() -> None:
    one = Settings("/srv", "audit.example.org")
    assert one.place == "/srv/store.db"
    assert one._replace(store="postgresql://db/rempart").place == "postgresql://db/rempart"


def test_the_usual_port_of_https_is_left_out_of_the_address() -> None:
    one = Settings("/srv", "audit.example.org")
    assert one.url == "https://audit.example.org:8443"
    assert one._replace(port=443).url == "https://audit.example.org"


def test_behind_a_proxy_the_proxy_s_port_is_the_one_that_machines_are_told() -> None:
    one = Settings("/srv", "audit.example.org", public_port=443)
    assert (one.reached, one.url) == ("audit.example.org:443", "https://audit.example.org")
