"""What a view asks of whoever calls it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import wraps
from typing import Any, Final, TypeVar, cast

from apiflask import APIFlask
from flask import current_app, g, request
from sqlalchemy import Connection

from evidence.lifecycle.errors import SigningUnknown
from evidence.lifecycle.signings import Signing, find_signing
from evidence.store.api_keys import ApiKey, bearer_of
from evidence.store.errors import StoreUnavailable
from evidence.store.signing_tokens import PREFIX as TOKEN_PREFIX
from evidence.store.signing_tokens import find_token
from service.web import openapi
from service.web.access.callers import Caller, Scope
from service.web.access.signed_requests import is_signed, signed_by
from service.web.faults import CredentialsMissing, CredentialsRefused, FieldsWrong, ScopeMissing
from service.web.resources import Resources

View = TypeVar("View", bound=Callable[..., Any])
_BEARER: Final = "bearer"
LONGEST: Final = 512  # of what is presented


def resources() -> Resources:
    """Those of the app that answers."""
    return cast("Resources", current_app.extensions["dongui"])


def store_view() -> Connection:
    """The store as this request sees it: one view, until it writes."""
    if "view" not in g:
        g.view_ends = ExitStack()
        g.view = g.view_ends.enter_context(resources().store.reading())
    return cast("Connection", g.view)


def end_view(_error: BaseException | None = None) -> None:
    """Give its connection back: whoever waits to write holds none. One that broke has nothing to say any more."""
    g.pop("view", None)
    ends: ExitStack | None = g.pop("view_ends", None)
    if ends is not None:
        with suppress(StoreUnavailable):
            ends.close()


def signing_of(handle: str) -> Signing:
    """A consent on its way. Raises: SigningUnknown."""
    if "\0" in handle:  # no text for PostgreSQL
        raise SigningUnknown
    return find_signing(resources().store, store_view(), handle)


def caller() -> Caller:
    """Whoever calls; only within a view that `requires` somebody."""
    return cast("Caller", g.caller)


def requires(scope: Scope, *, token: bool = False, used: bool = False) -> Callable[[View], View]:
    """Let a view be called only by keys with a scope.

    Args:
        scope: that the key must have.
        token: whether a one-time token will do, for the consent of the address (`handle`) and no other.
        used: whether one that was used up will do; then the view has to see to it that nothing is done twice.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: Any) -> object:  # noqa: ANN401 - whatever the address holds
            g.caller = _recognised(kwargs.get("handle") if token else None, used=used)
            if g.caller.signing is None and not g.caller.may(scope):
                raise ScopeMissing(scope.value)
            _require_known_parameters()
            return view(*args, **kwargs)

        schemes: list[dict[str, list[str]]] = [{"apiKey": [scope.value]}, {"messageSignature": [scope.value]}]
        if token:
            schemes.append({"signingToken": []})
        guarded._spec = {**getattr(view, "_spec", {}), "security": schemes}  # type: ignore[attr-defined] # noqa: SLF001
        return cast("View", guarded)

    return decorate


def _require_known_parameters() -> None:
    """Which of two values of a parameter counts, and what one means that the document does not have, is not guessed.

    Raises:
        FieldsWrong.
    """
    if request.args and request.url_rule is not None:
        known = openapi.query_names(cast("APIFlask", current_app), request.url_rule.rule, request.method)
        wrong = [name for name, values in request.args.lists() if len(values) > 1 or name not in known]
        if wrong:
            raise FieldsWrong(", ".join(name if openapi.is_name(name) else "?" for name in wrong[:20]))


def _recognised(handle: str | None, *, used: bool) -> Caller:
    """Whoever presents these credentials. Raises: CredentialsMissing, CredentialsRefused, or as `signed_by`."""
    if is_signed(request):
        return _of_key(signed_by(resources(), request))
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    if not presented:
        raise CredentialsMissing
    if scheme.lower() != _BEARER or len(presented) > LONGEST or not presented.isascii():
        raise CredentialsRefused
    if presented.startswith(TOKEN_PREFIX):
        return _of_token(presented, handle, used=used)
    ours = resources()
    key = bearer_of(ours.store, store_view(), presented, ours.clock())
    if key is None:
        raise CredentialsRefused
    return _of_key(key)


def _of_key(key: ApiKey) -> Caller:
    return Caller(f"key:{key.number}", key.scopes, api_key=key.number)


def _of_token(token: str, handle: str | None, *, used: bool) -> Caller:
    """A token opens its own consent, where one is asked for; elsewhere it is worth nothing."""
    if handle is None:
        raise CredentialsRefused
    ours = resources()
    found = find_token(ours.store, store_view(), token, ours.clock())
    if found is None or (found.is_used and not used):
        raise CredentialsRefused
    if signing_of(handle).number != found.signing:
        raise CredentialsRefused
    return Caller(f"token:{found.signing}", signing=found.signing, token=token, is_used=found.is_used)
