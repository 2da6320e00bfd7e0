/* SPDX-License-Identifier: MIT */
/*
 * Models: config space as requests see it: read-only and write-one-to-clear
 * bits, RRS or all ones while nothing answers, and the registers whose
 * writes do something.
 * Spec: PCIe 2.3.1 (RRS), 7.5.3.12 (RRS Software Visibility).
 */
#include "hw/function.h"
#include "base/assert.h"

bool hw_fn_reachable(struct hw_fn *fn)
{
	rsim_ns now = fn->hw->e->now;
	struct hw_bus *bus;

	/* VFs go with their PF. */
	if (fn->gone_at <= now || (fn->pf && fn->pf->gone_at <= now))
		return false;
	for (bus = fn->bus; bus; bus = bus->parent) {
		struct hw_fn *b = bus->bridge;

		if (!b)
			continue;
		if (b->resetting)
			hw_fn_settle(b);
		if (b->link_up_at > now || b->gone_at <= now || b->resetting)
			return false;
	}
	return true;
}

static bool vf_enabled(struct hw_fn *fn)
{
	unsigned s = fn_cap(fn->pf, HW_CAP_SRIOV);

	hw_fn_settle(fn->pf);
	return !fn->pf->resetting &&
	       (!s || fn_peek(fn->pf, s + PCI_SRIOV_CTRL, 2) &
			      PCI_SRIOV_CTRL_VFE);
}

bool hw_fn_answers(struct hw_fn *fn)
{
	if (!hw_fn_reachable(fn) || (fn->pf && !vf_enabled(fn)))
		return false;
	if (fn->resetting)
		hw_fn_settle(fn);
	return !fn->resetting;
}

/* The root port above, or NULL. */
static struct hw_fn *root_port(struct hw_fn *fn)
{
	struct hw_fn *port = NULL;
	struct hw_bus *bus;

	for (bus = fn->bus; bus; bus = bus->parent)
		if (bus->bridge)
			port = bus->bridge;
	return port && port->type == RSIM_ROOT_PORT ? port : NULL;
}

/* What a request gets that no function completes. */
static uint32_t no_answer(struct hw_fn *fn, unsigned off, unsigned size)
{
	uint32_t ones = size == 4 ? ~0u : (1u << 8 * size) - 1;
	struct hw_fn *root = root_port(fn);

	/* A function that is there but not ready answers RRS, which the root
	 * complex shows to software that asked for it. VFs never do. */
	if (off == PCI_VENDOR_ID && size >= 2 && root && fn->resetting &&
	    hw_fn_reachable(fn) && !fn->pf &&
	    fn_peek(root, fn_cap(root, HW_CAP_EXP) + PCI_EXP_RTCTL, 2) &
		    PCI_EXP_RTCTL_RRS_SVE)
		return (0xffff0001u) & ones;
	return ones;
}

bool hw_fn_ats_enabled(const struct hw_fn *fn)
{
	unsigned ats = fn_cap(fn, HW_CAP_ATS);

	return ats && fn_peek(fn, ats + PCI_ATS_CTRL, 2) &
			      PCI_ATS_CTRL_ENABLE;
}

/* Bits that hardware computes when they are read. */
static uint32_t live_bits(struct hw_fn *fn, unsigned off, unsigned size,
			  uint32_t val)
{
	unsigned e = fn_cap(fn, HW_CAP_EXP);
	unsigned sta = e + PCI_EXP_LNKSTA, dev = e + PCI_EXP_DEVSTA;

	if (e && fn->below && off <= sta && sta + 2 <= off + size) {
		uint32_t bit = (uint32_t)PCI_EXP_LNKSTA_DLLLA
			       << 8 * (sta - off);

		val &= ~bit;
		if (fn->link_dllla && fn->link_up_at <= fn->hw->e->now)
			val |= bit;
	}
	if (e && off <= dev && dev + 2 <= off + size &&
	    fault_hits(fn->hw->e, RSIM_FAULT_TRPND, fn->id, NULL))
		val |= (uint32_t)PCI_EXP_DEVSTA_TRPND << 8 * (dev - off);
	e = fn_cap(fn, HW_CAP_AF);
	if (e && off <= e + PCI_AF_STATUS && e + PCI_AF_STATUS < off + size &&
	    fault_hits(fn->hw->e, RSIM_FAULT_TRPND, fn->id, NULL))
		val |= (uint32_t)PCI_AF_STATUS_TP
		       << 8 * (e + PCI_AF_STATUS - off);
	return val;
}

uint32_t hw_cfg_read(struct hw_fn *fn, unsigned off, unsigned size)
{
	if (off + size > fn->cfg.layout->key.size || !hw_fn_answers(fn))
		return no_answer(fn, off, size);
	return live_bits(fn, off, size, fn_peek(fn, off, size));
}

uint8_t hw_fn_byte(struct hw_fn *fn, unsigned off)
{
	unsigned word = off & ~1u;

	hw_fn_settle(fn);
	return (uint8_t)(live_bits(fn, word, 2, fn_peek(fn, word, 2)) >>
			 8 * (off & 1));
}

static void ats_written(struct hw_fn *fn, uint32_t was, uint32_t now)
{
	if (!(was & PCI_ATS_CTRL_ENABLE) && now & PCI_ATS_CTRL_ENABLE) {
		fn->ats_lost = false;
		hw_atc_flush(fn, "empties");
	} else if (was & PCI_ATS_CTRL_ENABLE && !(now & PCI_ATS_CTRL_ENABLE) &&
		   fn->hw->atc_flush_on_disable) {
		hw_atc_flush(fn, "empties");
	}
}

static void pm_written(struct hw_fn *fn, uint32_t val)
{
	uint8_t to = val & PCI_PM_CTRL_STATE_MASK, was = fn->d_state;

	fn->d_state = to;
	if (was == 3 && to == 0 && !(val & PCI_PM_CTRL_NO_SOFT_RESET))
		hw_fn_reset(fn, HW_RESET_PM);
}

static void bridge_written(struct hw_fn *fn, uint32_t was, uint32_t now)
{
	uint32_t edge = was ^ now;

	if (!(edge & PCI_BRIDGE_CTL_BUS_RESET))
		return;
	if (now & PCI_BRIDGE_CTL_BUS_RESET)
		hw_bus_assert(fn);
	else
		hw_bus_deassert(fn);
}

/* True when the access covers the 16-bit register at @reg. */
static bool covers(unsigned off, unsigned size, unsigned reg)
{
	return off <= reg && reg + 2 <= off + size;
}

static void side_effects(struct hw_fn *fn, unsigned off, unsigned size,
			 uint32_t val, const uint32_t *was)
{
	unsigned e = fn_cap(fn, HW_CAP_EXP), af = fn_cap(fn, HW_CAP_AF);
	unsigned pm = fn_cap(fn, HW_CAP_PM), ats = fn_cap(fn, HW_CAP_ATS);

	if (ats && covers(off, size, ats + PCI_ATS_CTRL))
		ats_written(fn, was[1], fn_peek(fn, ats + PCI_ATS_CTRL, 2));
	if (fn_is_bridge(fn) && covers(off, size, PCI_BRIDGE_CONTROL))
		bridge_written(fn, was[0], fn_peek(fn, PCI_BRIDGE_CONTROL, 2));
	if (pm && covers(off, size, pm + PCI_PM_CTRL))
		pm_written(fn, fn_peek(fn, pm + PCI_PM_CTRL, 2));
	if (e && fn->cfg.layout->key.flr &&
	    covers(off, size, e + PCI_EXP_DEVCTL) &&
	    val >> 8 * (e + PCI_EXP_DEVCTL - off) & PCI_EXP_DEVCTL_BCR_FLR)
		hw_fn_reset(fn, HW_RESET_FLR);
	if (af && off <= af + PCI_AF_CTRL && af + PCI_AF_CTRL < off + size &&
	    fn_peek(fn, af + PCI_AF_CAP, 1) & PCI_AF_CAP_FLR &&
	    val >> 8 * (af + PCI_AF_CTRL - off) & PCI_AF_CTRL_FLR)
		hw_fn_reset(fn, HW_RESET_AF);
}

void hw_cfg_write(struct hw_fn *fn, unsigned off, unsigned size, uint32_t val)
{
	const struct hw_layout *l = fn->cfg.layout;
	unsigned ats = fn_cap(fn, HW_CAP_ATS), i;
	uint32_t was[2] = { 0, 0 };

	if (off + size > l->key.size || !hw_fn_answers(fn))
		return;
	if (fn_is_bridge(fn))
		was[0] = fn_peek(fn, PCI_BRIDGE_CONTROL, 2);
	if (ats)
		was[1] = fn_peek(fn, ats + PCI_ATS_CTRL, 2);
	for (i = 0; i < size; i++) {
		uint8_t *p, v = (uint8_t)(val >> 8 * i);
		uint8_t rw = l->rw[off + i], w1c = l->w1c[off + i];

		if (!(rw | w1c))
			continue;
		MUST(fn->cfg.owned & 1 << (off + i) / HW_PAGE);
		p = hw_config_at(fn->hw, &fn->cfg, off + i);
		*p = (uint8_t)((*p & ~rw) | (v & rw));
		*p &= (uint8_t)~(v & w1c);
	}
	side_effects(fn, off, size, val, was);
}
