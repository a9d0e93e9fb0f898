"""Records of the account database of Windows; whatever they hold, they end in values or in one of our errors."""

import random

import pytest
from rempart_testing.windows_accounts import MACHINE, alias_c, domain_f, domain_v, user_f, user_v

from rempart_agent.formats import sam
from rempart_agent.source.contract import Malformed, SourceError

DAY = 864_000_000_000  # 100 ns


def test_an_account_has_its_name_its_description_and_its_bits() -> None:
    found = sam.user("000001F5", user_f(501, 0x215), user_v("Invité", "Compte d’invité", b"H" * 56))
    assert found == sam.User(501, "Invité", "Compte d’invité", 0x215, 513)
    assert found.flags & sam.DISABLED
    assert found.flags & sam.NORMAL


def test_nothing_of_a_password_hash_is_returned() -> None:
    found = sam.user("000003E8", user_f(1000), user_v("eve", hashes=b"SECRET__" * 7))
    assert "SECRET" not in repr(found)


def test_an_account_whose_record_names_another_is_an_error() -> None:
    # Windows logs on as the account in F: a guest that is the administrator, and is in no group
    with pytest.raises(Malformed, match="account 501 says that it is account 500"):
        sam.user("000001F5", user_f(500), user_v("Guest"))


@pytest.mark.parametrize("key", ["Guest", "1F5", "000001G5", "", "+00001F5", "0000_1F5"])
def test_a_key_that_is_no_number_is_an_error(key: str) -> None:
    with pytest.raises(Malformed):
        sam.user(key, user_f(501), user_v("Guest"))
    with pytest.raises(Malformed):
        sam.alias(key, alias_c(501, "Guest"))


@pytest.mark.parametrize("keep", [0, 47, 59])
def test_a_fixed_record_that_is_cut_off_is_an_error(keep: int) -> None:
    with pytest.raises(Malformed, match="cut off"):
        sam.user("000001F4", user_f(500)[:keep], user_v("Administrator"))


def test_a_name_outside_the_record_is_an_error() -> None:
    whole = user_v("Administrator")
    for keep in range(204 + 188 + 26):
        with pytest.raises(Malformed):
            sam.user("000001F4", user_f(500), whole[:keep])


def test_an_account_without_a_name_is_an_error() -> None:
    with pytest.raises(Malformed, match="no name"):
        sam.user("000001F4", user_f(500), user_v(""))


def test_a_group_has_its_members_also_those_of_a_domain() -> None:
    people = [MACHINE + "-500", "S-1-5-21-1-2-3-512", "S-1-5-11"]
    found = sam.alias("00000220", alias_c(544, "Administrateurs", people, "Tout"))
    assert found == sam.Alias(544, "Administrateurs", "Tout", tuple(people))
    assert sam.alias("00000223", alias_c(547, "Power Users")).members == ()


def test_a_group_of_which_members_are_missing_is_an_error() -> None:
    whole = alias_c(544, "Administrators", [MACHINE + "-500", MACHINE + "-1000"])
    more = whole[:48] + (3).to_bytes(4, "little") + whole[52:]
    with pytest.raises(Malformed, match="2 members and tells of 3"):
        sam.alias("00000220", more)
    fewer = whole[:48] + (1).to_bytes(4, "little") + whole[52:]
    with pytest.raises(Malformed, match="2 members and tells of 1"):
        sam.alias("00000220", fewer)
    with pytest.raises(Malformed, match="outside itself"):
        sam.alias("00000220", whole[:-4])
    none = whole[:48] + bytes(4) + whole[52:]
    with pytest.raises(Malformed, match="tells of 0"):
        sam.alias("00000220", none)


def test_a_group_whose_record_names_another_is_an_error() -> None:
    with pytest.raises(Malformed, match="group 544 says that it is group 545"):
        sam.alias("00000220", alias_c(545, "Users"))


def test_the_machine_has_an_identifier() -> None:
    assert sam.machine_sid(domain_v()) == MACHINE
    for wrong in ("S-1-5-32", "S-1-5-21-1-2", "S-1-5-21-1-2-3-4"):
        with pytest.raises(Malformed, match="not the identifier of a machine"):
            sam.machine_sid(domain_v(wrong))


def test_the_policy_of_passwords() -> None:
    found = sam.policy(domain_f(-42 * DAY, -DAY, 14, 24, 10, 0x13, 0))
    assert found == sam.Policy(1, 42, 14, 24, 10, True, True, True, True)


def test_a_policy_that_asks_for_nothing() -> None:
    assert sam.policy(domain_f()) == sam.Policy(0, -1, 0, 0, 0, False, False, False, False)


def test_an_age_that_lies_ahead_is_an_error() -> None:
    with pytest.raises(Malformed, match="age"):
        sam.policy(domain_f(longest=42 * DAY))
    with pytest.raises(Malformed, match="cut off"):
        sam.policy(domain_f()[:85])


def test_lists_are_no_records() -> None:
    assert [key for key in ("000001F4", "Names", "names", "MEMBERS") if sam.is_record(key)] == ["000001F4"]


@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_and_flipped_bits_are_values_or_one_of_our_errors(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - no secret
    sound = (user_f(500), user_v("Administrator", "x"), alias_c(544, "A", [MACHINE + "-500"]), domain_f(), domain_v())
    for _ in range(500):
        fixed, variable, group, policy, machine = (_damaged(source, one) for one in sound)
        for read in (
            lambda f=fixed, v=variable: sam.user("000001F4", f, v),
            lambda c=group: sam.alias("00000220", c),
            lambda f=policy: sam.policy(f),
            lambda v=machine: sam.machine_sid(v),
        ):
            try:
                assert read() is not None
            except SourceError:
                continue


def _damaged(source: random.Random, sound: bytes) -> bytes:
    if source.random() < 0.2:
        return source.randbytes(source.randrange(600))
    data = bytearray(sound[: source.choice([len(sound), source.randrange(len(sound))])])
    for _ in range(source.randrange(4)):
        if data:
            data[source.randrange(min(len(data), 220))] = source.choice([0, 1, 0x7F, 0xFF, source.randrange(256)])
    return bytes(data)
