/* xlsx_formats.c - how a workbook shows its numbers: as numbers, as days, with leading zeros.
 *
 * A day is a number in the file; only the format of its cell tells. Days are printed as people here
 * write them, which read_time reads back.
 */
#include "agents/read/xlsx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FORMAT_NUMBER,
    FORMAT_DATE,
    FORMAT_ZEROS, /* plus the number of digits, to FORMAT_ZEROS + 40 */
    MAX_ZEROS = 40,
    MAX_STYLES = 65536,
    MAX_CUSTOM = 4096
};

struct custom {
    uint32_t id;
    uint8_t format;
};

/* Whether the code of a format (its first section) shows a day or a time: a letter of one outside
 * quotes, brackets and escapes. */
static uint8_t classify(const char *code)
{
    size_t zeros = 0, length = 0;
    for (; *code && *code != ';'; code++, length++) {
        if (*code == '"' || *code == '[') {
            const char *end = strchr(code + 1, *code == '"' ? '"' : ']');
            if (*code == '[' && strchr("hHmMsS", code[1]) && code[1]) {
                return FORMAT_DATE; /* elapsed hours */
            }
            code = end ? end : code + strlen(code) - 1;
        } else if (*code == '\\' || *code == '_' || *code == '*') {
            code += code[1] != '\0';
        } else if (strchr("yYdDmMhHsS", *code)) {
            return FORMAT_DATE;
        } else {
            zeros += *code == '0';
        }
    }
    return zeros == length && zeros > 1 && zeros <= MAX_ZEROS ? (uint8_t)(FORMAT_ZEROS + zeros)
                                                              : FORMAT_NUMBER;
}

/* The built-in formats that show days and times; 27-36 and 50-58 are those of East Asia. */
static uint8_t built_in(uint32_t id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
                   (id >= 50 && id <= 58)
               ? FORMAT_DATE
               : FORMAT_NUMBER;
}

static uint8_t format_of(const struct custom *custom, size_t n, uint32_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (custom[i].id == id) {
            return custom[i].format;
        }
    }
    return built_in(id);
}

int formats_read(struct formats *out, package_t *package, const char *name, const char *path,
                 struct read_fault *fault)
{
    struct part *part = NULL;
    struct custom *custom = NULL;
    size_t n_custom = 0;
    bool in_cells = false;
    if (!package_has(package, name)) {
        return KN_OK;
    }
    int rc = part_open(&part, package, name, fault);
    if (rc == KN_OK && (!(custom = calloc(MAX_CUSTOM, sizeof *custom)) ||
                        !(out->of_style = calloc(MAX_STYLES, 1)))) {
        read_fault_set(fault, READ_MEMORY, path, 0);
        rc = KN_E_NOMEM;
    }
    while (rc == KN_OK && (rc = part_next(part, fault)) == KN_OK && part->event != PART_END) {
        if (part_opens(part, "cellXfs") || part_closes(part, "cellXfs")) {
            in_cells = part->event == PART_OPEN;
        } else if (part_opens(part, "numFmt") && n_custom < MAX_CUSTOM) {
            const char *code = part_attribute(part, "formatCode");
            custom[n_custom].id = part_count(part, "numFmtId", 0, UINT32_MAX);
            custom[n_custom++].format = classify(code ? code : "");
        } else if (in_cells && part_opens(part, "xf") && out->n < MAX_STYLES) {
            uint32_t id = part_count(part, "numFmtId", 0, UINT32_MAX);
            out->of_style[out->n++] = format_of(custom, n_custom, id);
        }
    }
    part_close(&part);
    free(custom);
    return rc;
}

void formats_clear(struct formats *formats)
{
    free(formats->of_style);
    memset(formats, 0, sizeof *formats);
}

/* Day SERIAL of a spreadsheet as DD/MM/YYYY [HH:MM[:SS]]; under one day: the time alone. */
static bool print_day(char out[64], double serial, bool is_1904)
{
    double days = floor(serial);
    long seconds = lround((serial - days) * 86400);
    if (seconds >= 86400) {
        seconds -= 86400;
        days++;
    }
    char day[11] = "";
    int n = 0;
    if (days >= 1) {
        /* 1 is 1 January 1900, but 1900 is taken for a leap year; 1970 began on day 25569. */
        double epoch = days + (is_1904 ? 1462 : days < 60 ? 1 : 0) - 25569;
        if (epoch < 0 || epoch > 2932896) {
            return false;
        }
        read_day(day, (int64_t)epoch * 86400000);
        n = snprintf(out, 64, "%.2s/%.2s/%.4s", day + 8, day + 5, day);
    }
    if (seconds > 0 || days < 1) {
        n += snprintf(out + n, 64 - (size_t)n, "%s%02ld:%02ld", n ? " " : "", seconds / 3600,
                      seconds / 60 % 60);
    }
    if (seconds % 60) {
        (void)snprintf(out + n, 64 - (size_t)n, ":%02ld", seconds % 60);
    }
    return true;
}

bool formats_print(const struct formats *formats, char out[64], const char *value, uint32_t style)
{
    char *end;
    double number = strtod(value, &end);
    int format = style < formats->n ? formats->of_style[style] : FORMAT_NUMBER;
    if (end == value || *end || !isfinite(number)) {
        return false;
    }
    if (format == FORMAT_DATE && number >= 0 && print_day(out, number, formats->is_1904)) {
        return true;
    }
    if (number == floor(number) && fabs(number) < 1e15) {
        int digits = format >= FORMAT_ZEROS && number >= 0 ? format - FORMAT_ZEROS : 0;
        (void)snprintf(out, 64, "%0*.0f", digits, number);
    } else {
        (void)snprintf(out, 64, "%.15g", number);
    }
    return true;
}
