/* SPDX-License-Identifier: MIT */
/* rsim explore, rsim replay: every schedule, or one. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct options {
	struct rsim_explore_config config;
	const struct rsim_scene *scene;
	const struct rsim_proto *against;
	struct rsim_machine_scene machine;
	struct rsim_scene on_machine;
	enum rsim_iommu iommu;
	bool list, table;
};

enum {
	OPT_PROTO = 256, OPT_FAULTS, OPT_PREEMPTIONS, OPT_LIST, OPT_RERUN,
	OPT_STRATEGY, OPT_SEED, OPT_RULE, OPT_TABLE, OPT_AGAINST, OPT_STATES,
	OPT_SECONDS, OPT_IOMMU, OPT_JOBS, OPT_AS_FOUND,
};

static const struct argp_option options[] = {
	{ "proto", OPT_PROTO, "NAME", 0,
	  "the protocol (default: on-success)", 0 },
	{ "max-faults", OPT_FAULTS, "N", 0, "at most N faults in a run", 0 },
	{ "max-preemptions", OPT_PREEMPTIONS, "N", 0,
	  "at most N preemptions in a run", 0 },
	{ "max-states", OPT_STATES, "N", 0, "at most N states", 0 },
	{ "max-seconds", OPT_SECONDS, "N", 0, "at most N seconds", 0 },
	{ "jobs", OPT_JOBS, "N", 0, "threads (default: 1)", 0 },
	{ "strategy", OPT_STRATEGY, "NAME", 0,
	  "exhaustive (default), random or pct", 0 },
	{ "seed", OPT_SEED, "N", 0, "of the random strategies", 0 },
	{ "rule", OPT_RULE, "NAME", 0, "judge by this rule only", 0 },
	{ "as-found", OPT_AS_FOUND, NULL, 0,
	  "tell the first story that is found, not the shortest", 0 },
	{ "against", OPT_AGAINST, "PROTO", 0,
	  "run the story on that protocol too", 0 },
	{ "table", OPT_TABLE, NULL, 0,
	  "every scene on every protocol, by every rule (TSV)", 0 },
	{ "iommu", OPT_IOMMU, "KIND", 0,
	  "of the machine in DUMP: vtd (default), smmuv3 or amd", 0 },
	{ "list", OPT_LIST, NULL, 0, "list the scenes", 0 },
	{ "reexecute", OPT_RERUN, NULL, 0,
	  "run each schedule from its beginning", 0 },
	{ 0 }
};

static enum rsim_strategy strategy(const char *arg, struct argp_state *state)
{
	if (!strcmp(arg, "random"))
		return RSIM_STRATEGY_RANDOM;
	if (!strcmp(arg, "pct"))
		return RSIM_STRATEGY_PCT;
	if (strcmp(arg, "exhaustive"))
		argp_error(state, "--strategy is exhaustive, random or pct");
	return RSIM_STRATEGY_EXHAUSTIVE;
}

static unsigned number(const char *arg, struct argp_state *state)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (*end || end == arg || !n || n > 1000000000)
		argp_error(state, "'%s' is no number from 1 to 10^9", arg);
	return (unsigned)n;
}

/* SCENE, or DUMP and then BDF. */
static void argument(struct options *o, char *arg, struct argp_state *state)
{
	if (o->scene)
		argp_usage(state);
	if (o->machine.dump) {
		if (rsim_bdf_parse(arg, &o->machine.bdf))
			argp_error(state, "'%s' is no address", arg);
		o->scene = &o->on_machine;
		return;
	}
	o->scene = rsim_scene_find(arg);
	if (!o->scene)
		o->machine.dump = arg;
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
	case OPT_STATES:
		o->config.max_states = number(arg, state);
		return 0;
	case OPT_SECONDS:
		o->config.max_seconds = number(arg, state);
		return 0;
	case OPT_JOBS:
		o->config.jobs = number(arg, state);
		return 0;
	case OPT_STRATEGY:
		o->config.strategy = strategy(arg, state);
		return 0;
	case OPT_SEED:
		o->config.seed = number(arg, state);
		return 0;
	case OPT_RULE:
		if (!rsim_rule_find(arg))
			argp_error(state, "there is no rule '%s'", arg);
		o->config.rule = arg;
		return 0;
	case OPT_AGAINST:
		o->against = tool_proto(arg, state);
		return 0;
	case OPT_AS_FOUND:
		o->config.as_found = true;
		return 0;
	case OPT_TABLE:
		o->table = true;
		return 0;
	case OPT_LIST:
		o->list = true;
		return 0;
	case OPT_RERUN:
		o->config.reexecute = true;
		return 0;
	case OPT_IOMMU:
		o->iommu = tool_iommu(arg, state);
		return 0;
	case ARGP_KEY_ARG:
		argument(o, arg, state);
		return 0;
	case ARGP_KEY_END:
		if (!o->scene && o->machine.dump)
			argp_error(state, "there is no scene '%s' (--list), and"
					  " a DUMP needs a BDF",
				   o->machine.dump);
		if (!o->scene && !o->list && !o->table)
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

/* "never", or faults, preemptions and steps of the shortest story. */
static int cell(const struct rsim_scene *scene, const struct rsim_proto *proto,
		const char *rule, char text[32])
{
	struct rsim_explore_config c = { .proto = proto, .rule = rule };
	struct rsim_exploration x;

	if (rsim_explore(scene, &c, &x))
		return -1;
	if (x.verdict == RSIM_EXPLORED_FOUND)
		snprintf(text, 32, "%uf %up %us", x.faults, x.preemptions,
			 x.length);
	else
		strcpy(text, x.verdict == RSIM_EXPLORED_NEVER ? "never"
							      : "bound");
	rsim_exploration_fini(&x);
	return 0;
}

/* Rules that no protocol breaks in a scene have no line. */
static int table_of(const struct rsim_scene *scene)
{
	char whole[8][32], text[8][32];
	unsigned r, p;

	for (p = 0; rsim_proto_at(p); p++)
		if (cell(scene, rsim_proto_at(p), NULL, whole[p]))
			return -1;
	for (r = 0; rsim_rule_at(r); r++) {
		bool any = false;

		for (p = 0; rsim_proto_at(p); p++) {
			/* What holds for all rules holds for each. */
			strcpy(text[p], "never");
			if (strcmp(whole[p], "never") &&
			    cell(scene, rsim_proto_at(p),
				 rsim_rule_at(r)->name, text[p]))
				return -1;
			any |= strcmp(text[p], "never") != 0;
		}
		if (!any)
			continue;
		printf("%s\t%s", scene->name, rsim_rule_at(r)->name);
		for (p = 0; rsim_proto_at(p); p++)
			printf("\t%s", text[p]);
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}

static int table(void)
{
	unsigned i, p;

	printf("#scene\trule");
	for (p = 0; rsim_proto_at(p); p++)
		printf("\t%s", rsim_proto_at(p)->name);
	putchar('\n');
	for (i = 0; rsim_scene_at(i); i++)
		if (table_of(rsim_scene_at(i))) {
			fprintf(stderr, "rsim: no memory\n");
			return EXIT_USAGE;
		}
	return EXIT_OK;
}

/* The same schedule on another protocol, as far as it goes that way. */
static void compare(const struct rsim_exploration *x,
		    const struct rsim_proto *against)
{
	const char *steps = strrchr(x->replay, '/');
	struct rsim_exploration y;
	char text[4096];

	snprintf(text, sizeof(text), "%.*s/%s%s",
		 (int)strcspn(x->replay, "/"), x->replay, against->name,
		 steps);
	printf("--- the same schedule on %s\n", against->name);
	if (rsim_replay(text, &y))
		printf("%s\n", y.story ? y.story : "no memory");
	else
		printf("%s%s\n", y.story, *y.report ? y.report
						    : "no rule breaks\n");
	rsim_exploration_fini(&y);
}

/* One line that is written over and over, for who watches. */
static void progress(void *ctx, const struct rsim_exploration *so_far)
{
	double *start = ctx;

	fprintf(stderr, "\r%llu states, %llu steps, %.0f s",
		(unsigned long long)so_far->states,
		(unsigned long long)so_far->steps, now() - *start);
}

int verb_explore(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, "SCENE\nDUMP BDF",
		"Runs every schedule of SCENE's tasks and every placement of"
		" its faults. Prints the shortest story in which a rule breaks,"
		" and a replay string. Exit 0: never, 1: found, 2: usage, 3: a"
		" bound was hit first.", NULL, NULL, NULL
	};
	struct options o = { .iommu = RSIM_IOMMU_VTD };
	struct rsim_exploration x;
	double start = now();
	unsigned i;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	for (i = 0; o.list && rsim_scene_at(i); i++)
		printf("%-18s %s\n", rsim_scene_at(i)->name,
		       rsim_scene_at(i)->what);
	if (o.table)
		return table();
	if (o.list)
		return EXIT_OK;
	o.on_machine = rsim_machine_scene(&o.machine, o.iommu);
	if (isatty(STDERR_FILENO)) {
		o.config.progress = progress;
		o.config.ctx = &start;
	}
	ret = rsim_explore(o.scene, &o.config, &x);
	if (o.config.progress)
		fputs("\r\033[K", stderr);
	if (ret) {
		fprintf(stderr, "rsim: %s\n",
			ret == -ENODEV ? "there is no such function"
			: ret == -ENOTTY ? "it has no group or no reset method"
					 : strerror(-ret));
		return EXIT_USAGE;
	}
	if (o.against && x.verdict == RSIM_EXPLORED_FOUND)
		compare(&x, o.against);
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
