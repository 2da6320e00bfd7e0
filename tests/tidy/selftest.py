# SPDX-License-Identifier: MIT
"""Every rule of tidy.py must fire on what it forbids, and only on that."""
import tidy

SPDX = "/* SPDX-License-Identifier: MIT */\n"
MESON = """sources = files(
  'base/text.c',
  'hw/atc.c',
  'proto/none.c',
  'sim/world.c',
)
sources += files('hw/fiber_' + fiber + '.c')
"""
# A small tree that breaks no rule.
GOOD = {
    "lib/meson.build": MESON,
    "lib/base/text.h": SPDX,
    "lib/base/text.c": SPDX + '#include "base/text.h"\n',
    "lib/hw/atc.h": SPDX + '#include "base/text.h"\n#include <rsim/dev.h>\n',
    "lib/hw/atc.c": SPDX + '#include "hw/atc.h"\n'
                    "/* its time (double that of a float) */\n"
                    'static const char s[] = "at a time (ms) %u%%";\n',
    "lib/hw/fiber_asm.c": SPDX,
    "lib/proto/table.h": SPDX,
    "lib/proto/none.c": SPDX + '#include "proto/table.h"\n'
                        "#include <rsim/proto.h>\n",
    "lib/sim/world.h": SPDX + '#include "hw/atc.h"\n',
    "lib/sim/world.c": SPDX + '#include "sim/world.h"\n',
    "include/rsim/dev.h": SPDX +
        "#define RSIM_API __attribute__((visibility(\"default\")))\n"
        "typedef struct rsim *(*rsim_find)(struct rsim_dev *dev);\n"
        "typedef uint64_t rsim_ns;\n"
        "RSIM_API enum rsim_type\nrsim_dev_type(const struct rsim_dev *d);\n"
        "RSIM_API int rsim_put(int (*write)(void *ctx), void *ctx);\n",
    "examples/01_first.c": SPDX + "\n" * 58 + "x\n",
    "scripts/run": "#!/bin/sh\n# SPDX-License-Identifier: MIT\n",
    "docs/a.md": "A hackathon, to do: xxxl, at work/now.\n",
}

# Rule; the file that is added or replaced, its text; how many complaints.
BAD = (
    ("includes", "lib/hw/atc.c", SPDX + '#include "sim/world.h"\n', 1),
    ("includes", "lib/hw/atc.c", SPDX + '#include "atc.h"\n', 1),
    ("includes", "lib/proto/none.c", SPDX + '#include "hw/atc.h"\n', 1),
    ("includes", "lib/new/x.c", SPDX, 1),
    ("listed", "lib/hw/forgotten.c", SPDX, 1),
    ("order", "lib/meson.build", MESON + "files('base/late.c')\n", 1),
    ("file_length", "lib/hw/atc.h", SPDX + "int x;\n" * 500, 1),
    ("file_length", "tests/unit/x.c", SPDX + "int x;\n" * 500, 1),
    ("file_length", "examples/02_long.c", SPDX + "int x;\n" * 60, 1),
    ("function_length", "tools/x.c",
     SPDX + "int f(void)\n{\n" + "\tx();\n" * 69 + "}\n", 1),
    ("function_length", "tools/x.c",
     SPDX + "int f(void)\n{\n" + "\tx();\n" * 68 + "}\n", 0),
    ("columns", "lib/hw/atc.c", SPDX + "\t" * 9 + "123456789\n", 1),
    ("columns", "tests/meson.build", "x" * 81 + "\n" + "x" * 80 + "\n", 1),
    ("white_space", "docs/a.md", "end \nof\t\n", 2),
    ("white_space", "docs/a.md", "no newline", 1),
    ("white_space", "docs/a.md", "an empty line\n\n", 1),
    ("spdx", "tools/x.c", "int x;\n", 1),
    ("spdx", "scripts/run", "#!/bin/sh\necho\n", 1),
    ("words", "docs/a.md", "TODO, FIXME, XXX and HACK\n", 4),
    ("words", "docs/a.md", "see /work/here or /home/there\n", 2),
    ("steady", "lib/hw/atc.c", SPDX + "float a; double b;\n", 2),
    ("steady", "lib/hw/atc.c", SPDX + "a = time(NULL) + rand();\n", 2),
    ("steady", "lib/hw/atc.c", SPDX + "clock_gettime(c, &ts);\n", 1),
    ("steady", "lib/hw/atc.c", SPDX + 'printf("at %p, %-8p", a, b);\n', 2),
    ("public_names", "include/rsim/dev.h", SPDX +
     "RSIM_API int dev_put(int (*write)(void *ctx), void *ctx);\n", 1),
    ("public_names", "include/rsim/dev.h", SPDX +
     "struct rsim *\nrsim_hidden(void);\n", 1),
    ("typedefs", "lib/hw/atc.h", SPDX + "typedef struct atc atc_t;\n", 1),
    ("typedefs", "lib/hw/atc.h", SPDX +
     "typedef enum {\n\tA,\n} kind;\n", 1),
)


def main():
    wrong = 0
    fired = set()
    for rule in tidy.RULES:
        for path, line, what in rule(GOOD):
            print(f"{rule.__name__} in the good tree: {path}:{line}: {what}")
            wrong += 1
    for name, path, text, expected in BAD:
        found = list(getattr(tidy, "rule_" + name)({**GOOD, path: text}))
        fired.add("rule_" + name)
        if len(found) != expected or any(f[0] != path for f in found):
            print(f"rule_{name}: expected {expected} in {path} of "
                  f"{text[-60:]!r}, not {found}")
            wrong += 1
    for rule in tidy.RULES:
        if rule.__name__ not in fired:
            print(f"{rule.__name__} is not tried")
            wrong += 1
    print(f"{len(BAD)} trees, {wrong} wrong")
    return 1 if wrong else 0
