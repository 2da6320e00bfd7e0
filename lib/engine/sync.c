/* SPDX-License-Identifier: MIT */
#include "engine/sync.h"
#include "base/assert.h"

static void mutex_take(struct engine *e, struct mutex *m)
{
	m->owner = engine_task_id(e) + 1;
	trace_add(e, RSIM_EV_LOCK, m->dev, m->name);
}

/* @waits: its next step is not before the lock is free. @first: as in
 * engine_point_first(). */
static void stop_before(struct engine *e, struct mutex *m, bool waits,
			bool first)
{
	struct task *t;

	if (!e->exploring || !e->current) {
		engine_point(e, m->name);
		return;
	}
	t = e->tasks[e->current - 1];
	t->still = !m->tried;
	t->waits = waits && !e->every_point ? m : NULL;
	if (first)
		engine_point_first(e, m->name);
	else
		engine_point(e, m->name);
	t->still = false;
	t->waits = NULL;
}

static void take(struct engine *e, struct mutex *m)
{
	while (m->owner) {
		struct task *t;

		/* Outside of tasks nobody else could ever release it. */
		MISUSE_IF(!e->current, m->name,
			  "is taken twice outside of tasks");
		t = e->tasks[e->current - 1];
		t->state = TASK_BLOCKED;
		t->waits = m;
		engine_wait(e);
		t->waits = NULL;
	}
	mutex_take(e, m);
}

void mutex_lock(struct engine *e, struct mutex *m)
{
	stop_before(e, m, true, false);
	take(e, m);
}

void mutex_lock_next(struct engine *e, struct mutex *m)
{
	if (!engine_goes_on(e) || m->owner)
		stop_before(e, m, true, e->ahead);
	take(e, m);
}

bool mutex_trylock(struct engine *e, struct mutex *m)
{
	stop_before(e, m, false, false);
	if (m->owner)
		return false;
	mutex_take(e, m);
	return true;
}

void mutex_wake(struct engine *e, struct mutex *m)
{
	unsigned i;

	for (i = 0; i < e->task_count; i++)
		if (e->tasks[i]->waits == m &&
		    e->tasks[i]->state == TASK_BLOCKED) {
			e->tasks[i]->state = TASK_READY;
			e->tasks[i]->waits = NULL;
		}
}

void mutex_unlock(struct engine *e, struct mutex *m)
{
	MUST(mutex_held(e, m));
	m->owner = 0;
	trace_add(e, RSIM_EV_UNLOCK, m->dev, m->name);
	mutex_wake(e, m);
	/* Releasing commutes with whatever others do before they lock. */
	if (!e->exploring)
		engine_point(e, m->name);
}
