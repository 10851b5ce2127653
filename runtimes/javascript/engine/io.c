/* Reading and writing whole streams, and the environment. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

#include "engine.h"

#define FIRST_READ_BYTES 16384

Bytes read_all(int descriptor) {
  Bytes bytes = {malloc(FIRST_READ_BYTES), 0};
  size_t capacity = FIRST_READ_BYTES;
  for (;;) {
    if (bytes.data == NULL) __builtin_trap(); /* the sandbox calls it `memory` */
    ssize_t count = read(descriptor, bytes.data + bytes.length, capacity - bytes.length - 1);
    if (count <= 0) break;
    bytes.length += (size_t)count;
    if (capacity - bytes.length > 1) continue;
    capacity *= 2;
    bytes.data = realloc(bytes.data, capacity);
  }
  bytes.data[bytes.length] = 0;
  return bytes;
}

void write_all(int descriptor, const void *data, size_t length) {
  const uint8_t *rest = data;
  while (length > 0) {
    ssize_t count = write(descriptor, rest, length);
    if (count <= 0) __wasi_proc_exit(1);
    rest += count;
    length -= (size_t)count;
  }
}

/* Not through `environ`: libc would keep it from the time at which the memory's image was made. */
JSValue read_environment(JSContext *ctx) {
  __wasi_size_t count, size;
  if (__wasi_environ_sizes_get(&count, &size) != 0) return JS_NewArray(ctx);
  uint8_t **variables = malloc((count + 1) * sizeof *variables);
  uint8_t *text = malloc(size + 1);
  if (variables == NULL || text == NULL) __builtin_trap();
  JSValue list = JS_NewArray(ctx);
  if (__wasi_environ_get(variables, text) != 0) return list;
  for (size_t i = 0; i < count; i += 1) {
    const char *variable = (const char *)variables[i];
    JS_DefinePropertyValueUint32(ctx, list, (uint32_t)i, JS_NewStringLen(ctx, variable, strlen(variable)),
                                 JS_PROP_C_W_E);
  }
  free(text);
  free(variables);
  return list;
}
