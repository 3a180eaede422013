"""usage: report.py [--seed N] [--rounds N] [--clean N] [--show N] [--rules] [--json] [--peers] [--floor FILE] -- COMMAND...

Measures redactors on the corpus (corpus.py). COMMAND masks standard input and takes `--findings`, as `wardgate redact` does; --peers
measures secrethider, detect-secrets and gitleaks in the same run (`peers` installs them). See docs/redaction.md for what the figures mean.
"""

import argparse
import collections
import json
import pathlib
import sys

import corpus
import redactors

# Between two cases: lines of a kind that no one masks, so that one case's context is not another's.
BORDER = b"\n\n2026-01-01T00:00:00Z INFO worker finished batch\n2026-01-01T00:00:00Z INFO worker waiting for batch\n\n"
# At most so many bytes of a secret may stay readable, and only at its two ends.
ENDS = 3


def judge(spans, ranges, offset):
    """(strict, partial): whether nothing of the secrets is left but `ENDS` bytes at the ends; whether half of each is masked."""
    strict = partial = True
    for start, end in spans:
        cut = redactors.covered(ranges, offset + start, offset + end)
        length, hidden = end - start, sum(b - a for a, b in cut)
        whole = len(cut) == 1 and length - hidden <= min(ENDS, length // 4)
        strict &= hidden == length or whole
        partial &= 2 * hidden >= length
    return strict, partial


def measure(find, cases, clean, show):
    text, offsets = bytearray(), []
    for case in cases:
        text += BORDER
        offsets.append(len(text))
        text += case.data
    text += BORDER
    ranges = find(bytes(text))
    total, caught, half = collections.Counter(), collections.Counter(), collections.Counter()
    rules, by_kind = Rules(), collections.defaultdict(collections.Counter)
    missed, examples, extra = collections.Counter(), collections.defaultdict(list), 0
    for case, offset in zip(cases, offsets):
        strict, partial = judge(case.spans, ranges, offset)
        total[case.group] += 1
        total[case.group, case.kind] += 1
        caught[case.group] += strict
        half[case.group] += partial
        end = offset + len(case.data)
        hidden = redactors.covered(ranges, offset, end)
        inside = sum(b - a for s, e in case.spans for a, b in redactors.covered(ranges, offset + s, offset + e))
        extra += sum(b - a for a, b in hidden) - inside
        named = {rule for s, e in case.spans for rule in rules.of(ranges, offset + s, offset + e)}
        if strict:
            rules.caught.update(named)
            by_kind[case.group, case.kind].update(named)
        else:
            rules.part.update(named)
            missed[case.group, case.kind] += 1
            if len(examples[case.group, case.kind]) < show:
                examples[case.group, case.kind].append(marked(case.data, [(a - offset, b - offset) for a, b in hidden]))
    # A text that was missed counts against the rules that know its kind from other texts; where there are none, nothing knows it.
    for kind, number in missed.items():
        for rule in by_kind[kind] or [UNKNOWN]:
            rules.missed[rule] += number
    lines, alarms, seen = [line for _, line in clean], [], collections.Counter()
    ranges = find(b"\n".join(lines) + b"\n")
    at = 0
    for group, line in clean:
        hidden = redactors.covered(ranges, at, at + len(line))
        if hidden:
            rules.alarms.update(rules.of(ranges, at, at + len(line)))
            seen[group] += 1
            alarms.append(f"{group}: {marked(line, [(a - at, b - at) for a, b in hidden])}")
        at += len(line) + 1
    groups = [key for key in total if isinstance(key, str)]
    count = sum(total[group] for group in groups)
    return {
        "groups": {group: {"cases": total[group], "recall": caught[group] / total[group], "half": half[group] / total[group]} for group in groups},
        "cases": count,
        "kinds": len(total) - len(groups),
        "recall": sum(caught[group] for group in groups) / count,
        "half": sum(half[group] for group in groups) / count,
        "beyond_secrets": extra / max(1, sum(len(case.data) for case in cases)),
        "clean_lines": len(clean),
        "alarms": len(alarms),
        "alarms_per_10000": 10_000 * len(alarms) / len(clean),
        "alarms_by_source": dict(seen),
        "missed": [[group, kind, number, total[group, kind], examples[group, kind]] for (group, kind), number in sorted(missed.items(), key=lambda one: (-one[1] / total[one[0]], one[0]))],
        "false_alarms": alarms,
        "rules": rules.figures(),
    }


UNKNOWN = "(no rule knows the kind)"


class Rules:
    """How often each rule was right and wrong, where the redactor names its rules."""

    def __init__(self):
        self.caught, self.part, self.missed, self.alarms = (collections.Counter() for _ in range(4))

    @staticmethod
    def of(ranges, start, end):
        return ranges.touching(start, end) if isinstance(ranges, redactors.Ranges) else set()

    def figures(self):
        names = set(self.caught) | set(self.part) | set(self.missed) | set(self.alarms)
        counts = {name: [self.caught[name], self.part[name], self.missed[name], self.alarms[name]] for name in names}
        return dict(sorted(counts.items(), key=lambda one: (-one[1][3], -one[1][2] - one[1][1], -one[1][0], one[0])))


def rule_table(rules, faultless):
    """Rules that missed or alarmed; all of them when `faultless`."""
    yield "| rule | texts found | found in part | missed of its kinds | false alarms |"
    yield "|---|---:|---:|---:|---:|"
    shown = {name: counts for name, counts in rules.items() if faultless or any(counts[1:])}
    for name, counts in shown.items():
        yield f"| {name} | " + " | ".join(map(str, counts)) + " |"
    yield f"| {len(rules) - len(shown)} rules without a fault | {sum(counts[0] for name, counts in rules.items() if name not in shown)} | 0 | 0 | 0 |"


def marked(data, ranges):
    """The text with what was masked between ⟦ and ⟧."""
    out, at = [], 0
    for start, end in ranges:
        out += [data[at:start], "⟦".encode(), data[start:end], "⟧".encode()]
        at = end
    text = b"".join([*out, data[at:]]).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def table(figures):
    names = list(figures)
    groups = list(next(iter(figures.values()))["groups"])
    yield "| | " + " | ".join(names) + " |"
    yield "|---|" + "---:|" * len(names)
    for group in groups:
        yield f"| {group}, {figures[names[0]]['groups'][group]['cases']} cases | " + " | ".join(f"{100 * figures[name]['groups'][group]['recall']:.1f} %" for name in names) + " |"
    first = figures[names[0]]
    yield f"| **recall**, {first['cases']} cases of {first['kinds']} kinds | " + " | ".join(f"**{100 * figures[name]['recall']:.1f} %**" for name in names) + " |"
    yield "| half of the secret or more | " + " | ".join(f"{100 * figures[name]['half']:.1f} %" for name in names) + " |"
    yield f"| **false alarms** per 10,000 of {first['clean_lines']} clean lines | " + " | ".join(f"**{figures[name]['alarms_per_10000']:.1f}**" for name in names) + " |"
    yield "| masked beyond the secrets, of all bytes | " + " | ".join(f"{100 * figures[name]['beyond_secrets']:.1f} %" for name in names) + " |"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5, help="texts of each kind")
    parser.add_argument("--clean", type=int, default=30_000, help="clean lines")
    parser.add_argument("--show", type=int, default=0, help="texts to show of each missed kind, and false alarms")
    parser.add_argument("--rules", action="store_true", help="the table of rules with those that made no mistake, too")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--floor", type=pathlib.Path, help="a file with the least recall and the most alarms: fail below")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    cases, clean = list(corpus.cases(arguments.seed, arguments.rounds)), list(corpus.clean(arguments.seed, arguments.clean))
    found = {"wardgate": redactors.ours(arguments.command)}
    if arguments.peers:
        found |= {"secrethider": redactors.secrethider, "gitleaks": redactors.gitleaks, "detect-secrets": redactors.detect_secrets}
    figures = {name: measure(find, cases, clean, arguments.show) for name, find in found.items()}
    own = figures["wardgate"]
    if arguments.json:
        json.dump(figures, sys.stdout, ensure_ascii=False, indent=1)
    else:
        print("\n".join(table(figures)))
        print()
        print("\n".join(rule_table(own["rules"], arguments.rules)))
        print()
        for group, kind, number, of, examples in own["missed"]:
            print(f"missed {number} of {of}: {group}/{kind}")
            for example in examples:
                print(f"      {example}")
        for alarm in own["false_alarms"][: 20 * arguments.show]:
            print(f"alarm {alarm}")
    if arguments.floor:
        floor = json.loads(arguments.floor.read_text())
        low = [f"recall of {group} is {100 * own['groups'][group]['recall']:.2f} %, the floor is {100 * least:.2f} %" for group, least in floor["recall"].items() if own["groups"][group]["recall"] < least]
        if own["alarms_per_10000"] > floor["alarms_per_10000"]:
            low.append(f"{own['alarms_per_10000']:.2f} false alarms per 10,000 clean lines, {floor['alarms_per_10000']} are allowed")
        if low:
            sys.exit("\n".join(low))


if __name__ == "__main__":
    main()
