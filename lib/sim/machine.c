/* SPDX-License-Identifier: MIT */
/*
 * A machine from a dump: what is below what, and in which order Linux finds
 * it: all functions of a bus, then behind its bridges, VFs last.
 */
#include "base/assert.h"
#include "base/host.h"
#include "hw/regs.h"
#include "sim/import.h"
#include "sim/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rsim/machine.h>

static const char bus_taken[] = "another bridge has the same secondary bus";

static int bad_fn(struct import *m, const struct import_fn *f,
		  const char *what)
{
	char bdf[RSIM_BDF_TEXT];

	return world_error(m->w, -EINVAL, "%s:%u: %s: %s", m->name, f->line,
			   rsim_bdf_text(f->bdf, bdf), what);
}

static bool is_bridge(const struct import_fn *f)
{
	return (f->cfg[PCI_HEADER_TYPE] & 0x7f) == PCI_HEADER_TYPE_BRIDGE;
}

static bool is_vf(const struct import_fn *f)
{
	return get32(f->cfg) == ~0u;
}

static enum rsim_dev_type type_of(const struct import_fn *f)
{
	unsigned e = hw_find_cap(f->cfg, PCI_CAP_ID_EXP);

	if (is_vf(f))
		return RSIM_VF;
	if (!e)
		return is_bridge(f) ? RSIM_PCI_BRIDGE : RSIM_CONVENTIONAL;
	switch ((get16(f->cfg + e + PCI_EXP_FLAGS) & PCI_EXP_FLAGS_TYPE) >> 4) {
	case PCI_EXP_TYPE_ROOT_PORT:
		return RSIM_ROOT_PORT;
	case PCI_EXP_TYPE_UPSTREAM:
		return RSIM_UPSTREAM_PORT;
	case PCI_EXP_TYPE_DOWNSTREAM:
		return RSIM_DOWNSTREAM_PORT;
	case PCI_EXP_TYPE_PCI_BRIDGE:
		return RSIM_PCIE_PCI_BRIDGE;
	case PCI_EXP_TYPE_PCIE_BRIDGE:
		return RSIM_PCI_BRIDGE;
	case PCI_EXP_TYPE_RC_END:
	case PCI_EXP_TYPE_RC_EC:
		return RSIM_RCIEP;
	}
	return is_bridge(f) ? RSIM_PCI_BRIDGE : RSIM_ENDPOINT;
}

static uint16_t rid(const struct import_fn *f)
{
	return (uint16_t)(f->bdf.bus << 8 | f->bdf.devfn);
}

/* Offset of an extended capability of @bytes; 0: none, or a broken list. */
static unsigned ext_cap_of(const struct import_fn *f, uint16_t id,
			   unsigned bytes)
{
	unsigned pos = 0x100, left = 1024;

	while (f->size > HW_CONV_SIZE && pos >= 0x100 &&
	       pos + bytes <= f->size && left--) {
		uint32_t head = get32(f->cfg + pos);

		if ((head & 0xffff) == id)
			return pos;
		if (!head || head == ~0u)
			break;
		pos = head >> 20 & ~3u;
	}
	return 0;
}

/* Gives a VF the IDs of the PF whose routing IDs include its own. */
static int find_pf(struct import *m, struct import_fn *vf)
{
	uint32_t i = (uint32_t)(vf - m->fns);

	/* Routing IDs of VFs are above their PF's, mostly not far. */
	while (i-- && m->fns[i].bdf.domain == vf->bdf.domain) {
		const struct import_fn *pf = &m->fns[i];
		unsigned first, stride, total, nth, s = 0;

		if (!is_vf(pf))
			s = ext_cap_of(pf, PCI_EXT_CAP_ID_SRIOV, 64);
		if (!s)
			continue;
		first = rid(pf) + get16(pf->cfg + s + PCI_SRIOV_VF_OFFSET);
		stride = get16(pf->cfg + s + PCI_SRIOV_VF_STRIDE);
		total = get16(pf->cfg + s + PCI_SRIOV_TOTAL_VF);
		if (rid(vf) < first)
			continue;
		nth = stride ? (rid(vf) - first) / stride : rid(vf) - first;
		if (nth >= total || first + nth * stride != rid(vf))
			continue;
		vf->pf = i + 1;
		vf->vf_vendor = get16(pf->cfg);
		vf->vf_device = get16(pf->cfg + s + PCI_SRIOV_VF_DID);
		return 0;
	}
	return bad_fn(m, vf, "reads ffff:ffff but is a virtual function of no "
			     "physical function here");
}

/* First function of a bus; m->count when there is none. */
static uint32_t bus_first(const struct import *m, uint32_t domain,
			  unsigned bus)
{
	uint64_t want = (uint64_t)domain << 8 | bus;
	uint32_t lo = 0, hi = m->count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const struct import_fn *f = &m->fns[mid];

		if (((uint64_t)f->bdf.domain << 8 | f->bdf.bus) < want)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool on_bus(const struct import *m, uint32_t i, uint32_t domain,
		   unsigned bus)
{
	return i < m->count && m->fns[i].bdf.domain == domain &&
	       m->fns[i].bdf.bus == bus;
}

/* Every function on a bridge's secondary bus gets it for a parent. */
static int claim_bus(struct import *m, uint32_t bridge)
{
	struct import_fn *b = &m->fns[bridge];
	unsigned bus = b->cfg[PCI_SECONDARY_BUS];
	uint32_t i;

	if (!bus)
		return 0;	/* not configured: nothing is below */
	if (bus <= b->bdf.bus)
		return bad_fn(m, b, "a loop: the secondary bus of this bridge "
				    "is not above its own bus");
	for (i = bus_first(m, b->bdf.domain, bus);
	     on_bus(m, i, b->bdf.domain, bus); i++) {
		if (m->fns[i].parent)
			return bad_fn(m, b, bus_taken);
		if (!is_vf(&m->fns[i]))
			m->fns[i].parent = bridge + 1;
	}
	return 0;
}

/* Which buses of a domain lie below a bridge's secondary bus? Returns the
 * index behind the last function of the domain, which begins at @i. */
static uint32_t buses_below(const struct import *m, uint32_t i,
			    bool below[256])
{
	uint32_t domain = m->fns[i].bdf.domain;

	memset(below, 0, 256 * sizeof(*below));
	for (; i < m->count && m->fns[i].bdf.domain == domain; i++) {
		const uint8_t *cfg = m->fns[i].cfg;
		unsigned n = cfg[PCI_SECONDARY_BUS];

		if (is_bridge(&m->fns[i]) && n)
			while (n++ < cfg[PCI_SUBORDINATE_BUS])
				below[n] = true;
	}
	return i;
}

/* Nobody claims the bus of this function: is it a root bus? */
static int check_root(struct import *m, const struct import_fn *f,
		      const bool below[256])
{
	bool needs_bridge = f->type == RSIM_ENDPOINT ||
			    f->type == RSIM_UPSTREAM_PORT ||
			    f->type == RSIM_DOWNSTREAM_PORT;

	if (below[f->bdf.bus] || (needs_bridge && f->bdf.bus))
		return bad_fn(m, f, "no bridge leads to its bus");
	return 0;
}

int import_topology(struct import *m)
{
	bool below[256];
	uint32_t i, end = 0;
	int ret = 0;

	for (i = 0; i < m->count && !ret; i++) {
		m->fns[i].type = (uint8_t)type_of(&m->fns[i]);
		if (is_vf(&m->fns[i]))
			ret = find_pf(m, &m->fns[i]);
	}
	for (i = 0; i < m->count && !ret; i++)
		if (is_bridge(&m->fns[i]))
			ret = claim_bus(m, i);
	for (i = 0; i < m->count && !ret; i++) {
		if (i == end)
			end = buses_below(m, i, below);
		if (!m->fns[i].parent && !is_vf(&m->fns[i]))
			ret = check_root(m, &m->fns[i], below);
	}
	return ret;
}

static struct hw_bus *bus_for(struct import *m, const struct import_fn *f,
			      struct rsim_dev *pf)
{
	struct hw *hw = &m->w->hw;
	struct hw_bus *bus = hw_bus_find(hw, f->bdf.domain, f->bdf.bus);

	if (bus)
		return bus;
	return hw_bus_add(hw, f->bdf.domain, f->bdf.bus, NULL,
			  pf ? pf->fn.bus : NULL);
}

static int add_fn(struct import *m, struct import_fn *f)
{
	struct hw_fn_init init = {
		.bdf = f->bdf, .type = f->type, .cfg = f->cfg, .size = f->size,
	};
	struct os_platform p = { .vf_vendor = f->vf_vendor,
				 .vf_device = f->vf_device };
	struct rsim_dev *pf = NULL, *dev;
	struct hw_bus *bus;
	uint8_t below;
	unsigned ats;
	char why[256];
	int ret;

	if (f->pf)
		pf = rsim_dev_find(m->w, m->fns[f->pf - 1].bdf);
	init.pf = pf ? &pf->fn : NULL;
	/* An ATS capability that the running kernel left off: the platform or
	 * the IOMMU does not let the function use it. */
	ats = ext_cap_of(f, PCI_EXT_CAP_ID_ATS, 8);
	p.ats_refused = ats && !(get16(f->cfg + ats + PCI_ATS_CTRL) &
				 PCI_ATS_CTRL_ENABLE);
	bus = bus_for(m, f, pf);
	if (!bus)
		return world_error(m->w, -ENOMEM, "%s: no memory", m->name);
	ret = world_add(m->w, bus, &init, &p, &dev);
	if (ret) {
		memcpy(why, m->w->side->error, sizeof(why) - 1);
		why[sizeof(why) - 1] = '\0';
		return world_error(m->w, ret, "%s:%u: %s", m->name, f->line,
				   why);
	}
	f->added = true;
	below = is_bridge(f) ? f->cfg[PCI_SECONDARY_BUS] : 0;
	if (!below)
		return 0;
	/* A bridge's bus exists as soon as Linux scans behind it. */
	if (hw_bus_find(&m->w->hw, f->bdf.domain, below))
		return bad_fn(m, f, bus_taken);
	if (!hw_bus_add(&m->w->hw, f->bdf.domain, below, &dev->fn, NULL))
		return world_error(m->w, -ENOMEM, "%s: no memory", m->name);
	return 0;
}

static int scan_bus(struct import *m, uint32_t domain, unsigned bus)
{
	uint32_t first = bus_first(m, domain, bus), i;
	int ret;

	for (i = first; on_bus(m, i, domain, bus); i++) {
		if (is_vf(&m->fns[i]))
			continue;
		ret = add_fn(m, &m->fns[i]);
		if (ret)
			return ret;
	}
	for (i = first; on_bus(m, i, domain, bus); i++) {
		const struct import_fn *f = &m->fns[i];

		if (is_vf(f) || !is_bridge(f) || !f->cfg[PCI_SECONDARY_BUS])
			continue;
		ret = scan_bus(m, domain, f->cfg[PCI_SECONDARY_BUS]);
		if (ret)
			return ret;
	}
	return 0;
}

static int add_all(struct import *m)
{
	uint32_t i;
	int ret;

	for (i = 0; i < m->count; i++) {
		struct import_fn *f = &m->fns[i];

		if (f->added || f->parent || is_vf(f))
			continue;
		ret = scan_bus(m, f->bdf.domain, f->bdf.bus);
		if (ret)
			return ret;
	}
	for (i = 0; i < m->count; i++) {
		if (!is_vf(&m->fns[i]))
			continue;
		ret = add_fn(m, &m->fns[i]);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Adds the functions; after an error the world is what it was: the copy of
 * its (small, for it is empty) memory is put back.
 */
static int build(struct import *m)
{
	struct arena *a = m->w->arena;
	size_t hot = a->hot;
	bool off = m->w->side->trace.off;
	void *copy = host_alloc(&m->w->e.host, hot);
	int ret;

	if (!copy)
		return world_error(m->w, -ENOMEM, "%s: no memory", m->name);
	memcpy(copy, a, hot);
	m->w->side->trace.off = true;
	ret = add_all(m);
	m->w->side->trace.off = off;
	if (ret) {
		size_t used = a->hot, cold = a->cold;

		memcpy(a, copy, hot);
		memset((char *)a + hot, 0, used - hot);
		memset((char *)a + a->size - cold, 0, cold - a->cold);
	}
	free(copy);
	return ret;
}

static int finish(struct import *m)
{
	int ret = import_end(m);

	if (!ret)
		ret = import_topology(m);
	if (!ret)
		ret = build(m);
	import_free(m);
	return ret;
}

static void check_world(const struct rsim *w, const char *call)
{
	MISUSE_IF(!w, call, "w is NULL");
	MISUSE_IF(w->hw.fn_count, call, "the world has functions already");
}

int rsim_machine_parse(struct rsim *w, const char *text, size_t len,
		       const char *name)
{
	struct import m = { .w = w, .name = name };
	int ret;

	check_world(w, "rsim_machine_parse");
	MISUSE_IF(!text || !name, "rsim_machine_parse", "an argument is NULL");
	ret = import_feed(&m, text, len);
	if (!ret)
		return finish(&m);
	import_free(&m);
	return ret;
}

int rsim_machine_load(struct rsim *w, const char *path)
{
	struct import m = { .w = w, .name = path };
	char *buf;
	FILE *f;
	size_t n;
	int ret = 0;

	check_world(w, "rsim_machine_load");
	MISUSE_IF(!path, "rsim_machine_load", "path is NULL");
	f = fopen(path, "rb");
	if (!f)
		return world_error(w, -errno, "%s: %s", path, strerror(errno));
	buf = host_alloc(&w->e.host, 65536);
	if (!buf)
		ret = world_error(w, -ENOMEM, "%s: no memory", path);
	while (!ret && (n = fread(buf, 1, 65536, f)) > 0)
		ret = import_feed(&m, buf, n);
	if (!ret && ferror(f))
		ret = world_error(w, -errno, "%s: %s", path, strerror(errno));
	free(buf);
	fclose(f);
	if (!ret)
		return finish(&m);
	import_free(&m);
	return ret;
}
