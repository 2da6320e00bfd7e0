/* SPDX-License-Identifier: MIT */
#include "explore/run.h"
#include "explore/overrun.h"
#include "base/assert.h"
#include "base/prng.h"
#include "os/dev.h"

#include <errno.h>
#include <string.h>

/* Yes or no; @part: a question of the same choice as the one before. */
static bool ask(struct run *r, bool part)
{
	unsigned i = r->asked;
	uint8_t pick = i < r->step.count ? r->step.pick[i] : 0;

	MISUSE_IF(i == RUN_CHOICES, "rsim_explore",
		  "a step makes more choices than can be explored");
	/* One fault in four places where one may happen. */
	if (i >= r->step.count && r->draw && !prng_below(r->draw, 4))
		pick = (uint8_t)prng_below(r->draw, 2);
	r->step.pick[i] = pick;
	r->of[i] = 2;
	r->part &= ~(1u << i);
	r->part |= (uint32_t)part << i;
	r->asked++;
	return pick;
}

/* Of several alternatives: this one, or one of those after it? */
static uint32_t choose(void *ctx, const char *site, uint32_t n)
{
	uint32_t pick = 0;

	(void)site;
	while (pick + 1 < n && ask(ctx, pick > 0))
		pick++;
	return pick;
}

static int build(struct run *r, const struct rsim_proto *proto)
{
	const struct rsim_scene *scene = r->scene;
	struct rsim_config c = scene->config;
	unsigned i;
	int ret;

	c.proto = proto;
	if (!c.memory)
		c.memory = 8u << 20;
	r->w = rsim_new(&c);
	if (!r->w)
		return -ENOMEM;
	ret = scene->build(r->w, scene->arg);
	if (!ret) {
		rsim_trace_clear(r->w);
		r->checks = rsim_checks_new(r->w);
		if (!r->checks)
			ret = -ENOMEM;
	}
	if (ret) {
		run_end(r);
		return ret;
	}
	for (i = 0; i < 6 && scene->rules[i]; i++)
		rsim_checks_only(r->checks, scene->rules[i]);
	for (i = 0; i < 4 && scene->own[i]; i++) {
		rsim_checks_add(r->checks, scene->own[i]);
		rsim_checks_only(r->checks, scene->own[i]->name);
	}
	rsim_set_chooser(r->w, choose, r);
	r->w->e.running = true;
	r->w->e.exploring = true;
	r->w->e.every_point = r->every_point;
	return 0;
}

/* The first task that cannot be begun ahead of the others; 0: all that are to
 * be were. */
static unsigned begin(struct run *r)
{
	unsigned task;

	for (task = 1; task <= r->w->e.task_count; task++)
		if (r->ahead & 1u << (task - 1) &&
		    !engine_begin(&r->w->e, task))
			return task;
	trace_flush(&r->w->e);
	r->w->e.trace->asked = 0;
	return 0;
}

int run_again(struct run *r, const struct rsim_proto *proto)
{
	unsigned failed;
	int ret;

	do {
		run_end(r);
		*r = (struct run){ .scene = r->scene, .ahead = r->ahead,
				   .every_point = r->every_point };
		ret = build(r, proto);
		failed = ret ? 0 : begin(r);
		if (failed)
			r->ahead &= ~(1u << (failed - 1));
	} while (failed);
	return ret;
}

int run_start(struct run *r, const struct rsim_scene *scene,
	      const struct rsim_proto *proto)
{
	*r = (struct run){ .scene = scene, .ahead = UINT32_MAX };
	return run_again(r, proto);
}

void run_end(struct run *r)
{
	if (r->w) {
		engine_abandon(&r->w->e);
		rsim_checks_free(r->checks);
		rsim_free(r->w);
	}
	r->w = NULL;
	r->checks = NULL;
}

unsigned run_able(const struct run *r)
{
	const struct engine *e = &r->w->e;
	unsigned i, able = 0;

	for (i = 0; i < e->task_count; i++)
		if (engine_can_run(e, i + 1))
			able |= 1u << i;
	return able;
}

bool run_all_done(const struct run *r)
{
	const struct engine *e = &r->w->e;
	unsigned i;

	for (i = 0; i < e->task_count; i++)
		if (e->tasks[i]->state != TASK_DONE)
			return false;
	return true;
}

static bool ready(const struct run *r, unsigned task)
{
	const struct task *t = r->w->e.tasks[task - 1];

	return t->state == TASK_READY && !engine_is_stuck(t);
}

/* The same task; else the first that is ready; else the first to wake. */
unsigned run_default(const struct run *r)
{
	unsigned able = run_able(r), i;

	if (r->last && able & 1u << (r->last - 1) && ready(r, r->last))
		return r->last;
	for (i = 1; i <= r->w->e.task_count; i++)
		if (able & 1u << (i - 1) && ready(r, i))
			return i;
	for (i = 1; i <= r->w->e.task_count; i++)
		if (able & 1u << (i - 1))
			return i;
	return 0;
}

bool run_preempts(const struct run *r, unsigned task)
{
	return r->last && r->last != task && ready(r, r->last);
}

static void complain(struct run *r, unsigned task, const char *what)
{
	struct engine *e = &r->w->e;

	e->current = (uint16_t)task;
	trace_add(e, RSIM_EV_TASK, 0, what)->a = task;
	e->current = 0;
}

static bool holds(const struct mutex *m, unsigned task)
{
	return m->owner == task + 1;
}

static bool holds_any(const struct rsim *w, unsigned task)
{
	uint32_t i;

	for (i = 0; i < w->hw.fn_count; i++) {
		const struct rsim_dev *d =
			w->hw.fns[i] ? fn_cdev(w->hw.fns[i]) : NULL;

		if (d && (holds(&d->lock, task) || holds(&d->cfg_lock, task)))
			return true;
	}
	for (i = 0; i < w->os.group_count; i++)
		if (holds(&w->os.groups[i]->mutex, task))
			return true;
	return holds(&w->os.asid_lock, task);
}

/* What a task must not do, whatever the rules are about. */
static void look_after(struct run *r, unsigned task)
{
	const struct engine *e = &r->w->e;
	const struct task *t = e->tasks[task - 1];

	if (!fiber_stack_intact(&t->fiber)) {
		r->ruined = "stack";
		complain(r, task, "overflows its stack");
	}
	if (r->w->e.ticks > ENGINE_TICKS) {
		r->w->e.ticks = 0;
		r->ruined = "points";
		complain(r, task, "never lets others run");
	}
	if (t->state == TASK_DONE && holds_any(r->w, task))
		complain(r, task, "ends and holds a lock");
}

bool run_step(struct run *r, const struct step *s)
{
	unsigned before = r->checks->count;

	r->step = *s;
	r->asked = 0;
	r->last = s->task;
	overrun_step(&r->w->e);
	engine_step(&r->w->e, s->task);
	overrun_step_over();
	look_after(r, s->task);
	trace_flush(&r->w->e);
	return r->checks->count != before;
}

bool run_finish(struct run *r)
{
	unsigned before = r->checks->count, i;
	struct engine *e = &r->w->e;

	for (i = 0; i < e->task_count; i++)
		if (e->tasks[i]->state != TASK_DONE) {
			e->current = (uint16_t)(i + 1);
			trace_add(e, RSIM_EV_TASK, e->tasks[i]->waits->dev,
				  "waits for ever");
			trace_last(e)->a = i + 1;
			trace_last(e)->b = e->tasks[i]->waits->owner;
			e->current = 0;
		}
	rsim_checks_end(r->checks);
	return r->checks->count != before;
}

unsigned run_faults(const struct run *r)
{
	unsigned i, n = 0;

	for (i = 0; i < r->asked; i++)
		n += r->step.pick[i] && !(r->part & 1u << i);
	return n;
}

void run_forget_violations(struct run *r)
{
	r->checks->count = 0;
	trace_forget(&r->w->e);
}
