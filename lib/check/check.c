/* SPDX-License-Identifier: MIT */
#include "check/check.h"
#include "base/assert.h"
#include "base/host.h"
#include "base/text.h"
#include "check/watch.h"
#include "export/text.h"
#include "sim/world.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order in which a reader wants to hear of them. */
static const struct rsim_rule *const all[] = {
	&rule_stale_dma,
	&rule_no_freed_domain,
	&rule_not_unfenced_dirty,
	&rule_blocked_in_reset,
	&rule_no_false_success,
	&rule_restored,
	&rule_sibling_untouched,
	&rule_old_domain,
	&rule_balanced,
	&rule_progress,
	&rule_no_warn,
};

const struct rsim_rule *rsim_rule_at(unsigned i)
{
	return i < sizeof(all) / sizeof(all[0]) ? all[i] : NULL;
}

const struct rsim_rule *rsim_rule_find(const char *name)
{
	unsigned i;

	for (i = 0; name && rsim_rule_at(i); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}

static void observe(void *ctx, const struct rsim_event *ev, size_t i)
{
	struct rsim_checks *c = ctx;
	unsigned r;

	c->event = i;
	c->time = ev->time;
	facts_before(&c->facts, ev);
	for (r = 0; r < c->rule_count; r++) {
		c->now = c->rules[r];
		if (!c->off[r] && c->now->event)
			c->now->event(c, ev);
	}
	facts_after(&c->facts, ev);
}

struct rsim_checks *rsim_checks_new(struct rsim *w)
{
	struct rsim_checks *c;
	unsigned i;

	MISUSE_IF(!w, "rsim_checks_new", "w is NULL");
	MISUSE_IF(w->side->trace.observe, "rsim_checks_new",
		  "the world is being watched already");
	c = host_alloc(&w->e.host, sizeof(*c));
	if (!c)
		return NULL;
	c->w = w;
	for (i = 0; rsim_rule_at(i); i++)
		c->rules[c->rule_count++] = all[i];
	if (facts_init(&c->facts, w)) {
		facts_fini(&c->facts);
		free(c);
		return NULL;
	}
	w->side->trace.observed = w->side->trace.count;
	w->side->trace.observe = observe;
	w->side->trace.observe_ctx = c;
	return c;
}

void rsim_checks_free(struct rsim_checks *c)
{
	if (!c)
		return;
	c->w->side->trace.observe = NULL;
	facts_fini(&c->facts);
	free(c);
}

void rsim_checks_only(struct rsim_checks *c, const char *rule)
{
	unsigned i;
	bool found = false;

	MISUSE_IF(!c || !rule, "rsim_checks_only", "an argument is NULL");
	for (i = 0; i < c->rule_count; i++) {
		bool is = !strcmp(c->rules[i]->name, rule);

		if (!c->limited || is)
			c->off[i] = !is;
		found |= is;
	}
	c->limited = true;
	MISUSE_IF(!found, "rsim_checks_only", "there is no rule of that name");
}

int rsim_checks_add(struct rsim_checks *c, const struct rsim_rule *rule)
{
	MISUSE_IF(!c || !rule || !rule->name, "rsim_checks_add",
		  "an argument is NULL");
	if (c->rule_count == MAX_RULES)
		return -ENOMEM;
	c->rules[c->rule_count++] = rule;
	return 0;
}

unsigned rsim_checks_end(struct rsim_checks *c)
{
	unsigned r;

	MISUSE_IF(!c, "rsim_checks_end", "c is NULL");
	trace_flush(&c->w->e);
	c->time = c->w->e.now;
	for (r = 0; r < c->rule_count; r++) {
		c->now = c->rules[r];
		if (!c->off[r] && c->now->end)
			c->now->end(c);
	}
	return c->count;
}

const struct rsim_violation *rsim_checks_at(const struct rsim_checks *c,
					    unsigned i)
{
	MISUSE_IF(!c, "rsim_checks_at", "c is NULL");
	return i < c->count ? &c->violations[i] : NULL;
}

void rsim_checks_fail(struct rsim_checks *c, const char *fmt, ...)
{
	struct rsim_violation *v;
	va_list ap;

	MISUSE_IF(!c || !c->now, "rsim_checks_fail", "no rule is being asked");
	if (c->count == MAX_VIOLATIONS)
		return;
	v = &c->violations[c->count++];
	v->rule = c->now;
	v->event = c->event;
	v->time = c->time;
	va_start(ap, fmt);
	vsnprintf(v->what, sizeof(v->what), fmt, ap);
	va_end(ap);
}

char *rsim_checks_report(const struct rsim_checks *c)
{
	struct text t = { 0 };
	unsigned i;

	MISUSE_IF(!c, "rsim_checks_report", "c is NULL");
	t.host = &c->w->e.host;
	text_add(&t, "", 0);
	for (i = 0; i < c->count; i++) {
		const struct rsim_violation *v = &c->violations[i];

		text_printf(&t, "%s: %s\n", v->rule->name, v->what);
		text_printf(&t, "  must hold:  %s\n", v->rule->says);
		text_printf(&t, "  source:     %s\n", v->rule->source);
		text_printf(&t, "  look at:    %s\n", v->rule->look_at);
		if (v->event >= c->w->side->trace.count)
			continue;
		text_printf(&t, "  event %zu:\n  ", v->event);
		export_event(c->w, &c->w->side->trace.events[v->event], 0, 1,
			     &t);
	}
	if (!t.failed)
		return t.buf;
	text_free(&t);
	return NULL;
}

const char *check_task(const struct rsim_checks *c, uint64_t task)
{
	const struct engine *e = &c->w->e;

	return task && task <= e->name_count ? e->task_names[task - 1]
					     : "none";
}

struct rsim *rsim_checks_world(const struct rsim_checks *c)
{
	MISUSE_IF(!c, "rsim_checks_world", "c is NULL");
	return c->w;
}

const struct rsim_facts *rsim_checks_facts(const struct rsim_checks *c,
					   uint32_t dev)
{
	MISUSE_IF(!c, "rsim_checks_facts", "c is NULL");
	return facts_of_const(&c->facts, dev);
}

uint32_t rsim_checks_fencing(const struct rsim_checks *c)
{
	MISUSE_IF(!c, "rsim_checks_fencing", "c is NULL");
	return facts_fencing(&c->facts);
}

uint64_t *rsim_checks_memory(struct rsim_checks *c, uint32_t dev)
{
	unsigned r;

	MISUSE_IF(!c || !c->now, "rsim_checks_memory",
		  "no rule is being asked");
	for (r = 0; c->rules[r] != c->now; r++)
		;
	return facts_memory(&c->facts, dev, r);
}
