/* SPDX-License-Identifier: MIT */
/*
 * What the parts of an exploration cost on this host, on the scene of
 * iommu.pml. Processor time, and every figure is the best of some rounds: what
 * else runs makes it slower, never faster.
 */
#include "explore/key.h"
#include "explore/run.h"
#include "explore/snapshot.h"
#include "scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 7, CALLS = 20000, RUNS = 200, STATES = 100000 };

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void row(const char *what, uint64_t value, const char *unit)
{
	printf("%-52s %9" PRIu64 " %s\n", what, value, unit);
	fflush(stdout);
}

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "costs: no memory\n");
	exit(1);
}

struct pair {
	struct fiber host, other;
};

static void bounce(void *arg)
{
	struct pair *p = arg;

	for (;;)
		fiber_switch(&p->other, &p->host);
}

static uint64_t fiber(struct rsim *w)
{
	struct pair p = { 0 };
	uint64_t t = now();
	unsigned i;

	must(!fiber_init(w->arena, &p.host, NULL, NULL) &&
	     !fiber_init(w->arena, &p.other, bounce, &p));
	for (i = 0; i < CALLS; i++)
		fiber_switch(&p.host, &p.other);
	t = (now() - t) / (2 * CALLS);
	fiber_fini(w->arena, &p.other);
	fiber_fini(w->arena, &p.host);
	return t;
}

/* Some way into the scene, tasks one after the other. */
static void walk(struct run *r, unsigned steps)
{
	unsigned i, task;

	for (i = 0; i < steps && run_able(r); i++) {
		for (task = 1 + i % 6; !(run_able(r) & 1u << (task - 1));)
			task = task % 6 + 1;
		run_step(r, &(struct step){ .task = (uint8_t)task });
	}
}

enum cost { RESTORE, STEP, KEY, SNAPSHOT, COSTS };

static void step_default(struct run *r, struct base *b)
{
	struct step s = { .task = (uint8_t)run_default(r) };

	base_runs(b, s.task);
	run_step(r, &s);
}

/* The first @what of these, again and again; ns of all. */
static uint64_t rounds(struct run *r, enum cost what)
{
	struct snapshot *home, *s;
	struct keyer *k = keyer_new();
	struct base b;
	uint64_t t;
	unsigned i;

	must(k);
	base_init(&b, r->w, &r->checks->facts);
	home = snapshot_take(&b);
	must(home && !snapshot_restore(&b, home));
	t = now();
	for (i = 0; i < CALLS; i++) {
		snapshot_restore(&b, home);
		run_forget_violations(r);
		if (what >= STEP)
			step_default(r, &b);
		if (what >= KEY)
			state_key(k, r->w, &r->checks->facts, 0);
		if (what >= SNAPSHOT) {
			s = snapshot_take(&b);
			must(s);
			free(s);
		}
	}
	t = now() - t;
	snapshot_restore(&b, home);
	free(home);
	free(k);
	base_fini(&b);
	return t / CALLS;
}

/* From building the world to the end, whoever can go on first. */
static uint64_t execution(void)
{
	uint64_t t = now();
	unsigned i;

	for (i = 0; i < RUNS; i++) {
		struct step s = { 0 };
		struct run r;

		must(!run_start(&r, &bench_scene,
				rsim_proto_find("on-success")));
		while ((s.task = (uint8_t)run_default(&r)))
			run_step(&r, &s);
		run_end(&r);
	}
	return (now() - t) / RUNS;
}

static uint64_t states(bool reexecute)
{
	struct rsim_explore_config c = {
		.max_states = reexecute ? STATES / 10 : STATES,
		.reexecute = reexecute,
	};
	struct rsim_exploration x;
	uint64_t t = now();

	must(!rsim_explore(&bench_scene, &c, &x));
	t = now() - t;
	t = x.states * 1000000000u / t;
	rsim_exploration_fini(&x);
	return t;
}

static void worse(uint64_t *best, uint64_t t)
{
	if (t < *best)
		*best = t;
}

static void better(uint64_t *best, uint64_t t)
{
	if (t > *best)
		*best = t;
}

int main(void)
{
	static const char *const names[COSTS] = {
		"a restore", "a step, one event or some",
		"the key of a state", "a snapshot, one step away",
	};
	uint64_t cost[COSTS], sw = UINT64_MAX, exec = UINT64_MAX;
	uint64_t undo = 0, again = 0;
	struct run r;
	unsigned i, k;

	for (i = 0; i < COSTS; i++)
		cost[i] = UINT64_MAX;
	must(!run_start(&r, &bench_scene, rsim_proto_find("on-success")));
	walk(&r, 12);
	for (i = 0; i < ROUNDS; i++) {
		worse(&sw, fiber(r.w));
		for (k = 0; SNAPSHOT_POSSIBLE && k < COSTS; k++)
			worse(&cost[k], rounds(&r, k));
		worse(&exec, execution());
		if (i < 3) {
			better(&undo, states(false));
			better(&again, states(true));
		}
	}
	row("bytes of the world that change", r.w->arena->hot, "bytes");
	row("a fiber switch", sw, "ns");
	for (k = 0; SNAPSHOT_POSSIBLE && k < COSTS; k++)
		row(names[k], k && cost[k] > cost[k - 1]
				      ? cost[k] - cost[k - 1] : cost[k], "ns");
	row("an execution, world included", exec, "ns");
	row("executions a second, without any reduction", 1000000000u / exec,
	    "executions");
	row("states a second, undo", undo, "states");
	row("states a second, every schedule from its beginning", again,
	    "states");
	run_end(&r);
	return 0;
}
