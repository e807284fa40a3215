/* headings.c - what columns and header lines are called, and the lines "key;value" above a table.
 *
 * Names are known by many spellings, with or without marks, in Vietnamese or English; the two
 * tables below are all there is to know. What is not known is named together with the nearest name
 * that is; nothing is left out in silence.
 */
#include "agents/read/parts.h"

#include <stdio.h>
#include <stdlib.h>

/* The lengths are those of petition.json, person.json, meeting.json and document.json. */
/* clang-format off */
static const struct read_name columns[READ_COLUMNS] = {
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

static const struct read_name headers[READ_HEADERS] = {
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

/* The row of NAMES that knows KEY, or -1. */
static int find(const struct read_name *names, int n, const char *key)
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

static int find_text(const struct read_name *names, int n, const char *text)
{
    char key[65];
    return read_key(key, sizeof key, text) < sizeof key ? find(names, n, key) : -1;
}

int read_column_find(const char *text)
{
    return find_text(columns, READ_COLUMNS, text);
}

int read_header_find(const char *text)
{
    return find_text(headers, READ_HEADERS, text);
}

const struct read_name *read_column_name(int column)
{
    return &columns[column];
}

/* The name that TEXT is most like, or the whole list when it is like none. */
static void suggest(char *out, size_t size, const struct read_name *names, int n, const char *text)
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

void read_column_suggest(char *out, size_t size, const char *text)
{
    suggest(out, size, columns, READ_COLUMNS, text);
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

int read_headers_take(struct read_headers *out, const char *key, const char *value, uint64_t row,
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
        rc = read_headers_take(out, line, value, record.number, path, fault);
    }
    read_csv_close(&csv);
    if (rc < 0) {
        read_headers_clear(out);
    }
    return rc;
}
