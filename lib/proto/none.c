/* SPDX-License-Identifier: MIT */
/*
 * Models: Linux before 7.0: resets and the IOMMU do not know of each other.
 */
#include "proto/table.h"

static int prepare(struct rsim_dev *dev)
{
	(void)dev;
	return 0;
}

static void done(struct rsim_dev *dev, bool succeeded)
{
	(void)dev;
	(void)succeeded;
}

static int gate(struct rsim_group *group, struct rsim_dev *dev,
		enum rsim_gate why)
{
	(void)group;
	(void)dev;
	(void)why;
	return 0;
}

static bool skip(struct rsim_dev *dev)
{
	(void)dev;
	return false;
}

static struct rsim_domain *domain_of(struct rsim_dev *dev)
{
	return rsim_group_domain(rsim_dev_group(dev));
}

const struct rsim_proto proto_none = {
	.name = "none",
	.what = "Linux before 7.0: no fence at all",
	.done_rule = RSIM_DONE_ALWAYS,
	.probe_fences = false,
	.prepare = prepare,
	.done = done,
	.gate = gate,
	.skip = skip,
	.domain_of = domain_of,
};
