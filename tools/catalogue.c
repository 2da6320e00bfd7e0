/* SPDX-License-Identifier: MIT */
/* rsim catalogue: the table bug x protocol, or one story. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

struct options {
	const char *id;
	const struct rsim_proto *proto;
	bool diagram;
};

enum { OPT_PROTO = 256, OPT_DIAGRAM };

static const struct argp_option options[] = {
	{ "proto", OPT_PROTO, "NAME", 0, "only this protocol", 0 },
	{ "diagram", OPT_DIAGRAM, NULL, 0,
	  "print the protocols' state machines instead (Mermaid)", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_PROTO:
		o->proto = tool_proto(arg, state);
		return 0;
	case OPT_DIAGRAM:
		o->diagram = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->id)
			argp_usage(state);
		o->id = arg;
		if (!rsim_bug_find(arg))
			argp_error(state, "there is no bug '%s'", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int cell(const struct rsim_bug *bug, const struct rsim_proto *proto,
		bool story)
{
	struct rsim_bug_result r;

	if (rsim_bug_run(bug, proto, &r))
		return -1;
	if (story) {
		printf("%s, %s (%s) with %s: ", bug->id, bug->title,
		       bug->source, proto->name);
		printf("%s\n", r.verdict == RSIM_VERDICT_BUG ? r.rule
			       : r.verdict == RSIM_VERDICT_OK ? "ok" : r.why);
		if (r.trace)
			printf("%s%s", r.trace, r.report);
		putchar('\n');
	} else {
		printf("\t%s%s", r.verdict == RSIM_VERDICT_BUG ? "BUG "
				 : r.verdict == RSIM_VERDICT_OK ? "ok" : "n/a",
		       r.rule);
	}
	free(r.trace);
	free(r.report);
	return 0;
}

static int diagrams(const struct rsim_proto *only)
{
	const struct rsim_proto *proto;
	unsigned p;

	for (p = 0; (proto = rsim_proto_at(p)); p++) {
		char *s;

		if (only && only != proto)
			continue;
		s = rsim_proto_diagram(proto);
		if (!s) {
			fprintf(stderr, "rsim: no memory\n");
			return EXIT_USAGE;
		}
		printf("%%%% %s: %s\n%s", proto->name, proto->what, s);
		free(s);
	}
	return EXIT_OK;
}

int verb_catalogue(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, "[BUG]",
		"Runs the bugs that upstream found on every protocol and prints"
		" which rule breaks where (TSV: ok, BUG and the rule, or n/a);"
		" with BUG, tells that story.", NULL, NULL, NULL
	};
	struct options o = { 0 };
	const struct rsim_bug *bug;
	unsigned i, p;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.diagram)
		return diagrams(o.proto);
	if (!o.id) {
		printf("#bug");
		for (p = 0; rsim_proto_at(p); p++)
			if (!o.proto || o.proto == rsim_proto_at(p))
				printf("\t%s", rsim_proto_at(p)->name);
		printf("\ttitle\n");
	}
	for (i = 0; (bug = rsim_bug_at(i)); i++) {
		if (o.id && strcmp(o.id, bug->id))
			continue;
		if (!o.id)
			printf("%s", bug->id);
		for (p = 0; rsim_proto_at(p); p++)
			if ((!o.proto || o.proto == rsim_proto_at(p)) &&
			    cell(bug, rsim_proto_at(p), o.id)) {
				fprintf(stderr, "rsim: no memory\n");
				return EXIT_USAGE;
			}
		if (!o.id)
			printf("\t%s\n", bug->title);
	}
	return EXIT_OK;
}
