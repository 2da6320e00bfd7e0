/* SPDX-License-Identifier: MIT */
#include "explore/overrun.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { LANES = 128, LOOK_EVERY_MS = 250 };

/* A thread that runs steps. */
struct lane {
	bool used;
	pthread_t thread;
	clockid_t clock;	/* its processor time */
	int64_t limit;		/* ns of it that a step may take */
	struct engine *e;
	atomic_ulong step;	/* odd: one runs */
	atomic_bool stop;	/* the handler is meant */
	/* what the watcher saw last */
	unsigned long seen;
	int64_t since;
};

static struct lane lanes[LANES];
/* Held while the watcher starts or ends, and for the lanes; in this order. */
static pthread_mutex_t life = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t over = PTHREAD_COND_INITIALIZER;
static pthread_t watcher;
static unsigned watched;
static bool quit;
static _Thread_local struct lane *mine;

static int64_t now(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t))
		return 0;
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* On the task's own stack: the task is left here and never gone on with. */
static void handler(int sig)
{
	struct lane *l = mine;

	(void)sig;
	if (l && atomic_exchange(&l->stop, false) && atomic_load(&l->step) & 1)
		engine_break(l->e);
}

static void stop_step(struct lane *l)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	struct sigaction own, before;
	unsigned long step = atomic_load(&l->step);
	unsigned i;

	memset(&own, 0, sizeof(own));
	own.sa_handler = handler;
	/* The handler does not return: nothing would unblock it again. */
	own.sa_flags = SA_NODEFER | SA_RESTART;
	if (sigaction(SIGURG, &own, &before))
		return;
	atomic_store(&l->stop, true);
	if (!pthread_kill(l->thread, SIGURG))
		for (i = 0; i < 1000 && atomic_load(&l->step) == step; i++)
			nanosleep(&moment, NULL);
	atomic_store(&l->stop, false);
	sigaction(SIGURG, &before, NULL);
}

static void look(struct lane *l)
{
	unsigned long step = atomic_load(&l->step);

	if (!(step & 1) || step != l->seen) {
		l->seen = step;
		l->since = now(l->clock);
	} else if (now(l->clock) - l->since > l->limit) {
		stop_step(l);
	}
}

static void *watch(void *arg)
{
	unsigned i;

	(void)arg;
	pthread_mutex_lock(&lock);
	while (!quit) {
		int64_t when = now(CLOCK_REALTIME) + LOOK_EVERY_MS * 1000000;
		struct timespec t = { .tv_sec = when / 1000000000,
				      .tv_nsec = when % 1000000000 };

		if (pthread_cond_timedwait(&over, &lock, &t) != ETIMEDOUT)
			continue;
		for (i = 0; i < LANES; i++)
			if (lanes[i].used)
				look(&lanes[i]);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* Under the lock. */
static struct lane *lane_new(unsigned seconds)
{
	struct lane *l = lanes;

	while (l < lanes + LANES && l->used)
		l++;
	if (l == lanes + LANES ||
	    pthread_getcpuclockid(pthread_self(), &l->clock))
		return NULL;
	l->used = true;
	l->thread = pthread_self();
	l->limit = (seconds ? seconds : OVERRUN_SECONDS) * (int64_t)1000000000;
	l->seen = 0;
	return l;
}

void overrun_begin(unsigned seconds)
{
	/* Where a task is a thread of its own, no signal would reach it. */
	if (mine || fiber_is_thread)
		return;
	pthread_mutex_lock(&life);
	pthread_mutex_lock(&lock);
	mine = lane_new(seconds);
	if (mine && !watched++) {
		quit = false;
		if (pthread_create(&watcher, NULL, watch, NULL)) {
			watched = 0;
			mine->used = false;
			mine = NULL;
		}
	}
	pthread_mutex_unlock(&lock);
	pthread_mutex_unlock(&life);
}

void overrun_end(void)
{
	if (!mine)
		return;
	pthread_mutex_lock(&life);
	pthread_mutex_lock(&lock);
	mine->used = false;
	mine = NULL;
	quit = !--watched;
	pthread_cond_signal(&over);
	pthread_mutex_unlock(&lock);
	if (!watched)
		pthread_join(watcher, NULL);
	pthread_mutex_unlock(&life);
}

void overrun_step(struct engine *e)
{
	if (!mine)
		return;
	mine->e = e;
	atomic_fetch_add(&mine->step, 1);
}

void overrun_step_over(void)
{
	if (mine)
		atomic_fetch_add(&mine->step, 1);
}
