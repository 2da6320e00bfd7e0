/* SPDX-License-Identifier: MIT */
/* SplitMix64: one seeded generator, the same on every machine. */
#ifndef RSIM_LIB_BASE_PRNG_H
#define RSIM_LIB_BASE_PRNG_H

#include <stdint.h>

static inline uint64_t prng_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* A number in [0, n), n > 0. */
static inline uint32_t prng_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(((prng_next(state) >> 32) * n) >> 32);
}

#endif
