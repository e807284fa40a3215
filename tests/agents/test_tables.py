#!/usr/bin/python3
"""Tables and documents as office programs write them: openpyxl, python-docx and LibreOffice make the
files, the reader gives rows and names faults.

    tests/agents/test_tables.py build/release [TEST…]
"""
import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import unittest
import zipfile

import docx
import openpyxl

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
FOLDER = BUILD / "tests" / "tables"
HEAD = ["STT", "Địa bàn", "Nội dung kiến nghị", "Ngày nhận"]


def read(path):
    done = subprocess.run([BUILD / "tests/rows", path], capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def only(lines, what):
    return [line for line in lines if line["is"] == what]


def texts(lines):
    return [line["text"] for line in only(lines, "row")]


def kinds(lines, what):
    return [(line["kind"], line["sheet"], line["row"]) for line in only(lines, what)]


def office(form, *names):
    """These files of FOLDER as LibreOffice writes them in FORM, in one go."""
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{FOLDER}/profile",
                    "--convert-to", form, "--outdir", FOLDER / "office", *names], check=True,
                   capture_output=True, timeout=120, cwd=FOLDER)


def by_office(name):
    return FOLDER / "office" / name


def workbook(name, rows, title="Tờ 1", change=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if change:
        change(book, sheet)
    path = FOLDER / name
    book.save(path)
    return path


DAY = datetime.datetime(2026, 11, 24)


def make_sheets(book, _):
    other = book.create_sheet("Tờ 2")
    for row in (["Ngày", "20/11/2026"], ["Nội dung", "Phường", "STT"], ["Ba", "Láng", 1]):
        other.append(row)
    book.create_sheet("Hướng dẫn").append(["Cách ghi", "ghi đủ các cột"])
    book.create_sheet("Trống")
    hidden = book.create_sheet("Danh mục")
    hidden.append(HEAD)
    hidden.sheet_state = "hidden"


def merge(*cells):
    return lambda _, sheet: [sheet.merge_cells(one) for one in cells]


def make_document(name):
    document = docx.Document()
    document.add_paragraph("BIÊN BẢN")
    document.add_paragraph("Ngày: 20/11/2026")
    table = document.add_table(rows=4, cols=3)
    for r, row in enumerate((["STT", "Địa bàn", "Nội dung"], ["1", "Láng", "Một"], ["2", "", "Hai"],
                             ["3", "Gia Lâm", "như trên"])):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    table.cell(1, 1).merge(table.cell(2, 1))
    table.cell(1, 2).paragraphs[0].add_run(" và").bold = True
    table.cell(1, 2).add_paragraph("dòng hai")
    document.add_paragraph("Nơi nhận: ...")
    document.save(FOLDER / name)


def make_files():
    workbook("rows.xlsx", [
        ["Cuộc TXCT", "Hội nghị A"], ["Ngày", DAY], [], HEAD,
        [1, "phường Láng", "Đèn tắt\nở ngõ 12", DAY],
        [2, "phường Láng", "Cống nghẹt", datetime.datetime(2026, 11, 24, 8, 30)], [],
        [3, "xã Gia Lâm", "  Kênh cạn ", "23/11/2026"]],
             change=lambda _, sheet: [setattr(sheet.cell(r, 4), "number_format", "dd/mm/yyyy hh:mm")
                                      for r in (5, 6)])
    workbook("sheets.xlsx", [["Ngày", "20/11/2026"], HEAD, [1, "A", "Một"], [2, "A", "Hai"]],
             change=make_sheets)
    workbook("merged.xlsx", [
        HEAD, [1, "phường Láng", "Một"], [2, None, "Hai"], [3, None, "Ba"], [4, "A", "Bốn"],
        [5, "B", None], ["Mục hai"], [1, "C", "Năm"]], change=merge("B2:B4", "C5:C6", "A7:D7"))
    workbook("formulas.xlsx", [HEAD, ["=ROW()-1", "A", "Một"], [2, "A", '="H"&"ai"'],
                               [3, "=1/0", "Ba"]])
    workbook("hidden.xlsx", [HEAD, [1, "A", "Một"], [2, "A", "Hai"]],
             change=lambda _, sheet: setattr(sheet.row_dimensions[3], "hidden", True))
    workbook("plain.xlsx", [HEAD, [1, "A", "Một"]])
    make_document("table.docx")
    office("ods", "rows.xlsx", "sheets.xlsx", "merged.xlsx", "formulas.xlsx", "hidden.xlsx")
    office("xlsx", "rows.xlsx", "merged.xlsx", "formulas.xlsx")
    office("odt", "table.docx")
    office("docx", "table.docx")
    office("xls", "plain.xlsx")
    office("doc", "table.docx")


class Tables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        make_files()

    def both(self, *names):
        for name in names:
            for path in (FOLDER / name, by_office(name)):
                if path.exists():
                    with self.subTest(str(path.relative_to(FOLDER))):
                        yield read(path)

    def one_fault(self, path, kind):
        lines = read(path)
        self.assertEqual([line["kind"] for line in only(lines, "file")], [kind], lines)
        return only(lines, "file")[0]

    # ---- what is read --------------------------------------------------------------------------

    def test_same_rows_from_every_program(self):
        for lines in self.both("rows.xlsx", "rows.ods"):
            rows = only(lines, "row")
            self.assertEqual([(r["number"], r["row"], r["text"], r["received"]) for r in rows],
                             [("1", 5, "Đèn tắt\nở ngõ 12", "24/11/2026"),
                              ("2", 6, "Cống nghẹt", "24/11/2026 08:30"),
                              ("3", 8, "Kênh cạn", "23/11/2026")])
            self.assertEqual({r["sheet"] for r in rows}, {"Tờ 1"})

    def test_sheets(self):
        for lines in self.both("sheets.xlsx", "sheets.ods"):
            self.assertEqual([(r["sheet"], r["row"], r["text"]) for r in only(lines, "row")],
                             [("Tờ 1", 3, "Một"), ("Tờ 1", 4, "Hai"), ("Tờ 2", 3, "Ba")])
            self.assertEqual(sorted(kinds(lines, "warning")),
                             [("READ_SHEET_HIDDEN", "Danh mục", 0),
                              ("READ_SHEET_SKIPPED", "Hướng dẫn", 0)])
        path = workbook("other.xlsx", [["Ngày", "20/11/2026"], HEAD, [1, "A", "Một"]],
                        change=lambda book, _: book.create_sheet("Tờ 2").append(["Ngày", "21/11/2026"]))
        self.assertEqual(kinds(read(path), "file"), [("READ_SHEET_HEADER", "Tờ 2", 1)])

    def test_merged_cells(self):
        for lines in self.both("merged.xlsx", "merged.ods"):
            self.assertEqual([(r["text"], r["area"]) for r in only(lines, "row")],
                             [("Một", "phường Láng"), ("Hai", "phường Láng"), ("Ba", "phường Láng"),
                              ("Bốn", "A"), ("Năm", "C")])
            self.assertEqual(kinds(lines, "refused"), [("READ_MERGED_TEXT", "Tờ 1", 6)])
            self.assertEqual(kinds(lines, "warning"),
                             [("READ_MERGED", "Tờ 1", 3), ("READ_SECTION", "Tờ 1", 7)])

    def test_sections_number_anew(self):
        path = workbook("sections.xlsx", [
            HEAD, ["1", "2", "3", "4"], ["I", None, "LĨNH VỰC GIAO THÔNG"], [1, "A", "Một"],
            [2, "A", "Hai"], ["II. Môi trường"], [1, "A", "Ba"]])
        lines = read(path)
        self.assertEqual([(r["number"], r["text"]) for r in only(lines, "row")],
                         [("i.1", "Một"), ("i.2", "Hai"), ("ii.1", "Ba")])
        self.assertEqual([k for k, _, _ in kinds(lines, "warning")],
                         ["READ_HEADINGS_AGAIN", "READ_SECTION", "READ_SECTION"])

    def test_headings_of_two_storeys(self):
        path = workbook("storeys.xlsx", [["STT", "Cử tri", None, "Nội dung"],
                                         [None, "Họ tên", "Địa chỉ", None],
                                         [1, "An", "số 5", "Một"]], change=merge("A1:A2", "B1:C1", "D1:D2"))
        self.assertEqual([(r["person"], r["address"], r["text"], r["row"])
                          for r in only(read(path), "row")], [("An", "số 5", "Một", 3)])

    def test_formulas(self):
        lines = read(FOLDER / "formulas.xlsx")  # written by a script: nobody has calculated yet
        self.assertEqual(texts(lines), ["Một"])
        self.assertEqual(kinds(lines, "refused"), [("READ_CELL_NO_VALUE", "Tờ 1", 3),
                                                   ("READ_CELL_NO_VALUE", "Tờ 1", 4)])
        for name in ("formulas.xlsx", "formulas.ods"):
            lines = read(by_office(name))
            self.assertEqual(texts(lines), ["Một", "Hai"])
            self.assertEqual(kinds(lines, "refused"), [("READ_CELL_ERROR", "Tờ 1", 4)])

    def test_hidden_rows(self):
        for lines in self.both("hidden.xlsx", "hidden.ods"):
            self.assertEqual(texts(lines), ["Một", "Hai"])
            self.assertEqual(kinds(lines, "warning"), [("READ_HIDDEN_ROW", "Tờ 1", 3)])

    def test_word_tables(self):
        for lines in self.both("table.docx", "table.odt"):
            self.assertEqual([(r["text"], r["area"].strip()) for r in only(lines, "row")],
                             [("Một và\ndòng hai", "Láng"), ("Hai", "Láng")])
            self.assertEqual([k for k, _, _ in kinds(lines, "refused")], ["READ_DITTO"])

    def test_legacy_encodings(self):
        text = ("STT;Nội dung;Địa bàn\n1;Cử tri đề nghị sửa đường ngõ chợ bị hỏng nặng;phường Láng\n")
        tcvn = subprocess.run(["iconv", "-t", "TCVN5712-1"], input=text.encode(), check=True,
                              capture_output=True).stdout
        (FOLDER / "tcvn.csv").write_bytes(tcvn)
        # An office file written with .VnTime fonts has those bytes as letters of Latin-1.
        rows = [line.split(";") for line in tcvn.decode("latin-1").splitlines()]
        for path in (FOLDER / "tcvn.csv", workbook("vntime.xlsx", rows)):
            lines = read(path)
            self.assertEqual(texts(lines), ["Cử tri đề nghị sửa đường ngõ chợ bị hỏng nặng"])
            self.assertEqual(only(lines, "row")[0]["area"], "phường Láng")
            self.assertEqual([k for k, _, _ in kinds(lines, "warning")], ["READ_LEGACY"])
            self.assertEqual(only(lines, "row")[0]["encoding"], "tcvn3")
        (FOLDER / "broken.csv").write_bytes(b"STT;Noi dung\n1;\xff\xfe\xfd\n")
        self.assertEqual([k for k, _, _ in kinds(read(FOLDER / "broken.csv"), "refused")],
                         ["READ_NOT_TEXT"])

    # ---- what is refused -----------------------------------------------------------------------

    def test_old_and_locked_files(self):
        fault = self.one_fault(by_office("plain.xls"), "READ_OLD_XLS")
        self.assertIn("lưu lại thành .xlsx", fault["words"])
        self.one_fault(by_office("table.doc"), "READ_OLD_DOC")
        locked = FOLDER / "locked.xlsx"  # as Office wraps it: an OLE file with this stream
        locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) +
                           "EncryptedPackage".encode("utf-16-le"))
        self.one_fault(locked, "READ_PASSWORD")

    def rezip(self, path, name, part, change):
        out = FOLDER / name
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.namelist():
                data = old.read(entry)
                new.writestr(entry, change(data) if entry == part else data)
        return out

    def test_bombs_and_entities(self):
        path = FOLDER / "plain.xlsx"
        sheet = "xl/worksheets/sheet1.xml"
        bomb = self.rezip(path, "bomb.xlsx", sheet, lambda data: data[:-20] + b" " * (300 << 20))
        self.assertLess(bomb.stat().st_size, 1 << 20)
        self.one_fault(bomb, "READ_PACKAGE_LIMIT")
        for part in (sheet, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"):
            evil = self.rezip(path, "entity.xlsx", part, lambda data: (
                b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" +
                data[data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0:]))
            self.one_fault(evil, "READ_PART_ENTITY")
        self.one_fault(self.rezip(path, "cut.xlsx", sheet, lambda data: data[:-30]), "READ_PART_XML")
        cut = FOLDER / "half.xlsx"
        cut.write_bytes(path.read_bytes()[:-100])
        self.one_fault(cut, "READ_PACKAGE")
        with zipfile.ZipFile(FOLDER / "other.zip", "w") as other:
            other.writestr("a.csv", "STT;Nội dung\n")
        self.one_fault(FOLDER / "other.zip", "READ_BINARY_PACKED")
        with zipfile.ZipFile(FOLDER / "many.xlsx", "w") as many:
            for i in range(10001):
                many.writestr(f"xl/{i}", "")
        self.one_fault(FOLDER / "many.xlsx", "READ_PACKAGE_LIMIT")

    def test_no_table(self):
        self.one_fault(workbook("none.xlsx", [["Xin chào"], ["một", "hai", "ba"]]), "READ_NO_TABLE")
        fault = self.one_fault(workbook("column.xlsx", [HEAD + ["Mầu sắc"], [1]]), "READ_UNKNOWN_COLUMN")
        self.assertIn("Mầu sắc", fault["words"])


if __name__ == "__main__":
    unittest.main()
