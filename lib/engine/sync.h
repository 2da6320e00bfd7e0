/* SPDX-License-Identifier: MIT */
/* A mutex of the simulated Linux. */
#ifndef RSIM_LIB_ENGINE_SYNC_H
#define RSIM_LIB_ENGINE_SYNC_H

#include "engine/engine.h"

struct mutex {
	const char *name;	/* of its kind, for the trace */
	uint32_t dev;		/* the function it belongs to, if any */
	uint16_t owner;		/* task number + 1; 0: free */
	bool tried;		/* somebody only tries to take it, and can tell
				 * that it was taken */
};

void mutex_lock(struct engine *e, struct mutex *m);
/* The same where engine_point_first() is: right after another lock, say. */
void mutex_lock_next(struct engine *e, struct mutex *m);
bool mutex_trylock(struct engine *e, struct mutex *m);
void mutex_unlock(struct engine *e, struct mutex *m);

/* Wakes those who wait for it; they look again. */
void mutex_wake(struct engine *e, struct mutex *m);

static inline bool mutex_held(const struct engine *e, const struct mutex *m)
{
	return m->owner == engine_task_id(e) + 1;
}

#endif
