/* Loops over the glyphs, the rules, the content stream and the lines of a page. What each does is told by the Python function of its name. */

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uintptr_t word;

typedef struct {
    void *at;         /* the first value of an array */
    Py_ssize_t count; /* how many it has */
    double number;    /* what was given instead of an array */
} Given;

/* What a loop answers instead of a number; where it FAILED, Python knows why. */
enum { NOT_PLAIN = -1, NO_MEMORY = -2, TOO_SHORT = -3, FAILED = -4 };

typedef struct {
    double place, start, end; /* across; along */
} Rule;

typedef struct {
    float x0, y0, x1, y1;
    uint32_t length;
} Place; /* of a line: see line.py */

#define NEEDS(argument, length)                                                                              \
    if (given[argument].count < (length))                                                                    \
    return TOO_SHORT

PyObject *many(PyObject *self, PyObject *args);
Py_ssize_t find_owners(const Given *given);
Py_ssize_t take_back_hanging(const Given *given);
Py_ssize_t find_lines(const Given *given);
Py_ssize_t sort_rules(const Given *given);
Py_ssize_t join_rules(const Given *given);
Py_ssize_t cross_text(const Given *given);
Py_ssize_t connect_rules(const Given *given);
Py_ssize_t find_cells(const Given *given);
Py_ssize_t see_pages(const Given *given, PyObject **made);
Py_ssize_t tell_letters(const Given *given);

/* What `lay_out` is given, in this order. */
enum {
    VERTICAL, HORIZONTAL, CODE, BOX, HIDDEN, ASKEW, TURN,                                   /* of the page */
    IS_BLANK, HAS_OWN_SPACE, NEVER_STARTS,                                                  /* of characters */
    RULE_ALIGN, RULE_SNAP, RULE_GAP, RULE_LENGTH, RULE_REACH, EDGE_GAP, LINE_GAP, TOO_HIGH, /* settings */
    LEFT, RIGHT,                                       /* the sides of a table that may run on here */
    CELL, LINES, LINE, NO_LINES                        /* what values are made of */
};

/* The rules of one table, all connected: see ruling.py. */
typedef struct {
    Rule *upright, *level;
    Py_ssize_t uprights, levels;
    uint8_t *is_drawn; /* of the level ones, which we did not make to close an edge */
    int open_top, open_bottom;
} Frame;

int by_place(const void *one, const void *other);
Py_ssize_t find_frame(const Given *given, Frame *frame);
Py_ssize_t lay_out(const Given *given, PyObject **made);
Py_ssize_t find_margins(const Given *given);
Py_ssize_t measure_seams(const Given *given);
Py_ssize_t see_breaks(const Given *given);
Py_ssize_t count_kinds(const Given *given);
Py_ssize_t look_up(const Given *given);
Py_ssize_t fold(const Given *given);
