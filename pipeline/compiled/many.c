/* One function of PDFium, called for every glyph or object of a page at one go.

   Told by its address, so nothing of PDFium is needed to build this. Its arguments and its result are
   handles, pointers and ints: on every system that PDFium is built for these are handed over in the same
   places as words, and what an int leaves of a word unsaid is cut off. The interpreter's lock is kept. */

#include "loops.h"

enum { MOST = 6 };

typedef struct {
    word start, step;
    const word *each; /* null: start, start + step, ... */
} Column;

static word called(word function, const word *a, int count)
{
    switch (count) {
    case 1: return ((word (*)(word))function)(a[0]);
    case 2: return ((word (*)(word, word))function)(a[0], a[1]);
    case 3: return ((word (*)(word, word, word))function)(a[0], a[1], a[2]);
    case 4: return ((word (*)(word, word, word, word))function)(a[0], a[1], a[2], a[3]);
    case 5: return ((word (*)(word, word, word, word, word))function)(a[0], a[1], a[2], a[3], a[4]);
    default: return ((word (*)(word, word, word, word, word, word))function)(a[0], a[1], a[2], a[3], a[4], a[5]);
    }
}

static void run(word function, Py_ssize_t rows, const Column *columns, int count, char *results, Py_ssize_t size)
{
    for (Py_ssize_t row = 0; row < rows; row++) {
        word arguments[MOST];
        for (int k = 0; k < count; k++)
            arguments[k] = columns[k].each ? columns[k].each[row] : columns[k].start + columns[k].step * (word)row;
        word result = called(function, arguments, count);
        if (size == 4) {
            uint32_t low = (uint32_t)result;
            memcpy(results + 4 * row, &low, 4);
        } else if (size) {
            memcpy(results + size * row, &result, sizeof result);
        }
    }
}

/* many(function, arguments, room, pointers, results): see _loops.pyi. */
PyObject *many(PyObject *Py_UNUSED(self), PyObject *args)
{
    unsigned long long function;
    PyObject *given, *room_given, *results_given;
    int pointers, count = 0, held = 0;
    Py_buffer views[MOST], room = {0}, results = {0};
    Column columns[MOST];
    Py_ssize_t rows = -1, size = 0;
    PyObject *done = NULL;

    if (!PyArg_ParseTuple(args, "KO!OiO", &function, &PyTuple_Type, &given, &room_given, &pointers, &results_given))
        return NULL;
    Py_ssize_t told = PyTuple_Size(given);
    if (told < 0 || pointers < 0 || told + pointers < 1 || told + pointers > MOST) {
        PyErr_SetString(PyExc_ValueError, "between one and six arguments, please");
        return NULL;
    }
    for (; count < told; count++) {
        PyObject *one = PyTuple_GetItem(given, count);
        if (PyLong_Check(one)) {
            columns[count] = (Column){(word)PyLong_AsUnsignedLongLongMask(one), 0, NULL};
            if (PyErr_Occurred())
                goto end;
            continue;
        }
        if (PyObject_GetBuffer(one, &views[held], PyBUF_CONTIG_RO) < 0)
            goto end;
        held++;
        columns[count] = (Column){0, 0, views[held - 1].buf};
        Py_ssize_t length = views[held - 1].len / (Py_ssize_t)sizeof(word);
        if (views[held - 1].itemsize != sizeof(word) || (rows >= 0 && rows != length)) {
            PyErr_SetString(PyExc_ValueError, "columns must be of words, and equally long");
            goto end;
        }
        rows = length;
    }
    if (rows < 0) {
        PyErr_SetString(PyExc_ValueError, "no column tells how many calls are wanted");
        goto end;
    }
    if (pointers) {
        if (PyObject_GetBuffer(room_given, &room, PyBUF_CONTIG) < 0)
            goto end;
        Py_ssize_t width = rows ? room.len / rows : 0;
        if (width * rows != room.len || (rows && (width % room.itemsize || width < pointers * room.itemsize))) {
            PyErr_SetString(PyExc_ValueError, "the room has not a row for each call");
            goto end;
        }
        for (int k = 0; k < pointers; k++, count++)
            columns[count] = (Column){(word)room.buf + (word)(k * room.itemsize), (word)width, NULL};
    }
    if (results_given != Py_None) {
        if (PyObject_GetBuffer(results_given, &results, PyBUF_CONTIG) < 0)
            goto end;
        size = results.itemsize;
        if ((size != 4 && size != sizeof(word)) || results.len != rows * size) {
            PyErr_SetString(PyExc_ValueError, "the results have not a place for each call");
            goto end;
        }
    }
    run((word)function, rows, columns, count, results.buf, size);
    done = Py_NewRef(Py_None);
end:
    while (held)
        PyBuffer_Release(&views[--held]);
    if (room.obj)
        PyBuffer_Release(&room);
    if (results.obj)
        PyBuffer_Release(&results);
    return done;
}
