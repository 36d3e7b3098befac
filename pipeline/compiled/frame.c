/* A page's rules -> the one frame that they make, its cut edges closed: see tables/ruling.py. */

#include "loops.h"

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

/* Whether all rules hang together, and no level one, nor the table that may run on here, goes on past the
   outermost upright ones. */
static int is_one(const Frame *frame, const int64_t *level_group, const Given *given)
{
    double least = given[RULE_LENGTH].number;
    double first = frame->upright[0].place - least, last = frame->upright[frame->uprights - 1].place + least;
    for (Py_ssize_t k = 0; k < frame->levels; k++)
        if (level_group[k] < 0 || frame->level[k].start < first || frame->level[k].end > last)
            return 0;
    return !(given[LEFT].number < first) && !(given[RIGHT].number > last);
}

enum { DRAWN, TOP, BOTTOM }; /* what a level rule is, or closes */

/* One more level rule, behind those of its place and start. */
static void put_in(Frame *frame, Rule rule, uint8_t kind)
{
    Py_ssize_t to = frame->levels++;
    for (; to > 0 && by_place(&frame->level[to - 1], &rule) > 0; to--) {
        frame->level[to] = frame->level[to - 1];
        frame->is_drawn[to] = frame->is_drawn[to - 1];
    }
    frame->level[to] = rule;
    frame->is_drawn[to] = kind;
}

/* Level rules where several upright ones end together in the open. `ends` has room for all of them. */
static void close_edge(Frame *frame, const uint8_t *is_free, uint8_t kind, double near, Rule *ends)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t k = 0; k < frame->uprights; k++)
        if (is_free[k]) {
            const Rule *one = &frame->upright[k];
            ends[count++] = (Rule){kind == TOP ? one->start : one->end, one->place, one->place};
        }
    qsort(ends, (size_t)count, sizeof *ends, by_place);
    for (Py_ssize_t first = 0, stop; first < count; first = stop) {
        Rule edge = ends[first];
        for (stop = first + 1; stop < count && ends[stop].place - ends[stop - 1].place <= near; stop++) {
            edge.start = ends[stop].start < edge.start ? ends[stop].start : edge.start;
            edge.end = ends[stop].end > edge.end ? ends[stop].end : edge.end;
        }
        edge.place = kind == TOP ? edge.place : ends[stop - 1].place;
        if (stop - first >= 2)
            put_in(frame, edge, kind);
    }
}

/* Whether a rule that we made is the frame's first, or last; kinds become whether rules are drawn. */
static void tell_edges(Frame *frame, double near)
{
    double top = frame->level[0].place + near, bottom = frame->level[frame->levels - 1].place - near;
    for (Py_ssize_t k = 0; k < frame->levels; k++) {
        frame->open_top |= frame->is_drawn[k] == TOP && frame->level[k].place <= top;
        frame->open_bottom |= frame->is_drawn[k] == BOTTOM && frame->level[k].place >= bottom;
        frame->is_drawn[k] = frame->is_drawn[k] == DRAWN;
    }
}

/* The arguments of `lay_out` -> the frame, where there is room for as many upright rules as the page has,
   and for as many level ones as it has of both; NOT_PLAIN where rules may run through text, where they do
   not all hang together, or where a side may have to be closed. What closes an edge hangs together with the
   rules that it closes. */
Py_ssize_t find_frame(const Given *given, Frame *frame)
{
    double align = given[RULE_ALIGN].number, snap = given[RULE_SNAP].number, gap = given[RULE_GAP].number;
    double least = given[RULE_LENGTH].number, near = given[EDGE_GAP].number;
    Py_ssize_t most = given[VERTICAL].count / 3, all = most + given[HORIZONTAL].count / 3, found = NOT_PLAIN;
    Rule *ends = malloc((size_t)most * sizeof *ends + (size_t)all * (sizeof(int64_t) + 1) + 2 * (size_t)most + 1);
    if (!ends)
        return NO_MEMORY;
    int64_t *groups = (int64_t *)(ends + most);
    uint8_t *crossed = (uint8_t *)(groups + all), *free_top = crossed + all, *free_bottom = free_top + most;
    Rule *upright = frame->upright, *level = frame->level;
    Py_ssize_t uprights = join_thin(&given[VERTICAL], align, gap, least, upright);
    Py_ssize_t levels = join_thin(&given[HORIZONTAL], align, gap, least, level);
    Given text[] = {given[CODE], given[ASKEW], given[BOX], {level, 3 * levels, 0}, given[TOO_HIGH],
                    {crossed, levels, 0}};
    if (uprights < 0 || levels < 0)
        found = NO_MEMORY;
    else if (uprights >= 2 && levels >= 2 && (found = cross_text(text)) == 0) {
        frame->uprights = uprights = join_again(upright, uprights, snap, gap, 0);
        frame->levels = levels = join_again(level, levels, snap, gap, 0);
        Given links[] = {{upright, 3 * uprights, 0}, {level, 3 * levels, 0}, given[RULE_REACH], given[EDGE_GAP],
                         {groups, uprights, 0}, {groups + uprights, levels, 0},
                         {free_top, uprights, 0}, {free_bottom, uprights, 0}};
        found = uprights >= 2 && levels >= 2 ? connect_rules(links) : NOT_PLAIN;
        if (found >= 0)
            found = found == 1 && is_one(frame, groups + uprights, given) ? 1 : NOT_PLAIN;
    } else if (found > 0)
        found = NOT_PLAIN;
    if (found == 1) {
        frame->open_top = frame->open_bottom = 0;
        memset(frame->is_drawn, DRAWN, (size_t)levels);
        close_edge(frame, free_top, TOP, near, ends);
        close_edge(frame, free_bottom, BOTTOM, near, ends);
        tell_edges(frame, near);
    }
    free(ends);
    return found;
}
