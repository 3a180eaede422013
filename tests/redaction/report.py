"""usage: report.py [--seed N] [--size N] [--show N] -- COMMAND...   COMMAND masks standard input to standard output.

Plants a corpus (corpus.py), masks each case by itself between rare border lines, and says which secrets were left: strictly, one
readable byte in a row of four of a secret counts as a miss.
"""

import argparse
import collections
import json
import subprocess
import sys

import corpus

BORDER = "=+=+= case {} =+=+="


def masked(command, cases):
    # Blank lines keep one case's context from another's.
    text = "".join(f"\n\n\n{BORDER.format(at)}\n\n\n{case.text}\n" for at, case in enumerate(cases)) + f"\n\n\n{BORDER.format(len(cases))}\n"
    done = subprocess.run(command, input=text.encode("utf-8", "surrogateescape"), stdout=subprocess.PIPE, check=True)
    out, found = done.stdout.decode("utf-8", "replace"), []
    at = out.index(BORDER.format(0))
    for number in range(len(cases)):
        begin = out.index("\n", out.index(BORDER.format(number), at)) + 1
        at = out.index(BORDER.format(number + 1), begin)
        found.append(out[begin:at].strip("\n"))
    return found


def left(secret, shown):
    """Whether four bytes in a row of the secret can still be read."""
    return any(secret[i : i + 4] in shown for i in range(max(1, len(secret) - 3)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--show", type=int, default=0, help="misses and false alarms to show of each kind")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    cases = list(corpus.cases(arguments.seed, arguments.size))
    total, missed, examples = collections.Counter(), collections.Counter(), collections.defaultdict(list)
    kinds, kind_missed = collections.Counter(), collections.Counter()
    for case, shown in zip(cases, masked(arguments.command, cases)):
        # A masked text says the rule: that is no part of a secret.
        bare = __import__("re").sub(r"\[redacted:[^\]]*\]", "\x00", shown)
        total[case.group] += 1
        if case.group == "clean":
            bad = bare != case.text
        else:
            bad = any(left(secret, bare) for secret in case.secrets)
        kinds[case.group, case.kind] += 1
        if bad:
            missed[case.group] += 1
            kind_missed[case.group, case.kind] += 1
            if len(examples[case.group, case.kind]) < arguments.show:
                examples[case.group, case.kind].append((case.text, shown))
    figures = {group: {"cases": total[group], "missed" if group != "clean" else "alarms": missed[group]} for group in total}
    positives = sum(count for group, count in total.items() if group != "clean")
    recall = 1 - sum(count for group, count in missed.items() if group != "clean") / positives
    alarms = missed["clean"] / total["clean"] * 10_000
    if arguments.json:
        json.dump({"groups": figures, "recall": recall, "alarms_per_10000": alarms}, sys.stdout)
        return
    for group in total:
        word = "alarms" if group == "clean" else "missed"
        print(f"{group:12} {total[group]:6} cases  {missed[group]:5} {word}  {100 * missed[group] / total[group]:6.2f} %")
    print(f"recall {100 * recall:.2f} %, {alarms:.1f} alarms per 10,000 clean lines")
    for (group, kind), count in sorted(kind_missed.items(), key=lambda pair: -pair[1] / kinds[pair[0]]):
        print(f"  {group}/{kind}: {count} of {kinds[group, kind]}")
        for text, shown in examples[group, kind]:
            print(f"      text  {text!r}\n      shown {shown!r}")


if __name__ == "__main__":
    main()
