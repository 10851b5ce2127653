_HEX = {ord(digit): int(digit, 16) for digit in "0123456789abcdefABCDEF"}
_ALWAYS_SAFE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"


def unquote_to_bytes(string):
    source = string.encode() if isinstance(string, str) else string
    if b"%" not in source:
        return bytes(source)
    first, *rest = source.split(b"%")
    result = bytearray(first)
    for part in rest:
        if len(part) > 1 and part[0] in _HEX and part[1] in _HEX:
            result.append(_HEX[part[0]] << 4 | _HEX[part[1]])
            result.extend(part[2:])
        else:
            result.append(37)
            result.extend(part)
    return bytes(result)


def unquote(string):
    raw = unquote_to_bytes(string)
    try:
        return raw.decode()
    except UnicodeError:
        return "".join(chr(byte) if byte < 128 else "\ufffd" for byte in raw)


def unquote_plus(string):
    return unquote(string.replace("+", " "))


def quote(string, safe="/"):
    kept = _ALWAYS_SAFE + safe.encode()
    source = string.encode() if isinstance(string, str) else string
    return "".join(chr(byte) if byte in kept else "%%%02X" % byte for byte in source)


def quote_plus(string, safe=""):
    return quote(string, safe + " ").replace(" ", "+")


def urlencode(query, doseq=False):
    pairs = query.items() if hasattr(query, "items") else query
    encoded = []
    for name, value in pairs:
        values = value if doseq and isinstance(value, (list, tuple)) else [value]
        for one in values:
            one = one if isinstance(one, (str, bytes)) else str(one)
            encoded.append(quote_plus(str(name)) + "=" + quote_plus(one))
    return "&".join(encoded)


def parse_qsl(qs, keep_blank_values=False):
    pairs = []
    for part in qs.split("&"):
        name, _, value = part.partition("=")
        if part and (value or keep_blank_values):
            pairs.append((unquote_plus(name), unquote_plus(value)))
    return pairs


def parse_qs(qs, keep_blank_values=False):
    parsed = {}
    for name, value in parse_qsl(qs, keep_blank_values):
        parsed.setdefault(name, []).append(value)
    return parsed
