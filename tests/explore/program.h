/* SPDX-License-Identifier: MIT */
/* Small random programs: tasks that do ordinary things on a small machine. */
#ifndef RSIM_TESTS_EXPLORE_PROGRAM_H
#define RSIM_TESTS_EXPLORE_PROGRAM_H

#include <rsim/explore.h>
#include <rsim/rsim.h>

enum { MAX_TASKS = 3, MAX_OPS = 5, MAX_FAULTS = 2 };

struct op {
	uint8_t kind, dev, arg;
};

struct program;

struct program_task {
	struct program *program;
	unsigned number;	/* from 1 */
	unsigned count;
	struct op ops[MAX_OPS];
};

struct program {
	uint64_t seed;
	unsigned devs, caps;
	bool claimed;		/* the group has an owner at first */
	unsigned task_count, fault_count;
	enum rsim_fault_point faults[MAX_FAULTS];
	struct program_task tasks[MAX_TASKS];
	const struct rsim_proto *proto;
	struct rsim_scene scene;
};

/* The program of this number; it must not move afterwards. */
void program_make(struct program *p, uint64_t seed);
/* One made for a purpose; false: there are no more. */
bool program_directed(struct program *p, unsigned n);
/* One line a task, for messages. */
void program_print(const struct program *p);
struct rsim_dev *program_dev(struct rsim *w, unsigned n);

/* A set of numbers, kept in order. */
struct set {
	uint64_t *v;
	size_t count, cap;
};

void set_add(struct set *s, uint64_t v);
bool set_same(const struct set *a, const struct set *b);
void set_free(struct set *s);

/* What came of a program: final states by two digests, and broken rules. */
struct outcome {
	struct set keys, worlds;
	struct keyer *keyer;	/* made when it is first needed */
	uint32_t rules;		/* bit n: rsim_rule_at(n) */
	uint64_t executions;
	/* the cheapest way to break a rule */
	bool broke;
	unsigned faults, preemptions, length;
};

void outcome_free(struct outcome *o);
/* Takes down a world in which nothing more can happen. */
void outcome_final(struct outcome *o, struct rsim *w);
void outcome_rule(struct outcome *o, const struct rsim_rule *rule);
bool outcome_same(const struct outcome *a, const struct outcome *b);

/*
 * Every order and every answer, one execution after the other: nothing is
 * remembered of one in the next. @every_point: steps also end where the
 * explorer knows that nobody could tell. False when there are more than @max.
 */
bool enumerate(const struct program *p, bool every_point, uint64_t max,
	       struct outcome *o);

/* Which part of a state its key leaves out (key.c of this directory). */
enum key_part {
	KEY_WHOLE, KEY_NO_ATC, KEY_NO_TASKS, KEY_NO_RULES, KEY_NO_PAGES,
	KEY_NO_TABLES, KEY_NO_FENCE, KEY_NO_LOCKS, KEY_NO_QUEUE, KEY_NO_MAPS,
	KEY_NO_CONFIG, KEY_NO_FAULTS, KEY_PARTS
};
extern enum key_part key_part;

#endif
