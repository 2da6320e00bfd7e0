/* SPDX-License-Identifier: MIT */
/* From the text of `lspci -xxxx` to functions, on the host's heap. */
#ifndef RSIM_LIB_SIM_IMPORT_H
#define RSIM_LIB_SIM_IMPORT_H

#include "hw/layout.h"

#include <rsim/dev.h>

struct import_fn {
	struct rsim_bdf bdf;
	unsigned line;		/* of its header */
	unsigned size;
	uint8_t *cfg;		/* @size bytes */
	/* filled in by machine.c */
	uint8_t type;		/* enum rsim_dev_type */
	bool added;
	uint32_t pf;		/* index + 1 of a VF's PF */
	uint32_t parent;	/* index + 1 of the bridge above */
	uint16_t vf_vendor, vf_device;
};

struct import {
	struct rsim *w;		/* takes the error */
	const char *name;	/* of the text, for messages */
	struct import_fn *fns;	/* in order of BDF once import_end() ran */
	uint32_t count, cap;
	unsigned line;
	char carry[256];	/* a line that is not complete yet */
	size_t carried;
	uint8_t cfg[HW_EXT_SIZE];	/* of the function being read */
	unsigned filled;
	bool open;		/* a function is being read */
};

/* Feeds a piece of the text. 0, -EINVAL or -ENOMEM with rsim_error(). */
int import_feed(struct import *m, const char *s, size_t n);
int import_end(struct import *m);
void import_free(struct import *m);

/* machine.c: finds out what is below what. */
int import_topology(struct import *m);

#endif
