#!/usr/bin/python3
"""Is the partner among the five in a crowd? stream.py TOOL FOLDER STREAM

STREAM: a file of tests/bench/gen_stream.py. For every pair of duplicates of FOLDER/groups.jsonl the
first stands somewhere in the crowd and the second is asked at the end; each group's members stand
in the crowd but the one asked.
"""
import pathlib
import random
import sys

from corpus import ask, load, received


def main():
    tool, folder, crowd = sys.argv[1], pathlib.Path(sys.argv[2]), load(pathlib.Path(sys.argv[3]))
    chance = random.Random(3)
    hits = asked = 0
    lost = []
    rounds = max(len(g['members']) for g in load(folder / 'groups.jsonl'))
    for turn in range(1, rounds): # the partner is member 0, the asked one member TURN
        first, last = [], []
        for group in load(folder / 'groups.jsonl'):
            if turn < len(group['members']):
                for member, where in ((group['members'][0], first), (group['members'][turn], last)):
                    where.append({'id': group['group'] + '/' + member['id'],
                                  'text': member['text'], **received(member.get('year'))})
        lines = crowd + first
        chance.shuffle(lines)
        for line, answer in zip(last, ask(tool, ['match'], lines + last)[len(lines):]):
            group = line['id'].split('/')[0]
            found = any(str(m['id']).startswith(group + '/') for m in answer['of'])
            asked += 1
            hits += found
            if not found:
                lost.append((line['id'], answer['of'][:2]))
    print(f'among {len(crowd)}: partner among the five {hits}/{asked} = {100 * hits / asked:.1f} %')
    for ident, of in lost:
        print('  lost', ident, [(m['id'], round(m['score'], 2), m['why'][:60]) for m in of])


main()
