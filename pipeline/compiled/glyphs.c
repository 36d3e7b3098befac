/* What PDFium tells of a page's characters -> the glyphs that show on it: see read/placed.py. */

#include "pdfium.h"

/* What is told of the characters of a page. */
typedef struct {
    const uint32_t *code;
    Handle *holder;
    double (*origin)[2]; /* of the first of each run that one object holds, at least */
    float (*advance)[4];
    int32_t *unmapped;
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
static Box box_of(const Drawn *drawn, Py_ssize_t k)
{
    const float *advance = drawn->advance[k];
    float x0 = (float)(advance[0] - drawn->left), x1 = (float)(advance[2] - drawn->left);
    float y0 = (float)(drawn->top - advance[1]), y1 = (float)(drawn->top - advance[3]);
    return (Box){x0 < x1 ? x0 : x1, y0 < y1 ? y0 : y1, x0 < x1 ? x1 : x0, y0 < y1 ? y1 : y0};
}

static float size_of(Box box)
{
    float wide = box.right - box.left, high = box.bottom - box.top;
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
    float *sizes = malloc((size_t)drawn->count * sizeof *sizes + 1), found = NO_INK;
    Py_ssize_t inked = 0;
    if (!sizes)
        return NO_MEMORY;
    for (Py_ssize_t k = 0; k < drawn->count; k++)
        if (has_ink(drawn, code_of(drawn, k)))
            sizes[inked++] = size_of(box_of(drawn, k));
    if (inked)
        found = middle(sizes, inked);
    free(sizes);
    return found;
}

/* The number of the object with this handle, as a rule the one at or behind `guess`, which is moved there;
   the last one is for text that none holds. */
static Py_ssize_t object_of(const Objects *objects, Handle handle, Py_ssize_t *guess)
{
    Py_ssize_t none = objects->texts - 1;
    for (Py_ssize_t k = 0; handle && k < none; k++) {
        Py_ssize_t object = (*guess + k) % none;
        if (objects->text[object] == handle)
            return *guess = object;
    }
    return none;
}

static int is_level(const float *axes)
{
    return fabsf(axes[0]) >= fabsf(axes[1]) && !(axes[0] < 0);
}

static int place(const Drawn *drawn, const Objects *objects, const Visible *visible, Glyphs *seen)
{
    Py_ssize_t object = 0, guess = 0;
    const Box *clip = NULL;
    const float *axes = NULL;
    float start = 0, base = 0, usual = NOT_KNOWN;
    for (Py_ssize_t k = 0; k < drawn->count; k++) {
        uint32_t code = code_of(drawn, k);
        Handle holder = drawn->holder[k];
        Box box = box_of(drawn, k);
        if (k == 0 || holder != drawn->holder[k - 1]) {
            object = object_of(objects, holder, &guess);
            clip = &objects->clip[object];
            axes = objects->axes[object];
            if (!is_level(axes))
                return NOT_PLAIN;
            float begins = (float)(drawn->origin[k][0] - drawn->left);
            base = (float)(drawn->top - drawn->origin[k][1]);
            float low = fabsf(begins - box.left), high = fabsf(begins - box.right);
            start = low < high ? low : high;
        }
        if (drawn->code[k] <= 32 && !holder)
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
                box.top = (float)(below - em);
                box.bottom = (float)below;
            }
        }
        float x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
        if (!(x >= (clip->left > 0 ? clip->left : 0)) || !(y >= (clip->top > 0 ? clip->top : 0))
            || !(x <= (clip->right < visible->width ? clip->right : visible->width))
            || !(y <= (clip->bottom < visible->height ? clip->bottom : visible->height)))
            continue;
        float along = fabsf(axes[0]), across = fabsf(axes[1]);
        seen->code[seen->count] = code;
        seen->box[seen->count] = box;
        seen->is_hidden[seen->count] = objects->is_hidden[object];
        seen->is_askew[seen->count++] = across > 0.05f * along; /* `along` is longer where text is level */
    }
    return 0;
}

int see_glyphs(const Pdfium *call, Handle text, const uint32_t *code, Py_ssize_t count, const Visible *visible,
               const Objects *objects, const uint8_t *is_inked, Glyphs *seen)
{
    Drawn drawn = {.code = code, .is_inked = is_inked, .left = visible->left, .top = visible->top, .count = count};
    void *room = calloc((size_t)count + 1, sizeof(Handle) + 2 * sizeof(double) + 5 * sizeof(float));
    if (!room)
        return NO_MEMORY;
    drawn.origin = room;
    drawn.holder = (Handle *)(drawn.origin + count);
    drawn.advance = (float (*)[4])(drawn.holder + count);
    drawn.unmapped = (int32_t *)(drawn.advance + count);
    int told = 0;
    for (int k = 0; k < count && !told; k++) {
        if ((code[k] & 0xFFFFF800) == 0xD800)
            told = NOT_PLAIN; /* half a character */
        drawn.holder[k] = call->text_object(text, k);
        drawn.unmapped[k] = call->is_unmapped(text, k);
        call->advance_box(text, k, drawn.advance[k]);
        if (k == 0 || drawn.holder[k] != drawn.holder[k - 1])
            call->glyph_origin(text, k, &drawn.origin[k][0], &drawn.origin[k][1]);
    }
    if (!told)
        told = place(&drawn, objects, visible, seen);
    free(room);
    return told;
}
