"""The settings of `dongui serve`: one model, from a TOML file, secrets in files, the environment and the command line.

What comes later in that row goes before what comes earlier. `service.settings_check` says what is wrong with them;
docs/operation.md says what each means.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

from limits import parse_many
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from consent.errors import CodedError
from service.inputs import read
from service.settings_faults import SettingInvalid, SettingsNotToml, SettingStrange, SettingUnknown
from service.settings_words import EXPECTED

PREFIX: Final = "DONGUI_"
FILE_VARIABLE: Final = "DONGUI_SETTINGS"
SECRETS_VARIABLE: Final = "DONGUI_SECRETS"
SYSTEMD_SECRETS: Final = "CREDENTIALS_DIRECTORY"
MIB: Final = 1 << 20
OPTIONS: Final = {"store_keys": "--keys", "store_files": "--files"}
"""Of the command, where they are not named as the setting is."""
_ORIGIN: Final = re.compile(
    r"(?P<scheme>https?)://(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::(?P<port>[1-9][0-9]{0,4}))?"
)


def _listed(value: object) -> object:
    """A list in the environment is separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _from_json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def _origin(value: str) -> str:
    """As browsers write it, who are compared with it: one written otherwise would let nobody in."""
    said = _ORIGIN.fullmatch(value)
    if said is None or (said["port"] and not _is_port_of_its_own(said["scheme"], int(said["port"]))):
        raise ValueError
    return value


def _is_port_of_its_own(scheme: str, port: int) -> bool:
    return port <= 65_535 and port != {"http": 80, "https": 443}[scheme]


def _rate(value: str) -> str:
    if not all(one.amount for one in parse_many(value)):
        raise ValueError
    return value


def _rate_or_none(value: str) -> str:
    return _rate(value) if value else value


_Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
_Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_listed)]
_Rate = Annotated[str, AfterValidator(_rate)]
_RateOrNone = Annotated[str, AfterValidator(_rate_or_none)]
_Host = Annotated[str, Field(min_length=1)]
_Port = Annotated[int, Field(ge=0, le=65_535)]


class SigningKeyFile(BaseModel):
    """Files of a key that the service signs with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    certificate: str | None = None
    password_file: str | None = None


class Settings(BaseSettings):
    """All that the service is told. Names in the environment are these in capitals, with DONGUI_ before them."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    store: str | None = Field(default=None, repr=False)
    store_keys: str | None = None
    store_keyring: SecretStr | None = None
    store_files: str | None = None
    trust: _Texts = ()
    keys: Annotated[dict[str, SigningKeyFile], NoDecode, BeforeValidator(_from_json)] = {}
    host: _Host = "127.0.0.1"
    port: _Port = 8080
    metrics_host: _Host = "127.0.0.1"
    metrics_port: _Port = 9464
    workers: int = Field(default_factory=lambda: len(os.sched_getaffinity(0)), ge=1, le=256)
    threads: int = Field(default=4, ge=1, le=256)
    connections: int = Field(default=256, ge=1, le=4096)
    tls_certificate: str | None = None
    tls_key: str | None = None
    proxies: int = Field(default=0, ge=0, le=10)
    cors_origins: _Origins = ()
    body_limit: int = Field(default=16 * MIB, ge=1024, le=1 << 33)
    batch_limit: int = Field(default=500, ge=1, le=100_000)
    signing_minutes: int = Field(default=60, ge=1, le=10_080)
    token_seconds: int = Field(default=900, ge=1, le=86_400)
    rate_limit: _RateOrNone = "6000/minute"
    address_limit: _Rate = "30000/minute"
    rate_storage: str = Field(default="memory://", repr=False)
    outbox: str = ""
    overrides: str = ""
    crl_warning_hours: int = Field(default=24, ge=0, le=8784)
    reload_seconds: int = Field(default=5, ge=1, le=3600)
    stop_seconds: int = Field(default=30, ge=1, le=3600)
    header_seconds: int = Field(default=10, ge=1, le=600)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def keyring_text(self) -> str | None:
        return None if self.store_keyring is None else self.store_keyring.get_secret_value()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what it is called with: `gathered` has asked the sources, and knows which value is from where."""
        return (init_settings,)


@dataclass(frozen=True)
class Fault:
    """Something about the settings.

    Attributes:
        setting: its name, such as `keys.seal.key`.
        where: what says so: the file, the variable or the option.
        error: what is wrong, and what to do.
        is_remark: the service works all the same.
    """

    setting: str
    where: str
    error: CodedError
    is_remark: bool = False


@dataclass(frozen=True)
class Gathered:
    """What all sources say together, and where each value is from."""

    values: Mapping[str, Any]
    sources: Mapping[str, str]
    strangers: tuple[str, ...]

    def where(self, setting: str) -> str:
        return self.sources.get(setting.partition(".")[0], "")


KNOWN_VARIABLES: Final = frozenset(
    {FILE_VARIABLE, SECRETS_VARIABLE}
    | {
        f"{PREFIX}{name}"
        for name in ("LANG", "KEY_PASSWORD", "NEW_PASSWORD", "CONSOLE_PASSWORD", "SEARCH", "IDN", "DEBUG")
    }
    | {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
)
"""Variables of ours; any other that begins so is likely misspelt."""


def gathered(file: str | None, given: Mapping[str, Any]) -> Gathered:
    """Ask all sources.

    Args:
        file: settings file as named on the command line; else the environment may name one.
        given: by the options of the command, each by the name of its setting.

    Raises:
        InputUnreadable, InputTooLarge, SettingsNotToml: the settings file.
    """
    file = file or os.environ.get(FILE_VARIABLE) or None
    secrets = os.environ.get(SECRETS_VARIABLE) or os.environ.get(SYSTEMD_SECRETS)
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name, value in (_toml(file) if file else {}).items():
        values[name], sources[name] = value, str(file)
    if secrets and os.path.isdir(secrets):  # noqa: PTH112
        for name, value in SecretsSettingsSource(Settings, secrets_dir=secrets)().items():
            values[name], sources[name] = value, f"{secrets}/{PREFIX.lower()}{name}"
    for name, value in EnvSettingsSource(Settings)().items():
        values[name], sources[name] = value, f"{PREFIX}{name.upper()}"
    for name, value in given.items():
        values[name], sources[name] = value, OPTIONS.get(name, f"--{name.replace('_', '-')}")
    strangers = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in KNOWN_VARIABLES)
    return Gathered(values, sources, tuple(strangers))


def _toml(file: str) -> dict[str, Any]:
    data = read(file)
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsNotToml(file, data[: error.start].count(b"\n") + 1) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))  # for the reader's eyes alone; else "at end of document"
        raise SettingsNotToml(file, int(line[1]) if line else len(data.splitlines())) from None


def understood(found: Gathered) -> tuple[Settings, list[Fault]]:
    """The settings without those that are wrong, and what is wrong with each of those."""
    faults = [Fault(name, name, _unknown(name), is_remark=True) for name in found.strangers]
    values = dict(found.values)
    try:
        return Settings(**values), faults
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            path = [str(part) for part in one["loc"]]
            faults.append(_fault(found, path, one["type"]))
            _leave_out(values, path)
    return Settings(**values), faults


def _fault(found: Gathered, path: list[str], kind: str) -> Fault:
    setting = ".".join(path)
    where = found.where(setting)
    if kind == "extra_forbidden":
        return Fault(setting, where, _unknown(setting))
    name = "keys" if path[0] == "keys" else path[0]
    return Fault(setting, where, SettingInvalid(setting, **EXPECTED[name]))


def _unknown(setting: str) -> CodedError:
    known = [*SigningKeyFile.model_fields] if setting.startswith("keys.") else [*Settings.model_fields]
    if setting.startswith(PREFIX):
        known = sorted(KNOWN_VARIABLES)
    nearest = get_close_matches(setting.rpartition(".")[2], known, n=1)
    return SettingUnknown(setting, nearest[0]) if nearest else SettingStrange(setting)


def _leave_out(values: dict[str, Any], path: list[str]) -> None:
    first, *rest = path
    if rest and isinstance(values.get(first), dict):
        values[first] = {name: value for name, value in values[first].items() if name != rest[0]}
    else:
        values.pop(first, None)
