/* What the loops ask PDFium, and what is seen of a page with it.

   Its functions are told by their addresses, so nothing of PDFium is needed to build this. */

#include "loops.h"

typedef void *Handle;

/* In the order in which read/seen.py names them. */
typedef struct {
    Handle (*load_page)(Handle document, int number);
    void (*close_page)(Handle page);
    int (*page_box)(Handle page, float box[4]);
    int (*page_rotation)(Handle page);

    int (*count_objects)(Handle page);
    Handle (*get_object)(Handle page, int number);
    int (*object_type)(Handle object);
    int (*object_bounds)(Handle object, float *left, float *bottom, float *right, float *top);
    int (*object_matrix)(Handle object, float matrix[6]);
    int (*render_mode)(Handle text);
    int (*font_size)(Handle text, float *size);
    int (*draw_mode)(Handle path, int *filled, int *stroked);
    Handle (*clip_path)(Handle object);
    int (*count_clips)(Handle clips);
    int (*count_clip_segments)(Handle clips, int part);
    Handle (*get_clip_segment)(Handle clips, int part, int segment);
    int (*segment_point)(Handle segment, float *x, float *y);
    int (*set_stroke_width)(Handle object, float width);
    int (*set_render_mode)(Handle text, int mode);
    void (*move_object)(Handle object, double a, double b, double c, double d, double e, double f);

    Handle (*load_text)(Handle page);
    void (*close_text)(Handle text);
    int (*count_characters)(Handle text);
    int (*all_text)(Handle text, int start, int count, uint16_t *units);
    unsigned (*unicode_of)(Handle text, int number);
    Handle (*text_object)(Handle text, int number);
    int (*is_unmapped)(Handle text, int number);
    int (*advance_box)(Handle text, int number, float box[4]);
    int (*glyph_origin)(Handle text, int number, double *x, double *y);
} Pdfium;

typedef struct {
    double left, top, width, height; /* in the file's coordinates, whose y runs up */
} Visible;

typedef struct {
    float left, top, right, bottom; /* on the visible page, whose y runs down */
} Box;

/* What is drawn on a page; texts end with one for text that none holds. */
typedef struct {
    Py_ssize_t texts, images, thin, large, blanks;
    Handle *text, *image, *path;
    uint8_t *is_hidden;
    Box *clip, *rule, *around;
    float (*axes)[4];
    int32_t (*mode)[2];
} Objects;

enum { ANY_INK = 0x3001 }; /* code points from here on leave ink or not as this one does */

/* The glyphs that show on a page. */
typedef struct {
    Py_ssize_t count;
    uint32_t *code;
    Box *box;
    uint8_t *is_hidden, *is_askew;
} Glyphs;

int see_objects(const Pdfium *call, Handle page, int count, const Visible *visible, float narrow, float thickness,
                Objects *seen);
int see_glyphs(const Pdfium *call, Handle text, const uint32_t *code, Py_ssize_t count, const Visible *visible,
               const Objects *objects, const uint8_t *is_inked, Glyphs *seen);
