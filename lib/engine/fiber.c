/* SPDX-License-Identifier: MIT */
#include "engine/fiber.h"
#include "base/assert.h"
#include "engine/fiber_switch.h"

#include <errno.h>
#include <string.h>

#if RSIM_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_STACK_REGISTER(a, b) 0u
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#endif

#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif
#ifdef ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

/* Written at the low end of each stack; a fiber that went past it is over. */
static const unsigned char guard[64] = {
	0x72, 0x73, 0x69, 0x6d, 0x2d, 0x73, 0x74, 0x61, 0x63, 0x6b,
};

static char *stack_get(struct arena *a)
{
	char *stack = (char *)a->stacks;

	if (stack)
		a->stacks = a->stacks->next;
	else
		stack = arena_cold(a, FIBER_STACK);
	if (stack)
		memcpy(stack, guard, sizeof(guard));
	return stack;
}

int fiber_init(struct arena *a, struct fiber *f, void (*fn)(void *), void *arg)
{
	*f = (struct fiber){ .fn = fn, .arg = arg };
	if (fn) {
		f->stack = stack_get(a);
		if (!f->stack)
			return -ENOMEM;
		f->valgrind = VALGRIND_STACK_REGISTER(f->stack,
						      f->stack + FIBER_STACK);
		f->asan_stack = f->stack;
		f->asan_size = FIBER_STACK;
	}
	if (context_init(a, f)) {
		fiber_fini(a, f);
		return -ENOMEM;
	}
	return 0;
}

void fiber_fini(struct arena *a, struct fiber *f)
{
	struct arena_free *stack = (struct arena_free *)f->stack;

	context_fini(f);
	if (stack) {
		VALGRIND_STACK_DEREGISTER(f->valgrind);
#ifdef ASAN
		ASAN_UNPOISON_MEMORY_REGION(f->stack, FIBER_STACK);
#endif
		stack->next = a->stacks;
		a->stacks = stack;
	}
	*f = (struct fiber){ 0 };
}

bool fiber_watched(void)
{
	return RUNNING_ON_VALGRIND;
}

bool fiber_stack_intact(const struct fiber *f)
{
	return !f->stack || !memcmp(f->stack, guard, sizeof(guard));
}

/* What runs first on a fiber's own stack. */
_Noreturn void fiber_entry(struct fiber *f)
{
#ifdef ASAN
	__sanitizer_finish_switch_fiber(NULL, &f->back->asan_stack,
					&f->back->asan_size);
#endif
	f->fn(f->arg);
#ifdef ASAN
	__sanitizer_start_switch_fiber(NULL, f->back->asan_stack,
				       f->back->asan_size);
#endif
	context_switch(f, f->back);
	MUST(!"a fiber ran after its end");
	__builtin_unreachable();
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
#ifdef ASAN
	void *fake;

	__sanitizer_start_switch_fiber(&fake, to->asan_stack, to->asan_size);
#endif
	to->back = from;
	context_switch(from, to);
#ifdef ASAN
	__sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
}
