/* SPDX-License-Identifier: MIT */
#include "engine/sync.h"
#include "base/assert.h"

static void mutex_take(struct engine *e, struct mutex *m)
{
	m->owner = engine_task_id(e) + 1;
	trace_add(e, RSIM_EV_LOCK, m->dev, m->name);
}

void mutex_lock(struct engine *e, struct mutex *m)
{
	engine_point(e, m->name);
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

bool mutex_trylock(struct engine *e, struct mutex *m)
{
	engine_point(e, m->name);
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
