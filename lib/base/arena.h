/* SPDX-License-Identifier: MIT */
/*
 * The memory of one world: a range of addresses that never moves.
 *
 * Hot memory grows up from the start and holds everything that changes after
 * an object is made; a copy of [arena, arena + hot) is a snapshot of the
 * world. Cold memory grows down from the end and holds what is written once
 * (names, register layouts, shared pages of config space). The bookkeeping
 * itself lies at the start of hot memory, so a snapshot carries it.
 */
#ifndef RSIM_LIB_BASE_ARENA_H
#define RSIM_LIB_BASE_ARENA_H

#include <rsim/world.h>

/* Freed blocks are kept by size: 64 classes of 16 bytes, then powers of two. */
enum { ARENA_SMALL = 64, ARENA_CLASSES = ARENA_SMALL + 12 };

struct arena_free {
	struct arena_free *next;
};

struct arena {
	const struct rsim_host *host;
	size_t size;	/* of the range */
	size_t hot;	/* bytes used from the start, this struct included */
	size_t cold;	/* bytes used at the end */
	bool refused;	/* an allocation failed: the host's -ENOMEM, where a
			 * call cannot tell it from a modelled one */
	struct arena_free *free[ARENA_CLASSES];
	struct arena_free *stacks;	/* of fibers that are over */
};

/* NULL when the host has no memory. @size is rounded up to a page. */
struct arena *arena_new(const struct rsim_host *host, size_t size);
void arena_free_all(struct arena *a);

/* Zeroed and aligned to 16 bytes; NULL when the arena is full. O(1). */
void *arena_hot(struct arena *a, size_t bytes);
void *arena_cold(struct arena *a, size_t bytes);
/* Gives hot memory back and zeroes it, so that dead bytes never differ. */
void arena_release(struct arena *a, void *p, size_t bytes);
/* A copy of a string in cold memory. */
char *arena_strdup(struct arena *a, const char *s);

#endif
