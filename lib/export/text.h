/* SPDX-License-Identifier: MIT */
/* The canonical text of events. */
#ifndef RSIM_LIB_EXPORT_TEXT_H
#define RSIM_LIB_EXPORT_TEXT_H

#include "base/text.h"
#include "sim/world.h"

#include <rsim/trace.h>

/* One line, newline included, for @times such events in a row. */
void export_event(const struct rsim *w, const struct rsim_event *ev,
		  unsigned depth, unsigned times, struct text *t);

#endif
