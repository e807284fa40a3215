/* options.c - what the operator wants: command line over configuration file over standard values.
 *
 * One table of options serves both; the configuration file is ZPL (RFC 4), walked strictly: a key
 * that is not in the table is an error that names file, key and the nearest known key. getopt_long
 * reads the command line; the texts are ours, so that help and errors speak the operator's
 * language.
 */
#include "agents/agent_internal.h"

#include "kiennghi/kiennghi.h"

#include <czmq.h>
#include <getopt.h>

#define FLAG KN_OPTION_FLAG
#define TEXT KN_OPTION_TEXT
#define INTEGER KN_OPTION_INTEGER

/* clang-format off */
static const struct common {
    const char *section; /* of the file; NULL: command line only */
    enum scope { ALWAYS, FILES, INTAKE, PREVIEW } scope; /* where it makes sense: files are read, rows are made */
    struct kn_agent_option option;
} commons[] = {
    {NULL, ALWAYS, {"help", FLAG, NULL, NULL, 0, 0, "in hướng dẫn này", "print this help"}},
    {NULL, ALWAYS, {"version", FLAG, NULL, NULL, 0, 0, "in phiên bản", "print the version"}},
    {NULL, ALWAYS, {"config", TEXT, "FILE", NULL, 0, 0, "đọc cấu hình từ FILE", "read the configuration from FILE"}},
    {NULL, ALWAYS, {"check-config", FLAG, NULL, NULL, 0, 0, "chỉ kiểm tra cấu hình", "check the configuration and stop"}},
    {NULL, ALWAYS, {"print-config", FLAG, NULL, NULL, 0, 0, "in cấu hình đang dùng", "print the configuration in use"}},
    {"hub", ALWAYS, {"hub-intake", TEXT, "ENDPOINT", "tcp://127.0.0.1:5571", 0, 0, "cổng tiếp nhận của trung tâm", "intake endpoint of the hub"}},
    {"hub", ALWAYS, {"hub-delivery", TEXT, "ENDPOINT", "tcp://127.0.0.1:5572", 0, 0, "cổng phát của trung tâm", "delivery endpoint of the hub"}},
    {"hub", ALWAYS, {"hub-key", TEXT, "KEY", NULL, 0, 0, "khóa công khai của trung tâm (40 ký tự hoặc tệp)", "the hub's public key (40 characters, or a file)"}},
    {"agent", ALWAYS, {"key", TEXT, "FILE", NULL, 0, 0, "tệp khóa của chương trình này", "key file of this agent"}},
    {"agent", ALWAYS, {"state", TEXT, "DIR", NULL, 0, 0, "thư mục giữ dữ liệu không được mất", "folder of what must not be lost"}},
    {"agent", ALWAYS, {"timeout", INTEGER, "SECONDS", "60", 1, 86400, "chờ trung tâm trả lời tối đa, giây", "how long to wait for the hub"}},
    {"agent", ALWAYS, {"lang", TEXT, "vi|en", NULL, 0, 0, "ngôn ngữ hiển thị", "language for people"}},
    {"agent", FILES, {"watch", TEXT, "DIR", NULL, 0, 0, "theo dõi thư mục DIR và nhập mọi tệp mới", "watch DIR and take each file that comes"}},
    {NULL, ALWAYS, {"once", FLAG, NULL, NULL, 0, 0, "làm hết việc hiện có rồi dừng", "do what there is and stop"}},
    {NULL, INTAKE, {"revise", FLAG, NULL, NULL, 0, 0, "nội dung thay đổi là sửa có chủ ý", "changed rows are meant: revise what is stored"}},
    {NULL, PREVIEW, {"dry-run", FLAG, NULL, NULL, 0, 0, "chỉ đọc và cho xem trước, không gửi gì", "read and show what would be sent, send nothing"}},
    {NULL, ALWAYS, {"json", FLAG, NULL, NULL, 0, 0, "in kết quả dạng JSON, mỗi bản ghi một dòng", "print results as JSON lines"}},
    {NULL, ALWAYS, {"quiet", FLAG, NULL, NULL, 0, 0, "không in nhật ký", "no log"}},
    {NULL, ALWAYS, {"verbose", FLAG, NULL, NULL, 0, 0, "nhật ký chi tiết", "a detailed log"}},
};
/* clang-format on */

enum { N_COMMONS = sizeof commons / sizeof commons[0] };

static struct value *find(const kn_agent_t *self, const char *name)
{
    for (size_t i = 0; i < self->n_values; i++)
        if (strcmp(self->values[i].option->name, name) == 0)
            return &self->values[i];
    return NULL;
}

static const struct value *must_find(const kn_agent_t *self, const char *name)
{
    const struct value *value = find(self, name);
    assert(value); /* an agent asks only for what its table has */
    return value;
}

const char *kn_agent_list(const kn_agent_t *self, const char *name, size_t i)
{
    const struct value *value = must_find(self, name);
    return i < value->n_texts ? value->texts[i] : NULL;
}

const char *kn_agent_text(const kn_agent_t *self, const char *name)
{
    return kn_agent_list(self, name, 0);
}

int64_t kn_agent_integer(const kn_agent_t *self, const char *name)
{
    const char *text = kn_agent_text(self, name);
    return text ? strtoll(text, NULL, 10) : 0;
}

bool kn_agent_flag(const kn_agent_t *self, const char *name)
{
    return kn_agent_text(self, name) != NULL;
}

/* ---- values -------------------------------------------------------------------------------- */

static void forget(struct value *value)
{
    for (size_t i = 0; i < value->n_texts; i++)
        free(value->texts[i]);
    free(value->texts);
    value->texts = NULL;
    value->n_texts = 0;
}

static void add(struct value *value, const char *text)
{
    if (value->option->kind != KN_OPTION_LIST)
        forget(value);
    value->texts = realloc(value->texts, (value->n_texts + 1) * sizeof *value->texts);
    assert(value->texts);
    value->texts[value->n_texts++] = agent_copy(text);
}

static void add_list(struct value *value, const char *text)
{
    char *copy = agent_copy(text), *rest = copy, *part;
    while ((part = strsep(&rest, ","))) {
        part += strspn(part, " ");
        part[strcspn(part, " ")] = '\0';
        if (*part)
            add(value, part);
    }
    free(copy);
}

/* Whether TEXT is a value of the option; says what is wrong, naming WHERE. */
static bool is_fit(const kn_agent_t *self, const struct kn_agent_option *option, const char *where,
                   const char *text)
{
    char *end;
    long long number;
    if (option->kind == KN_OPTION_FLAG && strcmp(text, "yes") != 0 && strcmp(text, "no") != 0) {
        fprintf(stderr,
                KN_TR(self, "%s: %s: \"%s\" phải là yes hoặc no\n",
                      "%s: %s: \"%s\" must be yes or no\n"),
                self->program, where, text);
        return false;
    }
    if (option->kind != KN_OPTION_INTEGER)
        return true;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (*text && !*end && errno == 0 && number >= option->min && number <= option->max)
        return true;
    fprintf(stderr,
            KN_TR(self, "%s: %s: \"%s\" phải là số nguyên từ %lld đến %lld\n",
                  "%s: %s: \"%s\" is no whole number from %lld to %lld\n"),
            self->program, where, text, (long long)option->min, (long long)option->max);
    return false;
}

/* How many letters must change to make B of A; both short. */
static size_t distance(const char *a, const char *b)
{
    enum { MAX = 64 };
    size_t n = strnlen(b, MAX - 1), row[MAX];
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j <= n; j++) {
            size_t best = corner + (a[i] != b[j - 1]);
            corner = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

static void file_key(char out[80], const struct value *value)
{
    const char *name = value->option->name;
    if (strncmp(name, "hub-", 4) == 0 && strcmp(value->section, "hub") == 0)
        name += 4; /* hub/key, not hub/hub-key */
    snprintf(out, 80, "%s/%s", value->section, name);
}

/* ---- the configuration file ---------------------------------------------------------------- */

/* The line of FILE where the key PATH ("hub/key") stands, 0 when it is not found: zconfig tells
 * none.
 */
static int line_of(const char *file, const char *path)
{
    enum { INDENT = 4, DEPTH = 8 };
    char line[1024], names[DEPTH][80] = {{0}}, found[DEPTH * 81];
    int number = 0, at = 0;
    FILE *in = fopen(file, "re");
    while (in && !at && fgets(line, sizeof line, in)) {
        number++;
        const size_t n_spaces = strspn(line, " "), depth = n_spaces / INDENT;
        const size_t n = strcspn(line + n_spaces, " =#\r\n");
        if (n == 0 || n >= sizeof names[0] || depth >= DEPTH)
            continue;
        memcpy(names[depth], line + n_spaces, n);
        names[depth][n] = '\0';
        size_t used = 0;
        for (size_t i = 0; i <= depth; i++)
            used +=
                (size_t)snprintf(found + used, sizeof found - used, "%s%s", i ? "/" : "", names[i]);
        at = strcmp(found, path) == 0 ? number : 0;
    }
    if (in)
        fclose(in);
    return at;
}

static bool take_key(kn_agent_t *self, const char *file, const char *path, const char *text)
{
    const char *nearest = NULL;
    static const size_t far = 4;
    size_t best = far;
    char key[80], guess[80] = "", where[PATH_MAX + 96];
    snprintf(where, sizeof where, "%s:%d: %s", file, line_of(file, path), path);
    for (size_t i = 0; i < self->n_values; i++) {
        struct value *value = &self->values[i];
        if (!value->section)
            continue;
        file_key(key, value);
        if (strcmp(key, path) == 0) {
            if (value->is_given)
                return true;
            if (!is_fit(self, value->option, where, text))
                return false;
            if (value->option->kind == KN_OPTION_LIST)
                add_list(value, text);
            else if (value->option->kind != KN_OPTION_FLAG || strcmp(text, "yes") == 0)
                add(value, text);
            return true;
        }
        if (distance(path, key) < best) {
            best = distance(path, key);
            snprintf(guess, sizeof guess, "%s", key);
            nearest = guess;
        }
    }
    fprintf(stderr,
            KN_TR(self, "%s: %s: không có mục cấu hình này%s%s%s\n", "%s: %s: unknown key%s%s%s\n"),
            self->program, where, nearest ? KN_TR(self, " – có phải ", " - is it ") : "",
            nearest ? nearest : "", nearest ? "?" : "");
    return false;
}

static bool take_section(kn_agent_t *self, const char *file, const char *path, zconfig_t *section)
{
    bool is_good = true;
    for (zconfig_t *item = zconfig_child(section); item; item = zconfig_next(item)) {
        char key[160];
        snprintf(key, sizeof key, "%s%s%s", path, *path ? "/" : "", zconfig_name(item));
        if (zconfig_child(item))
            is_good = take_section(self, file, key, item) && is_good;
        else
            is_good = take_key(self, file, key, zconfig_value(item)) && is_good;
    }
    return is_good;
}

static int read_file(kn_agent_t *self, const char *file)
{
    zconfig_t *root = access(file, R_OK) == 0 ? zconfig_load(file) : NULL;
    if (!root) {
        fprintf(stderr,
                KN_TR(self,
                      "%s: %s: không đọc được tệp cấu hình – kiểm tra tên tệp và cú pháp ZPL\n",
                      "%s: %s: the configuration cannot be read - check its name and ZPL syntax\n"),
                self->program, file);
        return KN_EXIT_CONFIG;
    }
    bool is_good = take_section(self, file, "", root);
    zconfig_destroy(&root);
    return is_good ? -1 : KN_EXIT_CONFIG;
}

/* ---- help ---------------------------------------------------------------------------------- */

static void print_option(const kn_agent_t *self, const struct kn_agent_option *option)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", option->name, option->arg ? " " : "",
             option->arg ? option->arg : "");
    printf("  %-26s %s", left, KN_TR(self, option->help_vi, option->help_en));
    if (option->standard)
        printf(" [%s]", option->standard);
    putchar('\n');
}

static int print_help(const kn_agent_t *self)
{
    const struct kn_agent_spec *spec = self->spec;
    printf(KN_TR(self, "Cách dùng: %s [TÙY CHỌN]%s%s%s\n%s\n", "Usage: %s [OPTION]…%s%s%s\n%s\n"),
           self->program, spec->args ? " " : "", spec->args ? spec->args : "",
           spec->commands ? KN_TR(self, " LỆNH…", " COMMAND…") : "",
           KN_TR(self, spec->about_vi, spec->about_en));
    if (spec->commands)
        puts(KN_TR(self, "\nLệnh:", "\nCommands:"));
    for (const struct kn_agent_command *c = spec->commands; c && c->name; c++) {
        char left[80];
        snprintf(left, sizeof left, "%s%s%s", c->name, c->args ? " " : "", c->args ? c->args : "");
        printf("  %-26s %s\n", left, KN_TR(self, c->help_vi, c->help_en));
    }
    if (spec->options)
        puts(KN_TR(self, "\nTùy chọn riêng:", "\nOwn options:"));
    for (const struct kn_agent_option *o = spec->options; o && o->name; o++)
        print_option(self, o);
    puts(KN_TR(self, "\nTùy chọn chung:", "\nCommon options:"));
    for (size_t i = 0; i < N_COMMONS; i++)
        if (find(self, commons[i].option.name) &&
            find(self, commons[i].option.name)->option == &commons[i].option)
            print_option(self, &commons[i].option);
    puts(
        KN_TR(self,
              "\nMã thoát: 0 xong · 64 sai tham số · 65 có dòng bị từ chối · 77 không được phép\n"
              "          78 sai cấu hình · 111 chưa gửi xong, không mất dữ liệu, chạy lại sau",
              "\nExit codes: 0 done · 64 wrong arguments · 65 some rows refused · 77 not allowed\n"
              "            78 wrong configuration · 111 not sent yet, nothing is lost, run again"));
    return KN_EXIT_OK;
}

static int print_config(const kn_agent_t *self)
{
    const char *section = "";
    for (size_t i = 0; i < self->n_values; i++) {
        const struct value *value = &self->values[i];
        char key[80];
        if (!value->section || value->n_texts == 0)
            continue;
        if (strcmp(section, value->section) != 0)
            printf("%s\n", section = value->section);
        file_key(key, value);
        printf("    %s = \"", strchr(key, '/') + 1);
        for (size_t j = 0; j < value->n_texts; j++)
            printf("%s%s", j ? ", " : "", value->texts[j]);
        puts("\"");
    }
    return KN_EXIT_OK;
}

/* ---- all together -------------------------------------------------------------------------- */

static void make_values(kn_agent_t *self)
{
    const struct kn_agent_spec *spec = self->spec;
    size_t n_own = 0;
    while (spec->options && spec->options[n_own].name)
        n_own++;
    self->values = agent_alloc((N_COMMONS + n_own) * sizeof *self->values);
    for (size_t i = 0; i < n_own; i++)
        self->values[self->n_values++] = (struct value){
            .option = &spec->options[i], .section = *spec->name ? spec->name : "kiennghi"};
    for (size_t i = 0; i < N_COMMONS; i++) {
        if ((commons[i].scope == FILES && !spec->read) ||
            (commons[i].scope == PREVIEW && !spec->has_preview) ||
            (commons[i].scope == INTAKE && !spec->read && (!spec->on_tick || spec->stream)))
            continue;
        assert(!find(self, commons[i].option.name)); /* own options must not hide common ones */
        self->values[self->n_values++] =
            (struct value){.option = &commons[i].option, .section = commons[i].section};
    }
}

/* The language must be known before anything is said. */
static bool wants_vietnamese(int argc, char **argv)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            return strcmp(argv[i] + 7, "en") != 0;
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            return strcmp(argv[i + 1], "en") != 0;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *locale = getenv(names[i]);
        if (locale && *locale)
            return strncmp(locale, "en", 2) != 0;
    }
    return true;
}

static int usage(const kn_agent_t *self, const char *what, const char *argument)
{
    fprintf(stderr, KN_TR(self, "%s: %s%s – xem %s --help\n", "%s: %s%s - see %s --help\n"),
            self->program, what, argument, self->program);
    return KN_EXIT_USAGE;
}

static int read_arguments(kn_agent_t *self, int *rest, int argc, char **argv)
{
    struct option *table = agent_alloc((self->n_values + 1) * sizeof *table);
    int rc = -1, c, index = 0;
    for (size_t i = 0; i < self->n_values; i++) {
        const struct kn_agent_option *option = self->values[i].option;
        table[i] = (struct option){option->name,
                                   option->kind == KN_OPTION_FLAG ? no_argument : required_argument,
                                   NULL, 1};
    }
    opterr = 0;
    optind = 0;
    while (rc < 0 && (c = getopt_long(argc, argv, ":", table, &index)) != -1) {
        if (c == ':') {
            rc = usage(self, KN_TR(self, "thiếu giá trị cho ", "a value is missing for "),
                       argv[optind - 1]);
        } else if (c != 1) {
            rc = usage(self, KN_TR(self, "không có tùy chọn ", "unknown option "),
                       argv[optind > 1 ? optind - 1 : optind]);
        } else {
            struct value *value = &self->values[index];
            const char *text = optarg ? optarg : "yes";
            char where[80];
            snprintf(where, sizeof where, "--%s", value->option->name);
            if (!is_fit(self, value->option, where, text))
                rc = KN_EXIT_USAGE;
            add(value, text);
            value->is_given = true;
        }
    }
    *rest = optind;
    free(table);
    return rc;
}

/* Where state and key are when nobody says so. */
static void fill_in(kn_agent_t *self)
{
    struct value *state = find(self, "state"), *key = find(self, "key");
    char path[PATH_MAX];
    const char *given = getenv("STATE_DIRECTORY"), *home = getenv("HOME");
    for (size_t i = 0; i < self->n_values; i++)
        if (self->values[i].n_texts == 0 && self->values[i].option->standard)
            add(&self->values[i], self->values[i].option->standard);
    if (state->n_texts == 0) {
        if (given && *given)
            snprintf(path, sizeof path, "%s", given);
        else
            snprintf(path, sizeof path, "%s/.local/state/kiennghi/%s", home ? home : ".",
                     *self->spec->name ? self->spec->name : "kiennghi");
        add(state, path);
    }
    if (key->n_texts == 0) {
        snprintf(path, sizeof path, "%s/agent.key", state->texts[0]);
        add(key, path);
    }
}

int options_read(kn_agent_t *self, int *rest, int argc, char **argv)
{
    make_values(self);
    self->is_vi = wants_vietnamese(argc, argv);
    int rc = read_arguments(self, rest, argc, argv);
    if (rc >= 0)
        return rc;
    if (kn_agent_flag(self, "help"))
        return print_help(self);
    if (kn_agent_flag(self, "version")) {
        printf("%s %s\n", self->program, KN_VERSION);
        return KN_EXIT_OK;
    }
    if (kn_agent_text(self, "config"))
        rc = read_file(self, kn_agent_text(self, "config"));
    if (rc >= 0)
        return rc;
    fill_in(self);
    const char *lang = kn_agent_text(self, "lang");
    if (lang && strcmp(lang, "vi") != 0 && strcmp(lang, "en") != 0)
        return usage(self, "--lang: vi | en: ", lang);
    if (lang)
        self->is_vi = strcmp(lang, "vi") == 0;
    self->is_json = kn_agent_flag(self, "json");
    self->is_quiet = kn_agent_flag(self, "quiet");
    self->is_verbose = kn_agent_flag(self, "verbose");
    self->is_once = kn_agent_flag(self, "once");
    self->is_dry = self->spec->has_preview && kn_agent_flag(self, "dry-run");
    if (kn_agent_flag(self, "print-config"))
        return print_config(self);
    return kn_agent_flag(self, "check-config") ? KN_EXIT_OK : -1;
}

void options_clear(kn_agent_t *self)
{
    for (size_t i = 0; i < self->n_values; i++)
        forget(&self->values[i]);
    free(self->values);
    self->values = NULL;
    self->n_values = 0;
}
