/* SPDX-License-Identifier: MIT */
/*
 * Models: which bits of config space are read-only, writable, cleared by
 * writing one, and what each kind of reset does to them.
 * Spec: PCIe 7.5 to 7.9; 6.6.2 for what an FLR leaves alone (sticky bits,
 * Max_Payload_Size, link control). A cleared field becomes 0: the few that
 * the specification lets default to something else (Enable Relaxed Ordering,
 * Enable No Snoop, Max_Read_Request_Size) may be hardwired to 0 too, and are
 * so on the machines this was compared with.
 */
#include "hw/layout.h"
#include "hw/hw.h"
#include "hw/regs.h"

#include <string.h>

enum bar_kind { BAR_NONE, BAR_IO, BAR_MEM, BAR_HIGH };

static const struct {
	uint8_t id;
	uint8_t cap;	/* enum hw_cap */
} conv_caps[] = {
	{ PCI_CAP_ID_PM, HW_CAP_PM },	  { PCI_CAP_ID_EXP, HW_CAP_EXP },
	{ PCI_CAP_ID_AF, HW_CAP_AF },	  { PCI_CAP_ID_MSI, HW_CAP_MSI },
	{ PCI_CAP_ID_MSIX, HW_CAP_MSIX }, { PCI_CAP_ID_PCIX, HW_CAP_PCIX },
};

static const struct {
	uint16_t id;
	uint8_t cap;
} ext_caps[] = {
	{ PCI_EXT_CAP_ID_ERR, HW_CAP_AER },
	{ PCI_EXT_CAP_ID_ATS, HW_CAP_ATS },
	{ PCI_EXT_CAP_ID_PRI, HW_CAP_PRI },
	{ PCI_EXT_CAP_ID_PASID, HW_CAP_PASID },
	{ PCI_EXT_CAP_ID_ACS, HW_CAP_ACS },
	{ PCI_EXT_CAP_ID_ARI, HW_CAP_ARI },
	{ PCI_EXT_CAP_ID_SRIOV, HW_CAP_SRIOV },
	{ PCI_EXT_CAP_ID_DPC, HW_CAP_DPC },
	{ PCI_EXT_CAP_ID_LTR, HW_CAP_LTR },
	{ PCI_EXT_CAP_ID_PTM, HW_CAP_PTM },
	{ PCI_EXT_CAP_ID_REBAR, HW_CAP_REBAR },
	{ PCI_EXT_CAP_ID_TPH, HW_CAP_TPH },
};

static void set_first(uint16_t *off, unsigned pos)
{
	if (!*off)
		*off = (uint16_t)pos;
}

static void note_dvsec(struct hw_layout_key *k, const uint8_t *cfg,
		       unsigned size, unsigned pos)
{
	if (pos + RSIM_DVSEC_HEADER2 + 2 > size ||
	    get16(cfg + pos + RSIM_DVSEC_HEADER1) != RSIM_CXL_VENDOR)
		return;
	switch (get16(cfg + pos + RSIM_DVSEC_HEADER2)) {
	case RSIM_CXL_DVSEC_PORT:
		if (pos + RSIM_CXL_PORT_CTL + 2 <= size)
			set_first(&k->off[HW_CAP_CXL_PORT], pos);
		break;
	case RSIM_CXL_DVSEC_FLEXBUS:
		if (pos + RSIM_CXL_FLEXBUS_STATUS + 2 <= size)
			set_first(&k->off[HW_CAP_CXL_FLEXBUS], pos);
		break;
	}
}

/* Bytes that the registers of each capability take, so that none hangs over
 * the end of config space. */
static unsigned cap_bytes(enum hw_cap cap)
{
	static const uint8_t bytes[HW_CAPS] = {
		[HW_CAP_PM] = 8,     [HW_CAP_EXP] = 0x14, [HW_CAP_AF] = 6,
		[HW_CAP_MSI] = 10,   [HW_CAP_MSIX] = 12,  [HW_CAP_PCIX] = 8,
		[HW_CAP_AER] = 0x38, [HW_CAP_ATS] = 8,	  [HW_CAP_PRI] = 16,
		[HW_CAP_PASID] = 8,  [HW_CAP_ACS] = 8,	  [HW_CAP_ARI] = 8,
		[HW_CAP_SRIOV] = 64, [HW_CAP_DPC] = 8,	  [HW_CAP_LTR] = 8,
		[HW_CAP_PTM] = 12,   [HW_CAP_REBAR] = 12, [HW_CAP_TPH] = 12,
	};

	return bytes[cap];
}

static const char *walk_conv(struct hw_layout_key *k, const uint8_t *cfg)
{
	uint8_t seen[256 / 8] = { 0 };
	unsigned pos, i;

	if (!(get16(cfg + PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return NULL;
	for (pos = cfg[PCI_CAPABILITY_LIST] & ~3u; pos;
	     pos = cfg[pos + 1] & ~3u) {
		/* Linux stops at an ID of all ones, and below the header. */
		if (pos < 0x40 || cfg[pos] == 0xff)
			return NULL;
		if (seen[pos / 8] & 1 << pos % 8)
			return "the capability list is a loop";
		seen[pos / 8] |= (uint8_t)(1 << pos % 8);
		for (i = 0; i < sizeof(conv_caps) / sizeof(conv_caps[0]); i++)
			if (conv_caps[i].id == cfg[pos]) {
				if (pos + cap_bytes(conv_caps[i].cap) > 256)
					return "a capability hangs over the end"
					       " of its config space";
				set_first(&k->off[conv_caps[i].cap], pos);
			}
	}
	return NULL;
}

static const char *walk_ext(struct hw_layout_key *k, const uint8_t *cfg,
			    unsigned size)
{
	uint8_t seen[HW_EXT_SIZE / 32] = { 0 };
	unsigned pos, i;
	uint32_t head;

	for (pos = 0x100; pos >= 0x100 && pos + 4 <= size;
	     pos = (head >> 20) & ~3u) {
		head = get32(cfg + pos);
		if (!head || head == ~0u)
			return NULL;
		if (seen[pos / 32] & 1 << pos / 4 % 8)
			return "the extended capability list is a loop";
		seen[pos / 32] |= (uint8_t)(1 << pos / 4 % 8);
		if ((head & 0xffff) == PCI_EXT_CAP_ID_DVSEC)
			note_dvsec(k, cfg, size, pos);
		for (i = 0; i < sizeof(ext_caps) / sizeof(ext_caps[0]); i++)
			if (ext_caps[i].id == (head & 0xffff)) {
				if (pos + cap_bytes(ext_caps[i].cap) > size)
					return "an extended capability hangs"
					       " over the end of its config"
					       " space";
				set_first(&k->off[ext_caps[i].cap], pos);
			}
	}
	return NULL;
}

static void note_bars(struct hw_layout_key *k, const uint8_t *cfg)
{
	unsigned n = k->header == PCI_HEADER_TYPE_NORMAL ? 6 : 2, i;

	if (k->header == PCI_HEADER_TYPE_CARDBUS)
		n = 1;
	for (i = 0; i < n; i++) {
		uint32_t v = get32(cfg + PCI_BASE_ADDRESS_0 + 4 * i);

		if (v & PCI_BASE_ADDRESS_SPACE_IO) {
			k->bar_kind[i] = BAR_IO;
			continue;
		}
		k->bar_kind[i] = BAR_MEM;
		if ((v & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
			    PCI_BASE_ADDRESS_MEM_TYPE_64 && i + 1 < n)
			k->bar_kind[++i] = BAR_HIGH;
	}
}

static const char *make_key(struct hw_layout_key *k, const uint8_t *cfg,
			    unsigned size)
{
	const char *why;

	memset(k, 0, sizeof(*k));
	k->size = (uint16_t)size;
	k->header = cfg[PCI_HEADER_TYPE] & 0x7f;
	why = walk_conv(k, cfg);
	if (!why)
		why = walk_ext(k, cfg, size);
	if (why)
		return why;
	if (k->off[HW_CAP_EXP]) {
		k->exp_flags = get16(cfg + k->off[HW_CAP_EXP] + PCI_EXP_FLAGS);
		k->flr = !!(get32(cfg + k->off[HW_CAP_EXP] + PCI_EXP_DEVCAP) &
			    PCI_EXP_DEVCAP_FLR);
		/* Version 1 of the structure ends with the root registers. */
		if ((k->exp_flags & PCI_EXP_FLAGS_VERS) > 1 &&
		    k->off[HW_CAP_EXP] + 0x3c > 256)
			return "a capability hangs over the end of its config"
			       " space";
	}
	if (k->off[HW_CAP_MSI]) {
		k->msi_flags = get16(cfg + k->off[HW_CAP_MSI] + PCI_MSI_FLAGS) &
			       (PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT);
		if (k->off[HW_CAP_MSI] + 0x18 > 256)
			k->msi_flags &= PCI_MSI_FLAGS_64BIT;
		if (k->off[HW_CAP_MSI] + 0xe > 256)
			k->msi_flags = 0;
	}
	note_bars(k, cfg);
	return NULL;
}

/* What a reset does to a register's writable bits. */
enum keep {
	BY_FLR,		/* cleared by every reset */
	BY_CONV,	/* cleared by a conventional reset only */
	STICKY,		/* survives both (power stays on) */
};

static void reg(struct hw_layout *l, unsigned off, unsigned bytes, uint32_t rw,
		uint32_t w1c, enum keep keep)
{
	unsigned i;

	for (i = 0; i < bytes && off + i < l->key.size; i++) {
		uint8_t m = (uint8_t)(rw >> 8 * i);
		uint8_t c = (uint8_t)(w1c >> 8 * i);

		l->rw[off + i] = m;
		l->w1c[off + i] = c;
		if (keep == BY_FLR)
			l->flr[off + i] = m | c;
		else if (keep == BY_CONV)
			l->conv[off + i] = m | c;
	}
}

static void header_regs(struct hw_layout *l)
{
	static const uint32_t bar_rw[] = {
		[BAR_IO] = 0xfffffffc, [BAR_MEM] = 0xfffffff0,
		[BAR_HIGH] = 0xffffffff,
	};
	bool bridge = l->key.header == PCI_HEADER_TYPE_BRIDGE;
	unsigned i;

	reg(l, PCI_COMMAND, 2, 0x0547, 0, BY_FLR);
	reg(l, PCI_STATUS, 2, 0, 0xf900, BY_FLR);
	reg(l, PCI_CACHE_LINE_SIZE, 1, 0xff, 0, BY_FLR);
	reg(l, PCI_LATENCY_TIMER, 1, l->key.exp_flags ? 0 : 0xff, 0, BY_FLR);
	reg(l, PCI_INTERRUPT_LINE, 1, 0xff, 0, BY_FLR);
	for (i = 0; i < 6; i++)
		if (l->key.bar_kind[i])
			reg(l, PCI_BASE_ADDRESS_0 + 4 * i, 4,
			    bar_rw[l->key.bar_kind[i]], 0, BY_FLR);
	if (!bridge) {
		reg(l, PCI_ROM_ADDRESS, 4, 0xfffff801, 0, BY_FLR);
		return;
	}
	reg(l, PCI_PRIMARY_BUS, 4, 0x00ffffff, 0, BY_FLR);
	reg(l, PCI_IO_BASE, 2, 0xf0f0, 0, BY_FLR);
	reg(l, PCI_SEC_STATUS, 2, 0, 0xf900, BY_FLR);
	reg(l, PCI_MEMORY_BASE, 4, 0xfff0fff0, 0, BY_FLR);
	reg(l, PCI_PREF_MEMORY_BASE, 4, 0xfff0fff0, 0, BY_FLR);
	reg(l, PCI_PREF_BASE_UPPER32, 4, 0xffffffff, 0, BY_FLR);
	reg(l, PCI_PREF_LIMIT_UPPER32, 4, 0xffffffff, 0, BY_FLR);
	reg(l, PCI_ROM_ADDRESS1, 4, 0xfffff801, 0, BY_FLR);
	reg(l, PCI_BRIDGE_CONTROL, 2, 0x007f, 0, BY_FLR);
}

static void express_regs(struct hw_layout *l, unsigned e)
{
	unsigned type = (l->key.exp_flags & PCI_EXP_FLAGS_TYPE) >> 4;
	bool port = type == PCI_EXP_TYPE_ROOT_PORT ||
		    type == PCI_EXP_TYPE_DOWNSTREAM;

	if (!e)
		return;
	/* Max_Payload_Size survives an FLR (6.6.2); all else does not. */
	reg(l, e + PCI_EXP_DEVCTL, 2, 0x7fff, 0, BY_FLR);
	l->flr[e + PCI_EXP_DEVCTL] &= (uint8_t)~PCI_EXP_DEVCTL_PAYLOAD;
	l->conv[e + PCI_EXP_DEVCTL] |= PCI_EXP_DEVCTL_PAYLOAD;
	reg(l, e + PCI_EXP_DEVSTA, 2, 0, 0x000f, BY_FLR);
	if (type != PCI_EXP_TYPE_RC_END && type != PCI_EXP_TYPE_RC_EC) {
		reg(l, e + PCI_EXP_LNKCTL, 2, 0x0ffb, 0, BY_CONV);
		reg(l, e + PCI_EXP_LNKSTA, 2, 0, 0xc000, BY_CONV);
	}
	if (port && l->key.exp_flags & PCI_EXP_FLAGS_SLOT) {
		reg(l, e + PCI_EXP_SLTCTL, 2, 0x17ff, 0, BY_CONV);
		reg(l, e + PCI_EXP_SLTSTA, 2, 0, 0x011f, BY_CONV);
	}
	if (type == PCI_EXP_TYPE_ROOT_PORT || type == PCI_EXP_TYPE_RC_EC)
		reg(l, e + PCI_EXP_RTCTL, 2, 0x001f, 0, BY_CONV);
	if ((l->key.exp_flags & PCI_EXP_FLAGS_VERS) < 2)
		return;
	reg(l, e + PCI_EXP_DEVCTL2, 2, 0xffff, 0, BY_FLR);
	if (type != PCI_EXP_TYPE_RC_END && type != PCI_EXP_TYPE_RC_EC)
		reg(l, e + PCI_EXP_LNKCTL2, 2, 0xffff, 0, STICKY);
}

static void msi_regs(struct hw_layout *l)
{
	unsigned p = l->key.off[HW_CAP_MSI];
	bool wide = l->key.msi_flags & PCI_MSI_FLAGS_64BIT;

	if (p) {
		reg(l, p + PCI_MSI_FLAGS, 2, 0x0071, 0, BY_FLR);
		reg(l, p + PCI_MSI_ADDRESS_LO, 4, 0xfffffffc, 0, BY_FLR);
		if (wide)
			reg(l, p + PCI_MSI_ADDRESS_HI, 4, ~0u, 0, BY_FLR);
		reg(l, p + (wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32), 2,
		    0xffff, 0, BY_FLR);
		if (l->key.msi_flags & PCI_MSI_FLAGS_MASKBIT)
			reg(l, p + (wide ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32),
			    4, ~0u, 0, BY_FLR);
	}
	p = l->key.off[HW_CAP_MSIX];
	if (p)
		reg(l, p + PCI_MSIX_FLAGS, 2, 0xc000, 0, BY_FLR);
}

static void cap_regs(struct hw_layout *l)
{
	const uint16_t *off = l->key.off;

	express_regs(l, off[HW_CAP_EXP]);
	msi_regs(l);
	if (off[HW_CAP_PM])
		reg(l, off[HW_CAP_PM] + PCI_PM_CTRL, 2, 0x0103, 0x8000, BY_FLR);
	if (off[HW_CAP_PCIX])
		reg(l, off[HW_CAP_PCIX] + 2, 2, 0x007f, 0, BY_FLR);
	if (off[HW_CAP_AER]) {
		unsigned a = off[HW_CAP_AER];

		reg(l, a + PCI_ERR_UNCOR_STATUS, 4, 0, ~0u, STICKY);
		reg(l, a + PCI_ERR_UNCOR_MASK, 4, ~0u, 0, STICKY);
		reg(l, a + PCI_ERR_UNCOR_SEVER, 4, ~0u, 0, STICKY);
		reg(l, a + PCI_ERR_COR_STATUS, 4, 0, ~0u, STICKY);
		reg(l, a + PCI_ERR_COR_MASK, 4, ~0u, 0, STICKY);
		reg(l, a + PCI_ERR_CAP, 4, 0x0140, 0, STICKY);
		reg(l, a + PCI_ERR_ROOT_COMMAND, 4, 7, 0, BY_CONV);
		reg(l, a + PCI_ERR_ROOT_STATUS, 4, 0, 0x7f, STICKY);
	}
	if (off[HW_CAP_ATS])
		reg(l, off[HW_CAP_ATS] + PCI_ATS_CTRL, 2, 0x801f, 0, BY_FLR);
	if (off[HW_CAP_PRI]) {
		reg(l, off[HW_CAP_PRI] + PCI_PRI_CTRL, 2, 3, 0, BY_FLR);
		reg(l, off[HW_CAP_PRI] + PCI_PRI_STATUS, 2, 0, 3, BY_FLR);
		reg(l, off[HW_CAP_PRI] + PCI_PRI_ALLOC_REQ, 4, ~0u, 0, BY_FLR);
	}
	if (off[HW_CAP_PASID])
		reg(l, off[HW_CAP_PASID] + PCI_PASID_CTRL, 2, 7, 0, BY_FLR);
	if (off[HW_CAP_ACS])
		reg(l, off[HW_CAP_ACS] + PCI_ACS_CTRL, 2, 0x7f, 0, BY_FLR);
	if (off[HW_CAP_ARI])
		reg(l, off[HW_CAP_ARI] + PCI_ARI_CTRL, 2, 0x73, 0, BY_FLR);
	if (off[HW_CAP_SRIOV]) {
		unsigned s = off[HW_CAP_SRIOV], i;

		reg(l, s + PCI_SRIOV_CTRL, 2, 0x1f, 0, BY_FLR);
		reg(l, s + PCI_SRIOV_NUM_VF, 2, 0xffff, 0, BY_FLR);
		reg(l, s + PCI_SRIOV_SYS_PGSIZE, 4, ~0u, 0, BY_FLR);
		for (i = 0; i < 6; i++)
			reg(l, s + PCI_SRIOV_BAR + 4 * i, 4, 0xfffffff0, 0,
			    BY_FLR);
	}
	if (off[HW_CAP_DPC])
		reg(l, off[HW_CAP_DPC] + 6, 2, 0x3f, 0, BY_CONV);
	if (off[HW_CAP_LTR])
		reg(l, off[HW_CAP_LTR] + 4, 4, 0x1fff1fff, 0, BY_FLR);
	if (off[HW_CAP_PTM])
		reg(l, off[HW_CAP_PTM] + 8, 4, 0xff03, 0, BY_FLR);
	if (off[HW_CAP_CXL_PORT])
		reg(l, off[HW_CAP_CXL_PORT] + RSIM_CXL_PORT_CTL, 2, 0xffff, 0,
		    BY_CONV);
}

static struct hw_layout *layout_new(struct hw *hw,
				    const struct hw_layout_key *k)
{
	struct hw_layout *l = arena_cold(hw->e->arena, sizeof(*l));
	uint8_t *masks = arena_cold(hw->e->arena, 4 * (size_t)k->size);
	unsigned i;

	if (!l || !masks)
		return NULL;
	l->key = *k;
	l->rw = masks;
	l->w1c = masks + k->size;
	l->flr = masks + 2 * k->size;
	l->conv = masks + 3 * k->size;
	header_regs(l);
	cap_regs(l);
	for (i = 0; i < k->size; i++)
		if (l->rw[i] | l->w1c[i])
			l->rw_pages |= (uint16_t)(1 << i / HW_PAGE);
	l->next = hw->layouts;
	hw->layouts = l;
	return l;
}

const struct hw_layout *hw_layout_find(struct hw *hw, const uint8_t *cfg,
				       unsigned size, const char **why)
{
	struct hw_layout_key k;
	struct hw_layout *l;

	*why = make_key(&k, cfg, size);
	if (*why)
		return NULL;
	for (l = hw->layouts; l; l = l->next)
		if (!memcmp(&l->key, &k, sizeof(k)))
			return l;
	return layout_new(hw, &k);
}

unsigned hw_find_cap(const uint8_t *cfg, uint8_t id)
{
	unsigned pos = cfg[PCI_CAPABILITY_LIST] & ~3u, left = 64;

	if (!(get16(cfg + PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return 0;
	for (; pos >= 0x40 && left--; pos = cfg[pos + 1] & ~3u)
		if (cfg[pos] == id)
			return pos;
	return 0;
}
