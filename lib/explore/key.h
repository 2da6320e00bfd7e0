/* SPDX-License-Identifier: MIT */
/*
 * The key of a state: 128 bits of all that decides what can happen next. Times
 * are taken relative to now and things by their numbers, so that a key does
 * not depend on addresses, on the build, or on how the state was reached.
 */
#ifndef RSIM_LIB_EXPLORE_KEY_H
#define RSIM_LIB_EXPLORE_KEY_H

#include "check/facts.h"
#include "sim/world.h"

struct key {
	uint64_t a, b;
};

/* What makes keys is large, and remembers parts of the last one. NULL: no
 * memory. free() it. */
struct keyer *keyer_new(void);
/* @asked: enum asked; what somebody looks at somewhere in this scene. */
struct key state_key(struct keyer *k, struct rsim *w,
		     const struct facts *facts, unsigned asked);

#endif
