/* SPDX-License-Identifier: MIT */
/*
 * Where that statement ends: for a bus of functions without power management
 * Linux waits not at all after a secondary bus reset (d3cold_delay is 0), calls
 * it a success, and lets a device go that never came back.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_alone(w, &(struct rsim_dev_desc){
		.caps = RSIM_CAP_ATS,
	}, "bus", RSIM_FAULT_READY);
}

const struct rsim_scene scene_bus_without_pm = {
	.name = "bus-without-pm",
	.what = "a device without power management, reset by bus, its page"
		" reused meanwhile; the"
		" reset and invalidations may fail",
	.build = build,
	.config.inv_timeout_ms = 500,
};
