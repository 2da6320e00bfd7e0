/* SPDX-License-Identifier: MIT */
/* One world that is driven step by step. */
#ifndef RSIM_LIB_EXPLORE_RUN_H
#define RSIM_LIB_EXPLORE_RUN_H

#include "check/watch.h"
#include "sim/world.h"

#include <rsim/explore.h>

enum { RUN_CHOICES = 32 };

/* The answers to the choices of one step; alternative 0 is not stored. */
struct step {
	uint8_t task;
	uint8_t count;		/* choices that are prescribed */
	uint8_t pick[RUN_CHOICES];
};

struct run {
	const struct rsim_scene *scene;
	struct rsim *w;
	struct rsim_checks *checks;
	struct step step;	/* that runs */
	uint8_t asked;		/* choices made in it */
	uint8_t of[RUN_CHOICES];	/* alternatives of each */
	uint32_t part;		/* bit n: choice n belongs to the one before */
	bool every_point;	/* steps are as short as they could be: only to
				 * show that nothing is lost otherwise */
	uint8_t last;		/* task of the last step, 0: none */
	const char *ruined;	/* by a task that cannot go on: which bound */
	uint32_t ahead;		/* tasks that are run up to their first point,
				 * as nothing happens before: bit n - 1 */
	uint64_t *draw;		/* answers beyond the step's are drawn; NULL:
				 * they are the quiet one */
};

/* Builds the scene. 0, -ENOMEM, or what build() returned. */
int run_start(struct run *r, const struct rsim_scene *scene,
	      const struct rsim_proto *proto);
/* Ends the run and builds its scene again, which has become known. */
int run_again(struct run *r, const struct rsim_proto *proto);
void run_end(struct run *r);
/* Tasks that can go on: bit n - 1 for task n. */
unsigned run_able(const struct run *r);
bool run_all_done(const struct run *r);
/* The task that goes on when nobody chooses otherwise; 0: none can. */
unsigned run_default(const struct run *r);
/* Does choosing @task take the processor from one that could go on? */
bool run_preempts(const struct run *r, unsigned task);
/* Runs one step. True when a rule broke in it. */
bool run_step(struct run *r, const struct step *s);
/* Nothing can go on: asks the rules about the end. True: one broke. */
bool run_finish(struct run *r);
/* Answers of the step that were not the quiet one. */
unsigned run_faults(const struct run *r);

/* Rules are judged from 0 again (the state was put back). */
void run_forget_violations(struct run *r);

#endif
