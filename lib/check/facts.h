/* SPDX-License-Identifier: MIT */
/* What the event stream says of each device so far. */
#ifndef RSIM_LIB_CHECK_FACTS_H
#define RSIM_LIB_CHECK_FACTS_H

#include <rsim/check.h>
#include <rsim/world.h>

enum { FACTS_TASKS = 33, FACTS_STACK = 8, FACTS_RULES = 24 };

struct fact {
	struct rsim_facts pub;
	struct rsim_facts before;	/* the driver callback that runs */
	uint64_t memory[FACTS_RULES];
};

struct facts {
	struct rsim *w;
	struct fact *of;	/* by number of the device */
	uint32_t cap;
	bool failed;
	/* by number of the task: methods it is in, and prepare() or done() */
	struct {
		struct {
			uint32_t dev;
			bool probe;
		} method[FACTS_STACK];
		unsigned methods;
		uint32_t fencing;
		bool in_done;
	} task[FACTS_TASKS];
	uint16_t current;
};

int facts_init(struct facts *f, struct rsim *w);
void facts_fini(struct facts *f);
/* What is true when an event begins, and what after it was judged. */
void facts_before(struct facts *f, const struct rsim_event *ev);
void facts_after(struct facts *f, const struct rsim_event *ev);

const struct rsim_facts *facts_of_const(const struct facts *f, uint32_t dev);
uint64_t *facts_memory(struct facts *f, uint32_t dev, unsigned rule);
uint32_t facts_fencing(const struct facts *f);
/* Does the trace call it a reset method? */
bool facts_is_method(const char *function);

#endif
