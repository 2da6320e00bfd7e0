/* SPDX-License-Identifier: MIT */
/*
 * Finds P01 and P02: a reset method as it was posted for D3cold, which calls
 * the pair itself, around a helper that does, too, and calls done() whatever
 * the power cycle came to.
 */
#include "scene/scene.h"

#include <errno.h>

static int power_cycle(struct rsim *w)
{
	return rsim_choose(w, "power cycle", 2) ? -ETIMEDOUT : 0;
}

static void d3cold(struct rsim *w, void *arg)
{
	const struct rsim_proto *proto = rsim_world_proto(w);
	struct rsim_dev *dev = scene_a(w);

	(void)arg;
	if (proto->prepare(dev))
		return;
	if (!power_cycle(w))
		rsim_pcie_reset_flr(dev, false);
	proto->done(dev, true);
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) || scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_task(w, "d3cold", d3cold) ||
			scene_task(w, "unmap", scene_unmap_reuse));
}

const struct rsim_scene scene_power_cycle = {
	.name = "power-cycle",
	.what = "a method that ignores whether its power cycle worked, and an"
		" unmap; that and invalidations may fail",
	.build = build,
	.config.inv_timeout_ms = 500,
};
