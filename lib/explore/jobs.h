/* SPDX-License-Identifier: MIT */
/*
 * Workers that expand a round of states together. What they find is the same
 * however many they are: see jobs_arrivals().
 */
#ifndef RSIM_LIB_EXPLORE_JOBS_H
#define RSIM_LIB_EXPLORE_JOBS_H

#include "explore/worker.h"

#include <pthread.h>

enum { JOBS_MAX = 64, JOBS_ROUND = 1024 };

struct jobs {
	struct worker workers[JOBS_MAX];
	pthread_t threads[JOBS_MAX];	/* of workers 1 and up */
	unsigned count, started;
	pthread_mutex_t lock;
	pthread_cond_t go, done;
	uint64_t round_number;
	unsigned busy;
	bool quit;
	/* the round: states, and who expands each */
	uint32_t round[JOBS_ROUND];
	uint8_t who[JOBS_ROUND];
	uint32_t steps[JOBS_ROUND];	/* that each led to */
	uint32_t size;
	uint32_t taken[JOBS_MAX];	/* arrivals that were handed out */
};

/* *j is zero; @first is copied for each worker. 0 or a negative errno. */
int jobs_start(struct jobs *j, const struct worker *first, unsigned count);
void jobs_fini(struct jobs *j);
/* Expands j->round. 0 or -ENOMEM. */
int jobs_run(struct jobs *j);
/* Arrivals of the round's state @i; to be asked in order. */
struct arrival *jobs_arrivals(struct jobs *j, uint32_t i, uint32_t *count);
/* Forgets what was not taken over. */
void jobs_clear(struct jobs *j);
size_t jobs_memory(const struct jobs *j);
/* What tasks and rules looked at so far: enum asked. */
unsigned jobs_asked(const struct jobs *j);

#endif
