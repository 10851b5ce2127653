// Starts MicroPython and hands over to the frozen module serve (modules/serve.py).
#include <stdlib.h>
#include <unistd.h>

#include "py/builtin.h"
#include "py/cstack.h"
#include "py/frozenmod.h"
#include "py/gc.h"
#include "py/lexer.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"

#define FIRST_HEAP (256 * 1024)
#define PYTHON_STACK (256 * 1024)

void millrace_flush_log(void);

static void serve(void *argument) {
    mp_obj_t module = mp_import_name(qstr_from_str("serve"), mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    mp_call_function_0(mp_load_attr(module, qstr_from_str("main")));
}

// SystemExit carries its code as in CPython: None is 0, a number is itself, anything else is 1 and printed.
static int exit_code(mp_obj_t exception) {
    mp_obj_t value = mp_obj_exception_get_value(exception);
    mp_int_t code;
    if (value == mp_const_none) {
        return 0;
    }
    if (mp_obj_get_int_maybe(value, &code)) {
        return code & 0xff;
    }
    mp_obj_print_helper(&mp_plat_print, value, PRINT_STR);
    mp_hal_stdout_tx_str("\n");
    return 1;
}

int main(void) {
    mp_cstack_init_with_sp_here(STACK_SIZE);
    char *stack = malloc(PYTHON_STACK);
    char *heap = malloc(FIRST_HEAP);
    mp_pystack_init(stack, stack + PYTHON_STACK);
    gc_init(heap, heap + FIRST_HEAP);
    mp_init();

    nlr_buf_t raised;
    int code = 0;
    if (nlr_protected_call(&raised, serve, NULL) != 0) {
        mp_obj_t exception = MP_OBJ_FROM_PTR(raised.ret_val);
        if (mp_obj_exception_match(exception, MP_OBJ_FROM_PTR(&mp_type_SystemExit))) {
            code = exit_code(exception);
        } else {
            mp_obj_print_exception(&mp_plat_print, exception);
            code = 1;
        }
    }
    millrace_flush_log();
    _exit(code);
}

void nlr_jump_fail(void *val) {
    (void)val;
    abort();
}

// The heap grows as far as the memory's limit lets malloc go.
size_t gc_get_max_new_split(void) {
    return 1024 * 1024 * 1024;
}

void gc_collect(void) {
}

mp_lexer_t *mp_lexer_new_from_file(qstr filename) {
    (void)filename;
    mp_raise_OSError(MP_ENOENT);
}

mp_import_stat_t mp_import_stat(const char *path) {
    (void)path;
    return MP_IMPORT_STAT_NO_EXIST;
}
