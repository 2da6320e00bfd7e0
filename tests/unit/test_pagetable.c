/* SPDX-License-Identifier: MIT */
/* Ranges against a plain array of pages, for many random operations. */
#include "helper.h"

#include "base/prng.h"
#include "hw/hw.h"
#include "sim/world.h"

enum { PAGES = 64 };

/* What should be there: for each page the range that it belongs to. */
struct model {
	unsigned range[PAGES];	/* number from 1; 0: not mapped */
	uint64_t pa[PAGES];
	unsigned next;
};

static bool model_map(struct model *m, unsigned at, unsigned n, uint64_t pa)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (m->range[at + i])
			return false;
	m->next++;
	for (i = 0; i < n; i++) {
		m->range[at + i] = m->next;
		m->pa[at + i] = pa + i * RSIM_PAGE_SIZE;
	}
	return true;
}

/* Takes out the ranges that lie wholly inside. */
static uint64_t model_unmap(struct model *m, unsigned at, unsigned n)
{
	uint64_t bytes = 0;
	unsigned i, k;

	for (i = at; i < at + n; i++) {
		bool whole = true;

		for (k = 0; m->range[i] && k < PAGES; k++)
			if (m->range[k] == m->range[i] &&
			    (k < at || k >= at + n))
				whole = false;
		if (!m->range[i] || !whole)
			continue;
		m->range[i] = 0;
		bytes += RSIM_PAGE_SIZE;
		/* The rest of this range follows: it must stay whole. */
	}
	return bytes;
}

static void check_walks(const struct model *m, const struct hw_pagetable *pt)
{
	unsigned i;

	for (i = 0; i < PAGES; i++) {
		const struct hw_map *hit = hw_walk(pt, i * RSIM_PAGE_SIZE + 5);

		assert_int_equal(hit != NULL, m->range[i] != 0);
		if (hit)
			assert_int_equal(hit->pa + i * RSIM_PAGE_SIZE -
					 hit->iova, m->pa[i]);
	}
}

static void ranges_behave_like_pages(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct hw_pagetable pt = { 0 };
	static struct model m;
	uint64_t seed = 1;
	unsigned i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		unsigned at = prng_below(&seed, PAGES);
		unsigned n = 1 + prng_below(&seed, PAGES - at < 6 ? PAGES - at
								  : 6);
		struct hw_map map = { at * RSIM_PAGE_SIZE,
				      i * 0x100000ull,
				      n * RSIM_PAGE_SIZE, HW_READ };

		if (prng_below(&seed, 2))
			assert_int_equal(hw_map(&w->hw, &pt, &map),
					 model_map(&m, at, n, map.pa)
						 ? 0 : -EEXIST);
		else
			assert_int_equal(hw_unmap(&pt, map.iova, map.size),
					 model_unmap(&m, at, n));
		check_walks(&m, &pt);
	}
	assert_true(m.next > 200);
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_behave_like_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
