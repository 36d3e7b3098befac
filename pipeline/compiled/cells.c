/* Rules that hang together -> the cells between them: see tables/grid.py. */

#include "loops.h"

/* Rules in their order -> their distinct positions, means by length, and for each rule the number of its own. */
static Py_ssize_t positions(const Rule *rules, Py_ssize_t count, double snap, double *places, int64_t *index)
{
    Py_ssize_t found = 0;
    double weight = 0;
    for (Py_ssize_t k = 0; k < count; k++) {
        double length = rules[k].end - rules[k].start;
        length = length > 1e-3 ? length : 1e-3;
        if (k == 0 || rules[k].place - rules[k - 1].place > snap) {
            if (found)
                places[found - 1] /= weight;
            places[found++] = weight = 0;
        }
        places[found - 1] += rules[k].place * length;
        weight += length;
        index[k] = found - 1;
    }
    if (found)
        places[found - 1] /= weight;
    return found;
}

/* [position, middle]: whether some rule at the position runs over the middle between two of `across`. */
static void cover(const Rule *rules, const int64_t *index, Py_ssize_t count, const uint8_t *counts,
                  const double *across, Py_ssize_t middles, uint8_t *covers)
{
    for (Py_ssize_t k = 0; k < count; k++)
        for (Py_ssize_t m = 0; m < middles; m++) {
            double middle = (across[m] + across[m + 1]) / 2;
            if (rules[k].start < middle && middle < rules[k].end && (!counts || counts[k]))
                covers[index[k] * middles + m] = 1;
        }
}

static int any(const uint8_t *values, Py_ssize_t step, Py_ssize_t from, Py_ssize_t to)
{
    for (Py_ssize_t k = from; k < to; k++)
        if (values[k * step])
            return 1;
    return 0;
}

Py_ssize_t find_cells(const Given *given)
{
    const Rule *upright = given[0].at, *level = given[1].at;
    const uint8_t *is_drawn = given[2].at;
    Py_ssize_t uprights = given[0].count / 3, levels = given[1].count / 3, spans_found = 0;
    double snap = given[3].number, *x = given[4].at, *y = given[5].at;
    int64_t *made = given[6].at, (*spans)[4] = given[7].at, *told = given[10].at;
    uint8_t *closed_top = given[8].at, *closed_bottom = given[9].at;
    NEEDS(2, levels);
    NEEDS(4, uprights);
    NEEDS(5, levels);
    NEEDS(6, uprights * levels);
    NEEDS(7, 4 * uprights * levels);
    NEEDS(8, uprights);
    NEEDS(9, uprights);
    NEEDS(10, 2);
    int64_t *index = malloc((size_t)(uprights + levels) * sizeof *index + 1);
    uint8_t *parts = calloc(3 * (size_t)(uprights * levels) + 1, 1);
    if (!index || !parts) {
        free(index);
        free(parts);
        return NO_MEMORY;
    }
    Py_ssize_t columns = positions(upright, uprights, snap, x, index) - 1;
    Py_ssize_t rows = positions(level, levels, snap, y, index + uprights) - 1;
    uint8_t *parts_x = parts, *parts_y = parts + uprights * levels, *drawn = parts_y + uprights * levels;
    if (columns >= 1 && rows >= 1) {
        cover(upright, index, uprights, NULL, y, rows, parts_x);
        cover(level, index + uprights, levels, NULL, x, columns, parts_y);
        cover(level, index + uprights, levels, is_drawn, x, columns, drawn);
        memcpy(closed_top, drawn, (size_t)columns);
        memcpy(closed_bottom, drawn + rows * columns, (size_t)columns);
        for (Py_ssize_t k = 0; k < rows * columns; k++)
            made[k] = -1;
    }
    for (Py_ssize_t row = 0; row < rows && columns >= 1; row++)
        for (Py_ssize_t column = 0; column < columns; column++) {
            if (made[row * columns + column] >= 0)
                continue;
            Py_ssize_t right = column + 1, bottom = row + 1;
            while (right < columns && !parts_x[right * rows + row] && made[row * columns + right] < 0)
                right++;
            while (bottom < rows && !any(parts_y + bottom * columns, 1, column, right)
                   && !any(parts_x + bottom, rows, column + 1, right))
                bottom++;
            for (Py_ssize_t k = row; k < bottom; k++)
                for (Py_ssize_t inner = column; inner < right; inner++)
                    made[k * columns + inner] = spans_found;
            int64_t span[] = {row, column, bottom - row, right - column};
            memcpy(spans[spans_found++], span, sizeof span);
        }
    told[0] = columns;
    told[1] = rows;
    free(index);
    free(parts);
    return spans_found;
}
