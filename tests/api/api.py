#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What librsim.so exports is what the public headers declare and explain.

api.py INCLUDE_DIR LIBRARY [README CONSUMER_DIR]
"""
import os
import re
import subprocess
import sys

DECLARATION = re.compile(r"^RSIM_API\b[^();{]*?\b(\w+)\s*\(", re.M)


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group(0)),
                  text, flags=re.S)


def declared(include):
    """Name of every public function, with the file and line it stands in."""
    found = {}
    for name in sorted(os.listdir(os.path.join(include, "rsim"))):
        path = os.path.join(include, "rsim", name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for m in DECLARATION.finditer(strip_comments(text)):
            line = text.count("\n", 0, m.start())
            found[m.group(1)] = (path, line, text.split("\n"))
    return found


def documented(lines, line):
    """Is there a comment between this line and the last empty one above?"""
    for text in reversed(lines[:line]):
        if not text.strip():
            return False
        if "*/" in text:
            return True
    return False


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], check=True,
                         capture_output=True, text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in out.splitlines()}
    # What sanitizers add is not ours.
    return {n for n in names if not re.match(r"_?_(odr_)?[amtu]b?san|"
                                             r"_init$|_fini$|__sancov", n)}


def blocks(readme, language):
    with open(readme, encoding="utf-8") as f:
        return re.findall(rf"^```{language}\n(.*?)^```", f.read(),
                          re.M | re.S)


def same_as_readme(readme, directory):
    """The consumer project is the one that the README shows."""
    for name, language in (("mine.c", "c"), ("meson.build", "meson")):
        with open(os.path.join(directory, name), encoding="utf-8") as f:
            text = re.sub(r"^.*SPDX-License-Identifier.*\n", "", f.read())
        if text not in blocks(readme, language):
            yield f"{readme}: no ```{language} block is tests/api/consumer/" \
                  f"{name}"


def main():
    complaints = []
    functions = declared(sys.argv[1])
    for name, (path, line, lines) in functions.items():
        if not documented(lines, line):
            complaints.append(f"{path}:{line + 1}: no comment says what "
                              f"{name}() does")
    if len(functions) < 50:
        complaints.append(f"only {len(functions)} declarations were found")
    if ".so" in os.path.basename(sys.argv[2]):
        symbols = exported(sys.argv[2])
        for name in sorted(set(functions) - symbols):
            complaints.append(f"{name}() is declared but not exported")
        for name in sorted(symbols - set(functions)):
            complaints.append(f"{name} is exported but not declared")
    if len(sys.argv) > 3:
        complaints += same_as_readme(sys.argv[3], sys.argv[4])
    for c in complaints:
        print(c)
    print(f"{len(functions)} functions, {len(complaints)} complaints")
    return 1 if complaints else 0


sys.exit(main())
