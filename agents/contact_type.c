/* contact_type.c - kiennghi-contact --type FILE.csv: the reception desk types what people say.
 *
 * Questions in the operator's language; an answer that cannot be so is asked for again at once.
 * Each petition is a row of FILE, the desk's own register of the day, before it is sent; its case
 * code is shown when the hub has it, for the slip that the citizen takes home. The register is a
 * table as any other: imported later, its rows are known.
 */
#include "agents/contact.h"

#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX_LINE = 64 * 1024, ANSWER_MS = 20000 };

static const struct question {
    enum read_column column;
    size_t max; /* characters */
    const char *vi, *en;
} questions[] = {
    /* in the order of the register's columns */
    {READ_PERSON, 200, "Họ tên", "Name"},
    {READ_PHONE, 40, "Điện thoại", "Telephone"},
    {READ_ADDRESS, 400, "Địa chỉ", "Address"},
    {READ_AREA, 200, "Địa bàn (xã, phường)", "Area (commune, ward)"},
    {READ_FIELD, 100, "Lĩnh vực", "Field"},
    {READ_TEXT, 16000, "Nội dung kiến nghị", "Petition"},
};
enum { N_QUESTIONS = sizeof questions / sizeof questions[0] };

struct desk {
    kn_agent_t *agent;
    const char *path;
    const struct source *source;
    const struct read_headers *top;
    uint64_t n_rows; /* petitions in the register */
    char *answers[READ_COLUMNS];
};

/* ---- questions ----------------------------------------------------------------------------- */

/* What is wrong with TEXT, NULL: nothing. */
static const char *fault_of(const struct desk *desk, const struct question *question,
                            const char *text)
{
    bool is_required =
        question->column != READ_TEXT && (desk->source->required & 1U << question->column) != 0;
    if (!read_is_text(text, strlen(text))) {
        return KN_TR(desk->agent, "không phải UTF-8 – đặt màn hình và bàn phím ở UTF-8",
                     "this is no UTF-8 - set the terminal to UTF-8");
    }
    if (is_required && !*text) {
        return KN_TR(desk->agent, "nguồn này bắt buộc có mục này – ghi nội dung",
                     "the source requires this - fill it in");
    }
    if (read_characters(text) > question->max) {
        return KN_TR(desk->agent, "quá dài – rút ngắn lại", "too long - shorten it");
    }
    if (question->column == READ_PHONE && strspn(text, "0123456789+ .()-") != strlen(text)) {
        return KN_TR(desk->agent, "số điện thoại chỉ gồm chữ số – ghi lại",
                     "a telephone number has only digits - write it again");
    }
    return NULL;
}

/* Asks until the answer may be so; KN_E_CLOSED at the end of the input. */
static int ask(struct desk *desk, const struct question *question)
{
    char *line = NULL, **answer = &desk->answers[question->column];
    const char *why = NULL;
    size_t room = 0;
    int rc = KN_OK;
    do {
        fprintf(stderr, "%s: ", KN_TR(desk->agent, question->vi, question->en));
        ssize_t n = getline(&line, &room, stdin);
        free(*answer);
        *answer = NULL;
        if (n < 0 || n > MAX_LINE) {
            rc = KN_E_CLOSED;
        } else {
            bool is_text = read_is_text(line, (size_t)n);
            rc = (*answer = is_text ? read_clean(line, (size_t)n) : strdup(line)) ? KN_OK
                                                                                  : KN_E_NOMEM;
        }
        why = rc == KN_OK ? fault_of(desk, question, *answer) : NULL;
        if (why) {
            fprintf(stderr, "  ! %s\n", why);
        }
    } while (why);
    free(line);
    return rc;
}

/* One petition; KN_E_CLOSED: there is none. */
static int ask_all(struct desk *desk)
{
    fprintf(stderr,
            KN_TR(desk->agent, "\nKiến nghị số %llu (để trống nội dung để kết thúc)\n",
                  "\nPetition %llu (leave the petition empty to end)\n"),
            (unsigned long long)desk->n_rows + 1);
    int rc = KN_OK;
    for (int i = N_QUESTIONS - 1; rc == KN_OK && i >= 0; i--) { /* the matter first */
        rc = ask(desk, &questions[i]);
        if (rc == KN_OK && questions[i].column == READ_TEXT && !*desk->answers[READ_TEXT]) {
            return KN_E_CLOSED;
        }
    }
    return rc;
}

/* ---- the register -------------------------------------------------------------------------- */

static void put_cell(FILE *file, const char *text)
{
    fputs(";\"", file);
    for (; *text; text++) {
        if (*text == '"') {
            putc('"', file);
        }
        putc(*text, file);
    }
    putc('"', file);
}

static int fail(const struct desk *desk)
{
    kn_agent_fault(desk->agent, desk->path, KN_CODE_STORAGE, NULL, strerror(errno));
    return KN_E_IO;
}

static int finish(const struct desk *desk, FILE *file)
{
    bool is_good = file && fflush(file) == 0 && fsync(fileno(file)) == 0;
    return (file && fclose(file) != 0) || !is_good ? fail(desk) : KN_OK;
}

/* A new register with its lines and headings. */
static int create(const struct desk *desk)
{
    char day[11];
    struct stat about;
    if (stat(desk->path, &about) == 0) {
        return KN_OK;
    }
    umask(077); /* names and numbers of people */
    FILE *file = fopen(desk->path, "w");
    read_day(day, (int64_t)time(NULL) * 1000);
    if (file) {
        const char *title = kn_agent_text(desk->agent, "title");
        const char *given = kn_agent_text(desk->agent, "date");
        fprintf(file, "\xEF\xBB\xBFNguồn;%s\nNgày;%s\n", desk->source->code, given ? given : day);
        if (title) {
            fputs("Tiêu đề", file);
            put_cell(file, title);
            putc('\n', file);
        }
        fputs("STT;Ngày nhận;Cử tri;Điện thoại;Địa chỉ;Địa bàn;Lĩnh vực;Nội dung kiến nghị\n",
              file);
    }
    return finish(desk, file);
}

static int append(const struct desk *desk, const char *received)
{
    FILE *file = fopen(desk->path, "a");
    if (file) {
        fprintf(file, "%llu;%s", (unsigned long long)desk->n_rows + 1, received);
        for (int i = 0; i < N_QUESTIONS; i++) {
            put_cell(file, desk->answers[questions[i].column]);
        }
        putc('\n', file);
    }
    return finish(desk, file);
}

/* ---- sending ------------------------------------------------------------------------------- */

static const char *given(const struct desk *desk, enum read_column column)
{
    return *desk->answers[column] ? desk->answers[column] : NULL;
}

/* Waits for what the hub says; without it the outbox keeps the petition. */
static int wait_for_answer(kn_agent_t *agent)
{
    kn_client_t *client = kn_agent_client(agent);
    int rc = client ? KN_OK : KN_E_IO;
    for (int waited = 0; rc == KN_OK && kn_client_backlog(client) > 0 && waited < ANSWER_MS;
         waited += 100) {
        rc = kn_agent_poll(agent, 100);
    }
    return rc;
}

static int send(struct desk *desk, int64_t received_at)
{
    char number[24];
    struct occasion occasion = {.source = desk->source, .top = desk->top};
    struct kn_person person = {.name = given(desk, READ_PERSON),
                               .phone = given(desk, READ_PHONE),
                               .address = given(desk, READ_ADDRESS)};
    struct kn_petition petition = {.text = given(desk, READ_TEXT),
                                   .area = given(desk, READ_AREA),
                                   .field = given(desk, READ_FIELD),
                                   .has_received_at = true,
                                   .received_at = received_at};
    if (person.name || person.phone || person.address) {
        petition.person = &person;
    }
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)desk->n_rows);
    int rc = contact_batch(desk->agent, &occasion);
    rc = rc == KN_OK ? kn_agent_row(desk->agent, (int64_t)desk->n_rows, number, &petition) : rc;
    rc = rc == KN_OK ? kn_agent_batch_end(desk->agent, (int64_t)desk->n_rows) : rc;
    return rc == KN_OK ? wait_for_answer(desk->agent) : rc;
}

static int take(struct desk *desk)
{
    char received[32];
    struct tm now;
    time_t at = time(NULL) + 7 * 3600; /* UTC+7 */
    int64_t received_at;
    int rc = ask_all(desk);
    if (rc != KN_OK) {
        return rc;
    }
    gmtime_r(&at, &now);
    (void)strftime(received, sizeof received, "%d/%m/%Y %H:%M", &now);
    (void)read_time(&received_at, received); /* to the minute, as the register has it */
    rc = append(desk, received);
    desk->n_rows += rc == KN_OK;
    return rc == KN_OK ? send(desk, received_at) : rc;
}

/* How many petitions the register has, and the lines above them. */
static int look(struct desk *desk, read_table_t **table)
{
    const struct contact *contact = kn_agent_own(desk->agent);
    const struct read_form form = {.columns = 1U << READ_TEXT, .forms = contact->forms};
    struct read_row row;
    struct read_fault fault;
    int rc = read_table_open(table, desk->path, &form, intake_warn, desk->agent, &fault);
    desk->top = rc == KN_OK ? read_table_headers(*table) : NULL;
    while (desk->top && ((rc = read_table_next(*table, &row, &fault)) == 1 || rc == KN_E_INVALID)) {
        desk->n_rows++;
    }
    return rc == KN_OK ? KN_OK : intake_fault(desk->agent, desk->path, &fault, rc);
}

int contact_type(kn_agent_t *agent, const char *path)
{
    static const struct read_headers none;
    struct desk desk = {.agent = agent, .path = path};
    read_table_t *table = NULL;
    int rc = (desk.source = contact_source(agent, &none, path)) ? create(&desk) : KN_E_INVALID;
    rc = rc == KN_OK ? look(&desk, &table) : rc;
    if (rc == KN_OK) {
        desk.source = contact_source(agent, desk.top, path);
        rc = desk.source ? KN_OK : KN_E_INVALID;
    }
    while (rc == KN_OK && !kn_agent_is_stopping(agent)) {
        rc = take(&desk);
    }
    for (int i = 0; i < READ_COLUMNS; i++) {
        free(desk.answers[i]);
    }
    read_table_close(&table);
    return rc == KN_E_CLOSED ? KN_OK : rc;
}
