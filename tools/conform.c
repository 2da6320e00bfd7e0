/* SPDX-License-Identifier: MIT */
/* rsim conform: the transcript of a script. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>

struct options {
	const char *file;
	const struct rsim_proto *proto;
};

enum { OPT_PROTO = 256 };

static const struct argp_option options[] = {
	{ "proto", OPT_PROTO, "NAME", 0,
	  "the protocol (default: on-success)", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_PROTO:
		o->proto = tool_proto(arg, state);
		return 0;
	case ARGP_KEY_ARG:
		if (o->file)
			argp_usage(state);
		o->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->file)
			argp_error(state, "which FILE?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int print(void *ctx, const char *s, size_t n)
{
	return fwrite(s, 1, n, ctx) == n ? 0 : -EIO;
}

int verb_conform(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, "FILE",
		"Runs the script lines of FILE (those that do not begin with"
		" two spaces) on the IOMMU core and prints the transcript.",
		NULL, NULL, NULL
	};
	struct options o = { .proto = rsim_proto_find("on-success") };
	struct rsim *w;
	size_t len;
	char *text;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	text = tool_read(o.file, &len);
	if (!text)
		return EXIT_USAGE;
	w = rsim_new(NULL);
	ret = w ? rsim_conform(w, text, len, o.file, o.proto, print, stdout)
		: -ENOMEM;
	if (ret) {
		fflush(stdout);
		fprintf(stderr, "rsim: %s\n",
			w && *rsim_error(w) ? rsim_error(w) : "writing failed");
	}
	rsim_free(w);
	free(text);
	return ret ? EXIT_USAGE : EXIT_OK;
}
