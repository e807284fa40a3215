#!/usr/bin/python3
"""The life of a case beside the straight way: everybody acts, from arguments and from files."""
import datetime
import pathlib
import shutil
import unittest
import zipfile

from world import REGISTERS, World, codes, minutes

LIGHT, TREES, LAND = "Chiếu sáng đô thị", "Cây xanh", "Đất đai"
DAY = 86400000


class Life(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.world.person("contact", "intake")
        self.world.person("duyet", "approver")
        self.world.person("dongda", "agency", "ubnd-dong-da")

    def import_rows(self, rows):
        path = self.world.write("minutes.csv", minutes(rows))
        code, out, err = self.world.run("contact", "contact", path)
        self.assertEqual(code, 0, out + err)
        self.world.read()
        return codes(out)

    def accepted(self, text="Đèn ngõ 12 phố Hoàng Cầu không sáng.", row=1):
        code = self.import_rows([(row, LIGHT, text)])[0]
        self.assertEqual(self.world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
        self.world.until(lambda: self.world.flow(code) == "in_progress")
        return code

    def does(self, *args, name="office"):
        status, out = self.world.act(*args, name=name)
        self.assertEqual(status, 0, out)
        return out

    def refuses(self, words, *args, name="office"):
        status, out = self.world.act(*args, name=name)
        self.assertIn(status, (65, 77), out)
        self.assertIn(words, out)

    def clock(self, code, kind):
        return next((c for c in self.world.case(code)[0]["clocks"] if c["kind"] == kind), None)

    def test_a_pause_moves_the_due_date_and_shows_both(self):
        code = self.accepted()
        due = self.clock(code, "answer")["due_at"]
        self.refuses("dài hơn thời gian tạm dừng", "pause", code, "awaits_assessment", "31/12/2028")
        self.refuses("ngày sắp tới", "pause", code, "awaits_assessment", "01/01/2020")
        self.refuses("chọn:", "pause", code, "no_reason", "31/12/2028")
        self.does("clock", "move", "+5")
        self.does("pause", code, "chờ kiểm định, giám định", self.day(code, 20), "--basis", "TB 15")
        case = self.world.case(code)[0]
        self.assertEqual(case["flow"], "paused")
        self.assertEqual(self.clock(code, "answer")["tier"], "paused")
        self.does("clock", "move", "+10")
        self.does("resume", code, "--reason", "Đã có kết quả")
        self.assertEqual(self.world.flow(code), "in_progress")
        clock = self.clock(code, "answer")
        self.assertEqual(clock["paused_days"], 10)
        self.assertGreaterEqual(clock["due_at"], due + 7 * DAY)  # counted days, then rolled on
        event = self.world.case(code)[2]["events"][-1]
        self.assertEqual((event["kind"], event["was_due_at"], event["due_at"]),
                         ("case.resumed", due, clock["due_at"]))
        self.assertIn("cộng 10 ngày tạm dừng", event["why"])
        # the second one ends by itself on its last day
        self.does("pause", code, "in_court", self.day(code, 27))
        self.does("clock", "move", "+40")
        self.world.until(lambda: self.world.flow(code) == "in_progress")
        last = self.world.case(code)[2]["events"]
        self.assertTrue(any(e["kind"] == "case.resumed" and e["actor"] == "hub" for e in last))

    def day(self, code, days):
        """A day so many days after the latest event of the case, as people write it."""
        at = self.world.case(code)[2]["events"][-1]["at"] / 1000 + days * 86400 + 7 * 3600
        return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%d/%m/%Y")

    def test_ways_out_are_no_results(self):
        first, second, third = self.import_rows([
            (1, LIGHT, "Đèn ngõ 3 tắt."), (2, "", "Khiếu nại quyết định xử phạt của tôi."),
            (3, "", "Hỏi thăm sức khỏe.")])
        self.refuses("thiếu", "divert", first, "complaint")
        self.does("divert", second, "khiếu nại", "KN-118/2026", "--receiver", "Ban Tiếp công dân")
        self.refuses("không", "reject", third, "not_a_petition")  # an operator may not
        self.does("reject", third, "not_a_petition", "--reason", "Không nêu việc gì", name="duyet")
        case, kinds, view = self.world.case(second)
        self.assertEqual((case["flow"], case["verification"]), ("diverted", "none"))
        self.assertEqual(view["events"][-1]["detail"],
                         {"diversion": "complaint", "receipt": "KN-118/2026", "body": "Ban Tiếp công dân"})
        self.assertEqual(self.world.flow(third), "not_accepted")
        for code in (second, third):
            self.assertFalse([c for c in self.world.case(code)[0].get("clocks", [])
                              if c["tier"] not in ("stopped",)])
            self.refuses("khóa này được", "verify", code, "met")
        self.refuses("không công khai", "publish", second, "--text", "x", name="duyet")
        self.does("reopen", third, "--reason", "Nhầm", name="duyet")
        self.assertEqual(self.world.flow(third), "to_classify")

    def test_dissatisfied_in_time_opens_again_with_the_old_start(self):
        code = self.accepted()
        start = self.clock(code, "answer")["started_at"]
        self.assertEqual(self.world.run("agency", "dongda", "--result", "resolved_works", "answer", code,
                                        "-", stdin="Đã thay.\n")[0], 0)
        self.does("verify", code, "met")
        self.does("satisfied", code, "không hài lòng", "--reason", "Ngõ vẫn tối")
        case, kinds, _ = self.world.case(code)
        self.assertEqual((case["flow"], case["satisfaction"], case["reopened"]),
                         ("reopened", "dissatisfied", 1))
        self.assertEqual(kinds[-2:], ["case.satisfaction", "case.reopened"])
        self.assertEqual(self.clock(code, "answer")["started_at"], start)
        self.assertEqual(self.world.run("agency", "dongda", "--result", "resolved_works", "answer", code,
                                        "-", stdin="Đã thay lại.\n")[0], 0)
        self.does("verify", code, "not_met", "--place", "Ngõ 12", "--evidence", "Còn ba đèn tắt")
        self.assertEqual(self.world.case(code)[0]["not_met"], 1)
        self.assertEqual(self.world.run("agency", "dongda", "--result", "resolved_works", "answer", code,
                                        "-", stdin="Xong.\n")[0], 0)
        self.does("verify", code, "đạt")
        self.does("clock", "move", "+120")
        self.does("satisfied", code, "dissatisfied")  # too late to open again: the word alone
        self.assertEqual(self.world.flow(code), "closed")
        self.refuses("kiến nghị mới", "reopen", code, "--reason", "Lại tắt")

    def test_returned_twice_takes_a_ruling(self):
        world = self.world
        world.person("soxd", "agency", "so-xay-dung")
        code = self.accepted()
        for name, unit in (("dongda", "so-xay-dung"), ("soxd", "ubnd-dong-da")):
            done = world.run("agency", name, "--reason", "Không phải của chúng tôi", "return", code)
            self.assertEqual(done[0], 0, done)
            if name == "dongda":
                self.does("assign", code, unit)
                world.run("agency", "soxd", "--once")
        self.assertEqual(world.case(code)[0]["returns"], 2)
        self.refuses("phán quyết của người duyệt", "assign", code, "so-xay-dung")
        self.refuses("người duyệt", "rule", code, "so-xay-dung")
        self.does("rule", code, "so-xay-dung", "--basis", "Kết luận của Chánh Văn phòng", name="duyet")
        world.run("agency", "soxd", "--once")
        done = world.run("agency", "soxd", "--reason", "Vẫn không phải", "return", code)
        self.assertNotEqual(done[0], 0)
        self.assertIn("phán quyết", done[1] + done[2])

    def test_many_from_a_file_and_the_bad_rows_are_named(self):
        rows = self.import_rows([(n, LIGHT, f"Đèn cột số {n} ngõ 5 Thái Hà tắt.") for n in range(1, 6)])
        table = "Mã kiến nghị;Hồ sơ giám sát;Hình thức;Lý do\n" + "".join(
            f"{code};GS-2026-03;{'giám sát' if n != 2 else 'không biết'};Nhiều lần\n"
            for n, code in enumerate(rows)) + "HN-2026-999999-Z;GS-2026-03;chất vấn;\n"
        path = self.world.write("docket.csv", table)
        status, out = self.world.act("select", "--file", path)
        self.assertEqual(status, 65, out)
        self.assertIn("docket.csv:4", out)
        self.assertIn("docket.csv:7", out)
        self.assertIn("4 việc đã ghi nhận, 2 lỗi", out)
        chosen = [c["code"] for c in self.world.tool("case", "list") if c["oversight"] == "supervision"]
        self.assertEqual(sorted(chosen), sorted(rows[:2] + rows[3:]))
        lines = self.world.write("remind.jsonl", "".join(
            '{"case":"%s","reason":"Chậm"}\n' % code for code in rows[:3]) + "{bad\n")
        status, out = self.world.act("remind", "--file", lines, "--on-behalf", "Ban Đô thị")
        self.assertEqual(status, 65, out)
        self.assertIn("remind.jsonl:4", out)
        case, _, view = self.world.case(rows[0])
        self.assertEqual((case["reminders"], view["events"][-1]["on_behalf"]), (1, "Ban Đô thị"))
        self.does("select", rows[0], "CV-2026-01", "chất vấn")
        self.does("conclude", rows[0], "CV-2026-01", self.day(rows[0], 30), "--text", "Xong trước Tết")
        self.does("direct", rows[0], "Thường trực Thành ủy", "--text", "Làm dứt điểm", "--due-on",
                  self.day(rows[0], 60), "--document", "12-TB/TU;24/11/2026;Thành ủy")
        case = self.world.case(rows[0])[0]
        self.assertEqual([s["docket"] for s in case["selections"]], ["GS-2026-03", "CV-2026-01"])
        self.assertEqual([c.get("docket") for c in case["commitments"]], ["CV-2026-01", None])
        digest = self.world.tool("digest")
        counts = {r["what"]: r["count"] for r in digest if r["sheet"] == "digest"}
        self.assertEqual((counts["ý kiến chỉ đạo"], counts["chọn để giám sát"]), (1, 5))
        named, = [r["what"] for r in digest if r["sheet"] == "named"]
        for words in (rows[0], "Thường trực Thành ủy", "12-TB/TU"):
            self.assertIn(words, named)
        self.does("clock", "move", "+31")
        self.world.until(lambda: self.world.case(rows[0])[0].get("missed") == 1)
        self.does("select", rows[0], "GS-2026-03", "none")
        self.assertEqual(self.world.case(rows[0])[0]["oversight"], "questioning")

    def test_found_by_words_and_every_date_explained(self):
        rows = self.import_rows([(1, LIGHT, "Đèn ngõ 12 phố Hoàng Cầu không sáng."),
                                 (2, LIGHT, "Đèn ngõ 7 Thái Hà chập chờn."),
                                 (3, TREES, "Cây xà cừ nghiêng ra lòng đường Hoàng Cầu.")])
        found = lambda *args, **more: sorted(c["code"] for c in self.world.tool("find", *args, **more))
        self.assertEqual(found("hoang cau"), sorted([rows[0], rows[2]]))
        self.assertEqual(found("Hoàng Cầu", "--field", "lighting"), [rows[0]])
        self.assertEqual(found("Hoang Câu"), [])  # with marks it is that spelling alone
        self.assertEqual(found("cây hoàng cầu"), [rows[2]])  # all the words, wherever they stand
        self.assertEqual(found('nghieng "long duong hoang cau"'), [rows[2]])
        self.assertEqual(found('"duong nghieng"'), [])  # together and in this order
        self.assertEqual(found("oang cau"), [])  # whole words
        self.assertEqual(found("--source", "mttq"), [])
        self.assertEqual(found("ngo 7", name="dongda"), [rows[1]])  # an agency finds its own
        path = self.world.path("found.csv")
        self.assertIn("= 3 kiến nghị", self.does("find", "--csv", path))
        table = pathlib.Path(path).read_text(encoding="utf-8-sig").splitlines()
        self.assertEqual((len(table), table[0].split(";")[0]), (4, '"Mã"'))
        self.refuses("không ghi đè", "find", "--csv", path)
        why = self.does("why", rows[0])
        for words in ("Đơn vị chủ trì: UBND phường Đống Đa", "căn cứ", "Hạn trả lời cử tri của",
                      "60 ngày kể từ", "không tính ngày đầu", "Căn cứ: NQLT 72/2025",
                      "Hạn tiếp nhận giao việc", "1 ngày làm việc"):
            self.assertIn(words, why)

    def test_a_missed_plan_is_looked_at_and_reported(self):
        code = self.accepted()
        other = self.import_rows([(2, TREES, "Cây đổ ở ngõ 9 Hoàng Cầu.")])[0]
        day = self.day(code, 20)
        done = self.world.run("agency", "dongda", "--result", "planned_scheduled", "--promised-on", day,
                              "answer", code, "-", stdin="Sẽ thay trong tháng.\n")
        self.assertEqual(done[0], 0, done)
        self.does("review-answer", code, "take")
        self.assertEqual(self.world.flow(code), "answered")  # followed to its day, not resolved
        today = self.day(code, 0)
        self.does("clock", "move", "+75")
        self.world.until(lambda: self.world.flow(code) == "awaiting_verification")
        kinds = self.world.case(code)[1]
        self.assertEqual(kinds.count("commitment.missed"), 1)
        self.assertEqual(self.world.case(code)[0]["missed"], 1)
        rows = lambda *args: self.world.tool("report", *args)
        figures = {r["figure"]: r["value"] for r in rows() if r["sheet"] == "figures"}
        self.assertEqual((figures["Kiến nghị (sau khi gộp)"], figures["Đã trả lời"],
                          figures["Trả lời là đã giải quyết xong (loại I)"], figures["Kiểm chứng: đạt"],
                          figures["Cam kết bị lỡ"], figures["Quá hạn, chưa trả lời"]), (2, 1, 0, 0, 1, 1))
        then = {r["figure"]: r["value"] for r in rows("--as-of", today) if r["sheet"] == "figures"}
        self.assertEqual((then["Đã trả lời"], then["Cam kết bị lỡ"], then["Quá hạn, chưa trả lời"]), (1, 0, 0))
        self.assertEqual(rows("--as-of", today), rows("--as-of", today))
        annex = [r["code"] for r in rows() if r["sheet"] == "annex"]
        self.assertEqual(sorted(annex), sorted([code, other]))
        unit, = [r for r in rows() if r["sheet"] == "units" and r["name"] == "UBND phường Đống Đa"]
        self.assertEqual((unit["petitions"], unit["answered"], unit["in_time"], unit["missed"]),
                         (2, 1, 100.0, 1))
        for stage in ("days_to_assign", "days_to_accept", "days_to_answer"):
            self.assertGreaterEqual(unit[stage], 0)  # what no step was taken of is absent
        self.assertNotIn("days_to_verify", unit)
        ranked = self.world.tool("docket")
        self.assertEqual((ranked[0]["code"], ranked[0]["points"]), (code, 25))
        self.assertIn("lỡ cam kết", ranked[0]["why"])
        path = self.world.path("report.xlsx")
        self.does("report", "--write", path)
        with zipfile.ZipFile(path) as book:
            names = book.read("xl/workbook.xml").decode()
            text = book.read("xl/sharedStrings.xml").decode()
        boards = {r["name"]: r["petitions"] for r in rows() if r["sheet"] == "boards"}
        self.assertEqual(boards, {"Ban Kinh tế - Ngân sách": 0, "Ban Đô thị": 2,
                                  "Ban Văn hóa - Xã hội": 0, "Ban Pháp chế": 0})
        for name in ("Tổng hợp", "Phụ lục", "Lĩnh vực và đơn vị", "Chỉ số đơn vị", "Chỉ số các Ban"):
            self.assertIn(name, names)
        self.assertIn("Cây đổ ở ngõ 9 Hoàng Cầu.", text)
        self.refuses("không ghi đè", "report", "--write", path)
        self.assertIn("LỠ HẸN", self.does("dossier", "ubnd-dong-da"))

    def test_partners_have_their_own_part_and_a_kept_promise_is_looked_at(self):
        world = self.world
        world.person("chieusang", "agency", "cong-ty-chieu-sang")
        world.person("soyte", "agency", "so-y-te")
        code = self.accepted()
        self.refuses("danh mục đơn vị không có", "partner", code, "khong-co")
        self.refuses("đã tham gia", "partner", code, "ubnd-dong-da")
        self.does("partner", code, "cong-ty-chieu-sang")
        self.assertEqual({c["kind"] for c in world.case(code)[0]["clocks"] if c["tier"] == "in_time"},
                         {"answer", "acknowledge", "partner"})
        self.assertEqual(world.run("agency", "chieusang", "--auto-accept", "--once")[0], 0)
        world.until(lambda: world.case(code)[0]["assignments"][1].get("saved_at"))
        self.assertEqual(world.flow(code), "in_progress")  # a partner moves nothing
        done = world.run("agency", "chieusang", "--result", "resolved_works", "answer", code, "-", stdin="Xong\n")
        self.assertNotEqual(done[0], 0)  # the answer is the lead's
        self.assertIn("đơn vị khác chủ trì", done[1] + done[2])
        self.assertEqual(world.run("agency", "chieusang", "opinion", code, "-", stdin="Nhất trí\n")[0], 0)
        case = world.case(code)[0]
        self.assertIn("done_at", case["assignments"][1])
        self.assertNotIn("partner", [c["kind"] for c in case["clocks"]])
        self.assertEqual(world.run("agency", "dongda", "progress", code, "-", stdin="Đã khảo sát\n")[0], 0)
        done = world.run("agency", "dongda", "--result", "planned_scheduled", "--promised-on",
                         self.day(code, 40), "answer", code, "-", stdin="Sẽ làm\n")
        self.assertEqual(done[0], 0, done)
        self.does("review-answer", code, "take")
        self.assertEqual(world.flow(code), "answered")
        done = world.run("agency", "dongda", "kept", code, "-", stdin="Đã lắp xong\n")
        self.assertEqual(done[0], 0, done)
        self.assertEqual(world.flow(code), "awaiting_verification")
        self.does("verify", code, "met")
        self.assertEqual(world.flow(code), "closed")
        kinds = [e["kind"] for e in world.tool("events", "--stream", "agency/cong-ty-chieu-sang")]
        self.assertEqual((kinds[0], kinds[-1]), ("case.assigned", "case.closed"))  # it hears to the end
        self.assertNotIn(code, [e["case"] for e in world.tool("events", "--stream", "agency/so-y-te")])

    def test_a_changed_calendar_dates_anew_and_says_why(self):
        world = self.world
        code = self.accepted()
        other = self.import_rows([(2, TREES, "Cây nghiêng ở ngõ 5 Hoàng Cầu.")])[0]
        due = self.clock(code, "answer")["due_at"]
        at = datetime.datetime.fromtimestamp(due / 1000 + 7 * 3600 - 1, datetime.timezone.utc).date()
        registers = world.path("registers")
        shutil.copytree(REGISTERS, registers)
        calendar = pathlib.Path(registers, "calendar.tsv")
        calendar.write_text(calendar.read_text(encoding="utf-8") +
                            f"{at}\tholiday\tNghỉ đột xuất\tThông báo thử\n", encoding="utf-8")
        world.stop_hub()
        world.start_hub("--registers", registers)
        world.until(lambda: self.clock(code, "answer")["due_at"] != due)
        event = [e for e in world.case(code)[2]["events"] if e["kind"] == "case.redated"][0]
        self.assertEqual((event["was_due_at"], event["due_at"], event["clock"]),
                         (due, self.clock(code, "answer")["due_at"], "answer"))
        self.assertGreater(event["due_at"], due)
        self.assertIn("Nghỉ đột xuất", event["why"])
        world.until(lambda: "case.redated" in world.case(other)[1])
        self.assertIn("Đổi hạn", world.act("why", code)[1])

    def test_a_group_and_a_session_are_cuts_of_the_same_log(self):
        world = self.world
        head = "Tổ đại biểu;Tổ 5\nKỳ họp;Kỳ họp thứ 31\n"
        path = world.write("to5.csv", head + minutes([(1, LIGHT, "Đèn ngõ 5 phố Hoàng Cầu tắt.")],
                                                     title="Tổ 5"))
        code, out, err = world.run("contact", "contact", path)
        self.assertEqual(code, 0, out + err)
        mine = codes(out)[0]
        other = self.import_rows([(2, TREES, "Cây nghiêng ở ngõ 8 Hoàng Cầu.")])[0]
        self.assertEqual([c["code"] for c in world.tool("find", "--group", "Tổ 5")], [mine])
        annex = lambda *args: [r["code"] for r in world.tool("report", *args) if r["sheet"] == "annex"]
        self.assertEqual(annex("--group", "Tổ 5"), [mine])
        self.assertEqual(annex("--session", "Kỳ họp thứ 31"), [mine])
        self.assertEqual(annex("--session", "Kỳ họp thứ 30"), [])
        self.assertEqual(sorted(annex()), sorted([mine, other]))
        self.assertIn("Tổng hợp kiến nghị cử tri, Kỳ họp thứ 31, Tổ 5, tính đến ngày",
                      self.does("report", "--session", "Kỳ họp thứ 31", "--group", "Tổ 5"))

    def test_published_in_time_and_posted_for_thirty_days(self):
        code = self.accepted()
        self.assertEqual(self.world.run("agency", "dongda", "--result", "resolved_works", "answer", code,
                                        "-", stdin="Đã thay.\n")[0], 0)
        self.does("verify", code, "met")
        clock = self.clock(code, "publish")
        why = self.does("why", code)
        self.assertIn("15 ngày làm việc", why)
        self.assertIn("NQLT 72/2025/UBTVQH15-CP-MTTQ, Điều 51", why)
        self.refuses("người duyệt mới công khai", "publish", code, "--text", "Đèn đã sáng.")
        self.refuses("chưa có nội dung", "post", code, name="duyet")
        self.does("propose", code, "--text", "Đèn ngõ đã sáng.")
        self.assertIn("Công khai", self.does("post", code, name="duyet"))
        case = self.world.case(code)[0]
        self.assertEqual(case["publication"], "posted")
        posting = self.clock(code, "posting")
        self.assertEqual((posting["due_at"] - posting["started_at"]) // DAY, 30)
        self.assertEqual(self.clock(code, "publish")["tier"], "stopped")
        self.assertLess(clock["started_at"], clock["due_at"])
        self.does("clock", "move", "+40")
        self.world.until(lambda: self.world.case(code)[0]["publication"] == "published")
        self.assertIn("hết thời gian niêm yết", self.world.case(code)[2]["events"][-1]["why"])
        inside = {r["figure"]: r["value"] for r in self.world.tool("report") if r["sheet"] == "figures"}
        outside = {}
        for event in self.world.tool("--stream", "public", "events"):
            outside[event["case"]] = event
        self.assertEqual((inside["Đã công khai"], inside["Đã kết thúc"]), (1, 1))
        self.assertEqual([e["publication"] for e in outside.values()], ["published"])
        self.assertEqual(list(outside), [code])

    def test_what_cannot_be_is_refused_with_reason_and_remedy(self):
        world = self.world
        code = self.accepted()
        said = lambda *args: "".join(map(str, world.run("agency", "dongda", *args, stdin="Đã thay.\n")))
        case = lambda: (world.flow(code), world.case(code)[0].get("answers", []))
        before = case()
        for words, args in (
                ("không có kiến nghị nào mang mã này", ("--result", "explained", "answer", "HN-2026-000777-C", "-")),
                ("ngày đã qua", ("--result", "planned_scheduled", "--promised-on", "01/01/2020", "answer", code, "-")),
                ("phải ghi ngày", ("--result", "planned_scheduled", "answer", code, "-")),
                ("kết quả", ("answer", code, "-"))):
            self.assertIn(words, said(*args))
        self.refuses("danh mục đơn vị không có", "assign", code, "so-giao-thong-van-tai")  # ended 2025
        self.refuses("vai được làm: cán bộ xử lý, người duyệt", "link", code, code, name="dongda")
        self.refuses("“đang giải quyết”; khóa này được: giao đơn vị (assign", "verify", code, "met")
        self.assertEqual(case(), before)  # nothing of it counts, all of it is on record
        kinds = [e["kind"] for e in world.tool("events") if e["kind"] == "act.refused"]
        self.assertGreaterEqual(len(kinds), 5)
        # two that exclude each other: the first holds, whichever it is
        self.assertIn("Sở Y tế", self.does("assign", code, "so-y-te", "--basis", "TB 7"))
        self.assertIn("“đã chuyển, đơn vị chưa nhận”",
                      said("--result", "resolved_works", "answer", code, "-"))
        second = self.accepted("Đèn ngõ 44 phố Hoàng Cầu không sáng.", row=2)
        self.assertEqual(world.run("agency", "dongda", "--result", "resolved_works", "answer", second,
                                   "-", stdin="Đã thay.\n")[0], 0)
        self.refuses("“chờ kiểm chứng”", "pause", second, "in_court", self.day(second, 5))
        self.assertEqual(world.flow(second), "awaiting_verification")

    def test_what_is_said_late_keeps_its_own_time(self):
        code = self.accepted()
        self.does("clock", "move", "+75")  # overdue is told
        early = self.day(code, -20)
        answer = lambda at: self.world.run("agency", "dongda", "--result", "resolved_works", "--acted-at", at,
                                           "answer", code, "-", stdin="Đã thay từ tháng trước\n")
        for wrong in (self.day(code, 3), "01/01/2020"):  # to come; before it was received
            done = answer(wrong)
            self.assertEqual(done[0], 65, done)
            self.assertIn("acted_at", done[1] + done[2])
        done = answer(early)
        self.assertEqual(done[0], 0, done)
        case, kinds, view = self.world.case(code)
        self.assertIn("case.overdue", kinds)  # what was told stays told
        self.assertIn("acted_at", case["answers"][0])
        self.assertLess(case["answers"][0]["acted_at"], case["answers"][0]["at"])
        self.assertIn(f"thực hiện từ {early}, ghi nhận muộn", self.does("case", "show", code))


if __name__ == "__main__":
    unittest.main(verbosity=0)
