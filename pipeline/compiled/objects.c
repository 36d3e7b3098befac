/* PDFium's objects on a page -> what their text stands in and what may be rules: see read/drawn.py.

   Its functions are told by their addresses, so nothing of PDFium is needed to build this. */

#include "loops.h"

typedef void *Handle;

/* In the order in which read/drawn.py names them. */
typedef struct {
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
} Functions;

enum { FUNCTIONS = sizeof(Functions) / sizeof(word) };
enum { TEXT = 1, PATH = 2, IMAGE = 3, FORM = 5, STROKED = 1, INVISIBLE = 3, CLIP_ONLY = 7 };

typedef struct {
    float left, top, right, bottom;
} Box;

typedef struct {
    Functions call;
    double left, top; /* of the visible page, in the file's coordinates */
    Handle last;      /* the outline looked at last, and its box */
    Box box;
} Page;

static const Box everywhere = {-INFINITY, -INFINITY, INFINITY, INFINITY};

static Box moved(const Page *page, float x0, float y0, float x1, float y1)
{
    float left = (float)((double)x0 - page->left), right = (float)((double)x1 - page->left);
    float top = (float)(page->top - (double)y0), bottom = (float)(page->top - (double)y1);
    return (Box){left < right ? left : right, top < bottom ? top : bottom, left < right ? right : left,
                 top < bottom ? bottom : top};
}

/* The box around an outline of clip paths; objects drawn under one clip share its outline. */
static const Box *outline(Page *page, Handle clips, int part, Handle first)
{
    if (first == page->last)
        return &page->box;
    int count = page->call.count_clip_segments(clips, part);
    for (int k = 0; k < count; k++) {
        float x = 0, y = 0;
        page->call.segment_point(page->call.get_clip_segment(clips, part, k), &x, &y);
        Box point = moved(page, x, y, x, y);
        if (k == 0)
            page->box = point;
        page->box.left = point.left < page->box.left ? point.left : page->box.left;
        page->box.top = point.top < page->box.top ? point.top : page->box.top;
        page->box.right = point.right > page->box.right ? point.right : page->box.right;
        page->box.bottom = point.bottom > page->box.bottom ? point.bottom : page->box.bottom;
    }
    page->last = first;
    return &page->box;
}

/* The box that an object's clip paths leave of it. */
static Box clip_of(Page *page, Handle object)
{
    Box clip = everywhere;
    Handle clips = page->call.clip_path(object);
    int count = page->call.count_clips(clips);
    for (int part = 0; part < count; part++) {
        Handle first = page->call.get_clip_segment(clips, part, 0);
        if (!first)
            continue;
        const Box *around = outline(page, clips, part, first);
        clip.left = around->left > clip.left ? around->left : clip.left;
        clip.top = around->top > clip.top ? around->top : clip.top;
        clip.right = around->right < clip.right ? around->right : clip.right;
        clip.bottom = around->bottom < clip.bottom ? around->bottom : clip.bottom;
    }
    return clip;
}

static Box within(Box box, Box clip)
{
    return (Box){box.left > clip.left ? box.left : clip.left, box.top > clip.top ? box.top : clip.top,
                 box.right < clip.right ? box.right : clip.right,
                 box.bottom < clip.bottom ? box.bottom : clip.bottom};
}

static int is_seen(Box box, Box clip)
{
    return box.left <= clip.right && box.top <= clip.bottom && box.right >= clip.left && box.bottom >= clip.top;
}

/* Make a text object count that PDFium takes to be without width: see _show in read/drawn.py. */
static void show(const Page *page, Handle text, int mode)
{
    page->call.set_stroke_width(text, 1);
    page->call.set_render_mode(text, STROKED);
    page->call.move_object(text, 1, 0, 0, 1, 0, 0);
    page->call.set_render_mode(text, mode);
}

Py_ssize_t see_objects(const Given *given)
{
    Page page = {.left = given[2].number, .top = given[3].number};
    double narrow = given[4].number, thickness = given[5].number;
    word *texts = given[6].at, *images = given[10].at, *large = given[12].at;
    uint8_t *hidden = given[7].at;
    Box *clips = given[8].at, *thin = given[11].at, *large_clips = given[14].at;
    float *axes = given[9].at;
    int32_t *modes = given[13].at;
    int64_t *told = given[15].at, text = 0, image = 0, rule = 0, wide = 0, blank = 0;
    Py_ssize_t count = given[6].count - 1;
    NEEDS(0, FUNCTIONS);
    NEEDS(1, 1);
    NEEDS(6, 1);
    NEEDS(7, count + 1);
    NEEDS(8, 4 * (count + 1));
    NEEDS(9, 4 * (count + 1));
    NEEDS(10, count);
    NEEDS(11, 4 * count);
    NEEDS(12, count);
    NEEDS(13, 2 * count);
    NEEDS(14, 4 * count);
    NEEDS(15, 5);
    memcpy(&page.call, given[0].at, sizeof page.call);
    Handle self = (Handle)*(const word *)given[1].at;
    if (page.call.count_objects(self) > count)
        return TOO_SHORT;
    count = page.call.count_objects(self);
    for (int k = 0; k < count; k++) {
        Handle object = page.call.get_object(self, k);
        int kind = page.call.object_type(object);
        float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
        if (kind == FORM)
            return NOT_PLAIN; /* it has objects of its own */
        if (kind == IMAGE)
            images[image++] = (word)object;
        if (kind != TEXT && kind != PATH)
            continue;
        page.call.object_bounds(object, &x0, &y0, &x1, &y1);
        Box clip = clip_of(&page, object);
        if (kind == TEXT) {
            float matrix[6] = {0}, size = 0;
            int mode = page.call.render_mode(object);
            if (x1 - x0 < (float)narrow) {
                show(&page, object, mode);
                blank++;
            }
            page.call.object_matrix(object, matrix);
            page.call.font_size(object, &size);
            texts[text] = (word)object;
            hidden[text] = mode == INVISIBLE || mode == CLIP_ONLY;
            clips[text] = clip;
            for (int side = 0; side < 4; side++)
                axes[4 * text + side] = (float)((side % 2 ? -1.0 : 1.0) * matrix[side] * size);
            text++;
            continue;
        }
        int mode[2] = {0, 0};
        page.call.draw_mode(object, &mode[0], &mode[1]);
        if (!mode[0] && !mode[1])
            continue;
        Box box = moved(&page, x0, y0, x1, y1);
        if (!(box.right - box.left < thickness || box.bottom - box.top < thickness)) {
            large[wide] = (word)object;
            memcpy(modes + 2 * wide, mode, sizeof mode);
            large_clips[wide++] = clip;
        } else if (is_seen(box, clip)) {
            thin[rule++] = within(box, clip);
        }
    }
    texts[text] = UINTPTR_MAX; /* text that none holds: see placed.py */
    hidden[text] = 0;
    clips[text] = everywhere;
    memset(axes + 4 * text, 0, 4 * sizeof *axes);
    told[0] = text + 1;
    told[1] = image;
    told[2] = rule;
    told[3] = wide;
    told[4] = blank;
    return 0;
}
