/* SPDX-License-Identifier: MIT */
/*
 * A schedule as text: only where it deviates from the default (the same task
 * goes on, no fault). "SCENE/PROTO/3=2,7=1!0,#12": in step 3 task 2 goes on,
 * in step 7 task 1 and its first choice is the other one; 12 steps in all.
 */
#ifndef RSIM_LIB_EXPLORE_REPLAY_H
#define RSIM_LIB_EXPLORE_REPLAY_H

#include "explore/run.h"

/*
 * Runs the @count steps of a path with the whole trace and fills *out with
 * story, report and replay string. 0 or -ENOMEM.
 */
int replay_path(const struct rsim_scene *scene, const struct rsim_proto *proto,
		const struct step *path, unsigned count,
		struct rsim_exploration *out);

#endif
