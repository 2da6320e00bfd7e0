/* SPDX-License-Identifier: MIT */
/*
 * Finds P03 and B06e: a reset that is acknowledged and does nothing.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_alone(w, &(struct rsim_dev_desc){
		.caps = RSIM_CAP_ATS | RSIM_CAP_PM,
	}, "pm", RSIM_FAULT_NO_RESET);
}

const struct rsim_scene scene_no_op_reset = {
	.name = "no-op-reset",
	.what = "one device alone, reset by pm, its page reused meanwhile; the"
		" reset may do nothing, and invalidations may fail",
	.build = build,
	.config.inv_timeout_ms = 500,
};
