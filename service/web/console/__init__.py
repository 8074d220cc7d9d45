"""The operator's console: pages made by the server, for people, behind a login.

from service.web.console import blueprint

app.register_blueprint(blueprint(resources))
"""

from service.web.console.blueprint import blueprint

__all__ = ["blueprint"]
