// When garbage is collected, and how the heap grows.
//
// The collector has to find every object that is in use. In WebAssembly it can search the memory, with the C stack in it, but not
// the locals and operands of the functions under way. So an allocation never collects: it notes that a collection is due and
// lets the heap grow. The VM collects at its next jump or return where C code holds nothing (mp_vm_calls_by_c, py/vm.c).
#include <stdlib.h>

#include "py/gc.h"
#include "py/mpstate.h"

// In blocks: with less garbage than this a collection is not worth its while.
#define LEAST_GARBAGE (4 * 1024 * 1024 / MICROPY_BYTES_PER_GC_BLOCK)

unsigned millrace_collect_due = 0;

// The allocator calls it when the heap is full or its threshold reached.
void gc_collect(void) {
    millrace_collect_due = 1;
    MP_STATE_MEM(gc_alloc_amount) = 0;
}

void millrace_collect(void) {
    millrace_collect_due = 0;
    gc_collect_start();
    void *here = __builtin_frame_address(0);
    gc_collect_root(here, (MP_STATE_THREAD(stack_top) - (char *)here) / sizeof(void *));
    gc_collect_end();
    gc_info_t info;
    gc_info(&info);
    size_t used = info.used / MICROPY_BYTES_PER_GC_BLOCK;
    MP_STATE_MEM(gc_alloc_threshold) = used > LEAST_GARBAGE ? used : LEAST_GARBAGE;
}

// The memory's limit is found by asking.
size_t gc_get_max_new_split(void) {
    return 1024 * 1024 * 1024;
}

// The heap doubles while it can; near the limit of the memory it takes less, down to what is needed.
void *millrace_allocate_heap(size_t *size, size_t needed) {
    needed = (needed + MICROPY_BYTES_PER_GC_BLOCK - 1) & ~(size_t)(MICROPY_BYTES_PER_GC_BLOCK - 1);
    for (;;) {
        void *heap = malloc(*size);
        if (heap != NULL || *size <= needed) {
            return heap;
        }
        *size = *size / 2 > needed ? *size / 2 : needed;
    }
}
