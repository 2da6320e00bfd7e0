/* SPDX-License-Identifier: MIT */
/* What the tests of memory that runs out have in common. */
#ifndef RSIM_TESTS_HOST_MEMORY_H
#define RSIM_TESTS_HOST_MEMORY_H

#include "host.h"

static struct host host;

static inline const struct rsim_config *config(enum rsim_iommu iommu)
{
	static struct rsim_config c;

	c = (struct rsim_config){ .iommu = iommu, .memory = 1 << 24,
				  .host = { host_allow, &host } };
	return &c;
}

static inline struct rsim *world(enum rsim_iommu iommu)
{
	struct rsim *w = rsim_new(config(iommu));

	assert_non_null(w);
	return w;
}

/* Runs @once for every allocation in it; it calls host_arm() when its world
 * is ready, and returns whether host_refused(). */
static inline void
for_each_allocation(bool (*once)(unsigned long n, bool all_after))
{
	unsigned long n, sweep;

	for (sweep = 0; sweep < 2; sweep++) {
		for (n = 1; once(n, sweep); n++)
			assert_true(n < 100000);
		assert_true(n > 1);
	}
	host_arm(&host, 0, false);
}

/* One of each kind; the number of the parent in this table, plus one. */
static const struct {
	struct rsim_dev_desc desc;
	unsigned parent;
} kinds[] = {
	{ { .type = RSIM_ROOT_PORT, .at = { 0, 0, 1 << 3 },
	    .caps = RSIM_CAP_ACS | RSIM_CAP_PM | RSIM_CAP_RRS_SV }, 0 },
	{ { .type = RSIM_ENDPOINT, .name = "nic", .vfs = 2,
	    .caps = RSIM_CAP_PM | RSIM_CAP_FLR | RSIM_CAP_ATS | RSIM_CAP_ARI |
		    RSIM_CAP_PASID | RSIM_CAP_PRI | RSIM_CAP_SRIOV |
		    RSIM_CAP_MSIX | RSIM_CAP_AER | RSIM_CAP_ACS }, 1 },
	{ { .type = RSIM_VF, .caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
	    .at = { 0, 0, 1 } }, 2 },
	{ { .type = RSIM_ROOT_PORT, .at = { 0, 0, 2 << 3 } }, 0 },
	{ { .type = RSIM_UPSTREAM_PORT, .caps = RSIM_CAP_PM }, 4 },
	{ { .type = RSIM_DOWNSTREAM_PORT,
	    .caps = RSIM_CAP_CXL_PORT | RSIM_CAP_SLOT }, 5 },
	{ { .type = RSIM_PCIE_PCI_BRIDGE }, 6 },
	{ { .type = RSIM_PCI_BRIDGE }, 7 },
	{ { .type = RSIM_CONVENTIONAL, .caps = RSIM_CAP_AF_FLR }, 8 },
	{ { .type = RSIM_RCIEP, .at = { 0, 0, 3 << 3 },
	    .caps = RSIM_CAP_ATS | RSIM_CAP_PASID }, 0 },
	{ { .type = RSIM_RCIEP, .at = { 7, 0, 3 << 3 }, .new_group = true },
	  0 },
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* What fails once must work when it is tried again. */
static inline struct rsim *build(enum rsim_iommu iommu, unsigned long n,
			  bool all_after, struct rsim_dev *devs[KINDS])
{
	struct rsim *w;
	unsigned i;

	host_arm(&host, 0, false);
	w = world(iommu);
	host_arm(&host, n, all_after);
	for (i = 0; i < KINDS; i++) {
		struct rsim_dev_desc d = kinds[i].desc;

		if (kinds[i].parent)
			d.parent = devs[kinds[i].parent - 1];
		devs[i] = rsim_dev_add(w, &d);
		if (devs[i])
			continue;
		assert_string_not_equal(rsim_error(w), "");
		host.all_after = false;
		devs[i] = rsim_dev_add(w, &d);
		if (!devs[i])
			fail_msg("kind %u, refused %lu: second time: %s", i, n,
				 rsim_error(w));
	}
	return w;
}

#endif
