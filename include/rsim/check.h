/* SPDX-License-Identifier: MIT */
/*
 * check.h - rules that a run must keep, judged from outside the model.
 *
 * Rules read the event stream and public state, nothing else. Each has a
 * name, says what must hold, and which sentence of the specification or of
 * the review it stands for.
 */
#ifndef RSIM_CHECK_H
#define RSIM_CHECK_H

#include <rsim/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rsim_checks;

struct rsim_rule {
	const char *name;
	const char *says;	/* what must hold */
	const char *source;	/* whose sentence it is */
	const char *look_at;	/* where to look when it does not */
	/* Called with each event; either may be NULL. */
	void (*event)(struct rsim_checks *c, const struct rsim_event *ev);
	/* Called at rsim_checks_end(). */
	void (*end)(struct rsim_checks *c);
};

/* A broken rule. */
struct rsim_violation {
	const struct rsim_rule *rule;
	size_t event;		/* number of the event that broke it */
	rsim_ns time;
	char what[160];
};

/* rsim's rules by number and by name; NULL: none. */
RSIM_API const struct rsim_rule *rsim_rule_at(unsigned i);
RSIM_API const struct rsim_rule *rsim_rule_find(const char *name);

/*
 * Starts watching a world with all of rsim's rules; events that are there
 * already are not judged. One watcher a world. The caller frees it, before
 * the world. NULL: the host has no memory. The trace must stay enabled.
 */
RSIM_API struct rsim_checks *rsim_checks_new(struct rsim *w);
RSIM_API void rsim_checks_free(struct rsim_checks *c);
/* Judges only by this rule, or by one more if called again. */
RSIM_API void rsim_checks_only(struct rsim_checks *c, const char *rule);
/* Adds a rule of a user's own; it must live as long as @c. 0 or -ENOMEM. */
RSIM_API int rsim_checks_add(struct rsim_checks *c,
			     const struct rsim_rule *rule);

/* Nothing more will happen: asks the rules about what must hold then. Returns
 * the number of violations. */
RSIM_API unsigned rsim_checks_end(struct rsim_checks *c);
/* Violation @i in the order in which they happened; NULL past the last. At
 * most 64 are kept. */
RSIM_API const struct rsim_violation *
rsim_checks_at(const struct rsim_checks *c, unsigned i);
/*
 * All violations in words: what happened, when, the event that broke the
 * rule, the sentence it stands for, what to look at. free() it. NULL: the
 * host has no memory.
 */
RSIM_API char *rsim_checks_report(const struct rsim_checks *c);

/* For rules: the world, and a violation at the event that is being judged. */
RSIM_API struct rsim *rsim_checks_world(const struct rsim_checks *c);
RSIM_API void rsim_checks_fail(struct rsim_checks *c, const char *fmt, ...)
	RSIM_PRINTF(2, 3);

/* What rules know of a device, brought up to date before they are asked. */
struct rsim_facts {
	uint32_t dev;		/* its number; 0: never seen */
	unsigned window;	/* prepare()s without their done() */
	bool in_method;		/* a reset method runs (not a probe) */
	bool probing;		/* a probe runs */
	bool method_prepared;	/* prepare() succeeded in that method */
	bool reset_failed;	/* the last reset that ran failed */
	bool in_reset;		/* the silicon is between begin and end */
	const char *dirty;	/* why its ATC may be stale; NULL: it is not */
	bool has_ste;		/* its stream entry was seen written */
	uint8_t ste_kind;	/* 0: blocked, 1: bypass, 2: translate */
	bool ste_ats;
	uint32_t domain;	/* last attached by the driver, 0: none */
	uint32_t resets;	/* that really happened */
	uint32_t resets_before;	/* ... when the outermost method began */
	struct {
		uint32_t pasid, domain;
	} pasids[8];
};
/* Of a device that appeared in the trace; all zero for others. */
RSIM_API const struct rsim_facts *rsim_checks_facts(
	const struct rsim_checks *c, uint32_t dev);
/* The device whose prepare() or done() the running task is in; 0: neither. */
RSIM_API uint32_t rsim_checks_fencing(const struct rsim_checks *c);
/* A rule's own memory of a device, zero at first. */
RSIM_API uint64_t *rsim_checks_memory(struct rsim_checks *c, uint32_t dev);

#ifdef __cplusplus
}
#endif
#endif
