"""trust.toml: every key, every default, every refusal."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certs.demo_folder import TRUST_TOML
from certs.errors import TrustSettingInvalid, TrustSettingsMalformed, TrustSettingUnknown
from certs.settings import PathInputs, ProductRules, Revocation, TrustSettings, parse_settings
from consent.errors import CodedError


def test_an_empty_file_and_the_written_defaults_say_the_same() -> None:
    assert parse_settings(b"") == parse_settings(TRUST_TOML.encode()) == TrustSettings()


def test_every_key_is_read() -> None:
    settings = parse_settings(
        b"""\xef\xbb\xbfkinds = [2]
        path.initial_policy_set = ["1.2.410.200005.1.1.1", "1.2.410.200005.1.1.5"]
        path.explicit_policy = true
        path.inhibit_policy_mapping = true
        path.inhibit_any_policy = true
        revocation.mode = "if-present"
        products.also = ["1.2.410.200005.1.1.6.2"]
        """
    )
    policies = frozenset({"1.2.410.200005.1.1.1", "1.2.410.200005.1.1.5"})
    path = PathInputs(policies, explicit_policy=True, inhibit_policy_mapping=True, inhibit_any_policy=True)
    also = ProductRules(also=frozenset({"1.2.410.200005.1.1.6.2"}))
    assert settings == TrustSettings(frozenset({"2"}), path, Revocation.IF_PRESENT, also)
    accepted = parse_settings(b'products.accepted = ["1.2.3"]').products
    assert accepted == ProductRules(accepted=frozenset({"1.2.3"}))


@pytest.mark.parametrize("data", [b"kinds = [2", b"\xff", b"kinds = [2]\nkinds = [2]", b"\0", b"a = " + b"[" * 5000])
def test_what_is_not_toml_is_refused(data: bytes) -> None:
    with pytest.raises(TrustSettingsMalformed):
        parse_settings(data)


@pytest.mark.parametrize(
    ("data", "setting"),
    [
        (b"kind = [2]", "kind"),
        (b"[paths]", "paths"),
        (b"path.explicit = true", "path.explicit"),
        (b'revocation.modus = "none"', "revocation.modus"),
        (b"products.refused = []", "products.refused"),
    ],
)
def test_an_unknown_key_is_refused_by_name(data: bytes, setting: str) -> None:
    with pytest.raises(TrustSettingUnknown) as refused:
        parse_settings(data, file="t/trust.toml")
    assert refused.value.details == {"file": "t/trust.toml", "setting": setting}


@pytest.mark.parametrize(
    ("data", "setting"),
    [
        (b"products = []", "products"),
        (b"products.accepted = []", "products.accepted"),  # nothing at all could pass
        (b'products.accepted = "1.2.3"', "products.accepted"),
        (b'products.accepted = ["personal"]', "products.accepted"),
        (b"products.also = [1]", "products.also"),
        (b'products = {accepted = ["1.2.3"], also = []}', "products"),
        (b"kinds = 2", "kinds"),
        (b'kinds = ["2"]', "kinds"),
        (b"kinds = [1]", "kinds"),
        (b"kinds = [2.0]", "kinds"),
        (b"kinds = [true]", "kinds"),
        (b"kinds = []", "kinds"),
        (b"path = true", "path"),
        (b'path.initial_policy_set = "1.2.3"', "path.initial_policy_set"),
        (b'path.initial_policy_set = ["any"]', "path.initial_policy_set"),
        (b"path.initial_policy_set = [1.2]", "path.initial_policy_set"),
        (b"path.explicit_policy = 1", "path.explicit_policy"),
        (b'path.inhibit_any_policy = "false"', "path.inhibit_any_policy"),
        (b'revocation = "none"', "revocation"),
        (b'revocation.mode = "soft-fail"', "revocation.mode"),
        (b"revocation.mode = false", "revocation.mode"),
    ],
)
def test_a_wrong_value_is_refused_by_name(data: bytes, setting: str) -> None:
    with pytest.raises(TrustSettingInvalid) as refused:
        parse_settings(data)
    assert refused.value.details["setting"] == setting


@given(st.text(st.sampled_from('kindspathrevoct[]="27.{}\n ,_'), max_size=60))
def test_no_file_ends_in_a_foreign_exception(text: str) -> None:
    with suppress(CodedError):
        parse_settings(text.encode())
