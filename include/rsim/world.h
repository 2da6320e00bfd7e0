/* SPDX-License-Identifier: MIT */
/*
 * world.h - a world: one machine, the Linux that runs on it, its clock.
 *
 * Worlds share nothing; each may be used by one OS thread at a time. The same
 * calls give the same trace, byte for byte, on every build and machine.
 */
#ifndef RSIM_WORLD_H
#define RSIM_WORLD_H

#include <rsim/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which IOMMU the machine has: its silicon and the style of its driver. */
enum rsim_iommu {
	RSIM_IOMMU_SMMUV3,	/* Arm SMMUv3 (the default) */
	RSIM_IOMMU_VTD,		/* Intel VT-d, legacy mode */
	RSIM_IOMMU_AMD,		/* AMD IOMMU */
	RSIM_IOMMU_LOG,		/* a driver that only records its callbacks */
	RSIM_IOMMU_NONE,	/* no IOMMU: no groups, no translation */
};

/* Which kernel's PCI code resets the devices. */
enum rsim_kernel {
	RSIM_KERNEL_7_3,	/* 7.3.4 (the default) */
	RSIM_KERNEL_7_0,	/* 7.0 */
	RSIM_KERNEL_6_12,	/* 6.12.117, stable fixes included */
};

/*
 * The host's memory, for tests of its failure: @allow is asked before every
 * allocation of any kind (a world's memory, an object in it, a buffer) and
 * refuses it by returning false. NULL: always allowed.
 */
struct rsim_host {
	bool (*allow)(void *ctx, size_t bytes);
	void *ctx;
};

/* All zero is the documented default of every field. */
struct rsim_config {
	const struct rsim_proto *proto;	/* NULL: on-success */
	enum rsim_iommu iommu;
	enum rsim_kernel kernel;
	bool identity_default;	/* default domains are identity ("iommu=pt") */
	bool no_static_blocked;	/* the driver must allocate blocking domains */
	bool no_ats;		/* "pci=noats": no function has an ats_cap */
	bool no_atschk;		/* SMMUv3: CR0.ATSCHK=0, see hw/iommu.c */
	bool atc_flush_on_disable; /* devices empty the ATC when E is cleared */
	uint32_t inv_timeout_ms; /* VT-d: the hardware's time-out; 0: 90000 */
	uint64_t seed;		/* of rsim_choose() when no chooser is set */
	size_t memory;		/* most bytes of the world; 0: 1 GiB
				 * (256 MiB on a 32-bit host) */
	struct rsim_host host;
};

/*
 * A new world with nothing in it. NULL config: all defaults.
 * Returns NULL when the host has no memory. Cost: some microseconds.
 * The caller frees it with rsim_free(); NULL is allowed there.
 */
RSIM_API struct rsim *rsim_new(const struct rsim_config *config);
RSIM_API void rsim_free(struct rsim *w);

/* The sentence of the last call on @w that failed for the host's sake or for
 * malformed input; "" before that. Owned by @w, valid until the next call. */
RSIM_API const char *rsim_error(const struct rsim *w);

/* 0, or -ENOMEM once the trace could not grow and so is not complete. */
RSIM_API int rsim_status(const struct rsim *w);

/* Virtual time now. */
RSIM_API rsim_ns rsim_now(const struct rsim *w);

/* Bytes of the world's memory in use: what changes and what does not. */
struct rsim_memory {
	size_t hot;	/* a snapshot copies these */
	size_t cold;	/* written once: layouts, names, shared pages */
};
RSIM_API struct rsim_memory rsim_memory(const struct rsim *w);

/* The protocol of this world. */
RSIM_API const struct rsim_proto *rsim_world_proto(const struct rsim *w);

/* "0.1.0": the version of the library that is linked. */
RSIM_API const char *rsim_version(void);

#ifdef __cplusplus
}
#endif
#endif
