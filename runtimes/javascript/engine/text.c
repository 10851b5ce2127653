/* UTF-8 both ways, as the Encoding standard says. */
#include <string.h>

#include "engine.h"

/* `encode(text)`: a Uint8Array. The prelude has replaced lone surrogates before. */
JSValue encode_text(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
  if (text == NULL) return JS_EXCEPTION;
  JSValue bytes = JS_NewUint8ArrayCopy(ctx, (const uint8_t *)text, length);
  JS_FreeCString(ctx, text);
  return bytes;
}

/* What `utf8_step` found at the begin of the rest. */
typedef struct {
  size_t length; /* bytes of a character, or of an ill-formed maximal part */
  int is_valid;
} Step;

static Step utf8_step(const uint8_t *at, const uint8_t *end) {
  uint8_t first = *at;
  if (first < 0x80) return (Step){1, 1};
  uint8_t lower = 0x80, upper = 0xbf;
  size_t needed;
  if (first >= 0xc2 && first <= 0xdf) needed = 1;
  else if (first >= 0xe0 && first <= 0xef) needed = 2;
  else if (first >= 0xf0 && first <= 0xf4) needed = 3;
  else return (Step){1, 0};
  if (first == 0xe0) lower = 0xa0;
  if (first == 0xed) upper = 0x9f;
  if (first == 0xf0) lower = 0x90;
  if (first == 0xf4) upper = 0x8f;
  for (size_t i = 1; i <= needed; i += 1) {
    if (at + i == end || at[i] < lower || at[i] > upper) return (Step){i, 0};
    lower = 0x80;
    upper = 0xbf;
  }
  return (Step){needed + 1, 1};
}

/* Bytes that the text has with U+FFFD (3 bytes) in place of what is ill-formed; written to `to` unless it is NULL. */
static size_t replace_invalid(const uint8_t *from, size_t length, uint8_t *to, int *is_valid) {
  const uint8_t *end = from + length;
  size_t written = 0;
  *is_valid = 1;
  while (from < end) {
    Step step = utf8_step(from, end);
    const uint8_t *source = step.is_valid ? from : (const uint8_t *)"\xef\xbf\xbd";
    size_t size = step.is_valid ? step.length : 3;
    if (to != NULL) memcpy(to + written, source, size);
    if (!step.is_valid) *is_valid = 0;
    written += size;
    from += step.length;
  }
  return written;
}

/* `decode(Uint8Array, fatal)`: a text, or `undefined` for ill-formed bytes when `fatal`. */
JSValue decode_text(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  const uint8_t *bytes = JS_GetUint8Array(ctx, &length, argv[0]);
  if (bytes == NULL) return JS_EXCEPTION;
  size_t ascii = 0;
  while (ascii < length && bytes[ascii] < 0x80) ascii += 1;
  int is_valid = 1;
  size_t needed = ascii == length ? length : replace_invalid(bytes, length, NULL, &is_valid);
  if (is_valid) return JS_NewStringLen(ctx, (const char *)bytes, length);
  if (JS_ToBool(ctx, argv[1])) return JS_UNDEFINED;
  uint8_t *replaced = js_malloc(ctx, needed);
  if (replaced == NULL) return JS_EXCEPTION;
  replace_invalid(bytes, length, replaced, &is_valid);
  JSValue text = JS_NewStringLen(ctx, (const char *)replaced, needed);
  js_free(ctx, replaced);
  return text;
}
