/* SPDX-License-Identifier: MIT */
/*
 * Where that statement ends: for a bus of functions without power management
 * Linux waits not at all after a secondary bus reset (d3cold_delay is 0), calls
 * it a success, and lets a device go that never came back.
 */
#include "scene/scene.h"

/* A device that still knows the way tries it, whatever became of the reset. */
static void reset_and_write(struct rsim *w, void *arg)
{
	struct rsim_dev *a = scene_a(w);

	(void)arg;
	rsim_try_reset_function(a);
	rsim_dma(a, RSIM_AT_TRANSLATED, RSIM_NO_PASID, SCENE_IOVA, true);
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_endpoint(w, 0, &(struct rsim_dev_desc){
				.caps = RSIM_CAP_ATS, }) ||
			rsim_reset_method_store(scene_a(w), "bus") < 0 ||
			scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_may(w, RSIM_FAULT_READY) ||
			scene_task(w, "reset", reset_and_write) ||
			scene_task(w, "unmap", scene_unmap_reuse));
}

const struct rsim_scene scene_bus_without_pm = {
	.name = "bus-without-pm",
	.what = "a device without power management, reset by bus, its page"
		" reused meanwhile; the"
		" reset and invalidations may fail",
	.build = build,
	.config.inv_timeout_ms = 500,
};
