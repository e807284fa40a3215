#!/usr/bin/python3
"""`kiennghi classify` and `kiennghi match` as an operator uses them: files in, lines out, no hub."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ["KN_BIN"]) / "kiennghi"

LAMP = "Cử tri phường Đống Đa phản ánh đèn đường ở ngõ 71 phố Hoàng Cầu không sáng, đề nghị thay bóng."
LAMP_AGAIN = "Ngõ 71 Hoàng Cầu tối om vì đèn hỏng, bà con phường Đống Đa đi lại khó, đề nghị sửa đèn."
LAMP_SMS = "ngo 71 Hoang Cau p.Dong Da den duong khong sang, de nghi thay bong"
OTHER_ALLEY = LAMP.replace("ngõ 71", "ngõ 17")
OTHER_WARD = "Cử tri phường Tây Mỗ phản ánh đèn đường ở ngõ 71 phố Trung Văn không sáng, đề nghị thay bóng."
OTHER_MATTER = "Ngõ 71 phố Hoàng Cầu, phường Đống Đa, rác không ai thu gom, đề nghị đặt thêm thùng rác."


def run(*arguments, lines=None, expect=0):
    text = None if lines is None else "".join(
        (x if isinstance(x, str) else json.dumps(x, ensure_ascii=False)) + "\n" for x in lines)
    done = subprocess.run([TOOL, *arguments], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == expect, (done.returncode, done.stderr)
    return [json.loads(x) for x in done.stdout.splitlines()]


def compare(a, b):
    one, = run("match", "--pairs", "-", lines=[{"id": 1, "a": {"text": a}, "b": {"text": b}}])
    return one


class Reading(unittest.TestCase):
    def test_a_pair_is_judged_and_explained(self):
        for again in (LAMP_AGAIN, LAMP_SMS):
            one = compare(LAMP, again)
            self.assertEqual(one["verdict"], "same", one)
            self.assertIn("71", one["why"])
        for other in (OTHER_ALLEY, OTHER_WARD):
            self.assertEqual(compare(LAMP, other)["verdict"], "different")
        self.assertNotEqual(compare(LAMP, OTHER_MATTER)["verdict"], "same")

    def test_the_order_of_a_pair_does_not_matter(self):
        for other in (LAMP_AGAIN, LAMP_SMS, OTHER_ALLEY, OTHER_WARD, OTHER_MATTER):
            self.assertEqual(compare(LAMP, other), compare(other, LAMP))

    def test_a_town_and_a_ward_nobody_knows_are_not_one_place(self):
        town = "Hem 31 Tran Hung Dao Bao Loc ngap hoai, cong be qua, xin coi giup."
        ward = "Hẻm 31 Trần Hưng Đạo, phường Tân Lợi mưa là ngập, cống nhỏ, nước tràn vào nhà."
        self.assertEqual(compare(town, ward)["verdict"], "possible")
        self.assertEqual(compare(town.replace("Bao Loc", "phuong Tan Loi"), ward)["verdict"], "same")

    def test_a_text_that_says_again_is_a_recurrence_for_a_person(self):
        one = compare(LAMP, "Tái kiến nghị: " + LAMP)
        self.assertEqual((one["verdict"], one.get("relation")), ("possible", "recurrence"))

    def test_a_stream_finds_the_earlier_lines(self):
        texts = [OTHER_WARD, LAMP, OTHER_ALLEY, OTHER_MATTER, LAMP_AGAIN]
        out = run("match", "-", lines=[{"id": f"p{i}", "text": t} for i, t in enumerate(texts)])
        self.assertEqual([x["id"] for x in out], ["p0", "p1", "p2", "p3", "p4"])
        self.assertEqual([x["verdict"] for x in out[:3]], ["new"] * 3)
        self.assertEqual((out[0]["of"], out[4]["verdict"]), ([], "same"))
        self.assertEqual(out[4]["of"][0]["id"], "p1")
        self.assertLessEqual(max(len(x["of"]) for x in out), 5)

    def test_the_first_line_is_found_too(self):
        out = run("match", "-", lines=[{"id": 0, "text": LAMP}, {"id": 1, "text": LAMP_AGAIN}])
        self.assertEqual([(x["verdict"], [y["id"] for y in x["of"]]) for x in out], [("new", []), ("same", [0])])

    def test_a_bad_line_is_answered_in_its_place(self):
        for command in (["classify"], ["match"], ["match", "--pairs"]):
            out = run(*command, "-", lines=["{", {"id": 2, "text": LAMP, "a": {"text": LAMP},
                                                 "b": {"text": LAMP}}, {"id": 3}], expect=65)
            self.assertEqual([x.get("line") for x in out], [1, None, 3])
            self.assertEqual(out[1]["id"], 2)

    def test_odd_texts_are_answered_one_line_each(self):
        odd = ["", "\0", "đèn\0đường", "😀 đèn đường", "路灯坏了", "The lamp is broken", "1234567890",
               "x" * 100000, "ngõ 12 " * 15000, "ả" * 30000, "((((", "%s%n", "1/2/3/4/5/6/7/8/9", "\r\n"]
        lines = [{"id": i, "text": t, "a": {"text": t}, "b": {"text": t}} for i, t in enumerate(odd)]
        lines[0]["received"] = "no date"
        text = "\ufeff" + "\r\n".join(json.dumps(line) for line in lines) + "\r\n"
        for command in (["classify"], ["match"], ["match", "--pairs"]):
            out = run(*command, "-", lines=[text.rstrip("\n")])
            self.assertEqual([x["id"] for x in out], list(range(len(odd))))
        bad = ["", "  ", "[]", "null", '"x"', '{"text":"no id"}', '{"id":null,"text":"x"}', '{"id":1,"text":5}',
               '{"id":1,"id":2,"text":"x"}', '{"id":1,"text":"\\ud800"}', '{"id":1}']
        for command in (["classify"], ["match"], ["match", "--pairs"]):
            out = run(*command, "-", lines=bad, expect=65)
            self.assertEqual([x["line"] for x in out], list(range(1, len(bad) + 1)))

    def teach(self, text, **rows):
        """What classify says of TEXT before and after ROWS are put at the end of their registers."""
        with tempfile.TemporaryDirectory() as folder:
            registers = pathlib.Path(folder) / "registers"
            shutil.copytree(ROOT / "schemas" / "registers", registers)
            line = {"id": 1, "text": text}
            before, = run("classify", "-", "--registers", str(registers), lines=[line])
            for name, row in rows.items():
                file = "fields.tsv" if name == "fields" else f"text/{name}.tsv"
                with open(registers / file, "a", encoding="utf-8") as register:
                    register.write("\t".join(row) + "\n")
            after, = run("classify", "-", "--registers", str(registers), lines=[line])
            return before, after

    def test_a_newcomer_teaches_a_place_type_without_touching_c(self):
        before, after = self.teach("Đèn ở trụ sóng Bình Sa bị hỏng.", place_types=("trụ sóng", "other", "name", "yes"))
        self.assertNotIn("Bình Sa", [x["name"] for x in before["places"]])
        self.assertIn(("other", "Bình Sa"), [(x["type"], x["name"]) for x in after["places"]])

    def test_a_newcomer_teaches_a_field_without_touching_c(self):
        before, after = self.teach(
            "Phường Đống Đa: trạm khinh khí cầu ở đầu phố Hoàng Cầu bỏ neo, cần xem lại.",
            fields=("balloons", "urban", "Khinh khí cầu", "Balloons", "other", "2026-01-01", "", ""),
            matters=("balloons.mooring", "neo khinh khí cầu"),
            lexicon=("object", "khinh khí cầu", "balloons.mooring:6", "khinh khí cầu | bỏ neo"))
        self.assertNotIn("balloons", [x["code"] for x in before["field"]])
        self.assertEqual((after["field"][0]["code"], after["ban"]), ("balloons", "urban"))

    def test_a_newcomer_teaches_a_word_without_touching_c(self):
        before, after = self.teach("Phường Đống Đa: cái lủng liểng ở đầu phố Hoàng Cầu cần xem lại.",
                                   lexicon=("object", "đèn lồng", "lighting.lamp:4", "lủng liểng"))
        self.assertNotIn("lighting", [x["code"] for x in before["field"]])
        self.assertEqual(after["field"][0]["code"], "lighting")

    def test_a_newcomer_teaches_a_synonym_without_touching_c(self):
        """One more word on a line that is there: the two say the same by now."""
        strange = "Ngõ 71 Hoàng Cầu có cái lủng liểng không sáng, bà con phường Đống Đa đề nghị thay."
        pair = {"id": 1, "a": {"text": LAMP.replace("không sáng, ", "")},
                "b": {"text": strange.replace("không sáng, ", "")}}
        with tempfile.TemporaryDirectory() as folder:
            registers = pathlib.Path(folder) / "registers"
            shutil.copytree(ROOT / "schemas" / "registers", registers)
            before, = run("match", "--pairs", "-", "--registers", str(registers), lines=[pair])
            lexicon = registers / "text" / "lexicon.tsv"
            lines = lexicon.read_text(encoding="utf-8").splitlines()
            row = next(i for i, line in enumerate(lines) if line.startswith("object\tđèn đường\t"))
            lines[row] += " | lủng liểng"
            lexicon.write_text("\n".join(lines) + "\n", encoding="utf-8")
            after, = run("match", "--pairs", "-", "--registers", str(registers), lines=[pair])
        self.assertEqual((before["verdict"], after["verdict"]), ("possible", "same"), (before, after))

    def test_words_of_every_day_say_no_field(self):
        """Syllables that name a thing alone ("điều", "hạn", "tượng") name none in other words."""
        texts = ["Đề nghị tạo điều kiện cho các đối tượng.", "Xin gia hạn, đúng thời hạn.",
                 "Chỉ tiêu, mục tiêu, nguyên tắc chung của tỉnh.", "Hiện tượng này đã có nhiều năm."]
        for said in run("classify", "-", lines=[{"id": i, "text": t} for i, t in enumerate(texts)]):
            self.assertEqual(said["field"], [], texts[said["id"]])

    def test_a_fault_in_a_register_names_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            registers = pathlib.Path(folder) / "registers"
            shutil.copytree(ROOT / "schemas" / "registers", registers)
            with open(registers / "text" / "lexicon.tsv", "a", encoding="utf-8") as lexicon:
                lexicon.write("object\tđèn lồng\tno.such.matter:4\tlủng liểng\n")
            done = subprocess.run([TOOL, "classify", "-", "--registers", registers], input="",
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 65)
            self.assertRegex(done.stderr, r"lexicon\.tsv:\d+")


if __name__ == "__main__":
    unittest.main()
