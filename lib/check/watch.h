/* SPDX-License-Identifier: MIT */
/* A watcher of one world, for those who go back and forth in its time. */
#ifndef RSIM_LIB_CHECK_WATCH_H
#define RSIM_LIB_CHECK_WATCH_H

#include "check/facts.h"

enum { MAX_RULES = 24, MAX_VIOLATIONS = 64 };

struct rsim_checks {
	struct rsim *w;
	struct facts facts;
	const struct rsim_rule *rules[MAX_RULES];
	bool off[MAX_RULES], limited;
	unsigned rule_count;
	const struct rsim_rule *now; /* being asked */
	size_t event;
	rsim_ns time;
	struct rsim_violation violations[MAX_VIOLATIONS];
	unsigned count;
};

#endif
