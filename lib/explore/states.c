/* SPDX-License-Identifier: MIT */
#include "explore/states.h"
#include "explore/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	struct key key;		/* 0, 0: free */
	uint32_t value;
};

/* States of one cost that wait, in the order in which they came. */
struct bucket {
	uint64_t cost;
	uint32_t *n;
	uint32_t count, cap, next;
};

void states_fini(struct states *s)
{
	uint32_t i;

	for (i = 0; i < s->count; i++)
		free(s->nodes[i].snap);
	free(s->nodes);
	free(s->slots);
	for (i = 0; i < s->bucket_count; i++)
		free(s->buckets[i].n);
	free(s->buckets);
}

/* Where @k is, or would be. */
static struct slot *probe(const struct states *s, struct key k)
{
	uint32_t h = (uint32_t)k.a;

	for (;; h++) {
		struct slot *at = &s->slots[h & (s->slot_cap - 1)];

		if ((at->key.a == k.a && at->key.b == k.b) ||
		    (!at->key.a && !at->key.b))
			return at;
	}
}

uint32_t states_find(const struct states *s, struct key k)
{
	const struct slot *at = s->slot_cap ? probe(s, k) : NULL;

	return at && (at->key.a || at->key.b) ? at->value : STATE_NEW;
}

static int slots_grow(struct states *s)
{
	struct states old = *s;
	uint32_t i;

	s->slot_cap = s->slot_cap ? s->slot_cap * 2 : 4096;
	s->slots = calloc(s->slot_cap, sizeof(*s->slots));
	if (!s->slots) {
		*s = old;
		return -ENOMEM;
	}
	for (i = 0; i < old.slot_cap; i++)
		if (old.slots[i].key.a || old.slots[i].key.b)
			*probe(s, old.slots[i].key) = old.slots[i];
	free(old.slots);
	return 0;
}

uint32_t *states_slot(struct states *s, struct key k)
{
	struct slot *at;

	if (s->slot_count * 2 >= s->slot_cap && slots_grow(s))
		return NULL;
	at = probe(s, k);
	if (!at->key.a && !at->key.b) {
		*at = (struct slot){ k, STATE_NEW };
		s->slot_count++;
	}
	return &at->value;
}

/* The bucket of that cost, made if there is none; NULL: no memory. */
static struct bucket *bucket_of(struct states *s, uint64_t cost)
{
	uint32_t low = 0, high = s->bucket_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (s->buckets[middle].cost < cost)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < s->bucket_count && s->buckets[low].cost == cost)
		return &s->buckets[low];
	if (s->bucket_count == s->bucket_cap) {
		uint32_t cap = s->bucket_cap ? s->bucket_cap * 2 : 64;
		struct bucket *p = realloc(s->buckets, cap * sizeof(*p));

		if (!p)
			return NULL;
		s->buckets = p;
		s->bucket_cap = cap;
	}
	memmove(s->buckets + low + 1, s->buckets + low,
		(s->bucket_count - low) * sizeof(*s->buckets));
	s->bucket_count++;
	s->buckets[low] = (struct bucket){ .cost = cost };
	return &s->buckets[low];
}

static int push(struct states *s, uint64_t cost, uint32_t n)
{
	struct bucket *b = bucket_of(s, cost);

	if (!b)
		return -ENOMEM;
	if (b->count == b->cap) {
		uint32_t cap = b->cap ? b->cap * 2 : 16;
		uint32_t *p = realloc(b->n, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		b->n = p;
		b->cap = cap;
	}
	b->n[b->count++] = n;
	return 0;
}

/* The cheapest bucket that has one left; NULL: none does. */
static struct bucket *cheapest(struct states *s)
{
	while (s->bucket_count && s->buckets->next == s->buckets->count) {
		free(s->buckets->n);
		memmove(s->buckets, s->buckets + 1,
			--s->bucket_count * sizeof(*s->buckets));
	}
	return s->bucket_count ? s->buckets : NULL;
}

int states_add(struct states *s, const struct node *n)
{
	if (s->count == s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 1024;
		struct node *p = realloc(s->nodes, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		s->nodes = p;
		s->cap = cap;
	}
	if (push(s, n->cost, s->count))
		return -ENOMEM;
	s->nodes[s->count++] = *n;
	return 0;
}

/* What waits with the old cost is passed over when its turn comes. */
int states_cheaper(struct states *s, uint32_t i, const struct node *n)
{
	struct node *at = &s->nodes[i];

	at->parent = n->parent;
	at->task = n->task;
	at->picks = n->picks;
	at->cost = n->cost;
	return push(s, n->cost, i);
}

uint32_t states_take(struct states *s, uint32_t *round, uint32_t max,
		     bool wide)
{
	const unsigned shift = wide ? 32 : 0;
	uint32_t count = 0;
	struct bucket *b;

	while (count < max && (b = cheapest(s))) {
		uint32_t i = b->n[b->next];
		struct node *n = &s->nodes[i];

		if (count &&
		    b->cost >> shift != s->nodes[round[0]].cost >> shift)
			break;
		b->next++;
		if (n->expanded || n->cost != b->cost)
			continue;
		n->expanded = true;
		round[count++] = i;
	}
	return count;
}

static struct step step_of(const struct node *n)
{
	struct step st = { .task = n->task };
	unsigned i;

	for (i = 0; i < RUN_CHOICES; i++)
		if (n->picks & 1u << i) {
			st.pick[i] = 1;
			st.count = (uint8_t)(i + 1);
		}
	return st;
}

int states_path(const struct states *s, uint32_t n, struct step **path,
		unsigned *count)
{
	unsigned len = 0, i;
	uint32_t at;

	for (at = n; at; at = s->nodes[at].parent)
		len++;
	*path = calloc(len + 1, sizeof(**path));
	if (!*path)
		return -ENOMEM;
	*count = len;
	for (at = n, i = len; at; at = s->nodes[at].parent)
		(*path)[--i] = step_of(&s->nodes[at]);
	return 0;
}
