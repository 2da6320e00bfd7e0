/* SPDX-License-Identifier: MIT */
/* rsim explore, rsim replay: every schedule, or one. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct options {
	struct rsim_explore_config config;
	const struct rsim_scene *scene;
	bool list;
};

enum { OPT_PROTO = 256, OPT_FAULTS, OPT_PREEMPTIONS, OPT_LIST, OPT_RERUN };

static const struct argp_option options[] = {
	{ "proto", OPT_PROTO, "NAME", 0,
	  "the protocol (default: on-success)", 0 },
	{ "max-faults", OPT_FAULTS, "N", 0, "at most N faults in a run", 0 },
	{ "max-preemptions", OPT_PREEMPTIONS, "N", 0,
	  "at most N preemptions in a run", 0 },
	{ "list", OPT_LIST, NULL, 0, "list the scenes", 0 },
	{ "reexecute", OPT_RERUN, NULL, 0,
	  "run each schedule from its beginning", 0 },
	{ 0 }
};

static unsigned number(const char *arg, struct argp_state *state)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (*end || end == arg || !n || n > 65535)
		argp_error(state, "'%s' is no number from 1 to 65535", arg);
	return (unsigned)n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_PROTO:
		o->config.proto = tool_proto(arg, state);
		return 0;
	case OPT_FAULTS:
		o->config.max_faults = number(arg, state);
		return 0;
	case OPT_PREEMPTIONS:
		o->config.max_preemptions = number(arg, state);
		return 0;
	case OPT_LIST:
		o->list = true;
		return 0;
	case OPT_RERUN:
		o->config.reexecute = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->scene)
			argp_usage(state);
		o->scene = rsim_scene_find(arg);
		if (!o->scene)
			argp_error(state, "there is no scene '%s'; --list", arg);
		return 0;
	case ARGP_KEY_END:
		if (!o->scene && !o->list)
			argp_error(state, "which SCENE? --list shows them");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int print(const struct rsim_exploration *x, double seconds)
{
	static const char *const words[] = { "never", "found", "bound" };
	static const int codes[] = { 0, 1, 3 };

	if (x->story)
		printf("%s\n%sreplay: %s\n", x->story, x->report, x->replay);
	if (x->bound)
		printf("bound: %s\n", x->bound);
	printf("verdict=%s executions=%llu states=%llu steps=%llu faults=%u"
	       " preemptions=%u seconds=%.3f\n", words[x->verdict],
	       (unsigned long long)x->executions,
	       (unsigned long long)x->states, (unsigned long long)x->steps,
	       x->faults, x->preemptions, seconds);
	return codes[x->verdict];
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int verb_explore(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, "SCENE",
		"Runs every schedule of SCENE's tasks and every placement of"
		" its faults. Prints the shortest story in which a rule breaks,"
		" and a replay string. Exit 0: never, 1: found, 2: usage, 3: a"
		" bound was hit first.", NULL, NULL, NULL
	};
	struct options o = { 0 };
	struct rsim_exploration x;
	double start = now();
	unsigned i;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	for (i = 0; o.list && rsim_scene_at(i); i++)
		printf("%-18s %s\n", rsim_scene_at(i)->name,
		       rsim_scene_at(i)->what);
	if (o.list)
		return EXIT_OK;
	ret = rsim_explore(o.scene, &o.config, &x);
	if (ret) {
		fprintf(stderr, "rsim: errno %d from exploring\n", -ret);
		return EXIT_USAGE;
	}
	ret = print(&x, now() - start);
	rsim_exploration_fini(&x);
	return ret;
}

int verb_replay(int argc, char **argv)
{
	struct rsim_exploration x;
	int ret;

	if (argc != 2 || argv[1][0] == '-') {
		fprintf(argc == 2 ? stdout : stderr,
			"Usage: rsim replay STRING\nRuns the schedule that"
			" `rsim explore` printed.\n");
		return argc == 2 ? EXIT_OK : EXIT_USAGE;
	}
	ret = rsim_replay(argv[1], &x);
	if (ret) {
		fprintf(stderr, "rsim: %s\n", x.story ? x.story : "no memory");
		rsim_exploration_fini(&x);
		return EXIT_USAGE;
	}
	printf("%s\n%s", x.story, x.report);
	ret = x.verdict == RSIM_EXPLORED_FOUND ? EXIT_FOUND : EXIT_OK;
	rsim_exploration_fini(&x);
	return ret;
}
