/* screen.c - see the header. Columns are counted by characters; what does not fit ends in "…". */
#include "agents/screen.h"
#include "agents/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    LINES = 200,
    HA_NOI_S = 7 * 3600, /* as the times of the table */
    WIDTH_TIME = 16,     /* columns of the table */
    WIDTH_CASE = 16,
    WIDTH_UNIT = 26
};

struct line {
    char when[17], code[25], unit[65], words[300];
    const char *colour;
};

struct screen {
    struct line line[LINES]; /* a ring */
    uint64_t n;
    uint64_t n_due_soon, n_overdue, n_serious; /* since it was started */
    uint64_t position;
};

screen_t *screen_new(void)
{
    screen_t *self = calloc(1, sizeof *self);
    if (self)
        fputs("\033[H\033[2J", stdout);
    return self;
}

void screen_destroy(screen_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

static const char *colour_of(const struct kn_event *event)
{
    switch (event->kind) {
    case KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE:
    case KN_EVENT_KIND_COMMITMENT_MISSED: return "\033[1;31m";
    case KN_EVENT_KIND_CASE_OVERDUE:
    case KN_EVENT_KIND_ASSIGNMENT_UNSAVED: return "\033[31m";
    case KN_EVENT_KIND_CASE_DUE_SOON: return "\033[33m";
    default: return "";
    }
}

void screen_add(screen_t *screen, kn_agent_t *agent, uint64_t position,
                const struct kn_event *event)
{
    screen->position = position;
    struct line *line = &screen->line[screen->n++ % LINES];
    line->colour = getenv("NO_COLOR") ? "" : colour_of(event);
    words_time(line->when, event->at);
    words_event(line->words, sizeof line->words, event, kn_agent_is_vi(agent));
    (void)snprintf(line->code, sizeof line->code, "%s", event->case_ ? event->case_ : "");
    (void)snprintf(line->unit, sizeof line->unit, "%s", event->unit ? event->unit : "");
    screen->n_due_soon += event->kind == KN_EVENT_KIND_CASE_DUE_SOON;
    screen->n_overdue += event->kind == KN_EVENT_KIND_CASE_OVERDUE;
    screen->n_serious += event->kind == KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE;
}

/* Prints TEXT in exactly WIDTH columns, one for each character; "…" stands for what is cut. */
static void put_cell(const char *text, size_t width)
{
    size_t n = 0, length = 0;
    for (const char *p = text; *p; p++) {
        length += ((unsigned char)*p & 0xC0) != 0x80;
    }
    for (const char *p = text; *p; p++) {
        n += ((unsigned char)*p & 0xC0) != 0x80;
        if (n > width || (n == width && length > width)) {
            n = width;
            fputs(width > 0 ? "…" : "", stdout);
            break;
        }
        (void)putchar(*p);
    }
    printf("%*s", (int)(width - n), "");
}

static void put_row(const char *colour, const char *when, const char *code, const char *unit,
                    const char *words, size_t width)
{
    enum { LEFT = WIDTH_TIME + 2 + WIDTH_CASE + 2 + WIDTH_UNIT + 2 };
    bool is_wide = width > LEFT + 20;
    fputs(colour, stdout);
    put_cell(when, WIDTH_TIME);
    fputs("  ", stdout);
    put_cell(code, WIDTH_CASE);
    fputs("  ", stdout);
    if (is_wide) {
        put_cell(unit, WIDTH_UNIT);
        fputs("  ", stdout);
    }
    size_t left = is_wide ? LEFT : LEFT - WIDTH_UNIT - 2;
    put_cell(words, width > left ? width - left : 0);
    puts(*colour ? "\033[0m\033[K" : "\033[K");
}

/* When the hub was last heard, in the operator's words. */
static void heard(char *out, size_t size, kn_agent_t *agent)
{
    kn_client_t *client = kn_agent_client(agent);
    int64_t silence = kn_client_silence_ms(client);
    char when[9] = "--:--:--";
    time_t at = time(NULL) - (time_t)(silence / 1000) + HA_NOI_S;
    struct tm parts;
    if (silence >= 0 && gmtime_r(&at, &parts)) {
        (void)strftime(when, sizeof when, "%H:%M:%S", &parts);
    }
    (void)snprintf(out, size,
                   kn_client_state(client) == KN_CLIENT_READY
                       ? KN_TR(agent, "trung tâm trả lời lúc %s", "hub heard at %s")
                       : KN_TR(agent, "MẤT KẾT NỐI, trả lời lần cuối %s", "NO HUB, last heard %s"),
                   when);
}

void screen_draw(const screen_t *screen, kn_agent_t *agent)
{
    enum { FRAME = 3 }; /* two lines of head, one free below */
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    char head[400], life[100];
    uint64_t last = screen->position;
    (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    size_t width = size.ws_col ? size.ws_col : 80;
    uint64_t room = size.ws_row > FRAME ? size.ws_row - (uint64_t)FRAME : 1;
    uint64_t shown = screen->n < room ? screen->n : room;
    shown = shown < LINES ? shown : LINES;
    if (kn_agent_is_following(agent)) {
        (void)kn_client_position(kn_agent_client(agent), 1, &last);
    }
    heard(life, sizeof life, agent);
    (void)snprintf(head, sizeof head,
                   KN_TR(agent,
                         " %s %llu/%llu · quá hạn %llu · nghiêm trọng %llu · sắp hạn %llu · %s",
                         " %s %llu/%llu · overdue %llu · serious %llu · due soon %llu · %s"),
                   kn_agent_flag(agent, "all") ? KN_TR(agent, "MỌI SỰ KIỆN", "ALL EVENTS")
                                               : KN_TR(agent, "CẢNH BÁO", "ALERTS"),
                   (unsigned long long)screen->position,
                   (unsigned long long)(last > screen->position ? last : screen->position),
                   (unsigned long long)screen->n_overdue, (unsigned long long)screen->n_serious,
                   (unsigned long long)screen->n_due_soon, life);
    fputs("\033[H\033[7m", stdout);
    put_cell(head, width);
    puts("\033[0m");
    put_row(getenv("NO_COLOR") ? "" : "\033[1m", KN_TR(agent, "Thời điểm", "Time"),
            KN_TR(agent, "Mã hồ sơ", "Case"), KN_TR(agent, "Đơn vị", "Unit"),
            KN_TR(agent, "Nội dung", "What happened"), width);
    for (uint64_t i = screen->n - shown; i < screen->n; i++) {
        const struct line *line = &screen->line[i % LINES];
        put_row(line->colour, line->when, line->code, line->unit, line->words, width);
    }
    fputs("\033[J", stdout);
}
