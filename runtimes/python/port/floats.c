// Floats as text, exact to the last digit as CPython has them: the C library's functions in place of MicroPython's.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "py/formatfloat.h"
#include "py/misc.h"
#include "py/mpconfig.h"

static int format_special(double f, char *buf, size_t buf_size, bool upper, char sign) {
    char prefix[2] = {signbit(f) && !isnan(f) ? '-' : sign, 0};
    return snprintf(buf, buf_size, "%s%s", prefix, isnan(f) ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf"));
}

int mp_format_float(mp_float_t f, char *buf, size_t buf_size, char fmt, int prec, char sign) {
    if (!isfinite(f)) {
        return format_special(f, buf, buf_size, fmt < 'a', sign);
    }
    char format[8] = {'%', 0};
    int at = 1;
    if (sign != 0) {
        format[at++] = sign;
    }
    strcpy(format + at, ".*");
    format[at + 2] = fmt;
    int length = snprintf(buf, buf_size, format, prec < 0 ? 6 : prec, f);
    return length < (int)buf_size ? length : (int)buf_size - 1;
}

// The fewest digits that give the same float again; as Python, with an exponent below -4 and from 16 on.
int mp_format_float_shortest(mp_float_t f, char *buf, size_t buf_size) {
    if (!isfinite(f)) {
        return format_special(f, buf, buf_size, false, 0);
    }
    // Whatever has 15 digits comes back, but for numbers too small to have as many.
    int digits = f != 0 && fabs(f) < 2.3e-308 ? 1 : 15;
    for (; digits < 17; digits++) {
        snprintf(buf, buf_size, "%.*e", digits - 1, f);
        if (strtod(buf, NULL) == f) {
            break;
        }
    }
    snprintf(buf, buf_size, "%.*e", digits - 1, f);
    int exponent = atoi(strchr(buf, 'e') + 1);
    if (exponent >= 16) {
        // Without the zeros that %e leaves at the end.
        char *e = strchr(buf, 'e');
        char *end = e;
        while (end[-1] == '0') {
            end--;
        }
        if (end[-1] == '.') {
            end--;
        }
        memmove(end, e, strlen(e) + 1);
        return strlen(buf);
    }
    return snprintf(buf, buf_size, "%.*g", exponent >= digits ? 16 : digits, f);
}

mp_float_t mp_float_from_text(const char *text, size_t length) {
    char *copy = m_new(char, length + 1);
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '_') {
            copy[kept++] = text[i];
        }
    }
    copy[kept] = 0;
    double value = strtod(copy, NULL);
    m_del(char, copy, length + 1);
    return value;
}
