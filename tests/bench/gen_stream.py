#!/usr/bin/python3
"""Petitions by the thousand: gen_stream.py FOLDER N [SEED] writes N lines {"id","text","received"}.

Takes the texts of a corpus FOLDER and exchanges what they name: wards, districts and provinces for
others of the registers, streets for made names, numbers of alleys, houses and groups for others.
What is wrong there stays, in the same words. So a stream is full of look-alikes of every text.
"""
import json
import pathlib
import random
import re
import sys
import unicodedata

HOME = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME / 'tests/reading'))
from corpus import ask, load  # noqa: E402

REGISTERS = HOME / 'schemas/registers'
# Common parts of names of streets, put together at random.
FIRST = 'Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Tô Mai Đoàn Lương'.split()
MIDDLE = 'Văn Đức Hữu Công Quang Thị Xuân Đình Minh Ngọc Thế Bá Huy Khắc Trọng Duy Tiến Nhật'.split()
LAST = ('An Bình Cường Dũng Hải Hòa Hùng Khánh Lâm Linh Long Nam Nghĩa Phong Phúc Quân Sơn Tâm Thái '
        'Thắng Thành Thọ Tuấn Việt Vinh Hạnh Lộc Tín Hiền Khoa Kiên Mạnh Nhân Phú Quý Thiện').split()
AREAS = {'ward', 'district', 'province'}
NUMBERS = {'alley', 'house', 'group', 'km', 'route', 'bus_line'}


def fold(text):
    text = unicodedata.normalize('NFD', text.replace('đ', 'd').replace('Đ', 'D'))
    return ''.join(c for c in text if not unicodedata.combining(c))


def rows(path):
    with path.open(encoding='utf-8') as lines:
        lines = [line.rstrip('\n').split('\t') for line in lines if line.strip() and line[0] != '#']
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def texts_of(folder):
    """Texts by id, and the names that the labels hold for each."""
    texts, labels = {}, {}

    def label(area):
        found = set()
        for kind in ('ward', 'district'):
            found |= {(kind, name.strip()) for name in (area.get(kind) or '').split(',') if name.strip()}
        for run in re.split(r'[^\w ]', area.get('place') or ''):
            words = run.split()
            while words and not words[0][0].isupper():
                words.pop(0)
            if len(words) > 1 and all(word[0].isupper() for word in words):
                found.add(('other', ' '.join(words)))
        return found

    for petition in load(folder / 'petitions.jsonl'):
        texts[petition['id']] = petition['text']
        labels[petition['id']] = label(petition['area'])
    for group in load(folder / 'groups.jsonl'):
        for member in group['members']:
            if not re.search(r'\+(tcvn3|vni)', member.get('transform') or ''):
                texts[member['id']] = unicodedata.normalize('NFC', member['text'])
                labels[member['id']] = label(group['area'])
    return texts, labels


def number(name, chance):
    return re.sub(r'\d+', lambda m: str(chance.randint(1, 9 * 10 ** (len(m[0]) - 1) + 99)), name)


def exchange(text, places, names, chance):
    other, known = {}, {}
    for kind, name in places:
        if fold(name) in known: # one name, one other name, marked or not
            other[kind, name] = known[fold(name)]
            continue
        if re.search(r'\d', name):
            other[kind, name] = number(name, chance)
        elif kind in AREAS:
            other[kind, name] = chance.choice(names[kind])
        else:
            parts = [chance.choice(FIRST), chance.choice(MIDDLE), chance.choice(LAST)]
            other[kind, name] = ' '.join(parts[:1] + parts[2:] if chance.random() < 0.5 else parts)
        known[fold(name)] = other[kind, name]
    for (kind, name), new in sorted(other.items(), key=lambda item: -len(item[0][1])):
        for old in {name, fold(name)}:
            to = new if old == name and fold(name) != name else (new if name in text and fold(text) != text else fold(new))
            text = re.sub(r'(?<!\w)%s(?!\w)' % re.escape(old), to, text)
    return text


def places_of(texts):
    """(type, name) of every place that is found in each text."""
    answers = ask(HOME / 'build/release/bin/kiennghi', ['classify'],
                  [{'id': i, 'text': t} for i, t in texts.items()])
    return {a['id']: [(p['type'], p['name']) for p in a['places']] for a in answers}


def names_of_areas():
    names = {kind: [] for kind in AREAS}
    kinds = {'phường': 'ward', 'xã': 'ward', 'thị trấn': 'ward', 'ward': 'ward', 'commune': 'ward',
             'township': 'ward', 'province': 'province', 'municipality': 'province'}
    for file in ('areas.tsv', 'text/units.tsv'):
        for row in rows(REGISTERS / file):
            if row['type'] != 'street':
                names[kinds.get(row['type'], 'district')].append(row['name'])
    return names


def main():
    folder, n = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    texts, labels = texts_of(folder)
    places = places_of(texts)
    for ident, read in places.items():
        seen = {fold(name) for _, name in read}
        read += [x for x in sorted(labels[ident]) if fold(x[1]) not in seen]
    names = names_of_areas()
    ids = sorted(texts)
    for i in range(n):
        source = chance.choice(ids)
        text = exchange(texts[source], places[source], names, chance)
        print(json.dumps({'id': f'S{i}', 'text': text}, ensure_ascii=False))


if __name__ == '__main__':
    main()
