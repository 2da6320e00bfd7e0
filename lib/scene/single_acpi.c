/* SPDX-License-Identifier: MIT */
/*
 * The statement of the seed patch: whatever fails, a device that is alone in
 * its group and is reset by one method does not reach a page that went to
 * somebody else through what it had cached before the reset.
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
				.caps = RSIM_CAP_ATS, .acpi_rst = true }) ||
			rsim_reset_method_store(scene_a(w), "acpi") < 0 ||
			scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_may(w, RSIM_FAULT_ACPI_RST) ||
			scene_task(w, "reset", reset_and_write) ||
			scene_task(w, "unmap", scene_unmap_reuse));
}

const struct rsim_scene scene_single_acpi = {
	.name = "single-acpi",
	.what = "one device alone, reset by acpi, its page reused meanwhile;"
		" the"
		" reset and invalidations may fail",
	.build = build,
	.config.inv_timeout_ms = 500,
};
