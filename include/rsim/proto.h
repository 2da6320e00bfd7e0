/* SPDX-License-Identifier: MIT */
/*
 * proto.h - the protocol under test: pci_dev_reset_iommu_prepare() and
 * pci_dev_reset_iommu_done(), as a struct of hooks.
 *
 * rsim brings the revisions that Linux had or was offered, one file each in
 * lib/proto. A user writes one of their own the same way, with the functions
 * of the second half of this header: they are all that rsim's own use.
 */
#ifndef RSIM_PROTO_H
#define RSIM_PROTO_H

#include <rsim/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* When the PCI code calls done() after a method. */
enum rsim_done_rule {
	RSIM_DONE_ALWAYS,	/* whatever the result */
	RSIM_DONE_ON_SUCCESS,	/* after a success, or for a device without
				 * ATS; else it warns "kept_blocked" */
	RSIM_DONE_RESULT,	/* always, and hands the result over */
};

/* Why a caller wants to change a domain. */
enum rsim_gate {
	RSIM_GATE_ATTACH,	/* may fail: attach, replace, claim */
	RSIM_GATE_TEARDOWN,	/* must succeed: detach, release */
	RSIM_GATE_PASID,	/* attaching or replacing a PASID */
	RSIM_GATE_DEFERRED,	/* the first attach of one device */
};

/*
 * Hooks marked (L) run with the group's mutex held. prepare and done take it
 * themselves, between rsim_fence_lock() and rsim_fence_unlock().
 */
struct rsim_proto {
	const char *name;	/* as the tool's --proto takes it */
	const char *what;	/* one line for a reader */
	enum rsim_done_rule done_rule;
	bool probe_fences;	/* probes of "bus" and "device_specific" call
				 * the pair too */
	/* 0, or the errno with which the reset method fails at once. */
	int (*prepare)(struct rsim_dev *dev);
	/* @succeeded is meaningful with RSIM_DONE_RESULT only. */
	void (*done)(struct rsim_dev *dev, bool succeeded);
	/* (L) 0, or the errno with which the change is refused. @dev is the
	 * device for RSIM_GATE_DEFERRED. */
	int (*gate)(struct rsim_group *group, struct rsim_dev *dev,
		    enum rsim_gate why);
	/* (L) Is this device left out of a change of its whole group? */
	bool (*skip)(struct rsim_dev *dev);
	/*
	 * The IOMMU's driver got no positive answer to an ATC invalidation of
	 * this device, and its flush has not returned yet. Called from atomic
	 * context: it must not take the mutex. NULL: nobody is told.
	 */
	void (*broken)(struct rsim_dev *dev);
	/* (L) What a driver is told that its device is attached to. */
	struct rsim_domain *(*domain_of)(struct rsim_dev *dev);
};

/* A protocol of rsim's by name, or NULL; and the i-th, NULL past the last. */
RSIM_API const struct rsim_proto *rsim_proto_find(const char *name);
RSIM_API const struct rsim_proto *rsim_proto_at(unsigned i);

/* What a protocol remembers of a group, and of a device. Zero at first. */
struct rsim_fence_group {
	struct rsim_domain *resetting_domain;
	unsigned recovery_cnt;
	uint64_t user[2];	/* for a protocol of a user's own */
};
struct rsim_fence_dev {
	bool blocked;
	unsigned reset_depth;
	uint64_t user[2];
};
RSIM_API struct rsim_fence_group *rsim_fence_group(struct rsim_group *group);
RSIM_API struct rsim_fence_dev *rsim_fence_dev(struct rsim_dev *dev);

/* Does the pair act on this device at all: ATS supported, behind an IOMMU? */
RSIM_API bool rsim_fence_applies(const struct rsim_dev *dev);
/* Takes the mutex of the device's group and returns the group. */
RSIM_API struct rsim_group *rsim_fence_lock(struct rsim_dev *dev);
RSIM_API void rsim_fence_unlock(struct rsim_group *group);

/* (L) Makes sure that the group has a blocking domain. 0 or an errno. */
RSIM_API int rsim_fence_alloc_blocking(struct rsim_group *group);
/* (L) __iommu_attach_device(): the driver moves the RID of one device. */
RSIM_API int rsim_fence_attach(struct rsim_dev *dev,
			       struct rsim_domain *domain,
			       struct rsim_domain *old);
/* (L) Takes every PASID off one device; the group's table stays. */
RSIM_API void rsim_fence_remove_pasids(struct rsim_dev *dev);
/* (L) Sets every PASID of the table again: on the whole group, with the
 * rollback of an ordinary attach, or on one device. WARNs on errors. */
RSIM_API void rsim_fence_restore_group_pasids(struct rsim_dev *dev);
RSIM_API void rsim_fence_restore_pasids(struct rsim_dev *dev);
/* (L) Does the device support PASIDs? */
RSIM_API bool rsim_fence_has_pasids(const struct rsim_dev *dev);
/* (L) Is a device with the same requester ID blocked while this is not? */
RSIM_API bool rsim_fence_alias_blocked(struct rsim_dev *dev);
/* The driver shuts ATS off for the device, at once: Enable in the device, then
 * what its stream entry lets pass. Lifted by reset_device_done. */
RSIM_API void rsim_fence_block_ats(struct rsim_dev *dev);
/* (L) Calls the driver's reset_device_done op. */
RSIM_API void rsim_fence_reset_device_done(struct rsim_dev *dev);

/* WARN_ON in one of the two functions, and messages about the device. */
RSIM_API void rsim_fence_warn_prepare(struct rsim_dev *dev);
RSIM_API void rsim_fence_warn_done(struct rsim_dev *dev);
RSIM_API void rsim_fence_log(struct rsim_dev *dev, const char *message);

#ifdef __cplusplus
}
#endif
#endif
