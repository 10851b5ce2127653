import binascii
import hashlib


class HMAC:
    def __init__(self, key, msg=None, digestmod="sha256"):
        self._new = (lambda data=b"": hashlib.new(digestmod, data)) if isinstance(digestmod, str) else digestmod
        if len(key) > 64:
            key = self._new(key).digest()
        key = key + bytes(64 - len(key))
        self._outer = bytes(byte ^ 0x5C for byte in key)
        self._inner = self._new(bytes(byte ^ 0x36 for byte in key))
        if msg is not None:
            self.update(msg)

    def update(self, msg):
        self._inner.update(msg)

    def digest(self):
        return self._new(self._outer + self._inner.digest()).digest()

    def hexdigest(self):
        return binascii.hexlify(self.digest()).decode()


def new(key, msg=None, digestmod="sha256"):
    return HMAC(key, msg, digestmod)


def digest(key, msg, digest):
    return HMAC(key, msg, digest).digest()


def compare_digest(a, b):
    if isinstance(a, str):
        a = a.encode()
    if isinstance(b, str):
        b = b.encode()
    if len(a) != len(b):
        return False
    differences = 0
    for x, y in zip(a, b):
        differences |= x ^ y
    return differences == 0
