/* SPDX-License-Identifier: MIT */
/*
 * A PCI function as silicon: its config space with side effects, its state
 * between resets, its ATC.
 */
#ifndef RSIM_LIB_HW_FUNCTION_H
#define RSIM_LIB_HW_FUNCTION_H

#include "hw/atc.h"
#include "hw/config.h"
#include "hw/hw.h"
#include "hw/regs.h"

#include <rsim/dev.h>

enum hw_reset {
	HW_RESET_NONE, HW_RESET_FLR, HW_RESET_AF, HW_RESET_PM, HW_RESET_BUS,
	HW_RESET_ACPI, HW_RESETS
};

#define HW_TIME_NEVER UINT64_MAX

/* Written once, shared by functions that behave alike. */
struct hw_timing {
	uint32_t ready_ms[HW_RESETS];
	uint32_t train_ms;	/* a port's link, from reset to up */
	struct hw_timing *next;
};

struct hw_fn {
	struct hw *hw;
	uint32_t id;		/* number, from 1 */
	struct rsim_bdf bdf;
	uint8_t type;		/* enum rsim_dev_type */
	struct hw_config cfg;
	const struct hw_timing *timing;
	struct hw_bus *bus;	/* it sits on */
	struct hw_bus *below;	/* a bridge's secondary bus */
	struct hw_fn *next;	/* on the bus */
	struct hw_fn *pf;	/* of a VF */
	struct hw_atc *atc;	/* NULL: no ATS capability */
	struct hw_ste *ste;	/* NULL: not behind an IOMMU */
	/* state */
	rsim_ns ready_at;	/* end of the reset that runs */
	rsim_ns gone_at;	/* surprise removal; HW_TIME_NEVER: never */
	rsim_ns link_up_at;	/* a port's link; HW_TIME_NEVER: down */
	uint32_t resets;	/* completed */
	uint8_t resetting;	/* enum hw_reset: the one that runs */
	uint8_t d_state;
	bool link_dllla;	/* the port shows DLL Link Active when up */
	bool sbr;		/* the bridge holds the bus below in reset */
	bool ats_lost;		/* a translation request got UR: stop using
				 * ATS until E is set again */
};

static inline unsigned fn_cap(const struct hw_fn *fn, enum hw_cap cap)
{
	return fn->cfg.layout->key.off[cap];
}

/* Raw bytes: no access, no side effect. */
static inline uint32_t fn_peek(const struct hw_fn *fn, unsigned off,
			       unsigned size)
{
	return hw_config_get(fn->hw, &fn->cfg, off, size);
}

static inline bool fn_is_bridge(const struct hw_fn *fn)
{
	return fn->cfg.layout->key.header == PCI_HEADER_TYPE_BRIDGE;
}

/* Is there a function that completes requests now? Ends resets that are due. */
bool hw_fn_answers(struct hw_fn *fn);
/* Does a request reach the function's slot (links up, bridges alive)? */
bool hw_fn_reachable(struct hw_fn *fn);
/* Is Enable set in its ATS Control Register? */
bool hw_fn_ats_enabled(const struct hw_fn *fn);
/* Ends a reset whose time has come. */
void hw_fn_settle(struct hw_fn *fn);

/* A reset begins; its effect comes when it ends (reset.c). */
void hw_fn_reset(struct hw_fn *fn, enum hw_reset kind);
/* The secondary bus goes into reset, and out of it. */
void hw_bus_assert(struct hw_fn *bridge);
void hw_bus_deassert(struct hw_fn *bridge);

/* A byte as it is held now, reachable or not; live bits included. */
uint8_t hw_fn_byte(struct hw_fn *fn, unsigned off);

/* Config requests that arrive over the bus. */
uint32_t hw_cfg_read(struct hw_fn *fn, unsigned off, unsigned size);
void hw_cfg_write(struct hw_fn *fn, unsigned off, unsigned size, uint32_t val);

/* hw/dma.c */
struct hw_dma {
	rsim_pasid pasid;
	uint64_t addr;
	uint32_t perm;
	int ret;		/* 0 or the errno of include/rsim/dma.h */
	rsim_phys pa;		/* reached */
	bool stale;		/* the page is no longer what was translated */
};

void hw_dma_untranslated(struct hw_fn *fn, struct hw_dma *d);
void hw_dma_translate(struct hw_fn *fn, struct hw_dma *d);
void hw_dma_translated(struct hw_fn *fn, struct hw_dma *d);

#endif
