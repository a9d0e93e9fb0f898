"""Secrets are long, and kept as their digest."""

from rempart_server.people.secret import digest_of, make_secret


def test_no_two_secrets_are_the_same_and_each_has_256_bits() -> None:
    some = {make_secret() for _ in range(50)}
    assert len(some) == 50
    assert all(len(one) == 43 for one in some)
    assert digest_of("a") == digest_of("a") != digest_of("b")
    assert digest_of("\ud800")
