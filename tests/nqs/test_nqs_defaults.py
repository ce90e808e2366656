"""The defaults and public numbers of `nqs` are those that `defaults.txt` states."""

from defaults import differences


def test_defaults_and_public_numbers_are_those_stated():
    assert differences("nqs") == []
