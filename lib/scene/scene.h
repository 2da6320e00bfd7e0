/* SPDX-License-Identifier: MIT */
/* What scenes are made of: small machines and ordinary tasks. */
#ifndef RSIM_LIB_SCENE_SCENE_H
#define RSIM_LIB_SCENE_SCENE_H

#include <rsim/rsim.h>

#define SCENE_IOVA ((rsim_iova)0x10000)
enum { SCENE_DRIVER = 1, SCENE_SOMEBODY_ELSE = 2 };

/* The first functions of a scene: 00:01.0 and 00:02.0 (or below ports). */
struct rsim_dev *scene_a(struct rsim *w);
struct rsim_dev *scene_b(struct rsim *w);

/*
 * Builders answer 0 or -ENOMEM, and do nothing after one that failed:
 *   scene_ok(scene_rcieps(w, 2, 0) || scene_map(w) || ...)
 */
static inline int scene_ok(bool failed)
{
	return failed ? -12 : 0;
}

/* One or two root complex endpoints of one group, with FLR and ATS. Nothing
 * above them serialises their resets. */
int scene_rcieps(struct rsim *w, unsigned count, unsigned caps);
/* One endpoint below a port. */
int scene_endpoint(struct rsim *w, unsigned port_caps,
		   const struct rsim_dev_desc *desc);
/* It alone, reset by @method while its page is unmapped and given to somebody
 * else; invalidations and @fails may go wrong. What build() answers. */
int scene_alone(struct rsim *w, const struct rsim_dev_desc *desc,
		const char *method, enum rsim_fault_point fails);
/* Maps a page for a's driver in the default domain. */
int scene_map(struct rsim *w);
/* ... and lets the device cache its translation. */
int scene_map_cached(struct rsim *w);
/* The fault may happen, each time. */
int scene_may(struct rsim *w, enum rsim_fault_point point);
int scene_task(struct rsim *w, const char *name, rsim_task_fn fn);
/* A paging domain as PASID 1 of @dev. */
int scene_pasid(struct rsim *w, struct rsim_dev *dev);

/* Tasks. */
void scene_reset_a(struct rsim *w, void *arg);
void scene_reset_b(struct rsim *w, void *arg);
void scene_dma_a(struct rsim *w, void *arg);		/* twice, as it can */
void scene_unmap_reuse(struct rsim *w, void *arg);
void scene_attach_detach_free(struct rsim *w, void *arg);
void scene_attach(struct rsim *w, void *arg);
void scene_probe_a(struct rsim *w, void *arg);
void scene_unbind_pasid(struct rsim *w, void *arg);

extern const struct rsim_scene scene_alias, scene_attach_in_reset, scene_blame,
	scene_bus_without_pm, scene_cxl, scene_deferred, scene_dpc,
	scene_driver_fence, scene_fenced_list, scene_hot_add,
	scene_late_answer, scene_nested, scene_no_interrupt, scene_no_op_reset,
	scene_pasid_exit, scene_pasid_group, scene_pasid_vtd,
	scene_power_cycle, scene_probe, scene_removal, scene_reset_and_reuse,
	scene_single_acpi, scene_single_af_flr, scene_single_bus,
	scene_single_flr, scene_single_pm, scene_sriov, scene_teardown,
	scene_two_flushes, scene_two_resets, scene_vtd_timeout;

#endif
