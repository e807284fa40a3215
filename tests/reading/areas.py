#!/usr/bin/python3
"""Measures ward and district names against a corpus folder: areas.py FOLDER [TOOL].

Expected is what the label holds and the text names (folded). A name that is found and not in the
label counts against precision, and is listed: the label holds the petition's area, a text may name
more.
"""
import re
import sys
import unicodedata
from pathlib import Path

from corpus import ask, load, received

TYPE = re.compile(r'^(phuong|xa|thi tran|tt|quan|huyen|thi xa|tx|thanh pho|tp)\s+')


def fold(s):
    s = unicodedata.normalize('NFD', s.lower().replace('đ', 'd'))
    return ' '.join(''.join(c for c in s if not unicodedata.combining(c)).split())


def bare(s):
    return TYPE.sub('', fold(s))


def names(value):
    if value is None:
        return []
    if isinstance(value, list):
        return [bare(x) for x in value]
    return [bare(x) for x in value.split(',')]


def main():
    folder = Path(sys.argv[1])
    tool = sys.argv[2] if len(sys.argv) > 2 else str(
        Path(__file__).resolve().parents[2] / 'build/release/bin/kiennghi')
    rows = []
    for d in load(folder / 'petitions.jsonl'):
        rows.append((d['id'], d['text'], d['area'], d.get('year')))
    groups = folder / 'groups.jsonl'
    if groups.exists() and '--petitions' not in sys.argv:
        for g in load(groups):
            for m in g['members']:
                if m['origin'] != 'real':
                    rows.append((m['id'], m['text'], g['area'], m.get('year')))
    answers = ask(tool, ['classify'],
                  [{'id': i, 'text': t, **received(y)} for i, t, _, y in rows])
    for kind in ('ward', 'district'):
        hit = miss = extra = 0
        for (ident, text, area, _), answer in zip(rows, answers):
            words = re.sub(r'[^a-z0-9]+', ' ', fold(text))
            found = names(answer['area'][kind])
            gold = names(area[kind])
            want = [x for x in gold if re.search(r'\b%s\b' % re.escape(x), words)]
            hit += sum(x in found for x in want)
            wrong = [x for x in found if x not in gold]
            lost = [x for x in want if x not in found]
            miss += len(lost)
            extra += len(wrong)
            if wrong or lost:
                print(f'  {kind} {ident} lost={lost} extra={wrong} gold={gold} | {text[:150]}')
        print(f'{kind}: precision {hit / max(1, hit + extra):.3f} recall {hit / max(1, hit + miss):.3f}'
              f' (hit {hit} lost {miss} extra {extra})')


main()
