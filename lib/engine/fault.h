/* SPDX-License-Identifier: MIT */
#ifndef RSIM_LIB_ENGINE_FAULT_H
#define RSIM_LIB_ENGINE_FAULT_H

#include <rsim/fault.h>

struct fault {
	int64_t value;
	uint32_t dev;		/* number of the function, 0: any */
	uint32_t left;		/* times it still happens, 0: every time */
	uint8_t point;
	bool optional;
};

struct engine;

int fault_add(struct engine *e, const struct rsim_fault *f, uint32_t dev);
void fault_clear(struct engine *e, enum rsim_fault_point point, uint32_t dev);

bool fault_search(struct engine *e, enum rsim_fault_point point, uint32_t dev,
		  int64_t *value);


/*
 * "POINT[=VALUE][*COUNT]". Returns NULL and fills *out, or a sentence that
 * says what is wrong.
 */
const char *fault_read(const char *text, struct rsim_fault *out);

#endif
