/* Many texts normalised or folded at once: see text/together.py. Before each and behind all stands a 0. */

#include "loops.h"

enum { BETWEEN = 0, PLANE = 0x10000, LONGER = 0x110000 };
enum { EDGE = 1, LEADS = 2, FOLLOWS = 4, LETTER = 8, OF_WORD = 16 };

/* Whether a space or line end may have to go, by what stands on both sides of it. */
static int may_go(const uint32_t *plain, Py_ssize_t count, Py_ssize_t at, const uint8_t *spacing)
{
    int beside[5];
    for (Py_ssize_t k = -2; k <= 2; k++) {
        Py_ssize_t near = at + k < 0 ? 0 : at + k < count ? at + k : count - 1;
        beside[k + 2] = spacing[plain[near] < PLANE ? plain[near] : PLANE - 1];
    }
    int left = beside[1], right = beside[3];
    if ((left | right) & EDGE)
        return 1;
    if (plain[at] != ' ')
        return 0;
    int in_word = left & right & LETTER && !((beside[0] | beside[4]) & OF_WORD);
    return in_word || (left & LEADS && right & FOLLOWS);
}

static int is_space(uint32_t one)
{
    return one == ' ' || one == '\n';
}

/* One more character of texts in which a run of spaces and line ends becomes one of them, a line end if it
   holds one, and none stands at their ends. */
static Py_ssize_t put(uint32_t *out, Py_ssize_t written, uint32_t one)
{
    uint32_t before = written ? out[written - 1] : BETWEEN;
    if (is_space(one) && (before == BETWEEN || is_space(before))) {
        if (before == ' ')
            out[written - 1] = one;
        return written;
    }
    if (one == BETWEEN && is_space(before))
        written--;
    out[written++] = one;
    return written;
}

Py_ssize_t look_up(const Given *given)
{
    const uint32_t *code = given[0].at, *becomes = given[1].at, *longer = given[2].at;
    const uint8_t *spacing = given[3].at;
    uint32_t odd = (uint32_t)given[4].number, *out = given[5].at;
    uint8_t *doubted = given[6].at;
    Py_ssize_t most = given[5].count, texts = given[6].count, written = 0, text = -1;

    NEEDS(1, PLANE);
    NEEDS(3, PLANE);
    memset(doubted, 0, (size_t)texts);
    for (Py_ssize_t k = 0; k < given[0].count; k++) {
        uint32_t one = becomes[code[k] < PLANE ? code[k] : PLANE - 1];
        if (written == most)
            return NOT_PLAIN;
        if (one < LONGER) {
            written = put(out, written, one);
            continue;
        }
        Py_ssize_t at = one - LONGER; /* how many characters it becomes, then these */
        if (at >= given[2].count || longer[at] > given[2].count - at - 1 || longer[at] > most - written)
            return NOT_PLAIN;
        for (uint32_t each = 0; each < longer[at]; each++)
            written = put(out, written, longer[at + 1 + each]);
    }
    for (Py_ssize_t k = 0; k < written; k++) {
        if (out[k] == BETWEEN) {
            text++;
        } else if (out[k] == odd || (is_space(out[k]) && may_go(out, written, k, spacing))) {
            if (text < 0 || text >= texts)
                return NOT_PLAIN;
            doubted[text] = 1;
        }
    }
    return text == texts ? written : NOT_PLAIN;
}

Py_ssize_t fold(const Given *given)
{
    enum { PROLONGED = 0x30FC };
    const uint32_t *code = given[0].at, *twins = given[1].at;
    const uint8_t *is_kana = given[2].at, *is_white = given[3].at;
    uint32_t *out = given[4].at, before = 0;
    Py_ssize_t written = 0;

    NEEDS(1, PLANE);
    NEEDS(2, PLANE);
    NEEDS(3, PLANE);
    NEEDS(4, given[0].count);
    for (Py_ssize_t k = 0; k < given[0].count; k++) {
        uint32_t this = code[k], one = this < PLANE ? twins[this] : this;
        if (this < PLANE && is_white[this])
            continue;
        if (one == PROLONGED && !(before < PLANE && is_kana[before]))
            one = '-';
        out[written++] = one;
        before = this;
    }
    return written;
}

/* How many of a text's characters are of each kind: see scan/layer.py. */
Py_ssize_t count_kinds(const Given *given)
{
    const uint32_t *code = given[0].at;
    const uint8_t *kinds = given[1].at;
    int64_t *counts = given[2].at;
    NEEDS(1, PLANE);
    for (Py_ssize_t k = 0; k < given[0].count; k++) {
        uint8_t kind = kinds[code[k] < PLANE ? code[k] : PLANE - 1];
        if (kind >= given[2].count)
            return TOO_SHORT;
        counts[kind]++;
    }
    return 0;
}
