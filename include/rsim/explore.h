/* SPDX-License-Identifier: MIT */
/*
 * explore.h - every schedule of a scene's tasks and every placement of its
 * faults, or the shortest story in which a rule breaks.
 *
 * A scene's build function makes the machine, adds tasks (rsim_task_add()) and
 * says which faults may happen (rsim_fault.optional). The explorer then runs
 * every order of the tasks' steps, wakes sleepers as early and as late as
 * there is something else to do, and answers each optional fault both ways.
 *
 * A task that ends with a lock, waits for ever, overflows its stack, or makes
 * 262144 calls and events without letting others run breaks the rule
 * "progress"; one that lets others run for ever hits the bound of steps. A
 * task that loops without calling the library loses its processor by a signal
 * (SIGURG, whose handler is only installed then, and put back) after
 * max_step_seconds; not in a build whose fibers are threads, nor under
 * ThreadSanitizer, which keeps signals back.
 *
 * What a task remembers must follow from what the library returned to it: a
 * test's own globals are not part of the state, nor are counts of the trace
 * (rsim_warn_count() and the like). A test that keeps state elsewhere is
 * stopped by an assertion where one of the states that are looked at again
 * came out otherwise. It sets rsim_explore_config.reexecute, which runs every
 * schedule from its beginning, and calls rsim_remember() for what it keeps.
 * What a task does before its first call of the library may be done before
 * anything else; where that matters, it calls rsim_yield() first.
 */
#ifndef RSIM_EXPLORE_H
#define RSIM_EXPLORE_H

#include <rsim/check.h>
#include <rsim/dev.h>
#include <rsim/world.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rsim_scene {
	const char *name;	/* as the tool takes it */
	const char *what;	/* one line */
	/* Makes the world; 0 or a negative errno. */
	int (*build)(struct rsim *w, void *arg);
	void *arg;
	struct rsim_config config;	/* proto is set by the explorer */
	const char *rules[6];	/* only these and own; neither: all */
	const struct rsim_rule *own[4];	/* rules of a user's own */
};

/* rsim's scenes by number and by name; NULL: none. */
RSIM_API const struct rsim_scene *rsim_scene_at(unsigned i);
RSIM_API const struct rsim_scene *rsim_scene_find(const char *name);

/* A function of a real machine: the dump's path, and where it is. */
struct rsim_machine_scene {
	const char *dump;
	struct rsim_bdf bdf;
};

/*
 * A scene on it: the function is reset, uses a page, and the page is unmapped
 * and reused; invalidations and the reset may fail. *@where must live as long
 * as the scene. Its build function answers what rsim_machine_load() does,
 * -ENODEV (no such function) or -ENOTTY (no group, or no reset method).
 */
RSIM_API struct rsim_scene
rsim_machine_scene(const struct rsim_machine_scene *where,
		   enum rsim_iommu iommu);

enum rsim_strategy {
	RSIM_STRATEGY_EXHAUSTIVE,	/* every state; shortest story first */
	RSIM_STRATEGY_RANDOM,		/* random walks */
	RSIM_STRATEGY_PCT,		/* random priorities, few changes */
};

struct rsim_exploration;

struct rsim_explore_config {
	const struct rsim_proto *proto;	/* NULL: on-success */
	unsigned max_faults;	/* in one run; 0: any number */
	unsigned max_preemptions; /* in one run; 0: any number */
	uint64_t max_states;	/* 0: 10 million */
	unsigned max_steps;	/* of the longest run; 0: 10000. A task that
				 * goes on for ever is reported by this */
	unsigned max_step_seconds; /* of processor time in one step; 0: 3 */
	size_t max_memory;	/* of waiting states, in bytes; 0: 4 GiB */
	enum rsim_strategy strategy;
	uint64_t seed;		/* of the random ones; 0: 1 */
	uint64_t max_executions; /* of the random ones; 0: 10000 */
	unsigned max_seconds;	/* of wall time; 0: no limit. The only thing
				 * here that depends on the machine */
	const char *rule;	/* judge by this rule only; NULL: the scene's */
	unsigned jobs;		/* threads; 0: 1. The answer, its counts and
				 * its story are the same for any number. Not
				 * with reexecute, final or broken */
	bool reexecute;		/* run each schedule from its beginning */
	bool all;		/* go on after the first violation */
	bool as_found;		/* tell the first story, not the shortest */
	/*
	 * Either may be NULL: told of each state in which nothing more can
	 * happen, and of each broken rule. They look and change nothing.
	 */
	void (*final)(void *ctx, struct rsim *w);
	void (*broken)(void *ctx, const struct rsim_violation *v);
	/* NULL, or called now and then; *so_far has counts only. */
	void (*progress)(void *ctx, const struct rsim_exploration *so_far);
	void *ctx;
};

enum rsim_explored {
	RSIM_EXPLORED_NEVER,	/* exhausted: no rule breaks, ever */
	RSIM_EXPLORED_FOUND,
	RSIM_EXPLORED_BOUND,	/* a bound was hit before */
};

struct rsim_exploration {
	enum rsim_explored verdict;
	uint64_t states;	/* distinct */
	uint64_t steps;		/* from one state to the next */
	uint64_t executions;	/* states in which nothing more can happen */
	uint64_t violations;	/* steps that broke a rule */
	unsigned faults, preemptions, length;	/* of the shortest story */
	char rule[32];		/* that it breaks */
	char *story;		/* its text; free() it. For the bound "steps":
				 * which task was still running */
	char *report;		/* of the rules; free() it */
	char *replay;		/* its replay string; free() it */
	const char *bound;	/* which bound was hit, or NULL */
	size_t peak_memory;	/* of waiting states, in bytes */
};

/*
 * Explores. Returns 0 and *out, or -ENOMEM, or what the scene's build
 * function returned. States are compared by a hash of 128 bits: that two
 * different ones have the same is less likely than a memory error.
 */
RSIM_API int rsim_explore(const struct rsim_scene *scene,
			  const struct rsim_explore_config *config,
			  struct rsim_exploration *out);
/* Frees what *out owns. */
RSIM_API void rsim_exploration_fini(struct rsim_exploration *out);

/*
 * Runs the one schedule of a replay string, which names scene and protocol:
 * "SCENE/PROTO/CHOICES". *out as above. 0; -EINVAL: the string is malformed,
 * or does not fit what the scene does (why is then in *out's story); -ENOMEM.
 */
RSIM_API int rsim_replay(const char *replay, struct rsim_exploration *out);
/* The same for a scene of a test's own. */
RSIM_API int rsim_replay_scene(const struct rsim_scene *scene,
			       const char *replay,
			       struct rsim_exploration *out);

/*
 * Of all that a task has seen, only @value matters from here on: a loop that
 * calls it with its counter has as many states as it has rounds.
 */
RSIM_API void rsim_remember(struct rsim *w, uint64_t value);

#ifdef __cplusplus
}
#endif
#endif
