/* SPDX-License-Identifier: MIT */
/*
 * From a description to the bytes of a config space. Capabilities lie in the
 * order in which they are written here, each where the last one ended.
 */
#include "base/assert.h"
#include "sim/world.h"

#include <errno.h>
#include <string.h>

enum { DEFAULT_VENDOR = 0x1234, DEFAULT_DEVICE = 1 };

struct image {
	uint8_t b[HW_EXT_SIZE];
	unsigned size;		/* 256 or 4096 */
	unsigned at, last;	/* next free byte; the previous capability */
	unsigned ext_at, ext_last;
};

static unsigned cap(struct image *m, uint8_t id, unsigned bytes)
{
	unsigned p = m->at;

	if (m->last)
		m->b[m->last + 1] = (uint8_t)p;
	else
		m->b[PCI_CAPABILITY_LIST] = (uint8_t)p;
	m->b[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
	m->b[p] = id;
	m->last = p;
	m->at = (p + bytes + 3) & ~3u;
	return p;
}

static unsigned ext_cap(struct image *m, uint16_t id, unsigned version,
			unsigned bytes)
{
	unsigned p = m->ext_at;

	if (m->ext_last)
		put32(m->b + m->ext_last,
		      get32(m->b + m->ext_last) | (uint32_t)p << 20);
	put32(m->b + p, id | version << 16);
	m->ext_last = p;
	m->ext_at = (p + bytes + 3) & ~3u;
	return p;
}

static bool is_port(enum rsim_dev_type t)
{
	return t == RSIM_ROOT_PORT || t == RSIM_DOWNSTREAM_PORT;
}

static bool is_bridge(enum rsim_dev_type t)
{
	return is_port(t) || t == RSIM_UPSTREAM_PORT ||
	       t == RSIM_PCIE_PCI_BRIDGE || t == RSIM_PCI_BRIDGE;
}

static bool is_conventional(enum rsim_dev_type t)
{
	return t == RSIM_CONVENTIONAL || t == RSIM_PCI_BRIDGE;
}

static void header(struct image *m, const struct rsim_dev_desc *d,
		   const struct rsim_bdf *at, uint8_t below)
{
	uint32_t class_code = d->class_code ? d->class_code
			      : is_bridge(d->type) ? 0x060400 : 0x020000;
	bool vf = d->type == RSIM_VF;

	put16(m->b + PCI_VENDOR_ID,
	      vf ? 0xffff : d->vendor ? d->vendor : DEFAULT_VENDOR);
	put16(m->b + PCI_DEVICE_ID,
	      vf ? 0xffff : d->device ? d->device : DEFAULT_DEVICE);
	put16(m->b + PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	if (vf)
		put16(m->b + PCI_COMMAND, PCI_COMMAND_MASTER);
	if (d->caps & RSIM_CAP_IMM_READY)
		m->b[PCI_STATUS] |= PCI_STATUS_IMM_READY;
	put32(m->b + PCI_CLASS_REVISION, class_code << 8);
	if (d->caps & RSIM_CAP_MULTIFUNCTION)
		m->b[PCI_HEADER_TYPE] |= 0x80;
	if (is_bridge(d->type)) {
		m->b[PCI_HEADER_TYPE] |= PCI_HEADER_TYPE_BRIDGE;
		m->b[PCI_PRIMARY_BUS] = at->bus;
		m->b[PCI_SECONDARY_BUS] = below;
		m->b[PCI_SUBORDINATE_BUS] = below;
	} else if (!vf) {
		/* A memory BAR, so that a reset has something to lose. */
		put32(m->b + PCI_BASE_ADDRESS_0, 0xe0000000u);
	}
}

static void express(struct image *m, const struct rsim_dev_desc *d)
{
	static const uint8_t types[] = {
		[RSIM_ENDPOINT] = PCI_EXP_TYPE_ENDPOINT,
		[RSIM_ROOT_PORT] = PCI_EXP_TYPE_ROOT_PORT,
		[RSIM_UPSTREAM_PORT] = PCI_EXP_TYPE_UPSTREAM,
		[RSIM_DOWNSTREAM_PORT] = PCI_EXP_TYPE_DOWNSTREAM,
		[RSIM_PCIE_PCI_BRIDGE] = PCI_EXP_TYPE_PCI_BRIDGE,
		[RSIM_RCIEP] = PCI_EXP_TYPE_RC_END,
		[RSIM_VF] = PCI_EXP_TYPE_ENDPOINT,
	};
	unsigned speed = d->speed ? d->speed : RSIM_SPEED_16;
	unsigned p = cap(m, PCI_CAP_ID_EXP, 0x3c);
	uint32_t lnkcap = speed | 1u << 4;
	uint16_t flags = (uint16_t)(2 | types[d->type] << 4);

	if (d->caps & RSIM_CAP_SLOT && is_port(d->type)) {
		flags |= PCI_EXP_FLAGS_SLOT;
		put32(m->b + p + PCI_EXP_SLTCAP,
		      PCI_EXP_SLTCAP_HPC | PCI_EXP_SLTCAP_ABP);
		put16(m->b + p + PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_HPIE);
	}
	put16(m->b + p + PCI_EXP_FLAGS, flags);
	if (d->caps & RSIM_CAP_FLR)
		put32(m->b + p + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_FLR);
	if (d->type == RSIM_ROOT_PORT && d->caps & RSIM_CAP_RRS_SV) {
		put16(m->b + p + PCI_EXP_RTCTL, PCI_EXP_RTCTL_RRS_SVE);
		put16(m->b + p + PCI_EXP_RTCAP, PCI_EXP_RTCAP_RRS_SV);
	}
	if (d->type == RSIM_RCIEP)
		return;
	if (is_port(d->type) && !(d->caps & RSIM_CAP_NO_LINK_REPORT)) {
		lnkcap |= PCI_EXP_LNKCAP_DLLLARC;
		put16(m->b + p + PCI_EXP_LNKSTA,
		      (uint16_t)(PCI_EXP_LNKSTA_DLLLA | 1 << 4 | speed));
	}
	put32(m->b + p + PCI_EXP_LNKCAP, lnkcap);
	put32(m->b + p + PCI_EXP_LNKCAP2, (2u << speed) - 2);
}

static void conventional_caps(struct image *m, const struct rsim_dev_desc *d)
{
	unsigned p;

	if (d->caps & RSIM_CAP_PM) {
		p = cap(m, PCI_CAP_ID_PM, 8);
		put16(m->b + p + PCI_PM_PMC, 3);
		if (d->caps & RSIM_CAP_NO_SOFT_RESET)
			put16(m->b + p + PCI_PM_CTRL,
			      PCI_PM_CTRL_NO_SOFT_RESET);
	}
	if (!is_conventional(d->type))
		express(m, d);
	if (d->caps & RSIM_CAP_AF_FLR) {
		p = cap(m, PCI_CAP_ID_AF, 6);
		m->b[p + PCI_AF_LENGTH] = 6;
		m->b[p + PCI_AF_CAP] = PCI_AF_CAP_TP | PCI_AF_CAP_FLR;
	}
	if (d->caps & RSIM_CAP_MSIX) {
		p = cap(m, PCI_CAP_ID_MSIX, 12);
		put16(m->b + p + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE | 3);
	}
}

static void sriov(struct image *m, const struct rsim_dev_desc *d)
{
	unsigned p = ext_cap(m, PCI_EXT_CAP_ID_SRIOV, 1, 64);

	put16(m->b + p + PCI_SRIOV_CTRL,
	      PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
	put16(m->b + p + PCI_SRIOV_INITIAL_VF, d->vfs);
	put16(m->b + p + PCI_SRIOV_TOTAL_VF, d->vfs);
	put16(m->b + p + PCI_SRIOV_NUM_VF, d->vfs);
	put16(m->b + p + PCI_SRIOV_VF_OFFSET, 1);
	put16(m->b + p + PCI_SRIOV_VF_STRIDE, 1);
	put16(m->b + p + PCI_SRIOV_VF_DID,
	      d->device ? (uint16_t)(d->device + 1) : DEFAULT_DEVICE + 1);
	put32(m->b + p + PCI_SRIOV_SUP_PGSIZE, 1);
	put32(m->b + p + PCI_SRIOV_SYS_PGSIZE, 1);
}

static void cxl_port(struct image *m)
{
	unsigned p = ext_cap(m, PCI_EXT_CAP_ID_DVSEC, 1, 0x28);

	put32(m->b + p + RSIM_DVSEC_HEADER1, RSIM_CXL_VENDOR | 0x28u << 20);
	put16(m->b + p + RSIM_DVSEC_HEADER2, RSIM_CXL_DVSEC_PORT);
	p = ext_cap(m, PCI_EXT_CAP_ID_DVSEC, 1, 0x14);
	put32(m->b + p + RSIM_DVSEC_HEADER1, RSIM_CXL_VENDOR | 0x14u << 20);
	put16(m->b + p + RSIM_DVSEC_HEADER2, RSIM_CXL_DVSEC_FLEXBUS);
	put16(m->b + p + RSIM_CXL_FLEXBUS_STATUS,
	      RSIM_CXL_FLEXBUS_MEM | 2);
}

static void extended_caps(struct image *m, const struct rsim_dev_desc *d)
{
	unsigned p, acs = PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF;

	if (d->caps & RSIM_CAP_AER)
		ext_cap(m, PCI_EXT_CAP_ID_ERR, 2, 0x38);
	if (d->caps & RSIM_CAP_ATS) {
		p = ext_cap(m, PCI_EXT_CAP_ID_ATS, 1, 8);
		put16(m->b + p + PCI_ATS_CAP, PCI_ATS_CAP_PAGE_ALIGNED);
	}
	if (d->caps & RSIM_CAP_PRI)
		ext_cap(m, PCI_EXT_CAP_ID_PRI, 1, 16);
	if (d->caps & RSIM_CAP_PASID) {
		p = ext_cap(m, PCI_EXT_CAP_ID_PASID, 1, 8);
		put16(m->b + p + PCI_PASID_CAP, 16 << 8);
	}
	if (d->caps & RSIM_CAP_ACS) {
		p = ext_cap(m, PCI_EXT_CAP_ID_ACS, 1, 8);
		put16(m->b + p + PCI_ACS_CAP, (uint16_t)acs);
		put16(m->b + p + PCI_ACS_CTRL, (uint16_t)acs);
	}
	if (d->caps & RSIM_CAP_ARI)
		ext_cap(m, PCI_EXT_CAP_ID_ARI, 1, 8);
	if (d->caps & RSIM_CAP_SRIOV)
		sriov(m, d);
	if (d->caps & RSIM_CAP_CXL_PORT)
		cxl_port(m);
}

/* Where the function goes: its bus and BDF. 0 or a negative errno. */
static int place(struct rsim *w, const struct rsim_dev_desc *d,
		 struct rsim_bdf *bdf, struct hw_bus **bus)
{
	struct rsim_dev *up = d->parent;

	*bdf = d->at;
	if (d->type == RSIM_VF) {
		if (!up || !fn_cap(&up->fn, HW_CAP_SRIOV))
			return world_error(w, -EINVAL,
					   "a VF's parent must be its PF");
		*bus = up->fn.bus;
		bdf->domain = (*bus)->domain;
		bdf->bus = (*bus)->number;
		return 0;
	}
	if (up) {
		if (!up->fn.below)
			return world_error(w, -EINVAL, "%s is no bridge",
					   up->name);
		*bus = up->fn.below;
		bdf->domain = (*bus)->domain;
		bdf->bus = (*bus)->number;
		return 0;
	}
	*bus = hw_bus_find(&w->hw, bdf->domain, bdf->bus);
	if (*bus && (*bus)->parent)
		return world_error(w, -EINVAL, "bus %02x is no root bus",
				   bdf->bus);
	if (!*bus)
		*bus = hw_bus_add(&w->hw, bdf->domain, bdf->bus, NULL, NULL);
	return *bus ? 0 : world_error(w, -ENOMEM, "no memory for a bus");
}

/* A free number for a secondary bus, above the bus the bridge is on. */
static int free_bus(struct rsim *w, const struct rsim_bdf *bdf)
{
	unsigned n;

	for (n = bdf->bus + 1u; n < 256; n++)
		if (!hw_bus_find(&w->hw, bdf->domain, (uint8_t)n))
			return (int)n;
	return -1;
}

int world_add(struct rsim *w, struct hw_bus *bus, const struct hw_fn_init *init,
	      const struct os_platform *p, struct rsim_dev **out)
{
	char bdf[RSIM_BDF_TEXT];
	const char *why;
	struct hw_fn *fn;
	int ret = hw_fn_add(&w->hw, bus, init, sizeof(struct rsim_dev), &fn,
			    &why);

	rsim_bdf_text(init->bdf, bdf);
	if (ret == -EEXIST)
		return world_error(w, ret, "%s is there already", bdf);
	if (ret == -EINVAL)
		return world_error(w, ret, "%s: %s", bdf, why);
	if (ret)
		return world_error(w, ret, "%s: no memory", bdf);
	ret = os_device_add(&w->os, fn_dev(fn), p);
	if (ret) {
		hw_fn_remove(fn, sizeof(struct rsim_dev));
		return world_error(w, ret, "%s: errno %d from adding it", bdf,
				   -ret);
	}
	*out = fn_dev(fn);
	return 0;
}

static void check_desc(const struct rsim *w, const struct rsim_dev_desc *d)
{
	static const char call[] = "rsim_dev_add";

	MISUSE_IF(!w, call, "w is NULL");
	MISUSE_IF(!d, call, "desc is NULL");
	MISUSE_IF((unsigned)d->type > RSIM_VF, call, "desc.type is no type");
	MISUSE_IF(d->parent && d->parent->os != &w->os, call,
		  "desc.parent is of another world");
	MISUSE_IF(d->group && d->group->os != &w->os, call,
		  "desc.group is of another world");
	MISUSE_IF(is_conventional(d->type) &&
			  d->caps & ~(unsigned)(RSIM_CAP_PM |
						RSIM_CAP_NO_SOFT_RESET |
						RSIM_CAP_AF_FLR |
						RSIM_CAP_MSIX |
						RSIM_CAP_IMM_READY |
						RSIM_CAP_MULTIFUNCTION),
		  call, "desc.caps needs PCI Express");
	MISUSE_IF(d->caps & RSIM_CAP_SRIOV && !d->vfs, call,
		  "desc.vfs is 0 for a PF");
}

struct rsim_dev *rsim_dev_add(struct rsim *w, const struct rsim_dev_desc *desc)
{
	struct image m = { .size = HW_EXT_SIZE, .at = 0x40, .ext_at = 0x100 };
	struct hw_fn_init init = { 0 };
	struct os_platform p = { 0 };
	struct rsim_dev *dev;
	struct hw_bus *bus = NULL;
	int below = 0;

	check_desc(w, desc);
	if (place(w, desc, &init.bdf, &bus))
		return NULL;
	if (is_bridge(desc->type)) {
		below = free_bus(w, &init.bdf);
		if (below < 0) {
			world_error(w, -EINVAL, "no bus number is left");
			return NULL;
		}
	}
	if (is_conventional(desc->type))
		m.size = HW_CONV_SIZE;
	header(&m, desc, &init.bdf, (uint8_t)below);
	conventional_caps(&m, desc);
	if (m.size == HW_EXT_SIZE)
		extended_caps(&m, desc);
	init.type = desc->type;
	init.cfg = m.b;
	init.size = m.size;
	init.timing = (struct hw_timing){
		.ready_ms = { 0, desc->ready_ms.flr, desc->ready_ms.af_flr,
			      desc->ready_ms.pm, desc->ready_ms.bus,
			      desc->ready_ms.acpi },
		.train_ms = desc->link_train_ms,
	};
	p.name = desc->name;
	p.quirks = desc->quirks;
	p.max_pasids = desc->max_pasids;
	p.acpi_rst = desc->acpi_rst;
	p.untrusted = desc->untrusted;
	p.require_direct = desc->require_direct;
	p.attach_deferred = desc->attach_deferred;
	p.no_iommu = desc->no_iommu;
	p.d3hot_no_delay = desc->d3hot_no_delay;
	p.no_d3cold_delay = desc->no_d3cold_delay;
	p.group = desc->group;
	p.new_group = desc->new_group;
	p.alias_of = desc->alias_of;
	if (desc->type == RSIM_VF) {
		init.pf = &desc->parent->fn;
		p.vf_vendor = desc->parent->vendor;
		p.vf_device = (uint16_t)fn_peek(
			init.pf, fn_cap(init.pf, HW_CAP_SRIOV) +
					 PCI_SRIOV_VF_DID, 2);
	}
	if (world_add(w, bus, &init, &p, &dev))
		return NULL;
	if (is_bridge(desc->type) &&
	    !hw_bus_add(&w->hw, init.bdf.domain, (uint8_t)below, &dev->fn,
			NULL)) {
		rsim_dev_remove(dev);
		world_error(w, -ENOMEM, "no memory for a bus");
		return NULL;
	}
	return dev;
}

static bool has_vfs(const struct hw_fn *fn)
{
	const struct hw *hw = fn->hw;
	uint32_t i;

	for (i = 0; fn_cap(fn, HW_CAP_SRIOV) && i < hw->fn_count; i++)
		if (hw->fns[i] && hw->fns[i]->pf == fn)
			return true;
	return false;
}

void rsim_dev_remove(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_remove", "dev is NULL");
	MISUSE_IF(dev->fn.below && dev->fn.below->first, "rsim_dev_remove",
		  "something is below the bridge");
	MISUSE_IF(has_vfs(&dev->fn), "rsim_dev_remove",
		  "the virtual functions of the PF are still there");
	os_device_remove(dev);
	hw_fn_remove(&dev->fn, sizeof(*dev));
}

struct rsim_dev *rsim_dev_find(struct rsim *w, struct rsim_bdf bdf)
{
	struct hw_fn *fn;

	MISUSE_IF(!w, "rsim_dev_find", "w is NULL");
	fn = hw_fn_find(&w->hw, bdf);
	return fn ? fn_dev(fn) : NULL;
}

struct rsim_dev *rsim_dev_numbered(struct rsim *w, uint32_t number)
{
	MISUSE_IF(!w, "rsim_dev_numbered", "w is NULL");
	if (!number || number > w->hw.fn_count || !w->hw.fns[number - 1])
		return NULL;
	return fn_dev(w->hw.fns[number - 1]);
}

struct rsim_domain *rsim_domain_numbered(struct rsim *w, uint32_t number)
{
	MISUSE_IF(!w, "rsim_domain_numbered", "w is NULL");
	return number && number <= w->os.domain_count
		       ? w->os.domains[number - 1] : NULL;
}

struct rsim_dev *rsim_dev_next(struct rsim *w, struct rsim_dev *prev)
{
	struct hw_bus *bus;

	MISUSE_IF(!w, "rsim_dev_next", "w is NULL");
	if (prev && prev->fn.next)
		return fn_dev(prev->fn.next);
	for (bus = prev ? prev->fn.bus->next : w->hw.buses; bus;
	     bus = bus->next)
		if (bus->first)
			return fn_dev(bus->first);
	return NULL;
}
