/* SHA-1, SHA-256, SHA-384 and SHA-512 (FIPS 180-4). */
#include <string.h>

#include "engine.h"

static const uint64_t ROUND[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

static const uint64_t INITIAL_384[8] = {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17,
                                        0x152fecd8f70e5939, 0x67332667ffc00b31, 0x8eb44a8768581511,
                                        0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};
static const uint64_t INITIAL_512[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                        0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                        0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
static const uint32_t INITIAL_1[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

static uint32_t load32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void store32(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; i += 1) at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t rotl32(uint32_t value, int by) { return value << by | value >> (32 - by); }
static uint32_t rotr32(uint32_t value, int by) { return value >> by | value << (32 - by); }
static uint64_t rotr64(uint64_t value, int by) { return value >> by | value << (64 - by); }

/* The state of SHA-1 and SHA-256 stands in the low halves. */
static void block1(uint64_t *state, const uint8_t *block) {
  uint32_t w[80];
  for (int i = 0; i < 16; i += 1) w[i] = load32(block + 4 * i);
  for (int i = 16; i < 80; i += 1) w[i] = rotl32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int i = 0; i < 80; i += 1) {
    uint32_t f = i < 20 ? ((b & c) | (~b & d)) + 0x5a827999
                 : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                 : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                          : (b ^ c ^ d) + 0xca62c1d6;
    uint32_t next = rotl32(a, 5) + f + e + w[i];
    e = d, d = c, c = rotl32(b, 30), b = a, a = next;
  }
  uint32_t sums[5] = {a, b, c, d, e};
  for (int i = 0; i < 5; i += 1) state[i] = (uint32_t)(state[i] + sums[i]);
}

static void block256(uint64_t *state, const uint8_t *block) {
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i += 1) w[i] = load32(block + 4 * i);
  for (int i = 16; i < 64; i += 1) {
    uint32_t s0 = rotr32(w[i - 15], 7) ^ rotr32(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = rotr32(w[i - 2], 17) ^ rotr32(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  for (int i = 0; i < 8; i += 1) s[i] = (uint32_t)state[i];
  for (int i = 0; i < 64; i += 1) {
    uint32_t s1 = rotr32(s[4], 6) ^ rotr32(s[4], 11) ^ rotr32(s[4], 25);
    uint32_t t1 = s[7] + s1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + (uint32_t)(ROUND[i] >> 32) + w[i];
    uint32_t s0 = rotr32(s[0], 2) ^ rotr32(s[0], 13) ^ rotr32(s[0], 22);
    uint32_t t2 = s0 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i += 1) state[i] = (uint32_t)(state[i] + s[i]);
}

static void block512(uint64_t *state, const uint8_t *block) {
  uint64_t w[80], s[8];
  for (int i = 0; i < 16; i += 1) w[i] = (uint64_t)load32(block + 8 * i) << 32 | load32(block + 8 * i + 4);
  for (int i = 16; i < 80; i += 1) {
    uint64_t s0 = rotr64(w[i - 15], 1) ^ rotr64(w[i - 15], 8) ^ w[i - 15] >> 7;
    uint64_t s1 = rotr64(w[i - 2], 19) ^ rotr64(w[i - 2], 61) ^ w[i - 2] >> 6;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  memcpy(s, state, sizeof s);
  for (int i = 0; i < 80; i += 1) {
    uint64_t s1 = rotr64(s[4], 14) ^ rotr64(s[4], 18) ^ rotr64(s[4], 41);
    uint64_t t1 = s[7] + s1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + ROUND[i] + w[i];
    uint64_t s0 = rotr64(s[0], 28) ^ rotr64(s[0], 34) ^ rotr64(s[0], 39);
    uint64_t t2 = s0 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i += 1) state[i] += s[i];
}

JSValue digest(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int32_t bits;
  size_t length;
  if (JS_ToInt32(ctx, &bits, argv[0])) return JS_EXCEPTION;
  const uint8_t *bytes = JS_GetUint8Array(ctx, &length, argv[1]);
  if (bytes == NULL) return JS_EXCEPTION;

  int is_wide = bits >= 384; /* 64-bit words, blocks of 128 bytes */
  size_t block_bytes = is_wide ? 128 : 64, digest_bytes = bits == 1 ? 20 : (size_t)bits / 8;
  void (*add)(uint64_t *, const uint8_t *) = bits == 1 ? block1 : bits == 256 ? block256 : block512;
  uint64_t state[8] = {0};
  for (int i = 0; i < 8; i += 1)
    state[i] = bits == 1     ? (i < 5 ? INITIAL_1[i] : 0)
               : bits == 256 ? INITIAL_512[i] >> 32 /* those of SHA-256 are their high halves */
               : bits == 384 ? INITIAL_384[i]
                             : INITIAL_512[i];

  size_t whole = length - length % block_bytes;
  for (size_t at = 0; at < whole; at += block_bytes) add(state, bytes + at);
  uint8_t last[256] = {0};
  size_t rest = length - whole;
  memcpy(last, bytes + whole, rest);
  last[rest] = 0x80;
  size_t last_bytes = rest + 1 + (is_wide ? 16 : 8) > block_bytes ? 2 * block_bytes : block_bytes;
  store32(last + last_bytes - 8, (uint32_t)((uint64_t)length >> 29));
  store32(last + last_bytes - 4, (uint32_t)length << 3);
  for (size_t at = 0; at < last_bytes; at += block_bytes) add(state, last + at);

  uint8_t out[64];
  for (int i = 0; i < 8; i += 1) {
    if (is_wide) store32(out + 8 * i, (uint32_t)(state[i] >> 32));
    store32(out + (is_wide ? 8 * i + 4 : 4 * i), (uint32_t)state[i]);
  }
  return JS_NewArrayBufferCopy(ctx, out, digest_bytes);
}
