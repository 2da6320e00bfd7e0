/* SPDX-License-Identifier: MIT */
#include "helper.h"

enum { DEVS = 3 };

struct group {
	struct rsim *w;
	struct rsim_dev *dev[DEVS];	/* the second has no PASIDs */
	struct rsim_group *g;
	struct rsim_domain *a, *b;
};

static struct group group_of_three(const char *proto)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto) };
	struct group s = { .w = rsim_new(&c) };
	unsigned i;

	for (i = 0; i < DEVS; i++) {
		s.dev[i] = rsim_dev_add(s.w, &(struct rsim_dev_desc){
			.parent = add_port(s.w, 0, i + 1),
			.group = s.g, .new_group = !s.g, .max_pasids = 100,
			.caps = USUAL_CAPS | (i == 1 ? 0u : RSIM_CAP_PASID) });
		s.g = rsim_dev_group(s.dev[i]);
	}
	s.a = rsim_domain_alloc(s.g, "A");
	s.b = rsim_domain_alloc(s.g, "B");
	return s;
}

static void pasid_reaches_every_device_that_has_them(void **state)
{
	struct group s = group_of_three("v7.1");

	(void)state;
	assert_int_equal(rsim_attach_pasid(s.dev[0], 7, s.a), 0);
	assert_ptr_equal(rsim_group_pasid(s.g, 7), s.a);
	assert_ptr_equal(rsim_dev_hw_domain(s.dev[0], 7), s.a);
	assert_null(rsim_dev_hw_domain(s.dev[1], 7));
	assert_ptr_equal(rsim_dev_hw_domain(s.dev[2], 7), s.a);
	assert_int_equal(rsim_replace_pasid(s.dev[2], 7, s.b), 0);
	assert_ptr_equal(rsim_dev_hw_domain(s.dev[0], 7), s.b);
	rsim_detach_pasid(s.dev[0], 7);
	assert_null(rsim_dev_hw_domain(s.dev[0], 7));
	assert_null(rsim_dev_hw_domain(s.dev[2], 7));
	assert_null(rsim_group_pasid(s.g, 7));
	rsim_free(s.w);
}

static void rules_of_attach_and_replace(void **state)
{
	struct group s = group_of_three("v7.1");
	struct rsim_domain *blocked;

	(void)state;
	assert_int_equal(rsim_attach_pasid(s.dev[0], 0, s.a), -EINVAL);
	assert_int_equal(rsim_attach_pasid(s.dev[0], 100, s.a), -EINVAL);
	assert_int_equal(rsim_attach_pasid(s.dev[0], 99, s.a), 0);
	assert_int_equal(rsim_attach_pasid(s.dev[0], 99, s.b), -EBUSY);
	assert_int_equal(rsim_attach_pasid(s.dev[0], 99, s.a), -EBUSY);
	assert_int_equal(rsim_replace_pasid(s.dev[0], 98, s.b), -EINVAL);
	assert_int_equal(rsim_replace_pasid(s.dev[0], 0, s.b), -EINVAL);
	assert_int_equal(rsim_replace_pasid(s.dev[0], 99, s.a), 0);
	assert_int_equal(rsim_claim_dma_owner(s.g), -EBUSY);
	rsim_detach_pasid(s.dev[0], 99);
	assert_int_equal(rsim_claim_dma_owner(s.g), 0);
	blocked = rsim_group_blocking(s.g);
	assert_int_equal(rsim_attach_pasid(s.dev[0], 1, blocked),
			 -EOPNOTSUPP);
	rsim_free(s.w);
}

static void driver_without_static_blocked_domain_has_no_pasids(void **state)
{
	struct rsim_config c = { .no_static_blocked = true };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS | RSIM_CAP_PASID };
	struct machine m = machine_of(&c, &d, 0);
	struct rsim_domain *a = rsim_domain_alloc(rsim_dev_group(m.dev), "A");
	struct rsim_dev *none = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.at.devfn = 0x48, .no_iommu = true });

	(void)state;
	assert_int_equal(rsim_attach_pasid(m.dev, 1, a), -EOPNOTSUPP);
	assert_int_equal(rsim_attach_pasid(none, 1, a), -EOPNOTSUPP);
	rsim_free(m.w);
}

static void failed_attach_is_taken_off_again(void **state)
{
	struct group s = group_of_three("v7.1");

	(void)state;
	add_fault(s.w, s.dev[2], "pasid=-28*1");
	assert_int_equal(rsim_attach_pasid(s.dev[0], 7, s.a), -ENOSPC);
	assert_null(rsim_dev_hw_domain(s.dev[0], 7));
	assert_null(rsim_group_pasid(s.g, 7));
	assert_int_equal(rsim_attach_pasid(s.dev[0], 7, s.a), 0);
	add_fault(s.w, s.dev[2], "pasid=-28*1");
	assert_int_equal(rsim_replace_pasid(s.dev[0], 7, s.b), -ENOSPC);
	assert_ptr_equal(rsim_dev_hw_domain(s.dev[0], 7), s.a);
	assert_ptr_equal(rsim_group_pasid(s.g, 7), s.a);
	rsim_free(s.w);
}

static void attach_is_fenced_before_it_looks_at_the_pasid(void **state)
{
	static const char *const protos[] = { "v7.0", "on-success", "v7.1",
					      "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct group s = group_of_three(protos[i]);

		assert_int_equal(rsim_attach_pasid(s.dev[0], 7, s.a), 0);
		rsim_world_proto(s.w)->prepare(s.dev[0]);
		assert_int_equal(rsim_attach_pasid(s.dev[2], 8, s.a), -EBUSY);
		assert_int_equal(rsim_attach_pasid(s.dev[2], 100, s.a),
				 -EBUSY);
		assert_int_equal(rsim_attach_pasid(s.dev[2], 0, s.a),
				 -EINVAL);
		assert_int_equal(rsim_replace_pasid(s.dev[2], 7, s.b),
				 -EBUSY);
		rsim_free(s.w);
	}
}

static void reset_takes_pasids_off_one_device_and_back(void **state)
{
	static const char *const protos[] = { "v7.0", "on-success", "v7.1",
					      "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct group s = group_of_three(protos[i]);
		const struct rsim_proto *p = rsim_world_proto(s.w);
		bool old = i < 2;

		rsim_attach_pasid(s.dev[0], 7, s.a);
		rsim_attach_pasid(s.dev[0], 9, s.b);
		p->prepare(s.dev[0]);
		assert_null(rsim_dev_hw_domain(s.dev[0], 7));
		assert_ptr_equal(rsim_dev_hw_domain(s.dev[2], 7), s.a);
		assert_ptr_equal(rsim_group_pasid(s.g, 7), s.a);
		rsim_trace_clear(s.w);
		p->done(s.dev[0], true);
		assert_ptr_equal(rsim_dev_hw_domain(s.dev[0], 7), s.a);
		assert_ptr_equal(rsim_dev_hw_domain(s.dev[0], 9), s.b);
		/* The older two set them on the healthy sibling again. */
		assert_int_equal(count_events(s.w, RSIM_EV_PASID, s.dev[2],
					      NULL), old ? 2 : 0);
		assert_int_equal(count_events(s.w, RSIM_EV_PASID, s.dev[1],
					      NULL), 0);
		rsim_free(s.w);
	}
}

static void detach_during_a_reset_is_never_refused(void **state)
{
	static const struct {
		const char *proto;
		unsigned touches;	/* the device in reset, again */
	} rows[] = { { "v7.0", 1 }, { "on-success", 1 }, { "v7.1", 0 },
		     { "quarantine", 0 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct group s = group_of_three(rows[i].proto);
		const struct rsim_proto *p = rsim_world_proto(s.w);

		rsim_attach_pasid(s.dev[0], 7, s.a);
		p->prepare(s.dev[0]);
		rsim_trace_clear(s.w);
		rsim_detach_pasid(s.dev[0], 7);
		assert_int_equal(count_events(s.w, RSIM_EV_PASID, s.dev[0],
					      NULL), rows[i].touches);
		assert_null(rsim_dev_hw_domain(s.dev[2], 7));
		p->done(s.dev[0], true);
		assert_null(rsim_dev_hw_domain(s.dev[0], 7));
		rsim_free(s.w);
	}
}

static void pasid_that_does_not_come_back_is_a_warning(void **state)
{
	struct group s = group_of_three("v7.1");
	const struct rsim_proto *p = rsim_world_proto(s.w);

	(void)state;
	rsim_attach_pasid(s.dev[0], 7, s.a);
	rsim_attach_pasid(s.dev[0], 9, s.b);
	p->prepare(s.dev[0]);
	add_fault(s.w, s.dev[0], "pasid*1");
	p->done(s.dev[0], true);
	assert_int_equal(rsim_warn_count(s.w, "pci_dev_reset_iommu_done"), 1);
	assert_null(rsim_dev_hw_domain(s.dev[0], 7));
	assert_ptr_equal(rsim_dev_hw_domain(s.dev[0], 9), s.b);
	rsim_free(s.w);
}

static void table_is_in_order(void **state)
{
	static const rsim_pasid pasids[] = { 40, 3, 99, 17, 1, 60, 2 };
	static const rsim_pasid sorted[] = { 1, 2, 3, 17, 40, 60, 99 };
	struct group s = group_of_three("v7.1");
	rsim_pasid p = 0;
	unsigned i;

	(void)state;
	for (i = 0; i < 7; i++)
		assert_int_equal(rsim_attach_pasid(s.dev[0], pasids[i], s.a),
				 0);
	for (i = 0; i < 7; i++) {
		p = rsim_group_next_pasid(s.g, p);
		assert_int_equal(p, sorted[i]);
	}
	assert_int_equal(rsim_group_next_pasid(s.g, p), RSIM_NO_PASID);
	rsim_detach_pasid(s.dev[0], 17);
	assert_int_equal(rsim_group_next_pasid(s.g, 3), 40);
	rsim_free(s.w);
}

/* 7.0 attaches siblings twice: removing one must leave no trace of it. */
static void device_attached_twice_is_forgotten_when_it_goes(void **state)
{
	struct group s = group_of_three("v7.0");
	const struct rsim_proto *p = rsim_world_proto(s.w);
	struct rsim_dev *next;

	(void)state;
	rsim_attach_pasid(s.dev[0], 7, s.a);
	map_page(s.w, s.a, 0x1000);
	p->prepare(s.dev[0]);
	p->done(s.dev[0], true);
	rsim_dev_remove(s.dev[2]);
	/* Another device may get its memory. */
	next = rsim_dev_add(s.w, &(struct rsim_dev_desc){
		.at.devfn = 0x70, .caps = USUAL_CAPS });
	rsim_trace_clear(s.w);
	rsim_unmap(s.a, 0x1000, RSIM_PAGE_SIZE);
	assert_int_equal(count_events(s.w, RSIM_EV_CMD, s.dev[0], "ATC_INV"),
			 1);
	assert_int_equal(count_events(s.w, RSIM_EV_CMD, next, "ATC_INV"), 0);
	rsim_free(s.w);
}

static void misuse_leaves_the_group_usable(void **state)
{
	struct group s = group_of_three("v7.1");

	(void)state;
	assert_misuse_void(rsim_detach_pasid(s.dev[0], 7),
			   "rsim_detach_pasid: the PASID");
	assert_misuse(rsim_attach_pasid(s.dev[0], 7, NULL),
		      "rsim_attach_pasid: domain");
	assert_misuse(rsim_attach_pasid(NULL, 7, s.a),
		      "rsim_attach_pasid: dev");
	assert_int_equal(rsim_attach_pasid(s.dev[0], 7, s.a), 0);
	rsim_free(s.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pasid_reaches_every_device_that_has_them),
		cmocka_unit_test(rules_of_attach_and_replace),
		cmocka_unit_test(
			driver_without_static_blocked_domain_has_no_pasids),
		cmocka_unit_test(failed_attach_is_taken_off_again),
		cmocka_unit_test(attach_is_fenced_before_it_looks_at_the_pasid),
		cmocka_unit_test(reset_takes_pasids_off_one_device_and_back),
		cmocka_unit_test(detach_during_a_reset_is_never_refused),
		cmocka_unit_test(pasid_that_does_not_come_back_is_a_warning),
		cmocka_unit_test(table_is_in_order),
		cmocka_unit_test(
			device_attached_twice_is_forgotten_when_it_goes),
		cmocka_unit_test(misuse_leaves_the_group_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
