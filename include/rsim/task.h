/* SPDX-License-Identifier: MIT */
/*
 * task.h - tasks that race, virtual time, and the choices of a run.
 *
 * A task is a function of the test that runs on the simulated Linux beside
 * others. Tasks switch only where Linux may sleep or block, or (when a
 * chooser says so) where it touches what others can see. Without tasks a test
 * simply calls the API: sleeping then advances virtual time.
 */
#ifndef RSIM_TASK_H
#define RSIM_TASK_H

#include <rsim/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void (*rsim_task_fn)(struct rsim *w, void *arg);

/*
 * Adds a task; it first runs in rsim_run(). @name is copied. The world owns
 * the task. Returns its number (from 1), or -ENOMEM.
 */
RSIM_API int rsim_task_add(struct rsim *w, const char *name, rsim_task_fn fn,
			   void *arg);

/*
 * Runs the tasks until all have returned. Returns 0, or -EDEADLK when some
 * wait for a lock that nobody will release (the trace says who for what; the
 * tasks are gone afterwards). May not be called from a task.
 *
 * Order: a task runs until it sleeps, blocks or ends. Then the choice "sched"
 * picks from the runnable ones in order of their numbers; time moves only
 * when none is runnable, to the earliest wake-up, and of several that wake at
 * the same time the lowest number comes first.
 */
RSIM_API int rsim_run(struct rsim *w);

/* Sleeps @ns of virtual time, as msleep() does. */
RSIM_API void rsim_sleep(struct rsim *w, rsim_ns ns);

/* Lets another task run here, if the chooser wants to. */
RSIM_API void rsim_yield(struct rsim *w);

/*
 * Until the matching end, the calling task is not interrupted, as by atomic {}
 * in Promela: it only stops where it sleeps, or waits for a lock that is held.
 * For a look that is coarser than the library's own; what is found is real,
 * what is not may hide in between. Sections may be nested.
 */
RSIM_API void rsim_atomic_begin(struct rsim *w);
RSIM_API void rsim_atomic_end(struct rsim *w);

/*
 * A chooser decides every choice of a run: @site names it, @n (at least 2) is
 * the number of alternatives, and 0 is always the quiet one (go on with the
 * same task, no fault). Without a chooser the seed of the world draws; with
 * seed 0 every choice is 0.
 */
typedef uint32_t (*rsim_chooser)(void *ctx, const char *site, uint32_t n);
RSIM_API void rsim_set_chooser(struct rsim *w, rsim_chooser fn, void *ctx);
/* Makes a choice of the test's own. @site is a string that lives on. */
RSIM_API uint32_t rsim_choose(struct rsim *w, const char *site, uint32_t n);

#ifdef __cplusplus
}
#endif
#endif
