/* SPDX-License-Identifier: MIT */
#include "base/assert.h"
#include "base/prng.h"
#include "engine/sync.h"

#include <errno.h>
#include <string.h>

enum { MANY_CHOICES = 8, MANY_TICKS = 1024 };

uint32_t engine_choose(struct engine *e, const char *site, uint32_t n)
{
	uint32_t pick = 0;

	if (n < 2)
		return 0;
	if (e->chooser)
		pick = e->chooser(e->chooser_ctx, site, n);
	else if (e->seed)
		pick = prng_below(&e->seed, n);
	MISUSE_IF(pick >= n, "rsim_chooser", "chose more than there is");
	if (e->choices < UINT8_MAX)
		e->choices++;
	e->quiet = false;
	return pick;
}

/* The @pick-th runnable task in order of numbers, the current one left out;
 * returns how many there are. */
static unsigned runnable(struct engine *e, unsigned pick, uint16_t *which)
{
	unsigned n = 0, i;

	for (i = 0; i < e->task_count; i++) {
		if (i + 1 == e->current || e->tasks[i]->state != TASK_READY)
			continue;
		if (n++ == pick)
			*which = (uint16_t)(i + 1);
	}
	return n;
}

void engine_wait(struct engine *e)
{
	struct task *t = e->tasks[e->current - 1];

	fiber_switch(&t->fiber, &e->scheduler);
}

void engine_tick(struct engine *e)
{
	if (e->current && ++e->ticks > ENGINE_TICKS)
		engine_wait(e);
}

void engine_break(struct engine *e)
{
	if (!e->current)
		return;
	e->ticks = ENGINE_TICKS + 1;
	engine_wait(e);
}

/* A task that is alone need not stop for anybody; one that waits must. */
static bool may_stop(const struct engine *e)
{
	const struct task *t = e->tasks[e->current - 1];
	unsigned i;

	if (t->atomic && !engine_is_stuck(t))
		return false;
	for (i = 0; i < e->task_count; i++)
		if (i + 1 != e->current && e->tasks[i]->state != TASK_DONE)
			return true;
	return false;
}

void engine_point(struct engine *e, const char *site)
{
	uint16_t other;
	unsigned n;

	if (!e->current || (!e->chooser && !e->seed && !e->exploring))
		return;
	if (e->exploring) {
		digest_observe(e, digest_string(0, site));
		/* ... unless the step is a long one already. */
		if (may_stop(e) || e->choices >= MANY_CHOICES ||
		    e->ticks >= MANY_TICKS)
			engine_wait(e);
		return;
	}
	n = may_stop(e) ? runnable(e, ~0u, &other) : 0;
	if (n && engine_choose(e, site, 2))
		engine_wait(e);
}

bool engine_goes_on(const struct engine *e)
{
	return e->exploring && e->quiet && !e->ahead && !e->every_point;
}

void engine_point_first(struct engine *e, const char *site)
{
	if (e->ahead && e->quiet) {
		e->stopped_first = true;
		e->tasks[e->current - 1]->still = true;
		digest_observe(e, digest_string(0, site));
		engine_wait(e);
	} else if (!engine_goes_on(e)) {
		engine_point(e, site);
	}
}

static void pass_time(struct engine *e, uint32_t dev, const char *how,
		      rsim_ns ns)
{
	struct task *t;

	trace_add(e, RSIM_EV_SLEEP, dev, how)->a = ns;
	if (!e->current) {
		e->now += ns;
		return;
	}
	t = e->tasks[e->current - 1];
	t->state = TASK_SLEEPING;
	t->wake = e->now + ns;
	engine_wait(e);
}

void engine_sleep(struct engine *e, uint32_t dev, rsim_ns ns)
{
	pass_time(e, dev, "sleep", ns);
}

void engine_poll(struct engine *e, rsim_ns ns)
{
	pass_time(e, 0, "poll", ns);
}

static void task_main(void *arg)
{
	struct engine *e = arg;
	struct task *t = e->tasks[e->current - 1];

	trace_add(e, RSIM_EV_TASK, 0, "begins")->obj = e->current;
	t->fn(e->world, t->arg);
	trace_add(e, RSIM_EV_TASK, 0, "ends")->obj = e->current;
	t->state = TASK_DONE;
}

int engine_task_add(struct engine *e, const char *name, rsim_task_fn fn,
		    void *arg)
{
	struct task *t;

	MISUSE_IF(e->task_count == ENGINE_MAX_TASKS, "rsim_task_add",
		  "a world has at most 32 tasks");
	t = arena_hot(e->arena, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->name = arena_strdup(e->arena, name);
	t->fn = fn;
	t->arg = arg;
	t->state = TASK_READY;
	t->still = true;
	if (!t->name || fiber_init(e->arena, &t->fiber, task_main, e)) {
		arena_release(e->arena, t, sizeof(*t));
		return -ENOMEM;
	}
	e->tasks[e->task_count++] = t;
	e->task_names[e->task_count - 1] = t->name;
	if (e->name_count < e->task_count)
		e->name_count = e->task_count;
	return e->task_count;
}

/* Moves time to the earliest wake-up. False when nobody sleeps. */
static bool wake_next(struct engine *e)
{
	rsim_ns next = UINT64_MAX;
	unsigned i;

	for (i = 0; i < e->task_count; i++)
		if (e->tasks[i]->state == TASK_SLEEPING &&
		    e->tasks[i]->wake < next)
			next = e->tasks[i]->wake;
	if (next == UINT64_MAX)
		return false;
	if (next > e->now)
		e->now = next;
	for (i = 0; i < e->task_count; i++)
		if (e->tasks[i]->state == TASK_SLEEPING &&
		    e->tasks[i]->wake == next)
			e->tasks[i]->state = TASK_READY;
	return true;
}

/* Whatever they were doing, the tasks are no more. */
static void run_drop(struct engine *e)
{
	unsigned i;

	for (i = 0; i < e->task_count; i++) {
		fiber_fini(e->arena, &e->tasks[i]->fiber);
		arena_release(e->arena, e->tasks[i], sizeof(*e->tasks[i]));
		e->tasks[i] = NULL;
	}
	e->task_count = 0;
}

/* Everybody is done, or nobody can go on: the tasks are removed. */
static int run_ends(struct engine *e)
{
	int ret = 0;
	unsigned i;

	for (i = 0; i < e->task_count; i++) {
		struct task *t = e->tasks[i];

		if (t->state != TASK_DONE) {
			e->current = (uint16_t)(i + 1);
			trace_add(e, RSIM_EV_TASK, t->waits ? t->waits->dev : 0,
				  "waits for ever");
			trace_last(e)->a = i + 1;
			trace_last(e)->b = t->waits ? t->waits->owner : 0;
			e->current = 0;
			ret = -EDEADLK;
		}
	}
	run_drop(e);
	return ret;
}

int engine_run(struct engine *e)
{
	int ret;

	MISUSE_IF(e->current || e->running, "rsim_run",
		  "is called from a task");
	e->running = true;
	for (;;) {
		uint16_t next = 0;
		unsigned n = runnable(e, ~0u, &next);

		if (!n) {
			if (wake_next(e))
				continue;
			break;
		}
		runnable(e, engine_choose(e, "sched", n), &next);
		e->current = next;
		fiber_switch(&e->scheduler, &e->tasks[next - 1]->fiber);
		e->current = 0;
	}
	ret = run_ends(e);
	e->running = false;
	return ret;
}

/* Waits for a lock that somebody holds. */
bool engine_is_stuck(const struct task *t)
{
	return t->waits && t->waits->owner;
}

/* Of those that sleep, only who wakes first can be next. */
bool engine_can_run(const struct engine *e, unsigned task)
{
	const struct task *t = e->tasks[task - 1];
	unsigned i;

	if (t->state != TASK_SLEEPING)
		return t->state == TASK_READY && !engine_is_stuck(t);
	for (i = 0; i < e->task_count; i++)
		if (e->tasks[i]->state == TASK_SLEEPING &&
		    e->tasks[i]->wake < t->wake)
			return false;
	return true;
}

void engine_step(struct engine *e, unsigned task)
{
	struct task *t = e->tasks[task - 1];

	if (t->state == TASK_SLEEPING) {
		if (t->wake > e->now)
			e->now = t->wake;
		t->state = TASK_READY;
	}
	e->current = (uint16_t)task;
	e->choices = 0;
	e->ticks = 0;
	e->quiet = t->still;
	t->still = false;
	fiber_switch(&e->scheduler, &t->fiber);
	e->current = 0;
	digest_update(e);
}

bool engine_begin(struct engine *e, unsigned task)
{
	e->ahead = true;
	e->stopped_first = false;
	engine_step(e, task);
	e->ahead = false;
	return e->stopped_first;
}

void engine_abandon(struct engine *e)
{
	e->exploring = false;
	run_drop(e);
	e->running = false;
}
