/* SPDX-License-Identifier: MIT */
/* A driver that accepts everything: its callbacks are in the trace already.
 * With it the IOMMU core can be compared with a recording of the kernel's. */
#include "os/dev.h"

static int attach(struct rsim_dev *dev, struct rsim_domain *domain,
		  struct rsim_domain *old)
{
	(void)dev;
	(void)domain;
	(void)old;
	return 0;
}

static int set_pasid(struct rsim_dev *dev, rsim_pasid pasid,
		     struct rsim_domain *domain, struct rsim_domain *old)
{
	(void)dev;
	(void)pasid;
	(void)domain;
	(void)old;
	return 0;
}

static void flush(struct rsim_domain *domain, rsim_iova iova, uint64_t size)
{
	(void)domain;
	(void)iova;
	(void)size;
}

static void reset_device_done(struct rsim_dev *dev)
{
	(void)dev;
}

const struct iommu_ops log_ops = {
	.attach = attach,
	.set_pasid = set_pasid,
	.flush = flush,
	.reset_device_done = reset_device_done,
};
