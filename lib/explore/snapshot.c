/* SPDX-License-Identifier: MIT */
#include "explore/snapshot.h"

#include <errno.h>
#include <stddef.h>
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
	unsigned i;

	while (b->slab) {
		unsigned char *before;

		memcpy(&before, b->slab, sizeof(before));
		free(b->slab);
		b->slab = before;
	}
	free(b->pieces);
	free(b->table);
	while (b->spare) {
		struct snapshot *s = b->spare;

		b->spare = s->next;
		free(s);
	}
	free(b->loaded);
	for (i = 0; i < SNAPSHOT_REGIONS; i++)
		free(b->flat[i]);
	memset(b, 0, sizeof(*b));
}

static uint64_t round_of(uint64_t h, const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	h = (h ^ v) * 0xff51afd7ed558ccdu;
	return h ^ h >> 32;
}

/* Only decides where a piece is looked for. Lanes do not wait for another. */
static uint32_t hash(const unsigned char *p, size_t n)
{
	uint64_t h[4] = { n, 1, 2, 3 };
	unsigned i;

	for (; n >= 32; p += 32, n -= 32)
		for (i = 0; i < 4; i++)
			h[i] = round_of(h[i], p + 8 * i);
	for (; n >= 8; p += 8, n -= 8)
		h[0] = round_of(h[0], p);
	for (; n; n--)
		h[1] = (h[1] ^ *p++) * 0xff51afd7ed558ccdu;
	h[0] = digest_mix(digest_mix(h[0], h[1]), digest_mix(h[2], h[3]));
	return (uint32_t)(h[0] ^ h[0] >> 32);
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

/* The number of the piece with these bytes; UINT32_MAX: no memory. */
static uint32_t piece_of(struct base *b, const void *p, size_t n)
{
	uint32_t h = hash(p, n), at, i;

	if (b->count * 2 >= b->table_cap && !table_grow(b))
		return UINT32_MAX;
	for (at = h; (i = b->table[at & (b->table_cap - 1)]); at++)
		if (b->pieces[i - 1].hash == h && b->pieces[i - 1].size == n &&
		    !memcmp(b->pieces[i - 1].bytes, p, n))
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

static unsigned char *cold_at(const struct base *b, size_t cold)
{
	return (unsigned char *)b->w->arena + b->w->arena->size - cold;
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
static size_t facts_tasks(const struct base *b, unsigned tasks)
{
	return (tasks + 1u) * sizeof(b->facts->task[0]);
}

/* Part of the world's memory, and the size of the pieces that it is cut to. */
struct region {
	unsigned char *at;
	size_t size, piece;
};

/* What is empty is one piece, too. */
static uint32_t parts(const struct region *r)
{
	return r->size ? (uint32_t)((r->size + r->piece - 1) / r->piece) : 1;
}

static unsigned regions(const struct snapshot *s)
{
	return REGION_STACKS + s->tasks;
}

/* The number of the first piece of region @i; of the one after the last, how
 * many pieces there are. */
static uint32_t first(const struct snapshot *s, unsigned i)
{
	return i < REGION_STACKS ? s->first[i]
				 : s->first[REGION_STACKS] + i - REGION_STACKS;
}

/* Where region @i of state @s is. That of a stack is only known once hot
 * memory is that of the state. */
static struct region region(const struct base *b, const struct snapshot *s,
			    unsigned i)
{
	const struct task *t;

	switch (i) {
	case REGION_HOT:
		return (struct region){ (unsigned char *)b->w->arena, s->hot,
					PIECE };
	case REGION_COLD:
		return (struct region){ cold_at(b, s->cold),
					s->cold - b->cold_size, PIECE };
	case REGION_TASKS:
		return (struct region){ (unsigned char *)b->facts->task,
					facts_tasks(b, s->tasks), TASKS };
	case REGION_FACTS:
		return (struct region){ (unsigned char *)b->facts->of,
					s->facts * sizeof(*b->facts->of),
					sizeof(*b->facts->of) };
	default:
		t = b->w->e.tasks[i - REGION_STACKS];
		return (struct region){
			(unsigned char *)t->fiber.stack + FIBER_STACK -
				stack_used(t),
			stack_used(t), FIBER_STACK };
	}
}

/* A stack keeps its bytes for as long as its task does not run. */
static bool is_untouched(const struct base *b, unsigned i)
{
	return i >= REGION_STACKS && !(b->ran & 1u << (i - REGION_STACKS));
}

/* Of the region in the flat copy; *count is 0 where there is none. */
static const uint32_t *loaded_pieces(const struct base *b, unsigned i,
				     uint32_t *count)
{
	const struct snapshot *l = b->loaded;

	*count = 0;
	if (!l || i >= regions(l))
		return NULL;
	*count = first(l, i + 1) - first(l, i);
	return l->piece + first(l, i);
}

/* Puts the numbers of the region's pieces into @s. False: no memory. */
static bool cut(struct base *b, struct snapshot *s, unsigned i)
{
	const struct region r = region(b, s, i);
	const uint32_t count = parts(&r);
	uint32_t *to = s->piece + first(s, i), had, k;
	const uint32_t *was = loaded_pieces(b, i, &had);

	if (had && is_untouched(b, i)) {
		*to = *was;
		return true;
	}
	for (k = 0; k < count; k++) {
		const size_t at = k * r.piece;
		const size_t n = r.size - at < r.piece ? r.size - at : r.piece;

		if (k < had && b->pieces[was[k]].size == n &&
		    !memcmp(r.at + at, b->flat[i] + at, n))
			to[k] = was[k];
		else if ((to[k] = piece_of(b, r.at + at, n)) == UINT32_MAX)
			return false;
	}
	return true;
}

/* With some room to spare, as the next one may be a little larger. */
static struct snapshot *snapshot_new(struct base *b,
				     const struct snapshot *head)
{
	struct snapshot *s = b->spare;
	size_t room = s ? s->room : 0;

	if (s)
		b->spare = s->next;
	if (room < head->size) {
		free(s);
		room = head->size + 256;
		s = malloc(room);
	}
	if (!s)
		return NULL;
	*s = *head;
	s->room = room;
	s->next = NULL;
	return s;
}

void snapshot_drop(struct base *b, struct snapshot *s)
{
	if (!s)
		return;
	s->next = b->spare;
	b->spare = s;
}

struct snapshot *snapshot_take(struct base *b)
{
	const struct arena *a = b->w->arena;
	struct snapshot *s, head = {
		.hot = a->hot, .cold = a->cold, .facts = facts_used(b->facts),
		.current = b->facts->current, .tasks = b->w->e.task_count,
	};
	unsigned i;

	for (i = 0; i < REGION_STACKS; i++) {
		struct region r = region(b, &head, i);

		head.first[i + 1] = head.first[i] + parts(&r);
	}
	head.count = first(&head, regions(&head));
	head.size = sizeof(*s) + head.count * sizeof(s->piece[0]);
	s = snapshot_new(b, &head);
	for (i = 0; s && i < regions(s); i++)
		if (!cut(b, s, i)) {
			snapshot_drop(b, s);
			return NULL;
		}
	return s;
}

/* Makes the flat copy of the region that of @s. */
static bool load(struct base *b, const struct snapshot *s, unsigned i,
		 const struct region *r)
{
	const uint32_t *from = s->piece + first(s, i);
	const uint32_t count = parts(r);
	uint32_t had, k;
	const uint32_t *was = loaded_pieces(b, i, &had);

	if (b->flat_cap[i] < r->size) {
		unsigned char *p = realloc(b->flat[i], r->size);

		if (!p)
			return false;
		b->flat[i] = p;
		b->flat_cap[i] = r->size;
	}
	for (k = 0; k < count; k++)
		if (k >= had || was[k] != from[k])
			memcpy(b->flat[i] + k * r->piece,
			       b->pieces[from[k]].bytes,
			       b->pieces[from[k]].size);
	return true;
}

static bool remember(struct base *b, const struct snapshot *s)
{
	if (b->loaded_cap < s->size) {
		struct snapshot *p = realloc(b->loaded, s->size);

		if (!p)
			return false;
		b->loaded = p;
		b->loaded_cap = s->size;
	}
	memcpy(b->loaded, s, s->size);
	return true;
}

static bool is_loaded(const struct base *b, const struct snapshot *s)
{
	const size_t from = offsetof(struct snapshot, size);

	return b->loaded && b->loaded->size == s->size &&
	       !memcmp((const char *)b->loaded + from, (const char *)s + from,
		       s->size - from);
}

int snapshot_restore(struct base *b, const struct snapshot *s)
{
	const bool loaded = is_loaded(b, s);
	const uint32_t used = facts_used(b->facts);
	const unsigned tasks = b->w->e.task_count;
	struct arena *a = b->w->arena;
	unsigned i;

	/* Memory that this state did not have yet must read as zero again. */
	if (a->cold > s->cold)
		memset(cold_at(b, a->cold), 0, a->cold - s->cold);
	if (a->hot > s->hot)
		memset((char *)a + s->hot, 0, a->hot - s->hot);
	if (used > s->facts)
		memset(b->facts->of + s->facts, 0,
		       (used - s->facts) * sizeof(*b->facts->of));
	if (tasks > s->tasks)
		memset(b->facts->task + s->tasks + 1, 0,
		       facts_tasks(b, tasks) - facts_tasks(b, s->tasks));
	for (i = 0; i < regions(s); i++) {
		struct region r = region(b, s, i);

		if (!loaded && !load(b, s, i, &r))
			return -ENOMEM;
		if ((!loaded || !is_untouched(b, i)) && r.size)
			memcpy(r.at, b->flat[i], r.size);
	}
	b->facts->current = s->current;
	b->ran = 0;
	return loaded || remember(b, s) ? 0 : -ENOMEM;
}
