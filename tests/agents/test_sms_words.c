/* test_sms_words.c - what kiennghi-sms says and understands: agents/sms_words.c and the register
 * sms_words.tsv as it is shipped; senders' numbers: agents/sms_numbers.c. The agent around them is
 * played here.
 */
#include "agents/names.h"
#include "agents/sms.h"
#include "tests/agents/readers.h"

#include "kiennghi/kiennghi.h"

/* ---- the agent ------------------------------------------------------------------------------ */

static struct {
    bool marks;
    const char *words, *numbers;
    char said[400];
} played;

bool kn_agent_is_vi(const kn_agent_t *agent)
{
    (void)agent;
    return true;
}

const char *kn_agent_text(const kn_agent_t *agent, const char *name)
{
    (void)agent;
    return strcmp(name, "words") == 0 ? played.words : played.numbers;
}

bool kn_agent_flag(const kn_agent_t *agent, const char *name)
{
    (void)agent;
    (void)name;
    return played.marks;
}

int64_t kn_agent_integer(const kn_agent_t *agent, const char *name)
{
    (void)agent;
    (void)name;
    return 5;
}

void kn_agent_fault(kn_agent_t *agent, const char *path, enum kn_code code, const char *field,
                    const char *words)
{
    (void)agent;
    (void)code;
    (void)field;
    (void)snprintf(played.said, sizeof played.said, "%s: %s", path, words);
}

kn_client_t *kn_agent_client(kn_agent_t *agent)
{
    (void)agent;
    return NULL;
}

int kn_client_get(kn_client_t *client, const void **value, size_t *size, const char *key)
{
    (void)client;
    (void)value;
    (void)size;
    (void)key;
    return KN_E_NOT_FOUND;
}

int kn_client_put(kn_client_t *client, const char *key, const void *value, size_t size)
{
    (void)client;
    (void)key;
    (void)value;
    (void)size;
    return KN_OK;
}

void kn_hash_hex32(char out[33], size_t n_parts, const char *const parts[])
{
    (void)n_parts;
    (void)parts;
    (void)snprintf(out, 33, "%032d", 0);
}

int64_t sms_now(void)
{
    return 1795483800000;
}

/* ---- tests ---------------------------------------------------------------------------------- */

static struct sms fresh(bool marks)
{
    struct sms sms = {0};
    played.marks = marks;
    played.words = KN_SOURCE_DIR "/schemas/registers/sms_words.tsv";
    played.numbers = KN_SOURCE_DIR "/schemas/registers/sms_numbers.tsv";
    played.said[0] = '\0';
    assert_int_equal(sms_words_read(&sms), KN_OK);
    return sms;
}

/* Each text, with the longest values, in one message of a telephone that knows no marks; with
 * marks, in two of UCS-2. The unit gives way, nothing else is cut. */
static void every_text_fits(void **state)
{
    static const char *const keys[] = {
        "received", "incomplete",  "linked",     "planned",         "explained",    "resolved",
        "met",      "not_met",     "reopened",   "resolved_linked", "done",         "which",
        "lookup",   "lookup_unit", "lookup_due", "lookup_unknown",  "lookup_limit", "help"};
    static const char *const units[] = {
        "Sở Xây dựng",
        "Ban Quản lý dự án đầu tư xây dựng công trình hạ tầng kỹ thuật và nông nghiệp "
        "thành phố Hà Nội thuộc Ủy ban nhân dân thành phố"};
    (void)state;
    for (int marks = 0; marks < 2; marks++) {
        struct sms sms = fresh(marks);
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            for (size_t j = 0; j < 2; j++) {
                char *text =
                    sms_words_make(&sms, keys[i],
                                   &(struct sms_values){.code = "HN-2026-1000042-X",
                                                        .unit = units[j],
                                                        .due = "24/11/2026",
                                                        .state = "đã có trả lời, chờ kiểm tra",
                                                        .count = 5});
                assert_non_null(text);
                assert_null(strchr(text, '%'));
                if (read_characters(text) > (marks ? 134 : 160)) {
                    fail_msg("%s: %s", keys[i], text);
                }
                for (const char *c = text; !marks && *c; c++) { /* one letter each in GSM-7 */
                    assert_true(*c >= ' ' && *c < 0x7F && !strchr("[]{}\\^~|`", *c));
                }
                if (strstr(sms_words_raw(&sms, keys[i]), "%CODE%")) {
                    assert_non_null(strstr(text, "HN-2026-1000042-X"));
                }
                free(text);
            }
        }
        sms_words_free(&sms);
    }
}

static void hears_what_is_wanted(void **state)
{
    static const struct {
        const char *text;
        enum sms_heard heard;
        const char *code, *reason;
    } cases[] = {
        {"TT HN-2026-000042-X", SMS_LOOKUP, "HN-2026-000042-X", ""},
        {"tt hn2026000042x", SMS_LOOKUP, "HN-2026-000042-X", ""},
        {"Tra cứu: HN 2026 1000042 X", SMS_LOOKUP, "HN-2026-1000042-X", ""},
        {"Tra cứu HN 2026 1000042 X", SMS_LOOKUP, "HN-2026-1000042-X", ""},
        {"HN-2026-000042-X", SMS_LOOKUP, "HN-2026-000042-X", ""},
        {"HN-2026-000042-X.", SMS_LOOKUP, "HN-2026-000042-X", ""},
        {"TT", SMS_PETITION, "", ""},
        {"ROI", SMS_DONE, "", ""},
        {"Rồi!", SMS_DONE, "", ""},
        {"rồi HN-2026-000042-X", SMS_DONE, "HN-2026-000042-X", ""},
        {"Đã xong", SMS_DONE, "", ""},
        {"CHƯA", SMS_NOT_DONE, "", ""},
        {"Chua xong", SMS_NOT_DONE, "", ""},
        {"Chưa, vẫn còn hai bóng hỏng", SMS_NOT_DONE, "", "vẫn còn hai bóng hỏng"},
        {"Chưa có nước sạch ở ngõ 5", SMS_PETITION, "", ""},
        {"Chua xong duong ngo 5, de nghi lam tiep", SMS_PETITION, "", ""},
        {"HD", SMS_HELP, "", ""},
        {"Đèn ngõ 12 hỏng", SMS_PETITION, "", ""},
        {"HN-2026-000042-X: bổ sung ảnh", SMS_PETITION, NULL, ""},
        {"", SMS_PETITION, "", ""},
        {"😀", SMS_PETITION, "", ""},
    };
    struct sms sms = fresh(false);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char code[SMS_CODE];
        const char *reason;
        enum sms_heard heard = sms_words_hear(&sms, code, &reason, cases[i].text);
        if (heard != cases[i].heard || (cases[i].code && strcmp(code, cases[i].code) != 0) ||
            strcmp(reason, cases[i].reason) != 0) {
            fail_msg("%s: %d, code %s, reason %s", cases[i].text, (int)heard, code, reason);
        }
    }
    sms_words_free(&sms);
}

static void bad_registers_are_named(void **state)
{
    static const struct {
        const char *lines, *says;
    } cases[] = {
        {"key\ttext\nreceived\tx\n", "dòng 1: tên cột"},
        {"key\ttext\tnote\nrecieved\tx\t\n", "dòng 2: không có khóa"},
        {"key\ttext\tnote\nreceived\t%UNIT%\t\n", "dòng 2: %TÊN%"},
        {"key\ttext\tnote\nhelp\ta\t\nhelp\tb\t\n", "dòng 3: khóa này đã có"},
        {"key\ttext\tnote\nhelp\t\xFF\t\n", "dòng 2: không phải UTF-8"},
        {"key\ttext\tnote\nhelp\ta\t\n", "thiếu khóa"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sms sms = {0};
        played.words = file_of("words.tsv", cases[i].lines, strlen(cases[i].lines));
        played.said[0] = '\0';
        assert_int_equal(sms_words_read(&sms), KN_E_INVALID);
        if (!strstr(played.said, cases[i].says)) {
            fail_msg("“%s” does not say “%s”", played.said, cases[i].says);
        }
        sms_words_free(&sms);
    }
}

static void knows_numbers(void **state)
{
    static const struct {
        const char *raw, *number;
        bool answers;
    } cases[] = {
        {"+84912345678", "+84912345678", true},
        {"0912345678", "+84912345678", true},
        {"84912345678", "+84912345678", true},
        {"0084912345678", "+84912345678", true},
        {"0912 345 678", "+84912345678", true},
        {"1900", "1900", false},
        {"VIETTEL", "VIETTEL", false},
        {"195", "195", false},
        {"", "", false},
        {"024 3825 3536", "+842438253536", true},
    };
    static const struct {
        const char *number;
        bool heard;
    } senders[] = {{"+84912345678", true}, {"VIETTEL", false}, {"1414", false}, {"", true}};
    struct sms sms = fresh(false);
    char number[SMS_NUMBER];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sms_number(number, cases[i].raw);
        assert_string_equal(number, cases[i].number);
        assert_int_equal(sms_number_answers(number), cases[i].answers);
    }
    assert_int_equal(sms_numbers_read(&sms), KN_OK);
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
        struct read_fault fault;
        assert_int_equal(sms_numbers_admit(&sms, senders[i].number, -1, &fault), senders[i].heard);
    }
    sms_numbers_free(&sms);
    sms_words_free(&sms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_fits),
        cmocka_unit_test(hears_what_is_wanted),
        cmocka_unit_test(bad_registers_are_named),
        cmocka_unit_test(knows_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
