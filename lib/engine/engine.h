/* SPDX-License-Identifier: MIT */
/*
 * The engine: virtual time, tasks, choices, faults, the event stream. It
 * knows nothing of PCI.
 */
#ifndef RSIM_LIB_ENGINE_ENGINE_H
#define RSIM_LIB_ENGINE_ENGINE_H

#include "base/arena.h"
#include "engine/digest.h"
#include "engine/fault.h"
#include "engine/fiber.h"
#include "engine/trace.h"

#include <rsim/task.h>

enum { ENGINE_MAX_TASKS = 32, ENGINE_MAX_FAULTS = 32 };

enum task_state {
	TASK_NONE,
	TASK_READY,
	TASK_SLEEPING,		/* until wake */
	TASK_BLOCKED,		/* until a lock is released; not exploring */
	TASK_DONE,
};

struct task {
	enum task_state state;
	uint8_t depth;		/* of calls, for the trace */
	uint8_t atomic;		/* sections that it is in */
	rsim_ns wake;
	bool still;	/* its next step begins, or begins by taking a lock */
	struct mutex *waits;	/* for this lock, when blocked; exploring, the
				 * lock that its next step takes */
	struct digest digest;	/* of what it saw, while exploring */
	struct fiber fiber;
	const char *name;
	rsim_task_fn fn;
	void *arg;
};

struct engine {
	/* fixed after rsim_new() */
	struct rsim *world;	/* handed to tasks, not looked into */
	struct arena *arena;
	struct trace *trace;
	struct rsim_host host;
	rsim_chooser chooser;
	void *chooser_ctx;
	/* state */
	rsim_ns now;
	uint64_t seed;
	uint32_t fault_mask;	/* points with an entry in faults */
	uint16_t task_count;
	uint16_t current;	/* number of the running task, 0: none */
	uint16_t fault_count;
	uint8_t depth;		/* outside of tasks */
	bool running;		/* inside rsim_run() */
	bool exploring;		/* every point gives the processor away */
	bool every_point;	/* ... also where that could change nothing */
	bool quiet;		/* the step has only taken locks so far */
	bool ahead;		/* engine_begin() runs */
	bool stopped_first;	/* ... and was stopped before it did anything */
	uint8_t choices;	/* in this step, while exploring */
	uint32_t ticks;		/* things that happened in this step */
	struct fiber scheduler;
	struct fault faults[ENGINE_MAX_FAULTS];
	struct task *tasks[ENGINE_MAX_TASKS];	/* number n at n - 1 */
	/* Names outlive the tasks: traces are read later. */
	const char *task_names[ENGINE_MAX_TASKS];
	uint16_t name_count;
};

static inline uint16_t engine_task_id(const struct engine *e)
{
	return e->current;
}

static inline uint8_t *engine_depth(struct engine *e)
{
	return e->current ? &e->tasks[e->current - 1]->depth : &e->depth;
}

/* Does the fault happen here and now? @value, if not NULL, is set then. */
static inline bool fault_hits(struct engine *e, enum rsim_fault_point point,
			      uint32_t dev, int64_t *value)
{
	return e->fault_mask & 1u << point &&
	       fault_search(e, point, dev, value);
}

static inline bool engine_digests(const struct engine *e)
{
	return e->exploring && e->current;
}

/* A call without events of its own: begins, and ends with a result. */
static inline void digest_enter(struct engine *e)
{
	if (engine_digests(e))
		digest_push(e);
}

static inline void digest_leave(struct engine *e, uint64_t result)
{
	if (engine_digests(e))
		digest_pop(e, result);
}

/* Something that the task will remember and no event shows. */
static inline void digest_observe(struct engine *e, uint64_t value)
{
	if (engine_digests(e))
		digest_fold(e, value);
}

/* From here on the innermost call goes on as if this were all it knew. */
static inline void digest_forget(struct engine *e, uint64_t value)
{
	if (engine_digests(e))
		digest_restart(e, value);
}

/* Something that was asked for, unless it is a rule that asks. */
static inline void digest_answer(struct engine *e, uint64_t value)
{
	if (!engine_digests(e) || e->trace->judging)
		return;
	e->quiet = false;
	digest_fold(e, value);
}

/* Tells and moves on: sleeping is an event and, in a task, a switch. */
void engine_sleep(struct engine *e, uint32_t dev, rsim_ns ns);
/* The same for a wait that spins on hardware instead of sleeping. */
void engine_poll(struct engine *e, rsim_ns ns);
/* A place where the running task touches what others can see. */
void engine_point(struct engine *e, const char *site);
/*
 * The same where nothing was looked at since the task began, or since it took
 * a lock that protects what was: a step that has done nothing else goes on.
 */
void engine_point_first(struct engine *e, const char *site);
bool engine_goes_on(const struct engine *e);
/* Something happens while exploring: a task that lets too much of it happen
 * without a point never runs again. */
enum { ENGINE_TICKS = 1 << 18 };
void engine_tick(struct engine *e);
uint32_t engine_choose(struct engine *e, const char *site, uint32_t n);

int engine_task_add(struct engine *e, const char *name, rsim_task_fn fn,
		    void *arg);
int engine_run(struct engine *e);

/* For the explorer, which takes the place of engine_run(). */
bool engine_is_stuck(const struct task *t);
bool engine_can_run(const struct engine *e, unsigned task);
/* Runs a task to its next point; a sleeper is woken first. */
void engine_step(struct engine *e, unsigned task);
/* Runs a task up to where engine_point_first() first stops it. False: it came
 * elsewhere, and did something on the way. */
bool engine_begin(struct engine *e, unsigned task);
/* From a signal handler: the step of the task that runs ends here. */
void engine_break(struct engine *e);
/* Drops the tasks in the middle of what they do. */
void engine_abandon(struct engine *e);
/* Gives the processor away until the task's state is READY again. */
void engine_wait(struct engine *e);

#endif
