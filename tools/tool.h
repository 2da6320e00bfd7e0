/* SPDX-License-Identifier: MIT */
/* What the verbs of the rsim command share. */
#ifndef RSIM_TOOLS_TOOL_H
#define RSIM_TOOLS_TOOL_H

#include <rsim/rsim.h>

#include <argp.h>

/* Exit codes. */
enum { EXIT_OK = 0, EXIT_FOUND = 1, EXIT_USAGE = 2 };

struct verb {
	const char *name;
	const char *what;	/* one line of `rsim --help` */
	int (*run)(int argc, char **argv);
};

int verb_machine(int argc, char **argv);
int verb_reset(int argc, char **argv);
int verb_conform(int argc, char **argv);
int verb_catalogue(int argc, char **argv);
int verb_explore(int argc, char **argv);
int verb_replay(int argc, char **argv);

/* Words of options; argp_error() for unknown ones. */
enum rsim_kernel tool_kernel(const char *word, struct argp_state *state);
enum rsim_iommu tool_iommu(const char *word, struct argp_state *state);
const struct rsim_proto *tool_proto(const char *word,
				    struct argp_state *state);

/* The whole file; NULL and a message when it cannot be read. free() it. */
char *tool_read(const char *path, size_t *len);

#endif
