/* Loops over the glyphs, the rules and the content stream of a page. What each does is told by the Python function of its name. */

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

/* What a loop answers instead of a number. */
enum { NOT_PLAIN = -1, NO_MEMORY = -2, TOO_SHORT = -3 };

#define NEEDS(argument, length)                                                                              \
    if (given[argument].count < (length))                                                                    \
    return TOO_SHORT

PyObject *many(PyObject *self, PyObject *args);
Py_ssize_t see_glyphs(const Given *given);
Py_ssize_t find_owners(const Given *given);
Py_ssize_t take_back_hanging(const Given *given);
Py_ssize_t find_lines(const Given *given);
Py_ssize_t sort_rules(const Given *given);
Py_ssize_t join_rules(const Given *given);
Py_ssize_t cross_text(const Given *given);
Py_ssize_t connect_rules(const Given *given);
Py_ssize_t find_frame(const Given *given);
Py_ssize_t find_cells(const Given *given);
Py_ssize_t see_objects(const Given *given);
Py_ssize_t tell_letters(const Given *given);
