/* Rules as drawn -> rules that are whole, what hangs together, and the cells between them: see
   tables/ruling.py and tables/grid.py. */

#include "loops.h"

typedef struct {
    double place, start, end; /* across; along */
} Rule;

static int by_start(const Rule *one, const Rule *other)
{
    return (one->start > other->start) - (one->start < other->start);
}

static int by_place(const void *one, const void *other)
{
    const Rule *a = one, *b = other;
    int step = (a->place > b->place) - (a->place < b->place);
    return step ? step : by_start(a, b);
}

static int by_start_alone(const void *one, const void *other)
{
    return by_start(one, other);
}

Py_ssize_t join_rules(const Given *given)
{
    Py_ssize_t count = given[0].count / 3, joined = 0;
    double snap = given[1].number, gap = given[2].number, least = given[3].number;
    NEEDS(4, 3 * count);
    Rule *rules = malloc((size_t)count * sizeof *rules + 1), *out = given[4].at;
    if (!rules)
        return NO_MEMORY;
    memcpy(rules, given[0].at, (size_t)count * sizeof *rules);
    qsort(rules, (size_t)count, sizeof *rules, by_place);
    for (Py_ssize_t first = 0, stop; first < count; first = stop) {
        for (stop = first + 1; stop < count && rules[stop].place - rules[stop - 1].place <= snap; stop++)
            ;
        qsort(rules + first, (size_t)(stop - first), sizeof *rules, by_start_alone);
        Py_ssize_t many = 0;
        for (Py_ssize_t k = first; k < stop; k++) {
            Rule *last = &out[joined - 1];
            if (!many || rules[k].start > last->end + gap) {
                if (many)
                    last->place /= (double)many;
                many = 1;
                out[joined++] = rules[k];
                continue;
            }
            many++;
            last->place += rules[k].place;
            last->end = rules[k].end > last->end ? rules[k].end : last->end;
        }
        out[joined - 1].place /= (double)many;
    }
    free(rules);
    Py_ssize_t kept = 0;
    for (Py_ssize_t k = 0; k < joined; k++)
        if (out[k].end - out[k].start >= least)
            out[kept++] = out[k];
    qsort(out, (size_t)kept, sizeof *out, by_place);
    return kept;
}

Py_ssize_t cross_text(const Given *given)
{
    const uint32_t *code = given[0].at;
    const uint8_t *askew = given[1].at;
    const float *box = given[2].at;
    const Rule *rules = given[3].at;
    float huge = (float)given[4].number, most = 0, least = INFINITY;
    uint8_t *found = given[5].at;
    Py_ssize_t crossed = 0, rule_count = given[3].count / 3, low = 0; /* the first rule below a glyph's head */
    NEEDS(1, given[0].count);
    NEEDS(2, 4 * given[0].count);
    NEEDS(5, rule_count);
    memset(found, 0, (size_t)rule_count);
    for (Py_ssize_t k = 0; k < given[0].count; k++) {
        if (code[k] == 32 || code[k] == 0x3000 || askew[k])
            continue;
        float top = box[4 * k + 1], bottom = box[4 * k + 3], high = bottom - top;
        most = high > most ? high : most;
        least = high < least ? high : least;
        if (!(high > 0))
            continue;
        double upper = top + 0.3f * high, lower = bottom + 0.02f * high;
        while (low > 0 && !(rules[low - 1].place <= upper))
            low--;
        while (low < rule_count && rules[low].place <= upper)
            low++;
        for (Py_ssize_t k = low; k < rule_count && rules[k].place < lower; k++) {
            crossed += !found[k];
            found[k] = 1;
        }
    }
    return most > huge * least ? NOT_PLAIN : crossed;
}

Py_ssize_t connect_rules(const Given *given)
{
    const Rule *upright = given[0].at, *level = given[1].at;
    Py_ssize_t uprights = given[0].count / 3, levels = given[1].count / 3, groups = 0;
    double reach = given[2].number, near = given[3].number;
    int64_t *upright_group = given[4].at, *level_group = given[5].at;
    uint8_t *(free_end[2]) = {given[6].at, given[7].at};
    NEEDS(4, uprights);
    NEEDS(5, levels);
    NEEDS(6, uprights);
    NEEDS(7, uprights);
    uint8_t *touches = malloc((size_t)(uprights * levels) + 1);
    int64_t *waiting = malloc((size_t)uprights * sizeof *waiting + 1);
    if (!touches || !waiting) {
        free(touches);
        free(waiting);
        return NO_MEMORY;
    }
    for (Py_ssize_t v = 0; v < uprights; v++) {
        const Rule *one = &upright[v];
        free_end[0][v] = free_end[1][v] = 1;
        upright_group[v] = -1;
        for (Py_ssize_t h = 0; h < levels; h++) {
            const Rule *other = &level[h];
            int meets = one->place >= other->start - reach && one->place <= other->end + reach
                     && other->place >= one->start - reach && other->place <= one->end + reach;
            touches[v * levels + h] = (uint8_t)meets;
            if (meets && fabs(one->start - other->place) <= near)
                free_end[0][v] = 0;
            if (meets && fabs(one->end - other->place) <= near)
                free_end[1][v] = 0;
        }
    }
    for (Py_ssize_t h = 0; h < levels; h++)
        level_group[h] = -1;
    for (Py_ssize_t first = 0; first < uprights; first++) {
        Py_ssize_t ahead = 0;
        if (upright_group[first] >= 0)
            continue;
        upright_group[first] = groups;
        waiting[ahead++] = first;
        while (ahead) {
            Py_ssize_t v = waiting[--ahead];
            for (Py_ssize_t h = 0; h < levels; h++) {
                if (!touches[v * levels + h] || level_group[h] >= 0)
                    continue;
                level_group[h] = groups;
                for (Py_ssize_t next = 0; next < uprights; next++)
                    if (touches[next * levels + h] && upright_group[next] < 0) {
                        upright_group[next] = groups;
                        waiting[ahead++] = next;
                    }
            }
        }
        groups++;
    }
    free(touches);
    free(waiting);
    return groups;
}

/* Rules -> how many there are, joined, in their place. */
static Py_ssize_t join_again(Rule *rules, Py_ssize_t count, double snap, double gap, double least)
{
    Given all = {rules, 3 * count, 0};
    return join_rules((Given[]){all, {.number = snap}, {.number = gap}, {.number = least}, all});
}

/* Rules of floats -> how many there are at `out`, joined. */
static Py_ssize_t join_thin(const Given *rules, double snap, double gap, double least, Rule *out)
{
    const float *from = rules->at;
    Py_ssize_t count = rules->count / 3;
    for (Py_ssize_t k = 0; k < count; k++)
        out[k] = (Rule){from[3 * k], from[3 * k + 1], from[3 * k + 2]};
    return join_again(out, count, snap, gap, least);
}

/* Whether all rules hang together, and no level one runs on past the outermost upright ones. */
static int is_one_frame(const Rule *upright, Py_ssize_t uprights, const Rule *level, Py_ssize_t levels,
                        const int64_t *level_group, double least)
{
    for (Py_ssize_t k = 0; k < levels; k++)
        if (level_group[k] < 0 || level[k].start < upright[0].place - least
            || level[k].end > upright[uprights - 1].place + least)
            return 0;
    return 1;
}

Py_ssize_t find_frame(const Given *given)
{
    double align = given[5].number, snap = given[6].number, gap = given[7].number, least = given[8].number;
    Rule *upright = given[12].at, *level = given[13].at;
    Py_ssize_t most = given[0].count / 3 + given[1].count / 3;
    uint8_t *free_top = given[14].at, *free_bottom = given[15].at;
    int64_t *told = given[16].at;
    NEEDS(12, given[0].count);
    NEEDS(13, given[1].count);
    NEEDS(14, given[0].count / 3);
    NEEDS(15, given[0].count / 3);
    NEEDS(16, 4);
    int64_t *groups = malloc((size_t)most * (sizeof *groups + 1) + 1);
    uint8_t *crossed = (uint8_t *)(groups + most);
    if (!groups)
        return NO_MEMORY;
    Py_ssize_t uprights = join_thin(&given[0], align, gap, least, upright), found = NOT_PLAIN;
    Py_ssize_t levels = join_thin(&given[1], align, gap, least, level);
    Given text[] = {given[2], given[3], given[4], {level, 3 * levels, 0}, given[9], {crossed, levels, 0}};
    if (uprights == NO_MEMORY || levels == NO_MEMORY)
        found = NO_MEMORY;
    else if (cross_text(text) == 0) {
        uprights = join_again(upright, uprights, snap, gap, 0);
        levels = join_again(level, levels, snap, gap, 0);
        Given links[] = {{upright, 3 * uprights, 0}, {level, 3 * levels, 0}, given[10], given[11],
                         {groups, uprights, 0}, {groups + uprights, levels, 0},
                         {free_top, uprights, 0}, {free_bottom, uprights, 0}};
        found = uprights >= 2 && levels >= 2 ? connect_rules(links) : NOT_PLAIN;
        if (found == 1 && !is_one_frame(upright, uprights, level, levels, groups + uprights, least))
            found = NOT_PLAIN;
    }
    free(groups);
    told[0] = uprights;
    told[1] = levels;
    told[2] = told[3] = 0;
    for (Py_ssize_t k = 0; found == 1 && k < uprights; k++) {
        told[2] += free_top[k];
        told[3] += free_bottom[k];
    }
    return found == 1 || found == NO_MEMORY ? found : NOT_PLAIN;
}

/* ------------------------------------------------------------------------------------------- cells */

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

/* ---------------------------------------------------------------------------- what is drawn, as rules */

static float within(float place, double most)
{
    return place < 0 ? 0 : place > most ? (float)most : place;
}

Py_ssize_t sort_rules(const Given *given)
{
    const float *box = given[0].at;
    double width = given[1].number, height = given[2].number, thickness = given[3].number;
    float *vertical = given[4].at, *horizontal = given[5].at;
    int64_t *told = given[6].at;
    Py_ssize_t count = given[0].count / 4, uprights = 0, levels = 0;
    NEEDS(4, 3 * count);
    NEEDS(5, 3 * count);
    NEEDS(6, 2);
    for (Py_ssize_t k = 0; k < count; k++, box += 4) {
        if (!(box[2] >= 0 && box[0] <= width && box[3] >= 0 && box[1] <= height))
            continue;
        float wide = box[2] - box[0], high = box[3] - box[1];
        int is_dot = wide < thickness && high < thickness
                  && (wide > high ? wide : high) < 2 * (wide > high ? high : wide);
        if (wide < thickness && (high > wide || is_dot)) {
            float *to = vertical + 3 * uprights++;
            to[0] = (box[0] + box[2]) / 2;
            to[1] = within(box[1], height);
            to[2] = within(box[3], height);
        }
        if (high < thickness && (wide >= high || is_dot)) {
            float *to = horizontal + 3 * levels++;
            to[0] = (box[1] + box[3]) / 2;
            to[1] = within(box[0], width);
            to[2] = within(box[2], width);
        }
    }
    told[0] = uprights;
    told[1] = levels;
    return 0;
}
