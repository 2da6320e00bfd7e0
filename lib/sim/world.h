/* SPDX-License-Identifier: MIT */
/* A world: where the parts meet. It holds them and has no logic. */
#ifndef RSIM_LIB_SIM_WORLD_H
#define RSIM_LIB_SIM_WORLD_H

#include "engine/engine.h"
#include "hw/hw.h"
#include "os/enumerate.h"
#include "os/os.h"

/* On the host's heap: not state. */
struct rsim_side {
	struct trace trace;
	char error[512];
};

struct rsim {
	struct arena *arena;	/* in which this struct lies */
	struct rsim_side *side;
	struct engine e;
	struct hw hw;
	struct os os;
};

/* The sentence for rsim_error(); returns @ret. */
int world_error(struct rsim *w, int ret, const char *fmt, ...)
	RSIM_PRINTF(3, 4);

/* Adds a function of known bytes to silicon and to Linux. */
int world_add(struct rsim *w, struct hw_bus *bus, const struct hw_fn_init *init,
	      const struct os_platform *p, struct rsim_dev **out);

#endif
