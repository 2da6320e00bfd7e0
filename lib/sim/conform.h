/* SPDX-License-Identifier: MIT */
/* A conformance script that runs. */
#ifndef RSIM_LIB_SIM_CONFORM_H
#define RSIM_LIB_SIM_CONFORM_H

#include "base/text.h"
#include "sim/world.h"

enum { CONFORM_NAMES = 64 };

struct conform {
	struct rsim *outer;	/* takes the error */
	const char *name;
	unsigned line;
	struct rsim_config config;
	struct rsim *w;		/* of the current case; NULL: none */
	size_t seen;		/* events printed so far */
	struct text out;
	int (*write)(void *ctx, const char *s, size_t n);
	void *ctx;
	/* objects of the case by number: g0 is groups[0] */
	struct rsim_group *groups[CONFORM_NAMES];
	struct rsim_dev *devs[CONFORM_NAMES];
	struct rsim_domain *domains[CONFORM_NAMES];
	char domain_names[CONFORM_NAMES][8];
	unsigned group_count, dev_count, domain_count;
};

/* What the driver and Linux said since the last line. */
void conform_print_events(struct conform *c);
/* What every group and every device is attached to now. */
void conform_print_state(struct conform *c);

#endif
