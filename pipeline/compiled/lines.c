/* Glyphs onto the cells and the lines that they stand on: see tables/grid.py and tables/letters.py. */

#include "loops.h"

typedef struct {
    double key;
    Py_ssize_t index;
} Entry;

static int comes_before(const Entry *one, const Entry *other)
{
    return one->key < other->key || (one->key == other->key && one->index < other->index);
}

/* By key, then by index. Glyphs come nearly sorted: merging what is sorted already costs one comparison. */
static void sort(Entry *entries, Entry *room, Py_ssize_t count)
{
    enum { RUN = 12 };
    for (Py_ssize_t start = 0; start < count; start += RUN) {
        Py_ssize_t stop = start + RUN < count ? start + RUN : count;
        for (Py_ssize_t k = start + 1; k < stop; k++) {
            if (!comes_before(&entries[k], &entries[k - 1]))
                continue;
            Entry moving = entries[k];
            Py_ssize_t to = k;
            for (; to > start && comes_before(&moving, &entries[to - 1]); to--)
                entries[to] = entries[to - 1];
            entries[to] = moving;
        }
    }
    for (Py_ssize_t run = RUN; run < count; run *= 2) {
        for (Py_ssize_t start = 0; start + run < count; start += 2 * run) {
            Py_ssize_t middle = start + run, stop = middle + run < count ? middle + run : count;
            if (!comes_before(&entries[middle], &entries[middle - 1]))
                continue;
            memcpy(room, entries + start, (size_t)run * sizeof *room);
            Py_ssize_t low = 0, high = middle, to = start;
            while (low < run && high < stop)
                entries[to++] = comes_before(&entries[high], &room[low]) ? entries[high++] : room[low++];
            while (low < run)
                entries[to++] = room[low++];
        }
    }
}

/* Between which of the edges a place is, -1 before the first; as a rule where the glyph before was. */
static Py_ssize_t position(const double *edges, Py_ssize_t count, double place, Py_ssize_t guess)
{
    Py_ssize_t low = 0, high = count;
    if (guess >= 0 && guess + 1 < count && edges[guess] < place && place <= edges[guess + 1])
        return guess;
    while (low < high) {
        Py_ssize_t middle = (low + high) / 2;
        if (edges[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

Py_ssize_t find_owners(const Given *given)
{
    const float *box = given[0].at;
    const double *x = given[1].at, *y = given[2].at;
    const int64_t *cell = given[3].at;
    int64_t first = (int64_t)given[4].number, *owner = given[6].at;
    const uint8_t *askew = given[5].at;
    Py_ssize_t columns = given[1].count - 1, rows = given[2].count - 1, column = -1, row = -1;
    float most = -INFINITY, least = INFINITY;
    int is_any_askew = 0;
    NEEDS(0, 4 * given[6].count);
    NEEDS(1, 1);
    NEEDS(2, 1);
    NEEDS(3, columns * rows);
    NEEDS(5, given[6].count);
    for (Py_ssize_t k = 0; k < given[6].count; k++, box += 4) {
        float high = box[3] - box[1];
        most = high > most ? high : most;
        least = high < least ? high : least;
        is_any_askew |= askew[k];
        column = position(x, columns + 1, (box[0] + box[2]) / 2, column);
        row = position(y, rows + 1, (box[1] + box[3]) / 2, row);
        if (column >= 0 && column < columns && row >= 0 && row < rows)
            owner[k] = first + cell[row * columns + column];
    }
    return is_any_askew || most > 2 * least;
}

Py_ssize_t take_back_hanging(const Given *given)
{
    const uint32_t *code = given[0].at;
    const float *box = given[1].at;
    const uint8_t *never_starts = given[2].at;
    int64_t stray = (int64_t)given[3].number, *owner = given[4].at;
    int is_taken = 0;
    NEEDS(0, given[4].count);
    NEEDS(1, 4 * given[4].count);
    NEEDS(2, 0x10000);
    for (Py_ssize_t k = 1; k < given[4].count; k++) {
        const float *last = box + 4 * (k - 1), *this = box + 4 * k;
        float high = this[3] - this[1];
        is_taken = owner[k] != owner[k - 1] && (is_taken || (owner[k - 1] >= 0 && owner[k] != stray))
                && fabsf(this[0] - last[2]) < 0.1f * high && fabsf(this[1] - last[1]) < 0.2f * high
                && never_starts[code[k] < 0xFFFF ? code[k] : 0xFFFF];
        if (is_taken)
            owner[k] = owner[k - 1];
    }
    return 0;
}

/* ------------------------------------------------------------------------------------------- lines */

enum { UNMAPPED = 0xFFFD, FULL_BLANK = 0x3000 };

typedef struct {
    const uint32_t *code;
    const float *box;
    const uint8_t *is_blank, *has_own_space;
    Py_ssize_t blanks;
} Glyphs;

static int is_inked(const Glyphs *glyphs, Py_ssize_t k)
{
    uint32_t code = glyphs->code[k];
    return !glyphs->is_blank[code < (uint32_t)glyphs->blanks ? code : (uint32_t)glyphs->blanks - 1];
}

static uint32_t code_of(const Glyphs *glyphs, Py_ssize_t k)
{
    return glyphs->code[k] ? glyphs->code[k] : UNMAPPED;
}

/* Bold as some draw it: the same glyph again, in nearly the same place. */
static int is_drawn_twice(const Glyphs *glyphs, Py_ssize_t left, Py_ssize_t right)
{
    if (code_of(glyphs, left) != code_of(glyphs, right))
        return 0;
    const float *this = glyphs->box + 4 * left, *next = glyphs->box + 4 * right;
    float wide = next[2] - next[0], high = next[3] - next[1], least = 0.25f * high;
    return fabsf(next[0] - this[0]) < (wide > least ? wide : least) * 0.3f
        && fabsf(next[1] - this[1]) < (high > least ? high : least) * 0.3f;
}

/* The room between two glyphs, as a share of the height; most touch, and need no division. */
static float gap_between(const Glyphs *glyphs, Py_ssize_t left, Py_ssize_t right)
{
    const float *this = glyphs->box + 4 * left, *next = glyphs->box + 4 * right;
    float high = next[3] - next[1];
    if (!(next[0] > this[2]))
        return 0;
    return (next[0] - this[2]) / (high > 1e-3f ? high : 1e-3f);
}

static int is_latin(uint32_t code)
{
    return code > 32 && code < 127;
}

static int is_full(const Glyphs *glyphs, Py_ssize_t k)
{
    uint32_t code = code_of(glyphs, k);
    return is_inked(glyphs, k) && !glyphs->has_own_space[code < 0xFFFF ? code : 0xFFFF];
}

/* Whether most gaps of a line are as wide as a glyph: its letters are spaced. */
static int is_spaced(const Glyphs *glyphs, const Entry *line, Py_ssize_t count)
{
    Py_ssize_t wide = 0;
    for (Py_ssize_t k = 1; k < count; k++)
        wide += gap_between(glyphs, line[k - 1].index, line[k].index) > 0.8f;
    return 2 * wide > count - 1;
}

/* One line's glyphs from left to right -> its text at `to`, and where it ends; `place` is filled in. */
static uint32_t *write_line(const Glyphs *glyphs, const Entry *line, Py_ssize_t count, uint32_t *to, Place *place)
{
    uint32_t *start = to;
    int spaced = -1; /* not known: most lines have no wide gap */
    for (Py_ssize_t k = 0; k < count; k++) {
        Py_ssize_t this = line[k].index;
        const float *box = glyphs->box + 4 * this;
        if (k == 0) {
            *place = (Place){box[0], box[1], box[2], box[3], 0};
        } else {
            Py_ssize_t before = line[k - 1].index;
            float gap = gap_between(glyphs, before, this);
            if (gap > 0.2f && is_latin(code_of(glyphs, before)) && is_latin(code_of(glyphs, this)))
                *to++ = ' ';
            else if (gap > 0.8f && is_full(glyphs, before) && is_full(glyphs, this)) {
                spaced = spaced < 0 ? is_spaced(glyphs, line, count) : spaced;
                if (!spaced)
                    *to++ = FULL_BLANK;
            }
            place->x0 = box[0] < place->x0 ? box[0] : place->x0;
            place->y0 = box[1] < place->y0 ? box[1] : place->y0;
            place->x1 = box[2] > place->x1 ? box[2] : place->x1;
            place->y1 = box[3] > place->y1 ? box[3] : place->y1;
        }
        *to++ = code_of(glyphs, this);
    }
    place->length = (uint32_t)(to - start);
    return to;
}

Py_ssize_t find_lines(const Given *given)
{
    Glyphs glyphs = {given[0].at, given[1].at, given[4].at, given[5].at, given[4].count};
    const int64_t *owner = given[2].at;
    const uint8_t *turn = given[3].at;
    float gap = (float)given[6].number;
    Py_ssize_t count = given[0].count, lines = 0, groups = 0, ink = 0, duplicates = 0;
    uint32_t *text = given[7].at, *to = text;
    Place *places = given[8].at;
    int64_t (*spans)[5] = given[9].at, *told = given[10].at;

    NEEDS(1, 4 * count);
    NEEDS(2, count);
    NEEDS(3, count);
    NEEDS(4, 1);
    NEEDS(5, 0x10000);
    NEEDS(7, 2 * count);
    NEEDS(8, count * (Py_ssize_t)sizeof(Place));
    NEEDS(9, 5 * count);
    NEEDS(10, 4);
    Entry *entries = malloc(2 * (size_t)count * sizeof *entries + 1), *room = entries + count;
    if (!entries)
        return NO_MEMORY;
    for (Py_ssize_t k = 0; k < count; k++) {
        const float *box = glyphs.box + 4 * k;
        if (turn[k]) {
            free(entries);
            return NOT_PLAIN;
        }
        ink += is_inked(&glyphs, k);
        entries[k] = (Entry){(double)(4 * owner[k]) * 1e5 + (double)((box[1] + box[3]) / 2), k};
    }
    sort(entries, room, count);
    for (Py_ssize_t start = 0, stop; start < count; start = stop) {
        int64_t own = owner[entries[start].index];
        const float *last = glyphs.box + 4 * entries[start].index;
        for (stop = start + 1; stop < count && owner[entries[stop].index] == own; stop++) {
            const float *box = glyphs.box + 4 * entries[stop].index;
            float high = box[3] - box[1], last_high = last[3] - last[1];
            float step = (box[1] + box[3]) / 2 - (last[1] + last[3]) / 2;
            if (step > gap * (high < last_high ? high : last_high))
                break;
            last = box;
        }
        int is_shown = 0;
        for (Py_ssize_t k = start; k < stop; k++) {
            entries[k].key = glyphs.box[4 * entries[k].index];
            is_shown |= is_inked(&glyphs, entries[k].index);
        }
        if (!is_shown) /* a line of blanks is none */
            continue;
        sort(entries + start, room, stop - start);
        Py_ssize_t kept = 0; /* into `room`: what is drawn twice is told by its neighbours in `entries` */
        for (Py_ssize_t k = start; k < stop; k++) {
            if (k > start && is_drawn_twice(&glyphs, entries[k - 1].index, entries[k].index))
                duplicates += is_inked(&glyphs, entries[k].index);
            else
                room[kept++] = entries[k];
        }
        if (lines)
            *to++ = '\n';
        if (!groups || spans[groups - 1][0] != own) {
            spans[groups][0] = own;
            spans[groups][1] = lines;
            spans[groups][3] = to - text;
            groups++;
        }
        to = write_line(&glyphs, room, kept, to, &places[lines++]);
        spans[groups - 1][2] = lines;
        spans[groups - 1][4] = to - text;
    }
    free(entries);
    told[0] = to - text;
    told[1] = lines;
    told[2] = ink;
    told[3] = duplicates;
    return groups;
}
