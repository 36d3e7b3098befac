/* PDFium's objects on a page -> what their text stands in and what may be rules: see read/drawn.py. */

#include "pdfium.h"

enum { TEXT = 1, PATH = 2, IMAGE = 3, FORM = 5, STROKED = 1, INVISIBLE = 3, CLIP_ONLY = 7 };

typedef struct {
    const Pdfium *call;
    const Visible *visible;
    Handle last; /* the outline looked at last, and its box */
    Box box;
} Page;

static const Box everywhere = {-INFINITY, -INFINITY, INFINITY, INFINITY};

static Box moved(const Page *page, float x0, float y0, float x1, float y1)
{
    float left = (float)((double)x0 - page->visible->left), right = (float)((double)x1 - page->visible->left);
    float top = (float)(page->visible->top - (double)y0), bottom = (float)(page->visible->top - (double)y1);
    return (Box){left < right ? left : right, top < bottom ? top : bottom, left < right ? right : left,
                 top < bottom ? bottom : top};
}

/* The box around an outline of clip paths; objects drawn under one clip share its outline. */
static const Box *outline(Page *page, Handle clips, int part, Handle first)
{
    if (first == page->last)
        return &page->box;
    int count = page->call->count_clip_segments(clips, part);
    for (int k = 0; k < count; k++) {
        float x = 0, y = 0;
        page->call->segment_point(page->call->get_clip_segment(clips, part, k), &x, &y);
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
    Handle clips = page->call->clip_path(object);
    int count = page->call->count_clips(clips);
    for (int part = 0; part < count; part++) {
        Handle first = page->call->get_clip_segment(clips, part, 0);
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
    page->call->set_stroke_width(text, 1);
    page->call->set_render_mode(text, STROKED);
    page->call->move_object(text, 1, 0, 0, 1, 0, 0);
    page->call->set_render_mode(text, mode);
}

int see_objects(const Pdfium *call, Handle self, int count, const Visible *visible, float narrow, float thickness,
                Objects *seen)
{
    Page page = {.call = call, .visible = visible};
    for (int k = 0; k < count; k++) {
        Handle object = call->get_object(self, k);
        int kind = call->object_type(object);
        float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
        if (kind == FORM)
            return NOT_PLAIN; /* it has objects of its own */
        if (kind == IMAGE)
            seen->image[seen->images++] = object;
        if (kind != TEXT && kind != PATH)
            continue;
        call->object_bounds(object, &x0, &y0, &x1, &y1);
        Box clip = clip_of(&page, object);
        if (kind == TEXT) {
            float matrix[6] = {0}, size = 0;
            int mode = call->render_mode(object);
            if (x1 - x0 < narrow) {
                show(&page, object, mode);
                seen->blanks++;
            }
            call->object_matrix(object, matrix);
            call->font_size(object, &size);
            Py_ssize_t text = seen->texts++;
            seen->text[text] = object;
            seen->is_hidden[text] = mode == INVISIBLE || mode == CLIP_ONLY;
            seen->clip[text] = clip;
            for (int side = 0; side < 4; side++)
                seen->axes[text][side] = (float)((side % 2 ? -1.0 : 1.0) * matrix[side] * size);
            continue;
        }
        int mode[2] = {0, 0};
        call->draw_mode(object, &mode[0], &mode[1]);
        if (!mode[0] && !mode[1])
            continue;
        Box box = moved(&page, x0, y0, x1, y1);
        if (!(box.right - box.left < thickness || box.bottom - box.top < thickness)) {
            seen->path[seen->large] = object;
            memcpy(seen->mode[seen->large], mode, sizeof mode);
            seen->around[seen->large++] = clip;
        } else if (is_seen(box, clip)) {
            seen->rule[seen->thin++] = within(box, clip);
        }
    }
    Py_ssize_t none = seen->texts++;
    seen->text[none] = NULL; /* never asked for: see object_of in glyphs.c */
    seen->is_hidden[none] = 0;
    seen->clip[none] = everywhere;
    memset(seen->axes[none], 0, sizeof *seen->axes);
    return 0;
}
