/* SPDX-License-Identifier: MIT */
/* pci_device_add() and pci_destroy_dev(). */
#ifndef RSIM_LIB_OS_ENUMERATE_H
#define RSIM_LIB_OS_ENUMERATE_H

#include "os/dev.h"

/* What config space cannot say. */
struct os_platform {
	const char *name;	/* NULL: the BDF */
	uint16_t vf_vendor, vf_device;	/* of a VF, whose own read all ones */
	unsigned quirks;
	uint32_t max_pasids;
	bool acpi_rst, untrusted, require_direct, attach_deferred;
	bool no_iommu, d3hot_no_delay, no_d3cold_delay, ats_refused;
	struct rsim_group *group;
	bool new_group;
	struct rsim_dev *alias_of;
};

/* Makes Linux know the function. 0, or a negative errno and nothing known. */
int os_device_add(struct os *os, struct rsim_dev *dev,
		  const struct os_platform *p);
void os_device_remove(struct rsim_dev *dev);

#endif
