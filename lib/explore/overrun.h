/* SPDX-License-Identifier: MIT */
/*
 * A task that loops without calling the library never comes back by itself. A
 * thread looks now and then whether a step uses up processor time without an
 * end, and takes its processor away: by a signal (SIGURG) whose handler is
 * only installed then, and put back.
 */
#ifndef RSIM_LIB_EXPLORE_OVERRUN_H
#define RSIM_LIB_EXPLORE_OVERRUN_H

#include "engine/engine.h"

enum { OVERRUN_SECONDS = 3 };

/* Steps of the calling thread are watched from here on, if they can be. */
void overrun_begin(unsigned seconds);
void overrun_end(void);
/* A step of this engine begins on this thread, and ends. */
void overrun_step(struct engine *e);
void overrun_step_over(void);

#endif
