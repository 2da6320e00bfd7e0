/* SPDX-License-Identifier: MIT */
/* Random walks and PCT: for scenes too large to exhaust. */
#ifndef RSIM_LIB_EXPLORE_SAMPLE_H
#define RSIM_LIB_EXPLORE_SAMPLE_H

#include "explore/run.h"

/*
 * Runs up to @config->max_executions schedules. 0 and *out as rsim_explore()
 * would fill it, without a story: a violation is only said to be there, and
 * *path (free() it) and *count are the steps to it. Or -ENOMEM.
 */
int sample(const struct rsim_scene *scene, const struct rsim_proto *proto,
	   const struct rsim_explore_config *config,
	   struct rsim_exploration *out, struct step **path, unsigned *count);

#endif
