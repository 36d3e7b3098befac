/* Glyphs with what they stand in -> lines of text: see tables/letters.py. */

#include "loops.h"

/* Glyphs one after the other on one line, from left to right: as a rule some ten of them. */
typedef struct {
    double key;
    uint32_t index, count; /* of the first; how many */
} Entry;

static int comes_before(const Entry *one, const Entry *other)
{
    return one->key < other->key || (one->key == other->key && one->index < other->index);
}

/* By key, then by index. They come nearly sorted: merging what is sorted already costs one comparison. */
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
    uint32_t *start = to, before = 0;
    float x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
    int spaced = -1; /* not known: most lines have no wide gap */
    for (Py_ssize_t k = 0; k < count; k++) {
        uint32_t this = line[k].index, code = code_of(glyphs, this);
        const float *box = glyphs->box + 4 * (Py_ssize_t)this;
        float gap = k ? gap_between(glyphs, before, this) : 0;
        if (gap > 0.2f && is_latin(code_of(glyphs, before)) && is_latin(code))
            *to++ = ' ';
        else if (gap > 0.8f && is_full(glyphs, before) && is_full(glyphs, this)) {
            spaced = spaced < 0 ? is_spaced(glyphs, line, count) : spaced;
            if (!spaced)
                *to++ = FULL_BLANK;
        }
        x0 = box[0] < x0 ? box[0] : x0;
        y0 = box[1] < y0 ? box[1] : y0;
        x1 = box[2] > x1 ? box[2] : x1;
        y1 = box[3] > y1 ? box[3] : y1;
        *to++ = code;
        before = this;
    }
    *place = (Place){x0, y0, x1, y1, (uint32_t)(to - start)};
    return to;
}

/* Glyphs -> entries of those that surely stand on one line, by what they stand in, then from top to bottom. */
static Py_ssize_t runs(const Glyphs *glyphs, const int64_t *owner, Py_ssize_t count, Entry *entries, Entry *room)
{
    Py_ssize_t found = 0;
    for (Py_ssize_t start = 0, k; start < count; start = k) {
        const float *box = glyphs->box + 4 * start;
        float y0 = box[1], y1 = box[3];
        int64_t own = owner[start];
        for (k = start + 1, box += 4; k < count; k++, box += 4)
            if (owner[k] != own || box[1] != y0 || box[3] != y1 || !(y1 >= y0) || !(box[0] >= box[-4]))
                break;
        double key = (double)(4 * own) * 1e5 + (double)((y0 + y1) / 2);
        entries[found++] = (Entry){key, (uint32_t)start, (uint32_t)(k - start)};
    }
    sort(entries, room, found);
    return found;
}

/* Runs of one line -> its glyphs from left to right, at `line`; none where they are all blank. */
static Py_ssize_t line_of(const Glyphs *glyphs, const Entry *runs, Py_ssize_t count, Entry *line, Entry *room)
{
    Py_ssize_t found = 0;
    int is_shown = 0;
    for (const Entry *run = runs; run < runs + count; run++)
        for (uint32_t k = run->index; k < run->index + run->count; k++) {
            line[found++] = (Entry){glyphs->box[4 * (Py_ssize_t)k], k, 1};
            is_shown = is_shown || is_inked(glyphs, k);
        }
    if (!is_shown)
        return 0;
    if (count > 1)
        sort(line, room, found);
    return found;
}

/* Glyphs drawn twice taken out of a line -> how many stay; those with ink are counted. */
static Py_ssize_t once(const Glyphs *glyphs, Entry *line, Py_ssize_t count, Py_ssize_t *duplicates)
{
    Py_ssize_t kept = 0;
    uint32_t before = 0;
    for (Py_ssize_t k = 0; k < count; k++) {
        Entry this = line[k];
        if (k && is_drawn_twice(glyphs, before, this.index))
            *duplicates += is_inked(glyphs, this.index);
        else
            line[kept++] = this;
        before = this.index;
    }
    return kept;
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
    for (Py_ssize_t k = 0; k < count; k++) {
        if (turn[k])
            return NOT_PLAIN;
        ink += is_inked(&glyphs, k);
    }
    Entry *entries = malloc(3 * (size_t)count * sizeof *entries + 1), *line = entries + count, *room = line + count;
    if (!entries)
        return NO_MEMORY;
    Py_ssize_t found = runs(&glyphs, owner, count, entries, room);
    for (Py_ssize_t start = 0, stop; start < found; start = stop) {
        int64_t own = owner[entries[start].index];
        const float *last = glyphs.box + 4 * (Py_ssize_t)entries[start].index;
        for (stop = start + 1; stop < found && owner[entries[stop].index] == own; stop++) {
            const float *box = glyphs.box + 4 * (Py_ssize_t)entries[stop].index;
            float high = box[3] - box[1], last_high = last[3] - last[1];
            float step = (box[1] + box[3]) / 2 - (last[1] + last[3]) / 2;
            if (step > gap * (high < last_high ? high : last_high))
                break;
            last = box;
        }
        Py_ssize_t kept = line_of(&glyphs, entries + start, stop - start, line, room);
        if (!kept)
            continue;
        kept = once(&glyphs, line, kept, &duplicates);
        if (lines)
            *to++ = '\n';
        if (!groups || spans[groups - 1][0] != own) {
            spans[groups][0] = own;
            spans[groups][1] = lines;
            spans[groups][3] = to - text;
            groups++;
        }
        to = write_line(&glyphs, line, kept, to, &places[lines++]);
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
