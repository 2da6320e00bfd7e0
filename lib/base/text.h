/* SPDX-License-Identifier: MIT */
/* Text that grows, on the host's heap. */
#ifndef RSIM_LIB_BASE_TEXT_H
#define RSIM_LIB_BASE_TEXT_H

#include <rsim/world.h>

struct text {
	const struct rsim_host *host;
	char *buf;	/* NUL-terminated once anything was added */
	size_t len, cap;
	bool failed;	/* the host had no memory; what follows is lost */
};

void text_add(struct text *t, const char *s, size_t n);
void text_printf(struct text *t, const char *fmt, ...) RSIM_PRINTF(2, 3);
void text_free(struct text *t);

#endif
