/* SPDX-License-Identifier: MIT */
/*
 * iommu.h - groups, domains, PASIDs, DMA ownership: the IOMMU core of Linux.
 *
 * Every errno below is the one that Linux returns (drivers/iommu/iommu.c).
 * "Fenced" is what the protocol of the world says: see proto.h.
 */
#ifndef RSIM_IOMMU_H
#define RSIM_IOMMU_H

#include <rsim/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rsim_domain_type {
	RSIM_DOMAIN_UNMANAGED,	/* a paging domain of VFIO, iommufd, ... */
	RSIM_DOMAIN_DMA,	/* the DMA API's paging domain */
	RSIM_DOMAIN_IDENTITY,
	RSIM_DOMAIN_BLOCKED,
};

/*
 * A new paging domain for the driver behind @group (iommu_paging_domain_alloc).
 * @name is copied. NULL: the host has no memory. The world owns it until
 * rsim_domain_free().
 */
RSIM_API struct rsim_domain *rsim_domain_alloc(struct rsim_group *group,
					       const char *name);
/*
 * iommu_domain_free(): Linux does not check whether it is still in use, and
 * neither does this: a later attach of a freed domain is in the trace, and
 * rsim_domain_is_freed() tells. Its mappings are gone.
 */
RSIM_API void rsim_domain_free(struct rsim_domain *domain);
RSIM_API bool rsim_domain_is_freed(const struct rsim_domain *domain);
RSIM_API const char *rsim_domain_name(const struct rsim_domain *domain);
RSIM_API uint32_t rsim_domain_number(const struct rsim_domain *domain);
/* The domain of this number, freed ones included; NULL: none. */
RSIM_API struct rsim_domain *rsim_domain_numbered(struct rsim *w,
						  uint32_t number);
RSIM_API enum rsim_domain_type
rsim_domain_type(const struct rsim_domain *domain);

/*
 * iommu_map(): @size bytes at @iova go to @pa; all multiples of a page.
 * Returns 0, -EINVAL (not a paging domain, or unaligned), -EEXIST (overlaps
 * a mapping), -ENOMEM. Not fenced. Cost: O(log mappings).
 */
RSIM_API int rsim_map(struct rsim_domain *domain, rsim_iova iova, rsim_phys pa,
		      uint64_t size, bool writable);
/*
 * iommu_unmap(): removes the mappings inside the range, then invalidates the
 * IOMMU and every ATC that may have cached them, and waits for the answers as
 * the driver of this IOMMU does. Returns the bytes unmapped. Whether the
 * devices answered is not the caller's to know: that is bug Q01.
 */
RSIM_API uint64_t rsim_unmap(struct rsim_domain *domain, rsim_iova iova,
			     uint64_t size);

/* The group's name for traces ("group 3"), number, and first function. */
RSIM_API uint32_t rsim_group_number(const struct rsim_group *group);
RSIM_API struct rsim_dev *rsim_group_first(const struct rsim_group *group);
RSIM_API struct rsim_dev *rsim_group_next(const struct rsim_dev *dev);
/* What the core believes the group is attached to; may be NULL. */
RSIM_API struct rsim_domain *rsim_group_domain(const struct rsim_group *group);
RSIM_API struct rsim_domain *rsim_group_default(const struct rsim_group *group);
RSIM_API struct rsim_domain *
rsim_group_blocking(const struct rsim_group *group);
RSIM_API unsigned rsim_group_owned(const struct rsim_group *group);
/* Would an ordinary attach be refused because of a reset? */
RSIM_API bool rsim_group_fenced(struct rsim_group *group);
/* The domain of a PASID in the core's table, or NULL. */
RSIM_API struct rsim_domain *rsim_group_pasid(const struct rsim_group *group,
					      rsim_pasid pasid);
/* The lowest PASID above @prev in the table, or RSIM_NO_PASID. */
RSIM_API rsim_pasid rsim_group_next_pasid(const struct rsim_group *group,
					  rsim_pasid prev);

/*
 * iommu_attach_group(). 0; -EBUSY: the group is attached to a domain that is
 * neither its default nor its blocking one, or fenced; -EINVAL: the domain
 * is another driver's, or it would block a device that needs a 1:1 mapping;
 * the driver's errno, everything rolled back.
 */
RSIM_API int rsim_attach_group(struct rsim_group *group,
			       struct rsim_domain *domain);
/* iommu_detach_group(): back to the default domain, or to the blocking one of
 * an owned group. Cannot fail; WARNs where the protocol makes it. */
RSIM_API void rsim_detach_group(struct rsim_group *group);
/*
 * iommu_attach_device(), iommu_detach_device(): the same for a group of one.
 * -ENODEV: no group; -EINVAL: the group has more devices; else as above.
 */
RSIM_API int rsim_attach_device(struct rsim_dev *dev,
				struct rsim_domain *domain);
RSIM_API void rsim_detach_device(struct rsim_dev *dev);
/*
 * iommu_replace_group_handle(): another domain without a time between.
 * -EINVAL: NULL domain; else as rsim_attach_group(), but any domain may be
 * replaced. Replacing a domain by itself is 0, fenced or not.
 */
RSIM_API int rsim_replace_group(struct rsim_group *group,
				struct rsim_domain *domain);

/*
 * iommu_group_claim_dma_owner(): the group leaves the kernel's drivers and is
 * blocked. -EPERM: owned already; -EBUSY: not on its default domain, PASIDs
 * attached, or fenced; -ENOMEM: no blocking domain; the driver's errno.
 * Release undoes it.
 */
RSIM_API int rsim_claim_dma_owner(struct rsim_group *group);
RSIM_API void rsim_release_dma_owner(struct rsim_group *group);

/*
 * iommu_deferred_attach(): the DMA API's first use of a device whose first
 * attach was deferred. 0 (also when nothing was deferred), -EBUSY: fenced.
 */
RSIM_API int rsim_deferred_attach(struct rsim_dev *dev,
				  struct rsim_domain *domain);

/*
 * iommu_attach_device_pasid() and its siblings, for every device of the group
 * that has PASIDs. -EOPNOTSUPP: no IOMMU, or a driver without a static
 * blocked domain; -EINVAL: PASID 0 or out of range, another driver's domain,
 * nothing to replace; -EBUSY: fenced, or the PASID is taken; the driver's
 * errno, rolled back. Detach is never fenced.
 */
RSIM_API int rsim_attach_pasid(struct rsim_dev *dev, rsim_pasid pasid,
			       struct rsim_domain *domain);
RSIM_API int rsim_replace_pasid(struct rsim_dev *dev, rsim_pasid pasid,
				struct rsim_domain *domain);
RSIM_API void rsim_detach_pasid(struct rsim_dev *dev, rsim_pasid pasid);

/* iommu_get_domain_for_dev() and iommu_driver_get_domain_for_dev(). */
RSIM_API struct rsim_domain *rsim_get_domain(const struct rsim_dev *dev);
RSIM_API struct rsim_domain *rsim_driver_get_domain(struct rsim_dev *dev);

#ifdef __cplusplus
}
#endif
#endif
