/* SPDX-License-Identifier: MIT */
/*
 * A copy of a state, to go back to: the hot part of the arena, the used part
 * of each task's stack, and what the rules know. Kept as the blocks that
 * differ from the state in which exploration began.
 */
#ifndef RSIM_LIB_EXPLORE_SNAPSHOT_H
#define RSIM_LIB_EXPLORE_SNAPSHOT_H

#include "check/facts.h"
#include "sim/world.h"

/* Only where a fiber's state is its stack, and nobody shadows memory. */
#if RSIM_FIBER_ASM && !defined(__SANITIZE_ADDRESS__) && \
	!defined(__SANITIZE_THREAD__)
#define SNAPSHOT_POSSIBLE 1
#else
#define SNAPSHOT_POSSIBLE 0
#endif

struct snapshot {
	size_t size;		/* bytes of this, all included */
	size_t hot, cold;	/* of the arena */
	uint32_t facts;		/* entries */
	unsigned char data[];
};

/* A state in full, on which others are based. */
struct base {
	struct rsim *w;
	struct facts *facts;
	unsigned char *hot;
	size_t hot_size, cold_size;
};

int base_init(struct base *b, struct rsim *w, struct facts *facts);
void base_fini(struct base *b);
/* NULL: no memory. free() it. */
struct snapshot *snapshot_take(const struct base *b);
void snapshot_restore(const struct base *b, const struct snapshot *s);

#endif
