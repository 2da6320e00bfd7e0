/* SPDX-License-Identifier: MIT */
/*
 * fault.h - hardware and allocations broken on purpose, by name.
 */
#ifndef RSIM_FAULT_H
#define RSIM_FAULT_H

#include <rsim/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rsim_fault_point {
	RSIM_FAULT_READY,	/* "ready": ms from a reset to ready; never */
	RSIM_FAULT_TRPND,	/* "trpnd": Transactions Pending stays set */
	RSIM_FAULT_ATC_INV,	/* "atc-inv": Invalidate Request unanswered */
	RSIM_FAULT_ATC_INV_UR,	/* "atc-inv-ur": answered with UR, not done */
	RSIM_FAULT_ATC_KEEP,	/* "atc-keep": a reset leaves the ATC filled */
	RSIM_FAULT_NO_RESET,	/* "no-reset": acknowledged, not performed */
	RSIM_FAULT_GONE,	/* "gone": surprise removal, ms from now */
	RSIM_FAULT_LINK,	/* "link": stays down after a bus reset */
	RSIM_FAULT_ACPI_RST,	/* "acpi-rst": _RST fails */
	RSIM_FAULT_CFG_READ,	/* "cfg-read": CXL port control unreadable */
	RSIM_FAULT_IOMAP,	/* "iomap": BAR 0 cannot be mapped */
	RSIM_FAULT_IRQ,		/* "irq": the IOMMU's error interrupt hangs */
	RSIM_FAULT_QUIRK,	/* "quirk": a device-specific poll runs out */
	RSIM_FAULT_ALLOC,	/* "alloc": blocking domain allocation errno */
	RSIM_FAULT_ALLOC_DEFAULT, /* "alloc-default": a group's first domain */
	RSIM_FAULT_ATTACH,	/* "attach": errno of attach_dev */
	RSIM_FAULT_PASID,	/* "pasid": errno of set_dev_pasid */
	RSIM_FAULT_POINTS
};

struct rsim_fault {
	enum rsim_fault_point point;
	struct rsim_dev *dev;	/* only there; NULL: anywhere */
	int64_t value;		/* what the point's text says; 0: its default */
	uint32_t count;		/* how many times it happens; 0: every time */
	bool optional;		/* whether it happens is a choice, each time */
};

/* Returns 0, or -ENOMEM. The fault stays until it is used up or cleared. */
RSIM_API int rsim_fault_add(struct rsim *w, const struct rsim_fault *fault);
/* Removes every fault at this point (of this device, if not NULL). */
RSIM_API void rsim_fault_clear(struct rsim *w, enum rsim_fault_point point,
			       struct rsim_dev *dev);

/*
 * Reads "POINT[=VALUE][*COUNT]", for instance "ready=never", "atc-inv*1" or
 * "attach=-12". Returns 0 or -EINVAL, with the reason in rsim_error().
 */
RSIM_API int rsim_fault_parse(struct rsim *w, const char *text,
			      struct rsim_fault *out);

/* Name and one-line meaning of a point; NULL past the last. */
RSIM_API const char *rsim_fault_name(enum rsim_fault_point point);
RSIM_API const char *rsim_fault_help(enum rsim_fault_point point);

#ifdef __cplusplus
}
#endif
#endif
