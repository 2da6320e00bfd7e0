/* SPDX-License-Identifier: MIT */
/*
 * A fiber: a stack of its own and a way to switch to it. Back ends, chosen
 * when rsim is built (meson option fiber): a hand-written switch on x86-64
 * and aarch64, ucontext elsewhere, and a pthread baton for debuggers.
 */
#ifndef RSIM_LIB_ENGINE_FIBER_H
#define RSIM_LIB_ENGINE_FIBER_H

#include "base/arena.h"

enum { FIBER_STACK = 128 * 1024 };

struct fiber {
	void *ctx;		/* the saved stack pointer, or what the back
				 * end keeps instead */
	char *stack;		/* its lowest byte; NULL: the host's own */
	struct fiber *back;	/* who switched here last */
	void (*fn)(void *arg);
	void *arg;
	const void *asan_stack;	/* what AddressSanitizer knows of the stack */
	size_t asan_size;
	unsigned valgrind;	/* valgrind's name of the stack */
};

/*
 * A fiber that runs fn(arg), or, for NULL, the fiber that stands for the
 * host's own stack. 0 or -ENOMEM. When @fn returns, control goes back to
 * whoever switched here last, and the fiber never runs again.
 */
int fiber_init(struct arena *a, struct fiber *f, void (*fn)(void *), void *arg);
/* Only for a fiber that never ran, has returned, or will not run again. */
void fiber_fini(struct arena *a, struct fiber *f);
void fiber_switch(struct fiber *from, struct fiber *to);
/* Does each fiber run on a thread of its own? */
extern const bool fiber_is_thread;
/* Is every byte's history kept by valgrind, as copies of stacks would spoil? */
bool fiber_watched(void);
/* False when the fiber wrote past the end of its stack. */
bool fiber_stack_intact(const struct fiber *f);

#endif
