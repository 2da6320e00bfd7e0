/* SPDX-License-Identifier: MIT */
/* What the stories of the catalogue are told with. */
#ifndef RSIM_LIB_CATALOGUE_STORY_H
#define RSIM_LIB_CATALOGUE_STORY_H

#include <rsim/rsim.h>

/* The page that stories map, and whom pages belong to. */
#define STORY_IOVA ((rsim_iova)0x10000)
enum { STORY_DRIVER = 1, STORY_SOMEBODY_ELSE = 2 };

struct story {
	const struct rsim_proto *proto;
	const char *const *rules;	/* by which it is judged */
	struct rsim_config config;
	struct rsim *w;
	struct rsim_checks *checks;
	struct rsim_dev *port, *a, *b;	/* below the port; b: same group */
	struct rsim_group *group;
	struct rsim_domain *domain;	/* of the story's own */
	rsim_phys page;
	const char *broken_rule; /* by story_expect() */
	bool na;		/* nothing to judge with this protocol */
	char why[160];
	bool failed;		/* the host had no memory */
};

struct chapter {
	struct rsim_bug bug;
	const char *rules[4];	/* by which it is judged, in this order */
	void (*tell)(struct story *s);
};

/* Of core.c, and used by between.c too: resets device a. */
void story_reset_a(struct rsim *w, void *arg);
void story_pasid_detach_during_reset(struct story *s);

extern const struct chapter core_chapters[], between_chapters[];
extern const struct chapter timeout_chapters[],
	pci_chapters[];

/* Makes the world: a port, and a below it with @caps (on top of PCI Express,
 * ATS and FLR). The rules watch from here on. */
void story_machine(struct story *s, unsigned caps);
/* The same with a device description of the story's own for a. */
void story_machine_with(struct story *s, unsigned port_caps,
			struct rsim_dev_desc a);
/* Adds b to a's group, below a port of its own. */
void story_sibling(struct story *s, unsigned caps);
/* a's driver uses a page through the ATC; its invalidation is not answered,
 * and the page goes to somebody else. */
void story_stale(struct story *s, struct rsim_dev *dev);
/* One translated write of @dev to the page, as a device that still can. */
void story_write(struct story *s, struct rsim_dev *dev);
/* Adds a task. */
void story_task(struct story *s, const char *name, rsim_task_fn fn);
void story_fault(struct story *s, enum rsim_fault_point point,
		 struct rsim_dev *dev, int64_t value, uint32_t count);
/* What the story itself expects, in the name of one of its rules. */
void story_expect(struct story *s, bool holds, const char *rule,
		  const char *otherwise);
/* Nothing to judge: says why. */
void story_na(struct story *s, const char *why);
/* For protocols that have no fence at all. True: the story is over. */
bool story_needs_fence(struct story *s);
/* For protocols without a driver that reports broken devices. */
bool story_needs_report(struct story *s);

#endif
