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

/* The middle size of the glyphs with ink; 0 where none has any, below 0 where memory is short. */
static float usual_size(const Drawn *drawn)
{
    float *sizes = malloc((size_t)drawn->count * sizeof *sizes + 1), box[4], found = 0;
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

Py_ssize_t place_glyphs(const Given *given)
{
    Drawn drawn = {given[0].at,     given[2].at,     given[3].at,   given[13].at,
                   given[5].number, given[6].number, given[0].count};
    Objects objects = {given[9].at, given[10].at, given[11].at, given[12].at, given[9].count};
    const word *holder = given[1].at;
    const double *origins = given[4].at;
    double width = given[7].number, height = given[8].number;
    uint32_t *codes = given[14].at;
    float *boxes = given[15].at;
    uint8_t *hidden = given[16].at, *askew = given[17].at;

    NEEDS(1, drawn.count);
    NEEDS(2, drawn.count);
    NEEDS(3, 4 * drawn.count);
    NEEDS(4, 2 * drawn.count);
    NEEDS(9, 1);
    NEEDS(10, objects.count);
    NEEDS(11, 4 * objects.count);
    NEEDS(12, 4 * objects.count);
    NEEDS(13, ANY_INK + 1);
    NEEDS(14, drawn.count);
    NEEDS(15, 4 * drawn.count);
    NEEDS(16, drawn.count);
    NEEDS(17, drawn.count);

    Py_ssize_t object = 0, guess = 0, shown = 0;
    const float *clip = NULL, *axes = NULL;
    float start = 0, base = 0, usual = -1;
    for (Py_ssize_t k = 0; k < drawn.count; k++) {
        uint32_t code = code_of(&drawn, k);
        float box[4];
        move(&drawn, k, box);
        if (k == 0 || holder[k] != holder[k - 1]) {
            object = object_of(&objects, holder[k], &guess);
            clip = objects.clip + 4 * object;
            axes = objects.axes + 4 * object;
            if (!is_level(axes))
                return NOT_PLAIN;
            float begins = (float)(origins[2 * k] - drawn.left);
            base = (float)(drawn.top - origins[2 * k + 1]);
            float low = fabsf(begins - box[0]), high = fabsf(begins - box[2]);
            start = low < high ? low : high;
        }
        if (drawn.code[k] <= 32 && !holder[k])
            continue;
        float em = fabsf(axes[3]);
        if (fabsf(axes[1]) < 0.05f * fabsf(axes[0]) && start < 0.35f * em) {
            float ink = size_of(box);
            if (!has_ink(&drawn, code)) {
                if (usual == -1 && (usual = usual_size(&drawn)) == NO_MEMORY)
                    return NO_MEMORY;
                ink = usual ? usual : ink;
            }
            if (em > 0.3f * ink && em < 8 * ink) {
                double below = base + (axes[3] < 0 ? 0.12 : 1 - 0.12) * em;
                box[1] = (float)(below - em);
                box[3] = (float)below;
            }
        }
        float x = (box[0] + box[2]) / 2, y = (box[1] + box[3]) / 2;
        if (!(x >= (clip[0] > 0 ? clip[0] : 0)) || !(y >= (clip[1] > 0 ? clip[1] : 0))
            || !(x <= (clip[2] < width ? clip[2] : width)) || !(y <= (clip[3] < height ? clip[3] : height)))
            continue;
        float along = fabsf(axes[0]), across = fabsf(axes[1]);
        codes[shown] = code;
        memcpy(boxes + 4 * shown, box, sizeof box);
        hidden[shown] = objects.hidden[object];
        askew[shown] = across > 0.05f * along; /* `along` is the longer one where text is level */
        shown++;
    }
    return shown;
}
