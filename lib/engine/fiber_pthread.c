/* SPDX-License-Identifier: MIT */
/*
 * The baton: each fiber is a thread of its own, of which one runs at a time.
 * For debuggers and tools that know threads but no hand-made stacks.
 */
#include "engine/fiber_switch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

const bool fiber_is_thread = true;

struct baton {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t turn;
	bool mine;	/* may run */
	bool started;
	bool over;	/* must end without ever running again */
};

static void wait_turn(struct baton *b)
{
	pthread_mutex_lock(&b->lock);
	while (!b->mine)
		pthread_cond_wait(&b->turn, &b->lock);
	b->mine = false;
	pthread_mutex_unlock(&b->lock);
	if (b->over)
		pthread_exit(NULL);
}

static void give_turn(struct baton *b)
{
	pthread_mutex_lock(&b->lock);
	b->mine = true;
	pthread_cond_signal(&b->turn);
	pthread_mutex_unlock(&b->lock);
}

static void *start(void *arg)
{
	struct fiber *f = arg;

	wait_turn(f->ctx);
	fiber_entry(f);
	return NULL;
}

int context_init(struct arena *a, struct fiber *f)
{
	struct baton *b = calloc(1, sizeof(*b));

	(void)a;
	if (!b)
		return -ENOMEM;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->turn, NULL);
	f->ctx = b;
	if (!f->stack)
		return 0;
	if (pthread_create(&b->thread, NULL, start, f)) {
		free(b);
		f->ctx = NULL;
		return -ENOMEM;
	}
	b->started = true;
	return 0;
}

void context_fini(struct fiber *f)
{
	struct baton *b = f->ctx;

	if (!b)
		return;
	if (b->started) {
		b->over = true;
		give_turn(b);
		pthread_join(b->thread, NULL);
	}
	pthread_cond_destroy(&b->turn);
	pthread_mutex_destroy(&b->lock);
	free(b);
	f->ctx = NULL;
}

void context_switch(struct fiber *from, struct fiber *to)
{
	struct baton *mine = from->ctx;

	give_turn(to->ctx);
	wait_turn(mine);
}
