/* SPDX-License-Identifier: MIT */
/*
 * A random walk lets any task go on at every point. PCT (probabilistic
 * concurrency testing) gives tasks random priorities, always runs the highest
 * and lowers it at a few random steps: bugs that need few preemptions are
 * found with a probability that can be calculated.
 */
#include "explore/sample.h"
#include "base/prng.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEFAULT_EXECUTIONS = 10000,
	LONGEST = 10000,	/* steps of one run */
	PCT_CHANGES = 3,	/* priority changes of a run */
	PCT_LENGTH = 64,	/* steps among which they fall */
};

struct pct {
	uint32_t priority[ENGINE_MAX_TASKS];
	uint32_t change[PCT_CHANGES];
	uint32_t lowest;
};

static void pct_start(struct pct *p, uint64_t *rng)
{
	unsigned i;

	for (i = 0; i < ENGINE_MAX_TASKS; i++)
		p->priority[i] = 1000 + prng_below(rng, 1u << 20);
	for (i = 0; i < PCT_CHANGES; i++)
		p->change[i] = prng_below(rng, PCT_LENGTH);
	p->lowest = 999;
}

static unsigned pct_next(struct pct *p, unsigned able, unsigned step)
{
	unsigned best = 0, i, c;

	for (i = 1; able >> (i - 1); i++)
		if (able & 1u << (i - 1) &&
		    (!best || p->priority[i - 1] > p->priority[best - 1]))
			best = i;
	for (c = 0; c < PCT_CHANGES; c++)
		if (p->change[c] == step)
			p->priority[best - 1] = p->lowest--;
	return best;
}

static unsigned random_next(unsigned able, uint64_t *rng)
{
	unsigned n = prng_below(rng, (uint32_t)__builtin_popcount(able)), i;

	for (i = 1;; i++)
		if (able & 1u << (i - 1) && !n--)
			return i;
}

static int one_run(struct run *r, const struct rsim_explore_config *config,
		   uint64_t *rng, struct step *path, unsigned *count)
{
	struct pct pct;
	unsigned able;

	pct_start(&pct, rng);
	r->draw = rng;
	for (*count = 0; *count < LONGEST && (able = run_able(r));
	     ++*count) {
		struct step s = { 0 };
		bool broke;

		s.task = (uint8_t)(config->strategy == RSIM_STRATEGY_PCT
					   ? pct_next(&pct, able, *count)
					   : random_next(able, rng));
		broke = run_step(r, &s);
		path[*count] = r->step;
		path[*count].count = r->asked;
		if (broke) {
			++*count;
			return 1;
		}
		trace_forget(&r->w->e);
	}
	return run_able(r) ? 0 : run_finish(r);
}

int sample(const struct rsim_scene *scene, const struct rsim_proto *proto,
	   const struct rsim_explore_config *config,
	   struct rsim_exploration *out, struct step **path, unsigned *count)
{
	uint64_t max = config->max_executions ? config->max_executions
					      : DEFAULT_EXECUTIONS;
	uint64_t rng = config->seed ? config->seed : 1;
	struct run r;
	int ret = 0;

	*path = calloc(LONGEST + 1, sizeof(**path));
	if (!*path)
		return -ENOMEM;
	while (out->executions < max && !ret) {
		ret = out->executions ? run_again(&r, proto)
				      : run_start(&r, scene, proto);
		if (ret)
			return ret;
		ret = one_run(&r, config, &rng, *path, count);
		out->steps += *count;
		out->executions++;
	}
	run_end(&r);
	out->verdict = ret ? RSIM_EXPLORED_FOUND : RSIM_EXPLORED_BOUND;
	out->bound = ret ? NULL : "executions";
	out->violations = ret ? 1 : 0;
	return 0;
}
