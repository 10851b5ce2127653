# What a handler sees: from millrace import Response.
import json as _json
import _millrace
from os import environ as _environ
from urllib.parse import parse_qsl as _parse_qsl

# Variables that describe the request (docs/sandbox.md); the others are the function's own.
_CGI = (
    "REQUEST_METHOD PATH_INFO QUERY_STRING CONTENT_TYPE CONTENT_LENGTH SERVER_NAME SERVER_PORT REQUEST_ID REMOTE_ADDR "
    "GATEWAY_INTERFACE SERVER_PROTOCOL SERVER_SOFTWARE SCRIPT_NAME"
).split()


def _is_cgi(name):
    return name in _CGI or name.startswith("HTTP_")


class Request:
    """A request: method, path, query (the last value of each name), queries (all pairs), headers (lower-case names), body, env, id."""

    def __init__(self):
        self.method = _environ.get("REQUEST_METHOD", "GET")
        self.path = _environ.get("PATH_INFO") or "/"
        self.query_string = _environ.get("QUERY_STRING", "")
        self.queries = _parse_qsl(self.query_string, True)
        self.query = dict(self.queries)
        self.headers = {
            name[5:].lower().replace("_", "-"): value
            for name, value in _environ.items()
            if name.startswith("HTTP_")
        }
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if name in _environ:
                self.headers[name.lower().replace("_", "-")] = _environ[name]
        self.id = _environ.get("REQUEST_ID", "")
        self.env = {name: value for name, value in _environ.items() if not _is_cgi(name)}
        self.body = _millrace.read(0)

    def text(self):
        return self.body.decode()

    def json(self):
        return _json.loads(self.body)


class Response:
    """An answer: a body (str, bytes, or what JSON can say), a status and headers; a header's value may be a list."""

    def __init__(self, body=b"", status=200, headers=None):
        self.body = body
        self.status = status
        self.headers = {} if headers is None else headers
