# Runs the script's handler and writes its answer in CGI form, all of it at once: an exception leaves nothing half written.
import json
import _millrace
from millrace import Request, Response

_REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}
_TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_RETURNS = "return str, bytes, dict, list, None, Response(body, status, headers) or (body, status)"


def _encode(body):
    """The body's bytes and the content type that it has of itself."""
    if body is None:
        return b"", None
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    if isinstance(body, (bytes, bytearray, memoryview)):
        return body, "application/octet-stream"
    if isinstance(body, (dict, list, tuple, int, float)):
        return json.dumps(body).encode(), "application/json"
    raise TypeError("the body is of type %s; %s" % (type(body).__name__, _RETURNS))


def _header(name, value):
    if not name or any(character not in _TOKEN for character in name):
        raise ValueError("%r is no name of a header" % name)
    value = str(value)
    if any(ord(character) < 32 and character != "\t" or ord(character) == 127 for character in value):
        raise ValueError("the value of header %s has a control character: %r" % (name, value))
    return "%s: %s\r\n" % (name, value)


def _response(answer):
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, tuple):
        if not 1 <= len(answer) <= 3:
            raise TypeError("the handler returned a tuple of %d; %s" % (len(answer), _RETURNS))
        return Response(*answer)
    return Response(answer, 204 if answer is None else 200)


def main(scope):
    handler = scope.get("handler")
    if not callable(handler):
        raise NameError("the script defines no function handler(request)")
    response = _response(handler(Request()))
    status = response.status
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError("the status is %r; it is a number from 200 to 599" % (status,))
    body, content_type = _encode(response.body)
    head = "Status: %d %s\r\n" % (status, _REASONS.get(status, ""))
    names = set()
    for name, values in response.headers.items():
        names.add(name.lower())
        for value in values if isinstance(values, (list, tuple)) else [values]:
            head += _header(name, value)
    if "status" in names:
        raise ValueError("the status is no header: Response(body, status=...)")
    if content_type is not None and "content-type" not in names:
        head += _header("Content-Type", content_type)
    _millrace.answer(head.encode() + b"\r\n")
    _millrace.answer(body)
