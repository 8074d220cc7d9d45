"""What the console and `dongui users` refuse."""

from __future__ import annotations

from consent.errors import CodedError


class ConsoleFault(CodedError):
    """The console does not do what it was asked to."""


class LoginRefused(ConsoleFault):
    """Name or password is wrong, or the user is locked or disabled; which of them is not told."""

    code = "SVC-260"

    def __init__(self, tries: int, minutes: int) -> None:
        super().__init__(tries=tries, minutes=minutes)


class FormNotOurs(ConsoleFault):
    """A form that this session's pages did not make: nothing is done that a foreign page has sent."""

    code = "SVC-261"

    def __init__(self) -> None:
        super().__init__()


class RoleTooLow(ConsoleFault):
    """The user's role does not allow it."""

    code = "SVC-262"

    def __init__(self, role: str, role_ko: str) -> None:
        super().__init__(role=role, role_ko=role_ko)


class UserExists(ConsoleFault):
    """There is a user of this name already."""

    code = "SVC-263"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class UserUnknown(ConsoleFault):
    """There is no user of this name."""

    code = "SVC-264"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class PasswordNotAllowed(ConsoleFault):
    """A password that is too short or too long, or the user's own name."""

    code = "SVC-265"

    def __init__(self, least: int, most: int) -> None:
        super().__init__(least=least, most=most)


class UserNameNotAllowed(ConsoleFault):
    """A name that nobody can be called by."""

    code = "SVC-266"

    def __init__(self) -> None:
        super().__init__()


class NewPasswordMissing(ConsoleFault):
    """No password was given, and nobody sits at a terminal to be asked."""

    code = "SVC-267"

    def __init__(self) -> None:
        super().__init__()


class NothingUploaded(ConsoleFault):
    """No file came with the form, or an empty one."""

    code = "SVC-268"

    def __init__(self) -> None:
        super().__init__()


class OwnAccount(ConsoleFault):
    """Nobody takes their own role away: there might be no administrator left."""

    code = "SVC-269"

    def __init__(self) -> None:
        super().__init__()


class SearchEmpty(ConsoleFault):
    """Nothing to search for, or a consent's number that is none."""

    code = "SVC-270"

    def __init__(self) -> None:
        super().__init__()


class SearchTooLong(ConsoleFault):
    """More than anything that is searched for can have."""

    code = "SVC-295"

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class NotConfirmed(ConsoleFault):
    """What cannot be undone was not confirmed."""

    code = "SVC-271"

    def __init__(self) -> None:
        super().__init__()


class PageMissing(ConsoleFault):
    """There is no such page."""

    code = "SVC-272"

    def __init__(self) -> None:
        super().__init__()


class UploadTooLarge(ConsoleFault):
    """More than a page can look at while somebody waits."""

    code = "SVC-273"

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class FormTooLarge(ConsoleFault):
    """A form without a file that holds more than anybody types."""

    code = "SVC-296"

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class PasswordWrong(ConsoleFault):
    """The current password is wrong."""

    code = "SVC-274"

    def __init__(self) -> None:
        super().__init__()


class PasswordsDiffer(ConsoleFault):
    """The new password was typed differently the second time."""

    code = "SVC-275"

    def __init__(self) -> None:
        super().__init__()


class NothingChosen(ConsoleFault):
    """Consents are to be queued again, and none is chosen."""

    code = "SVC-276"

    def __init__(self) -> None:
        super().__init__()
