/* SPDX-License-Identifier: MIT */
/*
 * The states that were found, by key and by number, and those of them that
 * wait, cheapest first.
 */
#ifndef RSIM_LIB_EXPLORE_STATES_H
#define RSIM_LIB_EXPLORE_STATES_H

#include "explore/key.h"
#include "explore/run.h"

struct snapshot;

/* What a key stands for where it is no number of a node: nothing yet, a state
 * in which nothing more can happen, and one of those in which a rule broke. */
#define STATE_NEW UINT32_MAX
#define STATE_END (UINT32_MAX - 1)
#define STATE_BAD_END (UINT32_MAX - 2)

/* A state that goes on, and how it was reached. */
struct node {
	uint32_t parent;	/* number */
	uint8_t task;		/* of the step from there; 0: the beginning */
	uint8_t owner;		/* worker that made snap */
	bool expanded;
	uint32_t picks;		/* bit n: choice n was the other one */
	uint64_t cost;		/* faults, preemptions, steps */
	struct snapshot *snap;	/* while it waits; NULL: run the path */
};

struct states {
	struct node *nodes;
	uint32_t count, cap;
	struct slot *slots;	/* hash table, by key */
	uint32_t slot_count, slot_cap;
	struct bucket *buckets;	/* states that wait, cheapest first */
	uint32_t bucket_count, bucket_cap;
};

static inline uint64_t cost_of(unsigned faults, unsigned preemptions,
			       unsigned steps)
{
	return (uint64_t)faults << 48 | (uint64_t)preemptions << 32 | steps;
}

void states_fini(struct states *s);
/* The number of the state with this key, or one of STATE_. */
uint32_t states_find(const struct states *s, struct key k);
/* Where that is kept, to be set; NULL: no memory. */
uint32_t *states_slot(struct states *s, struct key k);
/* A copy of @n gets the next number, and waits. 0 or -ENOMEM. */
int states_add(struct states *s, const struct node *n);
/* A cheaper way to state @i, which still waits. 0 or -ENOMEM. */
int states_cheaper(struct states *s, uint32_t i, const struct node *n);
/* Up to @max of the cheapest that wait, in order: all of one cost, or (@wide)
 * with as many faults and preemptions. */
uint32_t states_take(struct states *s, uint32_t *round, uint32_t max,
		     bool wide);
/* The steps to state @n; *path is the caller's to free, and has room for one
 * more. 0 or -ENOMEM. */
int states_path(const struct states *s, uint32_t n, struct step **path,
		unsigned *count);

#endif
