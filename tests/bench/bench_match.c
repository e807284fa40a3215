/* bench_match.c - what reading and matching cost: microseconds, bytes, seconds to rebuild.
 *
 *     bench_match --registers FOLDER [--texts FILE] [--trgm SCRIPT --dir FOLDER] [--json] [--long]
 *
 * Without --texts the petitions are the beginnings of those of petitions.c, as long as real ones
 * (MADE_LENGTH bytes); they name few wards and streets, so many share a place. FILE is one of
 * gen_stream.py: real matters, names from the whole country. --long: also with 1,000,000 in the
 * index (texts of FILE are gone through again when it has fewer; ids differ, words do not). --trgm:
 * the same texts and questions go to PostgreSQL's pg_trgm by that script (trgm.py); without
 * PostgreSQL its rows are left out. A question there is a petition told once more: a word in twelve
 * is left out or another, names and numbers stay, and every second one carries no marks. Other
 * options of the bench are taken and not needed.
 */
#include "bench.h"
#include "hub/text/text.h"
#include "petitions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SMALL = 100000, LARGE = 1000000, QUERIES = 4000, ROUNDS = 5, MADE_LENGTH = 300 };
enum { BESIDE = 10000, BESIDE_ASKED = 24, TOLD_MAX = 4096 };

struct stock { /* the petitions, packed */
    uint8_t *bytes;
    size_t *at, n, used, room;
};

struct source {
    char **texts; /* of a file, or NULL: made */
    size_t n;
};

/* The text of line {"id":…,"text":"…"} with the simplest escapes undone; NULL: no such line. */
static char *text_of(char *line)
{
    char *at = strstr(line, "\"text\": \""), *out = at ? at + 9 : NULL, *to = out;
    if (!at) {
        return NULL;
    }
    for (at = out; *at && *at != '"'; at++) {
        at += *at == '\\' && at[1] != 0;
        *to++ = *at;
    }
    *to = '\0';
    return strdup(out);
}

static void load(struct source *source, const char *file)
{
    char *line = NULL;
    size_t size = 0, room = 0;
    FILE *in = fopen(file, "r");
    if (!in) {
        bench_die(1, "%s cannot be read", file);
    }
    while (getline(&line, &size, in) > 0) {
        char *text = text_of(line);
        if (text && source->n == room) {
            room = room ? room * 2 : 1024;
            source->texts = realloc(source->texts, room * sizeof *source->texts);
        }
        if (text) {
            source->texts[source->n++] = text;
        }
    }
    free(line);
    fclose(in);
    if (!source->n) {
        bench_die(1, "%s holds no texts", file);
    }
}

/* Petition I; it lives as long as SOURCE and MADE. */
static const char *words_of(const struct source *source, size_t i, struct made_petition *made)
{
    if (source->n) {
        return source->texts[i % source->n];
    }
    petition_make(made, i);
    size_t length = strlen(made->text) < MADE_LENGTH ? strlen(made->text) : MADE_LENGTH;
    while (length && made->text[length] != ' ' && made->text[length]) {
        length--; /* to the end of a word */
    }
    made->text[length] = '\0';
    return made->text;
}

static struct reading *read_one(const text_t *text, const struct source *source, size_t i,
                                uint64_t *ns)
{
    struct made_petition made;
    struct reading *reading = NULL;
    const char *words = words_of(source, i, &made);
    uint64_t from = bench_now_ns();
    if (text_read(text, words, strlen(words), 0, &reading) != 0) {
        bench_die(1, "out of memory");
    }
    *ns = bench_now_ns() - from;
    return reading;
}

static void pack_all(const text_t *text, const struct source *source, struct stock *stock, size_t n)
{
    struct histogram *times = calloc(1, sizeof *times);
    uint8_t packed[TEXT_MAX_SIGNATURE];
    size_t distinct = source->n && source->n < n ? source->n : n;
    stock->at = calloc(n + 1, sizeof *stock->at);
    for (size_t i = 0; i < n; i++) {
        uint64_t ns;
        size_t length = i < distinct ? 0 : stock->at[i % distinct + 1] - stock->at[i % distinct];
        if (i < distinct) {
            struct reading *reading = read_one(text, source, i, &ns);
            histogram_add(times, ns);
            length = text_pack(text, reading, packed);
            text_reading_destroy(&reading);
        }
        if (stock->used + length > stock->room) {
            stock->room = stock->room * 2 + (1 << 20);
            stock->bytes = realloc(stock->bytes, stock->room);
        }
        memcpy(stock->bytes + stock->used,
               i < distinct ? packed : stock->bytes + stock->at[i % distinct], length);
        stock->used += length;
        stock->at[++stock->n] = stock->used;
    }
    bench_sample("reading.p50", histogram_ms(times, 0.5) * 1000);
    bench_sample("reading.p99", histogram_ms(times, 0.99) * 1000);
    free(times);
}

static void name_of(char out[64], const char *what, size_t n)
{
    snprintf(out, 64, "match.%s.%s", n == LARGE ? "1m" : "100k", what);
}

static void measure(const text_t *text, const struct source *source, const struct stock *stock,
                    size_t n)
{
    char name[64];
    struct match found[5];
    text_index_t *index = text_index_new(text);
    uint64_t from = bench_now_ns(), seed = n;
    for (size_t i = 0; i < n; i++) {
        if (text_index_add(index, i + 1, stock->bytes + stock->at[i],
                           stock->at[i + 1] - stock->at[i]) != 0) {
            bench_die(1, "a packed petition is refused");
        }
    }
    name_of(name, "rebuild", n);
    bench_sample(name, (double)(bench_now_ns() - from) / 1e9);
    name_of(name, "bytes", n);
    bench_sample(name, (double)text_index_bytes(index) / (double)n);
    for (int round = 0; round < ROUNDS; round++) {
        struct histogram *times = calloc(1, sizeof *times);
        for (size_t i = 0; i < QUERIES / ROUNDS; i++) {
            uint64_t ns;
            uint8_t packed[TEXT_MAX_SIGNATURE];
            struct reading *reading = read_one(text, source, bench_random(&seed) % (2 * n), &ns);
            from = bench_now_ns();
            text_index_find(index, packed, text_pack(text, reading, packed), found, 5);
            histogram_add(times, bench_now_ns() - from);
            text_reading_destroy(&reading);
        }
        name_of(name, "p50", n);
        bench_sample(name, histogram_ms(times, 0.5) * 1000);
        name_of(name, "p99", n);
        bench_sample(name, histogram_ms(times, 0.99) * 1000);
        free(times);
    }
    text_index_destroy(&index);
}

/* ---- beside pg_trgm -------------------------------------------------------------------------- */

/* WORDS told once more, into OUT. */
static void tell_again(const char *words, bool unmarked, uint64_t *seed, char out[TOLD_MAX])
{
    static const char *const others[] = {"rất", "thì", "cũng", "nhiều"};
    size_t n = 0;
    for (const char *at = words; *at && n + 64 < TOLD_MAX;) {
        size_t length = strcspn(at, " ");
        const char *next = at + length + (at[length] == ' ');
        bool small = *at >= 'a' && *at <= 'z', before_name = !(*next >= 'a' && *next <= 'z');
        uint64_t dice = small && !before_name ? bench_random(seed) % 24 : 24;
        if (dice != 0) {
            n += (size_t)snprintf(out + n, 64, "%.*s ", (int)(dice == 1 ? 8 : length),
                                  dice == 1 ? others[bench_random(seed) % 4] : at);
        }
        at = next;
    }
    out[n] = '\0';
    if (unmarked) {
        char folded[TOLD_MAX];
        text_fold(out, n, folded, sizeof folded);
        memcpy(out, folded, strlen(folded) + 1);
    }
}

/* A line of FILE in FOLDER, or ends the program. */
static FILE *create(const char *folder, const char *file, char path[4200])
{
    snprintf(path, 4200, "%s/%s", folder, file);
    FILE *out = fopen(path, "w");
    if (!out) {
        bench_die(1, "%s cannot be written", path);
    }
    return out;
}

/* The figures of SCRIPT, when there is a PostgreSQL. */
static void ask_trgm(const char *script, const char *texts, const char *asked)
{
    char command[9000];
    double threshold, p50_us;
    unsigned found, n;
    snprintf(command, sizeof command, "'%s' '%s' '%s'", script, texts, asked);
    FILE *in = popen(command, "r");
    while (in && fscanf(in, "%lf %lf %u %u", &threshold, &p50_us, &found, &n) == 4) {
        bench_sample(threshold < 0.4 ? "trgm.10k.p50.0.3" : "trgm.10k.p50.0.5", p50_us);
        bench_sample(threshold < 0.4 ? "trgm.10k.found.0.3" : "trgm.10k.found.0.5",
                     100.0 * found / n);
    }
    int rc = in ? pclose(in) : -1;
    if (rc != 0 && !(WIFEXITED(rc) && WEXITSTATUS(rc) == 77)) {
        bench_die(1, "%s failed", script);
    }
}

static void beside_trgm(const text_t *text, const struct source *source, const char *script,
                        const char *folder)
{
    char texts_path[4200], asked_path[4200], again[TOLD_MAX];
    FILE *texts = create(folder, "trgm-texts", texts_path),
         *asked = create(folder, "trgm-asked", asked_path);
    struct histogram *times = calloc(1, sizeof *times);
    text_index_t *index = text_index_new(text);
    uint8_t packed[TEXT_MAX_SIGNATURE];
    struct made_petition made;
    struct match match[5];
    uint64_t ns, seed = BESIDE;
    unsigned found = 0;
    for (size_t i = 0; i < BESIDE; i++) {
        struct reading *reading = read_one(text, source, i, &ns);
        if (text_index_add(index, i + 1, packed, text_pack(text, reading, packed)) != 0) {
            bench_die(1, "a packed petition is refused");
        }
        text_reading_destroy(&reading);
        fprintf(texts, "%s\n", words_of(source, i, &made));
    }
    for (size_t i = 0; i < BESIDE_ASKED; i++) {
        size_t meant = bench_random(&seed) % BESIDE;
        struct reading *reading = NULL;
        tell_again(words_of(source, meant, &made), i % 2, &seed, again);
        fprintf(asked, "%zu\t%s\n", meant, again);
        uint64_t from = bench_now_ns();
        if (text_read(text, again, strlen(again), 0, &reading) != 0) {
            bench_die(1, "out of memory");
        }
        size_t n = text_index_find(index, packed, text_pack(text, reading, packed), match, 5);
        histogram_add(times, bench_now_ns() - from);
        for (size_t k = 0; k < n; k++) {
            found += match[k].id == meant + 1;
        }
        text_reading_destroy(&reading);
    }
    bench_sample("match.10k.p50", histogram_ms(times, 0.5) * 1000);
    bench_sample("match.10k.found", 100.0 * found / BESIDE_ASKED);
    free(times);
    text_index_destroy(&index);
    fclose(texts);
    fclose(asked);
    ask_trgm(script, texts_path, asked_path);
    unlink(texts_path);
    unlink(asked_path);
}

static const struct bench_row rows[] = {
    {"reading.p50", "us", NULL, 60, true},
    {"reading.p99", "us", NULL, 0, true},
    {"match.100k.p50", "us", NULL, 60, true},
    {"match.100k.p99", "us", NULL, 0, true},
    {"match.100k.bytes", "bytes a petition", NULL, 300, true},
    {"match.100k.rebuild", "s", NULL, 0, true},
    {"match.1m.p50", "us", NULL, 150, true},
    {"match.1m.p99", "us", NULL, 0, true},
    {"match.1m.bytes", "bytes a petition", NULL, 300, true},
    {"match.1m.rebuild", "s", NULL, 5, true},
    {"match.10k.p50", "us, reading included", NULL, 0, true},
    {"match.10k.found", "% of partners", NULL, 0, true},
    {"trgm.10k.p50.0.5", "us", "match.10k.p50", 1000, false},
    {"trgm.10k.found.0.5", "% of partners", "match.10k.found", 1, true},
    {"trgm.10k.p50.0.3", "us", "match.10k.p50", 1000, false},
    {"trgm.10k.found.0.3", "% of partners", "match.10k.found", 1, true},
};

int main(int argc, char **argv)
{
    const char *registers = NULL, *texts = NULL, *trgm = NULL, *folder = ".";
    bool json = !isatty(STDOUT_FILENO), is_long = false;
    char why[512] = "no --registers";
    text_t *text = NULL;
    struct source source = {0};
    struct stock stock = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--long") == 0) {
            is_long = true;
        } else if (i + 1 < argc && strcmp(argv[i], "--registers") == 0) {
            registers = argv[++i];
        } else if (i + 1 < argc && strcmp(argv[i], "--texts") == 0) {
            texts = argv[++i];
        } else if (i + 1 < argc && strcmp(argv[i], "--trgm") == 0) {
            trgm = argv[++i];
        } else if (i + 1 < argc && strcmp(argv[i], "--dir") == 0) {
            folder = argv[++i];
        } else {
            i++; /* --hub: for the other parts */
        }
    }
    if (!registers || text_open(&text, registers, why, sizeof why) != 0) {
        bench_die(64, "%s", why);
    }
    if (texts) {
        load(&source, texts);
    }
    pack_all(text, &source, &stock, is_long ? LARGE : SMALL);
    measure(text, &source, &stock, SMALL);
    if (is_long) {
        measure(text, &source, &stock, LARGE);
    }
    if (trgm) {
        beside_trgm(text, &source, trgm, folder);
    }
    bench_report(rows, sizeof rows / sizeof *rows, json);
    for (size_t i = 0; i < source.n; i++) {
        free(source.texts[i]);
    }
    free(source.texts);
    free(stock.bytes);
    free(stock.at);
    text_close(&text);
    return 0;
}
