/* SPDX-License-Identifier: MIT */
#include "explore/states.h"
#include "explore/snapshot.h"

#include <errno.h>
#include <stdlib.h>

struct slot {
	struct key key;		/* 0, 0: free */
	uint32_t value;
};

struct waiter {
	uint64_t cost;
	uint32_t n;
};

void states_fini(struct states *s)
{
	uint32_t i;

	for (i = 0; i < s->count; i++)
		free(s->nodes[i].snap);
	free(s->nodes);
	free(s->slots);
	free(s->heap);
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

static bool before(struct waiter a, struct waiter b)
{
	return a.cost < b.cost || (a.cost == b.cost && a.n < b.n);
}

static int push(struct states *s, struct waiter w)
{
	uint32_t i = s->waiting;

	if (i == s->heap_cap) {
		uint32_t cap = s->heap_cap ? s->heap_cap * 2 : 1024;
		struct waiter *p = realloc(s->heap, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		s->heap = p;
		s->heap_cap = cap;
	}
	s->waiting++;
	for (; i && before(w, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = w;
	return 0;
}

static void pop(struct states *s)
{
	struct waiter w = s->heap[--s->waiting];
	uint32_t i = 0, c;

	while ((c = 2 * i + 1) < s->waiting) {
		if (c + 1 < s->waiting && before(s->heap[c + 1], s->heap[c]))
			c++;
		if (!before(s->heap[c], w))
			break;
		s->heap[i] = s->heap[c];
		i = c;
	}
	s->heap[i] = w;
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
	if (push(s, (struct waiter){ n->cost, s->count }))
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
	return push(s, (struct waiter){ n->cost, i });
}

uint32_t states_take(struct states *s, uint32_t *round, uint32_t max,
		     bool wide)
{
	const unsigned shift = wide ? 32 : 0;
	uint32_t count = 0;

	while (s->waiting && count < max) {
		struct waiter w = s->heap[0];
		struct node *n = &s->nodes[w.n];

		if (count && w.cost >> shift !=
				     s->nodes[round[0]].cost >> shift)
			break;
		pop(s);
		if (n->expanded || n->cost != w.cost)
			continue;
		n->expanded = true;
		round[count++] = w.n;
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
