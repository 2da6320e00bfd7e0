/* SPDX-License-Identifier: MIT */
/*
 * Explores the scene and prints what scripts/bench-explore reads, one line:
 * run broken|fixed [reexecute] [all]
 */
#include "scene.h"

#include <rsim/rsim.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int main(int argc, char **argv)
{
	static const char *const verdicts[] = { "never", "found", "bound" };
	struct rsim_explore_config c = { .max_states = 50000000 };
	struct rsim_exploration x;
	struct rusage u;
	uint64_t t;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "fixed"))
			c.proto = bench_fixed();
		else if (!strcmp(argv[i], "reexecute"))
			c.reexecute = true;
		else if (!strcmp(argv[i], "all"))
			c.all = true;
		else if (strcmp(argv[i], "broken"))
			return 2;
	}
	t = now();
	if (rsim_explore(&bench_scene, &c, &x)) {
		fprintf(stderr, "%s: no memory\n", argv[0]);
		return 1;
	}
	t = now() - t;
	getrusage(RUSAGE_SELF, &u);
	if (x.story && argc > 1 && !strcmp(argv[argc - 1], "broken"))
		fprintf(stderr, "%s%s", x.story, x.report);
	printf("verdict=%s us=%" PRIu64 " states=%" PRIu64 " steps=%" PRIu64
	       " executions=%" PRIu64 " violations=%" PRIu64 " length=%u"
	       " faults=%u preemptions=%u peak_kb=%zu rss_kb=%ld\n",
	       verdicts[x.verdict], t / 1000, x.states, x.steps, x.executions,
	       x.violations, x.length, x.faults, x.preemptions,
	       x.peak_memory / 1024, u.ru_maxrss);
	rsim_exploration_fini(&x);
	return 0;
}
