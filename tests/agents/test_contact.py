#!/usr/bin/python3
"""Tables from file to hub: registers, sources, errors given back; with openpyxl and a real hub.

    tests/agents/test_contact.py build/release [TEST…]
"""
import csv
import json
import resource
import shutil
import subprocess
import unittest

import docx
import openpyxl

import test_processes
from test_processes import BUILD, DATA, LATER, OK, SOURCE, Stage, lines_of, wait_for

FOLDER = test_processes.FOLDER = BUILD / "tests" / "contact"


def workbook(name, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(FOLDER / name)
    return FOLDER / name


class Contact(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Registers with a source and a form of one's own: two lines in two files, no code."""
        cls.registers = BUILD / "tests" / "contact-registers"
        shutil.rmtree(cls.registers, ignore_errors=True)
        shutil.copytree(SOURCE / "schemas/registers", cls.registers)
        with open(cls.registers / "sources.tsv", "a", encoding="utf-8") as file:
            file.write("hop_dan\tother\tHọp dân\tVillage meeting\ttext,area\tstandard\t2026-01-01\t\t\n")
        with open(cls.registers / "forms.tsv", "a", encoding="utf-8") as file:
            file.write("so_hop_dan\tcolumn\tarea\tThôn\t\nso_hop_dan\tcolumn\ttext\tBà con nói\t\n")
        cls.stage = Stage(cls.registers)
        cls.stage.admit("desk", "intake")

    @classmethod
    def tearDownClass(cls):
        cls.stage.end()

    def contact(self, *args, state=None):
        return self.stage.run("kiennghi-contact", "desk", "--json", *args, state=state)

    def rows(self, done):
        return [(r["row"], r["verdict"]) for r in lines_of(done) if "verdict" in r]

    def batches(self, done):
        return {r.get("title"): (r["declared"], r["stored"], r["refused"])
                for r in lines_of(done) if "batch" in r}

    def at_agency(self, case):
        """What the agency in charge of CASE has in its inbox: the petition in full."""
        unit = wait_for(lambda: self.stage.tool("case", "show", case)[0]["case"].get("unit"),
                        "the assignment")
        name = f"agency-{unit}"
        if not (FOLDER / f"keys/{name}.cert").exists():
            self.stage.admit(name, "agency", "--unit", unit)
        done = self.stage.run("kiennghi-agency", name, "--once")
        self.assertEqual(done.returncode, OK, done.stderr)
        return (FOLDER / f"state/{name}/inbox/{case}.json").read_text()

    # ---- registers ---------------------------------------------------------------------------

    def test_register_by_plan(self):
        """A register of all sources: each plan and source is a batch of its own."""
        path = workbook("ke-hoach.xlsx", ["SỔ THEO DÕI KIẾN NGHỊ"], [],
                        ["STT", "Kế hoạch số", "Nội dung", "Nguồn", "Thẩm quyền", "Lĩnh vực", "Ghi chú"],
                        [1, "12/KH", "Đường hỏng", "Tiếp xúc cử tri định kỳ", "Thành phố", "", ""],
                        [2, "12/KH", "Đèn tắt", "tiep_cong_dan", "Xã", "", ""],
                        [3, "15/KH", "Cống nghẹt", "Tiếp xúc cử tri định kỳ", "Xã", "", ""],
                        [4, "15/KH", "Chợ cóc", "Nguồn lạ", "Xã", "", ""])
        done = self.contact(path)
        self.assertEqual(done.returncode, DATA, done.stderr)
        self.assertEqual(sorted(self.rows(done)), [(4, "stored"), (5, "stored"), (6, "stored"),
                                                   (7, "refused")])
        self.assertIn("Thẩm quyền", done.stderr)  # read, not sent: said
        refused = [r for r in lines_of(done) if r.get("row") == 7][0]
        self.assertIn("tiep_cong_dan", refused["reason"])
        titles = {b["title"]: b for b in self.stage.tool("batch", "list", "--limit", "50")
                  if "KH" in (b.get("title") or "")}
        self.assertEqual(sorted(titles), ["12/KH", "15/KH"])
        done = self.contact(path)
        self.assertEqual([v for _, v in self.rows(done)].count("repeated"), 3, done.stdout)

    def test_register_by_session(self):
        path = workbook("ky-hop.xlsx", ["Kỳ họp", "Cử tri", "Địa bàn", "Nội dung", "Trả lời"],
                        ["Kỳ họp thứ 20", "Nguyễn A", "phường Láng", "Nước yếu", "Đã trả lời"],
                        ["Kỳ họp thứ 21", "Trần B", "xã Gia Lâm", "Kênh cạn", ""])
        done = self.contact(path)
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertEqual(self.batches(done), {"Kỳ họp thứ 20": (1, 1, 0), "Kỳ họp thứ 21": (1, 1, 0)})

    def test_sources_are_data(self):
        path = workbook("thon.xlsx", ["Ngày", "20/11/2026"], ["Thôn", "Bà con nói"],
                        ["Cổ Bi", "Cầu mục"], ["", "Đường lầy"])
        done = self.contact("--source", "hop_dan", path)
        self.assertIn("no heading row", done.stderr)  # the installed forms do not know it
        done = self.contact("--registers", self.registers, "--source", "hop_da", path)
        self.assertIn("hop_dan", done.stderr)  # what there is instead
        done = self.contact("--registers", self.registers, "--source", "Họp dân", path)
        self.assertEqual(self.rows(done), [(3, "stored"), (4, "refused")], done.stderr)
        refused = lines_of(done)[1]
        self.assertEqual((refused["field"], refused["code"]), ("area", "required"))
        other = FOLDER / "broken"
        shutil.copytree(self.registers, other)
        with open(other / "forms.tsv", "a", encoding="utf-8") as file:
            file.write("mẫu\tcột\ttext\tTên\n")
        self.assertIn("forms.tsv, line ", self.contact("--registers", other, path).stderr)

    def test_every_source(self):
        listed = [line.split("\t") for line in
                  (SOURCE / "schemas/registers/sources.tsv").read_text().splitlines()
                  if line and not line.startswith(("#", "code"))]
        path = workbook("nguon.xlsx", ["STT", "Nội dung", "Đường dẫn"],
                        [1, "Đường hỏng", "https://bao.vn/1"], [2, "Đèn tắt", ""])
        for code, _, _, _, required, *_ in listed:
            with self.subTest(code):
                done = self.contact("--source", code, "--date", "2026-11-20", path)
                self.assertEqual([v for _, v in self.rows(done)],
                                 ["stored", "refused" if "url" in required else "stored"], done.stderr)

    # ---- before and after ---------------------------------------------------------------------

    def test_preview(self):
        """--dry-run needs no hub and sends nothing."""
        path = workbook("xem-truoc.xlsx", ["Ngày", "20/11/2026"], ["STT", "Địa bàn", "Nội dung"],
                        [1, "phường Láng", "Đèn tắt"], [2, "phường Láng", "như trên"])
        before = self.stage.figure("cases")
        run = [BUILD / "bin/kiennghi-contact", "--dry-run", "--lang", "vi"]
        done = subprocess.run([*run, path], capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(done.returncode, DATA, done.stderr)
        self.assertIn("sẽ gửi     phường Láng", done.stdout)
        self.assertIn("Đèn tắt", done.stdout)
        self.assertIn("chép lại nội dung của dòng trên", done.stdout)
        self.assertIn("khai báo 2 · sẽ gửi 1 · từ chối 1 · xem trước, chưa gửi gì", done.stdout)
        done = subprocess.run([*run, "--json", path], capture_output=True, text=True, timeout=20,
                              check=False)
        self.assertEqual([r.get("verdict") for r in lines_of(done)], ["would_send", "refused", None])
        self.assertEqual(self.stage.figure("cases"), before)

    @unittest.skipIf("dev" in BUILD.name or "clang" in BUILD.name, "the sanitizers take more")
    def test_no_file_lies_in_memory(self):
        """24 MB of rows are read with 10 MB."""
        path = FOLDER / "nhieu.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write("Ngày;20/11/2026\nSTT;Nội dung\n")
            file.writelines(f"{i};{f'Ngõ {i} ' + 'x' * 1500}\n" for i in range(1, 16001))
        limit = 10 << 20
        done = subprocess.run([BUILD / "bin/kiennghi-contact", "--dry-run", "--json", path], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertEqual(lines_of(done)[-1]["would_send"], 16000)

    def test_stopped_and_run_again(self):
        """What was not sent before a signal is sent by the next run; nothing is sent twice."""
        path = FOLDER / "dung.csv"
        n = 6000
        with open(path, "w", encoding="utf-8") as file:
            file.write("Cuộc TXCT;Dừng giữa chừng\nNgày;20/11/2026\nSTT;Nội dung\n")
            file.writelines(f"{i};Việc số {i}\n" for i in range(1, n + 1))
        before = self.stage.figure("cases")
        child = self.stage.spawn("kiennghi-contact", "desk", "--json", path)
        wait_for(lambda: self.stage.figure("cases") > before, "the first rows", 20)
        child.terminate()
        self.assertEqual(child.wait(20), LATER, self.stage.out("desk"))
        self.assertIn("stopped before all was sent", self.stage.out("desk"))
        batch = self.stage.batch("Dừng giữa chừng")
        self.assertEqual(batch["declared"], n)
        self.assertLess(batch["stored"], n)
        done = self.contact(path)
        self.assertEqual(done.returncode, OK, done.stderr)
        *rows, account = lines_of(done)
        self.assertEqual((account["declared"], account["missing"], account["earlier"]), (n, 0, 0))
        self.assertEqual({r["verdict"] for r in rows}, {"stored", "repeated"})
        self.assertEqual(self.stage.figure("cases"), before + n)

    def mended(self, name, title, write, mend):
        """A table with a bad row; its error file, mended, is imported again."""
        path = write(name, ["Cuộc TXCT", title], ["Ngày", "20/11/2026"], [],
                     ["STT", "Địa bàn", "Nội dung", "Ngày nhận"],
                     ["1", "Láng", "Đèn tắt; ngõ \"12\"", ""], ["2", "Láng", "Cống nghẹt", "32/1/2026"])
        done = self.contact("--errors", FOLDER, path)
        self.assertEqual(self.rows(done), [(5, "stored"), (6, "refused")], done.stderr)
        error = FOLDER / f"{path.stem}.loi{path.suffix}"
        self.assertIn(error.name, done.stderr)
        words = mend(error)
        self.assertIn("32/1/2026", words)
        done = self.contact("--errors", FOLDER, error)
        self.assertEqual(self.rows(done), [(5, "repeated"), (6, "stored")], done.stderr + done.stdout)
        batch = self.stage.batch(title)
        self.assertEqual((batch["declared"], batch["stored"]), (2, 2))

    def test_a_batch_is_exported_and_imported_again(self):
        path = workbook("xuat.xlsx", ["Cuộc TXCT", "Xuất ra nhập lại"], ["Ngày", "20/11/2026"],
                        ["Địa điểm", "Hội trường; \"A\""],
                        ["STT", "Ngày nhận", "Cử tri", "Điện thoại", "Địa bàn", "Lĩnh vực", "Nội dung"],
                        [7, "", "Trần \"B\"", "0900 000 001", "phường Láng", "Chiếu sáng đô thị", "Đèn tắt;\nngõ 12"],
                        ["3a", "21/11/2026 08:30", "", "", "", "", "Cống nghẹt"], ["", "19/11/2026", "", "", "", "", "Chợ cóc"],
                        [9, "", "", "", "", "", "như trên"])
        self.assertEqual([v for _, v in self.rows(self.contact(path))], ["stored"] * 3 + ["refused"])
        batch = self.stage.batch("Xuất ra nhập lại")["batch"]
        out = FOLDER / "xuat.csv"
        done = self.stage.run("kiennghi", "office", "batch", "export", batch, out)
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertIn("3 petitions; 1 rows that were refused", done.stdout)
        self.assertEqual(out.stat().st_mode & 0o077, 0)
        done = self.contact(out, state="desk-other")  # nothing is known but what the file says
        *rows, account = lines_of(done)
        self.assertEqual([r["verdict"] for r in rows], ["repeated"] * 3, done.stdout)
        self.assertEqual(account["batch"], batch)
        done = self.stage.run("kiennghi", "office", "batch", "export", "0" * 32, FOLDER / "nichts.csv")
        self.assertNotEqual(done.returncode, OK)
        self.assertFalse((FOLDER / "nichts.csv").exists())

    def test_error_file_in_pieces(self):
        """Whatever is left of an error file: nothing twice, and the account stays right."""
        columns = ["STT", "Nội dung", "Ngày nhận"]
        rows = [[1, "Đèn ngõ 1", ""], [2, "Cống ngõ 2", "32/1/2026"], [3, "như trên", ""], [4, "Rác ngõ 4", ""]]
        for title, has_numbers, count in (("Có số", 1, []), ("Không số", 0, []), ("Khai số", 1, [["Số kiến nghị", 4]])):
            with self.subTest(title):
                head = [["Cuộc TXCT", title], ["Ngày", "20/11/2026"], *count]
                cut = lambda row: row if has_numbers else row[1:]
                path = workbook("manh.xlsx", *head, cut(columns), *map(cut, rows))
                done = self.contact("--source", "tiep_cong_dan", "--errors", FOLDER, path)
                self.assertEqual([v for _, v in self.rows(done)], ["stored", "refused", "refused", "stored"])
                self.assertIn("kiennghi-contact --source 'tiep_cong_dan' ", done.stderr)
                first, second = [2, "Cống ngõ 2", "31/01/2026"], [3, "Cống cả ngõ 3", ""]
                for some, verdicts in (([first], ["stored"]), ([first, second], ["repeated", "stored"]),
                                       ([rows[0], first, second, rows[3]], ["repeated"] * 4)):
                    path = workbook("manh.loi.xlsx", *head, [*cut(columns), "Lỗi"], *map(cut, some))
                    done = self.contact("--source", "tiep_cong_dan", path)
                    self.assertEqual((done.returncode, [v for _, v in self.rows(done)]), (OK, verdicts),
                                     done.stderr)
                    account = lines_of(done)[-1]
                    self.assertEqual((account["declared"], account["missing"]), (4, 0))
                batch = self.stage.batch(title)
                self.assertEqual((batch["declared"], batch["stored"], batch["refused"]), (4, 4, 0))

    def test_from_table_to_agency(self):
        path = workbook("den-so.xlsx", ["Ngày", "20/11/2026"], ["STT", "Địa bàn", "Lĩnh vực", "Nội dung"],
                        [1, "phường Láng", "Chiếu sáng đô thị", "Ngõ 71 phố Láng mất đèn đã ba tuần"])
        done = self.contact("--title", "Tới tận sở", path)
        self.assertIn("Ngõ 71 phố Láng mất đèn đã ba tuần", self.at_agency(lines_of(done)[0]["case"]))

    def test_error_file_xlsx(self):
        def mend(path):
            book = openpyxl.load_workbook(path)
            sheet = book.active
            self.assertEqual([c.value for c in sheet[4]], ["STT", "Địa bàn", "Nội dung", "Ngày nhận", "Lỗi"])
            self.assertIsNone(sheet["E5"].value)
            words, sheet["D6"] = sheet["E6"].value, "31/01/2026"
            book.save(path)
            return words
        self.mended("sua.xlsx", "Sửa XLSX", workbook, mend)

    def test_error_file_csv(self):
        def write(name, *rows):
            with open(FOLDER / name, "w", encoding="utf-16", newline="") as file:
                csv.writer(file, delimiter=";").writerows(rows)
            return FOLDER / name

        def mend(path):
            with open(path, encoding="utf-8-sig", newline="") as file:
                rows = list(csv.reader(file, delimiter=";"))
            self.assertEqual(rows[3][4], "Lỗi")
            words, rows[5][3] = rows[5][4], "31/01/2026"
            with open(path, "w", encoding="utf-8", newline="") as file:
                csv.writer(file, delimiter=";").writerows(rows)
            return words
        self.mended("sua.csv", "Sửa CSV", write, mend)

    def test_sheets_are_told(self):
        book = openpyxl.Workbook()
        for i, title in enumerate(("Tờ A", "Tờ B")):
            sheet = book.active if i == 0 else book.create_sheet()
            sheet.title = title
            for row in ([["Ngày", "20/11/2026"]] if i == 0 else []) + [["STT", "Nội dung"],
                                                                      [1, f"Nội dung {title}"], [2, "nt"]]:
                sheet.append(row)
        book.save(FOLDER / "hai-to.xlsx")
        done = self.contact("--errors", FOLDER, "--title", "Hai tờ", FOLDER / "hai-to.xlsx")
        self.assertEqual([(r["sheet"], r["row"], r["verdict"]) for r in lines_of(done) if "row" in r],
                         [("Tờ A", 3, "stored"), ("Tờ A", 4, "refused"), ("Tờ B", 2, "stored"),
                          ("Tờ B", 3, "refused")])
        error = openpyxl.load_workbook(FOLDER / "hai-to.loi.xlsx")
        self.assertEqual(error.sheetnames, ["Tờ A", "Tờ B"])
        self.assertIn("nt", error["Tờ B"]["C3"].value)

    # ---- minutes ------------------------------------------------------------------------------

    PARAGRAPHS = (
        "BIÊN BẢN", "Ngày: 20/11/2026", "Tên cuộc tiếp xúc: Cử tri hai phường",
        "Hội nghị bắt đầu lúc 8 giờ, có 120 cử tri dự.",
        "I. PHƯỜNG LÁNG", "1. Lĩnh vực giao thông",
        "a) Ngõ 12 hỏng nặng. Đề nghị TP. sửa trước mùa mưa. Ngoài ra, đề nghị lắp đèn ở đầu ngõ.",
        "b) Xe tải chạy đêm, đề nghị cấm giờ.",
        "2. Lĩnh vực môi trường", "- Rác để lâu ngày ở cổng chợ.",
        "II. Phường Hoàng Mai:", "Cử tri đề nghị nạo vét mương.",
        "Chủ tọa cảm ơn và kết thúc hội nghị.")

    def minutes(self, name):
        document = docx.Document()
        for text in self.PARAGRAPHS:
            document.add_paragraph(text)
        document.add_paragraph("Giữ sạch vỉa hè.", style="List Bullet")
        table = document.add_table(rows=2, cols=2)  # who was there
        for i, text in enumerate(("STT", "Họ tên", "1", "Nguyễn A")):
            table.cell(i // 2, i % 2).text = text
        document.save(FOLDER / name)
        return FOLDER / name

    def test_minutes(self):
        path = self.minutes("bien-ban.docx")
        preview = lines_of(self.contact("--dry-run", path))
        self.assertEqual([(r["row"], r.get("area"), r.get("field")) for r in preview if "row" in r],
                         [(7, "PHƯỜNG LÁNG", "Lĩnh vực giao thông"),
                          (8, "PHƯỜNG LÁNG", "Lĩnh vực giao thông"),
                          (10, "PHƯỜNG LÁNG", "Lĩnh vực môi trường"), (12, "Phường Hoàng Mai", None),
                          (14, "Phường Hoàng Mai", None)])
        done = self.contact("--split", "--dry-run", path)
        self.assertEqual([r["text"] for r in lines_of(done) if r.get("row") == 7],
                         ["Ngõ 12 hỏng nặng. Đề nghị TP. sửa trước mùa mưa.",
                          "Ngoài ra, đề nghị lắp đèn ở đầu ngõ."])
        done = self.contact(path)
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertIn("row 7: the paragraph may hold 2 petitions", done.stderr)
        self.assertIn("paragraphs 1, 4, 13 are no petitions", done.stderr)
        self.assertEqual(self.batches(done), {"Cử tri hai phường": (5, 5, 0)})
        case = [r["case"] for r in lines_of(done) if r.get("row") == 7][0]
        self.assertIn("Ngõ 12 hỏng nặng. Đề nghị TP. sửa trước mùa mưa. Ngoài ra, đề nghị lắp đèn ở "
                      "đầu ngõ.", self.at_agency(case))
        self.assertEqual({v for _, v in self.rows(self.contact(path))}, {"repeated"})

    # ---- the reception desk -------------------------------------------------------------------

    def test_typed_at_the_desk(self):
        path = FOLDER / "so-tiep-dan.csv"
        typed = ("Ngõ 12 \"hẹp\" mất đèn\nChiếu sáng đô thị\nphường Láng\nsố 5\nkhông có\n0900 000 001\nTrần B\n"
                 "Nước đục\n\n\n\n\n\n\n")
        done = self.stage.run("kiennghi-contact", "desk", "--type", "--source", "tiep_cong_dan", "--json",
                              path, input=typed)
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertEqual(self.rows(done), [(1, "stored"), (2, "stored")], done.stderr)
        self.assertIn("a telephone number has only digits", done.stderr)
        case = lines_of(done)[0]["case"]
        self.assertEqual(self.stage.tool("case", "show", case)[0]["case"]["channel"], "reception")
        self.assertEqual(path.stat().st_mode & 0o077, 0)
        # The next day at the same register goes on; imported as a table, its rows are known.
        done = self.stage.run("kiennghi-contact", "desk", "--type", "--json", path,
                              input="Chợ cóc\n\n\n\n\n\n")
        self.assertEqual(self.rows(done), [(3, "stored")], done.stderr)
        self.assertEqual([v for _, v in self.rows(self.contact(path))], ["repeated"] * 3)


if __name__ == "__main__":
    unittest.main()
