/* SPDX-License-Identifier: MIT */
#include "explore/snapshot.h"

#include <stdlib.h>
#include <string.h>

/* Small pieces are the same more often, large ones have fewer numbers. */
enum { PIECE = 256, TASKS = 4 * 76, SLAB = 1 << 18 };

struct piece {
	const unsigned char *bytes;
	uint32_t size;
	uint32_t hash;
};

void base_init(struct base *b, struct rsim *w, struct facts *facts)
{
	memset(b, 0, sizeof(*b));
	b->w = w;
	b->facts = facts;
	b->cold_size = w->arena->cold;
}

void base_fini(struct base *b)
{
	while (b->slab) {
		unsigned char *before;

		memcpy(&before, b->slab, sizeof(before));
		free(b->slab);
		b->slab = before;
	}
	free(b->pieces);
	free(b->table);
	free(b->last);
	memset(b, 0, sizeof(*b));
}

/* Only decides where a piece is looked for. */
static uint32_t hash(const unsigned char *p, size_t n)
{
	uint64_t h = n, v;

	for (; n >= sizeof(v); p += sizeof(v), n -= sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		h = (h ^ v) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	for (; n; n--)
		h = (h ^ *p++) * 0xff51afd7ed558ccdu;
	return (uint32_t)(h ^ h >> 32);
}

static bool table_grow(struct base *b)
{
	uint32_t cap = b->table_cap ? b->table_cap * 2 : 4096, i, h;
	uint32_t *table = calloc(cap, sizeof(*table));

	if (!table)
		return false;
	for (i = 0; i < b->count; i++) {
		h = b->pieces[i].hash;
		while (table[h & (cap - 1)])
			h++;
		table[h & (cap - 1)] = i + 1;
	}
	free(b->table);
	b->bytes += (cap - b->table_cap) * sizeof(*table);
	b->table = table;
	b->table_cap = cap;
	return true;
}

static bool pieces_grow(struct base *b)
{
	uint32_t cap = b->cap ? b->cap * 2 : 1024;
	struct piece *p = realloc(b->pieces, cap * sizeof(*p));

	if (!p)
		return false;
	b->bytes += (cap - b->cap) * sizeof(*p);
	b->pieces = p;
	b->cap = cap;
	return true;
}

static bool slab_new(struct base *b, size_t n)
{
	size_t size = sizeof(b->slab) + (n > SLAB ? n : SLAB);
	unsigned char *slab = malloc(size);

	if (!slab)
		return false;
	memcpy(slab, &b->slab, sizeof(b->slab));
	b->slab = slab;
	b->slab_left = size - sizeof(b->slab);
	b->bytes += size;
	return true;
}

/* The slab's bytes are handed out from its end to its beginning. */
static bool piece_new(struct base *b, const void *p, size_t n, uint32_t h)
{
	unsigned char *at;

	if ((b->count == b->cap && !pieces_grow(b)) ||
	    ((!b->slab || b->slab_left < n) && !slab_new(b, n)))
		return false;
	b->slab_left -= n;
	at = b->slab + sizeof(b->slab) + b->slab_left;
	memcpy(at, p, n);
	b->pieces[b->count++] = (struct piece){ at, (uint32_t)n, h };
	return true;
}

/* Most comparisons are of whole pieces that are the same. */
static bool same(const unsigned char *p, const unsigned char *q, size_t n)
{
	uint64_t x, y, diff = 0;
	unsigned i;

	if (n != PIECE)
		return !memcmp(p, q, n);
	for (i = 0; i < PIECE; i += sizeof(x)) {
		memcpy(&x, p + i, sizeof(x));
		memcpy(&y, q + i, sizeof(y));
		diff |= x ^ y;
	}
	return !diff;
}

static bool is_piece(const struct base *b, uint32_t i, const unsigned char *p,
		     size_t n)
{
	return b->pieces[i].size == n && same(b->pieces[i].bytes, p, n);
}

/* The number of the piece with these bytes; UINT32_MAX: no memory. */
static uint32_t piece_of(struct base *b, const void *p, size_t n)
{
	uint32_t h = hash(p, n), at, i;

	if (b->count * 2 >= b->table_cap && !table_grow(b))
		return UINT32_MAX;
	for (at = h; (i = b->table[at & (b->table_cap - 1)]); at++)
		if (b->pieces[i - 1].hash == h && is_piece(b, i - 1, p, n))
			return i - 1;
	if (!piece_new(b, p, n, h))
		return UINT32_MAX;
	b->table[at & (b->table_cap - 1)] = b->count;
	return b->count - 1;
}

/* What a task's stack holds below its saved stack pointer's end. */
static size_t stack_used(const struct task *t)
{
	return t->state == TASK_DONE
		       ? 0 : (size_t)(t->fiber.stack + FIBER_STACK -
				      (char *)t->fiber.ctx);
}

static unsigned char *stack_at(const struct task *t)
{
	return (unsigned char *)t->fiber.stack + FIBER_STACK - stack_used(t);
}

static unsigned char *cold_at(const struct base *b, size_t cold)
{
	return (unsigned char *)b->w->arena + b->w->arena->size - cold;
}

static uint32_t parts(size_t n, size_t size)
{
	return (uint32_t)((n + size - 1) / size);
}

/* Entries up to the last device that was seen; the rest is zero. The first
 * is that of no device. */
static uint32_t facts_used(const struct facts *f)
{
	uint32_t n = f->cap;

	while (n > 1 && !f->of[n - 1].pub.dev)
		n--;
	return n;
}

/* Those of the tasks that there are, and of none. */
static size_t facts_tasks(const struct base *b)
{
	return (b->w->e.task_count + 1u) * sizeof(b->facts->task[0]);
}

/* A state that is being cut, or put together, piece by piece. */
struct cut {
	struct base *b;
	struct snapshot *s;	/* NULL: memory was short */
	uint32_t at;
};

static void cut(struct cut *c, const void *from, size_t n, size_t size)
{
	const unsigned char *p = from;
	struct base *b = c->b;

	do {
		size_t len = n < size ? n : size;
		/* Most likely it is what was there in the last state. */
		uint32_t i = b->last && c->at < b->last->count
				     ? b->last->piece[c->at] : UINT32_MAX;

		if (i == UINT32_MAX || !is_piece(b, i, p, len))
			i = piece_of(b, p, len);
		c->s->piece[c->at++] = i;
		if (i == UINT32_MAX)
			c->at = UINT32_MAX;
		p += len;
		n -= len;
	} while (n && c->at != UINT32_MAX);
}

static void paste(struct cut *c, void *to, size_t n, size_t size)
{
	const uint32_t *was = c->b->clean ? c->b->last->piece : NULL;
	unsigned char *p = to;

	do {
		size_t len = n < size ? n : size;
		uint32_t i = c->s->piece[c->at];

		if (was ? was[c->at] != i : !is_piece(c->b, i, p, len))
			memcpy(p, c->b->pieces[i].bytes, len);
		c->at++;
		p += len;
		n -= len;
	} while (n);
}

/* The next state will be compared with this one. */
static bool remember(struct base *b, const struct snapshot *s)
{
	if (b->last_cap < s->size) {
		struct snapshot *p = realloc(b->last, s->size);

		if (!p)
			return false;
		b->last = p;
		b->last_cap = s->size;
	}
	memcpy(b->last, s, s->size);
	return true;
}

struct snapshot *snapshot_take(struct base *b)
{
	const struct engine *e = &b->w->e;
	const struct arena *a = b->w->arena;
	const struct facts *f = b->facts;
	uint32_t used = facts_used(f);
	uint32_t count = parts(a->hot, PIECE) + e->task_count +
			 parts(a->cold - b->cold_size + 1, PIECE) +
			 parts(facts_tasks(b), TASKS) + used + 1;
	size_t size = sizeof(struct snapshot) + count * sizeof(uint32_t);
	struct snapshot *s = malloc(size);
	struct cut c = { b, s, 0 };
	unsigned i;

	if (!s)
		return NULL;
	*s = (struct snapshot){ .size = size, .hot = a->hot, .cold = a->cold,
				.facts = used, .current = f->current };
	cut(&c, a, a->hot, PIECE);
	for (i = 0; i < e->task_count && c.at != UINT32_MAX; i++)
		cut(&c, stack_at(e->tasks[i]), stack_used(e->tasks[i]),
		    FIBER_STACK);
	/* Cold memory that was handed out since: written once, but not by
	 * every branch with the same bytes. */
	if (c.at != UINT32_MAX)
		cut(&c, cold_at(b, a->cold), a->cold - b->cold_size, PIECE);
	if (c.at != UINT32_MAX)
		cut(&c, f->task, facts_tasks(b), TASKS);
	if (c.at != UINT32_MAX)
		cut(&c, f->of, used * sizeof(*f->of), sizeof(*f->of));
	s->count = c.at;
	if (c.at == UINT32_MAX || !remember(b, s)) {
		free(s);
		return NULL;
	}
	b->clean = true;
	return s;
}

void snapshot_restore(struct base *b, const struct snapshot *s)
{
	const struct engine *e = &b->w->e;
	struct arena *a = b->w->arena;
	struct facts *f = b->facts;
	struct cut c = { b, (struct snapshot *)s, 0 };
	size_t tasks = facts_tasks(b);
	unsigned i;

	if (b->clean && (b->last->hot != s->hot || b->last->cold != s->cold ||
			 b->last->facts != s->facts ||
			 b->last->count != s->count))
		b->clean = false;
	/* Memory that this state did not have yet must read as zero again. */
	if (a->hot > s->hot)
		memset((char *)a + s->hot, 0, a->hot - s->hot);
	if (a->cold > s->cold)
		memset(cold_at(b, a->cold), 0, a->cold - s->cold);
	if (facts_used(f) > s->facts)
		memset(f->of + s->facts, 0,
		       (facts_used(f) - s->facts) * sizeof(*f->of));
	paste(&c, a, s->hot, PIECE);
	for (i = 0; i < e->task_count; i++)
		paste(&c, stack_at(e->tasks[i]), stack_used(e->tasks[i]),
		      FIBER_STACK);
	paste(&c, cold_at(b, s->cold), s->cold - b->cold_size, PIECE);
	if (facts_tasks(b) < tasks)
		memset((char *)f->task + facts_tasks(b), 0,
		       tasks - facts_tasks(b));
	paste(&c, f->task, facts_tasks(b), TASKS);
	paste(&c, f->of, s->facts * sizeof(*f->of), sizeof(*f->of));
	f->current = s->current;
	/* It may run from here: what is in memory is known no longer. */
	b->clean = false;
	remember(b, s);
}
