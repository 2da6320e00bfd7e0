/* SPDX-License-Identifier: MIT */
#ifndef KERNEL_TRACE_COMMAND_H
#define KERNEL_TRACE_COMMAND_H

#include "kt.h"

enum kt_file { KT_RESET, KT_RESET_METHOD, KT_REMOVE, KT_RESCAN };
enum { KT_WRITES = 16 };

struct kt_command {
	struct kt_write {
		enum kt_file file;
		struct rsim_bdf bdf;
		char text[260];
	} writes[KT_WRITES];
	unsigned count;
	struct rsim_bdf target;	/* the first function written to */
};

/* Understands the command of @t or ends the program. */
void kt_command(const struct kt_trace *t, struct kt_command *c);

#endif
