/* SPDX-License-Identifier: MIT */
/*
 * A copy of a state, to go back to: the hot part of the arena, the used part
 * of each task's stack, and what the rules know. A state is cut into pieces
 * and each different piece kept once, for all states: most are a new
 * combination of pieces that were there before.
 */
#ifndef RSIM_LIB_EXPLORE_SNAPSHOT_H
#define RSIM_LIB_EXPLORE_SNAPSHOT_H

#include "check/facts.h"
#include "sim/world.h"

/* Only where a fiber's state is its stack, and nobody shadows memory: gcc says
 * so with a macro, clang with a feature. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define SNAPSHOT_SHADOWED 1
#endif
#endif
#if RSIM_FIBER_ASM && !defined(SNAPSHOT_SHADOWED) && \
	!defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SNAPSHOT_POSSIBLE 1
#else
#define SNAPSHOT_POSSIBLE 0
#endif

/* Hot memory; new cold memory; what rules know of tasks, and of devices; and
 * the stack of each task. */
enum {
	REGION_HOT,
	REGION_COLD,
	REGION_TASKS,
	REGION_FACTS,
	REGION_STACKS,
	SNAPSHOT_REGIONS = REGION_STACKS + ENGINE_MAX_TASKS,
};

struct snapshot {
	struct snapshot *next;	/* in base.spare */
	size_t room;		/* bytes of this, all included */
	size_t size;		/* ... that are used */
	size_t hot, cold;	/* of the arena */
	uint32_t facts;		/* entries */
	uint16_t current;	/* of the facts */
	uint16_t tasks;
	/* number of the first piece of each region; a stack is one piece */
	uint32_t first[REGION_STACKS + 1];
	uint32_t count;
	uint32_t piece[];	/* numbers in the store */
};

/* The store of pieces, and a flat copy of the state to go back to next. */
struct base {
	struct rsim *w;
	struct facts *facts;
	size_t cold_size;	/* what is beyond never changes */
	struct piece *pieces;
	uint32_t count, cap;
	uint32_t *table;	/* of their numbers + 1, by hash */
	uint32_t table_cap;
	unsigned char *slab;	/* to cut from; the first bytes: the last one */
	size_t slab_left;
	size_t bytes;		/* of the store */
	struct snapshot *loaded;	/* what the copy is of; NULL: nothing */
	size_t loaded_cap;
	unsigned char *flat[SNAPSHOT_REGIONS];
	size_t flat_cap[SNAPSHOT_REGIONS];
	uint32_t ran;		/* tasks that did since: bit n - 1 */
	struct snapshot *spare;
};

void base_init(struct base *b, struct rsim *w, struct facts *facts);
void base_fini(struct base *b);
/* @task is going to run. */
static inline void base_runs(struct base *b, unsigned task)
{
	b->ran |= 1u << (task - 1);
}

/* NULL: no memory. */
struct snapshot *snapshot_take(struct base *b);
/* Back to the base that took it; @s may be NULL. */
void snapshot_drop(struct base *b, struct snapshot *s);
/* 0 or -ENOMEM. */
int snapshot_restore(struct base *b, const struct snapshot *s);

#endif
