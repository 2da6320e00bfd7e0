/* SPDX-License-Identifier: MIT */
#include "explore/key.h"
#include "hw/function.h"
#include "os/dev.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	LANES = 4,
	WORDS = 512,	/* a multiple of LANES */
	ROOM = 64,	/* words that an object may add before it asks again */
	BLOCKS = 256, BLOCK_TASK = 0, BLOCK_SAVED = 32, BLOCK_PAGE = 64,
};

/*
 * Bytes that seldom change from one state to the next: looked up by a place of
 * their own, where their hash is if they are the same as last time. The result
 * is that of the bytes alone.
 */
struct block {
	size_t size;
	struct key hash;
	unsigned char bytes[HW_PAGE];
};

struct sum {
	uint64_t a[LANES], b[LANES];
	uint64_t count;		/* words that are hashed */
	unsigned n;		/* words that are not yet */
	uint64_t word[WORDS];
};

struct keyer {
	struct sum sum;
	struct block blocks[BLOCKS];
};

_Static_assert(sizeof(struct os_saved) <= HW_PAGE &&
	       DIGEST_DEPTH * sizeof(uint64_t) <= HW_PAGE,
	       "a block holds any of them");
_Static_assert(RSIM_METHODS <= sizeof(uint64_t), "a word holds the methods");
_Static_assert(HW_PAGE / 8 + 8 <= ROOM, "there is room for a block");

struct keyer *keyer_new(void)
{
	return calloc(1, sizeof(struct keyer));
}

static void sum_begin(struct sum *s)
{
	unsigned i;

	s->count = 0;
	s->n = 0;
	for (i = 0; i < LANES; i++)
		s->a[i] = s->b[i] = i + 1;
}

/*
 * Each word is taken twice, by rounds that lose nothing of it and that differ
 * in what could cancel out. Lanes do not wait for each other.
 */
static void sum_hash(struct sum *s, unsigned n)
{
	unsigned i, l;

	for (i = 0; i < n; i += LANES)
		for (l = 0; l < LANES; l++) {
			uint64_t w = s->word[i + l];
			uint64_t a = (s->a[l] ^ w) * 0xff51afd7ed558ccdu;
			uint64_t b = (s->b[l] + w) * 0xc4ceb9fe1a85ec53u;

			s->a[l] = a ^ a >> 32;
			s->b[l] = b ^ b >> 29;
		}
	s->count += n;
}

static struct key sum_end(struct sum *s)
{
	struct key key = { s->n, ~s->n };
	unsigned l;

	while (s->n % LANES)
		s->word[s->n++] = 0;
	sum_hash(s, s->n);
	key.a += s->count << 2;
	for (l = 0; l < LANES; l++) {
		key.a = digest_mix(key.a, s->a[l]);
		key.b = digest_mix(key.b, s->b[l]);
	}
	return key;
}

/* Before an object, or the next of any number of things. */
static void sum_room(struct sum *s)
{
	unsigned whole = s->n - s->n % LANES;

	if (s->n + ROOM <= WORDS)
		return;
	sum_hash(s, whole);
	memmove(s->word, s->word + whole,
		(s->n - whole) * sizeof(s->word[0]));
	s->n -= whole;
}

static inline void sum_add(struct sum *s, uint64_t v)
{
	s->word[s->n++] = v;
}

static struct key hash_of(const unsigned char *p, size_t n)
{
	struct sum own;
	size_t i;

	sum_begin(&own);
	for (; n >= 8; p += 8, n -= 8)
		sum_add(&own,
			(uint64_t)get32(p) | (uint64_t)get32(p + 4) << 32);
	for (i = 0; i < n; i++)
		sum_add(&own, p[i]);
	return sum_end(&own);
}

/* The next of at most so many words as there is room for. */
static inline void add(struct keyer *k, uint64_t v)
{
	sum_add(&k->sum, v);
}

/* The first word of one of any number of things. */
static inline void more(struct keyer *k, uint64_t v)
{
	sum_room(&k->sum);
	sum_add(&k->sum, v);
}

static void add_block(struct keyer *k, unsigned at, const void *p, size_t n)
{
	struct block *b = &k->blocks[at % BLOCKS];

	if (b->size != n || memcmp(b->bytes, p, n)) {
		memcpy(b->bytes, p, n);
		b->size = n;
		b->hash = hash_of(p, n);
	}
	add(k, b->hash.a);
	add(k, b->hash.b);
}

/* A point in time, as the time until then; the past is all the same. */
static void add_time(struct keyer *k, const struct rsim *w, rsim_ns t)
{
	add(k, t == HW_TIME_NEVER ? t : t > w->e.now ? t - w->e.now : 0);
}

static void add_engine(struct keyer *k, const struct rsim *w, unsigned asked)
{
	const struct engine *e = &w->e;
	unsigned i;

	if (asked & ASKED_TIME)
		add(k, e->now);
	for (i = 0; i < e->fault_count; i++) {
		const struct fault *f = &e->faults[i];

		more(k, (uint64_t)f->value);
		add(k, (uint64_t)f->dev << 32 | f->left);
		add(k, (uint64_t)f->point << 1 | f->optional);
	}
	for (i = 0; i < e->task_count; i++) {
		const struct task *t = e->tasks[i];

		more(k, t->state);
		if (t->state == TASK_DONE)
			continue;
		if (t->state == TASK_SLEEPING)
			add_time(k, w, t->wake);
		if (t->waits)
			add(k, digest_string(t->waits->dev, t->waits->name));
		add(k, t->digest.now);
		add(k, t->digest.depth);
		if (t->digest.depth)
			add_block(k, BLOCK_TASK + i, t->digest.outer,
				  sizeof(t->digest.outer[0]) *
					  (t->digest.depth < DIGEST_DEPTH
						   ? t->digest.depth
						   : DIGEST_DEPTH));
	}
}

static void add_fn(struct keyer *k, struct rsim *w, struct hw_fn *fn)
{
	unsigned i;

	more(k, (uint64_t)fn->resets << 32 | fn->id);
	/* A reset whose time has come but that nobody looked at is not over
	 * yet for the registers, and it is for everybody who looks. */
	add(k, (uint64_t)fn->resetting << 8 | fn->d_state);
	add_time(k, w, fn->ready_at);
	add_time(k, w, fn->gone_at);
	add_time(k, w, fn->link_up_at);
	add(k, (uint64_t)fn->link_dllla << 2 | fn->sbr << 1 | fn->ats_lost);
	for (i = 0; i < HW_PAGES; i++)
		if (fn->cfg.owned & 1 << i)
			add_block(k, BLOCK_PAGE + fn->id * HW_PAGES + i,
				  hw_config_at(fn->hw, &fn->cfg, i * HW_PAGE),
				  HW_PAGE);
	for (i = 0; fn->atc && i < HW_ATC_ENTRIES; i++) {
		const struct hw_atc_entry *n = &fn->atc->entry[i];

		if (!n->size)
			continue;
		more(k, n->iova);
		add(k, n->pa);
		add(k, n->size);
		add(k, (uint64_t)n->pasid << 32 | n->perm);
		add(k, (uint64_t)n->generation << 32 | i);
	}
	if (fn->atc)
		more(k, fn->atc->next);
}

static void add_hw(struct keyer *k, struct rsim *w, unsigned asked)
{
	const struct hw_iommu *m = &w->hw.iommu;
	uint32_t i;
	unsigned p;

	for (i = 0; i < w->hw.fn_count; i++)
		if (w->hw.fns[i])
			add_fn(k, w, w->hw.fns[i]);
	for (i = 0; i < w->hw.memory.count; i++) {
		const struct hw_page *page = &w->hw.memory.pages[i];

		more(k, (uint64_t)page->owner << 32 | page->generation);
		add(k, page->next_free);
		if (asked & ASKED_WRITES)
			add(k, page->writes);
	}
	more(k, w->hw.memory.free);
	/* What others' time-outs do to whoever waits: this driver's only. */
	add(k, (uint64_t)m->queue.unanswered << 32 |
		       (m->queue.abort_all ? m->queue.aborts : 0));
	add_time(k, w, m->queue.stuck_until);
	/* Only this driver asks who it was. */
	add(k, m->style == RSIM_IOMMU_VTD ? m->queue.guilty : 0);
	for (i = 0; i < m->cap; i++) {
		const struct hw_ste *s = m->table[i];

		if (!s)
			continue;
		more(k, s->key);
		add(k, (uint64_t)s->kind << 1 | s->eats);
		add(k, (uint64_t)s->pasid_count << 32 |
			       (s->pt ? s->pt->id : 0));
		for (p = 0; p < s->pasid_count; p++)
			more(k, (uint64_t)s->pasids[p].pasid << 32 |
				       s->pasids[p].pt->id);
	}
}

static void add_domain(struct keyer *k, const struct rsim_domain *d)
{
	unsigned i;

	more(k, (uint64_t)d->id << 1 | d->freed);
	add(k, (uint64_t)d->pt.count << 32 | d->user_count);
	for (i = 0; i < d->pt.count; i++) {
		more(k, d->pt.maps[i].iova);
		add(k, d->pt.maps[i].pa);
		add(k, d->pt.maps[i].size | d->pt.maps[i].perm);
	}
	for (i = 0; i < d->user_count; i++)
		more(k, (uint64_t)d->users[i].pasid << 32 |
			       d->users[i].dev->fn.id);
}

static uint64_t domain_id(const struct rsim_domain *d)
{
	return d ? d->id : 0;
}

static void add_group(struct keyer *k, const struct rsim_group *g)
{
	const struct rsim_dev *dev;
	unsigned i;

	more(k, (uint64_t)g->owner_cnt << 1 | g->owned_by_user);
	add(k, (uint64_t)g->mutex.owner << 32 | g->fence.recovery_cnt);
	add(k, g->pasid_count);
	add(k, domain_id(g->domain) << 32 | domain_id(g->blocking_domain));
	add(k, domain_id(g->default_domain) << 32 |
		       domain_id(g->fence.resetting_domain));
	add(k, g->fence.user[0]);
	add(k, g->fence.user[1]);
	for (i = 0; i < g->pasid_count; i++)
		more(k, (uint64_t)g->pasids[i].pasid << 32 |
			       g->pasids[i].domain->id);
	for (dev = g->first; dev; dev = dev->group_next)
		more(k, dev->fn.id);
}

static void add_dev(struct keyer *k, const struct rsim_dev *dev)
{
	uint64_t methods = 0;
	unsigned i;

	more(k, (uint64_t)dev->fn.id << 16 | dev->attach_deferred << 7 |
		       dev->disconnected << 6 | dev->ats_broken << 5 |
		       dev->ats_enabled << 4 | dev->block_cfg << 3 |
		       dev->smmu.cd_in_ste << 2 | dev->smmu.ste_ats << 1 |
		       (uint64_t)dev->smmu.ats << 8 |
		       dev->msix_on);
	add(k, (uint64_t)dev->ats_stu << 8 | dev->current_state);
	for (i = 0; i < sizeof(dev->methods); i++)
		methods = methods << 8 | dev->methods[i];
	add(k, methods);
	add(k, (uint64_t)dev->lock.owner << 32 | dev->cfg_lock.owner);
	add(k, (uint64_t)dev->sysfs.owner << 32 |
		       (uint64_t)dev->removing << 16 | dev->sysfs_users);
	add(k, (uint64_t)dev->fence.reset_depth << 1 | dev->fence.blocked);
	add(k, dev->fence.user[0]);
	add(k, dev->fence.user[1]);
	add(k, (uint64_t)dev->hw_pasid_count << 32 | domain_id(dev->hw_rid));
	for (i = 0; i < dev->hw_pasid_count; i++)
		more(k, (uint64_t)dev->hw_pasids[i].pasid << 32 |
			       dev->hw_pasids[i].domain->id);
	if (!dev->saved)
		return;
	more(k, (uint64_t)dev->msi_on << 33 |
		       (uint64_t)dev->saved->valid << 32 |
		       (uint64_t)dev->saved->msi.flags << 16 |
		       dev->saved->msi.data);
	add(k, (uint64_t)dev->saved->msi.hi << 32 | dev->saved->msi.lo);
	add(k, dev->saved->msi.mask);
	if (!dev->saved->valid)
		return;
	/* To its end: no byte between its fields is left to chance. */
	add_block(k, BLOCK_SAVED + dev->fn.id, dev->saved->header,
		  sizeof(*dev->saved) - offsetof(struct os_saved, header));
}

static void add_os(struct keyer *k, const struct rsim *w)
{
	const struct os *os = &w->os;
	uint32_t i;

	more(k, (uint64_t)os->asid_lock.owner << 1 | os->sbr_warned);
	for (i = 0; i < os->domain_count; i++)
		add_domain(k, os->domains[i]);
	for (i = 0; i < os->group_count; i++)
		add_group(k, os->groups[i]);
	for (i = 0; i < w->hw.fn_count; i++)
		if (w->hw.fns[i])
			add_dev(k, fn_dev(w->hw.fns[i]));
}

static bool in_driver(struct rsim *w, uint32_t dev)
{
	const struct rsim_dev *d = rsim_dev_numbered(w, dev);

	return d && d->in_driver;
}

/* What is true again when the callback fails. */
static void add_before(struct keyer *k, const struct rsim_facts *p)
{
	unsigned i;

	add(k, p->domain);
	for (i = 0; i < 8; i++)
		if (p->pasids[i].domain)
			add(k, (uint64_t)p->pasids[i].pasid << 32 |
				       p->pasids[i].domain);
}

/* What rules remember decides which of them can still break. */
static void add_facts(struct keyer *k, const struct facts *f)
{
	unsigned t, i;
	uint32_t d;

	for (d = 0; d < f->cap; d++) {
		const struct rsim_facts *p = &f->of[d].pub;

		if (!p->dev)
			continue;
		more(k, (uint64_t)p->dev << 32 | p->window << 8 |
			       (uint64_t)p->in_method << 7 | p->probing << 6 |
			       p->method_prepared << 5 | p->reset_failed << 4 |
			       p->in_reset << 3 | p->has_ste << 2 |
			       p->ste_ats << 1 | (p->dirty != NULL));
		add(k, (uint64_t)p->domain << 32 | p->ste_kind << 8 |
			       (p->resets != p->resets_before));
		for (i = 0; i < 8; i++)
			if (p->pasids[i].domain)
				add(k, (uint64_t)p->pasids[i].pasid << 32 |
					       p->pasids[i].domain);
		if (in_driver(f->w, p->dev))
			add_before(k, &f->of[d].before);
		for (i = 0; i < FACTS_RULES; i++)
			if (f->of[d].memory[i])
				more(k, digest_mix(i, f->of[d].memory[i]));
	}
	for (t = 0; t <= f->w->e.task_count; t++) {
		uint64_t in = (uint64_t)f->task[t].fencing << 8 |
			      f->task[t].methods << 1 | f->task[t].in_done;

		if (in)
			more(k, in | (uint64_t)(t + 1) << 48);
		for (i = 0; i < f->task[t].methods; i++)
			add(k, (uint64_t)f->task[t].method[i].dev << 1 |
				       f->task[t].method[i].probe);
	}
}

struct key state_key(struct keyer *k, struct rsim *w,
		     const struct facts *facts, unsigned asked)
{
	sum_begin(&k->sum);
	add_engine(k, w, asked);
	add_hw(k, w, asked);
	add_os(k, w);
	if (facts)
		add_facts(k, facts);
	return sum_end(&k->sum);
}
