#!/usr/bin/python3
"""Workbooks and documents as all kinds of programs write them, made by hand: each construct that public test
suites of spreadsheets have is read with every row, or refused by name. Nothing is lost without a word.

    tests/agents/test_workbooks.py build/release [TEST…]
"""
import io
import json
import pathlib
import re
import struct
import subprocess
import sys
import unittest
import zipfile

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
FOLDER = BUILD / "tests" / "workbooks"
SCHEMAS = "http://schemas.openxmlformats.org"
MAIN, RELATION = f"{SCHEMAS}/spreadsheetml/2006/main", f"{SCHEMAS}/officeDocument/2006/relationships"
STRICT, STRICT_RELATION = (f"http://purl.oclc.org/ooxml/{part}" for part in
                           ("spreadsheetml/main", "officeDocument/relationships"))
PACKAGE = f"{SCHEMAS}/package/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
HEAD = ["STT", "Địa bàn", "Nội dung kiến nghị", "Ngày nhận"]
BOTH = ["Đèn tắt", "Cống nghẹt"]


def read(path):
    """(texts, kinds of faults)"""
    done = subprocess.run([BUILD / "tests/rows", path], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, (path, done)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return ([line["text"] for line in lines if line["is"] == "row"],
            [line["kind"] for line in lines if line["is"] != "row"])


def pack(name, parts, packed=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(FOLDER / name, "w", packed) as book:
        for part, text in parts.items():
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = part, packed  # as it is, with backslashes
            book.writestr(info, text if isinstance(text, bytes) else text.encode())
    return FOLDER / name


# ---- XLSX -------------------------------------------------------------------------------------

def cell(at, text, kind="inlineStr"):
    if kind == "inlineStr":
        return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'
    return f'<c r="{at}"' + (f' t="{kind}"' if kind else "") + f"><v>{text}</v></c>"


def row(number, *cells):
    return f'<row r="{number}">{"".join(cells)}</row>'


def rows(*more):
    return (row(1, *(cell(f"{'ABCD'[i]}1", text) for i, text in enumerate(HEAD))) +
            row(2, cell("A2", "1"), cell("B2", "Láng"), cell("C2", BOTH[0]), cell("D2", "20/11/2026")) +
            row(3, cell("A3", "2"), cell("B3", "Láng"), cell("C3", BOTH[1])) + "".join(more))


def sheet(data, space=MAIN, before="", after=""):
    return f'{XML}<worksheet xmlns="{space}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def relation(number, kind, target, space=RELATION):
    return f'<Relationship Id="rId{number}" Type="{space}/{kind}" Target="{target}"/>'


def relations(*some):
    return f'{XML}<Relationships xmlns="{PACKAGE}">{"".join(some)}</Relationships>'


def listed(number, name="Tờ 1", state=""):
    return f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"{state}/>'


def book(data=None, main="xl/workbook.xml", target="worksheets/sheet1.xml", space=MAIN, kinds=RELATION, whole=None,
         sheets=listed(1), more="", settings=""):
    """The parts of a workbook; MORE are relations of it."""
    folder, _, name = main.rpartition("/")
    return {"_rels/.rels": relations(relation(1, "officeDocument", main, kinds)),
            main: f'{XML}<workbook xmlns="{space}" xmlns:r="{kinds}">{settings}<sheets>{sheets}</sheets></workbook>',
            f"{folder}/_rels/{name}.rels".lstrip("/"): relations(relation(1, "worksheet", target, kinds), more),
            "xl/worksheets/sheet1.xml": whole or sheet(data or rows(), space)}


def without(parts, *names):
    return {name: text for name, text in parts.items() if name not in names}


def second(kind, target, part=None, text=""):
    parts = book(sheets=listed(1) + listed(2, "Khác"), more=relation(2, kind, target))
    return {**parts, **({part: text} if part else {})}


STRINGS = (f'{XML}<sst xmlns="{MAIN}">' + "".join(f"<si><t>{text}</t></si>" for text in [*HEAD, "Láng"]) +
           '<si><r><rPr><b/></rPr><t>Đèn </t></r><r><t>tắt</t></r><rPh sb="0" eb="1"><t>ghi âm</t></rPh></si>'
           '<si><t xml:space="preserve"> Cống nghẹt </t><phoneticPr fontId="1"/></si></sst>')
SHARED = (row(1, *(cell(f"{'ABCD'[i]}1", i, "s") for i in range(4))) +
          row(2, cell("A2", "1", ""), cell("B2", "4", "s"), cell("C2", "5", "s")) +
          row(3, cell("A3", "2", ""), cell("C3", "6", "s")))
STYLES = f'{XML}<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def shared(name, data=SHARED):
    return {**book(data, more=relation(9, "sharedStrings", name)), f"xl/{name}": STRINGS}


def with_text(text):
    return book(rows().replace(cell("C2", BOTH[0]), text))


def with_day(text, **more):
    return {**book(rows().replace(cell("D2", "20/11/2026"), text), **more), "xl/styles.xml": STYLES}


def each(change):
    return {name: change(text) for name, text in book().items()}


XLSX = {
    "as it should be": book(),
    "strict": book(space=STRICT, kinds=STRICT_RELATION),
    "absolute target": book(target="/xl/worksheets/sheet1.xml"),
    "target with a dot": book(target="./worksheets/sheet1.xml"),
    "target with two dots": book(target="../xl/worksheets/sheet1.xml"),
    "target with backslashes": book(target="worksheets\\sheet1.xml"),
    "target with a blank": {re.sub("sheet1", "sheet 1", n): t for n, t in
                            book(target="worksheets/sheet%201.xml").items()},
    "names with backslashes": {name.replace("/", "\\"): text for name, text in book().items()},
    "names in other letters": {name.replace("worksheets/s", "Worksheets/S"): text for name, text in book().items()},
    "another name of the workbook": book(main="xl/wb.xml"),
    "workbook at the top": book(main="workbook.xml", target="xl/worksheets/sheet1.xml"),
    "workbook in another folder": book(main="excel/book.xml", target="/xl/worksheets/sheet1.xml"),
    "no relations of the package": without(book(), "_rels/.rels"),
    "shared strings": shared("sharedStrings.xml"),
    "shared strings of another name": shared("strings.xml"),
    "a prefix everywhere": book(whole=f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>' +
                                re.sub(r"<(/?)(\w)", r"<\1x:\2", rows()) + "</x:sheetData></x:worksheet>"),
    "rows and cells without places": book(re.sub(r' r="\w+"', "", rows())),
    "cells without places": book(re.sub(r'<c r="\w+"', "<c", rows())),
    "cells in any order": book(row(1, *(cell(f"{'ABCD'[i]}1", HEAD[i]) for i in (3, 2, 1, 0))) +
                               row(2, cell("C2", BOTH[0]), cell("A2", "1")) + row(3, cell("C3", BOTH[1]))),
    "places in small letters": book(rows().replace('r="C2"', 'r="c2"')),
    "extensions": book(whole=sheet(rows(), before="<sheetPr/><!-- a --><?b c?>", after="<extLst><ext><t>z</t></ext></extLst>")),
    "a dimension that lies": book(whole=sheet(rows(), before='<dimension ref="A1:XFD1048576"/>')),
    "days from 1904": with_day('<c r="D2" s="1"><v>44883</v></c>', settings='<workbookPr date1904="1"/>',
                               more=relation(8, "styles", "styles.xml")),
    "a day as ISO 8601": with_day('<c r="D2" t="d"><v>2026-11-20T08:00:00</v></c>'),
    "a formula with its value": with_text(f'<c r="C2" t="str"><f t="shared" ref="C2:C9" si="0">A1</f><v>{BOTH[0]}</v></c>'),
    "rich text in the cell": with_text('<c r="C2" t="inlineStr"><is><r><t>Đèn </t></r><r><t>tắt</t></r></is></c>'),
    "CDATA": with_text(cell("C2", f"<![CDATA[{BOTH[0]}]]>")),
    "entities": with_text(cell("C2", "&#272;èn t&#x1EAF;t")),
    "escapes of Excel": with_text(cell("C2", "Đèn_x0020_tắt")),
    "UTF-16": each(lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16")),
    "a byte order mark": each(lambda text: b"\xef\xbb\xbf" + text.encode()),
    "a chart": second("chartsheet", "chartsheets/sheet1.xml", "xl/chartsheets/sheet1.xml", "<chartsheet/>"),
    "a macro sheet": second("xlMacrosheet", "macrosheets/sheet1.xml"),
    "folders": {"xl/": "", "xl/worksheets/": "", **book()},
}
# What is damaged: the rows that are there, and the name of what is wrong.
DAMAGED = {
    "no such string": (shared("s.xml", SHARED.replace("<v>6</v>", "<v>99</v>")), BOTH[:1], ["READ_CELL_ERROR"]),
    "a formula without a value": (with_text('<c r="C2"><f>A1</f></c>'), BOTH[1:], ["READ_CELL_NO_VALUE"]),
    "an error": (with_text(cell("C2", "#REF!", "e")), BOTH[1:], ["READ_CELL_ERROR"]),
    "a column far away": (book(rows(row(4, cell("C4", "x"), cell("XFD4", "y")))), BOTH, ["READ_ROW_CELLS"]),
    "a sheet that nothing knows": (book(sheets=listed(1) + listed(7)), BOTH, ["READ_SHEET_LOST"]),
    "a part that is not there": (second("worksheet", "worksheets/s7.xml"), BOTH, ["READ_PART_MISSING"]),
    "rows twice": (book(rows().replace('r="3"', 'r="2"')), BOTH[:1], ["READ_PART_XML"]),
    "no relations": (without(book(), "xl/_rels/workbook.xml.rels"), [], ["READ_PART_MISSING"]),
    "no sheets": (book(sheets=" "), [], ["READ_NO_TABLE"]),
    "no rows": (book(whole=sheet("")), [], ["READ_NO_TABLE"]),
    "a document type": (book(whole='<!DOCTYPE x [<!ENTITY a "b">]>' + sheet(rows())[len(XML):]), [], ["READ_PART_ENTITY"]),
}

# ---- OpenDocument and Word --------------------------------------------------------------------

SPACES = " ".join(f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{p}:1.0"' for p in ("office", "table", "text"))


def ods_cell(text):
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def ods_row(*cells):
    return f'<table:table-row>{"".join(cells)}</table:table-row>'


def ods(*content):
    return (f'<office:document-content {SPACES}><office:body><office:spreadsheet><table:table table:name="Tờ 1">'
            f'{"".join(content)}</table:table></office:spreadsheet></office:body></office:document-content>')


ODS_HEAD = ods_row(*map(ods_cell, HEAD))
FIRST, SECOND = (ods_row(ods_cell(i), ods_cell("Láng"), ods_cell(text)) for i, text in enumerate(BOTH, 1))
MIME = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}


def ods_text(text):
    return ods(ODS_HEAD, ods_row(ods_cell(1), ods_cell("Láng"), text), SECOND)


ODS = {
    "as it should be": {**MIME, "content.xml": ods(ODS_HEAD, FIRST, SECOND)},
    "the type at the end": {"content.xml": ods(ODS_HEAD, FIRST, SECOND), **MIME},
    "no type": {"content.xml": ods(ODS_HEAD, FIRST, SECOND), "META-INF/manifest.xml": "<m/>"},
    "groups": {**MIME, "content.xml": ods("<table:table-header-rows>", ODS_HEAD, "</table:table-header-rows><table:table-row-group>",
                                          FIRST, "<table:table-row-group>", SECOND, "</table:table-row-group></table:table-row-group>")},
    "a page break": {**MIME, "content.xml": ods(ODS_HEAD, FIRST, "<text:soft-page-break/>", SECOND)},
    "a note": {**MIME, "content.xml": ods_text('<table:table-cell office:value-type="string"><office:annotation><text:p>x</text:p>'
                                               f"</office:annotation><text:p>{BOTH[0]}</text:p></table:table-cell>")},
    "spans": {**MIME, "content.xml": ods_text(ods_cell("<text:span>Đèn</text:span><text:s/>tắt"))},
    "a value alone": {**MIME, "content.xml": ods_text(
        f'<table:table-cell office:value-type="string" office:string-value="{BOTH[0]}"/>')},
    "the end of the sheet": {**MIME, "content.xml": ods(ODS_HEAD, FIRST, SECOND, '<table:table-row table:number-rows-repeated="1048573">'
                                                        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>')},
}


def paragraph(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


WORD = ("<w:tbl>" + "".join("<w:tr>" + "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in texts) + "</w:tr>"
                            for texts in (HEAD[:3], ["1", "Láng", BOTH[0]], ["2", "Láng", BOTH[1]])) + "</w:tbl>")


def word(body, main="word/document.xml", space=f"{SCHEMAS}/wordprocessingml/2006/main"):
    return {"_rels/.rels": relations(relation(1, "officeDocument", main)),
            main: f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'}


def control(content):
    return f"<w:sdt><w:sdtContent>{content}</w:sdtContent></w:sdt>"


CELL = f"<w:tc>{paragraph(BOTH[0])}</w:tc>"
DOCX = {
    "as it should be": word(WORD),
    "strict": word(WORD, space="http://purl.oclc.org/ooxml/wordprocessingml/main"),
    "another name of the document": word(WORD, main="word/document2.xml"),
    "no relations": without(word(WORD), "_rels/.rels"),
    "a table in a content control": word(control(WORD)),
    "a cell in a content control": word(WORD.replace(CELL, control(CELL))),
    "a paragraph in a content control": word(WORD.replace(paragraph(BOTH[0]), control(paragraph(BOTH[0])))),
    "tracked changes": word(WORD.replace(paragraph(BOTH[0]), "<w:p><w:ins><w:r><w:t>Đèn </w:t></w:r></w:ins><w:del><w:r>"
                                         "<w:delText>cũ</w:delText></w:r></w:del><w:r><w:t>tắt</w:t></w:r></w:p>")),
    "a link": word(WORD.replace(paragraph(BOTH[0]), f"<w:p><w:hyperlink><w:r><w:t>{BOTH[0]}</w:t></w:r></w:hyperlink></w:p>")),
    "two ways to say it": word(WORD.replace(paragraph(BOTH[0]), '<w:p><m:AlternateContent xmlns:m="m"><m:Choice><w:r><w:t>'
                                            f"{BOTH[0]}</w:t></w:r></m:Choice><m:Fallback><w:r><w:t>z</w:t></w:r></m:Fallback>"
                                            "</m:AlternateContent></w:p>")),
}


class Workbooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        FOLDER.mkdir(parents=True, exist_ok=True)

    def all_read(self, form, cases):
        for name, parts in cases.items():
            with self.subTest(form=form, case=name):
                self.assertEqual(read(pack(f"{name}.{form}", parts)), (BOTH, []))

    def test_workbooks(self):
        self.all_read("xlsx", XLSX)

    def test_spreadsheets(self):
        self.all_read("ods", ODS)

    def test_documents(self):
        self.all_read("docx", DOCX)

    def test_what_is_damaged_is_named(self):
        for name, (parts, texts, kinds) in DAMAGED.items():
            with self.subTest(name):
                got, faults = read(pack(f"{name}.xlsx", parts))
                self.assertEqual((got, sorted(faults)), (texts, kinds))

    def test_archives(self):
        """Sizes behind the data, zip64, other packing, a comment, bytes behind the end."""
        class Pipe(io.RawIOBase):
            def __init__(self, file):
                super().__init__()
                self.file = file

            def writable(self):
                return True

            def write(self, data):
                return self.file.write(data)
        for large in (False, True):
            path = FOLDER / f"piped-{large}.xlsx"
            with open(path, "wb") as file, zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as out:
                for part, text in book().items():
                    with out.open(part, "w", force_zip64=large) as entry:
                        entry.write(text.encode())
            self.assertEqual(read(path), (BOTH, []))
        for packed in (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2):
            self.assertEqual(read(pack(f"packed-{packed}.xlsx", book(), packed)), (BOTH, []))
        data = pack("whole.xlsx", book()).read_bytes()
        for name, changed, fault in (("comment", data[:-2] + struct.pack("<H", 5) + b"hello", None),
                                     ("behind", data + b"\0" * 50, None), ("cut", data[:-40], "READ_PACKAGE"),
                                     ("before", b"MZ" * 20 + data, "READ_BINARY")):
            path = FOLDER / f"{name}.xlsx"
            path.write_bytes(changed)
            self.assertEqual(read(path), ([], [fault]) if fault else (BOTH, []), name)


if __name__ == "__main__":
    unittest.main()
