#!/usr/bin/python3
"""Recomputes every figure of docs/reading.md from a corpus folder: evaluate.py TOOL FOLDER [--errors [all]].

FOLDER holds petitions.jsonl, groups.jsonl and hard_negatives.jsonl. Duplicates are all pairs inside
a group; look-alikes are the rows of hard_negatives. TOOL is the program `kiennghi`, asked as an
operator asks it. What a threshold would earn on texts it was not chosen on is told by folds over groups: the
score that separates best on four fifths is used on the last fifth (the look-alikes of a group stay
with it), so that a group never measures what was chosen on it.
"""
import argparse
import collections
import itertools
import pathlib
import random
import subprocess
import sys

from corpus import ask, load, received

HOME = pathlib.Path(__file__).resolve().parents[2]
FOLDS = 5


def side(member):
    return {'text': member['text'], 'channel': member.get('channel'), **received(member.get('year'))}


def auc(positives, negatives):
    """The chance that a duplicate scores above a look-alike; ties count half."""
    wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    return wins / max(1, len(positives) * len(negatives))


def share(part, whole):
    return f'{part}/{whole} = {100 * part / whole:.1f} %' if whole else 'none'


def pairs_of(groups, looks):
    rows = []
    for group in groups:
        for a, b in itertools.combinations(group['members'], 2):
            marks = set()
            for member in (a, b):
                transform = member.get('transform') or ''
                marks |= {m for m in ('nfd', 'tcvn3', 'vni') if '+' + m in transform}
                marks |= {m for m in ('nodiac', 'reply_restates') if m in transform}
            rows.append({'duplicate': True, 'group': group['group'], 'kind': group['kind'],
                         'marks': sorted(marks) or ['plain'], 'a': a, 'b': b})
    of_text = {m['id']: g['group'] for g in groups for m in g['members']}
    for look in looks:
        group = of_text.get(look['a']['id']) or of_text.get(look['b']['id']) or look['id']
        rows.append({'duplicate': False, 'group': group, 'kind': look['type'], 'a': look['a'],
                     'b': look['b']})
    return rows


def pairs(tool, folder, errors):
    rows = pairs_of(load(folder / 'groups.jsonl'), load(folder / 'hard_negatives.jsonl'))
    asked = [{'id': str(i), 'a': side(r['a']), 'b': side(r['b'])} for i, r in enumerate(rows)]
    turned = [{'id': q['id'], 'a': q['b'], 'b': q['a']} for q in asked]
    for row, answer, back in zip(rows, ask(tool, ['match', '--pairs'], asked),
                                 ask(tool, ['match', '--pairs'], turned)):
        if answer != back:
            print(f'NOT SYMMETRIC: {answer} {back}')
        row.update(score=answer['score'], verdict=answer['verdict'], why=answer['why'],
                   relation=answer.get('relation'))
    true = [r for r in rows if r['duplicate']]
    false = [r for r in rows if not r['duplicate']]
    same = [r for r in rows if r['verdict'] == 'same']
    wrong = [r for r in same if not r['duplicate']]
    found = [r for r in true if r['verdict'] != 'different']
    real = [r for r in true if r['kind'] == 'real']
    print(f'pairs: {len(true)} duplicates, {len(false)} look-alikes')
    print(f'  AUC                                  {auc([r["score"] for r in true], [r["score"] for r in false]):.3f}')
    print(f'  same: wrong among what it links      {share(len(wrong), len(same))}')
    print(f'  duplicates: same                     {share(sum(r["verdict"] == "same" for r in true), len(true))}')
    print(f'  duplicates: same or possible         {share(len(found), len(true))}')
    print(f'  real groups: same or possible        {share(sum(r["verdict"] != "different" for r in real), len(real))}')
    print(f'  look-alikes: possible                {share(sum(r["verdict"] == "possible" for r in false), len(false))}')
    again = [r for r in false if r['kind'] == 'recurrence']
    print(f'  recurrences told as such             {share(sum(r["relation"] == "recurrence" for r in again), len(again))}')
    for mark in sorted({m for r in true for m in r['marks']}):
        some = [r for r in true if mark in r['marks']]
        print(f'    {mark:15} same or possible       {share(sum(r["verdict"] != "different" for r in some), len(some))}'
              f', same {share(sum(r["verdict"] == "same" for r in some), len(some))}')
    for kind in sorted({r['kind'] for r in false}):
        some = [r for r in false if r['kind'] == kind]
        print(f'    {kind:15} {dict(collections.Counter(r["verdict"] for r in some))}')
    folded(rows)
    if errors:
        for row in sorted(rows, key=lambda r: -r['score']):
            bad = row['verdict'] == 'different' if row['duplicate'] else row['verdict'] != 'different'
            if bad or (row['duplicate'] and errors == 'all' and row['verdict'] == 'possible'):
                print(f'{"DUP " if row["duplicate"] else "LOOK"} {row["group"]} {row["kind"]} {row["verdict"]} '
                      f'{row["score"]:.3f} {row["why"]}\n    {row["a"]["id"]} {row["a"]["text"]}\n    {row["b"]["id"]} {row["b"]["text"]}')


def folded(rows):
    """How a threshold chosen on other groups does: F1 over five folds by group."""
    groups = sorted({r['group'] for r in rows})
    random.Random(1).shuffle(groups)
    fold_of = {g: i % FOLDS for i, g in enumerate(groups)}
    hit = extra = missed = 0
    for fold in range(FOLDS):
        train = [r for r in rows if fold_of[r['group']] != fold]
        best = max(sorted({r['score'] for r in train}), key=lambda t: f1(
            sum(r['duplicate'] and r['score'] >= t for r in train),
            sum(not r['duplicate'] and r['score'] >= t for r in train),
            sum(r['duplicate'] and r['score'] < t for r in train)), default=0)
        for row in rows:
            if fold_of[row['group']] == fold:
                says = row['score'] >= best
                hit += says and row['duplicate']
                extra += says and not row['duplicate']
                missed += not says and row['duplicate']
    print(f'  F1 at a threshold from other groups  {f1(hit, extra, missed):.3f}')


def f1(hit, extra, missed):
    return 2 * hit / max(1, 2 * hit + extra + missed)


def fields(tool, folder, errors):
    rows = [(p['id'], p['text'], p['field'], p.get('year')) for p in load(folder / 'petitions.jsonl')]
    seen = {i for i, *_ in rows}
    members = [(m['id'], m['text'], g['field'], m.get('year')) for g in load(folder / 'groups.jsonl')
               for m in g['members'] if m['id'] not in seen]
    for name, some in (('petitions', rows), ('members of groups', members)):
        answers = ask(tool, ['classify', '--taxonomy', 'corpus'], [
            {'id': i, 'text': t, **received(y)} for i, t, _, y in some])
        first = second = 0
        for (ident, text, gold, _), answer in zip(some, answers):
            codes = [g['code'] for g in answer['field']]
            first += codes[:1] == [gold]
            second += gold in codes[:2]
            if errors and gold not in codes[:1]:
                print(f'FIELD {ident} {gold} {[(g["code"], round(g["score"], 2)) for g in answer["field"][:3]]} {text}')
        print(f'field, {name}: first guess {share(first, len(some))}, first two {share(second, len(some))}')


def stream(tool, folder):
    """Is the partner among the five when all texts of the folder lie in one file?"""
    groups = load(folder / 'groups.jsonl')
    rows, group_of = {}, {}
    for petition in load(folder / 'petitions.jsonl'):
        rows[petition['id']] = side(petition)
    for group in groups:
        for member in group['members']:
            rows.setdefault(member['id'], side(member))
            group_of[member['id']] = group['group']
    for look in load(folder / 'hard_negatives.jsonl'):
        for which in 'ab':
            rows.setdefault(look[which]['id'], side(look[which]))
    order = sorted(rows)
    random.Random(2).shuffle(order)
    answers = ask(tool, ['match'], [{'id': i, **rows[i]} for i in order])
    earlier, hit, of = collections.Counter(), 0, 0
    for ident, answer in zip(order, answers):
        group = group_of.get(ident)
        if group and earlier[group]:
            of += 1
            hit += any(group_of.get(m['id']) == group for m in answer['of'])
        if group:
            earlier[group] += 1
    print(f'one file of {len(order)} texts: a partner among the five {share(hit, of)}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('tool')
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--errors', nargs='?', const='wrong', help='list them; "all": also duplicates only possible')
    options = parser.parse_args()
    pairs(options.tool, options.folder, options.errors)
    fields(options.tool, options.folder, options.errors)
    stream(options.tool, options.folder)
    areas = [HOME / 'tests/reading/areas.py', options.folder, options.tool]
    told = subprocess.run([sys.executable, *map(str, areas)], capture_output=True, text=True).stdout
    print('\n'.join(line for line in told.splitlines() if options.errors or not line.startswith(' ')))


main()
