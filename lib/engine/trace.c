/* SPDX-License-Identifier: MIT */
#include "engine/trace.h"
#include "base/host.h"
#include "engine/engine.h"

static bool trace_grow(struct engine *e)
{
	struct trace *t = e->trace;
	size_t cap = t->cap ? t->cap * 2 : 256;
	struct rsim_event *p;

	p = host_realloc(&e->host, t->events, cap * sizeof(*p));
	if (!p) {
		t->failed = true;
		return false;
	}
	t->events = p;
	t->cap = cap;
	return true;
}

void trace_flush(struct engine *e)
{
	struct trace *t = e->trace;

	while (t->observe && t->observed < t->count) {
		size_t i = t->observed++;

		t->judging = true;
		t->observe(t->observe_ctx, &t->events[i], i);
		t->judging = false;
	}
}

/* Says what is going to be done; nothing was, yet, but taking locks. */
static bool is_prelude(enum rsim_event_kind kind)
{
	return kind == RSIM_EV_CALL || kind == RSIM_EV_LOCK ||
	       kind == RSIM_EV_ATTACH || kind == RSIM_EV_PASID ||
	       kind == RSIM_EV_DRIVER || kind == RSIM_EV_TASK;
}

struct rsim_event *trace_add(struct engine *e, enum rsim_event_kind kind,
			     uint32_t dev, const char *what)
{
	struct trace *t = e->trace;
	struct rsim_event *ev;

	if (t->off && !e->exploring)
		return &t->nowhere;
	if (t->observe)
		trace_flush(e);
	if (e->exploring) {
		digest_update(e);
		engine_tick(e);
		if (!is_prelude(kind))
			e->quiet = false;
	}
	if (t->off || (t->count == t->cap && !trace_grow(e)))
		return &t->nowhere;
	ev = &t->events[t->count++];
	*ev = (struct rsim_event){
		.time = e->now,
		.what = what,
		.dev = dev,
		.task = engine_task_id(e),
		.kind = (uint8_t)kind,
		.depth = *engine_depth(e),
	};
	return ev;
}

void trace_forget(struct engine *e)
{
	struct trace *t = e->trace;

	trace_flush(e);
	digest_update(e);
	t->forgotten += t->count;
	t->count = t->observed = t->folded = 0;
}

uint64_t trace_position(const struct engine *e)
{
	return e->trace->forgotten + e->trace->count;
}

void trace_complete(struct engine *e, uint64_t at, int ret)
{
	struct trace *t = e->trace;

	if (at >= t->forgotten && at - t->forgotten < t->count)
		t->events[at - t->forgotten].ret = ret;
}

struct rsim_event *trace_last(struct engine *e)
{
	struct trace *t = e->trace;

	return t->off || !t->count ? &t->nowhere : &t->events[t->count - 1];
}

void trace_call_probe(struct engine *e, uint32_t dev, const char *fn,
		      bool probe)
{
	trace_add(e, RSIM_EV_CALL, dev, fn)->a = probe;
	++*engine_depth(e);
}

void trace_call(struct engine *e, uint32_t dev, const char *fn)
{
	trace_call_probe(e, dev, fn, false);
}

int trace_ret(struct engine *e, uint32_t dev, const char *fn, int ret)
{
	--*engine_depth(e);
	trace_add(e, RSIM_EV_RET, dev, fn)->ret = ret;
	return ret;
}

void trace_done(struct engine *e, uint32_t dev, const char *fn)
{
	trace_ret(e, dev, fn, TRACE_VOID);
}

void trace_ab(struct engine *e, enum rsim_event_kind kind, uint32_t dev,
	      const char *what, uint64_t a, uint64_t b)
{
	struct rsim_event *ev = trace_add(e, kind, dev, what);

	ev->a = a;
	ev->b = b;
}

void trace_warn(struct engine *e, uint32_t dev, const char *fn)
{
	trace_add(e, RSIM_EV_WARN, dev, fn);
}

void trace_log(struct engine *e, uint32_t dev, const char *msg, uint64_t a)
{
	trace_add(e, RSIM_EV_LOG, dev, msg)->a = a;
}
