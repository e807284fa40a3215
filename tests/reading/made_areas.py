#!/usr/bin/python3
"""made_areas.py - wards and districts found in sentences made of the register's own names.

    made_areas.py [TOOL] [-v]

Names of text/units.tsv, and names put together that no register has, stand in sentences of the kinds
that petitions use: with and without type words, abbreviated, in lists, in brackets, without marks.
Thousands of addresses that nothing was tuned on: what is measured is the grammar, not a text. Prints
precision and recall for each kind of names; -v the kinds of sentence that fail most.
"""
import collections
import random
import sys
import unicodedata
from pathlib import Path

from corpus import ask

ROOT = Path(__file__).resolve().parents[2]
COUNT = 3000

MATTERS = [
    "đề nghị sớm sửa chữa đường liên xã đã xuống cấp", "phản ánh nước sinh hoạt yếu, hay mất",
    "kiến nghị nạo vét mương thoát nước vì mưa là ngập", "mong lắp thêm đèn chiếu sáng",
    "đề nghị xử lý bãi rác tự phát gây mùi hôi", "phản ánh xe tải chạy nhanh gây bụi",
    "kiến nghị cấp giấy chứng nhận quyền sử dụng đất cho 35 hộ"]
SYLLABLES = ("An Bình Châu Đông Giang Hòa Khánh Lâm Mỹ Nam Phú Quang Sơn Tân Thanh Thịnh Vĩnh Xuân "
             "Yên Đức Hưng Long Minh Ngọc Thạnh Trung Hải Hà Đại Cẩm").split()
SHORT = {"phường": "P.", "xã": "X.", "thị trấn": "TT.", "quận": "Q.", "huyện": "H.",
         "thị xã": "TX.", "thành phố": "TP."}
# sentence, wards it names, whether it names the district, whether the ward stands without its word
KINDS = [
    ("Cử tri {wt} {a}, {dt} {d} {m}.", "a", True, False),
    ("Cử tri {wt} {a} {m}.", "a", False, False),
    ("Người dân {wt} {a} ({d}) {m}.", "a", True, False),
    ("Bà con tổ {n} {wt} {a}, {d} {m}.", "a", True, False),
    ("Ở {ws}{a}, {ds}{d}, người dân {m}.", "a", True, False),
    ("Cử tri {dt} {d} {m}.", "", True, False),
    ("Cử tri {a} {m}.", "a", False, True),
    ("Dân {a} và {b} {m}.", "ab", False, True),
    ("Đường Nguyễn Văn Linh ({ws}{a}, {ds}{d}) hư hỏng nặng, {m}.", "a", True, False),
    ("Đoạn qua {wt} {a} dài {n} km xuống cấp, người dân {m}.", "a", False, False),
    ("Cử tri các {wt} {a}, {b} và {c} {m}.", "abc", False, False),
    ("Tại ngõ {n} đường Lê Lợi, {wt} {a}, {m}.", "a", False, False),
    ("Hẻm {n}/5 Trần Phú, {ws} {a}, {ds} {d} ngập, {m}.", "a", True, False),
    ("Nhà tôi ở số {n} Trần Hưng Đạo, {wt} {a}; {m}.", "a", False, False),
    ("Cử tri huyện nhà {m}.", "", False, False)]


def plain(text):
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in text if not unicodedata.combining(c))


def fold(text):
    return " ".join(plain(text).lower().replace("-", " ").replace("'", "").split())


def read_names():
    wards, districts = [], []
    for line in (ROOT / "schemas/registers/text/units.tsv").read_text("utf-8").splitlines():
        level, name, *_ = line.split("\t") if not line.startswith("#") else ["", ""]
        if level in ("ward", "district"):
            (wards if level == "ward" else districts).append(name)
    both = set(wards) & set(districts)  # which of the two a bare name is, no sentence here tells
    return [w for w in wards if w not in both], [d for d in districts if d not in both]


def make(dice, wards, districts, known, marks):
    sentence, named, with_district, bare = dice.choice([k for k in KINDS if known or not k[3]])
    ward, district = dice.choice(["phường", "xã", "thị trấn"]), dice.choice(["huyện", "thị xã"])
    names = {key: dice.choice(wards) if known else " ".join(dice.sample(SYLLABLES, 2))
             for key in "abc"}
    names["d"] = dice.choice(districts)
    text = sentence.format(**names, wt=ward, ws=SHORT[ward], dt=district, ds=SHORT[district],
                           m=dice.choice(MATTERS), n=dice.choice([3, 5, 7, 12, 24]))
    return {"text": text if marks else plain(text), "kind": sentence,
            "ward": {fold(names[key]) for key in named},
            "district": {fold(names["d"])} if with_district else set()}


def found(answer, level):
    value = answer["area"][level]
    return {fold(name) for name in ([value] if isinstance(value, str) else value or [])}


def measure(tool, title, cases, verbose):
    answers = ask(tool, ["classify"], [{"id": i, "text": c["text"]} for i, c in enumerate(cases)])
    for level in ("ward", "district"):
        right = said = wanted = 0
        failed = collections.Counter()
        for case, answer in zip(cases, answers, strict=True):
            given = found(answer, level)
            right += len(given & case[level])
            said += len(given)
            wanted += len(case[level])
            failed[case["kind"]] += given != case[level]
        print(f"{title:22}{level:10} precision {right / max(said, 1):.3f}  "
              f"recall {right / max(wanted, 1):.3f}")
        for kind, n in failed.most_common(3) if verbose else []:
            print(f"    {n:4} {kind}")


def main():
    arguments = [a for a in sys.argv[1:] if a != "-v"]
    tool = arguments[0] if arguments else str(ROOT / "build/release/bin/kiennghi")
    wards, districts = read_names()
    for title, known, marks in (("names of the register", True, True),
                                ("the same, no marks", True, False),
                                ("names unknown", False, True)):
        dice = random.Random(title)
        cases = [make(dice, wards, districts, known, marks) for _ in range(COUNT)]
        measure(tool, title, cases, "-v" in sys.argv)


if __name__ == "__main__":
    main()
