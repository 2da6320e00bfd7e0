/* SPDX-License-Identifier: MIT */
/*
 * What a task has observed, in 64 bits: with it two states can be compared
 * without looking at stacks. Every event of the task is folded in; when a call
 * returns, what happened inside is forgotten and its result remembered.
 */
#ifndef RSIM_LIB_ENGINE_DIGEST_H
#define RSIM_LIB_ENGINE_DIGEST_H

#include <stdint.h>

enum { DIGEST_DEPTH = 24 };

struct digest {
	uint64_t now;
	uint64_t outer[DIGEST_DEPTH];	/* before the calls that are open */
	unsigned depth;
};

/* A round of a bijection for each word: no value of either is lost. */
static inline uint64_t digest_mix(uint64_t h, uint64_t v)
{
	h ^= v;
	h *= 0xff51afd7ed558ccdu;
	h ^= h >> 32;
	h *= 0xc4ceb9fe1a85ec53u;
	return (h ^ h >> 29) + 0x9e3779b97f4a7c15u;
}

/* Eight characters a round, in the order of the string on any machine. */
static inline uint64_t digest_string(uint64_t h, const char *s)
{
	uint64_t v = 0;
	unsigned i = 0;

	for (; *s; s++) {
		v = v << 8 | (unsigned char)*s;
		if (++i % 8 == 0)
			h = digest_mix(h, v);
	}
	return digest_mix(h, v);
}

struct engine;

/* Folds in what the running task did since the last time. */
void digest_update(struct engine *e);
/* What engine.h calls while exploring: see there. */
void digest_push(struct engine *e);
void digest_pop(struct engine *e, uint64_t result);
void digest_fold(struct engine *e, uint64_t value);
void digest_restart(struct engine *e, uint64_t value);

#endif
