/* How the lines of cells are set, and what is seen where one ends and the next begins: see text/measured.py,
   text/widths.py and text/breaks.py. */

#include "loops.h"

/* Lines one behind the other in a text, a character between them. */
typedef struct {
    const uint32_t *code;
    Py_ssize_t length;
    const uint8_t *kinds;
} Text;

/* As in text/widths.py. */
enum { HALF = 1, WHITE = 2, SINGLE = 4, OPENS = 8, CLOSES = 16, HANGS = 32, WORD = 64, COMMA = 128 };

/* The bits of a character; of a line end where there is none. */
static int kind(const Text *text, Py_ssize_t at)
{
    uint32_t code = at >= 0 && at < text->length ? text->code[at] : '\n';
    return text->kinds[code < 0xFFFF ? code : 0xFFFF];
}

static int is(const Text *text, Py_ssize_t at, Py_ssize_t stop, int kinds)
{
    return at < stop && (kind(text, at) & kinds);
}

static int is_between(const Text *text, Py_ssize_t at, Py_ssize_t stop, uint32_t first, uint32_t last)
{
    return at < stop && text->code[at] >= first && text->code[at] <= last;
}

/* `Parts.widths`: white space at both ends has no width. */
static double width(const Text *text, Py_ssize_t start, Py_ssize_t stop)
{
    Py_ssize_t halves = 0;
    while (is(text, start, stop, WHITE))
        start++;
    while (start < stop && kind(text, stop - 1) & WHITE)
        stop--;
    for (Py_ssize_t at = start; at < stop; at++)
        halves += kind(text, at) & HALF;
    return (double)(stop - start) - 0.5 * (double)halves;
}

static int hangs(const Text *text, Py_ssize_t start, Py_ssize_t stop)
{
    while (start < stop && kind(text, stop - 1) & WHITE)
        stop--;
    return start < stop && kind(text, stop - 1) & HANGS;
}

static Py_ssize_t past_digits(const Text *text, Py_ssize_t at, Py_ssize_t stop)
{
    while (is_between(text, at, stop, '0', '9'))
        at++;
    return at;
}

static int is_in_number(const Text *text, Py_ssize_t at, Py_ssize_t stop)
{
    return at < stop && (text->code[at] == '.' || text->code[at] == ',' || text->code[at] == '-')
        && is_between(text, at + 1, stop, '0', '9');
}

/* Where `first_unit` of a line ends; of white space alone, which has no width, at its start. */
static Py_ssize_t unit_end(const Text *text, Py_ssize_t start, Py_ssize_t stop)
{
    Py_ssize_t at = start, inked;
    while (is(text, at, stop, WHITE))
        at++;
    inked = at;
    while (is(text, at, stop, OPENS))
        at++;
    if (at == stop || text->code[at] == '\n') /* the last bracket stands for the character behind it */
        return at > inked ? at : start;
    if (is_between(text, at, stop, '0', '9')) {
        at = past_digits(text, at, stop);
        while (is_in_number(text, at, stop))
            at = past_digits(text, at + 1, stop);
        at += at < stop && text->code[at] != '\n'; /* its counter */
    } else if (is(text, at, stop, WORD)) {
        while (is(text, at, stop, WORD))
            at++;
    } else if (is_between(text, at, stop, 0xFF66, 0xFF9F)) {
        while (is_between(text, at, stop, 0xFF66, 0xFF9F))
            at++;
    } else {
        at++;
    }
    while (is(text, at, stop, CLOSES))
        at++;
    if (kind(text, at - 1) & COMMA)
        for (int most = 12; most && is(text, at, stop, WORD); most--)
            at++;
    return at;
}

/* ------------------------------------------------------------------------------------------ pieces */

/* The lines of one piece of a cell. */
typedef struct {
    const Place *place;
    int64_t *start, *stop;
    double *scale;
    Py_ssize_t count;
    double left, right; /* of its box, or of its lines where it has none */
    double least_x0, most_x0;
    double em, reach;
} Lines;

static int by_size(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

/* The values are put in order. */
static double median(double *values, Py_ssize_t count)
{
    enum { FEW = 24 };
    if (count > FEW)
        qsort(values, (size_t)count, sizeof *values, by_size);
    else
        for (Py_ssize_t k = 1; k < count; k++) {
            double moving = values[k];
            Py_ssize_t to = k;
            for (; to > 0 && moving < values[to - 1]; to--)
                values[to] = values[to - 1];
            values[to] = moving;
        }
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static double larger(double one, double other)
{
    return one > other ? one : other;
}

static double smaller(double one, double other)
{
    return one < other ? one : other;
}

/* The edges of a piece; nothing where a place is no number. */
static int see_edges(Lines *lines, double left, double right)
{
    double most_x1 = -INFINITY;
    lines->least_x0 = INFINITY;
    lines->most_x0 = -INFINITY;
    for (Py_ssize_t k = 0; k < lines->count; k++) {
        const Place *place = &lines->place[k];
        if (!isfinite(place->x0) || !isfinite(place->x1) || !isfinite(place->y0))
            return 0;
        lines->least_x0 = smaller(place->x0, lines->least_x0);
        lines->most_x0 = larger(place->x0, lines->most_x0);
        most_x1 = larger(place->x1, most_x1);
    }
    int is_framed = !isnan(left);
    lines->left = is_framed ? left : lines->least_x0;
    lines->right = is_framed ? right : most_x1;
    return 1;
}

/* How wide an em of the lines is, and how far right they stand; closing marks may hang over the edge. */
static void see_reach(const Text *text, Lines *lines, double *room)
{
    for (Py_ssize_t k = 0; k < lines->count; k++) {
        const Place *place = &lines->place[k];
        double wide = width(text, lines->start[k], lines->stop[k]);
        lines->scale[k] = ((double)place->x1 - (double)place->x0) / (wide != 0 ? wide : 1.0);
        room[k] = lines->scale[k];
    }
    lines->em = median(room, lines->count);
    lines->reach = -INFINITY;
    for (Py_ssize_t k = 0; k < lines->count; k++) {
        double over = hangs(text, lines->start[k], lines->stop[k]) ? lines->em : 0.0;
        lines->reach = larger((double)lines->place[k].x1 - over, lines->reach);
    }
}

/* Where lines come from: the arguments that all loops over them begin with. */
typedef struct {
    Text text;
    const Place *place;
    const int64_t *counts;
    const double *sides;
    Py_ssize_t lines, pieces;
} Source;

static Source source_of(const Given *given)
{
    return (Source){
        {given[0].at, given[0].count, given[1].at}, given[2].at, given[3].at, given[4].at,
        given[2].count / (Py_ssize_t)sizeof(Place), given[3].count,
    };
}

/* Where each line stands in the text; no more is plain if that is too short, or a piece has no line. */
static int find_lines_of(const Source *source, int64_t *start, int64_t *stop)
{
    int64_t at = 0, lines = 0;
    for (Py_ssize_t k = 0; k < source->pieces; k++) {
        if (source->counts[k] < 1 || source->counts[k] > source->lines - lines)
            return 0;
        lines += source->counts[k];
    }
    for (Py_ssize_t k = 0; k < source->lines; k++) {
        start[k] = at;
        stop[k] = at + source->place[k].length;
        if (stop[k] > source->text.length)
            return 0;
        at = stop[k] + 1;
    }
    return lines == source->lines;
}

/* The lines of a piece, from the first on; its edges are not seen yet. */
static Lines lines_of(
    const Source *source, Py_ssize_t piece, Py_ssize_t first, int64_t *start, int64_t *stop, double *scale)
{
    return (Lines){
        .place = source->place + first, .start = start + first, .stop = stop + first, .scale = scale + first,
        .count = (Py_ssize_t)source->counts[piece],
    };
}

/* ------------------------------------------------------------------------------------------- loops */

Py_ssize_t find_margins(const Given *given)
{
    Source source = source_of(given);
    double *ends = given[5].at;
    NEEDS(1, 0x10000);
    NEEDS(4, 2 * source.pieces);
    NEEDS(5, source.pieces);
    size_t count = (size_t)source.lines;
    double *scale = malloc(count * (2 * sizeof *scale + 2 * sizeof(int64_t)) + 1), *room = scale + count;
    int64_t *start = (int64_t *)(room + count), *stop = start + count;
    if (!scale)
        return NO_MEMORY;
    int is_plain = find_lines_of(&source, start, stop);
    Py_ssize_t first = 0;
    for (Py_ssize_t piece = 0; is_plain && piece < source.pieces; first += source.counts[piece++]) {
        Lines lines = lines_of(&source, piece, first, start, stop, scale);
        double most = -INFINITY, reach = -INFINITY;
        is_plain = see_edges(&lines, source.sides[piece], source.sides[source.pieces + piece]);
        for (Py_ssize_t k = 0; k < lines.count; k++) {
            most = larger(lines.place[k].x1, most);
            if (!hangs(&source.text, lines.start[k], lines.stop[k]))
                reach = larger(lines.place[k].x1, reach);
        }
        if (most > reach) { /* only here does it matter how far a mark may hang */
            see_reach(&source.text, &lines, room);
            reach = lines.reach;
        }
        ends[piece] = lines.right - reach;
    }
    free(scale);
    return is_plain ? 0 : NOT_PLAIN;
}

/* Where a line must wrap: by the table's margin, else as far in as on the left. */
static double wraps_at(const Lines *lines, double margin)
{
    double reach = lines->reach, em = lines->em;
    if (!isnan(margin))
        return larger(lines->right - margin, reach);
    double even = lines->right - smaller(lines->least_x0 - lines->left, em);
    Py_ssize_t agreeing = 0;
    for (Py_ssize_t k = 0; k < lines->count; k++)
        agreeing += fabs((double)lines->place[k].x1 - reach) < 0.25 * em;
    return agreeing >= 3 && even - reach < 2.5 * em ? reach : larger(even, reach);
}

/* Whether the lines start in several places and share their middle with the piece. */
static int is_centred(const Lines *lines)
{
    double middle = (lines->left + lines->right) / 2;
    if (!(lines->most_x0 - lines->least_x0 >= 0.5 * lines->em))
        return 0;
    for (Py_ssize_t k = 0; k < lines->count; k++) {
        const Place *place = &lines->place[k];
        if (!(fabs(((double)place->x0 + (double)place->x1) / 2 - middle) < 0.3 * lines->em))
            return 0;
    }
    return 1;
}

/* The usual distance from line to line; 0 where too few tell. */
static double pitch_of(const Lines *lines, double *room)
{
    if (lines->count <= 3)
        return 0;
    for (Py_ssize_t k = 1; k < lines->count; k++)
        room[k - 1] = (double)lines->place[k].y0 - (double)lines->place[k - 1].y0;
    return median(room, lines->count - 1);
}

Py_ssize_t measure_seams(const Given *given)
{
    Source source = source_of(given);
    double margin = given[5].number;
    const uint8_t *wanted = given[6].at;
    int64_t *start = given[7].at, *stop = given[8].at;
    double *room = given[9].at, *spread = given[10].at, *shift = given[11].at;
    uint8_t *full = given[12].at;
    NEEDS(1, 0x10000);
    NEEDS(4, 2 * source.pieces);
    for (int k = 6; k <= 12; k++)
        NEEDS(k, source.lines);
    double *scale = malloc(2 * (size_t)source.lines * sizeof *scale + 1), *free_room = scale + source.lines;
    if (!scale)
        return NO_MEMORY;
    int is_plain = find_lines_of(&source, start, stop);
    double free_above = 0, em_above = 0;
    Py_ssize_t first = 0;
    for (Py_ssize_t piece = 0; is_plain && piece < source.pieces; first += source.counts[piece++]) {
        Lines lines = lines_of(&source, piece, first, start, stop, scale);
        is_plain = see_edges(&lines, source.sides[piece], source.sides[source.pieces + piece]);
        see_reach(&source.text, &lines, free_room);
        double wraps = wraps_at(&lines, margin), middle = (lines.left + lines.right) / 2;
        double pitch = pitch_of(&lines, free_room);
        int centred = is_centred(&lines);
        for (Py_ssize_t k = 0, at = first; k < lines.count; k++, at++) {
            const Place *place = &lines.place[k], *above = place - 1;
            double x0 = place->x0, x1 = place->x1;
            int64_t end = wanted[at] ? unit_end(&source.text, start[at], stop[at]) : start[at];
            double wide = width(&source.text, start[at], end);
            room[at] = free_above / larger(wide * lines.scale[k], 0.1);
            full[at] = free_above < 0.5 * em_above;
            spread[at] = k && pitch != 0 ? ((double)place->y0 - (double)above->y0) / pitch : 1.0;
            shift[at] = k && !centred && lines.em != 0 ? (x0 - (double)above->x0) / lines.em : 0.0;
            free_above = centred ? 2 * (wraps - middle) - (x1 - x0) : wraps - x1;
            em_above = lines.em;
        }
    }
    free(scale);
    return is_plain ? 0 : NOT_PLAIN;
}
