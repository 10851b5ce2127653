import binascii
import _millrace
from base64 import urlsafe_b64encode
from hmac import compare_digest


def token_bytes(nbytes=32):
    return _millrace.random(nbytes)


def token_hex(nbytes=32):
    return binascii.hexlify(_millrace.random(nbytes)).decode()


def token_urlsafe(nbytes=32):
    return urlsafe_b64encode(_millrace.random(nbytes)).rstrip(b"=").decode()


def randbelow(n):
    if n <= 0:
        raise ValueError("the upper bound must be positive")
    # 16 bytes more than needed, so that no remainder is likelier than another by more than 2^-128.
    size = 16
    bound = n
    while bound:
        bound >>= 8
        size += 1
    return int.from_bytes(_millrace.random(size), "big") % n


def choice(sequence):
    return sequence[randbelow(len(sequence))]
