/* SPDX-License-Identifier: MIT */
#include "helper.h"

static void mappings_do_not_overlap(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_domain *d = rsim_get_domain(m.dev);
	uint64_t top = UINT64_MAX - RSIM_PAGE_SIZE + 1;

	(void)state;
	assert_int_equal(rsim_map(d, 0x10000, 0x5000, 0x2000, true), 0);
	assert_int_equal(rsim_map(d, 0x11000, 0x5000, 0x1000, true), -EEXIST);
	assert_int_equal(rsim_map(d, 0xf000, 0x5000, 0x2000, true), -EEXIST);
	assert_int_equal(rsim_map(d, 0xf000, 0x5000, 0x9000, true), -EEXIST);
	assert_int_equal(rsim_map(d, 0xf000, 0x5000, 0x1000, true), 0);
	assert_int_equal(rsim_map(d, 0x12000, 0x5000, 0x1000, true), 0);
	assert_int_equal(rsim_map(d, 0x800, 0x5000, 0x1000, true), -EINVAL);
	assert_int_equal(rsim_map(d, 0x1000, 0x5001, 0x1000, true), -EINVAL);
	assert_int_equal(rsim_map(d, 0x1000, 0x5000, 0x1001, true), -EINVAL);
	assert_int_equal(rsim_map(d, 0x1000, 0x5000, 0, true), -EINVAL);
	assert_int_equal(rsim_map(d, top, 0x5000, 0x2000, true), -EINVAL);
	rsim_free(m.w);
}

static void unmap_takes_whole_mappings_inside_its_range(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_domain *d = rsim_get_domain(m.dev);

	(void)state;
	rsim_map(d, 0x10000, 0x5000, 0x2000, true);
	rsim_map(d, 0x12000, 0x9000, 0x1000, true);
	rsim_map(d, 0x20000, 0x9000, 0x1000, true);
	assert_int_equal(rsim_unmap(d, 0x30000, 0x1000), 0);
	assert_int_equal(rsim_unmap(d, 0x10000, 0x1000), 0);
	assert_int_equal(rsim_unmap(d, 0x11000, 0x2000), 0x1000);
	assert_int_equal(rsim_unmap(d, 0, 0x100000), 0x3000);
	assert_int_equal(rsim_unmap(d, 0, 0x100000), 0);
	rsim_free(m.w);
}

static void only_paging_domains_map(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_domain *blocking;

	(void)state;
	rsim_claim_dma_owner(rsim_dev_group(m.dev));
	blocking = rsim_group_blocking(rsim_dev_group(m.dev));
	assert_int_equal(rsim_domain_type(blocking), RSIM_DOMAIN_BLOCKED);
	assert_int_equal(rsim_map(blocking, 0, 0, RSIM_PAGE_SIZE, true),
			 -EINVAL);
	assert_int_equal(rsim_unmap(blocking, 0, RSIM_PAGE_SIZE), 0);
	rsim_free(m.w);
}

static void freed_domain_translates_nothing(void **state)
{
	struct machine m = machine_new("v7.1");
	struct rsim_group *g = rsim_dev_group(m.dev);
	char name[] = "mine";
	struct rsim_domain *d = rsim_domain_alloc(g, name);

	(void)state;
	name[0] = 'x';
	assert_string_equal(rsim_domain_name(d), "mine");
	assert_int_equal(rsim_domain_type(d), RSIM_DOMAIN_UNMANAGED);
	map_page(m.w, d, 0x1000);
	rsim_attach_group(g, d);
	assert_int_equal(rsim_dma_access(m.dev, RSIM_NO_PASID, 0x1000,
					 true).ret, 0);
	rsim_domain_free(d);
	assert_true(rsim_domain_is_freed(d));
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_UNTRANSLATED, RSIM_NO_PASID,
				  0x1000, true).ret, -EFAULT);
	assert_misuse(rsim_map(d, 0, 0, RSIM_PAGE_SIZE, true), "rsim_map: dom");
	assert_misuse(rsim_unmap(d, 0, RSIM_PAGE_SIZE), "rsim_unmap: domain");
	rsim_free(m.w);
}

/* A device that left the domain is not asked any more. */
static void unmap_asks_the_users_of_the_domain_only(void **state)
{
	struct machine m = machine_new("v7.1");
	struct rsim_group *g = rsim_dev_group(m.dev);
	struct rsim_domain *d = rsim_domain_alloc(g, "D");

	(void)state;
	map_page(m.w, d, 0x1000);
	map_page(m.w, d, 0x2000);
	rsim_attach_group(g, d);
	rsim_trace_clear(m.w);
	rsim_unmap(d, 0x1000, RSIM_PAGE_SIZE);
	assert_int_equal(count_events(m.w, RSIM_EV_CMD, m.dev, "ATC_INV"), 1);
	rsim_detach_group(g);
	rsim_trace_clear(m.w);
	rsim_unmap(d, 0x2000, RSIM_PAGE_SIZE);
	assert_int_equal(count_events(m.w, RSIM_EV_CMD, m.dev, "ATC_INV"), 0);
	rsim_free(m.w);
}

/* Between prepare and done nobody sends it an invalidation. */
static void parked_device_is_not_asked(void **state)
{
	struct machine m = machine_new("v7.1");

	(void)state;
	map_page(m.w, rsim_get_domain(m.dev), 0x1000);
	rsim_world_proto(m.w)->prepare(m.dev);
	rsim_trace_clear(m.w);
	rsim_unmap(rsim_get_domain(m.dev), 0x1000, RSIM_PAGE_SIZE);
	assert_int_equal(count_events(m.w, RSIM_EV_CMD, m.dev, "ATC_INV"), 0);
	rsim_free(m.w);
}

static void pages_are_given_out_again_last_freed_first(void **state)
{
	struct rsim *w = rsim_new(NULL);
	rsim_phys a = rsim_page_alloc(w, 1), b = rsim_page_alloc(w, 2);

	(void)state;
	assert_int_not_equal(a, b);
	assert_int_equal(rsim_page_owner(w, a), 1);
	rsim_page_free(w, a);
	rsim_page_free(w, b);
	assert_int_equal(rsim_page_owner(w, b), 0);
	assert_int_equal(rsim_page_alloc(w, 3), b);
	assert_int_equal(rsim_page_alloc(w, 4), a);
	assert_int_equal(rsim_page_generation(w, a), 2);
	assert_misuse_void(rsim_page_free(w, a + 1), "rsim_page_free");
	rsim_page_free(w, a);
	assert_misuse_void(rsim_page_free(w, a), "rsim_page_free");
	assert_misuse(rsim_page_alloc(w, 0), "rsim_page_alloc: owner");
	assert_misuse(rsim_page_owner(w, 0x1000), "rsim_page_owner");
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mappings_do_not_overlap),
		cmocka_unit_test(unmap_takes_whole_mappings_inside_its_range),
		cmocka_unit_test(only_paging_domains_map),
		cmocka_unit_test(freed_domain_translates_nothing),
		cmocka_unit_test(unmap_asks_the_users_of_the_domain_only),
		cmocka_unit_test(parked_device_is_not_asked),
		cmocka_unit_test(pages_are_given_out_again_last_freed_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
