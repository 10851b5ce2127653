// The host, as far as MicroPython sees it: the log, the clocks, random numbers.
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "py/builtin.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"

static char line[1024];
static size_t line_length;

void millrace_write(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written <= 0) {
            _exit(1);
        }
        bytes += written;
        length -= written;
    }
}

void millrace_flush_log(void) {
    millrace_write(STDERR_FILENO, line, line_length);
    line_length = 0;
}

// The log goes out line by line: each write is a call of the host.
mp_uint_t mp_hal_stdout_tx_strn(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        line[line_length++] = text[i];
        if (text[i] == '\n' || line_length == sizeof line) {
            millrace_flush_log();
        }
    }
    return length;
}

void mp_hal_stdout_tx_strn_cooked(const char *text, size_t length) {
    mp_hal_stdout_tx_strn(text, length);
}

void mp_hal_stdout_tx_str(const char *text) {
    mp_hal_stdout_tx_strn(text, strlen(text));
}

// The request's body has been read when the handler runs: it is request.body.
int mp_hal_stdin_rx_chr(void) {
    mp_raise_msg(&mp_type_OSError, MP_ERROR_TEXT("standard input is not there; the body is request.body"));
}

uintptr_t mp_hal_stdio_poll(uintptr_t poll_flags) {
    return 0;
}

static mp_obj_t builtin_open(size_t n_args, const mp_obj_t *args, mp_map_t *kwargs) {
    mp_raise_msg(&mp_type_OSError, MP_ERROR_TEXT("there are no files here; use io.StringIO or io.BytesIO"));
}
MP_DEFINE_CONST_FUN_OBJ_KW(mp_builtin_open_obj, 0, builtin_open);

static uint64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000ULL + now.tv_nsec;
}

uint64_t mp_hal_time_ns(void) {
    return clock_ns(CLOCK_REALTIME);
}

mp_uint_t mp_hal_ticks_ms(void) {
    return clock_ns(CLOCK_MONOTONIC) / 1000000ULL;
}

mp_uint_t mp_hal_ticks_us(void) {
    return clock_ns(CLOCK_MONOTONIC) / 1000ULL;
}

mp_uint_t mp_hal_ticks_cpu(void) {
    return clock_ns(CLOCK_MONOTONIC);
}

void mp_hal_delay_us(mp_uint_t us) {
    struct timespec pause = {us / 1000000, (long)(us % 1000000) * 1000};
    nanosleep(&pause, NULL);
}

void mp_hal_delay_ms(mp_uint_t ms) {
    struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

uint32_t millrace_random_seed(void) {
    uint32_t seed;
    getentropy(&seed, sizeof seed);
    return seed;
}
