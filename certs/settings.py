"""trust.toml: what a trust folder may vouch for and how strictly paths and revocation are judged."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeGuard

from cryptography import x509

from certs.errors import TrustSettingInvalid, TrustSettingsMalformed, TrustSettingUnknown

SETTINGS_FILE: Final = "trust.toml"
DER_KINDS: Final = frozenset({2, 7})  # 설계서 V3.8 2.5.1: the evidence kinds that are signatures


class Revocation(StrEnum):
    """How much has to be known about revocation."""

    REQUIRE = "require"
    IF_PRESENT = "if-present"
    NONE = "none"


@dataclass(frozen=True)
class PathInputs:
    """Inputs of path validation (RFC 5280 §6.1.1 c to g). An empty policy set means any-policy."""

    initial_policy_set: frozenset[str] = frozenset()
    explicit_policy: bool = False
    inhibit_policy_mapping: bool = False
    inhibit_any_policy: bool = False


@dataclass(frozen=True)
class ProductRules:
    """Which certificate products may sign consents, by policy OID.

    Attributes:
        accepted: these and no others; None leaves it to the built-in table, which lets pass what it does not know.
        also: accepted beside what the built-in table accepts.
    """

    accepted: frozenset[str] | None = None
    also: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TrustSettings:
    """Everything trust.toml says; the defaults hold where it says nothing or is absent.

    Attributes:
        kinds: evidence kinds (설계서 V3.8 2.5.1) the folder may vouch for, as their one-digit codes.
        path: inputs of path validation.
        revocation: what is demanded of CRL and OCSP material.
        products: which certificate products may sign consents.
    """

    kinds: frozenset[str] = frozenset({"2", "7"})
    path: PathInputs = PathInputs()
    revocation: Revocation = Revocation.REQUIRE
    products: ProductRules = ProductRules()


def parse_settings(data: bytes, *, file: str = SETTINGS_FILE) -> TrustSettings:
    """Read the bytes of a trust.toml. Nothing is guessed and no unknown key is passed over.

    Raises:
        TrustSettingsMalformed: not TOML in UTF-8.
        TrustSettingUnknown: a key outside DESIGN's list.
        TrustSettingInvalid: wrong type or value.
    """
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise TrustSettingsMalformed(file) from None
    reader = _Reader(file)
    reader.known(table, "", ("kinds", "path", "revocation", "products"))
    path = reader.table(table, "path", ("initial_policy_set", *_FLAGS))
    revocation = reader.table(table, "revocation", ("mode",))
    products = reader.table(table, "products", ("accepted", "also"))
    return TrustSettings(
        kinds=reader.kinds(table),
        path=PathInputs(
            initial_policy_set=reader.policies(path, "path.initial_policy_set"),
            explicit_policy=reader.flag(path, "explicit_policy"),
            inhibit_policy_mapping=reader.flag(path, "inhibit_policy_mapping"),
            inhibit_any_policy=reader.flag(path, "inhibit_any_policy"),
        ),
        revocation=reader.mode(revocation),
        products=reader.products(products),
    )


_FLAGS: Final = ("explicit_policy", "inhibit_policy_mapping", "inhibit_any_policy")


@dataclass(frozen=True)
class _Reader:
    """Takes typed values out of the parsed TOML; every refusal names the file and the setting."""

    file: str

    def known(self, table: Mapping[str, object], prefix: str, names: tuple[str, ...]) -> None:
        for key in table:
            if key not in names:
                raise TrustSettingUnknown(self.file, prefix + key)

    def table(self, table: Mapping[str, object], name: str, names: tuple[str, ...]) -> Mapping[str, object]:
        value = table.get(name, {})
        if not isinstance(value, dict):
            raise TrustSettingInvalid(self.file, name, f"[{name}]")
        self.known(value, f"{name}.", names)
        return value

    def kinds(self, table: Mapping[str, object]) -> frozenset[str]:
        value = table.get("kinds", [2, 7])
        if not _is_list_of(value, _is_der_kind) or not value:
            raise TrustSettingInvalid(self.file, "kinds", "[2, 7]")
        return frozenset(str(kind) for kind in value)

    def policies(self, table: Mapping[str, object], setting: str) -> frozenset[str]:
        value = table.get(setting.rpartition(".")[2], [])
        if not _is_list_of(value, _is_oid):
            raise TrustSettingInvalid(self.file, setting, '["1.2.410.200005.1.1.1"]')
        return frozenset(str(oid) for oid in value)

    def products(self, table: Mapping[str, object]) -> ProductRules:
        """A list of what alone is accepted has nothing beside it, and accepts something."""
        accepted = self.policies(table, "products.accepted") if "accepted" in table else None
        if accepted is not None and not accepted:
            raise TrustSettingInvalid(self.file, "products.accepted", '["1.2.410.200005.1.1.1"]')
        if accepted is not None and "also" in table:
            raise TrustSettingInvalid(self.file, "products", "accepted | also")
        return ProductRules(accepted, self.policies(table, "products.also"))

    def flag(self, path: Mapping[str, object], name: str) -> bool:
        value = path.get(name, False)
        if not isinstance(value, bool):
            raise TrustSettingInvalid(self.file, f"path.{name}", "true | false")
        return value

    def mode(self, revocation: Mapping[str, object]) -> Revocation:
        value = revocation.get("mode", Revocation.REQUIRE.value)
        if not isinstance(value, str) or value not in [mode.value for mode in Revocation]:
            raise TrustSettingInvalid(self.file, "revocation.mode", " | ".join(f'"{mode}"' for mode in Revocation))
        return Revocation(value)


def _is_list_of(value: object, test: Callable[[object], bool]) -> TypeGuard[list[object]]:
    return isinstance(value, list) and all(test(item) for item in value)


def _is_der_kind(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in DER_KINDS


def _is_oid(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        x509.ObjectIdentifier(value)
    except ValueError:
        return False
    return True
