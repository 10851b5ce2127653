// The module _millrace: what the frozen Python code needs of the host.
#include <string.h>
#include <unistd.h>

#include "py/mperrno.h"
#include "py/objstr.h"
#include "py/runtime.h"

extern char **environ;
void millrace_write(int fd, const char *bytes, size_t length);

// Everything up to the end of a file, as bytes.
mp_obj_t millrace_read(int fd) {
    vstr_t all;
    vstr_init(&all, 4096);
    for (;;) {
        if (all.alloc - all.len < 1024) {
            vstr_hint_size(&all, all.alloc);
        }
        ssize_t got = read(fd, all.buf + all.len, all.alloc - all.len - 1);
        if (got < 0) {
            mp_raise_msg_varg(&mp_type_OSError, MP_ERROR_TEXT("file %d can't be read"), fd);
        }
        if (got == 0) {
            return mp_obj_new_bytes_from_vstr(&all);
        }
        all.len += got;
    }
}

static mp_obj_t mod_read(mp_obj_t fd_in) {
    return millrace_read(mp_obj_get_int(fd_in));
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_read_obj, mod_read);

// answer(bytes) appends to standard output.
static mp_obj_t mod_answer(mp_obj_t bytes_in) {
    mp_buffer_info_t bytes;
    mp_get_buffer_raise(bytes_in, &bytes, MP_BUFFER_READ);
    millrace_write(STDOUT_FILENO, bytes.buf, bytes.len);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_answer_obj, mod_answer);

// variables() gives the environment as a list of (name, value), both bytes: they need not be UTF-8.
static mp_obj_t mod_variables(void) {
    mp_obj_t list = mp_obj_new_list(0, NULL);
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
        const char *equals = strchr(*variable, '=');
        if (equals == NULL) {
            continue;
        }
        mp_obj_t pair[2] = {
            mp_obj_new_bytes((const byte *)*variable, equals - *variable),
            mp_obj_new_bytes((const byte *)equals + 1, strlen(equals + 1)),
        };
        mp_obj_list_append(list, mp_obj_new_tuple(2, pair));
    }
    return list;
}
static MP_DEFINE_CONST_FUN_OBJ_0(mod_variables_obj, mod_variables);

// random(n) gives n random bytes of the call's seed.
static mp_obj_t mod_random(mp_obj_t n_in) {
    mp_int_t n = mp_obj_get_int(n_in);
    if (n < 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("the number of bytes can't be negative"));
    }
    vstr_t bytes;
    vstr_init_len(&bytes, n);
    for (mp_int_t i = 0; i < n; i += 256) {
        getentropy(bytes.buf + i, n - i < 256 ? n - i : 256);
    }
    return mp_obj_new_bytes_from_vstr(&bytes);
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_random_obj, mod_random);

static const mp_rom_map_elem_t globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__millrace) },
    { MP_ROM_QSTR(MP_QSTR_read), MP_ROM_PTR(&mod_read_obj) },
    { MP_ROM_QSTR(MP_QSTR_answer), MP_ROM_PTR(&mod_answer_obj) },
    { MP_ROM_QSTR(MP_QSTR_variables), MP_ROM_PTR(&mod_variables_obj) },
    { MP_ROM_QSTR(MP_QSTR_random), MP_ROM_PTR(&mod_random_obj) },
};
static MP_DEFINE_CONST_DICT(globals, globals_table);

const mp_obj_module_t mp_module_millrace = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&globals,
};
MP_REGISTER_MODULE(MP_QSTR__millrace, mp_module_millrace);
