/* Pages of PDFium -> what is seen on them, several at one go: see read/seen.py. */

#include "pdfium.h"

/* In the order in which read/seen.py gives them. */
enum { FUNCTIONS, OPEN, FIRST, MOST, NARROW, THICKNESS, IS_INKED };

/* A document, and the page of it and its text that are open or null. */
typedef struct {
    Handle document, page, text;
} Open;

/* What a page was seen in. The first place in each piece is where it begins. */
typedef struct {
    Visible visible;
    Objects objects;
    Glyphs glyphs;
    uint16_t *units;
    uint32_t *code;
    float *vertical, *horizontal;
    Py_ssize_t characters, written, uprights, levels;
} Seen;

static int make_room_for_objects(Seen *seen, Py_ssize_t most)
{
    Objects *to = &seen->objects;
    size_t count = (size_t)most + 1;
    to->text = malloc(count * (3 * sizeof(Handle) + 4 * 16 + 2 * 12 + 8 + 1));
    if (!to->text)
        return NO_MEMORY;
    to->image = to->text + count;
    to->path = to->image + count;
    to->clip = (Box *)(to->path + count);
    to->rule = to->clip + count;
    to->around = to->rule + count;
    to->axes = (float (*)[4])(to->around + count);
    seen->vertical = (float *)(to->axes + count);
    seen->horizontal = seen->vertical + 3 * count;
    to->mode = (int32_t (*)[2])(seen->horizontal + 3 * count);
    to->is_hidden = (uint8_t *)(to->mode + count);
    return 0;
}

static int make_room_for_glyphs(Seen *seen, Py_ssize_t most)
{
    Glyphs *to = &seen->glyphs;
    size_t count = (size_t)most + 1;
    to->box = malloc(count * (sizeof(Box) + 2 * sizeof(uint32_t) + sizeof(uint16_t) + 2));
    if (!to->box)
        return NO_MEMORY;
    to->code = (uint32_t *)(to->box + count);
    seen->code = to->code + count;
    seen->units = (uint16_t *)(seen->code + count);
    to->is_hidden = (uint8_t *)(seen->units + count);
    to->is_askew = to->is_hidden + count;
    return 0;
}

/* Something of a page is left to be seen while it is open: what pictures cover, outlines of large shapes. */
static int is_left(const Seen *seen)
{
    return seen->objects.images || seen->objects.large;
}

static int see_shapes(const Given *given, const Pdfium *call, Open *open, Seen *seen)
{
    const Visible *visible = &seen->visible;
    int64_t sorted[2] = {0, 0};
    int count = call->count_objects(open->page);
    Py_ssize_t most = count > 0 ? count : 0;
    if (make_room_for_objects(seen, most))
        return NO_MEMORY;
    int told = see_objects(call, open->page, (int)most, visible, (float)given[NARROW].number,
                           (float)given[THICKNESS].number, &seen->objects);
    if (seen->objects.blanks && open->text) { /* it is from before they were made to count */
        call->close_text(open->text);
        open->text = NULL;
    }
    if (told || is_left(seen))
        return told;
    Given rules[] = {{seen->objects.rule, 4 * seen->objects.thin, 0}, {.number = visible->width},
                     {.number = visible->height}, given[THICKNESS], {seen->vertical, 3 * most, 0},
                     {seen->horizontal, 3 * most, 0}, {sorted, 2, 0}};
    told = (int)sort_rules(rules);
    seen->uprights = (Py_ssize_t)sorted[0];
    seen->levels = (Py_ssize_t)sorted[1];
    return told;
}

static int see_text(const Given *given, const Pdfium *call, Open *open, Seen *seen)
{
    if (!open->text && !(open->text = call->load_text(open->page)))
        return NOT_PLAIN; /* what goes the long way will say so */
    int count = call->count_characters(open->text);
    seen->characters = count > 0 ? count : 0;
    if (make_room_for_glyphs(seen, seen->characters))
        return NO_MEMORY;
    int written = count > 0 ? call->all_text(open->text, 0, count, seen->units) - 1 : 0;
    seen->written = written > 0 ? written : 0; /* glyphs without Unicode are left out */
    for (int k = 0; k < count; k++)
        seen->code[k] = written == count ? seen->units[k] : call->unicode_of(open->text, k);
    return see_glyphs(call, open->text, seen->code, seen->characters, &seen->visible, &seen->objects,
                      given[IS_INKED].at, &seen->glyphs);
}

static PyObject *bytes(const void *values, Py_ssize_t count, size_t size)
{
    return PyBytes_FromStringAndSize(values, count * (Py_ssize_t)size);
}

static PyObject *values(const Seen *seen)
{
    const Objects *objects = &seen->objects;
    const Glyphs *glyphs = &seen->glyphs;
    PyObject *left = !is_left(seen)
                       ? Py_NewRef(Py_None)
                       : Py_BuildValue("(NNNNN)", bytes(objects->rule, objects->thin, sizeof(Box)),
                                       bytes(objects->image, objects->images, sizeof(Handle)),
                                       bytes(objects->path, objects->large, sizeof(Handle)),
                                       bytes(objects->mode, objects->large, sizeof *objects->mode),
                                       bytes(objects->around, objects->large, sizeof(Box)));
    return Py_BuildValue("(ddNNNNNNNN)", seen->visible.width, seen->visible.height,
                         bytes(seen->units, seen->written, sizeof *seen->units),
                         bytes(glyphs->code, glyphs->count, sizeof *glyphs->code),
                         bytes(glyphs->box, glyphs->count, sizeof(Box)),
                         bytes(glyphs->is_hidden, glyphs->count, 1), bytes(glyphs->is_askew, glyphs->count, 1),
                         bytes(seen->vertical, seen->uprights, 3 * sizeof(float)),
                         bytes(seen->horizontal, seen->levels, 3 * sizeof(float)), left);
}

/* What is seen on a page that is open; null where it goes the long way, or for a fault, which `told` says. */
static PyObject *see_page(const Given *given, const Pdfium *call, Open *open, int *told, int *left)
{
    Seen seen = {0};
    float box[4] = {0}; /* left, top, right, bottom */
    PyObject *made = NULL;
    call->page_box(open->page, box);
    double wide = (double)box[2] - box[0], high = (double)box[1] - box[3];
    seen.visible = (Visible){box[0], box[1], wide, high};
    *told = call->page_rotation(open->page) % 4 ? NOT_PLAIN : see_shapes(given, call, open, &seen);
    if (!*told)
        *told = see_text(given, call, open, &seen);
    if (!*told && !(made = values(&seen)))
        *told = FAILED;
    *left = is_left(&seen);
    free(seen.objects.text);
    free(seen.glyphs.box);
    return made;
}

Py_ssize_t see_pages(const Given *given, PyObject **made)
{
    Pdfium call;
    Open open;
    int first = (int)given[FIRST].number, most = (int)given[MOST].number, told = 0, left = 0;
    NEEDS(FUNCTIONS, (Py_ssize_t)(sizeof call / sizeof(word)));
    NEEDS(OPEN, (Py_ssize_t)(sizeof open / sizeof(word)));
    NEEDS(IS_INKED, ANY_INK + 1);
    memcpy(&call, given[FUNCTIONS].at, sizeof call);
    memcpy(&open, given[OPEN].at, sizeof open);
    PyObject *all = PyList_New(0);
    for (int k = 0; all && k < most && !told && !left; k++) {
        if (!open.page && !(open.page = call.load_page(open.document, first + k)))
            break;
        PyObject *page = see_page(given, &call, &open, &told, &left);
        if (page && PyList_Append(all, page) < 0)
            told = FAILED;
        Py_XDECREF(page);
        if (!told && !left) {
            call.close_text(open.text);
            call.close_page(open.page);
            open.page = open.text = NULL;
        }
    }
    memcpy(given[OPEN].at, &open, sizeof open);
    if (all && told && told != NOT_PLAIN)
        Py_CLEAR(all);
    *made = all;
    return all ? 0 : told ? told : FAILED;
}
