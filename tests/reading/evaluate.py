#!/usr/bin/python3
"""Measures the reading of petitions against a corpus folder: evaluate.py TOOL FOLDER

FOLDER holds petitions.jsonl, groups.jsonl and hard_negatives.jsonl: petitions with field and area,
groups of texts that are one petition, pairs that look alike and are not. Nothing is fitted here.
"""
import itertools
import json
import pathlib
import subprocess
import sys


def load(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def ask(tool, command, rows):
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    done = subprocess.run([tool, *command, "-"], input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def share(part, whole):
    return f"{part} of {whole}" + (f" ({100 * part / whole:.1f} %)" if whole else "")


def transforms(*members):
    words = ",".join(m.get("transform") or "" for m in members)
    return {w for w in words.replace("+", ",").split(",") if w}


def pairs(tool, folder):
    same = [(a, b) for g in load(folder / "groups.jsonl")
            for a, b in itertools.combinations(g["members"], 2)]
    apart = [(h["a"], h["b"]) for h in load(folder / "hard_negatives.jsonl")]
    rows = [{"id": i, "a": {"text": a["text"]}, "b": {"text": b["text"]}}
            for i, (a, b) in enumerate(same + apart)]
    told = ask(tool, ["match", "--pairs"], rows)
    hits, misses = told[:len(same)], told[len(same):]
    wins = sum((x["score"] > y["score"]) + (x["score"] == y["score"]) / 2 for x in hits for y in misses)
    linked = sum(x["verdict"] == "same" for x in told)
    wrong = sum(x["verdict"] == "same" for x in misses)
    print(f"pairs          {len(hits)} duplicates, {len(misses)} look-alikes")
    print(f"  AUC          {wins / len(hits) / len(misses):.3f}")
    print(f"  same         {share(linked - wrong, len(hits))} of duplicates; wrong {share(wrong, linked)}")
    print("  found        " + share(sum(x["verdict"] != "different" for x in hits), len(hits)))
    print("  look-alikes  " + share(sum(x["verdict"] == "possible" for x in misses), len(misses)) + " possible")
    kinds = {"real": [i for i, (a, b) in enumerate(same) if a["origin"] == b["origin"] == "real"]}
    for word in ("nodiac", "nfd", "tcvn3", "vni", "formal", "spoken", "reworded"):
        kinds[word] = [i for i, p in enumerate(same) if word in transforms(*p)]
    for word, which in kinds.items():
        if which:
            print(f"  {word:<12} " + share(sum(hits[i]["verdict"] != "different" for i in which), len(which)) + " found")


def fields(tool, folder):
    rows = load(folder / "petitions.jsonl")
    told = ask(tool, ["classify", "--taxonomy", "corpus"],
               [{"id": r["id"], "text": r["text"], "received": f"{r.get('year') or 2025}-09-01"} for r in rows])
    guesses = [[f["code"] for f in x["field"]] for x in told]
    print("field          first " + share(sum(g[:1] == [r["field"]] for g, r in zip(guesses, rows)), len(rows)) +
          "; first two " + share(sum(r["field"] in g[:2] for g, r in zip(guesses, rows)), len(rows)))


def stream(tool, folder):
    groups = load(folder / "groups.jsonl")
    rows = [{"id": m["id"] + "@" + g["group"], "text": m["text"]} for g in groups for m in g["members"]]
    rows = [{"id": r["id"], "text": r["text"]} for r in load(folder / "petitions.jsonl")] + rows
    late = [r["id"] for g in groups for r in [{"id": m["id"] + "@" + g["group"]} for m in g["members"][1:]]]
    told = {x["id"]: x for x in ask(tool, ["match"], rows)}
    found = sum(any(o["id"].endswith("@" + i.split("@")[1]) for o in told[i]["of"]) for i in map(str, late))
    print(f"stream         partner among the five: {share(found, len(late))}, {len(rows)} texts")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    pairs(tool, folder)
    fields(tool, folder)
    stream(tool, folder)
