"""The defaults and public numbers of `self_energy` are those that `defaults.txt` states."""

from defaults import differences


def test_defaults_and_public_numbers_are_those_stated():
    assert differences("self_energy") == []
