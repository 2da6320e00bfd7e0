/* SPDX-License-Identifier: MIT */
/* The simulated Linux of one world. */
#ifndef RSIM_LIB_OS_OS_H
#define RSIM_LIB_OS_OS_H

#include "engine/sync.h"
#include "hw/hw.h"

#include <rsim/proto.h>
#include <rsim/world.h>

struct iommu_ops;
struct device_reset;

struct os {
	/* fixed after rsim_new() */
	struct engine *e;
	struct hw *hw;
	const struct rsim_proto *proto;
	const struct iommu_ops *ops;	/* NULL: no IOMMU */
	enum rsim_iommu iommu;
	enum rsim_kernel kernel;
	bool identity_default, static_blocked, no_ats;
	/* state */
	bool sbr_warned;		/* "unlocked" is said once */
	uint32_t domain_count, domain_cap;
	struct rsim_domain **domains;	/* by number - 1 */
	uint32_t group_count, group_cap;
	struct rsim_group **groups;
	struct rsim_domain *blocked, *identity;	/* the driver's static ones */
	struct mutex asid_lock;		/* the driver's own lock */
	struct device_reset *quirks;	/* added by the user */
};

#endif
