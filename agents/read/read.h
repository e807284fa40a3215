/* read.h - outside forms into rows: the one door of the library kn_read.
 *
 * What operators, newspapers and gateways hold (tables, feeds, text messages) becomes plain rows
 * here. Nothing guesses silently: whatever cannot be read is a fault that names file, row and
 * column and says how to mend it, in Vietnamese or English, from one list (READ_FAULT_LIST). The
 * good rows go on. Pure of network, except fetch.c, which gets feeds; no clock, no locale; bounded
 * memory.
 *
 * The walk:
 *     a table    records.c (csv.c xlsx.c odf.c docx.c) -> table.c table_rows.c -> read_row
 *     minutes    records.c (odf.c docx.c) -> minutes.c -> read_row
 *     a feed     fetch.c -> feed.c (feed_parse.c html.c) -> read_item
 *     a message  inbox file -> sms.c -> read_sms
 *     a document edxml.c (unpack.c) -> read_edxml, its files beside
 */
#ifndef KN_READ_H
#define KN_READ_H

#include "kiennghi/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- faults ------------------------------------------------------------------------------- */

/* What a fault spoils: the whole file, one row (the rest goes on), or nothing (a warning). */
enum read_level { READ_FILE, READ_ROW, READ_WARNING };

/* X(name, level, code of schemas/code.json, Vietnamese, English). "%1" stands for the value at
 * fault, "%2" for what was expected; each text says what is wrong and, after the dash, what to do.
 */
/* clang-format off */
#define READ_FAULT_LIST(X)                                                                          \
    X(READ_OPEN, READ_FILE, "unreadable",                                                           \
      "không mở được tệp (%1) – kiểm tra tên tệp và quyền đọc",                                     \
      "cannot be opened (%1) - check the name and the permission to read")                          \
    X(READ_EMPTY, READ_FILE, "unreadable",                                                          \
      "tệp rỗng – xuất lại tệp từ phần mềm gốc",                                                    \
      "the file is empty - export it again")                                                        \
    X(READ_BINARY_TABLE, READ_FILE, "not_text",                                                     \
      "không phải bảng mà là %1 – mở bằng Excel hoặc LibreOffice rồi lưu thành .xlsx",              \
      "this is no table but %1 - open it in Excel or LibreOffice and save it as .xlsx")             \
    X(READ_BINARY_PACKED, READ_FILE, "not_text",                                                    \
      "không phải bảng mà là tệp nén %1 – giải nén trước rồi nhập tệp bên trong",                    \
      "this is no table but packed (%1) - unpack it and import what is inside")                       \
    X(READ_BINARY, READ_FILE, "not_text",                                                           \
      "không phải bảng mà là %1 – xin bảng gốc hoặc nhập lại bảng, lưu thành .xlsx",                \
      "this is no table but %1 - ask for the table or type it in, save it as .xlsx")          \
    X(READ_OLD_XLS, READ_FILE, "not_text",                                                          \
      "là Excel dạng cũ (.xls, .xlsb) – mở bằng Excel hoặc LibreOffice rồi lưu lại thành .xlsx",    \
      "this is an old workbook (.xls, .xlsb) - open it in Excel or LibreOffice and save it as .xlsx") \
    X(READ_OLD_DOC, READ_FILE, "not_text",                                                          \
      "là Word dạng cũ (.doc) – mở bằng Word hoặc LibreOffice rồi lưu lại thành .docx",             \
      "this is an old Word document (.doc) - open it in Word or LibreOffice and save it as .docx")  \
    X(READ_PASSWORD, READ_FILE, "not_text",                                                         \
      "tệp có mật khẩu – mở bằng mật khẩu, bỏ mật khẩu rồi lưu lại",                                \
      "the file has a password - open it, remove the password and save it again")                   \
    X(READ_PACKAGE, READ_FILE, "unreadable",                                                        \
      "tệp hỏng (%1) – xin gửi lại, hoặc mở bằng Excel, Word hay LibreOffice rồi lưu lại",          \
      "the file is damaged (%1) - ask for it again, or open it in its program and save it")         \
    X(READ_PACKAGE_LIMIT, READ_FILE, "too_large",                                                   \
      "\"%1\" vượt giới hạn %2 – tách tệp; nếu tệp không lớn thì đừng mở, báo cho quản trị",        \
      "\"%1\" is beyond the limit of %2 - split the file; if it is not large, leave it unopened")   \
    X(READ_PART_MISSING, READ_FILE, "unreadable",                                                   \
      "tệp thiếu phần \"%1\" – mở bằng Excel, Word hay LibreOffice rồi lưu lại",                    \
      "the file lacks its part \"%1\" - open it in its program and save it again")                  \
    X(READ_PART_XML, READ_FILE, "malformed",                                                        \
      "tệp hỏng ở %1 – mở bằng Excel, Word hay LibreOffice rồi lưu lại",                            \
      "the file is damaged at %1 - open it in its program and save it again")                       \
    X(READ_PART_ENTITY, READ_FILE, "malformed",                                                     \
      "phần \"%1\" khai báo kiểu tài liệu XML (có thể là tấn công) – không đọc; hỏi lại nơi gửi",   \
      "the part \"%1\" declares an XML document type (perhaps an attack) - not read; ask the sender") \
    X(READ_SPOOL, READ_FILE, "storage",                                                             \
      "không ghi được tệp tạm – kiểm tra chỗ trống của thư mục tạm (TMPDIR)",                       \
      "a temporary file cannot be written - make room in the temporary folder (TMPDIR)")            \
    X(READ_NOT_SENT, READ_WARNING, "unknown_column",                                                \
      "cột này được đọc nhưng không gửi – nội dung vẫn nằm trong tệp gốc",                          \
      "the column is read but not sent - what it says stays in the file")                           \
    X(READ_SOURCE_UNKNOWN, READ_ROW, "unknown_value",                                               \
      "không có nguồn \"%1\" – ghi mã hoặc tên một nguồn của danh mục: %2",                         \
      "there is no source \"%1\" - write code or name of one of the register: %2")                  \
    X(READ_MANY_GROUPS, READ_FILE, "too_large",                                                     \
      "bảng có hơn %2 nhóm (nguồn, kỳ họp, kế hoạch) – tách thành nhiều tệp",                       \
      "the table has more than %2 groups (source, session, plan) - split the file")                 \
    X(READ_NO_PETITION, READ_FILE, "unreadable",                                                    \
      "không thấy kiến nghị nào trong biên bản – đánh số hoặc gạch đầu dòng từng kiến nghị",        \
      "no petition found in the minutes - number them or begin each with a dash")                   \
    X(READ_PROSE, READ_WARNING, "unreadable",                                                       \
      "đoạn %1 không phải kiến nghị, không gửi – nếu là kiến nghị, đánh số hoặc gạch đầu dòng",     \
      "paragraphs %1 are no petitions and not sent - number one that is, or begin it with a dash")  \
    X(READ_SEVERAL, READ_WARNING, "invalid",                                                        \
      "đoạn có thể gồm %1 kiến nghị – xem bằng --dry-run --split, chạy với --split để tách",        \
      "the paragraph may hold %1 petitions - look with --dry-run --split, run with --split to part it") \
    X(READ_LEGACY, READ_WARNING, "not_text",                                                        \
      "chữ theo bảng mã cũ (%1), đã đổi sang Unicode – xem lại bằng --dry-run trước khi gửi",       \
      "text in an old encoding (%1), turned into Unicode - look at it with --dry-run before sending") \
    X(READ_FORM_UNKNOWN, READ_FILE, "unknown_value",                                                \
      "không có mẫu bảng \"%1\" – dùng một trong: %2",                                              \
      "there is no form \"%1\" - use one of: %2")                                                   \
    X(READ_SHEET_HIDDEN, READ_WARNING, "unreadable",                                                \
      "trang ẩn, không đọc – nếu có kiến nghị, bỏ ẩn trang rồi nhập lại",                           \
      "the sheet is hidden and not read - unhide it and import again if it has petitions")          \
    X(READ_SHEET_LOST, READ_WARNING, "unreadable",                                                  \
      "tệp hỏng: không còn nội dung của trang này – mở bằng LibreOffice hoặc Excel xem còn gì rồi lưu lại", \
      "the file is damaged: what was on this sheet is gone - open it in LibreOffice or Excel, look and save it again") \
    X(READ_SHEET_SKIPPED, READ_WARNING, "unreadable",                                               \
      "trang không có dòng tiêu đề của bảng, không đọc – nếu có kiến nghị, thêm dòng tiêu đề",      \
      "the sheet has no heading row and is not read - add the headings if it has petitions")        \
    X(READ_SHEET_HEADER, READ_FILE, "invalid",                                                      \
      "ghi \"%1\" nhưng trang trước ghi \"%2\" – tách mỗi cuộc hoặc mỗi văn bản thành một tệp",      \
      "says \"%1\" where an earlier sheet says \"%2\" - make it one file a meeting or document")    \
    X(READ_MERGED, READ_WARNING, "unreadable",                                                      \
      "có ô gộp nhiều dòng – giá trị được dùng cho từng dòng trong ô gộp",                          \
      "cells are merged over rows - the value is taken for each of the rows")                       \
    X(READ_HIDDEN_ROW, READ_WARNING, "unreadable",                                                  \
      "bảng có dòng ẩn (đang lọc?) – vẫn đọc; nếu không muốn gửi thì xóa các dòng đó",              \
      "the table has hidden rows (a filter?) - they are read; delete them if not meant")            \
    X(READ_SECTION, READ_WARNING, "unreadable",                                                     \
      "\"%1\" là tiêu đề mục, không phải kiến nghị – nếu là kiến nghị, ghi STT bằng số",            \
      "\"%1\" is the title of a section, no petition - if it is one, number it with digits")        \
    X(READ_CELL_NO_VALUE, READ_ROW, "unreadable",                                                   \
      "công thức chưa có giá trị – mở bằng Excel hoặc LibreOffice, lưu lại rồi nhập",               \
      "the formula has no value yet - open the file in Excel or LibreOffice, save it, import again") \
    X(READ_CELL_ERROR, READ_ROW, "unreadable",                                                      \
      "công thức bị lỗi \"%1\" – sửa công thức hoặc ghi giá trị vào ô",                             \
      "the formula fails (\"%1\") - mend it or write the value into the cell")                      \
    X(READ_MERGED_TEXT, READ_ROW, "unreadable",                                                     \
      "ô gộp với dòng trên – bỏ gộp: mỗi kiến nghị một dòng, hoặc ghi nội dung vào dòng này",       \
      "the cell is merged with the row above - unmerge it: one row a petition")                     \
    X(READ_NO_BOM, READ_FILE, "not_text",                                                           \
      "có thể là UTF-16 không có BOM – lưu lại thành \"CSV UTF-8\"",                                 \
      "looks like UTF-16 without a BOM - save it as \"CSV UTF-8\"")                                 \
    X(READ_NO_TABLE, READ_FILE, "unreadable",                                                       \
      "không tìm thấy dòng tiêu đề của bảng (cần ít nhất hai cột trong: %2) – thêm dòng tiêu đề",   \
      "no heading row found (two columns at least of: %2) - add the heading row")                   \
    X(READ_UNKNOWN_COLUMN, READ_FILE, "unknown_column",                                             \
      "biểu mẫu không có cột \"%1\" – có phải \"%2\"? Đổi tên cột hoặc xóa cột rồi nhập lại",              \
      "unknown column \"%1\" - is it \"%2\"? Rename or remove the column and import again")         \
    X(READ_COLUMN_TWICE, READ_FILE, "unknown_column",                                               \
      "cột \"%1\" trùng với cột \"%2\" – chỉ giữ một cột",                              \
      "column \"%1\" says the same as column \"%2\" - keep one of them")                            \
    X(READ_COLUMN_MISSING, READ_FILE, "required",                                                   \
      "thiếu cột bắt buộc \"%1\" – thêm cột này vào bảng",                                          \
      "the required column \"%1\" is missing - add it to the table")                                \
    X(READ_UNKNOWN_HEADER, READ_FILE, "unknown_column",                                             \
      "biểu mẫu không có mục \"%1\" ở phần đầu – có phải \"%2\"? Sửa tên mục hoặc xóa dòng",               \
      "unknown header line \"%1\" - is it \"%2\"? Mend its name or remove the line")                \
    X(READ_HEADER_TWICE, READ_FILE, "invalid",                                                      \
      "mục \"%1\" được ghi hai lần – chỉ giữ một dòng",                                             \
      "the header line \"%1\" stands twice - keep one")                                             \
    X(READ_HEADER_CELLS, READ_FILE, "invalid",                                                      \
      "mục \"%1\" có nhiều ô giá trị – đặt giá trị trong dấu ngoặc kép",                            \
      "the header line \"%1\" has several values - put the value in quotes")                        \
    X(READ_HEADER_MISSING, READ_FILE, "required",                                                   \
      "thiếu mục \"%1\" ở phần đầu – thêm dòng \"%1;…\" trước bảng",                                \
      "the header line \"%1\" is missing - add \"%1;...\" before the table")                        \
    X(READ_HEADER_DATE, READ_FILE, "invalid",                                                       \
      "\"%1\" không phải ngày – ghi theo dạng 24/11/2026",                                          \
      "\"%1\" is no date - write it as 24/11/2026")                                                 \
    X(READ_HEADER_COUNT, READ_FILE, "invalid",                                                      \
      "\"%1\" không phải số lượng – ghi số nguyên, ví dụ 25",                                   \
      "\"%1\" is no count - write a whole number, such as 25")                                      \
    X(READ_HEADER_LONG, READ_FILE, "too_long",                                                      \
      "mục này dài hơn %2 ký tự – rút ngắn lại",                                                    \
      "this header line is longer than %2 characters - shorten it")                                 \
    X(READ_ROW_LARGE, READ_ROW, "too_large",                                                        \
      "dòng lớn hơn %2 – tách nội dung hoặc gửi phần dài dưới dạng tệp đính kèm",                   \
      "the row is larger than %2 - split it or send the long part as an attachment")                \
    X(READ_ROW_QUOTE, READ_ROW, "unreadable",                                                       \
      "dấu ngoặc kép không khép hoặc đứng giữa ô – bao cả ô bằng \"…\" và viết \"\" cho dấu bên trong", \
      "a quote is not closed or stands inside a cell - quote the whole cell and double inner quotes") \
    X(READ_ROW_CELLS, READ_ROW, "unreadable",                                                       \
      "dòng có %1 ô, bảng chỉ có %2 cột – bao ô có dấu phân cách bằng ngoặc kép",                   \
      "the row has %1 cells, the table %2 columns - quote the cell that holds the separator")       \
    X(READ_NOT_TEXT, READ_ROW, "not_text",                                                          \
      "ô không phải UTF-8 – lưu lại tệp thành \"CSV UTF-8\"",                                       \
      "the cell is not UTF-8 - save the file as \"CSV UTF-8\"")                                     \
    X(READ_REQUIRED, READ_ROW, "required",                                                          \
      "ô trống – ghi nội dung hoặc xóa dòng",                                                       \
      "the cell is empty - fill it in or remove the row")                                           \
    X(READ_TOO_LONG, READ_ROW, "too_long",                                                          \
      "ô dài hơn %2 ký tự – tách thành nhiều kiến nghị hoặc gửi kèm tệp",                           \
      "the cell is longer than %2 characters - split it or send it as an attachment")               \
    X(READ_BAD_DATE, READ_ROW, "invalid",                                                           \
      "\"%1\" không phải ngày – ghi theo dạng 24/11/2026 hoặc 24/11/2026 08:30",                    \
      "\"%1\" is no date - write it as 24/11/2026 or 24/11/2026 08:30")                             \
    X(READ_DITTO, READ_ROW, "unreadable",                                                           \
      "ô ghi \"%1\" – chép lại nội dung của dòng trên vào ô này",                                   \
      "the cell says \"%1\" (as above) - copy what stands above into it")                           \
    X(READ_HEADINGS_AGAIN, READ_WARNING, "unreadable",                                              \
      "dòng lặp lại tiêu đề của bảng – bỏ qua dòng này",                                            \
      "the row repeats the headings - it is skipped")                                               \
    X(READ_COUNT, READ_WARNING, "invalid",                                                          \
      "ghi %1 kiến nghị nhưng bảng có %2 – kiểm tra với nơi gửi",                                   \
      "declared %1 petitions, the table has %2 - ask the sender")                                   \
    X(READ_EDXML_SIGNED, READ_WARNING, "unreadable",                                                      \
      "văn bản có chữ ký số XML nhưng chữ ký chưa được kiểm tra – trục liên thông kiểm tra khi chuyển", \
      "the document carries an XML signature, which is not checked - the document axis does it")    \
    X(READ_FEED_XML, READ_FILE, "malformed",                                                        \
      "nguồn tin không phải XML đúng: %1 – báo cho tòa soạn, sẽ thử lại lần sau",                   \
      "the feed is not well-formed XML: %1 - tell the newspaper; it is tried again next time")      \
    X(READ_FEED_ENTITY, READ_FILE, "malformed",                                                     \
      "nguồn tin khai báo thực thể XML (có thể là tấn công) – không đọc; kiểm tra địa chỉ nguồn",   \
      "the feed declares XML entities (perhaps an attack) - not read; check the feed's address")    \
    X(READ_FEED_KIND, READ_FILE, "malformed",                                                       \
      "không phải RSS hay Atom mà là <%1> – kiểm tra địa chỉ nguồn",                                \
      "neither RSS nor Atom but <%1> - check the feed's address")                                   \
    X(READ_FEED_DEGRADED, READ_WARNING, "malformed",                                                \
      "nguồn tin có lỗi XML (%1), chỉ đọc được phần đầu – báo cho tòa soạn",                        \
      "the feed has XML faults (%1), read as far as it goes - tell the newspaper")                  \
    X(READ_FEED_CHARSET, READ_WARNING, "not_text",                                                  \
      "nguồn tin ghi sai bảng mã (%1), đọc theo %2 – báo cho tòa soạn",                             \
      "the feed names the wrong character set (%1), read as %2 - tell the newspaper")               \
    X(READ_ITEM_EMPTY, READ_ROW, "required",                                                        \
      "tin không có tiêu đề và nội dung – báo cho tòa soạn",                                        \
      "the item has neither title nor text - tell the newspaper")                                   \
    X(READ_ITEM_DATE, READ_WARNING, "invalid",                                                      \
      "không hiểu ngày \"%1\" của tin – tin được nhận không có ngày",                               \
      "the item's date \"%1\" is not understood - it is taken without a date")                      \
    X(READ_ITEM_LARGE, READ_WARNING, "too_long",                                                    \
      "nội dung dài hơn %2 ký tự, bị cắt tại đó – bài đầy đủ ở đường dẫn của tin",                  \
      "the text is longer than %2 characters and is cut there - the whole is at the item's link")   \
    X(READ_FETCH, READ_FILE, "unreadable",                                                          \
      "không tải được: %1 – kiểm tra địa chỉ và mạng, sẽ thử lại lần sau",                          \
      "cannot be fetched: %1 - check address and network; it is tried again next time")             \
    X(READ_FETCH_LARGE, READ_FILE, "too_large",                                                     \
      "lớn hơn %2 – kiểm tra địa chỉ nguồn hoặc tăng giới hạn",                                     \
      "larger than %2 - check the feed's address or raise the limit")                               \
    X(READ_SMS_FORM, READ_FILE, "unreadable",                                                       \
      "không phải tin nhắn của gammu-smsd (%1) – đặt inboxformat = detail trong gammu-smsdrc",      \
      "no message of gammu-smsd (%1) - set inboxformat = detail in gammu-smsdrc")                   \
    X(READ_SMS_TEXT, READ_FILE, "not_text",                                                         \
      "phần chữ của tin nhắn hỏng (%1) – xem tệp và nhập lại bằng tay",                             \
      "the text of the message is damaged (%1) - look at the file and type it in")                  \
    X(READ_SMS_EMPTY, READ_FILE, "required",                                                        \
      "tin nhắn không có chữ – không có gì để nhận",                                                \
      "the message has no text - there is nothing to take")                                         \
    X(READ_SMS_PARTS, READ_WARNING, "unreadable",                                                   \
      "tin nhắn dài mới có %1 trên %2 phần – nhận phần đã có và ghi chỗ thiếu",                     \
      "a long message with %1 of %2 parts - what is there is taken and the hole marked")            \
    X(READ_EDXML_XML, READ_FILE, "malformed",                                                       \
      "văn bản edXML hỏng (%1) – yêu cầu nơi gửi phát hành lại",                                    \
      "the edXML document is damaged (%1) - ask the sender to issue it again")                      \
    X(READ_EDXML_ENTITY, READ_FILE, "malformed",                                                    \
      "văn bản khai báo DTD hoặc thực thể XML (có thể là tấn công) – không đọc; báo cho nơi gửi",   \
      "the document declares a DTD or entities (perhaps an attack) - not read; tell the sender")    \
    X(READ_EDXML_KIND, READ_FILE, "malformed",                                                      \
      "không phải edXML theo QCVN 102:2016 hay eDoc mà là <%1> – kiểm tra tệp",                     \
      "no edXML of QCVN 102:2016 or eDoc but <%1> - check the file")                                \
    X(READ_EDXML_LARGE, READ_FILE, "too_large",                                                     \
      "%1 lớn hơn %2 – yêu cầu nơi gửi chia nhỏ văn bản",                                           \
      "%1 is larger than %2 - ask the sender to part the document")                                 \
    X(READ_EDXML_IDENTITY, READ_FILE, "required",                                                   \
      "văn bản thiếu %1 – yêu cầu nơi gửi phát hành lại",                                           \
      "the document lacks %1 - ask the sender to issue it again")                                   \
    X(READ_EDXML_BASE64, READ_FILE, "malformed",                                                    \
      "tệp kèm theo \"%1\" hỏng (Base64) – yêu cầu nơi gửi phát hành lại",                          \
      "the file \"%1\" is damaged (Base64) - ask the sender to issue it again")                     \
    X(READ_EDXML_STRAY, READ_WARNING, "malformed",                                                  \
      "có %1 byte thừa trước phần đầu XML – bỏ qua; báo cho nơi gửi",                               \
      "%1 stray bytes before the XML prolog - skipped; tell the sender")                            \
    X(READ_EDXML_PREFIX, READ_WARNING, "malformed",                                                 \
      "tiền tố \"%1\" dùng ngoài phạm vi khai báo – đọc theo tên; báo cho nơi gửi",                 \
      "the prefix \"%1\" is used outside its scope - read by name; tell the sender")                \
    X(READ_SMS_DENIED, READ_FILE, "not_allowed",                                                    \
      "số gửi không được nhận (quy tắc \"%1\") – sửa danh sách số nếu cần rồi chuyển tệp lại",       \
      "messages of this sender are not taken (rule \"%1\") - mend the list of numbers and move the file back") \
    X(READ_SMS_FLOOD, READ_FILE, "quota",                                                           \
      "quá %1 tin từ một số – xem nội dung, nếu đúng là kiến nghị thì chuyển tệp lại vào hộp thư",  \
      "more than %1 messages of one number - look at it and move the file back if it is a petition") \
    X(READ_MEMORY, READ_FILE, "busy", "hết bộ nhớ – thử lại", "out of memory - try again")
/* clang-format on */

enum read_kind {
#define READ_FAULT_ENUM(name, level, code, vi, en) name,
    READ_FAULT_LIST(READ_FAULT_ENUM)
#undef READ_FAULT_ENUM
};

/* One fault. Nothing in it is borrowed; it can be kept. */
struct read_fault {
    enum read_kind kind;
    uint64_t row;       /* as a spreadsheet numbers them, from 1; 0: the file as such */
    const char *field;  /* the property of petition.json, or of meeting and document; or NULL */
    char file[256];     /* its name without folders */
    char sheet[64];     /* "" where there are no sheets */
    char column[96];    /* heading as written in the form, or "" */
    char value[96];     /* what stood there, cut; never the petition's text */
    char expected[160]; /* what would be right, or "" */
};

enum read_level read_fault_level(const struct read_fault *fault);
/* The name in schemas/code.json. */
const char *read_fault_code(const struct read_fault *fault);
/* One line without its end: "file, dòng 3, cột Ngày nhận: …". Returns the length it would have. */
size_t read_fault_print(char *out, size_t size, const struct read_fault *fault, bool english);
/* The same without file and, unless WITH_ROW, without the row: for those who name them themselves.
 */
size_t read_fault_words(char *out, size_t size, const struct read_fault *fault, bool with_row,
                        bool english);

/* Told of every warning. */
typedef void read_warn_fn(void *told, const struct read_fault *fault);

/* ---- tables: a heading row, rows below, header lines above --------------------------------- */

/* Columns that a table of petitions may have. */
enum read_column {
    READ_NUMBER, /* STT: the form's own number */
    READ_PERSON,
    READ_PHONE,
    READ_ADDRESS,
    READ_AREA,
    READ_FIELD,
    READ_TEXT,
    READ_RECEIVED,
    READ_URL,
    READ_OUTLET,
    READ_HEADLINE,
    READ_NOTE,       /* for the clerk; not sent */
    READ_ROW_SOURCE, /* these three group rows into batches */
    READ_ROW_SESSION,
    READ_ROW_DOCUMENT,
    READ_UNSENT, /* known, not sent: any number of columns */
    READ_OWN,    /* what kiennghi wrote into the file itself */
    READ_COLUMNS
};

/* Lines "key;value" that stand above the table (or in a file of their own). */
enum read_header {
    READ_TITLE,
    READ_DATE, /* of the meeting or the document */
    READ_PLACE,
    READ_GROUP,
    READ_SESSION,
    READ_ELECTORAL_UNIT,
    READ_SOURCE,
    READ_DECLARED,
    READ_DOCUMENT_NUMBER,
    READ_SENDER,
    READ_SUBJECT,
    READ_HEADERS
};

struct read_headers {
    char *value[READ_HEADERS]; /* NFC, trimmed; NULL: not there. READ_DATE is YYYY-MM-DD */
    uint64_t row[READ_HEADERS];
};
void read_headers_clear(struct read_headers *headers);

/* What columns and lines are called, in each form that operators hold. */
typedef struct read_forms read_forms_t;

/* Those of schemas/registers/forms.tsv as compiled in. NULL: out of memory. */
read_forms_t *read_forms_standard(void);
read_forms_t *read_forms_new(void);
void read_forms_destroy(read_forms_t **self_p);
/* Adds one row of such a file; what is wrong with it. */
enum read_forms_fault {
    READ_FORMS_OK,
    READ_FORMS_FORM,     /* no name, a long one, too many; or "*" and a column, a form and a line */
    READ_FORMS_PART,     /* neither column nor line */
    READ_FORMS_PROPERTY, /* the contract has no such property */
    READ_FORMS_NAME,     /* none */
    READ_FORMS_MEMORY
};
enum read_forms_fault read_forms_add(read_forms_t *self, const char *form, const char *part,
                                     const char *property, const char *name, const char *spellings);
/* The name of form I, NULL behind the last. */
const char *read_forms_name(const read_forms_t *self, int form);
/* The column of PROPERTY of petition.json (or of forms.tsv), or -1. */
int read_column_of(const char *property);

/* How a table is to be read. */
struct read_form {
    uint32_t columns;          /* which must be there, bits 1 << READ_... */
    const read_forms_t *forms; /* borrowed; NULL: the standard ones */
    const char *name;          /* the form; NULL: the one that knows most headings */
};

/* A row of a table. Strings are borrowed until the next row. */
struct read_row {
    uint64_t number;                /* as a spreadsheet numbers them, from 1 */
    const char *sheet;              /* NULL where there are no sheets */
    const char *cell[READ_COLUMNS]; /* NFC, trimmed, line ends \n; NULL: empty or no such column */
    int64_t received_at;            /* READ_RECEIVED in ms since the epoch, -1: none */
    uint64_t mark; /* of all that stands in the row but its number, to know a refused row again; 0:
                      nothing could be read */
    const char *encoding; /* a legacy one that a cell was in, else NULL */
};

typedef struct read_table read_table_t;

/* Opens the table in the file PATH (any form of records) and reads down to its headings. 0, or
 * negative with FAULT told. Warnings go to WARN (may be NULL) with TOLD, now and while rows are
 * read. Required header lines are not asked for here, since they may come from another file:
 * read_headers_check. */
int read_table_open(read_table_t **out, const char *path, const struct read_form *form,
                    read_warn_fn *warn, void *told, struct read_fault *fault);
void read_table_close(read_table_t **self_p);
/* The header lines, borrowed from SELF. */
const struct read_headers *read_table_headers(const read_table_t *self);
/* The next row: 1; 0 at the end; KN_E_INVALID: FAULT says why this row (ROW->number; its cells as
 * far as they could be read) is refused, go on; another negative: the file ends here, FAULT says
 * why.
 */
int read_table_next(read_table_t *self, struct read_row *row, struct read_fault *fault);
/* Whether the sheet being read has this column. */
bool read_table_has(const read_table_t *self, enum read_column column);
/* The name of its form, borrowed. */
const char *read_table_form(const read_table_t *self);
/* Where the headings of the sheet being read stand, and the column for what kiennghi writes beside
 * the rows: "Lỗi" when there is one, else the one behind the last (from 0). */
uint64_t read_table_headings(const read_table_t *self, size_t *mark_column);
/* Between the cells of a CSV file; '\0': it is no CSV. */
char read_table_delimiter(const read_table_t *self);
/* From now on these columns (bits) must be filled; a fault of the file when one is not there. */
int read_table_require(read_table_t *self, uint32_t columns, struct read_fault *fault);
/* Back to the first row. Nothing is warned of again. */
int read_table_rewind(read_table_t *self, struct read_fault *fault);

/* Reads a file of header lines alone ("key: value", "key;value"). */
int read_headers_open(struct read_headers *out, const char *path, struct read_fault *fault);
/* 0 when all of REQUIRED are in HEADERS; FAULT names the first that is not, as of FILE. */
int read_headers_check(const struct read_headers *headers, uint32_t required, const char *file,
                       struct read_fault *fault);

/* ---- minutes: paragraphs, by place and field ----------------------------------------------- */

enum { READ_MAX_PARTS = 12 };

typedef struct read_minutes read_minutes_t;

/* Opens the document PATH whose petitions are paragraphs. As read_table_open; FORM->columns says
 * nothing here. */
int read_minutes_open(read_minutes_t **out, const char *path, const struct read_form *form,
                      read_warn_fn *warn, void *told, struct read_fault *fault);
void read_minutes_close(read_minutes_t **self_p);
const struct read_headers *read_minutes_headers(const read_minutes_t *self);
/* The next petition, as read_table_next; ROW->number counts paragraphs. Its text holds N_PARTS
 * demands (1 at least), which begin at PART[i] bytes: a proposal, by words alone. */
int read_minutes_next(read_minutes_t *self, struct read_row *row, size_t part[READ_MAX_PARTS],
                      size_t *n_parts, struct read_fault *fault);

/* ---- records: what a table is made of, whatever the file ----------------------------------- */

/* What is to be known of a cell besides its text. */
enum read_state {
    READ_CELL_PLAIN,
    READ_CELL_ABOVE,    /* merged with a cell above, whose value it has */
    READ_CELL_UNVALUED, /* a formula that nobody calculated */
    READ_CELL_FAILED    /* a formula that failed; the text says how */
};

struct read_record {
    uint64_t number; /* in its sheet, from 1, blank records counted */
    size_t n;
    char **cell;           /* bytes as they stand, NUL-terminated */
    size_t *length;        /* bytes of each cell, without the NUL */
    const uint8_t *state;  /* enum read_state of each cell; NULL: all plain */
    const char *sheet;     /* NULL: there are no sheets */
    unsigned sheet_number; /* ascends with each sheet or table of a document */
    bool is_line;          /* a paragraph outside a table */
    bool is_listed;        /* it has a number or bullet that the program makes */
    bool is_hidden;
    bool is_spanned; /* a cell covers several columns */
};

typedef struct read_records read_records_t;

/* Opens a file of records: XLSX, OpenDocument, DOCX (its tables and paragraphs) or CSV, as its
 * bytes say. Warnings go to WARN (may be NULL). 0, or negative with FAULT. */
int read_records_open(read_records_t **out, const char *path, read_warn_fn *warn, void *told,
                      struct read_fault *fault);
void read_records_close(read_records_t **self_p);
/* Whether the delimiter must be found out (CSV). */
bool read_records_are_delimited(const read_records_t *self);
/* Starts again from the first record, with this DELIMITER where there are any. */
int read_records_rewind(read_records_t *self, char delimiter, struct read_fault *fault);
/* As read_table_next. Blank records are counted, not given. */
int read_records_next(read_records_t *self, struct read_record *record, struct read_fault *fault);

typedef struct read_csv read_csv_t;

/* Opens a CSV file: looks for binaries, takes off a BOM, turns UTF-16 into UTF-8. */
int read_csv_open(read_csv_t **out, const char *path, struct read_fault *fault);
void read_csv_close(read_csv_t **self_p);
/* Starts again from the first record with this DELIMITER; '\0': each line is one cell, as it is. */
int read_csv_rewind(read_csv_t *self, char delimiter);
/* As read_table_next. Blank records are counted, not given. */
int read_csv_next(read_csv_t *self, struct read_record *record, struct read_fault *fault);

/* ---- feeds --------------------------------------------------------------------------------- */

/* An item of a feed. Strings are borrowed from the feed; "" where there is nothing, never NULL. */
struct read_item {
    uint64_t number;      /* from 1, in the order of the feed */
    const char *id;       /* guid or id, else link, whichever is unique in the feed; else "" */
    const char *title;    /* plain text, NFC */
    const char *link;     /* absolute, http or https, else "" */
    const char *text;     /* plain text of the content or excerpt, NFC */
    const char *category; /* its categories, ";" between */
    int64_t published_at; /* ms since the epoch, -1: none or not understood */
    bool faulty;          /* neither title nor text: refuse it (READ_ITEM_EMPTY) */
};

struct read_feed {
    const char *title;
    size_t n_items;
    const struct read_item *items;
    bool degraded; /* not well-formed; read as far as it goes */
    bool doubt;    /* its characters had to be guessed */
};

/* Reads RSS 0.9x, 1.0, 2.0, Atom or CDF from LENGTH bytes; NAME is the file or address, for faults
 * and relative links, CHARSET what the server said it is (NULL or "": nothing). */
int read_feed(struct read_feed **out, const char *bytes, size_t length, const char *name,
              const char *charset, read_warn_fn *warn, void *told, struct read_fault *fault);
void read_feed_destroy(struct read_feed **feed_p);

/* Plain text of HTML: scripts and styles left out, line ends at block tags, blanks single, NFC.
 * The caller frees; NULL: out of memory. */
char *read_html_text(const char *html, size_t length);

struct read_fetch {
    size_t max_bytes;  /* 0: 4 MiB */
    long timeout_ms;   /* 0: 20,000 */
    bool allow_file;   /* file:// addresses are allowed (demo, tests) */
    const char *state; /* file that keeps ETag and Last-Modified of this address; may be NULL */
};
/* Gets URL: 1 with *OUT (caller frees) and LENGTH; 0: not changed since; negative: FAULT. The state
 * is written by read_fetch_save, after the items are safe. */
struct read_fetched {
    char *bytes;
    size_t length;
    char etag[256];
    char modified[128];
    char charset[40]; /* "" when the server names none */
};
int read_fetch(struct read_fetched *out, const char *url, const struct read_fetch *options,
               struct read_fault *fault);
int read_fetch_save(const struct read_fetched *got, const char *url, const char *state);

/* ---- official documents: edXML ------------------------------------------------------------- */

enum { READ_EDXML_MAX_FILES = 16, READ_EDXML_MAX_BYTES = 50 * 1024 * 1024 };

/* What the sender wants with a document (BussinessDocType). */
enum read_edxml_kind {
    READ_EDXML_NEW = 0,
    READ_EDXML_WITHDRAW = 1,
    READ_EDXML_UPDATE = 2,
    READ_EDXML_REPLACE = 3
};

/* A file that came with a document, taken out of it. */
struct read_edxml_file {
    char name[200]; /* as given, folders left out */
    char path[600]; /* where it is now; "" when it was not taken out */
    char type[120]; /* as stated; nobody relies on it */
    size_t size;
};

/* An edXML document: QCVN 102:2016, or the dialect http://www.go.vn/eDoc. "" where nothing is said,
 * never NULL. One block. */
struct read_edxml {
    enum read_edxml_kind kind;
    char *id;                  /* DocumentId: a UUID, or "ORGAN,2026/11/23,214/MTTQ-BTT" */
    char *number;              /* "214/MTTQ-BTT" */
    char date[11];             /* of issue, YYYY-MM-DD, or "" */
    char due[11];              /* DueDate, or "" */
    char *from_id, *from_name; /* who sends it */
    char *to_id, *to_name;     /* the first receiver */
    char *subject, *reason;    /* reason: of an update, replacement or withdrawal */
    char *replaces;            /* DocumentId of the document that it replaces, or "" */
    char *for_id, *for_number; /* the document that it answers: ResponseFor */
    char *status;              /* "01".."16" of a status message, or "" */
    size_t n_files;
    struct read_edxml_file files[READ_EDXML_MAX_FILES];
    bool is_degraded; /* one of the two faults known from the wild was tolerated */
    bool is_signed;   /* carries an XML signature, which is not checked */
};

/* Reads the document at PATH; its files are put into FOLDER (NULL: they are only checked). 0, or
 * negative with FAULT. */
int read_edxml(struct read_edxml **out, const char *path, const char *folder, read_warn_fn *warn,
               void *told, struct read_fault *fault);
/* The same from LENGTH bytes; NAME for faults. */
int read_edxml_bytes(struct read_edxml **out, const char *bytes, size_t length, const char *name,
                     const char *folder, read_warn_fn *warn, void *told, struct read_fault *fault);
void read_edxml_destroy(struct read_edxml **out);
/* Takes the files of the ZIP archive PATH out into FOLDER, behind the *N_FILES that are in FILES
 * (of READ_EDXML_MAX_FILES). 0, or negative with FAULT. */
int read_unpack(struct read_edxml_file *files, size_t *n_files, const char *path,
                const char *folder, struct read_fault *fault);
/* Whether a file begins as an edXML document does. */
bool read_is_edxml(const char *path);

/* ---- text messages ------------------------------------------------------------------------- */

enum { READ_SMS_MAX_PARTS = 255 };

/* A message of gammu-smsd's inbox (inboxformat = detail), its parts joined. One block. */
struct read_sms {
    char *number;       /* sender, as the network gave it */
    char *text;         /* NFC; "[…]" stands where a part is missing */
    char *udh;          /* of the first part, hex; "" when the message is of one part */
    int64_t sent_at;    /* ms since the epoch by the message's own clock, -1: none */
    char day[11];       /* YYYY-MM-DD of sent_at at UTC+7, or "" */
    unsigned n_parts;   /* parts found */
    unsigned of_parts;  /* parts that belong to it */
    unsigned reference; /* that its parts have in common, 0: one part */
    char *id;           /* the gateway's own name for it, "" when it gives none */
    bool doubt;         /* the gateway named no character set that we know */
};

/* Reads one file of the inbox: 1; 0: not an incoming message (a delivery report), nothing to do;
 * negative: FAULT. */
int read_sms_file(struct read_sms **out, const char *path, read_warn_fn *warn, void *told,
                  struct read_fault *fault);
/* The bytes of such a file, which the caller frees: 0, or negative with FAULT. */
int read_sms_load(char **bytes, size_t *length, const char *path, struct read_fault *fault);
/* The message of LENGTH bytes, of one file or of several put together; NAME for faults. */
int read_sms_bytes(struct read_sms **out, const char *bytes, size_t length, const char *name,
                   read_warn_fn *warn, void *told, struct read_fault *fault);
void read_sms_destroy(struct read_sms **sms_p);

/* ---- values -------------------------------------------------------------------------------- */

/* Days and times as people write them (24/11/2026, 24-11-2026 08:30, 2026-11-24T08:30:00+07:00);
 * without a zone they are of UTC+7. 0 with *AT in ms, or KN_E_INVALID. */
int read_time(int64_t *at, const char *text);
/* The day of AT at UTC+7 as YYYY-MM-DD. */
void read_day(char out[11], int64_t at);
/* RFC 822 (feeds) or anything that read_time takes. */
int read_feed_time(int64_t *at, const char *text);
/* Whether BYTES are UTF-8 without NUL. */
bool read_is_text(const char *bytes, size_t length);
/* NFC, outer blanks off, line ends \n. The caller frees; NULL: out of memory. TEXT is UTF-8. */
char *read_clean(const char *text, size_t length);
/* Code points of UTF-8 text. */
size_t read_characters(const char *text);
/* Letters and digits alone, lower case, without marks, đ as d: what headings are compared by.
 * Returns the length; writes at most SIZE bytes with the NUL. */
size_t read_key(char *out, size_t size, const char *text);
/* TEXT in letters that every telephone can show: without marks, đ as d, what is left of beyond
 * ASCII as "?". The caller frees; NULL: out of memory. */
char *read_unmark(const char *text);
/* Edit distance of two keys. */
size_t read_distance(const char *a, const char *b);

#endif
