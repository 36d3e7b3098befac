/* Glyphs onto the cells that they stand in: see tables/owners.py. */

#include "loops.h"

/* Between which of the edges a place is, -1 before the first, and those two edges. */
typedef struct {
    double low, high;
    Py_ssize_t index;
} Slot;

/* The slot of a place; as a rule the glyph before was in it too. */
static void find_slot(Slot *slot, const double *edges, Py_ssize_t count, double place)
{
    Py_ssize_t low = 0, high = count;
    if (slot->low < place && place <= slot->high)
        return;
    while (low < high) {
        Py_ssize_t middle = (low + high) / 2;
        if (edges[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    *slot = (Slot){low > 0 ? edges[low - 1] : -INFINITY, low < count ? edges[low] : INFINITY, low - 1};
}

Py_ssize_t find_owners(const Given *given)
{
    const float *box = given[0].at;
    const double *x = given[1].at, *y = given[2].at;
    const int64_t *cell = given[3].at;
    int64_t first = (int64_t)given[4].number, *owner = given[6].at;
    const uint8_t *askew = given[5].at;
    Py_ssize_t columns = given[1].count - 1, rows = given[2].count - 1;
    Slot column = {NAN, NAN, -1}, row = {NAN, NAN, -1};
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
        find_slot(&column, x, columns + 1, (box[0] + box[2]) / 2);
        find_slot(&row, y, rows + 1, (box[1] + box[3]) / 2);
        if (column.index >= 0 && column.index < columns && row.index >= 0 && row.index < rows)
            owner[k] = first + cell[row.index * columns + column.index];
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
