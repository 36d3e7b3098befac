/* A plain page -> its table and its lines of text, as values of Python, at one go: see tables/grid.py. */

#include "loops.h"

enum { LOOSE = -1, STRAY = -2, MOST_CROSSINGS = 1000000 };

/* What the loops find on a page, in one piece of memory. */
typedef struct {
    double *x, *y;
    int64_t *cell, (*spans)[4], *owner, (*groups)[5], mesh[2], told[4];
    uint32_t *text;
    Place *places;
    uint8_t *closed_top, *closed_bottom;
    Py_ssize_t cells, groups_found, hidden;
} Found;

/* The loops in their order, from a frame on; how many cells there are, or what else a loop answers. */
static Py_ssize_t find(const Given *given, const Frame *frame, Found *to)
{
    Py_ssize_t count = given[CODE].count, across = frame->uprights, down = frame->levels, told;
    Py_ssize_t room = across * down;
    to->x = malloc(8 * (size_t)(across + down + 5 * room + 6 * count) + 28 * (size_t)count + 2 * (size_t)across + 1);
    if (!to->x)
        return NO_MEMORY;
    to->y = to->x + across;
    to->cell = (int64_t *)(to->y + down);
    to->spans = (int64_t (*)[4])(to->cell + room);
    to->owner = (int64_t *)(to->spans + room);
    to->groups = (int64_t (*)[5])(to->owner + count);
    to->text = (uint32_t *)(to->groups + count);
    to->places = (Place *)(to->text + 2 * count);
    to->closed_top = (uint8_t *)(to->places + count);
    to->closed_bottom = to->closed_top + across;
    Given cells[] = {{frame->upright, 3 * across, 0}, {frame->level, 3 * down, 0}, {frame->is_drawn, down, 0},
                     given[RULE_SNAP], {to->x, across, 0}, {to->y, down, 0}, {to->cell, room, 0},
                     {to->spans, 4 * room, 0}, {to->closed_top, across, 0}, {to->closed_bottom, across, 0},
                     {to->mesh, 2, 0}};
    if ((to->cells = find_cells(cells)) <= 0)
        return to->cells ? to->cells : NOT_PLAIN;
    Py_ssize_t columns = (Py_ssize_t)to->mesh[0], rows = (Py_ssize_t)to->mesh[1];
    Given owner = {to->owner, count, 0};
    for (Py_ssize_t k = 0; k < count; k++)
        to->owner[k] = LOOSE;
    Given owners[] = {given[BOX], {to->x, columns + 1, 0}, {to->y, rows + 1, 0}, {to->cell, rows * columns, 0},
                      {.number = 0}, given[ASKEW], owner};
    if ((told = find_owners(owners)) != 0) /* glyphs that may be of a watermark */
        return told < 0 ? told : NOT_PLAIN;
    Given hanging[] = {given[CODE], given[BOX], given[NEVER_STARTS], {.number = STRAY}, owner};
    if ((told = take_back_hanging(hanging)) < 0)
        return told;
    Given lines[] = {given[CODE], given[BOX], owner, given[TURN], given[IS_BLANK], given[HAS_OWN_SPACE],
                     given[LINE_GAP], {to->text, 2 * count, 0}, {to->places, 20 * count, 0},
                     {to->groups, 5 * count, 0}, {to->told, 4, 0}};
    if ((to->groups_found = find_lines(lines)) < 0)
        return to->groups_found;
    for (Py_ssize_t k = 1; k < to->groups_found; k++)
        if (to->groups[k][0] <= to->groups[k - 1][0])
            return NOT_PLAIN;
    const uint8_t *is_hidden = given[HIDDEN].at, *is_blank = given[IS_BLANK].at;
    const uint32_t *code = given[CODE].at, last = (uint32_t)given[IS_BLANK].count - 1;
    to->hidden = 0;
    for (Py_ssize_t k = 0; k < count; k++)
        to->hidden += is_hidden[k] && !is_blank[code[k] < last ? code[k] : last];
    return to->cells;
}

/* ---------------------------------------------------------------------------------- values of Python */

/* A tuple, or a value of a class of named ones, of the values at `of`, which are taken over; null where one
   is missing. */
static PyObject *tuple_of(PyTypeObject *class, PyObject **of, Py_ssize_t count)
{
    PyObject *made = class ? PyType_GenericAlloc(class, count) : PyTuple_New(count);
    for (Py_ssize_t k = 0; k < count; k++) {
        if (made && of[k])
            PyTuple_SetItem(made, k, of[k]);
        else {
            Py_XDECREF(of[k]);
            Py_CLEAR(made);
        }
    }
    return made;
}

/* Numbers -> a list of them as Python has them. */
static PyObject *floats(const double *of, Py_ssize_t count)
{
    PyObject *made = PyList_New(count);
    for (Py_ssize_t k = 0; made && k < count; k++) {
        PyObject *one = PyFloat_FromDouble(of[k]);
        if (!one)
            Py_CLEAR(made);
        else
            PyList_SetItem(made, k, one);
    }
    return made;
}

static PyObject *box(PyObject *x, PyObject *y, Py_ssize_t left, Py_ssize_t top, Py_ssize_t right, Py_ssize_t foot)
{
    PyObject *sides[] = {PyList_GetItem(x, left), PyList_GetItem(y, top), PyList_GetItem(x, right),
                         PyList_GetItem(y, foot)};
    for (int k = 0; k < 4; k++)
        Py_XINCREF(sides[k]);
    return tuple_of(NULL, sides, 4);
}

/* The `Lines` of one owner: made without `__init__`, which only puts each field in its place. */
static PyObject *lines_of(const Given *given, const Found *found, PyObject *text, const int64_t *group,
                          PyObject *const *names)
{
    PyTypeObject *class = given[LINES].at;
    PyObject *nothing = PyTuple_New(0), *scores = Py_None;
    PyObject *made = nothing ? ((newfunc)PyType_GetSlot(class, Py_tp_new))(class, nothing, NULL) : NULL;
    PyObject *own = PyUnicode_Substring(text, (Py_ssize_t)group[3], (Py_ssize_t)group[4]);
    PyObject *places = PyBytes_FromStringAndSize((const char *)(found->places + group[1]),
                                                 (Py_ssize_t)sizeof(Place) * (Py_ssize_t)(group[2] - group[1]));
    if (made && (!own || !places || PyObject_SetAttr(made, names[0], own) < 0
                 || PyObject_SetAttr(made, names[1], places) < 0 || PyObject_SetAttr(made, names[2], scores) < 0))
        Py_CLEAR(made);
    Py_XDECREF(nothing);
    Py_XDECREF(own);
    Py_XDECREF(places);
    return made;
}

/* The lines outside the table, one by one. */
static PyObject *loose_lines(const Given *given, const Found *found, PyObject *text, const int64_t *group)
{
    Py_ssize_t count = group ? (Py_ssize_t)(group[2] - group[1]) : 0, start = group ? (Py_ssize_t)group[3] : 0;
    PyObject *made = PyTuple_New(count);
    for (Py_ssize_t k = 0; made && k < count; k++) {
        Place place = found->places[group[1] + k];
        PyObject *fields[] = {PyUnicode_Substring(text, start, start + (Py_ssize_t)place.length),
                              PyFloat_FromDouble(place.x0), PyFloat_FromDouble(place.y0),
                              PyFloat_FromDouble(place.x1), PyFloat_FromDouble(place.y1), PyFloat_FromDouble(1)};
        PyObject *line = tuple_of(given[LINE].at, fields, 6);
        start += (Py_ssize_t)place.length + 1;
        if (!line)
            Py_CLEAR(made);
        else
            PyTuple_SetItem(made, k, line);
    }
    return made;
}

static int is_cut(const uint8_t *closed, Py_ssize_t from, Py_ssize_t to)
{
    while (from < to && closed[from])
        from++;
    return from < to;
}

/* The cells in their order. Groups of lines go up with their owners: `next` is the first of a cell's. */
static PyObject *cells_of(const Given *given, const Found *found, PyObject *x, PyObject *y, PyObject *text,
                          Py_ssize_t next)
{
    static const char *const fields_of_lines[] = {"text", "places", "scores"};
    PyObject *names[3] = {NULL}, *made = PyTuple_New(found->cells);
    for (int k = 0; made && k < 3; k++)
        if (!(names[k] = PyUnicode_InternFromString(fields_of_lines[k])))
            Py_CLEAR(made);
    for (Py_ssize_t k = 0; made && k < found->cells; k++) {
        const int64_t *span = found->spans[k], *group = found->groups[next];
        Py_ssize_t row = (Py_ssize_t)span[0], column = (Py_ssize_t)span[1];
        Py_ssize_t foot = row + (Py_ssize_t)span[2], right = column + (Py_ssize_t)span[3];
        int has_lines = next < found->groups_found && group[0] == k;
        PyObject *none = given[NO_LINES].at;
        if (!has_lines)
            Py_INCREF(none);
        PyObject *fields[] = {
            PyLong_FromSsize_t(row), PyLong_FromSsize_t(column), PyLong_FromSsize_t(foot - row),
            PyLong_FromSsize_t(right - column), box(x, y, column, row, right, foot),
            has_lines ? lines_of(given, found, text, group, names) : none,
            PyBool_FromLong(row == 0 && is_cut(found->closed_top, column, right)),
            PyBool_FromLong(foot == found->mesh[1] && is_cut(found->closed_bottom, column, right))};
        PyObject *cell = tuple_of(given[CELL].at, fields, 8);
        next += has_lines;
        if (!cell)
            Py_CLEAR(made);
        else
            PyTuple_SetItem(made, k, cell);
    }
    for (int k = 0; k < 3; k++)
        Py_XDECREF(names[k]);
    return made;
}

/* What was found -> (table's box, rows, columns, cells, edges open, loose lines, counts of glyphs). */
static PyObject *values(const Given *given, const Frame *frame, const Found *found)
{
    int order = PY_BIG_ENDIAN ? 1 : -1;
    Py_ssize_t columns = (Py_ssize_t)found->mesh[0], rows = (Py_ssize_t)found->mesh[1];
    PyObject *x = floats(found->x, columns + 1), *y = floats(found->y, rows + 1), *made = NULL;
    PyObject *text = PyUnicode_DecodeUTF32((const char *)found->text, 4 * (Py_ssize_t)found->told[0], "replace", &order);
    int is_any_loose = found->groups_found && found->groups[0][0] == LOOSE;
    if (x && y && text) {
        PyObject *all[] = {
            box(x, y, 0, 0, columns, rows), PyLong_FromSsize_t(rows), PyLong_FromSsize_t(columns),
            cells_of(given, found, x, y, text, is_any_loose), PyBool_FromLong(frame->open_top),
            PyBool_FromLong(frame->open_bottom),
            loose_lines(given, found, text, is_any_loose ? found->groups[0] : NULL),
            PyLong_FromLongLong(found->told[2]), PyLong_FromLongLong(found->told[3]),
            PyLong_FromSsize_t(found->hidden)};
        made = tuple_of(NULL, all, sizeof all / sizeof *all);
    }
    Py_XDECREF(x);
    Py_XDECREF(y);
    Py_XDECREF(text);
    return made;
}

static int is_of_tuples(PyObject *class)
{
    return PyType_Check(class) && PyType_IsSubtype((PyTypeObject *)class, &PyTuple_Type);
}

Py_ssize_t lay_out(const Given *given, PyObject **made)
{
    Frame frame = {0};
    Found found = {0};
    Py_ssize_t uprights = given[VERTICAL].count / 3, all = uprights + given[HORIZONTAL].count / 3;
    NEEDS(HIDDEN, given[CODE].count);
    if (!is_of_tuples(given[CELL].at) || !is_of_tuples(given[LINE].at) || !PyType_Check(given[LINES].at)) {
        PyErr_SetString(PyExc_TypeError, "classes of cells and lines, please");
        return FAILED;
    }
    frame.upright = malloc((size_t)(uprights + all) * sizeof(Rule) + (size_t)all + 1);
    if (!frame.upright)
        return NO_MEMORY;
    frame.level = frame.upright + uprights;
    frame.is_drawn = (uint8_t *)(frame.level + all);
    Py_ssize_t told = find_frame(given, &frame);
    if (told == 1)
        told = frame.uprights * frame.levels <= MOST_CROSSINGS ? find(given, &frame, &found) : NOT_PLAIN;
    if (told > 0 && !(*made = values(given, &frame, &found)))
        told = FAILED;
    free(found.x);
    free(frame.upright);
    return told;
}
