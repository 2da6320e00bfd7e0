/* SPDX-License-Identifier: MIT */
/* Groups, domains and the IOMMU driver as Linux sees them. */
#ifndef RSIM_LIB_OS_IOMMU_IOMMU_H
#define RSIM_LIB_OS_IOMMU_IOMMU_H

#include "engine/sync.h"
#include "hw/pagetable.h"

#include <rsim/iommu.h>
#include <rsim/proto.h>

struct os;

/* A device, or one of its PASIDs, that a driver put on a domain. */
struct attachment {
	struct rsim_dev *dev;
	rsim_pasid pasid;	/* RSIM_NO_PASID: its RID */
};

struct rsim_domain {
	struct os *os;
	uint32_t id;		/* from 1 */
	const char *name;
	uint8_t type;		/* enum rsim_domain_type */
	bool freed;
	uint16_t instance;	/* of the driver it was made for */
	struct hw_pagetable pt;
	struct attachment *users;	/* what invalidations must reach */
	uint32_t user_count, user_cap;
};

struct pasid_entry {
	rsim_pasid pasid;
	struct rsim_domain *domain;
};

struct rsim_group {
	struct os *os;
	uint32_t id;		/* from 0, as Linux numbers them */
	uint16_t instance;	/* of the driver; 0 but in conformance runs */
	bool static_blocked;	/* the driver has a static blocked domain */
	bool owned_by_user;	/* group->owner is set */
	unsigned owner_cnt;
	struct mutex mutex;
	struct rsim_dev *first, *last;
	struct rsim_domain *default_domain;
	struct rsim_domain *blocking_domain;
	struct rsim_domain *domain;
	struct rsim_fence_group fence;
	struct pasid_entry *pasids;	/* in order */
	uint32_t pasid_count, pasid_cap;
};

/* What a driver implements. @old is what the core says was attached. */
struct iommu_ops {
	int (*attach)(struct rsim_dev *dev, struct rsim_domain *domain,
		      struct rsim_domain *old);
	/* A blocked domain takes the PASID off. */
	int (*set_pasid)(struct rsim_dev *dev, rsim_pasid pasid,
			 struct rsim_domain *domain, struct rsim_domain *old);
	/* After mappings of [iova, iova + size) were removed. */
	void (*flush)(struct rsim_domain *domain, rsim_iova iova,
		      uint64_t size);
	/* Stops ATS at once; any context. */
	void (*block_ats)(struct rsim_dev *dev);
	void (*reset_device_done)(struct rsim_dev *dev);
};

extern const struct iommu_ops smmuv3_ops, vtd_ops, amd_ops, log_ops;

/* domain.c */
struct rsim_domain *domain_new(struct os *os, enum rsim_domain_type type,
			       const char *name, uint16_t instance);
int domain_add_user(struct rsim_domain *d, struct rsim_dev *dev,
		    rsim_pasid pasid);
void domain_remove_user(struct rsim_domain *d, struct rsim_dev *dev,
			rsim_pasid pasid);
bool domain_has_user(const struct rsim_domain *d, const struct rsim_dev *dev,
		     rsim_pasid pasid);
/* The same for all that a device has attached. */
void domain_forget(struct rsim_domain *d, const struct rsim_dev *dev);
static inline bool domain_is_paging(const struct rsim_domain *d)
{
	return d->type <= RSIM_DOMAIN_DMA;
}

/* group.c: iommu_probe_device(), iommu_release_device() */
int group_probe_device(struct rsim_dev *dev, struct rsim_group *forced,
		       bool alone);
void group_release_device(struct rsim_dev *dev);
struct rsim_group *group_new(struct os *os);
/* grouping.c: the rules of pci_device_group(). */
struct rsim_group *pci_device_group(struct rsim_dev *dev);

/* attach.c */
int iommu_attach_one(struct rsim_dev *dev, struct rsim_domain *domain,
		     struct rsim_domain *old);
enum { SET_MUST_SUCCEED = 1 };
int group_set_domain(struct rsim_group *g, struct rsim_domain *domain,
		     unsigned flags);
void group_set_domain_nofail(struct rsim_group *g, struct rsim_domain *domain);
int device_set_domain(struct rsim_dev *dev, struct rsim_domain *domain,
		      struct rsim_domain *old, unsigned flags);

/* pasid.c */
int pasid_set_one(struct rsim_dev *dev, rsim_pasid pasid,
		  struct rsim_domain *domain, struct rsim_domain *old);
void pasid_remove_one(struct rsim_dev *dev, rsim_pasid pasid,
		      struct rsim_domain *old);
int pasid_set_group(struct rsim_group *g, rsim_pasid pasid,
		    struct rsim_domain *domain, struct rsim_domain *old);

#endif
