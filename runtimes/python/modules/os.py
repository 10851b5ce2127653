import _millrace


def _text(raw):
    try:
        return raw.decode()
    except UnicodeError:
        return "".join(chr(byte) for byte in raw)


environ = {_text(name): _text(value) for name, value in _millrace.variables()}
linesep = "\n"
name = "posix"
sep = "/"


def getenv(key, default=None):
    return environ.get(key, default)


def urandom(n):
    return _millrace.random(n)
