/* SPDX-License-Identifier: MIT */
/* prepare() and done() by hand, one state after the other. */
#include "helper.h"

static void depth_counts_and_the_outermost_pair_works(void **state)
{
	static const char *const protos[] = { "v7.1", "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct machine m = machine_new(protos[i]);
		const struct rsim_proto *p = rsim_world_proto(m.w);
		struct rsim_fence_dev *f = rsim_fence_dev(m.dev);
		struct rsim_fence_group *g =
			rsim_fence_group(rsim_dev_group(m.dev));

		assert_int_equal(p->prepare(m.dev), 0);
		assert_int_equal(p->prepare(m.dev), 0);
		assert_int_equal(f->reset_depth, 2);
		assert_int_equal(g->recovery_cnt, 1);
		p->done(m.dev, false);
		assert_true(rsim_dev_blocked(m.dev));
		assert_int_equal(f->reset_depth, 1);
		p->done(m.dev, true);
		assert_false(rsim_dev_blocked(m.dev));
		assert_int_equal(g->recovery_cnt, 0);
		assert_int_equal(rsim_warn_count(m.w, NULL), 0);
		rsim_free(m.w);
	}
}

static void quarantined_device_heals_with_the_next_good_reset(void **state)
{
	static const char *const protos[] = { "on-success", "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct machine m = machine_new(protos[i]);
		struct rsim_group *g = rsim_dev_group(m.dev);

		set_methods(m.dev, "flr");
		add_fault(m.w, m.dev, "ready=never*1");
		assert_int_equal(rsim_reset_function(m.dev), -ENOTTY);
		assert_int_equal(rsim_reset_function(m.dev), -ENOTTY);
		assert_true(rsim_dev_blocked(m.dev));
		rsim_dev_replug(m.dev);
		/* A bus reset reaches what an FLR does not. */
		assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS,
						   false), 0);
		assert_false(rsim_dev_blocked(m.dev));
		assert_false(rsim_group_fenced(g));
		assert_int_equal(rsim_fence_group(g)->recovery_cnt, 0);
		rsim_free(m.w);
	}
}

struct pair {
	struct rsim *w;
	struct rsim_dev *a, *b;
	const struct rsim_proto *p;
	struct rsim_group *g;
};

static struct pair pair_new(const char *proto)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto) };
	struct pair s = { .w = rsim_new(&c), .p = rsim_proto_find(proto) };

	s.a = rsim_dev_add(s.w, &(struct rsim_dev_desc){
		.parent = add_port(s.w, 0, 1), .new_group = true,
		.caps = USUAL_CAPS });
	s.g = rsim_dev_group(s.a);
	s.b = rsim_dev_add(s.w, &(struct rsim_dev_desc){
		.parent = add_port(s.w, 0, 2), .group = s.g,
		.caps = USUAL_CAPS });
	return s;
}

static void siblings_resets_overlap(void **state)
{
	static const struct {
		const char *proto;
		int second;	/* prepare of the sibling */
		bool b_during, a_after, b_after;
		unsigned warns;
	} rows[] = {
		{ "v7.0", -EBUSY, false, true, false, 1 },
		{ "on-success", 0, false, true, false, 0 },
		{ "v7.1", 0, true, false, false, 0 },
		{ "quarantine", 0, true, false, false, 0 },
	};
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct pair s = pair_new(rows[i].proto);

		assert_int_equal(s.p->prepare(s.a), 0);
		assert_int_equal(s.p->prepare(s.b), rows[i].second);
		assert_true(rsim_dev_blocked(s.a));
		assert_int_equal(rsim_dev_blocked(s.b), rows[i].b_during);
		s.p->done(s.b, true);
		s.p->done(s.a, true);
		assert_int_equal(rsim_dev_blocked(s.a), rows[i].a_after);
		assert_int_equal(rsim_dev_blocked(s.b), rows[i].b_after);
		assert_false(rsim_group_fenced(s.g));
		assert_int_equal(rsim_warn_count(s.w, NULL), rows[i].warns);
		rsim_free(s.w);
	}
}

static void sibling_without_a_reset_of_its_own_goes_on(void **state)
{
	static const char *const protos[] = { "v7.0", "on-success", "v7.1",
					      "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct pair s = pair_new(protos[i]);

		map_page(s.w, rsim_group_domain(s.g), 0x1000);
		s.p->prepare(s.a);
		assert_false(rsim_dev_blocked(s.b));
		assert_int_equal(rsim_dma_access(s.b, RSIM_NO_PASID, 0x1000,
						 true).ret, 0);
		rsim_free(s.w);
	}
}

static void driver_is_told_what_it_is_attached_to(void **state)
{
	static const struct {
		const char *proto;
		bool sibling_too;
	} rows[] = { { "v7.0", true }, { "on-success", true },
		     { "v7.1", false }, { "quarantine", false } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct pair s = pair_new(rows[i].proto);
		struct rsim_domain *d = rsim_group_domain(s.g);

		assert_ptr_equal(rsim_driver_get_domain(s.a), d);
		s.p->prepare(s.a);
		assert_ptr_equal(rsim_driver_get_domain(s.a),
				 rsim_group_blocking(s.g));
		assert_ptr_equal(rsim_driver_get_domain(s.b),
				 rows[i].sibling_too
					 ? rsim_group_blocking(s.g) : d);
		assert_ptr_equal(rsim_get_domain(s.a), d);
		rsim_free(s.w);
	}
}

/* The fence acts on a device with ATS behind an IOMMU, and on no other. */
static void other_devices_pass_both_calls(void **state)
{
	static const struct rsim_dev_desc descs[] = {
		{ .caps = RSIM_CAP_FLR },
		{ .caps = USUAL_CAPS, .untrusted = true },
		{ .caps = USUAL_CAPS, .quirks = RSIM_QUIRK_NO_ATS },
		{ .caps = USUAL_CAPS, .no_iommu = true },
	};
	unsigned i, k;

	(void)state;
	for (i = 0; i < 4; i++) {
		for (k = 0; rsim_proto_at(k); k++) {
			struct rsim_config c = { .proto = rsim_proto_at(k) };
			struct machine m = machine_of(&c, &descs[i], 0);

			assert_false(rsim_fence_applies(m.dev));
			rsim_trace_clear(m.w);
			assert_int_equal(c.proto->prepare(m.dev), 0);
			c.proto->done(m.dev, true);
			c.proto->done(m.dev, true);
			assert_int_equal(rsim_trace_count(m.w), 0);
			rsim_free(m.w);
		}
	}
}

/* A device with the capability is parked whether ATS is on or not. */
static void device_with_ats_off_is_parked_too(void **state)
{
	struct rsim_config c = { .identity_default = true };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS };
	struct machine m = machine_of(&c, &d, 0);

	(void)state;
	assert_false(rsim_dev_ats_enabled(m.dev));
	rsim_world_proto(m.w)->prepare(m.dev);
	assert_true(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void owned_group_is_fenced_without_an_attach(void **state)
{
	static const char *const protos[] = { "v7.0", "on-success", "v7.1",
					      "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = machine_new(protos[i]);
		struct rsim_group *g = rsim_dev_group(m.dev);
		const struct rsim_proto *p = rsim_world_proto(m.w);

		assert_int_equal(rsim_claim_dma_owner(g), 0);
		rsim_trace_clear(m.w);
		assert_int_equal(p->prepare(m.dev), 0);
		assert_true(rsim_group_fenced(g));
		p->done(m.dev, true);
		assert_false(rsim_group_fenced(g));
		assert_int_equal(count_events(m.w, RSIM_EV_ATTACH, NULL, NULL),
				 0);
		assert_true(rsim_dev_blocked(m.dev));
		rsim_free(m.w);
	}
}

/* Without a default domain there is nothing to go back to. */
static void group_without_a_domain(void **state)
{
	static const struct {
		const char *proto;
		unsigned crashes;
	} rows[] = { { "v7.0", 1 }, { "on-success", 1 }, { "v7.1", 0 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct rsim_config c = {
			.proto = rsim_proto_find(rows[i].proto) };
		struct rsim *w = rsim_new(&c);
		struct rsim_dev *dev;

		add_fault(w, NULL, "alloc-default");
		dev = rsim_dev_add(w, &(struct rsim_dev_desc){
			.caps = USUAL_CAPS });
		assert_null(rsim_get_domain(dev));
		assert_int_equal(c.proto->prepare(dev), 0);
		c.proto->done(dev, true);
		assert_int_equal(rsim_warn_count(w,
			"NULL dereference in __iommu_attach_device"),
				 rows[i].crashes);
		assert_true(rsim_dev_blocked(dev));
		rsim_free(w);
	}
}

static void failed_prepare_changes_nothing(void **state)
{
	static const char *const protos[] = { "v7.0", "on-success", "v7.1",
					      "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = machine_new(protos[i]);
		struct rsim_group *g = rsim_dev_group(m.dev);

		add_fault(m.w, m.dev, "attach=-19*1");
		assert_int_equal(rsim_world_proto(m.w)->prepare(m.dev),
				 -ENODEV);
		assert_false(rsim_group_fenced(g));
		assert_int_equal(rsim_fence_dev(m.dev)->reset_depth, 0);
		assert_int_equal(rsim_fence_group(g)->recovery_cnt, 0);
		assert_false(rsim_dev_blocked(m.dev));
		assert_int_equal(rsim_reset_function(m.dev), 0);
		rsim_free(m.w);
	}
}

/* Known and recorded: nobody lifts the fence of a device that was removed. */
static void removed_device_leaves_its_siblings_fenced(void **state)
{
	static const struct {
		const char *proto;
		bool fenced;
	} rows[] = { { "v7.0", false }, { "on-success", true },
		     { "v7.1", false }, { "quarantine", true } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct pair s = pair_new(rows[i].proto);
		struct rsim_domain *d = rsim_domain_alloc(s.g, "D");

		set_methods(s.a, "flr");
		add_fault(s.w, s.a, "ready=never");
		assert_int_equal(rsim_reset_function(s.a), -ENOTTY);
		rsim_dev_remove(s.a);
		assert_int_equal(rsim_attach_group(s.g, d),
				 rows[i].fenced ? -EBUSY : 0);
		rsim_free(s.w);
	}
}

static void every_protocol_has_a_name_and_all_hooks(void **state)
{
	static const char *const names[] = { "none", "v7.0", "on-success",
					     "v7.1", "quarantine" };
	unsigned i, k;

	(void)state;
	for (i = 0; i < 5; i++) {
		const struct rsim_proto *p = rsim_proto_find(names[i]);

		assert_non_null(p);
		assert_string_equal(p->name, names[i]);
		assert_true(p->prepare && p->done && p->gate && p->skip &&
			    p->domain_of && p->what);
	}
	for (k = 0; rsim_proto_at(k); k++)
		assert_ptr_equal(rsim_proto_find(rsim_proto_at(k)->name),
				 rsim_proto_at(k));
	assert_null(rsim_proto_find("v7"));
	assert_null(rsim_proto_find(NULL));
	assert_null(rsim_proto_at(~0u));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depth_counts_and_the_outermost_pair_works),
		cmocka_unit_test(
			quarantined_device_heals_with_the_next_good_reset),
		cmocka_unit_test(siblings_resets_overlap),
		cmocka_unit_test(sibling_without_a_reset_of_its_own_goes_on),
		cmocka_unit_test(driver_is_told_what_it_is_attached_to),
		cmocka_unit_test(other_devices_pass_both_calls),
		cmocka_unit_test(device_with_ats_off_is_parked_too),
		cmocka_unit_test(owned_group_is_fenced_without_an_attach),
		cmocka_unit_test(group_without_a_domain),
		cmocka_unit_test(failed_prepare_changes_nothing),
		cmocka_unit_test(removed_device_leaves_its_siblings_fenced),
		cmocka_unit_test(every_protocol_has_a_name_and_all_hooks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
