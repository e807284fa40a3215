/* petitions.c - sentences about things that go wrong in a city, put together by a number.
 *
 * A petition is: who speaks, where, what is wrong (of one matter), since when and with what effect,
 * what was tried, what is asked for. Twelve matters, forty wards, house and alley numbers, dates:
 * two numbers hardly ever give the same text, yet texts of one matter resemble each other as real
 * ones do. Written for this bench; no real person or petition stands behind any of it.
 */
#include "petitions.h"

#include "bench.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

static const char *const wards[] = {
    "phường Hoàn Kiếm",  "phường Cửa Nam",      "phường Ba Đình",     "phường Ngọc Hà",
    "phường Giảng Võ",   "phường Hai Bà Trưng", "phường Vĩnh Tuy",    "phường Bạch Mai",
    "phường Đống Đa",    "phường Kim Liên",     "phường Ô Chợ Dừa",   "phường Láng",
    "phường Hồng Hà",    "phường Lĩnh Nam",     "phường Hoàng Mai",   "phường Vĩnh Hưng",
    "phường Tương Mai",  "phường Định Công",    "phường Hoàng Liệt",  "phường Yên Sở",
    "phường Thanh Xuân", "phường Khương Đình",  "phường Phương Liệt", "phường Cầu Giấy",
    "phường Nghĩa Đô",   "phường Yên Hòa",      "phường Tây Hồ",      "phường Phú Thượng",
    "phường Tây Tựu",    "phường Xuân Đỉnh",    "phường Đông Ngạc",   "phường Hà Đông",
    "phường Dương Nội",  "phường Kiến Hưng",    "xã Thanh Trì",       "xã Đông Anh",
    "xã Sóc Sơn",        "xã Gia Lâm",          "xã Hoài Đức",        "phường Chương Mỹ"};

/* Names of streets are put together of both: some hundred. */
static const char *const first_names[] = {
    "đường Nguyễn", "phố Trần",   "đường Lê",   "phố Phạm", "đường Hoàng", "phố Vũ",
    "đường Đặng",   "phố Bùi",    "đường Đỗ",   "phố Hồ",   "đường Ngô",   "phố Dương",
    "đường Đinh",   "phố Tô",     "đường Phan", "phố Đoàn", "đường Lương", "phố Mai",
    "đường Trịnh",  "phố Nghiêm", "đường Cao",  "phố Doãn", "đường Lưu",   "phố Tạ"};
static const char *const last_names[] = {
    "Khang",     "Duy Trinh", "Văn Lương", "Công Trứ",  "Đình Nghệ",  "Thị Định",
    "Hữu Tước",  "Tông Phan", "Xuân Bảng", "Khắc Nhu",  "Quý Đôn",    "Ngọc Hân",
    "Thái Tông", "Đức Cảnh",  "Trọng Tấn", "Huy Thông", "Bá Trạc",    "Thế Vinh",
    "Cảnh Dị",   "Sĩ Liên",   "Kim Đồng",  "Minh Giám", "Hiến Thành", "Quang Diệu"};

static const char *const speakers[] = {
    "Thay mặt các hộ dân",  "Cử tri chúng tôi",  "Tôi là người dân sinh sống lâu năm",
    "Tổ dân phố chúng tôi", "Nhiều hộ gia đình", "Hội người cao tuổi"};

/* '#': a number */
static const char *const effects[] = {
    ("Tình trạng này kéo dài đã # tháng nay, ảnh hưởng trực tiếp đến sinh hoạt của khoảng # hộ "
     "dân, "
     "nhất là người già và trẻ nhỏ đi lại hằng ngày."),
    ("Chỉ trong # tháng qua đã xảy ra ít nhất # vụ va chạm, rất may chưa có thiệt hại về người "
     "nhưng bà "
     "con hết sức lo lắng."),
    ("Trong # tháng gần đây, # gia đình đã phải tự bỏ tiền khắc phục tạm thời song chỉ được ít "
     "ngày "
     "lại đâu vào đấy."),
    ("Vấn đề đã tồn tại hơn # tháng; riêng đoạn này có chừng # học sinh đi qua mỗi ngày, phụ huynh "
     "rất bức xúc.")};

static const char *const tries[] = {
    ("Chúng tôi đã phản ánh tại hội nghị tiếp xúc cử tri ngày # tháng # nhưng đến nay chưa được "
     "trả "
     "lời."),
    "Tổ dân phố đã có văn bản gửi phường ngày #/# song mới chỉ nhận được lời hứa sẽ xem xét.",
    ("Ngày # tháng # có cán bộ xuống chụp ảnh, ghi biên bản rồi từ đó không thấy đơn vị nào quay "
     "lại."),
    "Từ ngày # tháng # đến nay bà con đã gọi đường dây nóng nhiều lần mà việc vẫn như cũ."};

static const char *const details[] = {
    ("Theo chúng tôi được biết, đoạn này dài khoảng # m, do nhiều đơn vị cùng quản lý nên khi có "
     "sự "
     "cố "
     "thì nơi này đẩy sang nơi kia, # lần kiến nghị đều không rõ ai chịu trách nhiệm."),
    ("Trước đây đã có dự án cải tạo với chiều dài # m, người dân đồng tình hiến đất, nhưng sau # "
     "năm "
     "vẫn chưa thấy triển khai mà cũng không có thông báo."),
    ("Khu vực có diện tích chừng # m2, trong đó có # nhà mặt đường kinh doanh; càng về cuối năm "
     "lượng "
     "người qua lại càng đông nên tình hình càng nghiêm trọng.")};

static const char *const asks[] = {
    ("Đề nghị thành phố chỉ đạo đơn vị có trách nhiệm kiểm tra, xử lý dứt điểm và thông báo kết "
     "quả "
     "cho "
     "cử tri."),
    "Kính đề nghị các cấp có thẩm quyền sớm bố trí kinh phí khắc phục, nêu rõ thời hạn hoàn thành.",
    ("Rất mong Đoàn đại biểu và Hội đồng nhân dân giám sát, làm rõ trách nhiệm và có giải pháp căn "
     "cơ."),
    "Bà con mong sớm được giải quyết trước mùa mưa năm nay."};

static const struct {
    const char *field;
    const char *problems[4];
} matters[] = {
    {"lighting",
     {"cả dãy đèn chiếu sáng đã tắt, buổi tối tối om",
      "đèn đường lúc sáng lúc tắt, nhiều bóng cháy chưa được thay",
      "ngõ chưa có đèn chiếu sáng công cộng, người dân phải tự mắc đèn",
      "cột đèn bị nghiêng sau trận giông, dây điện chùng xuống sát đầu người"}},
    {"roads",
     {"mặt đường bong tróc, xuất hiện nhiều ổ gà sâu",
      "sau khi đào đường đặt ống nước, đơn vị thi công hoàn trả lồi lõm",
      "vỉa hè lát đá bị vỡ, cập kênh, mưa xuống là nước bắn lên",
      "đường làng bị xe tải chở đất cày nát, bụi mù vào ngày nắng"}},
    {"drainage",
     {"cống thoát nước bị tắc, mưa hơn nửa giờ là ngập đến đầu gối",
      "nước thải từ cống tràn ngược vào nhà dân",
      "mương thoát nước bị lấn chiếm, dòng chảy chỉ còn một nửa",
      "nắp hố ga bị mất, người dân phải cắm cành cây làm dấu"}},
    {"waste",
     {"rác thải sinh hoạt ùn ứ nhiều ngày không được thu gom",
      "bãi tập kết rác ngay đầu ngõ bốc mùi hôi thối", "phế thải xây dựng bị đổ trộm về đêm",
      "xe thu gom rác đến không đúng giờ, nước rỉ rác chảy đầy đường"}},
    {"traffic",
     {"nút giao không có đèn tín hiệu, giờ cao điểm ùn tắc kéo dài",
      "xe ô tô đỗ kín hai bên, xe cứu hỏa không thể vào",
      "xe khách dừng đón trả khách tùy tiện ngay khúc cua",
      "vạch sơn sang đường đã mờ hết trước cổng trường"}},
    {"trees",
     {"cây xà cừ lớn bị mục gốc, có nguy cơ đổ vào nhà dân",
      "cành cây vướng vào đường dây điện, mỗi khi gió to lại tóe lửa",
      "hàng cây mới trồng đã chết khô mà không được thay thế",
      "vườn hoa nhỏ bị chiếm làm chỗ trông xe"}},
    {"water_supply",
     {"nước sạch yếu, cả tuần chỉ có nước vào lúc nửa đêm", "nước máy có màu vàng đục và mùi tanh",
      "đường ống nước vỡ gây lãng phí, chưa ai đến sửa",
      "khu dân cư đến nay vẫn chưa được cấp nước sạch, phải dùng giếng khoan"}},
    {"land",
     {"hồ sơ cấp giấy chứng nhận quyền sử dụng đất nộp đã lâu chưa được giải quyết",
      "diện tích trên giấy chứng nhận sai so với thực tế đo đạc",
      "đất xen kẹt bị bỏ hoang, mọc đầy cỏ dại và rác",
      "ranh giới giữa các thửa không rõ khiến các hộ tranh chấp kéo dài"}},
    {"construction_order",
     {"công trình xây vượt tầng so với giấy phép, làm nứt tường nhà bên",
      "nhà xưởng dựng trái phép trên đất nông nghiệp",
      "chủ đầu tư thi công quá giờ, tiếng ồn suốt đêm",
      "vật liệu xây dựng chất đống chiếm hết lòng đường"}},
    {"housing",
     {"chung cư cũ xuống cấp nghiêm trọng, trần bong từng mảng",
      "thang máy hỏng liên tục mà ban quản trị chưa thay",
      "quỹ bảo trì chung cư chưa được bàn giao cho cư dân",
      "hệ thống báo cháy của tòa nhà không hoạt động"}},
    {"electricity_telecom",
     {"mất điện nhiều lần trong những ngày nắng nóng",
      "dây cáp viễn thông chằng chịt, sà xuống mặt đường",
      "trạm biến áp đặt sát nhà trẻ gây lo ngại",
      "cột điện cũ nằm giữa lối đi sau khi mở rộng ngõ"}},
    {"agriculture",
     {"kênh tưới bị bồi lấp, ruộng khô hạn không gieo cấy được",
      "trạm bơm hỏng, vụ này lúa bị ngập úng trắng đồng",
      "nước thải làng nghề chảy thẳng ra đồng làm chết cá",
      "đường nội đồng lầy lội, máy gặt không vào được"}}};

static unsigned pick(uint64_t *state, size_t n)
{
    return (unsigned)(bench_random(state) % n);
}

/* Adds SENTENCE; each '#' in it becomes the next of A and B. */
static void add(struct made_petition *out, size_t *at, const char *sentence, unsigned a, unsigned b)
{
    size_t i = *at, end = sizeof out->text - 16;
    for (out->text[i++] = ' '; *sentence && i < end; sentence++) {
        if (*sentence == '#') {
            i += (size_t)snprintf(out->text + i, 12, "%u", a);
            a = b;
        } else {
            out->text[i++] = *sentence;
        }
    }
    out->text[i] = '\0';
    *at = i;
}

void petition_make(struct made_petition *out, uint64_t seed)
{
    static const char *const given[] = {"An", "Bình", "Chi", "Dũng", "Hà", "Hùng", "Lan", "Minh"};
    static const char *const family[] = {"Nguyễn Văn", "Trần Thị", "Lê Đức", "Phạm Thu", "Vũ Ngọc"};
    uint64_t state = seed;
    size_t matter = pick(&state, N(matters));
    const char *ward = wards[pick(&state, N(wards))],
               *first = first_names[pick(&state, N(first_names))],
               *last = last_names[pick(&state, N(last_names))];
    out->field = matters[matter].field;
    snprintf(out->area, sizeof out->area, "%s", ward);
    snprintf(out->name, sizeof out->name, "%s %s", family[pick(&state, N(family))],
             given[pick(&state, N(given))]);
    size_t at = (size_t)snprintf(
        out->text, sizeof out->text,
        "%s ở ngõ %u %s %s, %s phản ánh: đoạn từ số nhà %u đến số nhà %u, %s.",
        speakers[pick(&state, N(speakers))], 1 + pick(&state, 400), first, last, ward,
        1 + pick(&state, 200), 201 + pick(&state, 200), matters[matter].problems[pick(&state, 4)]);
    add(out, &at, effects[pick(&state, N(effects))], 2 + pick(&state, 30), 3 + pick(&state, 300));
    add(out, &at, details[pick(&state, N(details))], 50 + pick(&state, 900), 2 + pick(&state, 9));
    add(out, &at, tries[pick(&state, N(tries))], 1 + pick(&state, 28), 1 + pick(&state, 12));
    add(out, &at, asks[pick(&state, N(asks))], 0, 0);
}
