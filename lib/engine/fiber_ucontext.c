/* SPDX-License-Identifier: MIT */
/* The portable switch: slow (a system call each), correct everywhere. */
#include "engine/fiber_switch.h"

#include <errno.h>
#include <ucontext.h>

const bool fiber_is_thread = false;

/* makecontext() hands over ints only: a pointer goes in two halves. */
static void start(unsigned hi, unsigned lo)
{
	fiber_entry((struct fiber *)(uintptr_t)((uint64_t)hi << 32 | lo));
}

int context_init(struct arena *a, struct fiber *f)
{
	uint64_t self = (uintptr_t)f;
	ucontext_t *u = arena_cold(a, sizeof(*u));

	if (!u)
		return -ENOMEM;
	f->ctx = u;
	if (!f->stack)
		return 0;
	getcontext(u);
	u->uc_stack.ss_sp = f->stack;
	u->uc_stack.ss_size = FIBER_STACK;
	u->uc_link = NULL;
	makecontext(u, (void (*)(void))start, 2, (unsigned)(self >> 32),
		    (unsigned)self);
	return 0;
}

void context_fini(struct fiber *f)
{
	f->ctx = NULL;
}

void context_switch(struct fiber *from, struct fiber *to)
{
	swapcontext(from->ctx, to->ctx);
}
