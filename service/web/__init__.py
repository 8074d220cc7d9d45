"""The HTTP service: an API for checkouts and programs, and what stands around it."""

from service.web.app import create_app
from service.web.resources import Resources, ServiceSettings

__all__ = ["Resources", "ServiceSettings", "create_app"]
