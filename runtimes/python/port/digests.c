// SHA-1 (RFC 3174) and MD5 (RFC 1321) for the frozen module hashlib: the module _digests. SHA-256 is MicroPython's own.
#include <string.h>

#include "py/objstr.h"
#include "py/runtime.h"

static inline uint32_t rotate(uint32_t value, int bits) {
    return value << bits | value >> (32 - bits);
}

static void sha1_block(uint32_t state[5], const byte *block) {
    uint32_t w[80];
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (int i = 16; i < 80; i++) {
        w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20 ? ((b & c) | (~b & d)) + 0x5a827999
            : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
            : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6;
        uint32_t next = rotate(a, 5) + f + e + w[i];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static const byte md5_shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
// floor(2^32 * abs(sin(i + 1)))
static const uint32_t md5_sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static void md5_block(uint32_t state[4], const byte *block) {
    uint32_t w[16];
    memcpy(w, block, 64);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (int i = 0; i < 64; i++) {
        int round = i / 16;
        uint32_t f = round == 0 ? (b & c) | (~b & d) : round == 1 ? (d & b) | (~d & c) : round == 2 ? b ^ c ^ d : c ^ (b | ~d);
        int word = (round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i) % 16;
        uint32_t next = b + rotate(a + f + md5_sines[i] + w[word], md5_shifts[round][i % 4]);
        a = d;
        d = c;
        c = b;
        b = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

// The message's end: the rest of it, 0x80, zeros, its length in bits.
static size_t pad(byte end[128], const byte *rest, size_t rest_length, uint64_t bits, bool big_endian) {
    size_t length = rest_length < 56 ? 64 : 128;
    memset(end, 0, 128);
    memcpy(end, rest, rest_length);
    end[rest_length] = 0x80;
    for (int i = 0; i < 8; i++) {
        end[length - 8 + i] = bits >> 8 * (big_endian ? 7 - i : i);
    }
    return length;
}

static mp_obj_t mod_sha1(mp_obj_t message_in) {
    mp_buffer_info_t message;
    mp_get_buffer_raise(message_in, &message, MP_BUFFER_READ);
    const byte *bytes = message.buf;
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    size_t whole = message.len / 64 * 64;
    for (size_t at = 0; at < whole; at += 64) {
        sha1_block(state, bytes + at);
    }
    byte end[128];
    size_t length = pad(end, bytes + whole, message.len - whole, (uint64_t)message.len * 8, true);
    for (size_t at = 0; at < length; at += 64) {
        sha1_block(state, end + at);
    }
    byte digest[20];
    for (int i = 0; i < 20; i++) {
        digest[i] = state[i / 4] >> (24 - i % 4 * 8);
    }
    return mp_obj_new_bytes(digest, sizeof digest);
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_sha1_obj, mod_sha1);

static mp_obj_t mod_md5(mp_obj_t message_in) {
    mp_buffer_info_t message;
    mp_get_buffer_raise(message_in, &message, MP_BUFFER_READ);
    const byte *bytes = message.buf;
    uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    size_t whole = message.len / 64 * 64;
    for (size_t at = 0; at < whole; at += 64) {
        md5_block(state, bytes + at);
    }
    byte end[128];
    size_t length = pad(end, bytes + whole, message.len - whole, (uint64_t)message.len * 8, false);
    for (size_t at = 0; at < length; at += 64) {
        md5_block(state, end + at);
    }
    return mp_obj_new_bytes((const byte *)state, sizeof state);
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_md5_obj, mod_md5);

static const mp_rom_map_elem_t globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__digests) },
    { MP_ROM_QSTR(MP_QSTR_sha1), MP_ROM_PTR(&mod_sha1_obj) },
    { MP_ROM_QSTR(MP_QSTR_md5), MP_ROM_PTR(&mod_md5_obj) },
};
static MP_DEFINE_CONST_DICT(globals, globals_table);

const mp_obj_module_t mp_module_digests = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&globals,
};
MP_REGISTER_MODULE(MP_QSTR__digests, mp_module_digests);
