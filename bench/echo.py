"""The barest Flask app there is: what the server itself costs."""

from __future__ import annotations

from flask import Flask, Response, request

app = Flask(__name__)


@app.post("/echo")
def echo() -> Response:
    return Response(request.get_data(), content_type="application/octet-stream")
