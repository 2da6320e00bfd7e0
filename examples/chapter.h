/* SPDX-License-Identifier: MIT */
/* What the chapters share: the machine of chapter 1, and how one ends. */
#ifndef RSIM_EXAMPLES_CHAPTER_H
#define RSIM_EXAMPLES_CHAPTER_H

#include <rsim/rsim.h>

static inline struct rsim_dev *chapter_nic(struct rsim *w)
{
	struct rsim_dev *port, *nic;

	port = rsim_dev_add(w, &(struct rsim_dev_desc){
		.name = "port", .type = RSIM_ROOT_PORT, .caps = RSIM_CAP_ACS,
		.at = { .devfn = 0x10 },
	});
	nic = rsim_dev_add(w, &(struct rsim_dev_desc){
		.name = "nic", .parent = port,
		.caps = RSIM_CAP_FLR | RSIM_CAP_PM | RSIM_CAP_ATS,
	});
	rsim_trace_clear(w);
	return nic;
}

static inline int chapter_end(struct rsim *w)
{
	int ret = rsim_trace_print(w, stdout, 0, RSIM_TRACE_STORY);

	rsim_free(w);
	return ret ? 1 : 0;
}

#endif
