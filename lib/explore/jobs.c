/* SPDX-License-Identifier: MIT */
#include "explore/jobs.h"
#include "explore/overrun.h"

#include <stdlib.h>

/* Below this, waking the others costs more than they do. */
enum { WORTH_WAKING = 16 };

static void work(struct jobs *j, unsigned me)
{
	struct worker *w = &j->workers[me];
	uint32_t i;

	for (i = 0; i < j->size && !w->error && !w->run.ruined; i++)
		if (j->who[i] == me) {
			w->error = worker_expand(w, j->round[i]);
			j->steps[i] = w->steps;
		}
}

static void *thread(void *arg)
{
	struct worker *w = arg;
	struct jobs *j = w->jobs;
	uint64_t seen = 0;

	overrun_begin(w->config->max_step_seconds);
	for (;;) {
		pthread_mutex_lock(&j->lock);
		while (j->round_number == seen && !j->quit)
			pthread_cond_wait(&j->go, &j->lock);
		seen = j->round_number;
		pthread_mutex_unlock(&j->lock);
		if (j->quit)
			break;
		work(j, w->number);
		pthread_mutex_lock(&j->lock);
		if (!--j->busy)
			pthread_cond_signal(&j->done);
		pthread_mutex_unlock(&j->lock);
	}
	overrun_end();
	return NULL;
}

int jobs_start(struct jobs *j, const struct worker *first, unsigned count)
{
	unsigned i;
	int ret = 0;

	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->go, NULL);
	pthread_cond_init(&j->done, NULL);
	for (i = 0; !ret && i < count && i < JOBS_MAX; i++) {
		struct worker *w = &j->workers[i];

		*w = *first;
		w->number = (uint8_t)i;
		w->jobs = j;
		ret = worker_start(w);
		j->count++;
	}
	/* With fewer threads than workers, the first does the others' work. */
	for (i = 1; !ret && i < j->count; i++, j->started++)
		if (pthread_create(&j->threads[i], NULL, thread,
				   &j->workers[i]))
			break;
	return ret;
}

void jobs_fini(struct jobs *j)
{
	unsigned i;

	pthread_mutex_lock(&j->lock);
	j->quit = true;
	pthread_cond_broadcast(&j->go);
	pthread_mutex_unlock(&j->lock);
	for (i = 1; i <= j->started; i++)
		pthread_join(j->threads[i], NULL);
	for (i = 0; i < j->count; i++)
		worker_fini(&j->workers[i]);
	pthread_cond_destroy(&j->go);
	pthread_cond_destroy(&j->done);
	pthread_mutex_destroy(&j->lock);
}

/*
 * A state goes to the worker that has its snapshot, unless that one would have
 * much more to do than the others: it is run again from the beginning, then.
 */
static void share_out(struct jobs *j)
{
	uint32_t load[JOBS_MAX] = { 0 };
	uint32_t most = j->size / j->count * 11 / 10 + 1;
	bool alone = j->size < WORTH_WAKING * j->count;
	unsigned k;
	uint32_t i;

	for (i = 0; i < j->size; i++) {
		unsigned who = j->workers[0].states->nodes[j->round[i]].owner;

		if (load[who] >= most && !alone)
			for (k = 0; k < j->count; k++)
				if (load[k] < load[who])
					who = k;
		load[who]++;
		j->who[i] = (uint8_t)who;
	}
}

int jobs_run(struct jobs *j)
{
	unsigned i, threads = j->started;

	share_out(j);
	if (j->size < WORTH_WAKING * j->count)
		threads = 0;
	if (threads) {
		pthread_mutex_lock(&j->lock);
		j->busy = threads;
		j->round_number++;
		pthread_cond_broadcast(&j->go);
		pthread_mutex_unlock(&j->lock);
	}
	work(j, 0);
	for (i = threads + 1; i < j->count; i++)
		work(j, i);
	if (threads) {
		pthread_mutex_lock(&j->lock);
		while (j->busy)
			pthread_cond_wait(&j->done, &j->lock);
		pthread_mutex_unlock(&j->lock);
	}
	for (i = 0; i < j->count; i++)
		if (j->workers[i].error)
			return j->workers[i].error;
	return 0;
}

struct arrival *jobs_arrivals(struct jobs *j, uint32_t i, uint32_t *count)
{
	unsigned who = j->who[i];
	struct worker *w = &j->workers[who];
	uint32_t first = j->taken[who], at = first;

	while (at < w->count && w->arrivals[at].node.parent == j->round[i])
		at++;
	j->taken[who] = at;
	*count = at - first;
	return w->arrivals + first;
}

void jobs_clear(struct jobs *j)
{
	unsigned i;

	for (i = 0; i < j->count; i++) {
		worker_clear(&j->workers[i]);
		j->taken[i] = 0;
	}
}

size_t jobs_memory(const struct jobs *j)
{
	size_t bytes = 0;
	unsigned i;

	for (i = 0; i < j->count; i++)
		bytes += j->workers[i].base.bytes;
	return bytes;
}

unsigned jobs_asked(const struct jobs *j)
{
	unsigned i, asked = 0;

	for (i = 0; i < j->count; i++)
		asked |= j->workers[i].asks;
	return asked;
}
