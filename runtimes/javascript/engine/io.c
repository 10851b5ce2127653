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

/* What describes the request and the server (docs/sandbox.md); headers begin with HTTP_, all others are the function's. */
static const char *const CGI_NAMES[] = {
    "GATEWAY_INTERFACE", "SERVER_PROTOCOL", "SERVER_SOFTWARE", "SERVER_NAME",  "SERVER_PORT",    "REQUEST_METHOD", "REQUEST_ID",
    "SCRIPT_NAME",       "PATH_INFO",       "QUERY_STRING",    "CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR",
};

static bool is_cgi(const char *name) {
  for (size_t i = 0; i < sizeof CGI_NAMES / sizeof *CGI_NAMES; i += 1)
    if (strcmp(name, CGI_NAMES[i]) == 0) return true;
  return false;
}

/* HTTP_X_TRACE is the header x-trace. */
static void write_as_header(char *name) {
  for (; *name != 0; name += 1) {
    if (*name >= 'A' && *name <= 'Z') *name += 'a' - 'A';
    if (*name == '_') *name = '-';
  }
}

/* Not through `environ`: libc would keep it from the time at which the memory's image was made. */
JSValue read_environment(JSContext *ctx) {
  JSValue cgi = JS_NewObject(ctx), headers = JS_NewObjectProto(ctx, JS_NULL), env = JS_NewObject(ctx);
  __wasi_size_t count = 0, size = 0;
  (void)!__wasi_environ_sizes_get(&count, &size);
  uint8_t **variables = malloc((count + 1) * sizeof *variables);
  uint8_t *text = malloc(size + 1);
  if (variables == NULL || text == NULL || __wasi_environ_get(variables, text) != 0) __builtin_trap();
  for (size_t i = 0; i < count; i += 1) {
    char *name = (char *)variables[i], *equals = strchr(name, '=');
    if (equals == NULL) continue;
    *equals = 0;
    bool is_header = strncmp(name, "HTTP_", 5) == 0;
    if (is_header) write_as_header(name += 5);
    JS_DefinePropertyValueStr(ctx, is_header ? headers : is_cgi(name) ? cgi : env, name, JS_NewString(ctx, equals + 1),
                              JS_PROP_C_W_E);
  }
  free(text);
  free(variables);
  JSValue parts = JS_NewArray(ctx);
  JS_DefinePropertyValueUint32(ctx, parts, 0, cgi, JS_PROP_C_W_E);
  JS_DefinePropertyValueUint32(ctx, parts, 1, headers, JS_PROP_C_W_E);
  JS_DefinePropertyValueUint32(ctx, parts, 2, env, JS_PROP_C_W_E);
  return parts;
}
