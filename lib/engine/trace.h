/* SPDX-License-Identifier: MIT */
#ifndef RSIM_LIB_ENGINE_TRACE_H
#define RSIM_LIB_ENGINE_TRACE_H

#include <rsim/trace.h>
#include <rsim/world.h>

/* Lies on the host's heap: history is not state, a snapshot leaves it out. */
struct trace {
	struct rsim_event *events;
	size_t count, cap;
	struct rsim_event nowhere;	/* written instead of an event */
	bool off;
	bool failed;	/* the host had no memory: events are missing */
	/* Sees each event once it is complete, before the next is added. */
	void (*observe)(void *ctx, const struct rsim_event *ev, size_t i);
	void *observe_ctx;
	size_t observed;	/* events that it has seen */
	size_t folded;		/* ... that are in their tasks' digests */
	uint64_t forgotten;	/* events that were there before events[0] */
	bool judging;		/* observe() runs: what it asks, no task saw */
	uint8_t asked;		/* enum asked: what was looked at */
};

/* Numbers that only grow: they tell states apart where somebody looks. */
enum asked { ASKED_TIME = 1, ASKED_WRITES = 2 };

struct engine;

/* Appends an event with time, task and depth filled in; NULL when off. */
struct rsim_event *trace_add(struct engine *e, enum rsim_event_kind kind,
			     uint32_t dev, const char *what);

/* A call and its return; the events between them are one level deeper. */
void trace_call(struct engine *e, uint32_t dev, const char *fn);
void trace_call_probe(struct engine *e, uint32_t dev, const char *fn,
		      bool probe);
int trace_ret(struct engine *e, uint32_t dev, const char *fn, int ret);
void trace_done(struct engine *e, uint32_t dev, const char *fn);
/* The event added last, to complete it. */
struct rsim_event *trace_last(struct engine *e);
/* Event of @kind with two numbers. */
void trace_ab(struct engine *e, enum rsim_event_kind kind, uint32_t dev,
	      const char *what, uint64_t a, uint64_t b);
void trace_warn(struct engine *e, uint32_t dev, const char *fn);
void trace_log(struct engine *e, uint32_t dev, const char *msg, uint64_t a);

/* Shows the observer what it has not seen yet. */
void trace_flush(struct engine *e);

/* Drops the events, once the observer and the digests have seen them. */
void trace_forget(struct engine *e);
/* Completes the event that was added when @at events, forgotten ones included,
 * were there. Who waited meanwhile may find it forgotten. */
uint64_t trace_position(const struct engine *e);
void trace_complete(struct engine *e, uint64_t at, int ret);

enum { TRACE_VOID = 1 << 30 };	/* the ret of a function without a value */

#endif
