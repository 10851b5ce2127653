/*
 * The runtime's two entries. `init` runs once, when the runtime is built: it makes QuickJS's context and evaluates the
 * prelude, and the memory it leaves becomes the module's data (scripts/snapshot.ts). `run` is what a call starts with: it
 * evaluates the script and writes its answer.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

#include "engine.h"

#define SCRIPT_DESCRIPTOR 3
#ifndef SCRIPT_STACK_BYTES
#error "SCRIPT_STACK_BYTES comes from scripts/build.ts"
#endif
/* Below it the first garbage collection waits: most calls end before they need one. */
#define FIRST_COLLECTION_BYTES (8 << 20)
/* Free memory that the image has, so that most calls need not ask for more. */
#define SPARE_BYTES (1 << 20)

extern void __wasm_call_ctors(void);

static JSRuntime *runtime;
static JSContext *ctx;
static JSValue serve, run_timer, describe, track_rejection;

JSValue set_hooks(JSContext *context, JSValueConst self, int argc, JSValueConst *argv) {
  serve = JS_DupValue(context, argv[0]);
  run_timer = JS_DupValue(context, argv[1]);
  describe = JS_DupValue(context, argv[2]);
  track_rejection = JS_DupValue(context, argv[3]);
  return JS_UNDEFINED;
}

static void complain(const char *text) { write_all(STDERR_FILENO, text, strlen(text)); }

/*
 * Out of memory: a trap with the memory nearly full is what the sandbox calls `memory`. After one piece that was too large
 * it is not, so the log says it in any case.
 */
static void trap_without_memory(JSValueConst error) {
  JSValue message = JS_GetPropertyStr(ctx, error, "message");
  const char *text = JS_ToCString(ctx, message);
  if (text == NULL || strcmp(text, "out of memory") == 0) {
    complain("InternalError: out of memory\n");
    __builtin_trap();
  }
  JS_FreeCString(ctx, text);
  JS_FreeValue(ctx, message);
}

/* Writes an error with its stack to standard error and ends the call with code 1. */
static _Noreturn void fail(JSValueConst error) {
  if (JS_IsError(error)) trap_without_memory(error);
  JSValue text = JS_Call(ctx, describe, JS_UNDEFINED, 1, &error);
  if (JS_IsException(text)) text = JS_GetException(ctx);
  size_t length;
  const char *bytes = JS_ToCStringLen(ctx, &length, text);
  if (bytes == NULL) complain("Uncaught error, and describing it failed.");
  else write_all(STDERR_FILENO, bytes, length);
  complain("\n");
  __wasi_proc_exit(1);
}

static JSValue expect(JSValue value) {
  if (JS_IsException(value)) fail(JS_GetException(ctx));
  return value;
}

static void on_rejection(JSContext *context, JSValueConst promise, JSValueConst reason, bool is_handled,
                         void *opaque) {
  JSValueConst arguments[] = {promise, reason, JS_NewBool(context, is_handled)};
  JS_FreeValue(context, JS_Call(context, track_rejection, JS_UNDEFINED, 3, arguments));
}

static JSModuleDef *refuse_import(JSContext *context, const char *name, void *opaque, JSValueConst attributes) {
  JS_ThrowReferenceError(context, "cannot import \"%s\": a script is one file; `millrace function build` bundles "
                                  "what it imports", name);
  return NULL;
}

static char *keep_name(JSContext *context, const char *base, const char *name, void *opaque) {
  return js_strdup(context, name);
}

/* Every function keeps its source's text, and so does the one around it: written and read back, they have none. */
static void evaluate_prelude(void) {
  Bytes text = read_all(SCRIPT_DESCRIPTOR);
  JSValue compiled = expect(JS_Eval(ctx, (const char *)text.data, text.length, "millrace",
                                    JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY));
  free(text.data);
  size_t length;
  uint8_t *bytecode = JS_WriteObject(ctx, &length, compiled, JS_WRITE_OBJ_BYTECODE | JS_WRITE_OBJ_STRIP_DEBUG);
  JS_FreeValue(ctx, compiled);
  JSValue stripped = expect(JS_ReadObject(ctx, bytecode, length, JS_READ_OBJ_BYTECODE));
  js_free(ctx, bytecode);
  JS_FreeValue(ctx, expect(JS_EvalFunction(ctx, stripped)));
}

__attribute__((export_name("init"))) void init(void) {
  __wasm_call_ctors();
  clean_heap(true);
  runtime = JS_NewRuntime();
  JS_SetMaxStackSize(runtime, SCRIPT_STACK_BYTES);
  ctx = JS_NewContext(runtime);
  JS_AddIntrinsicDOMException(ctx);
  JS_SetModuleLoaderFunc2(runtime, keep_name, refuse_import, NULL, NULL);

  JSValue global = JS_GetGlobalObject(ctx);
  JS_SetPropertyStr(ctx, global, "natives", make_natives(ctx));
  evaluate_prelude();
  JSAtom natives = JS_NewAtom(ctx, "natives");
  JS_DeleteProperty(ctx, global, natives, 0);
  JS_FreeAtom(ctx, natives);
  JS_FreeValue(ctx, global);

  JS_SetHostPromiseRejectionTracker(runtime, on_rejection, NULL);
  JS_RunGC(runtime);
  JS_SetGCThreshold(runtime, FIRST_COLLECTION_BYTES);
  free(malloc(SPARE_BYTES));
  clean_heap(false);
}

/* Runs jobs and timers until a promise is settled. */
static JSValue wait_for(JSValueConst promise) {
  for (;;) {
    JSContext *job_context;
    int status;
    while ((status = JS_ExecutePendingJob(runtime, &job_context)) > 0) continue;
    if (status < 0) fail(JS_GetException(ctx));
    JSPromiseStateEnum state = JS_PromiseState(ctx, promise);
    if (state == JS_PROMISE_FULFILLED) return JS_PromiseResult(ctx, promise);
    if (state == JS_PROMISE_REJECTED) fail(JS_PromiseResult(ctx, promise));
    JSValue has_run = expect(JS_Call(ctx, run_timer, JS_UNDEFINED, 0, NULL));
    if (JS_ToBool(ctx, has_run)) continue;
    complain("The handler never answered: what it waits for has no timer and no work left that could end it.\n");
    __wasi_proc_exit(1);
  }
}

/* A text in UTF-8, or a Uint8Array. */
static const void *bytes_of(JSValueConst part, size_t *length) {
  const void *bytes = JS_IsString(part) ? (const void *)JS_ToCStringLen(ctx, length, part)
                                        : (const void *)JS_GetUint8Array(ctx, length, part);
  if (bytes == NULL) fail(JS_GetException(ctx));
  return bytes;
}

/* `serve` has given [the answer's head, its body]. */
static void write_answer(JSValueConst answer) {
  size_t head_length, length;
  const void *head = bytes_of(expect(JS_GetPropertyUint32(ctx, answer, 0)), &head_length);
  const void *body = bytes_of(expect(JS_GetPropertyUint32(ctx, answer, 1)), &length);
  write_all(STDOUT_FILENO, head, head_length);
  write_all(STDOUT_FILENO, body, length);
}

__attribute__((export_name("run"))) void run(void) {
  begin_call();
  Bytes script = read_all(SCRIPT_DESCRIPTOR);
  JSValue module = expect(JS_Eval(ctx, (const char *)script.data, script.length, "index.js",
                                  JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY));
  free(script.data);
  JSModuleDef *definition = JS_VALUE_GET_PTR(module);
  JSValue loaded = expect(JS_EvalFunction(ctx, module));
  JSValue arguments[] = {expect(JS_GetModuleNamespace(ctx, definition)), loaded};
  JSValue promise = expect(JS_Call(ctx, serve, JS_UNDEFINED, 2, arguments));
  JS_PromiseMarkAsHandled(ctx, promise);
  write_answer(wait_for(promise));
  __wasi_proc_exit(0);
}
