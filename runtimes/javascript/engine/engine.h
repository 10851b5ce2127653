/* The parts of the runtime (runtimes/javascript): QuickJS inside one WASI command program. */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quickjs.h"

/* Bytes from malloc; `data` has a zero byte behind its end. */
typedef struct {
  uint8_t *data;
  size_t length;
} Bytes;

/* io.c: reads a file descriptor to its end. A read error counts as the end. */
Bytes read_all(int descriptor);
/* io.c: writes everything, or ends the program with code 1. */
void write_all(int descriptor, const void *data, size_t length);
/* io.c: the environment as an array of three objects: CGI's variables, headers by name, and the function's own. */
JSValue read_environment(JSContext *ctx);

/* text.c: the functions `encode` and `decode` of the prelude's natives. */
JSValue encode_text(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);
JSValue decode_text(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);

/* digest.c: `digest(bits, Uint8Array)` with 1, 256, 384 or 512: an ArrayBuffer. */
JSValue digest(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);

/* natives.c: the object that the prelude finds as `natives`. */
JSValue make_natives(JSContext *ctx);
/* natives.c: forgets what a call's clock and random numbers begin with; a call begins with this. */
void begin_call(void);

/* clean_heap.c: whether freed memory is cleared. */
void clean_heap(bool is_on);

/* main.c: takes the prelude's functions (`serve`, `runTimer`, `describe`). */
JSValue set_hooks(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);

#endif
