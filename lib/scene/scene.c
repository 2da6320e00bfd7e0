/* SPDX-License-Identifier: MIT */
#include "scene/scene.h"

#include <errno.h>
#include <string.h>

static struct rsim_dev *at(struct rsim *w, unsigned bus, unsigned slot)
{
	struct rsim_bdf bdf = { .bus = (uint8_t)bus,
				.devfn = (uint8_t)(slot << 3) };

	return rsim_dev_find(w, bdf);
}

struct rsim_dev *scene_a(struct rsim *w)
{
	struct rsim_dev *d = at(w, 0, 1);

	return d ? d : at(w, 1, 0);
}

struct rsim_dev *scene_b(struct rsim *w)
{
	return at(w, 0, 2);
}

int scene_rcieps(struct rsim *w, unsigned count, unsigned caps)
{
	struct rsim_group *group = NULL;
	unsigned n;

	for (n = 1; n <= count; n++) {
		struct rsim_dev *d = rsim_dev_add(w, &(struct rsim_dev_desc){
			.name = n == 1 ? "a" : "b", .type = RSIM_RCIEP,
			.at = { .devfn = (uint8_t)(n << 3) },
			.caps = RSIM_CAP_FLR | RSIM_CAP_ATS | caps,
			.group = group, .new_group = !group,
		});

		if (!d)
			return -ENOMEM;
		group = rsim_dev_group(d);
	}
	return 0;
}

int scene_endpoint(struct rsim *w, unsigned port_caps,
		   const struct rsim_dev_desc *desc)
{
	struct rsim_dev_desc d = *desc;

	d.name = "a";
	d.parent = rsim_dev_add(w, &(struct rsim_dev_desc){
		.name = "port", .type = RSIM_ROOT_PORT,
		.caps = RSIM_CAP_ACS | port_caps, .at = { .devfn = 0x80 },
	});
	return d.parent && rsim_dev_add(w, &d) ? 0 : -ENOMEM;
}

int scene_map(struct rsim *w)
{
	rsim_phys page = rsim_page_alloc(w, SCENE_DRIVER);

	return page ? rsim_map(rsim_get_domain(scene_a(w)), SCENE_IOVA, page,
			       RSIM_PAGE_SIZE, true)
		    : -ENOMEM;
}

int scene_map_cached(struct rsim *w)
{
	int ret = scene_map(w);

	if (!ret)
		rsim_dma_access(scene_a(w), RSIM_NO_PASID, SCENE_IOVA, true);
	return ret;
}

int scene_may(struct rsim *w, enum rsim_fault_point point)
{
	return rsim_fault_add(w, &(struct rsim_fault){
		.point = point, .optional = true });
}

int scene_task(struct rsim *w, const char *name, rsim_task_fn fn)
{
	int n = rsim_task_add(w, name, fn, NULL);

	return n < 0 ? n : 0;
}

int scene_pasid(struct rsim *w, struct rsim_dev *dev)
{
	struct rsim_domain *sva = rsim_domain_alloc(rsim_dev_group(dev),
						    "sva");

	(void)w;
	return sva ? rsim_attach_pasid(dev, 1, sva) : -ENOMEM;
}

void scene_reset_a(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_try_reset_function(scene_a(w));
}

void scene_reset_b(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_try_reset_function(scene_b(w));
}

void scene_dma_a(struct rsim *w, void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 0; i < 2; i++) {
		rsim_dma_access(scene_a(w), RSIM_NO_PASID, SCENE_IOVA, true);
		rsim_remember(w, i);
	}
}

/* A driver unmaps its page; the allocator gives it to somebody else. */
void scene_unmap_reuse(struct rsim *w, void *arg)
{
	struct rsim_domain *d = rsim_group_default(
		rsim_dev_group(scene_a(w)));

	(void)arg;
	rsim_unmap(d, SCENE_IOVA, RSIM_PAGE_SIZE);
	rsim_page_free(w, (rsim_phys)1 << 32);
	rsim_page_alloc(w, SCENE_SOMEBODY_ELSE);
}

void scene_attach_detach_free(struct rsim *w, void *arg)
{
	struct rsim_group *g = rsim_dev_group(scene_a(w));
	struct rsim_domain *vfio = rsim_domain_alloc(g, "vfio");

	(void)arg;
	if (!vfio)
		return;
	if (!rsim_attach_group(g, vfio))
		rsim_detach_group(g);
	rsim_domain_free(vfio);
}

void scene_attach(struct rsim *w, void *arg)
{
	struct rsim_group *g = rsim_dev_group(scene_a(w));
	struct rsim_domain *vfio = rsim_domain_alloc(g, "vfio");

	(void)arg;
	if (vfio)
		rsim_attach_group(g, vfio);
}

void scene_probe_a(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_reset_method_store(scene_a(w), "default");
}

void scene_unbind_pasid(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_detach_pasid(scene_a(w), 1);
}

/* A device that still knows the way tries it, whatever became of the reset. */
static void reset_and_write(struct rsim *w, void *arg)
{
	struct rsim_dev *a = scene_a(w);

	(void)arg;
	rsim_try_reset_function(a);
	rsim_dma(a, RSIM_AT_TRANSLATED, RSIM_NO_PASID, SCENE_IOVA, true);
}

int scene_alone(struct rsim *w, const struct rsim_dev_desc *desc,
		const char *method, enum rsim_fault_point fails)
{
	return scene_ok(scene_endpoint(w, 0, desc) ||
			rsim_reset_method_store(scene_a(w), method) < 0 ||
			scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_may(w, fails) ||
			scene_task(w, "reset", reset_and_write) ||
			scene_task(w, "unmap", scene_unmap_reuse));
}

static const struct rsim_scene *const scenes[] = {
	&scene_single_flr, &scene_single_af_flr, &scene_single_pm,
	&scene_single_bus, &scene_single_acpi, &scene_bus_without_pm,
	&scene_reset_and_reuse,
	&scene_two_resets, &scene_nested, &scene_cxl, &scene_probe,
	&scene_teardown, &scene_attach_in_reset, &scene_deferred,
	&scene_pasid_exit, &scene_pasid_vtd, &scene_pasid_group,
	&scene_alias, &scene_hot_add, &scene_removal, &scene_sriov,
	&scene_dpc, &scene_power_cycle, &scene_no_op_reset,
	&scene_driver_fence, &scene_blame, &scene_two_flushes,
	&scene_no_interrupt, &scene_fenced_list, &scene_late_answer,
	&scene_vtd_timeout,
};

const struct rsim_scene *rsim_scene_at(unsigned i)
{
	return i < sizeof(scenes) / sizeof(scenes[0]) ? scenes[i] : NULL;
}

const struct rsim_scene *rsim_scene_find(const char *name)
{
	unsigned i;

	for (i = 0; name && rsim_scene_at(i); i++)
		if (!strcmp(scenes[i]->name, name))
			return scenes[i];
	return NULL;
}
