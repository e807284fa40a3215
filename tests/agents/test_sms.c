/* test_sms.c - files that the real gammu-smsd wrote (dummy phone), and damaged ones:
 * agents/read/sms.c.
 *
 * data/sms-plain, sms-three-parts and sms-part-1-of-3 are its output, byte by byte; in sms-report
 * the PDU's kind was changed to that of a delivery report.
 */
#include "tests/agents/readers.h"

static struct read_sms *read_file(const char *name, int expected, struct warned *warned)
{
    struct read_sms *sms = NULL;
    struct read_fault fault;
    char path[512];
    (void)snprintf(path, sizeof path, DATA "%s", name);
    assert_int_equal(read_sms_file(&sms, path, warn, warned, &fault), expected);
    return sms;
}

static void reads_what_gammu_writes(void **state)
{
    struct warned warned = {0};
    (void)state;
    struct read_sms *sms = read_file("sms-plain.txt", 1, &warned);
    assert_string_equal(sms->number, "+84900000311");
    assert_string_equal(sms->text, "Ngo 12 pho Den Lu den duong hong 3 ngay, de nghi sua");
    assert_string_equal(sms->day, "2026-11-24");
    assert_true(sms->sent_at == 1795512970000);
    assert_string_equal(sms->udh, "");
    read_sms_destroy(&sms);
    sms = read_file("sms-three-parts.txt", 1, &warned);
    assert_string_equal(
        sms->text, "Đề nghị nạo vét cống trước số nhà 15 ngõ 291 phố Lạc Long Quân 🙏 mỗi lần mưa "
                   "to nước tràn vào nhà, tổ dân phố đã báo hai lần mà chưa thấy ai đến xem, mong "
                   "được trả lời sớm.");
    assert_int_equal(sms->n_parts, 3);
    assert_int_equal(sms->of_parts, 3);
    assert_int_equal(warned.n, 0);
    read_sms_destroy(&sms);
}

static void marks_missing_parts(void **state)
{
    struct warned warned = {0};
    (void)state;
    struct read_sms *sms = read_file("sms-part-1-of-3.txt", 1, &warned);
    assert_int_equal(sms->n_parts, 1);
    assert_int_equal(sms->of_parts, 3);
    assert_non_null(strstr(sms->text, "[…]"));
    assert_int_equal(warned.n, 1);
    assert_says(&warned.last, "mới có 1 trên 3 phần");
    read_sms_destroy(&sms);
}

static void leaves_reports_alone(void **state)
{
    struct warned warned = {0};
    (void)state;
    assert_null(read_file("sms-report.txt", 0, &warned));
}

static void refuses_damaged_files(void **state)
{
    static const struct {
        const char *text;
        enum read_kind kind;
    } cases[] = {
        {"", READ_SMS_FORM},
        {"\xFE\xFF\0X", READ_SMS_FORM},
        {"[SMSBackup000]\nPDU = Deliver\nNumber = \"1\"\nText00 = 00\n", READ_SMS_TEXT},
        {"[SMSBackup000]\nPDU = Deliver\nNumber = \"1\"\nText00 = 00zz\n", READ_SMS_TEXT},
        {"[SMSBackup000]\nPDU = Deliver\nNumber = \"1\"\n", READ_SMS_EMPTY},
        {"[SMSBackup000]\nPDU = Deliver\nNumber = \"1\"\nText00 = 0041\n"
         "[SMSBackup001]\nPDU = Deliver\nNumber = \"2\"\nText00 = 0042\n",
         READ_SMS_FORM},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct read_sms *sms = NULL;
        struct read_fault fault;
        assert_int_equal(
            read_sms_bytes(&sms, cases[i].text, strlen(cases[i].text), "x", NULL, NULL, &fault),
            KN_E_INVALID);
        assert_null(sms);
        assert_int_equal(fault.kind, cases[i].kind);
    }
}

/* Parts in any order, a surrogate pair cut apart between two, a 16-bit reference. */
static void joins_parts(void **state)
{
    static const char text[] =
        "[SMSBackup000]\nPDU = Deliver\nNumber = \"1\"\nUDH = 06080412340202\nText00 = DE4F0042\n"
        "[SMSBackup001]\nPDU = Deliver\nNumber = \"1\"\nUDH = 06080412340201\nText00 = 0041D83D\n";
    struct read_sms *sms = NULL;
    struct read_fault fault;
    (void)state;
    assert_int_equal(read_sms_bytes(&sms, text, strlen(text), "x", NULL, NULL, &fault), 1);
    assert_string_equal(sms->text, "A🙏B");
    assert_true(sms->sent_at == -1);
    read_sms_destroy(&sms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_gammu_writes),
        cmocka_unit_test(marks_missing_parts),
        cmocka_unit_test(leaves_reports_alone),
        cmocka_unit_test(refuses_damaged_files),
        cmocka_unit_test(joins_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
