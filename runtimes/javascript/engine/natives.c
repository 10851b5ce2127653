/* What the prelude can ask of the host: the functions of its object `natives`. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <wasi/api.h>

#include "engine.h"

#define NS_PER_MS 1e6
#define MAX_SLEEP_MS 9e12 /* about 285 years; nanoseconds stay below 2^63 */

static uint64_t random_state;
static uint64_t begin_ns;

void begin_call(void) {
  random_state = 0;
  (void)!__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &begin_ns);
}

/* Milliseconds since the call began. */
static JSValue elapsed_ms(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  __wasi_timestamp_t now;
  (void)!__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &now);
  return JS_NewFloat64(ctx, (double)(now - begin_ns) / NS_PER_MS);
}

static JSValue sleep_ms(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double ms;
  if (JS_ToFloat64(ctx, &ms, argv[0])) return JS_EXCEPTION;
  if (!(ms > 0)) return JS_UNDEFINED;
  uint64_t ns = (uint64_t)((ms < MAX_SLEEP_MS ? ms : MAX_SLEEP_MS) * NS_PER_MS);
  struct timespec time = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
  nanosleep(&time, NULL);
  return JS_UNDEFINED;
}

/* Math.random: xorshift64* from a seed of the call's own. QuickJS's is seeded when its context is made. */
static JSValue random_number(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  while (random_state == 0) (void)!__wasi_random_get((uint8_t *)&random_state, sizeof random_state);
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return JS_NewFloat64(ctx, (double)(random_state * 0x2545f4914f6cdd1d >> 11) * 0x1p-53);
}

static JSValue fill_randomly(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  uint8_t *bytes = JS_GetUint8Array(ctx, &length, argv[0]);
  if (bytes == NULL) return JS_EXCEPTION;
  (void)!__wasi_random_get(bytes, length);
  return JS_UNDEFINED;
}

static JSValue log_text(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
  if (text == NULL) return JS_EXCEPTION;
  write_all(STDERR_FILENO, text, length);
  JS_FreeCString(ctx, text);
  return JS_UNDEFINED;
}

/* A copy of a value by QuickJS's own serialization; throws for functions and the like. */
static JSValue clone_value(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t size;
  uint8_t *written = JS_WriteObject(ctx, &size, argv[0], JS_WRITE_OBJ_REFERENCE);
  if (written == NULL) return JS_EXCEPTION;
  JSValue copy = JS_ReadObject(ctx, written, size, JS_READ_OBJ_REFERENCE);
  js_free(ctx, written);
  return copy;
}

static JSValue environment(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  return read_environment(ctx);
}

static void *resize_bytes(JSRuntime *runtime, void *opaque, void *data, size_t size) {
  if (size > 0) return realloc(data, size);
  free(data);
  return NULL;
}

/* Standard input, whole: a Uint8Array. */
static JSValue read_body(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  Bytes body = read_all(STDIN_FILENO);
  return JS_NewUint8Array(ctx, body.data, body.length, resize_bytes, NULL, false);
}

static const struct {
  const char *name;
  JSCFunction *function;
  int arguments;
} functions[] = {
    {"elapsedMs", elapsed_ms, 0},      {"sleepMs", sleep_ms, 1},     {"random", random_number, 0},
    {"fillRandomly", fill_randomly, 1}, {"log", log_text, 1},         {"clone", clone_value, 1},
    {"environment", environment, 0},   {"readBody", read_body, 0},   {"encode", encode_text, 1},
    {"decode", decode_text, 2},        {"digest", digest, 2},        {"setHooks", set_hooks, 3},
};

JSValue make_natives(JSContext *ctx) {
  JSValue natives = JS_NewObject(ctx);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i += 1) {
    JSValue function = JS_NewCFunction(ctx, functions[i].function, functions[i].name, functions[i].arguments);
    JS_SetPropertyStr(ctx, natives, functions[i].name, function);
  }
  return natives;
}
