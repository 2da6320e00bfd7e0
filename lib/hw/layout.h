/* SPDX-License-Identifier: MIT */
/*
 * Where the registers of a function are and what writes and resets do to
 * them. Functions of one kind share one layout, found when they are made by
 * walking the capability lists of their config space.
 */
#ifndef RSIM_LIB_HW_LAYOUT_H
#define RSIM_LIB_HW_LAYOUT_H

#include "base/arena.h"

/* Capabilities that the model acts on; the offset of each is in a layout. */
enum hw_cap {
	HW_CAP_PM, HW_CAP_EXP, HW_CAP_AF, HW_CAP_MSI, HW_CAP_MSIX, HW_CAP_PCIX,
	HW_CAP_AER, HW_CAP_ATS, HW_CAP_PRI, HW_CAP_PASID, HW_CAP_ACS,
	HW_CAP_ARI, HW_CAP_SRIOV, HW_CAP_DPC, HW_CAP_LTR, HW_CAP_PTM,
	HW_CAP_REBAR, HW_CAP_TPH,
	HW_CAP_CXL_PORT,	/* DVSEC 3 of CXL */
	HW_CAP_CXL_FLEXBUS,	/* DVSEC 7 of CXL */
	HW_CAPS
};

enum { HW_CONV_SIZE = 256, HW_EXT_SIZE = 4096, HW_PAGE = 256, HW_PAGES = 16 };

struct hw_layout_key {
	uint16_t off[HW_CAPS];
	uint16_t size;
	uint16_t exp_flags;	/* the PCI Express capabilities register */
	uint16_t msi_flags;
	uint8_t header;		/* header type without the multifunction bit */
	uint8_t bar_kind[6];	/* enum in layout.c */
	uint8_t flr;		/* function has FLR (PCIe) */
};

struct hw_layout {
	struct hw_layout_key key;
	struct hw_layout *next;
	uint16_t rw_pages;	/* pages with a bit that may change */
	/* one byte of mask for each byte of config space */
	uint8_t *rw;		/* bits that software writes */
	uint8_t *w1c;		/* bits that a written one clears */
	uint8_t *flr;		/* bits that any reset clears */
	uint8_t *conv;		/* more, that a conventional reset clears */
};

struct hw;

/*
 * The layout of a config space of @size bytes. NULL: no memory, or *why says
 * what is wrong with the capability lists (a loop, an offset outside).
 */
const struct hw_layout *hw_layout_find(struct hw *hw, const uint8_t *cfg,
				       unsigned size, const char **why);

/* Offset of capability @id in the first 256 bytes, 0: none. */
unsigned hw_find_cap(const uint8_t *cfg, uint8_t id);

static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) | (uint32_t)get16(p + 2) << 16;
}

static inline void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)v);
	put16(p + 2, (uint16_t)(v >> 16));
}

#endif
