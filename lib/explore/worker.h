/* SPDX-License-Identifier: MIT */
/* One that expands states, in a world of its own. */
#ifndef RSIM_LIB_EXPLORE_WORKER_H
#define RSIM_LIB_EXPLORE_WORKER_H

#include "explore/snapshot.h"
#include "explore/states.h"

enum arrived {
	ARRIVED_OPEN,		/* it can go on */
	ARRIVED_END,		/* nothing more can happen */
	ARRIVED_BAD_END,	/* ... and a rule broke */
	ARRIVED_KNOWN,		/* where others came by a dearer way */
	ARRIVED_OLD,		/* where others came as cheaply: not told */
	ARRIVED_BROKEN,		/* a rule broke on the way */
	ARRIVED_BEYOND,		/* of a bound */
	ARRIVED_TOO_LATE,	/* the run is longer than any may be */
};

/* Where a step led. */
struct arrival {
	enum arrived what;
	struct key key;
	struct node node;	/* as it would be added */
	struct step step;
	uint16_t slot;		/* of the worker's recent[], + 1 */
	const char *ruined;	/* the bound that its task broke, or NULL */
};

enum { WORKER_RECENT = 16384 };

struct worker {
	const struct rsim_scene *scene;
	const struct rsim_proto *proto;
	const struct rsim_explore_config *config;
	const struct states *states;	/* read while workers work */
	struct jobs *jobs;	/* it belongs to */
	uint8_t number;
	bool undo;
	bool exact;		/* who ran last tells states apart */
	uint64_t below;		/* look at what costs less only; 0: at all */
	unsigned asked;		/* what keys tell apart: enum asked */
	unsigned asks;		/* what was looked at so far */
	struct run run;
	struct base base;
	struct keyer *keyer;
	struct snapshot *beginning;
	/* the world is in this state, unless something ran since */
	uint32_t here;
	bool is_here;
	uint32_t steps;		/* of the state that was expanded last */
	struct arrival *arrivals;
	uint32_t count, cap;
	uint16_t recent[WORKER_RECENT];	/* arrivals + 1, by key */
	int error;
};

/* Builds its world. 0, -ENOMEM, or what the scene's build() returned. */
int worker_start(struct worker *w);
void worker_fini(struct worker *w);
struct key worker_key(struct worker *w);
/* Steps that the longest run may have. */
uint32_t worker_max_steps(const struct worker *w);
/* Tries all that can happen in state @n. 0 or -ENOMEM. */
int worker_expand(struct worker *w, uint32_t n);
/* Forgets arrivals, and the snapshots that are still theirs. */
void worker_clear(struct worker *w);

#endif
