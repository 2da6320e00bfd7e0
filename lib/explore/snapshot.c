/* SPDX-License-Identifier: MIT */
#include "explore/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 };

int base_init(struct base *b, struct rsim *w, struct facts *facts)
{
	b->w = w;
	b->facts = facts;
	b->hot_size = w->arena->hot;
	b->cold_size = w->arena->cold;
	b->hot = malloc(b->hot_size);
	if (!b->hot)
		return -ENOMEM;
	memcpy(b->hot, w->arena, b->hot_size);
	return 0;
}

void base_fini(struct base *b)
{
	free(b->hot);
	b->hot = NULL;
}

/* What a task's stack holds below its saved stack pointer's end. */
static size_t stack_used(const struct task *t)
{
	return t->state == TASK_DONE
		       ? 0 : (size_t)(t->fiber.stack + FIBER_STACK -
				      (char *)t->fiber.ctx);
}

static bool differs(const struct base *b, size_t at, size_t n)
{
	return at + n > b->hot_size ||
	       memcmp(b->hot + at, (char *)b->w->arena + at, n) != 0;
}

static size_t measure(const struct base *b)
{
	const struct engine *e = &b->w->e;
	size_t hot = b->w->arena->hot, at, n = 0;
	unsigned i;

	for (at = 0; at < hot; at += BLOCK) {
		size_t len = hot - at < BLOCK ? hot - at : BLOCK;

		if (differs(b, at, len))
			n += sizeof(uint32_t) + len;
	}
	n += sizeof(uint32_t);
	for (i = 0; i < e->task_count; i++)
		n += stack_used(e->tasks[i]);
	n += b->w->arena->cold - b->cold_size;
	return n + sizeof(b->facts->task) + sizeof(b->facts->current) +
	       b->facts->cap * sizeof(*b->facts->of);
}

static unsigned char *put(unsigned char *p, const void *from, size_t n)
{
	memcpy(p, from, n);
	return p + n;
}

static const unsigned char *get(const unsigned char *p, void *to, size_t n)
{
	memcpy(to, p, n);
	return p + n;
}

struct snapshot *snapshot_take(const struct base *b)
{
	const struct engine *e = &b->w->e;
	size_t hot = b->w->arena->hot, at, n = measure(b);
	struct snapshot *s = malloc(sizeof(*s) + n);
	uint32_t end = UINT32_MAX;
	unsigned char *p;
	unsigned i;

	if (!s)
		return NULL;
	s->size = sizeof(*s) + n;
	s->hot = hot;
	s->cold = b->w->arena->cold;
	s->facts = b->facts->cap;
	p = s->data;
	for (at = 0; at < hot; at += BLOCK) {
		size_t len = hot - at < BLOCK ? hot - at : BLOCK;
		uint32_t where = (uint32_t)at;

		if (!differs(b, at, len))
			continue;
		p = put(p, &where, sizeof(where));
		p = put(p, (char *)b->w->arena + at, len);
	}
	p = put(p, &end, sizeof(end));
	for (i = 0; i < e->task_count; i++)
		p = put(p, e->tasks[i]->fiber.stack + FIBER_STACK -
				   stack_used(e->tasks[i]),
			stack_used(e->tasks[i]));
	/* Cold memory that was handed out since: written once, but not by
	 * every branch with the same bytes. */
	p = put(p, (char *)b->w->arena + b->w->arena->size -
			   b->w->arena->cold,
		b->w->arena->cold - b->cold_size);
	p = put(p, b->facts->task, sizeof(b->facts->task));
	p = put(p, &b->facts->current, sizeof(b->facts->current));
	put(p, b->facts->of, b->facts->cap * sizeof(*b->facts->of));
	return s;
}

void snapshot_restore(const struct base *b, const struct snapshot *s)
{
	char *arena = (char *)b->w->arena;
	const unsigned char *p = s->data;
	const struct engine *e = &b->w->e;
	uint32_t where;
	unsigned i;

	/* Memory that this state did not have yet must read as zero again. */
	if (b->w->arena->hot > s->hot)
		memset(arena + s->hot, 0, b->w->arena->hot - s->hot);
	if (b->w->arena->cold > s->cold)
		memset(arena + b->w->arena->size - b->w->arena->cold, 0,
		       b->w->arena->cold - s->cold);
	memcpy(arena, b->hot, b->hot_size);
	for (;;) {
		p = get(p, &where, sizeof(where));
		if (where == UINT32_MAX)
			break;
		p = get(p, arena + where,
			s->hot - where < BLOCK ? s->hot - where : BLOCK);
	}
	for (i = 0; i < e->task_count; i++) {
		size_t n = stack_used(e->tasks[i]);

		p = get(p, e->tasks[i]->fiber.stack + FIBER_STACK - n, n);
	}
	p = get(p, arena + b->w->arena->size - s->cold,
		s->cold - b->cold_size);
	memset(b->facts->of, 0, b->facts->cap * sizeof(*b->facts->of));
	p = get(p, b->facts->task, sizeof(b->facts->task));
	p = get(p, &b->facts->current, sizeof(b->facts->current));
	get(p, b->facts->of, s->facts * sizeof(*b->facts->of));
}
