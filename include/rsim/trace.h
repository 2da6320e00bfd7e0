/* SPDX-License-Identifier: MIT */
/*
 * trace.h - the event stream of a world and its canonical text.
 *
 * Everything observable is an event, in the order in which it happened. The
 * text is a function of the events alone: no addresses, no wall clock.
 */
#ifndef RSIM_TRACE_H
#define RSIM_TRACE_H

#include <rsim/base.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rsim_event_kind {
	/* what Linux does */
	RSIM_EV_CALL,		/* enters function @what; @a: probe, if any */
	RSIM_EV_RET,		/* leaves function @what with @ret */
	RSIM_EV_CFG_READ,	/* @size bytes at offset @a gave @b */
	RSIM_EV_CFG_WRITE,	/* @size bytes at offset @a := @b */
	RSIM_EV_SLEEP,		/* sleeps @a ns */
	RSIM_EV_LOCK,		/* takes the lock called @what */
	RSIM_EV_UNLOCK,
	RSIM_EV_ATTACH,		/* driver: RID of @dev from domain @b to @a */
	RSIM_EV_PASID,		/* driver: PASID @obj from domain @b to @a */
	RSIM_EV_DOMAIN,		/* domain @a: @what happened to it */
	RSIM_EV_MAP,		/* domain @obj: IOVA @a maps to @b */
	RSIM_EV_UNMAP,		/* domain @obj: IOVA @a no longer maps */
	RSIM_EV_DRIVER,		/* the driver's callback @what runs */
	RSIM_EV_WARN,		/* WARN in function @what */
	RSIM_EV_LOG,		/* message @what about @dev; @a, @b numbers */
	/* what the silicon does */
	RSIM_EV_HW,		/* function @dev: @what */
	RSIM_EV_STE,		/* stream entry of @dev is now @what; @a: 0 lets
				 * nothing pass; @b: lets ATS pass */
	RSIM_EV_CMD,		/* IOMMU command @what for @dev */
	RSIM_EV_ATC,		/* the ATC of @dev: @what, IOVA @a, PA @b */
	RSIM_EV_DMA,		/* @dev uses address @a: gets PA @b or @ret */
	RSIM_EV_PAGE,		/* page @a: @what, owner @obj, generation @b */
	RSIM_EV_FAULT,		/* fault point @what takes effect */
	/* what the test does */
	RSIM_EV_TASK,		/* task @obj: @what */
	RSIM_EV_NOTE,		/* a remark: @what */
	RSIM_EV_KINDS
};

/* Objects are numbered from 1; 0 means none. */
struct rsim_event {
	rsim_ns time;
	const char *what;	/* a static string, or one the world owns */
	uint64_t a, b;
	uint32_t dev;		/* number of the function */
	uint32_t obj;
	int32_t ret;
	uint16_t task;		/* number of the task; 0 outside of tasks */
	uint8_t kind;		/* enum rsim_event_kind */
	uint8_t size;		/* of a config access */
	uint8_t depth;		/* calls that enclose it */
};

/* How much of the stream a text shows. */
enum rsim_trace_detail {
	RSIM_TRACE_ALL,		/* every event */
	RSIM_TRACE_STORY,	/* without locks, plain config accesses, and
				 * silicon's small print: what a reader needs */
};

/* How many events there are. */
RSIM_API size_t rsim_trace_count(const struct rsim *w);
/* Event @i; valid until the next call that adds one. */
RSIM_API const struct rsim_event *rsim_trace_at(const struct rsim *w,
						size_t i);
/* Forgets the events so far. */
RSIM_API void rsim_trace_clear(struct rsim *w);
/* Records no events while @on is false (for measurements). */
RSIM_API void rsim_trace_enable(struct rsim *w, bool on);

/*
 * The canonical text of the events from number @from on, one line each.
 * The caller frees it with free(). NULL: the host has no memory.
 */
RSIM_API char *rsim_trace_text(const struct rsim *w, size_t from,
			       enum rsim_trace_detail detail);
/* The same into a file. Returns 0, -ENOMEM or -EIO. */
RSIM_API int rsim_trace_print(const struct rsim *w, FILE *to, size_t from,
			      enum rsim_trace_detail detail);
/* Adds a remark to the stream. The text is copied. */
RSIM_API void rsim_note(struct rsim *w, const char *text);

/*
 * How often the WARN in function @fn fired, or any WARN for NULL; and how
 * often message @msg was logged about @dev (NULL: about anything).
 */
RSIM_API unsigned rsim_warn_count(const struct rsim *w, const char *fn);
RSIM_API unsigned rsim_log_count(const struct rsim *w, struct rsim_dev *dev,
				 const char *msg);

#ifdef __cplusplus
}
#endif
#endif
