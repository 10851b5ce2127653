// What MicroPython is built with for Millrace: a WASI command program, of which each call is a fresh one.
#include <stddef.h>
#include <stdint.h>
#include <alloca.h>
#include <stdlib.h>

#define MICROPY_CONFIG_ROM_LEVEL                (MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES)

// Python's own calls go on a stack of their own, so that the machine's stack holds calls between C functions only.
#define MICROPY_ENABLE_PYSTACK                  (1)
#define MICROPY_STACKLESS                       (1)
#define MICROPY_STACK_CHECK                     (1)
#define MICROPY_STACK_CHECK_MARGIN              (65536)
// As many words as the machine's stack has for each: 131,072 in all, 8 bytes each.
#define MICROPY_STACK_CHECK_RESERVE             (2048)

#define MICROPY_ENABLE_GC                       (1)
#define MICROPY_GC_SPLIT_HEAP                   (1)
#define MICROPY_GC_SPLIT_HEAP_AUTO              (1)

// Collects where the VM can find every object in memory (collect.c): WebAssembly's locals and stack cannot be looked into.
#define MICROPY_ENABLE_FINALISER                (0)
#define MICROPY_VM_HOOK_LOOP                    MILLRACE_COLLECT_IF_DUE
#define MICROPY_VM_HOOK_RETURN                  MILLRACE_COLLECT_IF_DUE
#define MILLRACE_COLLECT_IF_DUE \
    if (millrace_collect_due && mp_vm_calls_by_c <= 1) { \
        millrace_collect(); \
    }
// In gc.c, where both variables are: takes what it can get.
#define MP_PLAT_ALLOC_HEAP(to_alloc)            millrace_allocate_heap(&(to_alloc), needed)
#define MICROPY_ENABLE_EMERGENCY_EXCEPTION_BUF  (1)
#define MICROPY_EMERGENCY_EXCEPTION_BUF_SIZE    (256)

#define MICROPY_ENABLE_COMPILER                 (1)
#define MICROPY_COMP_CONST_FLOAT                (1)
#define MICROPY_ENABLE_SOURCE_LINE              (1)
#define MICROPY_ERROR_REPORTING                 (MICROPY_ERROR_REPORTING_DETAILED)
#define MICROPY_ERROR_PRINTER                   (&mp_plat_print)
#define MICROPY_WARNINGS                        (0)
#define MICROPY_ENABLE_DOC_STRING               (0)
#define MICROPY_FLOAT_IMPL                      (MICROPY_FLOAT_IMPL_DOUBLE)
#define MICROPY_FLOAT_USES_LIBC                 (1)
#define MICROPY_LONGINT_IMPL                    (MICROPY_LONGINT_IMPL_MPZ)
#define MICROPY_USE_INTERNAL_ERRNO              (1)
#define MICROPY_USE_INTERNAL_PRINTF             (0)
#define MICROPY_OPT_COMPUTED_GOTO               (1)
#define MICROPY_OPT_LOAD_ATTR_FAST_PATH         (1)
#define MICROPY_OPT_MAP_LOOKUP_CACHE            (1)
#define MICROPY_ENABLE_SCHEDULER                (0)
#define MICROPY_KBD_EXCEPTION                   (0)
#define MICROPY_HELPER_REPL                     (0)
#define MICROPY_REPL_AUTO_INDENT                (0)
#define MICROPY_ALLOC_PATH_MAX                  (256)
#define MICROPY_EPOCH_IS_1970                   (1)

#define MICROPY_PY_ALL_INPLACE_SPECIAL_METHODS  (1)
#define MICROPY_PY_BUILTINS_COMPILE             (1)
#define MICROPY_PY_BUILTINS_EXECFILE            (0)
#define MICROPY_PY_BUILTINS_HELP                (0)
#define MICROPY_PY_BUILTINS_INPUT               (0)
#define MICROPY_PY_ASYNCIO                      (0)
#define MICROPY_PY_SELECT                       (0)
#define MICROPY_PY_UCTYPES                      (0)
#define MICROPY_PY_FRAMEBUF                     (0)
#define MICROPY_PY_ONEWIRE                      (0)
#define MICROPY_PY_MACHINE                      (0)
#define MICROPY_PY_OS                           (0)
#define MICROPY_PY_PLATFORM                     (0)
#define MICROPY_PY_SYS_STDFILES                 (1)
#define MICROPY_PY_SYS_STDIO_BUFFER             (0)
#define MICROPY_PY_SYS_EXC_INFO                 (1)
#define MICROPY_PY_SYS_PLATFORM                 "millrace"
#define MICROPY_PY_RE_MATCH_GROUPS              (1)
#define MICROPY_PY_RE_MATCH_SPAN_START_END      (1)
#define MICROPY_PY_HASHLIB_SHA1                 (0)
#define MICROPY_PY_HASHLIB_MD5                  (0)
#define MICROPY_PY_COLLECTIONS_NAMEDTUPLE__ASDICT (1)
#define MICROPY_PY_DEFLATE_COMPRESS             (1)
#define MICROPY_PY_MATH_ATAN2_FIX_INFNAN        (0)
#define MICROPY_PY_TIME                         (1)
#define MICROPY_PY_TIME_GMTIME_LOCALTIME_MKTIME (1)
#define MICROPY_PY_TIME_TIME_TIME_NS            (1)
#define MICROPY_PY_TIME_INCLUDEFILE             "modtimeport.c"
#define MICROPY_PY_RANDOM_SEED_INIT_FUNC        (millrace_random_seed())
#define MICROPY_VFS                             (0)

#define MICROPY_HW_BOARD_NAME                   "millrace"
#define MICROPY_HW_MCU_NAME                     "wasm"

typedef int mp_int_t;
typedef unsigned mp_uint_t;
typedef long mp_off_t;
#define MP_SSIZE_MAX                            (0x7fffffff)
#define UINT_FMT                                "%u"
#define INT_FMT                                 "%d"

#define MP_STATE_PORT                           MP_STATE_VM

uint32_t millrace_random_seed(void);
void *millrace_allocate_heap(size_t *size, size_t needed);
void millrace_collect(void);
extern unsigned millrace_collect_due;
extern unsigned mp_vm_calls_by_c;
