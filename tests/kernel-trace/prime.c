/* SPDX-License-Identifier: MIT */
/*
 * The machine as it was when the trace began: other tests ran on it after the
 * dump was made. Only what the trace tells of the time before the command
 * changed it is taken over; table.c lists what that is.
 */
#include "kt.h"

#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that were read or written before. */
struct seen {
	struct {
		struct rsim_bdf dev;
		unsigned off;
	} *byte;
	size_t count, cap;
};

static bool is_seen(const struct seen *s, struct rsim_bdf dev, unsigned off)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->byte[i].off == off && kt_same_bdf(s->byte[i].dev, dev))
			return true;
	return false;
}

static void see(struct seen *s, struct rsim_bdf dev, unsigned off)
{
	if (s->count == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 256;
		s->byte = kt_grow(s->byte, s->cap * sizeof(*s->byte));
	}
	s->byte[s->count].dev = dev;
	s->byte[s->count++].off = off;
}

static bool all_ones(const struct kt_ev *ev)
{
	return ev->val == (ev->size == 4 ? ~0u : (1u << 8 * ev->size) - 1);
}

static bool in(const struct kt_ev *ev, const char *fn)
{
	return !strcmp(ev->in, fn);
}

/* Writes what was in the registers when they were saved. */
static bool is_restore(const struct kt_ev *ev)
{
	return in(ev, "pci_restore_config_space_range") ||
	       in(ev, "pci_restore_state") || in(ev, "pci_restore_aer_state");
}

static void prime_bytes(struct kt_dump *d, struct seen *s,
			const struct kt_ev *ev, bool put)
{
	unsigned i;

	for (i = 0; i < ev->size; i++) {
		unsigned off = ev->off + i;

		if (is_seen(s, ev->dev, off))
			continue;
		/* The IDs of a VF are not in its registers. */
		if (put && off >= PCI_COMMAND)
			kt_put(d, ev->dev, off, 1, ev->val >> 8 * i);
		if (put || ev->kind == KT_WRITE)
			see(s, ev->dev, off);
	}
}

static void prime_registers(const struct kt_trace *t, struct kt_dump *d,
			    struct seen *s)
{
	bool was_reset = false;
	size_t i;

	for (i = 0; i < t->list.count; i++) {
		const struct kt_ev *ev = &t->list.ev[i];
		bool above = ev->dev.bus != t->target.bus;

		if (ev->kind == KT_READ || ev->kind == KT_POLL) {
			/* Status bits of AER are sticky. */
			bool sticky = in(ev, "pci_aer_clear_status");

			prime_bytes(d, s, ev,
				    !all_ones(ev) &&
					    (!was_reset || above || sticky));
		} else if (ev->kind == KT_WRITE) {
			/* The last write of several counts. */
			if (in(ev, "pci_restore_iov_state"))
				kt_put(d, ev->dev, ev->off, ev->size, ev->val);
			else
				prime_bytes(d, s, ev, is_restore(ev));
			/* Only the reset itself writes here otherwise. */
			was_reset |= ev->method && !in(ev, "pci_disable_ats") &&
				     !in(ev, "pci_enable_ats");
		}
	}
}

static void prime_msi(const struct kt_trace *t, struct kt_dump *d,
		      const struct seen *s)
{
	static const uint8_t ids[] = { PCI_CAP_ID_MSI, PCI_CAP_ID_MSIX };
	unsigned i;
	size_t k;

	if (!t->restores)
		return;
	for (i = 0; i < 2; i++) {
		unsigned p = kt_cap(d, t->target, ids[i]);
		uint16_t bit = i ? PCI_MSIX_FLAGS_ENABLE : PCI_MSI_FLAGS_ENABLE;
		uint32_t flags = kt_get(d, t->target, p + 2, 2);
		bool on = false;

		/* A read before the reset says it better. */
		if (!p || is_seen(s, t->target, p + 3))
			continue;
		for (k = 0; k < t->list.count; k++)
			on |= t->list.ev[k].off == p + 2 &&
			      t->list.ev[k].kind == KT_WRITE &&
			      kt_same_bdf(t->list.ev[k].dev, t->target);
		flags &= ~(uint32_t)bit;
		kt_put(d, t->target, p + 2, 2, on ? flags | bit : flags);
	}
}

/* A PF whose VF Enable is clear has no VFs. */
static void prime_vfs(const struct kt_trace *t, struct kt_dump *d)
{
	unsigned s = kt_ext_cap(d, t->target, PCI_EXT_CAP_ID_SRIOV);
	struct rsim_bdf bdf;
	size_t at = 0;

	if (!s || kt_get(d, t->target, s + PCI_SRIOV_CTRL, 2) &
			  PCI_SRIOV_CTRL_VFE)
		return;
	while (kt_dump_next(d, &at, &bdf)) {
		if (bdf.bus != t->target.bus || kt_get(d, bdf, 0, 4) != ~0u)
			continue;
		kt_dump_remove(d, bdf);
		at = 0;
	}
}

static unsigned port_cap(const struct kt_dump *d, struct rsim_bdf bdf)
{
	unsigned e = kt_cap(d, bdf, PCI_CAP_ID_EXP);
	unsigned type = (kt_get(d, bdf, e + PCI_EXP_FLAGS, 2) &
			 PCI_EXP_FLAGS_TYPE) >> 4;

	return e && (type == PCI_EXP_TYPE_ROOT_PORT ||
		     type == PCI_EXP_TYPE_DOWNSTREAM) ? e : 0;
}

static void prime_port(const struct kt_trace *t, struct kt_dump *d,
		       struct rsim_bdf bdf, unsigned e)
{
	uint32_t v;

	v = kt_get(d, bdf, e + PCI_EXP_LNKCAP, 1);
	/* Ports of fixed speed stay as they are. */
	if (t->speed5 && (v & PCI_EXP_LNKCAP_SLS) > RSIM_SPEED_5) {
		kt_put(d, bdf, e + PCI_EXP_LNKCAP, 1,
		       (v & ~(uint32_t)PCI_EXP_LNKCAP_SLS) | RSIM_SPEED_5);
		if (kt_get(d, bdf, e + PCI_EXP_LNKCAP2, 1))
			kt_put(d, bdf, e + PCI_EXP_LNKCAP2, 1,
			       PCI_EXP_LNKCAP2_SLS_2_5GB |
				       PCI_EXP_LNKCAP2_SLS_5_0GB);
	}
	if (t->nativehp &&
	    kt_get(d, bdf, e + PCI_EXP_FLAGS, 2) & PCI_EXP_FLAGS_SLOT &&
	    kt_get(d, bdf, e + PCI_EXP_SLTCAP, 4) & PCI_EXP_SLTCAP_HPC) {
		v = kt_get(d, bdf, e + PCI_EXP_SLTCTL, 2);
		kt_put(d, bdf, e + PCI_EXP_SLTCTL, 2,
		       v | PCI_EXP_SLTCTL_HPIE);
	}
}

static bool is_bridge(const struct kt_dump *d, struct rsim_bdf bdf)
{
	return (kt_get(d, bdf, PCI_HEADER_TYPE, 1) & 0x7f) ==
	       PCI_HEADER_TYPE_BRIDGE;
}

/* The function nearest to what @want is: its IDs, or a bridge on its bus. */
static bool find_like(const struct kt_dump *d, struct rsim_bdf want,
		      bool bridge, uint16_t vendor, uint16_t id,
		      struct rsim_bdf *out)
{
	struct rsim_bdf bdf;
	bool found = false;
	size_t at = 0;

	while (kt_dump_next(d, &at, &bdf)) {
		if (bridge ? !is_bridge(d, bdf) || bdf.bus != want.bus ||
				     bdf.devfn >= want.devfn
			   : kt_get(d, bdf, PCI_VENDOR_ID, 2) != vendor ||
				     kt_get(d, bdf, PCI_DEVICE_ID, 2) != id)
			continue;
		*out = bdf;
		found = true;
	}
	return found;
}

static bool bus_exists(const struct kt_dump *d, struct rsim_bdf want)
{
	struct rsim_bdf bdf;
	size_t at = 0;

	while (kt_dump_next(d, &at, &bdf))
		if (bdf.bus == want.bus ||
		    (is_bridge(d, bdf) &&
		     kt_get(d, bdf, PCI_SECONDARY_BUS, 1) == want.bus))
			return true;
	return false;
}

/* A port for the new bus: the one that the trace shows, or the next after the
 * port with the highest bus number below. */
static void add_port(const struct kt_trace *t, struct kt_dump *d)
{
	struct rsim_bdf port = { 0 }, like = { 0 }, bdf;
	unsigned best = 0;
	size_t i, at = 0;

	for (i = 0; i < t->list.count; i++)
		if (t->list.ev[i].size && !kt_dump_has(d, t->list.ev[i].dev) &&
		    !kt_same_bdf(t->list.ev[i].dev, t->target))
			port = t->list.ev[i].dev;
	while (!port.bus && !port.devfn && kt_dump_next(d, &at, &bdf)) {
		unsigned below = kt_get(d, bdf, PCI_SECONDARY_BUS, 1);

		if (!port_cap(d, bdf) || below < best ||
		    below >= t->target.bus)
			continue;
		best = below;
		like = bdf;
	}
	if (best) {
		port = like;
		do
			port.devfn = (uint8_t)((port.devfn & ~7u) + 8);
		while (port.devfn && kt_dump_has(d, port));
	}
	if (!find_like(d, port, true, 0, 0, &like))
		kt_die(d->path, 0, "has no port to copy for bus %02x",
		       t->target.bus);
	kt_clone(d, like, port, t->target.bus);
}

static void add_missing(const struct kt_trace *t, struct kt_dump *d)
{
	struct rsim_bdf like;

	if (kt_dump_has(d, t->target))
		return;
	if (!find_like(d, t->target, false, t->vendor, t->id, &like))
		kt_die(d->path, 0, "has neither the function of the trace nor "
		       "one with its IDs %04x:%04x to copy", t->vendor, t->id);
	if (!bus_exists(d, t->target))
		add_port(t, d);
	kt_clone(d, like, t->target, 0);
}

void kt_prime(const struct kt_trace *t, struct kt_dump *d)
{
	struct seen seen = { 0 };
	struct rsim_bdf bdf;
	size_t at = 0;
	unsigned p;

	add_missing(t, d);
	while (kt_dump_next(d, &at, &bdf)) {
		p = port_cap(d, bdf);
		if (p)
			prime_port(t, d, bdf, p);
	}
	p = kt_ext_cap(d, t->target, PCI_EXT_CAP_ID_ATS);
	if (p && t->ats_off)
		kt_put(d, t->target, p + PCI_ATS_CTRL, 2, 0);
	prime_registers(t, d, &seen);
	prime_msi(t, d, &seen);
	prime_vfs(t, d);
	free(seen.byte);
}

/* How much model time an event takes. */
static double duration(const struct kt_ev *ev)
{
	if (ev->kind == KT_SLEEP)
		return ev->val;
	if (ev->kind == KT_POLL)	/* the model's rounds take 1 ms */
		return ev->n > 1 ? 1000 : 1;
	/* D3hot and back, 10 ms each, are not in the trace. */
	return ev->kind == KT_WRITE && in(ev, "pci_pm_reset") ? 10 : 0;
}

struct kt_gone kt_when_gone(const struct kt_trace *t)
{
	struct kt_gone gone = { -1, -1 };
	double now = 0, alive = 0, dead = 0;
	size_t i;

	for (i = 0; i < t->list.count; i++) {
		const struct kt_ev *ev = &t->list.ev[i];

		if (ev->kind == KT_READ && ev->dev.bus == t->target.bus) {
			if (all_ones(ev)) {
				if (gone.at < 0)
					gone.at = (alive + now) / 2;
				dead = now;
			} else if (gone.at < 0) {
				alive = now;
			} else if (gone.back < 0) {
				gone.back = (dead + now) / 2;
			}
		}
		now += duration(ev);
	}
	return gone;
}
