"""What can be wrong with the settings of the service."""

from __future__ import annotations

from consent.errors import CodedError


class SettingsNotToml(CodedError):
    """The settings file is no TOML."""

    code = "SVC-240"

    def __init__(self, file: str, line: int) -> None:
        """Args: line: the last that the fault can lie in."""
        super().__init__(file=file, line=line)


class SettingUnknown(CodedError):
    """There is no such setting."""

    code = "SVC-241"

    def __init__(self, setting: str, nearest: str) -> None:
        super().__init__(setting=setting[:60], nearest=nearest)


class SettingInvalid(CodedError):
    """A setting has a value that it cannot have. The value is not told: it may be a secret in the wrong place."""

    code = "SVC-242"

    def __init__(self, setting: str, en: str, ko: str) -> None:
        super().__init__(setting=setting[:60], expected=en, expected_ko=ko)


class SettingMissing(CodedError):
    """A setting without which there is no service."""

    code = "SVC-243"

    def __init__(self, setting: str, variable: str) -> None:
        super().__init__(setting=setting, variable=variable)


class SecretOpenToOthers(CodedError):
    """Any user of the machine may read a file that is a secret."""

    code = "SVC-244"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class FilesFolderUnusable(CodedError):
    """The folder for large evidence is missing, or may not be written to."""

    code = "SVC-245"

    def __init__(self, folder: str) -> None:
        super().__init__(folder=folder)


class KeyCertificateNotValid(CodedError):
    """The certificate of a signing key has ended, or not begun."""

    code = "SVC-246"

    def __init__(self, key: str, begins: str, ends: str) -> None:
        super().__init__(key=key, begins=begins, ends=ends)


class TlsHalfSet(CodedError):
    """A certificate for TLS without its key, or a key without its certificate."""

    code = "SVC-247"

    def __init__(self, setting: str) -> None:
        super().__init__(setting=setting)


class TlsUnusable(CodedError):
    """The certificate and key for TLS do not load together."""

    code = "SVC-248"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class PortsAlike(CodedError):
    """The service and its figures cannot have one port."""

    code = "SVC-249"

    def __init__(self, port: int) -> None:
        super().__init__(port=port)


class ListEnded(CodedError):
    """A revocation list is past its nextUpdate: verdicts that need it are INDETERMINATE."""

    code = "SVC-250"

    def __init__(self, file: str, ended: str) -> None:
        super().__init__(file=file, ended=ended)


class ListEndsSoon(CodedError):
    """A revocation list will soon be past its nextUpdate."""

    code = "SVC-251"

    def __init__(self, file: str, ends: str) -> None:
        super().__init__(file=file, ends=ends)


class TrustNotTaken(CodedError):
    """Trust folders changed into something that does not load; those from before are in use."""

    code = "SVC-253"

    def __init__(self, cause: str) -> None:
        super().__init__(cause=cause)


class KeysNotTaken(CodedError):
    """Signing keys changed into something that does not open; those from before are in use."""

    code = "SVC-254"

    def __init__(self, cause: str) -> None:
        super().__init__(cause=cause)


class OverridesNotTaken(CodedError):
    """The file of overrides changed into something that does not load; the days from before are in use."""

    code = "SVC-290"

    def __init__(self, cause: str) -> None:
        super().__init__(cause=cause)


class HostUnusable(CodedError):
    """An address to listen on that is none of this machine."""

    code = "SVC-293"

    def __init__(self, host: str) -> None:
        super().__init__(host=host[:60])


class SettingStrange(CodedError):
    """There is no such setting, and none with a name like it."""

    code = "SVC-294"

    def __init__(self, setting: str) -> None:
        super().__init__(setting=setting[:60])


class RateStorageUnusable(CodedError):
    """Where requests are to be counted is of no known kind, or what speaks to it is not installed."""

    code = "SVC-255"
