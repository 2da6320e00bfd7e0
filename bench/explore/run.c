/* SPDX-License-Identifier: MIT */
/*
 * Explores the scene and prints what scripts/bench-explore reads, one line:
 * run broken|fixed [fine|linux] [reexecute] [pct] [faults N] [jobs N]
 * [first] [story]
 * us is processor time, wall_us is not.
 */
#include "scene.h"

#include <rsim/rsim.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static uint64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int main(int argc, char **argv)
{
	static const char *const verdicts[] = { "never", "found", "bound" };
	struct rsim_explore_config c = {
		.max_states = 100000000, .max_memory = (size_t)12 << 30,
	};
	struct rsim_scene scene = bench_scene;
	bool story = false;
	struct rsim_exploration x;
	struct rusage u;
	uint64_t cpu, wall;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "fixed"))
			c.proto = bench_fixed();
		else if (!strcmp(argv[i], "linux"))
			bench_grain = BENCH_LINUX;
		else if (!strcmp(argv[i], "fine"))
			bench_grain = BENCH_FINE;
		else if (!strcmp(argv[i], "reexecute"))
			c.reexecute = true;
		else if (!strcmp(argv[i], "pct"))
			c.strategy = RSIM_STRATEGY_PCT;
		else if (!strcmp(argv[i], "first"))
			c.as_found = true;
		else if (!strcmp(argv[i], "story"))
			story = true;
		else if (!strcmp(argv[i], "jobs") && i + 1 < argc)
			c.jobs = (unsigned)strtoul(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "faults") && i + 1 < argc)
			c.max_faults = (unsigned)strtoul(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "broken"))
			return 2;
	}
	cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	wall = now(CLOCK_MONOTONIC);
	if (rsim_explore(&scene, &c, &x)) {
		fprintf(stderr, "%s: no memory\n", argv[0]);
		return 1;
	}
	cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	wall = now(CLOCK_MONOTONIC) - wall;
	getrusage(RUSAGE_SELF, &u);
	if (story && x.story)
		fprintf(stderr, "%s%s", x.story, x.report);
	printf("verdict=%s us=%" PRIu64 " wall_us=%" PRIu64 " states=%" PRIu64
	       " steps=%" PRIu64 " executions=%" PRIu64 " violations=%" PRIu64
	       " length=%u faults=%u preemptions=%u peak_kb=%zu rss_kb=%ld\n",
	       verdicts[x.verdict], cpu / 1000, wall / 1000, x.states,
	       x.steps, x.executions, x.violations, x.length, x.faults,
	       x.preemptions,
	       x.peak_memory / 1024, u.ru_maxrss);
	rsim_exploration_fini(&x);
	return 0;
}
