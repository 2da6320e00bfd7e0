/* SPDX-License-Identifier: MIT */
/* The rules, and what they are judged with. */
#ifndef RSIM_LIB_CHECK_CHECK_H
#define RSIM_LIB_CHECK_CHECK_H

#include <rsim/check.h>
#include <rsim/dev.h>
#include <rsim/iommu.h>
#include <rsim/proto.h>

extern const struct rsim_rule rule_stale_dma, rule_blocked_in_reset,
	rule_not_unfenced_dirty, rule_restored, rule_old_domain, rule_balanced,
	rule_sibling_untouched, rule_no_freed_domain, rule_no_false_success,
	rule_no_warn, rule_progress;

/* Does the fence concern this device at all? NULL is no device. */
static inline bool check_fenced(struct rsim_dev *dev)
{
	return dev && rsim_fence_applies(dev);
}

/* The name of a task, for sentences; "none". */
const char *check_task(const struct rsim_checks *c, uint64_t task);

/* The name of a device, for sentences. */
static inline const char *check_name(const struct rsim_checks *c, uint32_t dev)
{
	struct rsim_dev *d = rsim_dev_numbered(rsim_checks_world(c), dev);

	return d ? rsim_dev_name(d) : "that was removed";
}

static inline const char *check_domain(const struct rsim_checks *c,
				       uint64_t domain)
{
	struct rsim_domain *d = rsim_domain_numbered(rsim_checks_world(c),
						     (uint32_t)domain);

	return d ? rsim_domain_name(d) : "none";
}

/* Does its stream entry, as last written, let anything pass? */
static inline bool check_open(const struct rsim_facts *f)
{
	return f->has_ste && (f->ste_kind || f->ste_ats);
}

#endif
