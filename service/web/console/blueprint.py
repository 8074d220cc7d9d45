"""All pages of the console in one blueprint."""

from __future__ import annotations

from typing import Final

from apiflask import APIBlueprint
from flask.blueprints import BlueprintSetupState

from service.web.console import (
    charts,
    due,
    entry,
    files,
    fix,
    guard,
    look,
    page,
    search,
    story,
    users_page,
)
from service.web.resources import Resources

_PAGES: Final = (entry, due, search, story, fix, files, look, charts, users_page)


def _know_numbers(state: BlueprintSetupState) -> None:
    state.app.url_map.converters[page.NUMBER] = page.Number


def blueprint(resources: Resources) -> APIBlueprint:
    """The console at `/console`, on a store, with the trust folders and the clock of the service."""
    pages = APIBlueprint(  # the API's document looks at every blueprint, and leaves this one out
        "console", __name__, url_prefix="/console", template_folder="templates", enable_openapi=False
    )
    pages.record(_know_numbers)
    guard.register(pages, resources)
    page.register(pages)
    for one in _PAGES:
        one.register(pages, resources)
    return pages
