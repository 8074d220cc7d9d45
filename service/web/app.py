from flask import Flask, request
from service.web import problems


def create_app(resources):
    app = Flask(__name__, static_folder=None)
    app.extensions["dongui"] = resources
    problems.register(app)

    @app.post("/v1/echo")
    def echo():
        return request.get_data()

    @app.get("/v1/boom")
    def boom():
        raise ZeroDivisionError("secret 홍길동")

    @app.get("/v1/slow")
    def slow():
        import time

        time.sleep(3)
        return "done"

    @app.get("/v1/keys")
    def keys():
        return sorted(resources.keys())

    return app
