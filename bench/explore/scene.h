/* SPDX-License-Identifier: MIT */
/* The scene of iommu.pml on rsim's machine, twice: broken and corrected. */
#ifndef BENCH_EXPLORE_SCENE_H
#define BENCH_EXPLORE_SCENE_H

#include <rsim/explore.h>

/* What the model's assert() says, as a rule. */
extern const struct rsim_rule failed_and_stale;

/* How much is one step: as much as in the model, as little as the library
 * knows, and with Linux' own reset. Set before exploring. */
enum bench_grain { BENCH_MODEL, BENCH_FINE, BENCH_LINUX };
extern enum bench_grain bench_grain;

extern const struct rsim_scene bench_scene;

/* The protocols: NULL is on-success, one flag for the group; -DFIXED is a
 * count and each device for itself. */
const struct rsim_proto *bench_fixed(void);

#endif
