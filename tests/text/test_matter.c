/* test_matter.c - field, thing, trouble and wish of sentences; with and without marks; words inside
 * names; data files with faults and with new words. */
#include "kiennghi/status.h"
#include "tests/text/text_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct reading *read_text(const text_t *text, const char *words)
{
    struct reading *reading = NULL;
    assert_int_equal(text_read(text, words, strlen(words), 0, &reading), 0);
    return reading;
}

static void test_fields(void **state)
{
    static const char *const rows[][2] = {
        {"Bóng đèn cao áp đầu hẻm cháy đã lâu, đêm tối thui, xin thay bóng.", "lighting"},
        {"den duong khu pho 3 hu, toi om, xin sua den", "lighting"},
        {"Cây phượng trong sân khu phố nghiêng, cành khô sắp gãy, xin cắt tỉa.", "trees"},
        {"Hơn hai tháng nay ấp 4 mất nước sạch, nước máy chảy yếu.", "water_supply"},
        {"Kiệt 30 cứ mưa lớn là ngập, cống nghẹt không ai thông.", "drainage"},
        {"Xe thu gom rác không vào xóm, rác chất đống trước cổng.", "waste"},
        {"Mặt đường đầy ổ gà, xin trải lại nhựa.", "roads"},
        {"Nhà bên xây trái phép, vượt tầng, đề nghị cưỡng chế.", "construction_order"},
        {"Chúng tôi nộp hồ sơ xin cấp sổ đỏ hai năm chưa được.", "land"},
        {"Giá đền bù thu hồi đất thấp, chưa bố trí tái định cư.", "site_clearance"},
        {"Trường mầm non thiếu giáo viên, lớp học quá đông.", "education"},
        {"Trạm y tế xã thiếu thuốc bảo hiểm y tế.", "health"},
        {"Mương hở cạnh khu dân cư nước đen, bốc mùi hôi thối.", "environment"},
        {"Thanh niên tụ tập hút chích ma túy dưới gầm cầu.", "security"},
        {"Trợ cấp người có công chi trả chậm.", "social_policy"},
        {"Dịch tả lợn châu Phi làm người chăn nuôi thiệt hại, xin hỗ trợ con giống.",
         "agriculture"},
        {"Đường dây điện hạ thế chưa kéo tới bản, bà con chưa có điện lưới.",
         "electricity_telecom"},
        {"Nhà văn hóa thôn dột nát, loa truyền thanh hỏng.", "culture_sport"},
        {"Ô tô đỗ kín hai bên đường, giờ cao điểm kẹt xe.", "traffic"},
        {"Tiểu thương lo vì chợ dân sinh sắp di dời.", "markets_trade"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reading *reading = read_text(*state, rows[i][0]);
        if (!reading->n_fields || strcmp(reading->fields[0].code, rows[i][1]) != 0) {
            fail_msg("%s: %s, not %s", rows[i][0],
                     reading->n_fields ? reading->fields[0].code : "nothing", rows[i][1]);
        }
        float sum = 0;
        for (size_t k = 0; k < reading->n_fields; k++) {
            sum += reading->fields[k].score;
        }
        assert_true(sum > 0 && sum <= 1.0001f);
        text_reading_destroy(&reading);
    }
}

static void test_object_problem_request(void **state)
{
    struct reading *reading =
        read_text(*state, "Đề nghị lắp thêm đèn đường ngõ 12 vì ban đêm tối om.");
    assert_string_equal(reading->object, "đèn đường");
    assert_string_equal(reading->problem, "tối, không sáng");
    assert_string_equal(reading->request, "lắp đặt");
    assert_false(reading->says_again);
    text_reading_destroy(&reading);
    reading = read_text(*state, "Đã phản ánh nhiều lần mà chưa ai sửa.");
    assert_true(reading->says_again);
    text_reading_destroy(&reading);
}

/* "chó" without marks is "cho", to give; "Bến Cát" is a ward and no place for sand. */
static void test_words_that_mislead(void **state)
{
    struct reading *reading = read_text(*state, "de nghi phuong cho dan biet");
    assert_true(!reading->n_fields || strcmp(reading->fields[0].code, "security") != 0);
    text_reading_destroy(&reading);
    reading = read_text(*state, "Cử tri phường Bến Cát đề nghị hướng dẫn kê khai thuế.");
    assert_string_equal(reading->fields[0].code, "finance_tax");
    assert_int_equal(reading->n_fields, 1);
    text_reading_destroy(&reading);
}

/* ---- data files ------------------------------------------------------------------------------ */

static char folder[] = "/tmp/kn-matter-XXXXXX";

static void append(const char *file, const char *line)
{
    char path[256];
    snprintf(path, sizeof path, "%s/registers/text/%s", folder, file);
    FILE *out = fopen(path, "a");
    assert_non_null(out);
    fputs(line, out);
    fclose(out);
}

static void copy_registers(void)
{
    char command[512];
    snprintf(command, sizeof command, "rm -rf %s/registers && cp -r %s %s/registers", folder,
             registers, folder);
    assert_int_equal(system(command), 0);
}

static int open_copy(text_t **text, char *why, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, "%s/registers", folder);
    return text_open(text, path, why, size);
}

static void test_new_words(void **state)
{
    (void)state;
    char why[512] = "", path[256];
    text_t *text = NULL;
    copy_registers();
    snprintf(path, sizeof path, "%s/registers/fields.tsv", folder);
    FILE *out = fopen(path, "a");
    fputs("ferries\turban\tĐò, phà\tFerries\tother\t2015-01-01\n", out);
    fclose(out);
    append("matters.tsv", "ferries.boat\tđò ngang, phà\n");
    append("lexicon.tsv", "object\tđò ngang\tferries.boat:5\tbến đò | đò ngang | phà~\n");
    assert_int_equal(open_copy(&text, why, sizeof why), 0);
    struct reading *reading = read_text(text, "Bến đò đầu thôn không có áo phao.");
    assert_string_equal(reading->fields[0].code, "ferries");
    assert_string_equal(reading->object, "đò ngang");
    text_reading_destroy(&reading);
    text_close(&text);
}

static void test_faults_are_named(void **state)
{
    static const char *const rows[][3] = {
        {"matters.tsv", "no_field.x\tkhông có\n", "matters.tsv:"},
        {"matters.tsv", "lighting.lamp\tlần thứ hai\n", "twice"},
        {"lexicon.tsv", "thing\tx\t-\ty\n", "object, problem or request"},
        {"lexicon.tsv", "object\tx\tlighting.lump:4\ty\n", "CODE:WEIGHT"},
        {"lexicon.tsv", "object\tx\tlighting.lamp:4\t* đèn\n", "lexicon.tsv:"},
        {"rarity.tsv", "cột\t-3\n", "rarity.tsv:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char why[512] = "";
        text_t *text = NULL;
        copy_registers();
        append(rows[i][0], rows[i][1]);
        assert_int_equal(open_copy(&text, why, sizeof why), KN_E_INVALID);
        assert_null(text);
        if (!strstr(why, rows[i][2])) {
            fail_msg("%s", why);
        }
    }
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[256];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest reading[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_object_problem_request),
        cmocka_unit_test(test_words_that_mislead),
    };
    const struct CMUnitTest files[] = {
        cmocka_unit_test(test_new_words),
        cmocka_unit_test(test_faults_are_named),
    };
    int failed = cmocka_run_group_tests(reading, open_text, close_text);
    return failed + cmocka_run_group_tests(files, make_folder, remove_folder);
}
