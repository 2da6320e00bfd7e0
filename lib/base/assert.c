/* SPDX-License-Identifier: MIT */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

/* The one global of the library: misuse has no world to hang a handler on. */
static rsim_misuse_fn misuse_handler;

void rsim_set_misuse_handler(rsim_misuse_fn handler)
{
	misuse_handler = handler;
}

_Noreturn void rsim_misuse(const char *file, int line, const char *call,
			   const char *what)
{
	char msg[256];

	snprintf(msg, sizeof(msg), "%s: %s", call, what);
	if (misuse_handler)
		misuse_handler(file, line, msg);
	fprintf(stderr, "rsim: misuse: %s (%s:%d)\n", msg, file, line);
	abort();
}
