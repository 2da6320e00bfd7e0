/* SPDX-License-Identifier: MIT */
/* The rsim command: finds the verb and hands over. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct verb verbs[] = {
	{ "machine", "what Linux makes of the machine in a dump",
	  verb_machine },
	{ "reset", "reset one function of it and print the story",
	  verb_reset },
	{ "conform", "run a conformance script on the IOMMU core",
	  verb_conform },
	{ "catalogue", "upstream's bugs, and which protocol has them",
	  verb_catalogue },
	{ "explore", "every schedule and every fault of a scene",
	  verb_explore },
	{ "replay", "one schedule that explore printed", verb_replay },
};

static void help(FILE *to)
{
	unsigned i;

	fprintf(to, "Usage: rsim VERB [ARGUMENT]...\n"
		    "Simulates PCI function resets behind an IOMMU.\n\n");
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].what);
	fprintf(to, "\n`rsim VERB --help` tells more. Exit: 0 ok, 1 a check or"
		    " reset failed,\n2 bad usage or input.\n");
}

static int run(int argc, char **argv)
{
	unsigned i;

	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?")) {
		help(stdout);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("rsim %s\n", rsim_version());
		return EXIT_OK;
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name)) {
			static char name[32] = "rsim ";

			strcat(name, verbs[i].name);
			argv[1] = name;
			return verbs[i].run(argc - 1, argv + 1);
		}
	fprintf(stderr, "rsim: there is no verb '%s'\n\n", argv[1]);
	help(stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	int ret;

	argp_err_exit_status = EXIT_USAGE;
	ret = run(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "rsim: writing: %s\n", strerror(errno));
		return EXIT_USAGE;
	}
	return ret;
}

enum rsim_kernel tool_kernel(const char *word, struct argp_state *state)
{
	if (!strcmp(word, "7.3"))
		return RSIM_KERNEL_7_3;
	if (!strcmp(word, "7.0"))
		return RSIM_KERNEL_7_0;
	if (strcmp(word, "6.12"))
		argp_error(state, "--kernel is 6.12, 7.0 or 7.3, not '%s'",
			   word);
	return RSIM_KERNEL_6_12;
}

enum rsim_iommu tool_iommu(const char *word, struct argp_state *state)
{
	if (!strcmp(word, "vtd"))
		return RSIM_IOMMU_VTD;
	if (!strcmp(word, "smmuv3"))
		return RSIM_IOMMU_SMMUV3;
	if (!strcmp(word, "amd"))
		return RSIM_IOMMU_AMD;
	if (strcmp(word, "none"))
		argp_error(state,
			   "--iommu is vtd, smmuv3, amd or none, not '%s'",
			   word);
	return RSIM_IOMMU_NONE;
}

const struct rsim_proto *tool_proto(const char *word,
				    struct argp_state *state)
{
	const struct rsim_proto *p = rsim_proto_find(word);
	char names[128] = "";
	unsigned i;

	if (p)
		return p;
	for (i = 0; rsim_proto_at(i); i++) {
		strcat(names, " ");
		strcat(names, rsim_proto_at(i)->name);
	}
	argp_error(state, "--proto is one of%s, not '%s'", names, word);
	return NULL;
}

char *tool_read(const char *path, size_t *len)
{
	size_t cap = 65536, n;
	char *buf = NULL, *p;
	FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;

	*len = 0;
	if (!f) {
		fprintf(stderr, "rsim: %s: %s\n", path, strerror(errno));
		return NULL;
	}
	do {
		p = realloc(buf, cap);
		if (!p) {
			fprintf(stderr, "rsim: %s: no memory\n", path);
			goto fail;
		}
		buf = p;
		n = fread(buf + *len, 1, cap - *len, f);
		*len += n;
		if (*len == cap)
			cap *= 2;
	} while (n);
	if (ferror(f)) {
		fprintf(stderr, "rsim: %s: %s\n", path, strerror(errno));
		goto fail;
	}
	if (f != stdin)
		fclose(f);
	return buf;
fail:
	free(buf);
	if (f != stdin)
		fclose(f);
	return NULL;
}
