/* review.c - see the header. What a person decides goes to the hub at once, one act a key; undo is
 * an act too, so nothing is lost when the terminal is. Pairs are fetched page by page and stay in
 * one list that the cursor walks: undo steps back.
 */
#include "agents/review.h"
#include "agents/sidebyside.h"
#include "agents/tool.h"
#include "agents/words.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "kiennghi/message.h"

enum { PAGE = 50, KEY_MS = 200, MAX_LINE = 2048, SCROLL = 5 };

static int decide(kn_agent_t *agent, const char *code, const char *earlier,
                  enum kn_candidate_state decision, const char *reason)
{
    struct kn_candidate_decide body = {.case_ = code,
                                       .earlier = earlier,
                                       .decision = decision,
                                       .reason = reason,
                                       .on_behalf = kn_agent_text(agent, "on-behalf")};
    return kn_agent_act(agent, NULL, KN_TYPE_CANDIDATE_DECIDE, &body);
}

/* One page of pairs behind AFTER (NULL: the first). */
static int get_page(kn_agent_t *agent, struct kn_message **out, const char *after, int64_t limit)
{
    int state;
    *out = NULL;
    if (tool_pick_option(agent, &state, KN_ENUM_CANDIDATE_STATE, "pair-state") != KN_OK)
        return KN_E_INVALID;
    struct kn_candidate_find body = {.state = (enum kn_candidate_state)state,
                                     .case_ = kn_agent_text(agent, "case"),
                                     .after = after,
                                     .has_limit = true,
                                     .limit = limit};
    return kn_agent_request(agent, out, KN_TYPE_CANDIDATE_FIND, &body);
}

/* ---- a list ---------------------------------------------------------------------------------- */

static void print_pair(kn_agent_t *agent, const struct kn_candidate_view *view)
{
    const struct kn_candidate_pair *pair = view->pair;
    kn_agent_json(agent, KN_SCHEMA_CANDIDATE_VIEW, view, !kn_agent_flag(agent, "persons"));
    kn_agent_print(agent, "%s  %s  %3" PRId64 "%%  %s%s%s%s", pair->case_, pair->earlier,
                   pair->score / 10,
                   words_of(KN_ENUM_CANDIDATE_STATE, (int)pair->state, kn_agent_is_vi(agent)),
                   pair->by ? " · " : "", pair->by ? pair->by : "",
                   pair->link == KN_LINK_KIND_RECURRENCE
                       ? TR(" · có thể là tái kiến nghị", " · perhaps raised again")
                       : "");
    if (pair->why)
        kn_agent_print(agent, "    %s", pair->why);
}

static int list_pairs(kn_agent_t *agent)
{
    char after[64] = "";
    int64_t n = 0, limit = kn_agent_integer(agent, "limit");
    int rc = KN_OK;
    for (bool more = true; more && rc == KN_OK && !kn_agent_is_stopping(agent);) {
        struct kn_message *answer;
        rc = get_page(agent, &answer, *after ? after : NULL, limit);
        if (rc != KN_OK)
            break;
        const struct kn_candidate_list *list = answer->body;
        for (size_t i = 0; i < list->n_pairs; i++)
            print_pair(agent, &list->pairs[i]);
        n += (int64_t)list->n_pairs;
        more = list->more_after != NULL;
        snprintf(after, sizeof after, "%s", more ? list->more_after : "");
        kn_message_destroy(&answer);
    }
    if (rc == KN_OK)
        kn_agent_print(agent, TR("%" PRId64 " cặp", "%" PRId64 " pairs"), n);
    return rc;
}

/* ---- decisions of a file --------------------------------------------------------------------- */

/* The next word of *AT, ended by a NUL; NULL when there is none. */
static char *next_word(char **at)
{
    char *word = *at + strspn(*at, " \t;");
    size_t length = strcspn(word, " \t;");
    *at = word + length;
    if (**at)
        *(*at)++ = '\0';
    return *word ? word : NULL;
}

/* "LATER EARLIER same|different|open [reason]" */
static int take_line(kn_agent_t *agent, const char *where, char *line)
{
    char *at = line;
    const char *code = next_word(&at), *earlier = next_word(&at), *word = next_word(&at);
    const char *reason = at + strspn(at, " \t;");
    int decision;
    if (!code || !earlier || !word)
        return tool_fail(agent, KN_CODE_INVALID, where,
                         TR("cần: MÃ-SAU MÃ-TRƯỚC same|different|open [lý do]",
                            "want: LATER EARLIER same|different|open [reason]"));
    if (tool_pick(agent, &decision, KN_ENUM_CANDIDATE_STATE, where, word) != KN_OK)
        return KN_E_INVALID;
    int rc =
        decide(agent, code, earlier, (enum kn_candidate_state)decision, *reason ? reason : NULL);
    if (rc == KN_OK)
        kn_agent_print(agent, "%s  %s  %s", code, earlier,
                       words_of(KN_ENUM_CANDIDATE_STATE, decision, kn_agent_is_vi(agent)));
    else if (rc == KN_E_INVALID || rc == KN_E_CONFLICT)
        tool_fail(agent, KN_CODE_INVALID, where,
                  TR("dòng này chưa ghi được, xem trên", "not recorded, see above"));
    return rc;
}

/* Every line is tried; what is refused is named with its line, and the exit code says so. */
static int take_file(kn_agent_t *agent, const char *path)
{
    char line[MAX_LINE], where[MAX_LINE];
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    int rc = KN_OK, worst = KN_OK;
    if (!file)
        return tool_fail(agent, KN_CODE_INVALID, path, strerror(errno));
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        snprintf(where, sizeof where, "%.1000s:%u", path, number);
        line[strcspn(line, "\r\n")] = '\0';
        if (line[strspn(line, " \t")] == '\0' || line[strspn(line, " \t")] == '#')
            continue;
        rc = take_line(agent, where, line);
        worst = rc != KN_OK ? rc : worst;
        if (kn_agent_is_stopping(agent) ||
            (rc != KN_OK && rc != KN_E_INVALID && rc != KN_E_CONFLICT))
            break;
    }
    if (file != stdin)
        fclose(file);
    return worst;
}

/* ---- on a terminal --------------------------------------------------------------------------- */

struct item {
    const struct kn_candidate_view *view; /* of a page */
    enum kn_candidate_state decision;     /* NONE: later, or not yet */
};

struct session {
    kn_agent_t *agent;
    struct kn_message **pages;
    size_t n_pages, at;
    struct item *items;
    size_t n;
    bool has_more;
    struct termios before;
    struct sidebyside screen;
};

/* One more page behind those that are here. */
static int load(struct session *self)
{
    kn_agent_t *agent = self->agent;
    const struct kn_candidate_list *last =
        self->n_pages ? self->pages[self->n_pages - 1]->body : NULL;
    struct kn_message *page;
    self->has_more = false;
    int rc = get_page(agent, &page, last ? last->more_after : NULL, PAGE);
    if (rc != KN_OK)
        return rc;
    const struct kn_candidate_list *list = page->body;
    struct kn_message **pages = realloc(self->pages, (self->n_pages + 1) * sizeof *pages);
    struct item *items = realloc(self->items, (self->n + list->n_pairs + 1) * sizeof *items);
    self->pages = pages ? pages : self->pages;
    self->items = items ? items : self->items;
    if (!pages || !items) {
        kn_message_destroy(&page);
        return KN_E_NOMEM;
    }
    self->pages[self->n_pages++] = page;
    for (size_t i = 0; i < list->n_pairs; i++)
        self->items[self->n++] = (struct item){.view = &list->pairs[i]};
    self->has_more = list->more_after != NULL;
    return KN_OK;
}

enum key { KEY_NONE, KEY_SAME, KEY_DIFFERENT, KEY_LATER, KEY_UNDO, KEY_DOWN, KEY_UP, KEY_QUIT };

/* One key each in both languages, and digits on any keyboard. */
static const struct {
    char vi, en, any;
    enum key key;
} keys[] = {{'g', 's', '1', KEY_SAME},   {'k', 'd', '2', KEY_DIFFERENT}, {'s', 'l', '3', KEY_LATER},
            {'h', 'u', '0', KEY_UNDO},   {' ', ' ', '+', KEY_DOWN},      {'b', 'b', '-', KEY_UP},
            {'q', 'q', '\004', KEY_QUIT}};

/* Waits for a key; the connection is kept alive meanwhile. */
static enum key read_key(struct session *self)
{
    const bool vi = kn_agent_is_vi(self->agent);
    while (!kn_agent_is_stopping(self->agent)) {
        struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
        unsigned char letter;
        if (poll(&ready, 1, KEY_MS) > 0) {
            if (read(STDIN_FILENO, &letter, 1) != 1)
                return KEY_QUIT;
            letter |= letter >= 'A' && letter <= 'Z' ? 0x20 : 0;
            for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
                if (letter == (vi ? keys[i].vi : keys[i].en) || letter == keys[i].any)
                    return keys[i].key;
            }
        }
        if (kn_agent_poll(self->agent, 0) == KN_E_CLOSED)
            return KEY_QUIT;
    }
    return KEY_QUIT;
}

static void count(const struct session *self, int n[KN_CANDIDATE_STATE_COUNT])
{
    memset(n, 0, KN_CANDIDATE_STATE_COUNT * sizeof *n);
    for (size_t i = 0; i < self->at; i++)
        n[self->items[i].decision]++;
}

static void draw(struct session *self)
{
    kn_agent_t *agent = self->agent;
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    char head[256];
    const struct kn_candidate_pair *pair = self->items[self->at].view->pair;
    (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    self->screen.n_rows = size.ws_row ? size.ws_row : 24;
    self->screen.n_columns = size.ws_col ? size.ws_col : 80;
    snprintf(head, sizeof head,
             TR(" %zu/%zu%s  giống %" PRId64 "%% · nơi %" PRId64 " · việc %" PRId64
                " · lời %" PRId64 "%s",
                " %zu/%zu%s  alike %" PRId64 "%% · place %" PRId64 " · matter %" PRId64
                " · words %" PRId64 "%s"),
             self->at + 1, self->n, self->has_more ? "+" : "", pair->score / 10,
             pair->place < 0 ? 0 : pair->place / 10, pair->matter / 10, pair->words / 10,
             pair->link == KN_LINK_KIND_RECURRENCE ? TR(" · TÁI KIẾN NGHỊ?", " · RAISED AGAIN?")
                                                   : "");
    sidebyside_draw(&self->screen, agent, self->items[self->at].view, head,
                    TR("g gộp · k khác · s để sau · h hoàn tác · cách/b cuộn · q thoát",
                       "s same · d different · l later · u undo · space/b scroll · q quit"));
}

static void draw_end(struct session *self)
{
    kn_agent_t *agent = self->agent;
    int n[KN_CANDIDATE_STATE_COUNT];
    count(self, n);
    printf("\033[H\033[2J");
    printf(TR("Hết cặp. Gộp %d, khác %d, để sau %d.\n\nh hoàn tác · q thoát\n",
              "No more pairs. Same %d, different %d, later %d.\n\nu undo · q quit\n"),
           n[KN_CANDIDATE_STATE_SAME], n[KN_CANDIDATE_STATE_DIFFERENT], n[KN_CANDIDATE_STATE_NONE]);
    fflush(stdout);
}

/* Records DECISION on the pair at AT; what the hub refuses is shown until a key is pressed. */
static bool record(struct session *self, size_t at, enum kn_candidate_state decision)
{
    kn_agent_t *agent = self->agent;
    const struct kn_candidate_pair *pair = self->items[at].view->pair;
    printf("\033[%d;1H\033[K", self->screen.n_rows); /* a refusal is told in the last line */
    fflush(stdout);
    if (decide(agent, pair->case_, pair->earlier, decision, NULL) == KN_OK)
        return true;
    fprintf(stderr, "%s", TR("Phím bất kỳ để tiếp tục. ", "Any key to go on. "));
    while (!kn_agent_is_stopping(agent)) {
        struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
        char letter;
        if (poll(&ready, 1, KEY_MS) > 0)
            return read(STDIN_FILENO, &letter, 1) < 0;
        if (kn_agent_poll(agent, 0) == KN_E_CLOSED)
            break;
    }
    return false;
}

static void step(struct session *self, enum kn_candidate_state decision)
{
    if (decision && !record(self, self->at, decision))
        return;
    self->items[self->at++].decision = decision;
    self->screen.top = 0;
}

static void undo(struct session *self)
{
    if (self->at == 0)
        return;
    struct item *item = &self->items[self->at - 1];
    if (item->decision && !record(self, self->at - 1, KN_CANDIDATE_STATE_OPEN))
        return;
    item->decision = KN_CANDIDATE_STATE_NONE;
    self->at--;
    self->screen.top = 0;
}

/* False: the person wants to stop. */
static bool turn(struct session *self)
{
    const bool at_end = self->at == self->n;
    if (at_end)
        draw_end(self);
    else
        draw(self);
    switch (read_key(self)) {
    case KEY_QUIT: return false;
    case KEY_UNDO: undo(self); break;
    case KEY_SAME:
        if (!at_end)
            step(self, KN_CANDIDATE_STATE_SAME);
        break;
    case KEY_DIFFERENT:
        if (!at_end)
            step(self, KN_CANDIDATE_STATE_DIFFERENT);
        break;
    case KEY_LATER:
        if (!at_end)
            step(self, KN_CANDIDATE_STATE_NONE);
        break;
    case KEY_DOWN: self->screen.top += SCROLL; break;
    case KEY_UP: self->screen.top -= self->screen.top < SCROLL ? self->screen.top : SCROLL; break;
    case KEY_NONE: break;
    }
    return true;
}

static int review_on_terminal(kn_agent_t *agent)
{
    struct session self = {.agent = agent, .screen = {.has_colour = !getenv("NO_COLOR")}};
    int n[KN_CANDIDATE_STATE_COUNT];
    int rc = load(&self);
    if (rc == KN_OK && self.n == 0)
        kn_agent_print(agent, "%s", TR("Không có cặp nào chờ xem.", "No pair waits."));
    if (rc == KN_OK && self.n > 0 && tcgetattr(STDIN_FILENO, &self.before) == 0) {
        struct termios raw = self.before;
        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
        fputs("\033[?1049h", stdout); /* a screen of its own */
        while (rc == KN_OK && turn(&self)) {
            if (self.at == self.n && self.has_more)
                rc = load(&self);
        }
        fputs("\033[?1049l", stdout);
        fflush(stdout);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &self.before);
        count(&self, n);
        kn_agent_print(agent, TR("Gộp %d, khác %d, để sau %d.", "Same %d, different %d, later %d."),
                       n[KN_CANDIDATE_STATE_SAME], n[KN_CANDIDATE_STATE_DIFFERENT],
                       n[KN_CANDIDATE_STATE_NONE]);
    }
    for (size_t i = 0; i < self.n_pages; i++)
        kn_message_destroy(&self.pages[i]);
    free(self.pages);
    free(self.items);
    return rc;
}

int review_pairs(kn_agent_t *agent, int argc, char **argv)
{
    if (argc > 0)
        return take_file(agent, argv[0]);
    const bool on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    return on_terminal && !kn_agent_flag(agent, "list") && !kn_agent_is_json(agent)
               ? review_on_terminal(agent)
               : list_pairs(agent);
}

/* ---- splitting ------------------------------------------------------------------------------- */

/* TEXT with single blanks; freed by the caller. */
static char *plain(const char *text)
{
    char *out = malloc(strlen(text) + 1);
    size_t n = 0;
    for (; out && *text; text++) {
        bool blank = strchr(" \t\r\n", *text) != NULL;
        if (!blank || (n > 0 && out[n - 1] != ' '))
            out[n++] = blank ? ' ' : *text;
    }
    if (out)
        out[n - (n > 0 && out[n - 1] == ' ')] = '\0';
    return out;
}

static bool is_quoted(const char *petition, const char *part)
{
    char *whole = plain(petition), *wanted = plain(part);
    bool found = whole && wanted && *wanted && strstr(whole, wanted);
    free(whole);
    free(wanted);
    return found;
}

/* All of FILE as one text; freed by the caller. */
static char *slurp(FILE *file)
{
    size_t n = 0, room = 4096;
    char *text = malloc(room + 1);
    while (text && !feof(file) && !ferror(file)) {
        n += fread(text + n, 1, room - n, file);
        if (n == room) {
            char *more = realloc(text, 2 * room + 1);
            if (!more)
                free(text);
            text = more;
            room *= 2;
        }
    }
    if (text)
        text[n] = '\0';
    return text;
}

/* The paragraph at *AT, ended by a NUL; *AT goes behind it. NULL at the end. */
static char *next_paragraph(char **at)
{
    char *start = *at + strspn(*at, " \t\r\n"), *end = start;
    if (!*start)
        return NULL;
    while (*end) { /* to an empty line */
        char *line = strchr(end, '\n');
        if (!line) {
            end += strlen(end);
            break;
        }
        size_t blank = strspn(line + 1, " \t\r");
        if (line[1 + blank] == '\n' || line[1 + blank] == '\0') {
            end = line;
            break;
        }
        end = line + 1;
    }
    *at = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

static int split_off(kn_agent_t *agent, const char *code, const char *part)
{
    struct kn_message *answer = NULL;
    struct kn_case_split body = {.case_ = code,
                                 .text = part,
                                 .field = kn_agent_text(agent, "field"),
                                 .area = kn_agent_text(agent, "area"),
                                 .reason = kn_agent_text(agent, "reason"),
                                 .on_behalf = kn_agent_text(agent, "on-behalf")};
    int rc = kn_agent_act(agent, &answer, KN_TYPE_CASE_SPLIT, &body);
    if (rc == KN_OK) {
        const struct kn_receipt *receipt = answer->body;
        kn_agent_json(agent, KN_SCHEMA_RECEIPT, receipt, true);
        kn_agent_print(agent,
                       TR("%s: tách từ %s (hoàn tác: kiennghi link %s %s)",
                          "%s: split from %s (undo: kiennghi link %s %s)"),
                       receipt->case_, code, receipt->case_, code);
    }
    kn_message_destroy(&answer);
    return rc;
}

/* Every part of TEXT must stand in the petition before the first one is sent. */
static int check_parts(kn_agent_t *agent, const char *code, const char *text)
{
    struct kn_message *answer;
    struct kn_case_get body = {.case_ = code};
    int rc = kn_agent_request(agent, &answer, KN_TYPE_CASE_GET, &body);
    if (rc != KN_OK)
        return rc;
    const struct kn_petition *petition = ((const struct kn_case_view *)answer->body)->petition;
    char *copy = strdup(text), *at = copy, *part;
    int number = 1;
    if (!petition)
        rc = tool_fail(agent, KN_CODE_INVALID, code,
                       TR("không xem được nội dung", "its words cannot be seen"));
    for (; copy && rc == KN_OK && (part = next_paragraph(&at)); number++) {
        char where[80];
        snprintf(where, sizeof where, TR("%.30s, phần %d", "%.30s, part %d"), code, number);
        if (!is_quoted(petition->text, part))
            rc = tool_fail(agent, KN_CODE_INVALID, where,
                           TR("không đúng nguyên văn kiến nghị; chưa tách phần nào",
                              "not the words of the petition; nothing was split"));
    }
    if (rc == KN_OK && number == 1)
        rc = tool_fail(agent, KN_CODE_INVALID, code,
                       TR("không có phần nào để tách", "there is no part to split off"));
    free(copy);
    kn_message_destroy(&answer);
    return rc;
}

int review_split(kn_agent_t *agent, int argc, char **argv)
{
    const char *given = kn_agent_text(agent, "text"), *path = argc > 1 ? argv[1] : NULL;
    if ((given == NULL) == (path == NULL))
        return tool_fail(agent, KN_CODE_INVALID, "split",
                         TR("cần TỆP (mỗi đoạn là một phần) hoặc --text",
                            "want a FILE (each paragraph is a part) or --text"));
    FILE *file = !path ? NULL : strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (path && !file)
        return tool_fail(agent, KN_CODE_INVALID, path, strerror(errno));
    char *text = given ? strdup(given) : slurp(file), *at = text, *part;
    if (file && file != stdin)
        fclose(file);
    int rc = text ? check_parts(agent, argv[0], text) : KN_E_NOMEM;
    while (rc == KN_OK && (part = next_paragraph(&at)))
        rc = split_off(agent, argv[0], part);
    free(text);
    return rc;
}
