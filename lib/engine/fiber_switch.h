/* SPDX-License-Identifier: MIT */
/* What each back end of the fibers provides (fiber_asm.c and others). */
#ifndef RSIM_LIB_ENGINE_FIBER_SWITCH_H
#define RSIM_LIB_ENGINE_FIBER_SWITCH_H

#include "engine/fiber.h"

int context_init(struct arena *a, struct fiber *f);
void context_fini(struct fiber *f);
void context_switch(struct fiber *from, struct fiber *to);

_Noreturn void fiber_entry(struct fiber *f);

#endif
