/* SPDX-License-Identifier: MIT */
/*
 * Models: what a reset does to a function, and when.
 * Spec: PCIe 6.6.1 (conventional), 6.6.2 (FLR), 5.3.1.4 (D3hot to D0),
 * 7.5.1.3.13 (Secondary Bus Reset), CXL 8.1.5.2 (masked SBR).
 *
 * A reset takes effect when it ends. One that never ends (the fault "ready")
 * leaves registers and ATC as they were: nothing guarantees otherwise, and
 * that is what makes a failed reset dangerous.
 */
#include "hw/function.h"

static const char *const begins[HW_RESETS] = {
	[HW_RESET_FLR] = "FLR begins",
	[HW_RESET_AF] = "AF FLR begins",
	[HW_RESET_PM] = "soft reset begins",
	[HW_RESET_BUS] = "bus reset begins",
	[HW_RESET_ACPI] = "platform reset begins",
};

static void clear_registers(struct hw_fn *fn, bool conventional)
{
	const struct hw_layout *l = fn->cfg.layout;
	unsigned p, i;

	for (p = 0; p < HW_PAGES; p++) {
		uint8_t *bytes;

		if (!(l->rw_pages & 1 << p))
			continue;
		bytes = hw_config_at(fn->hw, &fn->cfg, p * HW_PAGE);
		for (i = 0; i < HW_PAGE; i++) {
			uint8_t m = l->flr[p * HW_PAGE + i];

			if (conventional)
				m |= l->conv[p * HW_PAGE + i];
			bytes[i] &= (uint8_t)~m;
		}
	}
}

static void reset_ends(struct hw_fn *fn)
{
	enum hw_reset kind = fn->resetting;
	uint32_t i;

	fn->resetting = HW_RESET_NONE;
	fn->ready_at = 0;
	if (fault_hits(fn->hw->e, RSIM_FAULT_NO_RESET, fn->id, NULL)) {
		trace_add(fn->hw->e, RSIM_EV_HW, fn->id,
			  "is ready, but nothing was reset");
		fn->d_state = 0;
		return;
	}
	fn->resets++;
	clear_registers(fn, kind == HW_RESET_BUS || kind == HW_RESET_ACPI);
	fn->d_state = 0;
	fn->ats_lost = false;
	trace_add(fn->hw->e, RSIM_EV_HW, fn->id, "is reset");
	if (!fault_hits(fn->hw->e, RSIM_FAULT_ATC_KEEP, fn->id, NULL))
		hw_atc_flush(fn, "loses");
	/* VF Enable is clear now: the VFs of a PF are gone, and with them
	 * their state. */
	if (!fn_cap(fn, HW_CAP_SRIOV))
		return;
	for (i = 0; i < fn->hw->fn_count; i++) {
		struct hw_fn *vf = fn->hw->fns[i];

		if (!vf || vf->pf != fn)
			continue;
		clear_registers(vf, true);
		hw_atc_flush(vf, "loses");
		vf->resetting = HW_RESET_NONE;
	}
}

void hw_fn_settle(struct hw_fn *fn)
{
	if (fn->resetting && fn->hw->e->now >= fn->ready_at)
		reset_ends(fn);
}

/* When a reset of @kind that starts to recover at @from will be over. */
static rsim_ns ready_time(struct hw_fn *fn, enum hw_reset kind, rsim_ns from)
{
	int64_t ms = fn->timing->ready_ms[kind];

	fault_hits(fn->hw->e, RSIM_FAULT_READY, fn->id, &ms);
	if (ms == RSIM_NEVER || from == HW_TIME_NEVER)
		return HW_TIME_NEVER;
	return from + (rsim_ns)ms * RSIM_NS_PER_MS;
}

void hw_fn_reset(struct hw_fn *fn, enum hw_reset kind)
{
	fn->resetting = (uint8_t)kind;
	trace_add(fn->hw->e, RSIM_EV_HW, fn->id, begins[kind]);
	fn->ready_at = ready_time(fn, kind, fn->hw->e->now);
	hw_fn_settle(fn);
}

/* Every function below the bus, bridges' own secondary buses included. */
static void reset_below(struct hw_bus *bus)
{
	struct hw_fn *fn;

	for (fn = bus->first; fn; fn = fn->next) {
		fn->resetting = HW_RESET_BUS;
		fn->ready_at = HW_TIME_NEVER;
		trace_add(fn->hw->e, RSIM_EV_HW, fn->id, begins[HW_RESET_BUS]);
		if (fn->below)
			reset_below(fn->below);
	}
}

static void recover_below(struct hw_bus *bus, rsim_ns from)
{
	struct hw_fn *fn;

	for (fn = bus->first; fn; fn = fn->next) {
		fn->ready_at = ready_time(fn, HW_RESET_BUS, from);
		if (fn->below) {
			fn->link_up_at = from;
			recover_below(fn->below, from);
		}
		hw_fn_settle(fn);
	}
}

/* A CXL port ignores Secondary Bus Reset until it is unmasked. */
static bool sbr_masked(struct hw_fn *bridge)
{
	unsigned p = fn_cap(bridge, HW_CAP_CXL_PORT);

	return p && !(fn_peek(bridge, p + RSIM_CXL_PORT_CTL, 2) &
		      RSIM_CXL_PORT_UNMASK_SBR);
}

void hw_bus_assert(struct hw_fn *bridge)
{
	if (!bridge->below || bridge->sbr)
		return;
	if (sbr_masked(bridge)) {
		trace_add(bridge->hw->e, RSIM_EV_HW, bridge->id,
			  "ignores Secondary Bus Reset: masked");
		return;
	}
	bridge->sbr = true;
	bridge->link_up_at = HW_TIME_NEVER;
	trace_add(bridge->hw->e, RSIM_EV_HW, bridge->id,
		  "holds its bus in reset");
	reset_below(bridge->below);
}

void hw_bus_deassert(struct hw_fn *bridge)
{
	rsim_ns up = bridge->hw->e->now +
		     bridge->timing->train_ms * RSIM_NS_PER_MS;

	if (!bridge->sbr)
		return;
	bridge->sbr = false;
	if (fault_hits(bridge->hw->e, RSIM_FAULT_LINK, bridge->id, NULL))
		up = HW_TIME_NEVER;
	bridge->link_up_at = up;
	trace_add(bridge->hw->e, RSIM_EV_HW, bridge->id,
		  up == HW_TIME_NEVER ? "releases its bus: the link stays down"
				      : "releases its bus");
	recover_below(bridge->below, up);
}
