/* SPDX-License-Identifier: MIT */
/*
 * The statement of the seed patch: whatever fails, a device that is alone in
 * its group and is reset by one method does not reach a page that went to
 * somebody else through what it had cached before the reset.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_alone(w, &(struct rsim_dev_desc){
		.caps = RSIM_CAP_ATS | RSIM_CAP_PM,
	}, "pm", RSIM_FAULT_READY);
}

const struct rsim_scene scene_single_pm = {
	.name = "single-pm",
	.what = "one device alone, reset by pm, its page reused meanwhile; the"
		" reset and invalidations may fail",
	.build = build,
	.config.inv_timeout_ms = 500,
};
