// Starts MicroPython and hands over to the frozen module serve (modules/serve.py).
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "py/builtin.h"
#include "py/compile.h"
#include "py/cstack.h"
#include "py/frozenmod.h"
#include "py/gc.h"
#include "py/lexer.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"

#define SCRIPT_FD 3
#define FIRST_HEAP (256 * 1024)
#define PYTHON_STACK (256 * 1024)

void millrace_flush_log(void);
mp_obj_t millrace_read(int fd);

// The script stands in file 3; a byte order mark is none of it.
static mp_obj_t compile_script(void) {
    size_t length;
    const char *source = mp_obj_str_get_data(millrace_read(SCRIPT_FD), &length);
    if (length >= 3 && memcmp(source, "\xef\xbb\xbf", 3) == 0) {
        source += 3;
        length -= 3;
    }
    mp_lexer_t *lexer = mp_lexer_new_from_str_len(qstr_from_str("handler.py"), source, length, 0);
    qstr name = lexer->source_name;
    mp_parse_tree_t tree = mp_parse(lexer, MP_PARSE_FILE_INPUT);
    return mp_compile(&tree, name, false);
}

// Each Python function that is called from here is called by C code that holds nothing, so the VM may collect in it.
static void serve(void *argument) {
    mp_obj_t scope = mp_obj_new_dict(0);
    mp_obj_dict_store(scope, MP_OBJ_NEW_QSTR(MP_QSTR___name__), MP_OBJ_NEW_QSTR(MP_QSTR___main__));
    mp_globals_set(MP_OBJ_TO_PTR(scope));
    mp_locals_set(MP_OBJ_TO_PTR(scope));
    mp_obj_t script = compile_script();
    if (getenv("MILLRACE_CHECK") != NULL) {
        return;
    }
    mp_call_function_0(script);
    mp_obj_t server = mp_import_name(qstr_from_str("serve"), mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    mp_call_function_1(mp_load_attr(server, qstr_from_str("main")), scope);
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
            millrace_flush_log();
            if (mp_obj_exception_match(exception, MP_OBJ_FROM_PTR(&mp_type_MemoryError))) {
                // What the sandbox takes for memory at its limit, as it does of other languages.
                __builtin_trap();
            }
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

mp_lexer_t *mp_lexer_new_from_file(qstr filename) {
    (void)filename;
    mp_raise_OSError(MP_ENOENT);
}

mp_import_stat_t mp_import_stat(const char *path) {
    (void)path;
    return MP_IMPORT_STAT_NO_EXIST;
}
