/* SPDX-License-Identifier: MIT */
/* Buses, and which function sits where. */
#ifndef RSIM_LIB_HW_TOPOLOGY_H
#define RSIM_LIB_HW_TOPOLOGY_H

#include "hw/function.h"

struct hw_fn_init {
	struct rsim_bdf bdf;
	enum rsim_dev_type type;
	const uint8_t *cfg;
	unsigned size;
	struct hw_timing timing;
	struct hw_fn *pf;
};

/* The bus, or NULL. */
struct hw_bus *hw_bus_find(struct hw *hw, uint32_t domain, uint8_t number);
/* A new bus below @bridge (NULL: a root bus), or one for VFs of @vf_parent's
 * bus. NULL: no memory. It must not exist. */
struct hw_bus *hw_bus_add(struct hw *hw, uint32_t domain, uint8_t number,
			  struct hw_fn *bridge, struct hw_bus *vf_parent);

/*
 * Puts a function of @bytes (at least sizeof(struct hw_fn), which comes
 * first) on its bus. 0, -ENOMEM, -EEXIST, or -EINVAL with *why.
 */
int hw_fn_add(struct hw *hw, struct hw_bus *bus, const struct hw_fn_init *init,
	      size_t bytes, struct hw_fn **out, const char **why);
/* Takes it away again. Nothing may be below it. */
void hw_fn_remove(struct hw_fn *fn, size_t bytes);

struct hw_fn *hw_fn_find(struct hw *hw, struct rsim_bdf bdf);

/* The requester ID under which the IOMMU sees the function: bridges to
 * conventional PCI put their own in its place (PCIe-to-PCI bridge 2.3). */
uint16_t hw_requester(const struct hw_fn *fn);

static inline uint16_t bdf_rid(struct rsim_bdf b)
{
	return (uint16_t)(b.bus << 8 | b.devfn);
}

#endif
