import binascii

_TO_URL = {43: 45, 47: 95}
_FROM_URL = {45: 43, 95: 47}


def _bytes(s):
    return s.encode() if isinstance(s, str) else bytes(s)


def _translate(s, table):
    return bytes(table.get(byte, byte) for byte in s)


def b64encode(s, altchars=None):
    encoded = binascii.b2a_base64(s)[:-1]
    if altchars is not None:
        encoded = _translate(encoded, {43: altchars[0], 47: altchars[1]})
    return encoded


def b64decode(s, altchars=None, validate=False):
    s = _bytes(s)
    if altchars is not None:
        altchars = _bytes(altchars)
        s = _translate(s, {altchars[0]: 43, altchars[1]: 47})
    return binascii.a2b_base64(s)


def standard_b64encode(s):
    return b64encode(s)


def standard_b64decode(s):
    return b64decode(s)


def urlsafe_b64encode(s):
    return _translate(b64encode(s), _TO_URL)


def urlsafe_b64decode(s):
    return b64decode(_translate(_bytes(s), _FROM_URL))


def b16encode(s):
    return binascii.hexlify(s).upper()


def b16decode(s, casefold=False):
    s = _bytes(s)
    if not casefold and s != s.upper():
        raise ValueError("non-base16 digit found")
    return binascii.unhexlify(s)


_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def b32encode(s):
    encoded = bytearray()
    for at in range(0, len(s), 5):
        chunk = bytes(s[at : at + 5])
        number = int.from_bytes(chunk + bytes(5 - len(chunk)), "big")
        used = (len(chunk) * 8 + 4) // 5
        for place in range(8):
            encoded.append(_BASE32[number >> (35 - 5 * place) & 31] if place < used else 61)
    return bytes(encoded)


def b32decode(s, casefold=False):
    s = _bytes(s)
    if casefold:
        s = s.upper()
    if len(s) % 8:
        raise ValueError("incorrect padding")
    decoded = bytearray()
    for at in range(0, len(s), 8):
        chunk = s[at : at + 8].rstrip(b"=")
        number = 0
        for byte in chunk:
            digit = _BASE32.find(bytes([byte]))
            if digit < 0:
                raise ValueError("non-base32 digit found")
            number = number << 5 | digit
        number <<= 5 * (8 - len(chunk))
        decoded.extend(number.to_bytes(5, "big")[: len(chunk) * 5 // 8])
    return bytes(decoded)
