#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rules about the text of rsim that a reviewer should not have to check.

tidy.py ROOT        says what is wrong in the tree; exit code 1 if anything is
tidy.py --self-test feeds every rule something bad, and something good

A rule is a function from the tree, a dict of path to text, to complaints
(path, line, what). All of them are in RULES.
"""
import os
import re
import sys

MAX_FILE = 500
MAX_EXAMPLE = 60
MAX_FUNCTION = 70
MAX_COLUMNS = 80

C_ROOTS = ("lib/", "tools/", "include/", "tests/", "examples/", "bench/")
SKIPPED_DIRS = ("tests/data", ".git")

# Layers that see no private header but these, as a user's own would; what
# feeds the rules with events is no rule.
PUBLIC_ONLY = {"proto": ("proto/table.h",), "check": ("check/",)}
NO_RULES = ("lib/check/check.c", "lib/check/facts.c")

WORDS = re.compile(
    r"\b(TODO|FIXME|XXX|HACK)\b|/home/|/work/")

# Where a user may ask for a bound in seconds, and where a task that spins is
# stopped.
CLOCK_READERS = ("lib/explore/explore.c", "lib/explore/overrun.c")

UNSTEADY = re.compile(
    r"\b(float|double)\b|"
    r"\b(time|clock|clock_gettime|gettimeofday|rand|srand|random)\s*\(")


def is_c(path):
    return path.startswith(C_ROOTS) and path.endswith((".c", ".h"))


def is_meson(path):
    return os.path.basename(path) in ("meson.build", "meson_options.txt")


def is_script(path, text):
    return path.endswith((".py", ".sh")) or text.startswith("#!")


def blank(match):
    """Spaces for what matched, so that line numbers stay."""
    return re.sub(r"[^\n]", " ", match.group(0))


def without_comments(text, strings=True):
    """C without comments; without what is in strings, too, unless kept."""
    def keep(match):
        s = match.group(0)
        if s.startswith("/"):
            return blank(match)
        return s if strings else '"' + " " * (len(s) - 2) + '"'

    return re.sub(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|//[^\n]*', keep, text,
                  flags=re.S)


def line_of(text, pos):
    return text.count("\n", 0, pos) + 1


def lib_sources(tree):
    """Names in lib/meson.build, and beginnings of names that it completes."""
    text = re.sub(r"#.*", "", tree.get("lib/meson.build", ""))
    whole = re.findall(r"'([a-z0-9_/]+\.c)'", text)
    begun = re.findall(r"'([a-z0-9_/]+)'\s*\+", text)
    return whole, begun


def layers(tree):
    """The directories of lib/, lowest first."""
    order = []
    for name in lib_sources(tree)[0]:
        top = name.split("/")[0]
        if top not in order:
            order.append(top)
    return order


def rule_includes(tree):
    """a file includes its own layer and lower ones only"""
    order = layers(tree)
    for path, text in tree.items():
        if not path.startswith("lib/") or not is_c(path):
            continue
        own = path.split("/")[1]
        if own not in order:
            yield path, 1, f"lib/{own} has no place in lib/meson.build"
            continue
        for m in re.finditer(r'^#include "([^"]+)"', text, re.M):
            name, line = m.group(1), line_of(text, m.start())
            top = name.split("/")[0]
            if "lib/" + name not in tree:
                yield path, line, f'"{name}" is no header below lib/'
            elif own in PUBLIC_ONLY and path not in NO_RULES and \
                    not name.startswith(PUBLIC_ONLY[own]):
                yield path, line, f'lib/{own} may not include "{name}"'
            elif top not in order or order.index(top) > order.index(own):
                yield path, line, f'"{name}" is of a higher layer'


def rule_listed(tree):
    """every source of lib/ is in lib/meson.build"""
    whole, begun = lib_sources(tree)
    for path in tree:
        if not path.startswith("lib/") or not path.endswith(".c"):
            continue
        name = path[len("lib/"):]
        if name not in whole and not name.startswith(tuple(begun) or "?"):
            yield path, 1, "is not in lib/meson.build"


def rule_order(tree):
    """the sources of a layer stand together in lib/meson.build"""
    seen = []
    for name in lib_sources(tree)[0]:
        top = name.split("/")[0]
        if top in seen[:-1]:
            yield "lib/meson.build", 1, f"{name}: layer {top} came before"
        elif top not in seen:
            seen.append(top)


def rule_file_length(tree):
    """files are short"""
    for path, text in tree.items():
        n = text.count("\n")
        most = MAX_EXAMPLE if path.startswith("examples/") else MAX_FILE
        if is_c(path) and n > most:
            yield path, most + 1, f"{n} lines, at most {most}"


def rule_function_length(tree):
    """functions are short: from the opening brace to the closing one"""
    for path, text in tree.items():
        if not is_c(path):
            continue
        start = 0
        for i, line in enumerate(text.split("\n"), 1):
            if line == "{":
                start = i
            elif line == "}" and start:
                if i - start + 1 > MAX_FUNCTION:
                    yield path, start, (f"a function of {i - start + 1} "
                                        f"lines, at most {MAX_FUNCTION}")
                start = 0


def rule_columns(tree):
    """lines fit into 80 columns"""
    for path, text in tree.items():
        if not is_c(path) and not is_meson(path):
            continue
        for i, line in enumerate(text.split("\n"), 1):
            n = len(line.expandtabs(8))
            if n > MAX_COLUMNS:
                yield path, i, f"{n} columns, at most {MAX_COLUMNS}"


def rule_white_space(tree):
    """no white space at the end of a line, one newline at that of a file"""
    for path, text in tree.items():
        for i, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                yield path, i, "white space at the end of the line"
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield path, line_of(text, len(text)), \
                "a file ends in one newline"


def rule_spdx(tree):
    """code says its licence"""
    for path, text in tree.items():
        if not is_c(path) and not is_script(path, text):
            continue
        if "SPDX-License-Identifier: MIT" not in \
                "\n".join(text.split("\n")[:2]):
            yield path, 1, "no SPDX line"


def rule_words(tree):
    """nothing is left to do, nothing points out of the project"""
    for path, text in tree.items():
        if path.startswith("tests/tidy/"):
            continue	# the words are written here
        for m in WORDS.finditer(text):
            yield path, line_of(text, m.start()), \
                f"'{m.group(0)}' does not belong here"


def rule_steady(tree):
    """lib/ computes the same on every host, at any time"""
    for path, text in tree.items():
        if not path.startswith("lib/") or not is_c(path):
            continue
        code = without_comments(text, strings=False)
        for m in UNSTEADY.finditer(code):
            if path in CLOCK_READERS and "time" in m.group(0):
                continue
            yield path, line_of(code, m.start()), \
                f"'{m.group(0)}' is not the same everywhere"
        code = without_comments(text)
        for m in re.finditer(r"%[-0-9]*p(?![a-z])", code):
            yield path, line_of(code, m.start()), "%p prints an address"


def rule_public_names(tree):
    """what is public is called rsim_"""
    for path, text in tree.items():
        if not path.startswith("include/rsim/"):
            continue
        code = re.sub(r"^#(\\\n|.)*", blank, without_comments(text),
                      flags=re.M)
        for m in re.finditer(r"\bRSIM_API\b([^();{]*?)(\w+)\s*\(", code):
            if not m.group(2).startswith("rsim_"):
                yield path, line_of(code, m.start()), \
                    f"{m.group(2)}() does not begin with rsim_"
        for m in re.finditer(r"^[a-z][\w \t\n*]*?\b(\w+)\(", code, re.M):
            if not m.group(0).startswith(("typedef", "static")):
                yield path, line_of(code, m.start()), \
                    f"{m.group(1)}() has no RSIM_API"


def rule_typedefs(tree):
    """a struct is called struct"""
    for path, text in tree.items():
        if not is_c(path):
            continue
        code = without_comments(text)
        for m in re.finditer(r"\btypedef\s+(struct|union|enum)\b[^;{]*",
                             code):
            if "(*" not in m.group(0):
                yield path, line_of(code, m.start()), \
                    f"a typedef of a {m.group(1)}"


RULES = (rule_includes, rule_listed, rule_order, rule_file_length,
         rule_function_length, rule_columns, rule_white_space, rule_spdx,
         rule_words, rule_steady, rule_public_names, rule_typedefs)


def read_tree(root):
    tree = {}
    for where, dirs, files in os.walk(root):
        rel = os.path.relpath(where, root)
        rel = "" if rel == "." else rel + "/"
        dirs[:] = sorted(d for d in dirs if rel + d not in SKIPPED_DIRS and
                         d not in ("__pycache__", "subprojects") and
                         not os.path.exists(os.path.join(where, d,
                                                         "build.ninja")) and
                         not (rel == "" and d.startswith("build")))
        for name in sorted(files):
            with open(os.path.join(where, name), "rb") as f:
                data = f.read()
            if b"\0" not in data:
                tree[rel + name] = data.decode("utf-8", "replace")
    return tree


def main(root):
    tree = read_tree(root)
    if "lib/meson.build" not in tree:
        sys.exit(f"{root} is not the source of rsim")
    bad = 0
    for rule in RULES:
        for path, line, what in rule(tree):
            print(f"{path}:{line}: {what}")
            bad += 1
    print(f"{len(tree)} files, {len(RULES)} rules, {bad} complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        import selftest
        sys.exit(selftest.main())
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
