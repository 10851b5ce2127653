import binascii
import _digests
import sys

# The built-in module of the same name: SHA-256.
_path = sys.path[:]
sys.path.clear()
from hashlib import sha256 as _sha256

sys.path.extend(_path)


class _Hash:
    def __init__(self, name, data=b""):
        self.name = name
        self._data = bytearray(data)

    def update(self, data):
        self._data.extend(data)

    def copy(self):
        return _Hash(self.name, self._data)

    @property
    def digest_size(self):
        return len(self.digest())

    block_size = 64

    def digest(self):
        if self.name == "sha256":
            return _sha256(self._data).digest()
        return getattr(_digests, self.name)(self._data)

    def hexdigest(self):
        return binascii.hexlify(self.digest()).decode()


algorithms_available = {"sha256", "sha1", "md5"}
algorithms_guaranteed = algorithms_available


def sha256(data=b""):
    return _Hash("sha256", data)


def sha1(data=b""):
    return _Hash("sha1", data)


def md5(data=b""):
    return _Hash("md5", data)


def new(name, data=b""):
    if name not in algorithms_available:
        raise ValueError("unsupported hash type " + name)
    return _Hash(name, data)
