/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a function's config space, in pages that functions share until
 * they are owned. Nothing here has side effects; see function.h for access.
 */
#ifndef RSIM_LIB_HW_CONFIG_H
#define RSIM_LIB_HW_CONFIG_H

#include "hw/layout.h"

struct hw_config {
	const struct hw_layout *layout;
	uint16_t owned;			/* pages that are this function's own */
	uint32_t page[HW_PAGES];	/* offset of each from the arena */
};

/* 0, -ENOMEM, or -EINVAL with *why. */
int hw_config_init(struct hw *hw, struct hw_config *c, const uint8_t *cfg,
		   unsigned size, const char **why);
void hw_config_fini(struct hw *hw, struct hw_config *c);

/*
 * Makes the pages that may change this function's own, so that no later
 * write needs memory. 0 or -ENOMEM. Idempotent.
 */
int hw_config_own(struct hw *hw, struct hw_config *c);
/* The same for one page, whether anything in it may change or not. */
int hw_config_own_page(struct hw *hw, struct hw_config *c, unsigned page);

uint8_t *hw_config_at(struct hw *hw, const struct hw_config *c, unsigned off);

uint32_t hw_config_get(struct hw *hw, const struct hw_config *c, unsigned off,
		       unsigned size);
/* Stores bytes as they are. The page must be owned. */
void hw_config_set(struct hw *hw, struct hw_config *c, unsigned off,
		   unsigned size, uint32_t val);

#endif
