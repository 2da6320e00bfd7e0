/* SPDX-License-Identifier: MIT */
/*
 * The IOMMU: what it does with each kind of request, by stream entry.
 *
 * One structure serves all IOMMUs; what they call it differs (STE, context
 * entry, DTE). The IOMMU's own TLBs are not modelled: its tables take effect
 * at once, so that what stays stale is only what devices cached.
 */
#ifndef RSIM_LIB_HW_IOMMU_H
#define RSIM_LIB_HW_IOMMU_H

#include "hw/invq.h"
#include "hw/pagetable.h"

#include <rsim/world.h>

enum hw_ste_kind {
	HW_STE_ABORT,		/* nothing passes (also: never written) */
	HW_STE_BYPASS,		/* untranslated addresses are physical */
	HW_STE_TRANSLATE,
};

struct hw_pasid_entry {
	rsim_pasid pasid;
	const struct hw_pagetable *pt;
};

/* Shared by all functions whose requests carry this requester ID. */
struct hw_ste {
	uint64_t key;		/* PCI domain << 16 | requester ID */
	uint8_t kind;		/* of requests without a PASID */
	bool eats;		/* translation and translated requests pass */
	const struct hw_pagetable *pt;	/* for HW_STE_TRANSLATE */
	struct hw_pasid_entry *pasids;
	uint32_t pasid_count, pasid_cap;
};

struct hw_iommu {
	enum rsim_iommu style;
	bool check_translated;	/* SMMUv3: CR0.ATSCHK */
	struct hw_ste **table;	/* by hash of the key */
	uint32_t cap, count;
	struct hw_invq queue;
};

/* The stream entry of a requester ID, made (as abort) when there is none.
 * NULL: no memory. */
struct hw_ste *hw_ste_find(struct hw *hw, uint32_t domain, uint16_t rid);
/* Context of a PASID: NULL @pt removes it. 0 or -ENOMEM. */
int hw_ste_set_pasid(struct hw *hw, struct hw_ste *ste, rsim_pasid pasid,
		     const struct hw_pagetable *pt);

/* What becomes of a request. */
enum hw_verdict {
	HW_OK,
	HW_ABORTED,		/* the IOMMU let it not through */
	HW_FAULT,		/* no mapping, or not with that permission */
	HW_UR,			/* translation request: unsupported request */
};

struct hw_request {
	struct hw_ste *ste;
	rsim_pasid pasid;
	uint64_t addr;
	uint32_t perm;
};

/* AT=00 and AT=01: looks @r up, *out is the range that contains it. */
enum hw_verdict hw_iommu_untranslated(struct hw *hw,
				      const struct hw_request *r,
				      struct hw_map *out);
enum hw_verdict hw_iommu_translation_request(struct hw *hw,
					     const struct hw_request *r,
					     struct hw_map *out);
/* AT=10: may the request go to memory as it is? */
enum hw_verdict hw_iommu_translated(struct hw *hw, const struct hw_request *r);

#endif
