/* What PDFium tells of a page's characters -> the glyphs that show on it: see read/glyphs.py. */

#include "loops.h"

enum { ANY_INK = 0x3001 };

typedef struct {
    const uint32_t *code;
    const int32_t *unmapped;
    const float *advance;
    const uint8_t *is_inked;
    double left, top;
    Py_ssize_t count;
} Drawn;

static uint32_t code_of(const Drawn *drawn, Py_ssize_t k)
{
    uint32_t code = drawn->code[k];
    if (code == 2 || code == 0xFFFE)
        code = '-'; /* a hyphen at a line's end, told so for searching */
    int is_control = code < 32 && code != 9 && code != 10 && code != 13;
    return is_control || code > 0x10FFFF || drawn->unmapped[k] ? 0 : code;
}

static int has_ink(const Drawn *drawn, uint32_t code)
{
    return drawn->is_inked[code < ANY_INK ? code : ANY_INK];
}

/* The box on the visible page, whose y runs down. */
static void move(const Drawn *drawn, Py_ssize_t k, float *box)
{
    const float *advance = drawn->advance + 4 * k;
    float x0 = (float)(advance[0] - drawn->left), x1 = (float)(advance[2] - drawn->left);
    float y0 = (float)(drawn->top - advance[1]), y1 = (float)(drawn->top - advance[3]);
    box[0] = x0 < x1 ? x0 : x1;
    box[1] = y0 < y1 ? y0 : y1;
    box[2] = x0 < x1 ? x1 : x0;
    box[3] = y0 < y1 ? y1 : y0;
}

static float size_of(const float *box)
{
    float wide = box[2] - box[0], high = box[3] - box[1];
    return wide > high ? wide : high;
}

/* The number in the middle, the larger of two, by Hoare's selection. */
static float middle(float *values, Py_ssize_t count)
{
    Py_ssize_t low = 0, high = count - 1, wanted = count / 2;
    while (low < high) {
        float pivot = values[(low + high) / 2];
        Py_ssize_t up = low, down = high;
        while (up <= down) {
            while (values[up] < pivot)
                up++;
            while (values[down] > pivot)
                down--;
            if (up <= down) {
                float moved = values[up];
                values[up++] = values[down];
                values[down--] = moved;
            }
        }
        if (wanted <= down)
            high = down;
        else if (wanted >= up)
            low = up;
        else
            break;
    }
    return values[wanted];
}

enum { NOT_KNOWN = -1, NO_INK = -5 }; /* instead of a size, as NO_MEMORY */

/* The middle size of the glyphs with ink. */
static float usual_size(const Drawn *drawn)
{
    float *sizes = malloc((size_t)drawn->count * sizeof *sizes + 1), box[4], found = NO_INK;
    Py_ssize_t inked = 0;
    if (!sizes)
        return NO_MEMORY;
    for (Py_ssize_t k = 0; k < drawn->count; k++)
        if (has_ink(drawn, code_of(drawn, k))) {
            move(drawn, k, box);
            sizes[inked++] = size_of(box);
        }
    if (inked)
        found = middle(sizes, inked);
    free(sizes);
    return found;
}

typedef struct {
    const word *handle;
    const uint8_t *hidden;
    const float *clip, *axes;
    Py_ssize_t count;
} Objects;

/* The number of the object with this handle, as a rule the one at or behind `guess`, which is moved there;
   the last one is for text that none holds, with a handle of 0. */
static Py_ssize_t object_of(const Objects *objects, word handle, Py_ssize_t *guess)
{
    for (Py_ssize_t k = 0; handle && k < objects->count; k++) {
        Py_ssize_t object = (*guess + k) % objects->count;
        if (objects->handle[object] == handle)
            return *guess = object;
    }
    return objects->count - 1;
}

static int is_level(const float *axes)
{
    return fabsf(axes[0]) >= fabsf(axes[1]) && !(axes[0] < 0);
}

typedef struct {
    double width, height;
    uint32_t *code;
    float *box;
    uint8_t *hidden, *askew;
} Shown;

/* `origins`: of the first character of each run that one object holds, at least. */
static Py_ssize_t placed(const Drawn *drawn, const Objects *objects, const word *holder, const double *origins,
                         const Shown *out)
{
    Py_ssize_t object = 0, guess = 0, shown = 0;
    const float *clip = NULL, *axes = NULL;
    float start = 0, base = 0, usual = NOT_KNOWN;
    for (Py_ssize_t k = 0; k < drawn->count; k++) {
        uint32_t code = code_of(drawn, k);
        float box[4];
        move(drawn, k, box);
        if (k == 0 || holder[k] != holder[k - 1]) {
            object = object_of(objects, holder[k], &guess);
            clip = objects->clip + 4 * object;
            axes = objects->axes + 4 * object;
            if (!is_level(axes))
                return NOT_PLAIN;
            float begins = (float)(origins[2 * k] - drawn->left);
            base = (float)(drawn->top - origins[2 * k + 1]);
            float low = fabsf(begins - box[0]), high = fabsf(begins - box[2]);
            start = low < high ? low : high;
        }
        if (drawn->code[k] <= 32 && !holder[k])
            continue;
        float em = fabsf(axes[3]);
        if (fabsf(axes[1]) < 0.05f * fabsf(axes[0]) && start < 0.35f * em) {
            float ink = size_of(box);
            if (!has_ink(drawn, code)) {
                if (usual == NOT_KNOWN && (usual = usual_size(drawn)) == NO_MEMORY)
                    return NO_MEMORY;
                ink = usual == NO_INK ? ink : usual;
            }
            if (em > 0.3f * ink && em < 8 * ink) {
                double below = base + (axes[3] < 0 ? 0.12 : 1 - 0.12) * em;
                box[1] = (float)(below - em);
                box[3] = (float)below;
            }
        }
        float x = (box[0] + box[2]) / 2, y = (box[1] + box[3]) / 2;
        if (!(x >= (clip[0] > 0 ? clip[0] : 0)) || !(y >= (clip[1] > 0 ? clip[1] : 0))
            || !(x <= (clip[2] < out->width ? clip[2] : out->width))
            || !(y <= (clip[3] < out->height ? clip[3] : out->height)))
            continue;
        float along = fabsf(axes[0]), across = fabsf(axes[1]);
        out->code[shown] = code;
        memcpy(out->box + 4 * shown, box, sizeof box);
        out->hidden[shown] = objects->hidden[object];
        out->askew[shown] = across > 0.05f * along; /* `along` is the longer one where text is level */
        shown++;
    }
    return shown;
}

/* In the order in which read/glyphs.py names them. */
typedef struct {
    word (*text_object)(void *text, int number);
    int (*is_unmapped)(void *text, int number);
    int (*advance_box)(void *text, int number, float box[4]);
    int (*glyph_origin)(void *text, int number, double *x, double *y);
} Functions;

Py_ssize_t see_glyphs(const Given *given)
{
    Drawn drawn = {given[0].at,     NULL,            NULL,          given[11].at,
                   given[3].number, given[4].number, given[0].count};
    Objects objects = {given[7].at, given[8].at, given[9].at, given[10].at, given[7].count};
    Shown out = {given[5].number, given[6].number, given[12].at, given[13].at, given[14].at, given[15].at};
    Py_ssize_t count = drawn.count;
    Functions call;
    NEEDS(1, (Py_ssize_t)(sizeof call / sizeof(word)));
    NEEDS(2, 1);
    NEEDS(7, 1);
    NEEDS(8, objects.count);
    NEEDS(9, 4 * objects.count);
    NEEDS(10, 4 * objects.count);
    NEEDS(11, ANY_INK + 1);
    NEEDS(12, count);
    NEEDS(13, 4 * count);
    NEEDS(14, count);
    NEEDS(15, count);

    memcpy(&call, given[1].at, sizeof call);
    void *text = (void *)*(const word *)given[2].at;
    word *holder = calloc((size_t)count + 1, sizeof(word) + 2 * sizeof(double) + 5 * sizeof(float));
    if (!holder)
        return NO_MEMORY;
    double *origins = (double *)(holder + count);
    float *advance = (float *)(origins + 2 * count);
    int32_t *unmapped = (int32_t *)(advance + 4 * count);
    drawn.unmapped = unmapped;
    drawn.advance = advance;
    for (int k = 0; k < count; k++) {
        if ((drawn.code[k] & 0xFFFFF800) == 0xD800) {
            free(holder);
            return NOT_PLAIN; /* half a character */
        }
        holder[k] = call.text_object(text, k);
        unmapped[k] = call.is_unmapped(text, k);
        call.advance_box(text, k, advance + 4 * k);
        if (k == 0 || holder[k] != holder[k - 1])
            call.glyph_origin(text, k, &origins[2 * k], &origins[2 * k + 1]);
    }
    Py_ssize_t shown = placed(&drawn, &objects, holder, origins, &out);
    free(holder);
    return shown;
}
