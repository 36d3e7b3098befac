/* The loops as functions of Python. Arrays are checked for the size of their values; how many they must
   have, the loops check. */

#include <ctype.h>

#include "loops.h"

enum { MOST = 24 };

/* `takes`, a letter for each argument: n a number, b i w f d l an array, in capitals one that is written to;
   o a value of any kind. */
static Py_ssize_t size_of(char letter)
{
    switch (tolower(letter)) {
    case 'b': return 1;
    case 'i':
    case 'f': return 4;
    default: return 8;
    }
}

/* A loop answers a number, and so does what calls it; a maker makes a value, or answers that it cannot. */
static PyObject *call(Py_ssize_t (*loop)(const Given *), Py_ssize_t (*maker)(const Given *, PyObject **),
                      const char *takes, PyObject *args)
{
    Py_buffer views[MOST];
    Given given[MOST];
    int held = 0;
    PyObject *done = NULL;
    Py_ssize_t count = (Py_ssize_t)strlen(takes);

    if (PyTuple_Size(args) != count) {
        PyErr_Format(PyExc_TypeError, "%zd arguments, please", count);
        return NULL;
    }
    for (Py_ssize_t k = 0; k < count; k++) {
        PyObject *one = PyTuple_GetItem(args, k);
        given[k] = (Given){0};
        if (takes[k] == 'n') {
            given[k].number = PyFloat_AsDouble(one);
            if (PyErr_Occurred())
                goto end;
            continue;
        }
        if (takes[k] == 'o') {
            given[k].at = one;
            continue;
        }
        Py_buffer *view = &views[held];
        if (PyObject_GetBuffer(one, view, isupper(takes[k]) ? PyBUF_CONTIG : PyBUF_CONTIG_RO) < 0)
            goto end;
        held++;
        if (view->itemsize != size_of(takes[k])) {
            PyErr_Format(PyExc_ValueError, "argument %zd has values of %zd bytes", k + 1, view->itemsize);
            goto end;
        }
        given[k].at = view->buf;
        given[k].count = view->len / view->itemsize;
    }
    Py_ssize_t told = loop ? loop(given) : maker(given, &done);
    if (told == NO_MEMORY)
        PyErr_NoMemory();
    else if (told == TOO_SHORT)
        PyErr_SetString(PyExc_ValueError, "an array has too few values");
    else if (told != FAILED && !done)
        done = PyLong_FromSsize_t(told);
end:
    while (held)
        PyBuffer_Release(&views[--held]);
    return done;
}

#define LOOP(name, takes)                                                                                    \
    static PyObject *called_##name(PyObject *Py_UNUSED(self), PyObject *args)                                \
    {                                                                                                        \
        return call(name, NULL, takes, args);                                                                      \
    }

LOOP(find_owners, "fddlnb" "L")
LOOP(take_back_hanging, "ifbn" "L")
LOOP(find_lines, "iflbbbn" "IBLL")
LOOP(sort_rules, "fnnn" "FFL")
LOOP(join_rules, "dnnn" "D")
LOOP(cross_text, "ibfdn" "B")
LOOP(connect_rules, "ddnn" "LLBB")
LOOP(find_cells, "ddbn" "DDLLBBL")
LOOP(tell_letters, "bbl" "I")
LOOP(find_margins, "ibbld" "D")
LOOP(measure_seams, "ibbldnb" "LLDDDB")
LOOP(see_breaks, "ibbllbdddd" "B")
LOOP(count_kinds, "ib" "L")
LOOP(look_up, "iiibn" "IB")
LOOP(fold, "iibb" "I")

static PyObject *called_lay_out(PyObject *Py_UNUSED(self), PyObject *args)
{
    return call(NULL, lay_out, "ff" "ifbbb" "bbb" "nnnnnnnn" "nn" "oooo", args);
}

static PyObject *called_see_pages(PyObject *Py_UNUSED(self), PyObject *args)
{
    return call(NULL, see_pages, "wWnnnnb", args);
}

static PyMethodDef methods[] = {
    {"many", many, METH_VARARGS, NULL},
    {"find_owners", called_find_owners, METH_VARARGS, NULL},
    {"take_back_hanging", called_take_back_hanging, METH_VARARGS, NULL},
    {"find_lines", called_find_lines, METH_VARARGS, NULL},
    {"sort_rules", called_sort_rules, METH_VARARGS, NULL},
    {"join_rules", called_join_rules, METH_VARARGS, NULL},
    {"cross_text", called_cross_text, METH_VARARGS, NULL},
    {"connect_rules", called_connect_rules, METH_VARARGS, NULL},
    {"find_cells", called_find_cells, METH_VARARGS, NULL},
    {"tell_letters", called_tell_letters, METH_VARARGS, NULL},
    {"see_pages", called_see_pages, METH_VARARGS, NULL},
    {"lay_out", called_lay_out, METH_VARARGS, NULL},
    {"find_margins", called_find_margins, METH_VARARGS, NULL},
    {"measure_seams", called_measure_seams, METH_VARARGS, NULL},
    {"see_breaks", called_see_breaks, METH_VARARGS, NULL},
    {"count_kinds", called_count_kinds, METH_VARARGS, NULL},
    {"look_up", called_look_up, METH_VARARGS, NULL},
    {"fold", called_fold, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyModuleDef_Slot slots[] = {{0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_loops", NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__loops(void)
{
    return PyModuleDef_Init(&module);
}
