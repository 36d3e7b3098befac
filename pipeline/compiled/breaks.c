/* What the seams between lines show at first sight: see `at_first_sight` in text/breaks.py, whose bits these
   are. */

#include "loops.h"

enum { PLAIN = 1, WIDE = 2, NO_DIGIT = 4, OPEN = 8, ENDED = 16, HEADS = 32, WHITE = 64, DIGIT = 128 };
enum { MAY_BE_PLAIN = 1, NOT_BEHIND = 2 };
enum { RUNS_ON = 1, ENDS = 2, SIGNED = 4, ODD = 8, FITS = 16, AFTER_OPEN = 32, AFTER_END = 64, CLOSED = 128 };

enum { PLANE = 0x10000 };

static uint32_t in_plane(uint32_t code)
{
    return code < PLANE ? code : PLANE - 1;
}

typedef struct {
    double room_free, room_sure, room_open, parted, shifted;
} Limits;

/* What a line does, by the kinds of its first character and the last one above it. */
static int sign_of(int first, int last, double room, double spread, double shift, const Limits *most)
{
    int ended = (last & ENDED) != 0, opens = (last & OPEN) != 0, inked = !(last & WHITE);
    int closed = inked && !opens && (first & NO_DIGIT);
    if (spread > most->parted || room > (closed ? most->room_sure : most->room_open))
        return ENDS;
    if (first & last & DIGIT) /* a number that the line end cuts */
        return RUNS_ON | SIGNED;
    int level = !ended || fabs(shift) <= most->shifted;
    int solid = !(first & WHITE) && ((first | last) & WIDE);
    int is_near = room <= (ended ? most->room_free : most->room_sure);
    int fits = inked && !(last & HEADS) && level && solid && is_near;
    if (first & PLAIN)
        return fits ? RUNS_ON : 0;
    if (!fits && !ended)
        return 0;
    int above = (opens ? AFTER_OPEN : 0) | (ended ? AFTER_END : 0) | (closed ? CLOSED : 0);
    return ODD | (fits ? FITS : 0) | above;
}

Py_ssize_t see_breaks(const Given *given)
{
    const uint32_t *code = given[0].at;
    const uint8_t *kinds = given[1].at, *starts = given[2].at, *below = given[5].at;
    const int64_t *start = given[3].at, *stop = given[4].at;
    const double *room = given[6].at, *spread = given[7].at, *shift = given[8].at;
    uint8_t *signs = given[10].at;
    Py_ssize_t length = given[0].count, lines = given[10].count;

    NEEDS(1, PLANE);
    NEEDS(2, PLANE);
    for (int k = 3; k <= 8; k++)
        NEEDS(k, lines);
    NEEDS(9, (Py_ssize_t)(sizeof(Limits) / sizeof(double)));
    const Limits *most = given[9].at;
    for (Py_ssize_t k = 0; k < lines; k++) {
        signs[k] = 0;
        if (!k || !below[k])
            continue;
        int64_t at = stop[k - 1] - 1; /* of an empty line the line end before it */
        if (start[k] < 0 || start[k] > length || stop[k] > length || at < -1 || at >= length)
            return NOT_PLAIN;
        uint32_t begins = in_plane(start[k] < length ? code[start[k]] : '\n');
        int first = kinds[begins], last = kinds[in_plane(at >= 0 ? code[at] : '\n')];
        if (starts[begins] & MAY_BE_PLAIN
            && !(start[k] + 1 < stop[k] && starts[in_plane(code[start[k] + 1])] & NOT_BEHIND))
            first |= PLAIN;
        int sign = sign_of(first, last, room[k], spread[k], shift[k], most);
        signs[k] = (uint8_t)(sign == ENDS && start[k - 1] >= stop[k - 1] ? 0 : sign);
    }
    return 0;
}
