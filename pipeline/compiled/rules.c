/* Rules as drawn -> rules that are whole, and what hangs together: see tables/ruling.py. */

#include "loops.h"

static int by_start(const Rule *one, const Rule *other)
{
    return (one->start > other->start) - (one->start < other->start);
}

int by_place(const void *one, const void *other)
{
    const Rule *a = one, *b = other;
    int step = (a->place > b->place) - (a->place < b->place);
    return step ? step : by_start(a, b);
}

static int by_start_alone(const void *one, const void *other)
{
    return by_start(one, other);
}

/* Rules in an order: as a rule they are in it already, or nearly so. */
static void put_in_order(Rule *rules, Py_ssize_t count, int (*order)(const void *, const void *))
{
    for (Py_ssize_t k = 1; k < count; k++)
        if (order(&rules[k - 1], &rules[k]) > 0) {
            qsort(rules, (size_t)count, sizeof *rules, order);
            return;
        }
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
    put_in_order(rules, count, by_place);
    for (Py_ssize_t first = 0, stop; first < count; first = stop) {
        for (stop = first + 1; stop < count && rules[stop].place - rules[stop - 1].place <= snap; stop++)
            ;
        put_in_order(rules + first, stop - first, by_start_alone);
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
    put_in_order(out, kept, by_place);
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
    float top = NAN, bottom = NAN;
    for (Py_ssize_t k = 0; k < given[0].count; k++) {
        if (box[4 * k + 1] == top && box[4 * k + 3] == bottom) /* as the last one: it tells nothing new */
            continue;
        if (code[k] == 32 || code[k] == 0x3000 || askew[k])
            continue;
        top = box[4 * k + 1], bottom = box[4 * k + 3];
        float high = bottom - top;
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

/* ---------------------------------------------------------------------------- what is drawn, as rules */

static float within(float place, float most)
{
    return place < 0 ? 0 : place > most ? most : place;
}

Py_ssize_t sort_rules(const Given *given)
{
    const float *box = given[0].at;
    float width = (float)given[1].number, height = (float)given[2].number; /* as numpy compares them */
    float thickness = (float)given[3].number;
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
