/* A content stream -> the letters that it can show: see read/shown.py and read/glance.py. */

#include "loops.h"

enum { LEVELS = 64, LONGEST_NAME = 255 };
enum { SINGLE = 1, PAIRS = 2, MIXED = 3 }; /* how long a font's codes are */
/* What a code shows is a letter, or one of these; from the first on, the place where several letters stand. */
static const uint32_t SEVERAL = 0x80000000u, UNKNOWN = 0xFFFFFFFFu;

typedef struct {
    int64_t name, end; /* where its name stands in `names` */
    int64_t kind;      /* 0 where it is not told what it shows */
    int64_t table, length; /* the address of what its codes show, and how many values stand there */
} Font;

typedef struct {
    const uint8_t *at, *end;
    const uint8_t *names;
    const Font *fonts;
    Py_ssize_t font_count;
    uint32_t *out, *out_end;
} Reader;

enum { REGULAR, NUMERIC, WHITE, DELIMITER };
static const uint8_t kind_of[256] = {
    [0] = WHITE, ['\t'] = WHITE, ['\n'] = WHITE, ['\f'] = WHITE, ['\r'] = WHITE, [' '] = WHITE,
    ['('] = DELIMITER, [')'] = DELIMITER, ['<'] = DELIMITER, ['>'] = DELIMITER, ['['] = DELIMITER,
    [']'] = DELIMITER, ['{'] = DELIMITER, ['}'] = DELIMITER, ['/'] = DELIMITER, ['%'] = DELIMITER,
    ['0'] = NUMERIC, ['1'] = NUMERIC, ['2'] = NUMERIC, ['3'] = NUMERIC, ['4'] = NUMERIC, ['5'] = NUMERIC,
    ['6'] = NUMERIC, ['7'] = NUMERIC, ['8'] = NUMERIC, ['9'] = NUMERIC, ['+'] = NUMERIC, ['-'] = NUMERIC,
    ['.'] = NUMERIC, [0x80] = DELIMITER, [0xFF] = DELIMITER, /* white space to PDFium, and to no one else: never plain */
};

static int digit(uint8_t sign)
{
    if (sign >= '0' && sign <= '9')
        return sign - '0';
    sign |= 0x20;
    return sign >= 'a' && sign <= 'f' ? sign - 'a' + 10 : -1;
}

static int put(Reader *reader, uint32_t letter)
{
    if (reader->out == reader->out_end)
        return NOT_PLAIN; /* codes that show many letters each */
    *reader->out++ = letter;
    return 0;
}

/* ------------------------------------------------------------------------------------------ strings */

/* What comes instead of a string's next byte: its end, or what is not plain. */
enum { ENDS = -1, ODD = -2 };

static int next_of_literal(Reader *reader)
{
    if (reader->at == reader->end)
        return ODD;
    uint8_t sign = *reader->at++;
    if (sign == ')')
        return ENDS;
    if (sign == '(' || sign == '\r')
        return ODD; /* parentheses within, a line end that counts as another than is written */
    if (sign != '\\')
        return sign;
    if (reader->at == reader->end)
        return ODD;
    sign = *reader->at++;
    switch (sign) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'f': return '\f';
    case '(':
    case ')':
    case '\\': return sign;
    default: break;
    }
    if (sign < '0' || sign > '7')
        return ODD;
    int value = sign - '0';
    for (int k = 0; k < 2 && reader->at < reader->end && *reader->at >= '0' && *reader->at <= '7'; k++)
        value = 8 * value + *reader->at++ - '0';
    return value < 256 ? value : ODD;
}

static int next_of_hex(Reader *reader)
{
    int digits[2] = {0, 0}, count = 0;
    while (count < 2) {
        if (reader->at == reader->end)
            return ODD;
        uint8_t sign = *reader->at++;
        if (sign == '>') {
            reader->at--; /* the next call finds it again */
            break;
        }
        if (kind_of[sign] == WHITE)
            continue;
        if ((digits[count++] = digit(sign)) < 0)
            return ODD;
    }
    if (count)
        return 16 * digits[0] + digits[1];
    reader->at++;
    return ENDS;
}

typedef int (*Next)(Reader *);

static int show(Reader *reader, const Font *font, uint32_t code)
{
    const uint32_t *table = (const uint32_t *)(uintptr_t)font->table;
    uint32_t letter = table[code];
    if (letter < SEVERAL)
        return put(reader, letter);
    if (letter == UNKNOWN)
        return NOT_PLAIN;
    uint64_t place = letter - SEVERAL; /* there: how many, then they */
    if (place >= (uint64_t)font->length || table[place] >= (uint64_t)font->length - place)
        return NOT_PLAIN;
    int fault = 0;
    for (uint32_t k = 1; k <= table[place] && !fault; k++)
        fault = put(reader, table[place + k]);
    return fault;
}

/* A string, behind the sign that begins it -> what it shows. */
static int shown_string(Reader *reader, const Font *font, Next next)
{
    if (!font)
        return NOT_PLAIN;
    for (int code, second, fault; (code = next(reader)) != ENDS;) {
        if (code == ODD)
            return NOT_PLAIN;
        if (font->kind == PAIRS || (font->kind == MIXED && (code > 0xDF || (code > 0x80 && code < 0xA0)))) {
            if ((second = next(reader)) < 0)
                return NOT_PLAIN; /* half a code */
            code = 256 * code + second;
        }
        if ((fault = show(reader, font, (uint32_t)code)))
            return fault;
    }
    return 0;
}

/* What stands for strings as text: UTF-16 behind its mark, else ASCII. */
static int told_string(Reader *reader, Next next)
{
    int first = next(reader), second = first < 0 ? first : next(reader), fault = 0;
    if (first == ODD || second == ODD)
        return NOT_PLAIN;
    if (first == 0xFE && second == 0xFF) {
        for (int high, low; (high = next(reader)) != ENDS;) {
            if (high == ODD || (low = next(reader)) < 0 || (high >= 0xD8 && high < 0xE0))
                return NOT_PLAIN;
            if ((fault = put(reader, (uint32_t)(256 * high + low))))
                return fault;
        }
        return put(reader, '\n');
    }
    for (int sign = first; sign != ENDS; sign = second, second = second == ENDS ? ENDS : next(reader)) {
        if (sign == ODD || sign > 127)
            return NOT_PLAIN;
        if ((fault = put(reader, (uint32_t)sign)))
            return fault;
    }
    return put(reader, '\n');
}

/* ------------------------------------------------------------------------------------- what is between */

static const uint8_t *word_end(const Reader *reader)
{
    const uint8_t *at = reader->at;
    while (at < reader->end && kind_of[*at] <= NUMERIC)
        at++;
    return at;
}

/* The end of the name that begins here; null where it is not plain. */
static const uint8_t *name_end(const Reader *reader)
{
    const uint8_t *end = word_end(reader);
    int is_odd = end - reader->at > LONGEST_NAME || memchr(reader->at, '#', (size_t)(end - reader->at));
    return is_odd ? NULL : end;
}

static int is_number(const uint8_t *start, const uint8_t *end)
{
    while (start < end && kind_of[*start] == NUMERIC)
        start++;
    return start == end;
}

static int is_word(const uint8_t *start, const uint8_t *end, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(end - start) == length && !memcmp(start, word, length);
}

/* A dictionary, behind << -> nothing of it but its text (/ActualText). */
static int passed_dictionary(Reader *reader)
{
    int depth = 1, names_text = 0, fault = 0;
    while (reader->at < reader->end) {
        uint8_t sign = *reader->at++;
        if (kind_of[sign] == WHITE || sign == '[' || sign == ']')
            continue;
        int is_string = sign == '(' || (sign == '<' && reader->at < reader->end && *reader->at != '<');
        if (names_text && !is_string)
            return NOT_PLAIN;
        if (is_string) {
            Next next = sign == '(' ? next_of_literal : next_of_hex;
            uint32_t *kept = reader->out;
            if (names_text) {
                if ((fault = told_string(reader, next)))
                    return fault;
                kept = reader->out;
            }
            for (int byte = 0; !names_text && byte != ENDS;)
                if ((byte = next(reader)) == ODD)
                    return NOT_PLAIN;
            reader->out = kept;
            names_text = 0;
        } else if (sign == '<') {
            reader->at++;
            depth++;
        } else if (sign == '>') {
            if (reader->at == reader->end || *reader->at++ != '>')
                return NOT_PLAIN;
            if (!--depth)
                return 0;
        } else if (sign == '/') {
            const uint8_t *end = name_end(reader);
            if (!end)
                return NOT_PLAIN;
            names_text = is_word(reader->at, end, "ActualText");
            reader->at = end;
        } else if (kind_of[sign] == DELIMITER) {
            return NOT_PLAIN;
        } else {
            reader->at = word_end(reader);
        }
    }
    return NOT_PLAIN;
}

static const Font *font_named(const Reader *reader, const uint8_t *start, const uint8_t *end)
{
    for (Py_ssize_t k = 0; k < reader->font_count; k++) {
        const Font *font = &reader->fonts[k];
        if (font->end - font->name == end - start
            && !memcmp(reader->names + font->name, start, (size_t)(end - start)))
            return font->kind ? font : NULL;
    }
    return NULL;
}

Py_ssize_t tell_letters(const Given *given)
{
    Reader reader = {given[0].at, (const uint8_t *)given[0].at + given[0].count, given[1].at, given[2].at,
                     given[2].count / 5, given[3].at, (uint32_t *)given[3].at + given[3].count};
    const Font *levels[LEVELS], *font = NULL;
    const uint8_t *name = NULL, *name_stop = NULL;
    int level = 0, numbers = 0, has_shown = 0, in_array = 0, fault = 0;

    for (Py_ssize_t k = 0; k < reader.font_count; k++) {
        const Font *one = &reader.fonts[k];
        if (one->name < 0 || one->end < one->name || one->end > given[1].count
            || (one->kind && one->length < (one->kind == SINGLE ? 0x100 : 0x10000)))
            return TOO_SHORT;
    }
    while (reader.at < reader.end) {
        uint8_t sign = *reader.at++;
        if (kind_of[sign] == WHITE)
            continue;
        if (sign == '(' || (sign == '<' && reader.at < reader.end && *reader.at != '<')) {
            if ((fault = shown_string(&reader, font, sign == '(' ? next_of_literal : next_of_hex)))
                return fault;
            has_shown = 1;
            name = NULL;
        } else if (sign == '[' || sign == ']') {
            if (in_array != (sign == ']'))
                return NOT_PLAIN;
            in_array = !in_array;
            name = NULL;
        } else if (sign == '<') {
            if (reader.at++ == reader.end || in_array)
                return NOT_PLAIN;
            if ((fault = passed_dictionary(&reader)))
                return fault;
            name = NULL;
        } else if (sign == '/') {
            name = reader.at;
            name_stop = reader.at = name_end(&reader);
            if (!name_stop || in_array)
                return NOT_PLAIN;
            numbers = 0;
        } else if (kind_of[sign] == DELIMITER) {
            return NOT_PLAIN; /* a comment, or what closes nothing */
        } else {
            const uint8_t *start = reader.at - 1, *end = reader.at = word_end(&reader);
            if (is_number(start, end)) {
                numbers++;
                continue;
            }
            if (in_array || kind_of[*start] == NUMERIC)
                return NOT_PLAIN;
            if (is_word(start, end, "Tf")) {
                if (!name || numbers != 1)
                    return NOT_PLAIN;
                font = font_named(&reader, name, name_stop);
            } else if (is_word(start, end, "q")) {
                if (level == LEVELS)
                    return NOT_PLAIN;
                levels[level++] = font;
            } else if (is_word(start, end, "Q")) {
                font = level ? levels[--level] : font;
            } else if (is_word(start, end, "BI")) {
                return NOT_PLAIN; /* behind it anything may stand */
            }
            if (has_shown && (fault = put(&reader, '\n')))
                return fault;
            has_shown = numbers = 0;
            name = NULL;
        }
    }
    if (in_array)
        return NOT_PLAIN;
    if (has_shown && (fault = put(&reader, '\n')))
        return fault;
    return reader.out - (uint32_t *)given[3].at;
}
