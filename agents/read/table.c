/* table.c - records into rows of petitions: header lines, headings, cells.
 *
 * A form is a sheet as a clerk makes it: perhaps titles, lines "key;value" that say which meeting
 * or document it is, one row of headings, one row a petition. Headings are known by many names,
 * with or without marks, in Vietnamese or English; the two tables below are all there is to know.
 * What is not known is named together with the nearest name that is; nothing is left out in
 * silence.
 */
#include "agents/read/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ABOVE = 200 /* records before the headings */, MAX_CELLS = 256 };

/* The lengths are those of petition.json, person.json, meeting.json and document.json. */
/* clang-format off */
static const struct name {
    const char *name;  /* as a person writes it */
    const char *field; /* property of the message */
    size_t max;        /* characters */
    const char *keys;  /* read_key of every spelling, in blanks */
} columns[READ_COLUMNS] = {
    [READ_NUMBER]   = {"STT", "item", 20, " stt tt so sothutu thutu no number "},
    [READ_PERSON]   = {"Cử tri", "person.name", 200,
        " cutri hoten hovaten hotencutri hovatencutri tencutri nguoikiennghi nguoiphananh person name voter "},
    [READ_PHONE]    = {"Điện thoại", "person.phone", 40,
        " dienthoai sodienthoai sdt dt dienthoailienhe phone telephone mobile "},
    [READ_ADDRESS]  = {"Địa chỉ", "person.address", 400,
        " diachi noio thuongtru diachicutri diachilienhe address "},
    [READ_AREA]     = {"Địa bàn", "area", 200,
        " diaban xaphuong phuongxa phuong xa diadanh noixayra area ward commune "},
    [READ_FIELD]    = {"Lĩnh vực", "field", 100, " linhvuc nhomlinhvuc field "},
    [READ_TEXT]     = {"Nội dung kiến nghị", "text", 16000,
        " noidungkiennghi noidung kiennghi ykienkiennghi ykien noidungykien noidungphananh kiennghicutri"
        " kiennghicuacutri noidungkiennghicutri noidungkiennghicuacutri text petition content "},
    [READ_RECEIVED] = {"Ngày nhận", "received_at", 40,
        " ngaynhan ngaytiepnhan ngaykiennghi thoigiannhan received receivedat receivedon date "},
    [READ_NOTE]     = {"Ghi chú", NULL, 2000, " ghichu note notes remark remarks "},
};

static const struct name headers[READ_HEADERS] = {
    [READ_TITLE]           = {"Cuộc TXCT", "title", 300,
        " cuoctxct cuoctiepxuccutri hoinghi hoinghitiepxuccutri tencuoctiepxuc tieude title meeting "},
    [READ_DATE]            = {"Ngày", "date", 40,
        " ngay ngaytiepxuc ngayhop ngaybanhanh ngayvanban ngaythang date "},
    [READ_PLACE]           = {"Địa điểm", "meeting.place", 200, " diadiem noitochuc place venue "},
    [READ_GROUP]           = {"Tổ đại biểu", "meeting.group", 100, " todaibieu to todb group "},
    [READ_SESSION]         = {"Kỳ họp", "meeting.session", 100, " kyhop session "},
    [READ_ELECTORAL_UNIT]  = {"Đơn vị bầu cử", "meeting.electoral_unit", 100,
        " donvibaucu electoralunit "},
    [READ_SOURCE]          = {"Nguồn", "source", 40, " nguon manguon source "},
    [READ_DECLARED]        = {"Số kiến nghị", "declared", 20,
        " sokiennghi tongsokiennghi soluong soluongkiennghi tongso declared count "},
    [READ_DOCUMENT_NUMBER] = {"Số/ký hiệu", "document.number", 60,
        " sokyhieu sovakyhieu sovanban socongvan so documentnumber number "},
    [READ_SENDER]          = {"Cơ quan gửi", "document.sender", 200,
        " coquangui donvigui noigui coquanbanhanh sender from "},
    [READ_SUBJECT]         = {"Trích yếu", "document.subject", 500, " trichyeu vv veviec subject "},
};
/* clang-format on */

struct read_table {
    read_csv_t *csv;
    char *path;
    read_warn_fn *warn;
    void *told;
    char delimiter;
    struct read_headers headers;
    uint64_t headings_at;        /* their row */
    size_t n_headings;           /* cells of the heading row, without empty ones behind */
    int column[MAX_CELLS];       /* which READ_... a cell is, -1: no heading */
    char *heading[READ_COLUMNS]; /* as written */
    char *cell[READ_COLUMNS];    /* of the row given last */
    uint32_t required;
};

/* ---- names -------------------------------------------------------------------------------- */

/* The row of NAMES that knows KEY, or -1. */
static int find(const struct name *names, int n, const char *key)
{
    char word[72];
    (void)snprintf(word, sizeof word, " %.64s ", key);
    for (int i = 0; key[0] && i < n; i++) {
        if (strstr(names[i].keys, word)) {
            return i;
        }
    }
    return -1;
}

static int find_text(const struct name *names, int n, const char *text)
{
    char key[65];
    return read_key(key, sizeof key, text) < sizeof key ? find(names, n, key) : -1;
}

/* The name that TEXT is most like, or the whole list when it is like none. */
static void suggest(char *out, size_t size, const struct name *names, int n, const char *text)
{
    char key[65], list[512] = "", word[65];
    size_t best = SIZE_MAX, length = read_key(key, sizeof key, text), used = 0;
    for (int i = 0; i < n; i++) {
        for (const char *at = names[i].keys + 1; *at;) {
            size_t word_length = strcspn(at, " ");
            (void)snprintf(word, sizeof word, "%.*s", (int)word_length, at);
            size_t distance = read_distance(key, word);
            if (distance < best && distance * 2 <= (length > word_length ? length : word_length)) {
                best = distance;
                read_copy(out, size, names[i].name);
            }
            at += word_length + 1;
        }
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i].name);
    }
    if (best == SIZE_MAX) {
        read_copy(out, size, list);
    }
}

/* ---- header lines ------------------------------------------------------------------------- */

void read_headers_clear(struct read_headers *out)
{
    for (int i = 0; i < READ_HEADERS; i++) {
        free(out->value[i]);
    }
    memset(out, 0, sizeof *out);
}

int read_headers_check(const struct read_headers *given, uint32_t required, const char *file,
                       struct read_fault *fault)
{
    for (int i = 0; i < READ_HEADERS; i++) {
        if ((required & 1U << i) && !given->value[i]) {
            read_fault_set(fault, READ_HEADER_MISSING, file, 0);
            read_copy(fault->value, sizeof fault->value, headers[i].name);
            fault->field = headers[i].field;
            return KN_E_INVALID;
        }
    }
    return KN_OK;
}

/* Days become YYYY-MM-DD, counts must be counts. */
static int check_header(struct read_headers *out, int header, struct read_fault *fault)
{
    char **value = &out->value[header], day[11];
    int64_t at;
    enum read_kind kind = READ_HEADER_LONG;
    if (header == READ_DATE) {
        kind = READ_HEADER_DATE;
        if (read_time(&at, *value) == KN_OK) {
            read_day(day, at);
            free(*value);
            *value = strdup(day);
            return *value ? KN_OK : KN_E_NOMEM;
        }
    } else if (header == READ_DECLARED &&
               (!**value || strlen(*value) > 8 || strspn(*value, "0123456789") != strlen(*value))) {
        kind = READ_HEADER_COUNT;
    } else if (read_characters(*value) <= headers[header].max) {
        return KN_OK;
    }
    fault->kind = kind;
    fault->field = headers[header].field;
    read_copy(fault->value, sizeof fault->value, *value);
    (void)snprintf(fault->expected, sizeof fault->expected, "%zu", headers[header].max);
    return KN_E_INVALID;
}

/* Takes one line KEY VALUE of row ROW. */
static int take_header(struct read_headers *out, const char *key, const char *value, uint64_t row,
                       const char *path, struct read_fault *fault)
{
    int header = find_text(headers, READ_HEADERS, key);
    read_fault_set(fault, READ_UNKNOWN_HEADER, path, row);
    if (!read_is_text(key, strlen(key)) || !read_is_text(value, strlen(value))) {
        fault->kind = READ_NOT_TEXT;
        return KN_E_INVALID;
    }
    read_copy(fault->value, sizeof fault->value, key);
    read_copy(fault->column, sizeof fault->column, key);
    if (header < 0) {
        suggest(fault->expected, sizeof fault->expected, headers, READ_HEADERS, key);
        return KN_E_INVALID;
    }
    char *clean = read_clean(value, strlen(value));
    if (!clean) {
        fault->kind = READ_MEMORY;
        return KN_E_NOMEM;
    }
    if (!*clean) { /* a line that was left open says nothing */
        free(clean);
        return KN_OK;
    }
    if (out->value[header]) {
        fault->kind = READ_HEADER_TWICE;
        free(clean);
        return KN_E_INVALID;
    }
    out->value[header] = clean;
    out->row[header] = row;
    return check_header(out, header, fault);
}

int read_headers_open(struct read_headers *out, const char *path, struct read_fault *fault)
{
    read_csv_t *csv = NULL;
    struct read_record record;
    int rc = read_csv_open(&csv, path, fault);
    memset(out, 0, sizeof *out);
    if (rc == KN_OK) {
        rc = read_csv_rewind(csv, '\0');
    }
    while (rc == KN_OK && (rc = read_csv_next(csv, &record, fault)) == 1) {
        char *line = record.cell[0], *mark = line + strcspn(line, ":;\t");
        char *value = *mark ? mark + 1 : mark;
        *mark = '\0';
        size_t length = strlen(value);
        if (length >= 2 && value[0] == '"' && value[length - 1] == '"') {
            value[length - 1] = '\0';
            value++;
        }
        rc = take_header(out, line, value, record.number, path, fault);
    }
    read_csv_close(&csv);
    if (rc < 0) {
        read_headers_clear(out);
    }
    return rc;
}

/* ---- headings ----------------------------------------------------------------------------- */

static bool is_empty(const struct read_record *record, size_t i)
{
    return record->cell[i][strspn(record->cell[i], " \t\r\n")] == '\0';
}

/* How many cells are known headings: two make a heading row. */
static size_t count_known(const struct read_record *record)
{
    bool seen[READ_COLUMNS] = {false};
    size_t n = 0;
    for (size_t i = 0; i < record->n; i++) {
        int column = find_text(columns, READ_COLUMNS, record->cell[i]);
        if (column >= 0 && !seen[column]) {
            seen[column] = true;
            n++;
        }
    }
    return n;
}

/* The delimiter under which a row of headings appears, with the most known ones; '\0': none. */
static int sniff(read_table_t *self, struct read_fault *fault)
{
    static const char candidates[] = ";,\t|";
    struct read_record record;
    size_t best = 1;
    for (const char *at = candidates; *at; at++) {
        if (read_csv_rewind(self->csv, *at)) {
            return KN_E_IO;
        }
        for (int n = 0, rc = 1; n < MAX_ABOVE && rc != 0; n++) {
            rc = read_csv_next(self->csv, &record, fault);
            if (rc < 0 && rc != KN_E_INVALID) {
                return rc;
            }
            size_t known = rc == 1 ? count_known(&record) : 0;
            if (known > best) {
                best = known;
                self->delimiter = *at;
            }
            if (known > 1) {
                break;
            }
        }
    }
    return KN_OK;
}

static int heading_fault(read_table_t *self, struct read_fault *fault, enum read_kind kind,
                         const char *heading, const char *other)
{
    read_fault_set(fault, kind, self->path, self->headings_at);
    read_copy(fault->value, sizeof fault->value, heading);
    read_copy(fault->column, sizeof fault->column, heading);
    if (other) {
        read_copy(fault->expected, sizeof fault->expected, other);
    } else {
        suggest(fault->expected, sizeof fault->expected, columns, READ_COLUMNS, heading);
    }
    return KN_E_INVALID;
}

static int take_headings(read_table_t *self, const struct read_record *record,
                         struct read_fault *fault)
{
    self->headings_at = record->number;
    for (size_t i = 0; i < record->n; i++) {
        const char *text = record->cell[i];
        self->column[i] = -1;
        if (is_empty(record, i)) {
            continue;
        }
        self->n_headings = i + 1;
        int column = find_text(columns, READ_COLUMNS, text);
        if (column < 0) {
            return heading_fault(self, fault, READ_UNKNOWN_COLUMN, text, NULL);
        }
        if (self->heading[column]) {
            return heading_fault(self, fault, READ_COLUMN_TWICE, text, self->heading[column]);
        }
        if (!(self->heading[column] = read_clean(text, strlen(text)))) {
            return KN_E_NOMEM;
        }
        self->column[i] = column;
    }
    for (int i = 0; i < READ_COLUMNS; i++) {
        if ((self->required & 1U << i) && !self->heading[i]) {
            (void)heading_fault(self, fault, READ_COLUMN_MISSING, columns[i].name, "");
            fault->field = columns[i].field;
            return KN_E_INVALID;
        }
    }
    return KN_OK;
}

/* One record above the headings: a title (one cell) or a header line (two). */
static int take_above(read_table_t *self, const struct read_record *record,
                      struct read_fault *fault)
{
    size_t value = 0, n = 0;
    for (size_t i = 1; i < record->n; i++) {
        if (!is_empty(record, i)) {
            value = i;
            n++;
        }
    }
    bool known = find_text(headers, READ_HEADERS, record->cell[0]) >= 0;
    if (n == 0 || is_empty(record, 0)) { /* titles and letter heads say nothing to a machine */
        return KN_OK;
    }
    if (n > 1 && known) {
        read_fault_set(fault, READ_HEADER_CELLS, self->path, record->number);
        read_copy(fault->value, sizeof fault->value, record->cell[0]);
        return KN_E_INVALID;
    }
    if (n > 1) { /* a letter head over several cells, or headings of which we know one at most */
        read_fault_set(fault, READ_NO_TABLE, self->path, record->number);
        suggest(fault->expected, sizeof fault->expected, columns, READ_COLUMNS, "");
        return KN_E_INVALID;
    }
    return take_header(&self->headers, record->cell[0], record->cell[value], record->number,
                       self->path, fault);
}

/* ---- the table ---------------------------------------------------------------------------- */

/* Reads down to the headings and takes them. */
static int read_top(read_table_t *self, struct read_fault *fault)
{
    struct read_record record;
    int rc = sniff(self, fault);
    if (rc != KN_OK) {
        return rc;
    }
    if (!self->delimiter) {
        read_fault_set(fault, READ_NO_TABLE, self->path, 0);
        suggest(fault->expected, sizeof fault->expected, columns, READ_COLUMNS, "");
        return KN_E_INVALID;
    }
    rc = read_csv_rewind(self->csv, self->delimiter);
    while (rc == KN_OK && (rc = read_csv_next(self->csv, &record, fault)) == 1) {
        if (count_known(&record) > 1) {
            return take_headings(self, &record, fault);
        }
        rc = take_above(self, &record, fault);
    }
    return rc == 0 ? KN_E_IO : rc; /* the file changed since it was sniffed */
}

int read_table_open(read_table_t **out, const char *path, const struct read_form *form,
                    read_warn_fn *warn, void *told, struct read_fault *fault)
{
    read_table_t *self = calloc(1, sizeof *self);
    int rc = KN_E_NOMEM;
    *out = NULL;
    read_fault_set(fault, READ_MEMORY, path, 0);
    if (!self || !(self->path = strdup(path))) {
        goto done;
    }
    self->warn = warn;
    self->told = told;
    self->required = form->columns;
    if ((rc = read_csv_open(&self->csv, path, fault)) == KN_OK &&
        (rc = read_top(self, fault)) == KN_OK) {
        *out = self;
        self = NULL;
    }
done:
    read_table_close(&self);
    return rc;
}

void read_table_close(read_table_t **self_p)
{
    read_table_t *self = *self_p;
    if (self) {
        read_csv_close(&self->csv);
        read_headers_clear(&self->headers);
        for (int i = 0; i < READ_COLUMNS; i++) {
            free(self->heading[i]);
            free(self->cell[i]);
        }
        free(self->path);
        free(self);
        *self_p = NULL;
    }
}

const struct read_headers *read_table_headers(const read_table_t *self)
{
    return &self->headers;
}

int read_table_rewind(read_table_t *self, struct read_fault *fault)
{
    struct read_record record;
    int rc = read_csv_rewind(self->csv, self->delimiter);
    do {
        rc = rc < 0 ? rc : read_csv_next(self->csv, &record, fault);
    } while ((rc == 1 || rc == KN_E_INVALID) && record.number < self->headings_at);
    return rc == 1 ? KN_OK : rc < 0 ? rc : KN_E_IO;
}

/* ---- rows --------------------------------------------------------------------------------- */

static int row_fault(read_table_t *self, struct read_fault *fault, enum read_kind kind, int column)
{
    uint64_t row = fault->row;
    read_fault_set(fault, kind, self->path, row);
    if (column >= 0) {
        const char *heading = self->heading[column] ? self->heading[column] : columns[column].name;
        read_copy(fault->column, sizeof fault->column, heading);
        fault->field = columns[column].field;
        (void)snprintf(fault->expected, sizeof fault->expected, "%zu", columns[column].max);
    }
    return KN_E_INVALID;
}

/* "như trên", "nt", "-nt-": what stands above is meant, and we will not guess which part. */
static bool is_ditto(const char *text)
{
    char key[16];
    return read_key(key, sizeof key, text) < sizeof key &&
           (strcmp(key, "nhutren") == 0 || strcmp(key, "nt") == 0 || strcmp(key, "ntr") == 0);
}

/* Puts the cells of RECORD where their headings say. */
static int place(read_table_t *self, const struct read_record *record, struct read_fault *fault)
{
    size_t n = record->n;
    while (n > 0 && is_empty(record, n - 1)) {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        int column = i < self->n_headings ? self->column[i] : -1;
        if (column < 0 && !is_empty(record, i)) {
            (void)row_fault(self, fault, READ_ROW_CELLS, -1);
            (void)snprintf(fault->value, sizeof fault->value, "%zu", n);
            (void)snprintf(fault->expected, sizeof fault->expected, "%zu", self->n_headings);
            return KN_E_INVALID;
        }
        if (!read_is_text(record->cell[i], record->length[i])) {
            return row_fault(self, fault, READ_NOT_TEXT, column);
        }
        if (column >= 0 && !is_empty(record, i) &&
            !(self->cell[column] = read_clean(record->cell[i], record->length[i]))) {
            (void)row_fault(self, fault, READ_MEMORY, -1);
            return KN_E_NOMEM;
        }
    }
    return KN_OK;
}

/* The cells as values, and whether they may be so. */
static int check(read_table_t *self, struct read_row *row, struct read_fault *fault)
{
    for (int i = 0; i < READ_COLUMNS; i++) {
        const char *text = self->cell[i];
        if ((self->required & 1U << i) && !text) {
            return row_fault(self, fault, READ_REQUIRED, i);
        }
        if (text && i != READ_NOTE && is_ditto(text)) {
            (void)row_fault(self, fault, READ_DITTO, i);
            read_copy(fault->value, sizeof fault->value, text);
            return KN_E_INVALID;
        }
        if (text && read_characters(text) > columns[i].max) {
            return row_fault(self, fault, READ_TOO_LONG, i);
        }
    }
    const char *received = self->cell[READ_RECEIVED];
    if (received && read_time(&row->received_at, received) != KN_OK) {
        (void)row_fault(self, fault, READ_BAD_DATE, READ_RECEIVED);
        read_copy(fault->value, sizeof fault->value, received);
        return KN_E_INVALID;
    }
    return KN_OK;
}

/* Whether RECORD is the heading row once more, as at the top of a printed page. */
static bool is_headings(const read_table_t *self, const struct read_record *record)
{
    size_t n = 0, same = 0;
    for (size_t i = 0; i < record->n; i++) {
        if (!is_empty(record, i)) {
            n++;
            same += i < self->n_headings && self->column[i] >= 0 &&
                    find_text(columns, READ_COLUMNS, record->cell[i]) == self->column[i];
        }
    }
    return n > 1 && n == same;
}

/* FNV-1a over the cells as they stand, without the number: that changes when a row is inserted. */
static uint64_t mark_of(const read_table_t *self, const struct read_record *record)
{
    uint64_t mark = 0xcbf29ce484222325u;
    for (size_t i = 0; i < record->n; i++) {
        if ((i < self->n_headings && self->column[i] == READ_NUMBER) || is_empty(record, i)) {
            continue;
        }
        mark = (mark ^ i) * 0x100000001b3u;
        for (size_t j = 0; j < record->length[i]; j++) {
            mark = (mark ^ (unsigned char)record->cell[i][j]) * 0x100000001b3u;
        }
    }
    return mark;
}

int read_table_next(read_table_t *self, struct read_row *row, struct read_fault *fault)
{
    struct read_record record;
    bool blank;
    memset(row, 0, sizeof *row);
    row->received_at = -1;
    do {
        int rc = read_csv_next(self->csv, &record, fault);
        row->number = record.number;
        if (rc != 1) {
            return rc;
        }
        blank = true;
        for (size_t i = 0; i < record.n; i++) {
            blank = blank && is_empty(&record, i);
        }
        if (!blank && is_headings(self, &record)) {
            blank = true;
            read_fault_set(fault, READ_HEADINGS_AGAIN, self->path, record.number);
            if (self->warn) {
                self->warn(self->told, fault);
            }
        }
    } while (blank);
    for (int i = 0; i < READ_COLUMNS; i++) {
        free(self->cell[i]);
        self->cell[i] = NULL;
    }
    read_fault_set(fault, READ_REQUIRED, self->path, record.number);
    row->mark = mark_of(self, &record);
    int rc = place(self, &record, fault);
    for (int i = 0; i < READ_COLUMNS; i++) {
        row->cell[i] = self->cell[i]; /* also of a refused row: as far as it could be read */
    }
    rc = rc == KN_OK ? check(self, row, fault) : rc;
    return rc == KN_OK ? 1 : rc;
}
