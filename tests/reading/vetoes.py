#!/usr/bin/python3
"""Is another alley, house, group, ward or street ever called the same? vetoes.py TOOL FOLDER [-v]

In every text of FOLDER one named place is exchanged for another of its kind, nothing else; the
result is compared with the text itself and with the other texts of its group. `same` is wrong.
"""
import pathlib
import random
import re
import sys
import unicodedata

HOME = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME / 'tests/bench'))
import gen_stream as stream  # noqa: E402
from corpus import ask, load  # noqa: E402

KINDS = ('ward', 'street', 'alley', 'house', 'group', 'village', 'route', 'estate', 'school', 'market')


def main():
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    chance = random.Random(5)
    texts, groups = {}, {}
    for petition in load(folder / 'petitions.jsonl'):
        texts[petition['id']] = petition['text']
    for group in load(folder / 'groups.jsonl'):
        known = [m for m in group['members'] if '+' not in (m.get('transform') or '')]
        for member in known:
            texts[member['id']] = unicodedata.normalize('NFC', member['text'])
            groups[member['id']] = [m['id'] for m in known if m['id'] != member['id']]
    names = stream.names_of_areas()
    rows = []
    for ident, places in stream.places_of(texts).items():
        for kind, name in sorted(set(places)):
            if kind not in KINDS:
                continue
            other = stream.exchange(texts[ident], [(kind, name)], names, chance)
            if other == texts[ident] or stream.fold(other) == stream.fold(texts[ident]):
                continue
            for partner in [ident] + groups.get(ident, []):
                if re.search(rf'(?<!\w){re.escape(stream.fold(name).lower())}(?!\w)', stream.fold(texts[partner]).lower()):
                    rows.append((kind, ident, partner, texts[partner], other))
    asked = [{'id': i, 'a': {'text': a}, 'b': {'text': b}} for i, (*_, a, b) in enumerate(rows)]
    told = ask(tool, ['match', '--pairs'], asked)
    for kind in KINDS:
        some = [(row, answer) for row, answer in zip(rows, told) if row[0] == kind]
        count = {v: sum(a['verdict'] == v for _, a in some) for v in ('same', 'possible', 'different')}
        print(f'{kind:8} {len(some):4} pairs: {count}')
        for row, answer in some:
            if answer['verdict'] == 'same' and '-v' in sys.argv:
                print('   ', row[1:3], answer['why'], '\n      ', row[3], '\n      ', row[4])


main()
