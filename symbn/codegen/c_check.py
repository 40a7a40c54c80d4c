"""The test program that goes with the C header: the definition once more, central differences, and a large offset."""

from __future__ import annotations

from symbn.codegen.filling import filled
from symbn.codegen.program import Program
from symbn.codegen.wording import MARK


def c_test(program: Program, name: str, module: str) -> str:
    """Return a program in C99 whose exit status is 0 if all is well."""
    layout, is_flat = program.layout, len(program.layout.axes) == 2
    sizes = [f"s.{axis}" for axis in layout.axes]
    kept = [given for given in program.cache if program.given(given) is None]
    forward = [*sizes, *_arrays(program.arguments), "eps", *_arrays(("y", *kept))]
    backward = [*sizes, *_arrays(("dout", *program.received, *program.gradients))]
    arrays = dict.fromkeys((*program.arguments, "y", *kept, "dout", *program.gradients))
    (group,), (parameter,) = layout.group, layout.parameter
    found = {
        "MARK": f"{MARK} {program.target}`",
        "NAME": name,
        "MODULE": module,
        "AXES": ", ".join(layout.axes),
        "ARRAYS": ",\n        ".join(f"{array}[ROOM]" for array in arrays),
        "SHAPES": _FLAT if is_flat else _IMAGES,
        "ENTRIES": " * ".join(sizes),
        "PARAMETERS": sizes[parameter],
        "GROUP": ""
        if program.constants
        else f"static size_t group(shape s, size_t at) {{ return {_position(sizes, group)}; }}\n",
        "PARAMETER": _position(sizes, parameter),
        "FORWARD": ", ".join(forward),
        "BACKWARD": ", ".join(backward),
        "STATISTICS": _GIVEN if program.constants else _COMPUTED,
        "CONSTANTS": _CONSTANTS if program.constants else "",
        "OFFSET": "" if program.constants else _OFFSET,
        "AND_OFFSET": "" if program.constants else "\n        test_offset(s);",
    }
    return filled(_TEXT, found)


def _arrays(names: tuple[str, ...]) -> list[str]:
    return [f"a.{name}" for name in names]


def _position(sizes: list[str], place: int) -> str:
    """Return the position on one axis of the entry `at`."""
    behind = " * ".join(sizes[place + 1 :])
    return f"at / ({behind}) % {sizes[place]}" if behind else f"at % {sizes[place]}"


_FLAT = "{1, 1}, {1, 4}, {5, 1}, {4, 4}, {7, 3}"
_IMAGES = "{1, 1, 1, 1}, {2, 3, 1, 1}, {1, 2, 3, 2}, {2, 2, 2, 2}"
_GIVEN = "const double mean = a.mean[parameter(s, at)], variance = a.variance[parameter(s, at)];"
_CONSTANTS = """
        a.mean[at] = (real)random_value();
        a.variance[at] = (real)(2.0 + random_value());"""
_COMPUTED = """double mean = 0.0, variance = 0.0, count = 0.0;
    for (size_t other = 0; other < entries(s); ++other)
        if (group(s, other) == group(s, at)) {
            mean += a.x[other];
            count += 1.0;
        }
    mean /= count;
    for (size_t other = 0; other < entries(s); ++other)
        if (group(s, other) == group(s, at))
            variance += (a.x[other] - mean) * (a.x[other] - mean) / count;"""

_OFFSET = """
/* What is far away and what is near have the same y and dx: far - offset is exact. */
static void test_offset(shape s)
{
    static real y[ROOM], dx[ROOM];
    const real offset = is_double ? (real)1e8 : (real)1e4;
    for (size_t at = 0; at < entries(s); ++at)
        a.x[at] = (real)(a.x[at] + offset);
    forward(s);
    backward(s);
    for (size_t at = 0; at < entries(s); ++at) {
        y[at] = a.y[at];
        dx[at] = a.dx[at];
        a.x[at] = (real)(a.x[at] - offset);
    }
    forward(s);
    backward(s);
    for (size_t at = 0; at < entries(s); ++at) {
        compare("y at an offset", y[at], a.y[at], is_double ? 1e-12 : 1e-5);
        compare("dx at an offset", dx[at], a.dx[at], is_double ? 1e-12 : 1e-5);
    }
}
"""

_TEXT = """\
/*
 * Checks @MODULE@.h against its definition and central differences. @MARK@.
 *
 *     cc -std=c99 -Wall -Wextra -O2 test_@MODULE@.c -o test_@MODULE@ -lm && ./test_@MODULE@
 *
 * The exit status is 0 if all is well.
 */
#include "@MODULE@.h"

#include <stdint.h>
#include <stdio.h>

typedef @NAME@_real real;
typedef struct {
    size_t @AXES@;
} shape;

enum { ROOM = 64 };
static const double eps = 0.125; /* large enough to be felt */
static const int is_double = sizeof(real) == sizeof(double);
static struct {
    real @ARRAYS@;
} a;
static int failures = 0;

static size_t entries(shape s) { return @ENTRIES@; }
static size_t parameters(shape s) { return @PARAMETERS@; }
static size_t parameter(shape s, size_t at) { return @PARAMETER@; }
@GROUP@
static void forward(shape s)
{
    @NAME@_forward(@FORWARD@);
}

static void backward(shape s)
{
    @NAME@_backward(@BACKWARD@);
}

/* Between -1 and 1. */
static double random_value(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 33) / 1073741824.0 - 1.0;
}

static void fill(shape s)
{
    for (size_t at = 0; at < entries(s); ++at) {
        a.x[at] = (real)(1.0 + 2.0 * random_value());
        a.dout[at] = (real)random_value();
    }
    for (size_t at = 0; at < parameters(s); ++at) {
        a.gamma[at] = (real)random_value();
        a.beta[at] = (real)random_value();@CONSTANTS@
    }
}

static void compare(const char *what, double value, double wanted, double tolerance)
{
    if (!(fabs(value - wanted) <= tolerance * (1.0 + fabs(wanted)))) {
        printf("%s is %.17g, not %.17g\\n", what, value, wanted);
        ++failures;
    }
}

/* y as the definition has it. */
static double plainly(shape s, size_t at)
{
    @STATISTICS@
    return a.gamma[parameter(s, at)] * (a.x[at] - mean) / sqrt(variance + eps) + a.beta[parameter(s, at)];
}

static double loss(shape s)
{
    double sum = 0.0;
    forward(s);
    for (size_t at = 0; at < entries(s); ++at)
        sum += (double)a.dout[at] * a.y[at];
    return sum;
}

static void differences(const char *what, shape s, real *given, const real *slopes, size_t count)
{
    const double step = is_double ? 1e-5 : 1e-2, tolerance = is_double ? 1e-6 : 2e-2;
    for (size_t at = 0; at < count; ++at) {
        const real kept = given[at];
        given[at] = (real)(kept + step);
        const double ahead = loss(s);
        const double up = given[at];
        given[at] = (real)(kept - step);
        const double behind = loss(s);
        compare(what, slopes[at], (ahead - behind) / (up - given[at]), tolerance);
        given[at] = kept;
    }
}
@OFFSET@
int main(void)
{
    static const shape shapes[] = {@SHAPES@};
    for (size_t n = 0; n < sizeof shapes / sizeof *shapes; ++n) {
        const shape s = shapes[n];
        fill(s);
        forward(s);
        for (size_t at = 0; at < entries(s); ++at)
            compare("y", a.y[at], plainly(s, at), is_double ? 1e-12 : 1e-5);
        backward(s);
        differences("dx", s, a.x, a.dx, entries(s));
        differences("dgamma", s, a.gamma, a.dgamma, parameters(s));
        differences("dbeta", s, a.beta, a.dbeta, parameters(s));@AND_OFFSET@
    }
    if (failures == 0)
        puts("all is well");
    return failures != 0;
}
"""
