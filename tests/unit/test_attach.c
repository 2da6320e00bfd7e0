/* SPDX-License-Identifier: MIT */
/* Attach, detach, replace: the errno, the rollback, what a driver is told. */
#include "helper.h"

struct trio {
	struct rsim *w;
	struct rsim_dev *dev[3];
	struct rsim_group *g;
	struct rsim_domain *a, *b;
};

/* Three functions of one group, under ports of their own. */
static struct trio trio_new(const char *proto)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto) };
	struct trio t = { .w = rsim_new(&c) };
	unsigned i;

	for (i = 0; i < 3; i++) {
		t.dev[i] = rsim_dev_add(t.w, &(struct rsim_dev_desc){
			.parent = add_port(t.w, 0, i + 1), .group = t.g,
			.new_group = !t.g, .caps = USUAL_CAPS });
		t.g = rsim_dev_group(t.dev[i]);
	}
	t.a = rsim_domain_alloc(t.g, "A");
	t.b = rsim_domain_alloc(t.g, "B");
	return t;
}

static void expect_rids(struct trio *t, struct rsim_domain *want)
{
	unsigned i;

	for (i = 0; i < 3; i++)
		assert_ptr_equal(rsim_dev_hw_domain(t->dev[i], RSIM_NO_PASID),
				 want);
}

static void attach_moves_every_device_of_the_group(void **state)
{
	struct trio t = trio_new("v7.1");

	(void)state;
	assert_int_equal(rsim_attach_group(t.g, t.a), 0);
	expect_rids(&t, t.a);
	assert_ptr_equal(rsim_group_domain(t.g), t.a);
	/* Only from the default or the blocking domain. */
	assert_int_equal(rsim_attach_group(t.g, t.b), -EBUSY);
	assert_int_equal(rsim_attach_group(t.g, t.a), -EBUSY);
	assert_int_equal(rsim_replace_group(t.g, t.b), 0);
	expect_rids(&t, t.b);
	rsim_detach_group(t.g);
	expect_rids(&t, rsim_group_default(t.g));
	assert_ptr_equal(rsim_group_domain(t.g), rsim_group_default(t.g));
	rsim_free(t.w);
}

static void failed_attach_is_rolled_back(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct trio t = trio_new("v7.1");
		struct rsim_domain *was = rsim_group_domain(t.g);

		add_fault(t.w, t.dev[i], "attach=-19*1");
		rsim_trace_clear(t.w);
		assert_int_equal(rsim_attach_group(t.g, t.a), -ENODEV);
		expect_rids(&t, was);
		assert_ptr_equal(rsim_group_domain(t.g), was);
		/* Those before it forth and back, itself once, none behind. */
		assert_int_equal(count_events(t.w, RSIM_EV_ATTACH, NULL, NULL),
				 2 * i + 1);
		assert_int_equal(rsim_warn_count(t.w, NULL), 0);
		assert_int_equal(rsim_attach_group(t.g, t.a), 0);
		rsim_free(t.w);
	}
}

/* An optional fault happens the second time it is asked. */
static uint32_t second_time(void *ctx, const char *site, uint32_t n)
{
	(void)n;
	return !strcmp(site, "attach") && ++*(unsigned *)ctx == 2;
}

static void rollback_that_fails_blocks_the_device_and_warns(void **state)
{
	struct trio t = trio_new("v7.1");
	struct rsim_domain *was = rsim_group_domain(t.g);
	struct rsim_fault f = { .point = RSIM_FAULT_ATTACH, .dev = t.dev[0],
				.optional = true };
	unsigned asked = 0;

	(void)state;
	/* A blocking domain exists once the group was owned. */
	assert_int_equal(rsim_claim_dma_owner(t.g), 0);
	rsim_release_dma_owner(t.g);
	rsim_set_chooser(t.w, second_time, &asked);
	assert_int_equal(rsim_fault_add(t.w, &f), 0);
	add_fault(t.w, t.dev[1], "attach=-19*1");
	assert_int_equal(rsim_attach_group(t.g, t.a), -ENODEV);
	assert_ptr_equal(rsim_dev_hw_domain(t.dev[0], RSIM_NO_PASID),
			 rsim_group_blocking(t.g));
	assert_ptr_equal(rsim_dev_hw_domain(t.dev[1], RSIM_NO_PASID), was);
	assert_ptr_equal(rsim_dev_hw_domain(t.dev[2], RSIM_NO_PASID), was);
	assert_ptr_equal(rsim_group_domain(t.g), was);
	assert_int_equal(rsim_warn_count(t.w,
				"__iommu_group_set_domain_internal"), 1);
	rsim_free(t.w);
}

static void replace_by_itself_is_nothing_even_when_fenced(void **state)
{
	static const char *const protos[] = { "v7.0", "on-success", "v7.1",
					      "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct trio t = trio_new(protos[i]);

		assert_int_equal(rsim_attach_group(t.g, t.a), 0);
		rsim_world_proto(t.w)->prepare(t.dev[1]);
		assert_true(rsim_group_fenced(t.g));
		assert_int_equal(rsim_replace_group(t.g, t.a), 0);
		assert_int_equal(rsim_replace_group(t.g, t.b), -EBUSY);
		rsim_free(t.w);
	}
}

static void detach_during_a_reset(void **state)
{
	static const struct {
		const char *proto;
		bool stale;
	} rows[] = { { "v7.0", true }, { "on-success", true },
		     { "v7.1", false }, { "quarantine", false } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct trio t = trio_new(rows[i].proto);
		const struct rsim_proto *p = rsim_world_proto(t.w);

		assert_int_equal(rsim_attach_group(t.g, t.a), 0);
		p->prepare(t.dev[1]);
		rsim_detach_group(t.g);
		assert_int_equal(rsim_warn_count(t.w, NULL) > 0,
				 rows[i].stale);
		assert_ptr_equal(rsim_group_domain(t.g),
				 rows[i].stale ? t.a
					       : rsim_group_default(t.g));
		/* Not moved by the detach: it is still parked. */
		assert_ptr_equal(rsim_dev_hw_domain(t.dev[1], RSIM_NO_PASID),
				 rsim_group_blocking(t.g));
		rsim_domain_free(t.a);
		rsim_trace_clear(t.w);
		p->done(t.dev[1], true);
		/* The one to be freed is what the older ones go back to. */
		assert_ptr_equal(rsim_dev_hw_domain(t.dev[1], RSIM_NO_PASID),
				 rsim_group_domain(t.g));
		assert_int_equal(rsim_domain_is_freed(
					 rsim_group_domain(t.g)),
				 rows[i].stale);
		rsim_free(t.w);
	}
}

static void single_device_calls_want_a_group_of_one(void **state)
{
	struct trio t = trio_new("v7.1");
	struct machine m = machine_new("v7.1");
	struct rsim_domain *d = rsim_domain_alloc(rsim_dev_group(m.dev), "D");
	struct rsim_dev *none = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.at.devfn = 9 << 3, .no_iommu = true });

	(void)state;
	assert_int_equal(rsim_attach_device(t.dev[0], t.a), -EINVAL);
	rsim_detach_device(t.dev[0]);
	assert_int_equal(rsim_warn_count(t.w, "iommu_detach_device"), 1);
	assert_int_equal(rsim_attach_device(m.dev, d), 0);
	assert_ptr_equal(rsim_get_domain(m.dev), d);
	rsim_detach_device(m.dev);
	assert_ptr_equal(rsim_get_domain(m.dev),
			 rsim_group_default(rsim_dev_group(m.dev)));
	assert_int_equal(rsim_attach_device(none, d), -ENODEV);
	rsim_free(t.w);
	rsim_free(m.w);
}

static struct rsim_dev *deferred_dev(struct rsim *w, struct rsim_group *g)
{
	return rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = add_port(w, 0, 8), .group = g, .new_group = !g,
		.caps = USUAL_CAPS, .attach_deferred = true });
}

static void deferred_device_is_attached_at_its_first_use(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = deferred_dev(w, NULL);
	struct rsim_domain *d = rsim_get_domain(dev);

	(void)state;
	assert_null(rsim_dev_hw_domain(dev, RSIM_NO_PASID));
	assert_int_equal(rsim_deferred_attach(dev, d), 0);
	assert_ptr_equal(rsim_dev_hw_domain(dev, RSIM_NO_PASID), d);
	rsim_trace_clear(w);
	assert_int_equal(rsim_deferred_attach(dev, d), 0);
	assert_int_equal(rsim_trace_count(w), 0);
	rsim_free(w);
}

static void failed_deferred_attach_stays_deferred(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = deferred_dev(w, NULL);
	struct rsim_domain *d = rsim_get_domain(dev);

	(void)state;
	add_fault(w, dev, "attach=-5*1");
	assert_int_equal(rsim_deferred_attach(dev, d), -EIO);
	assert_int_equal(rsim_deferred_attach(dev, d), 0);
	assert_ptr_equal(rsim_dev_hw_domain(dev, RSIM_NO_PASID), d);
	rsim_free(w);
}

/* (a), (b): any reset of the group refuses it; later only its own. */
static void deferred_attach_during_a_siblings_reset(void **state)
{
	static const struct {
		const char *proto;
		int ret;
	} rows[] = { { "v7.0", -EBUSY }, { "on-success", -EBUSY },
		     { "v7.1", 0 }, { "quarantine", 0 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct trio t = trio_new(rows[i].proto);
		struct rsim_dev *dev = deferred_dev(t.w, t.g);

		rsim_world_proto(t.w)->prepare(t.dev[0]);
		assert_int_equal(rsim_deferred_attach(dev,
						      rsim_group_default(t.g)),
				 rows[i].ret);
		rsim_free(t.w);
	}
}

static void reset_ends_the_deferral(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = deferred_dev(w, NULL);

	(void)state;
	set_methods(dev, "flr");
	assert_int_equal(rsim_reset_function(dev), 0);
	assert_ptr_equal(rsim_dev_hw_domain(dev, RSIM_NO_PASID),
			 rsim_get_domain(dev));
	rsim_trace_clear(w);
	assert_int_equal(rsim_deferred_attach(dev, rsim_get_domain(dev)), 0);
	assert_int_equal(count_events(w, RSIM_EV_ATTACH, dev, NULL), 0);
	rsim_free(w);
}

static void deferral_survives_only_the_default_domain(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = deferred_dev(w, NULL);
	struct rsim_group *g = rsim_dev_group(dev);
	struct rsim_domain *a = rsim_domain_alloc(g, "A");

	(void)state;
	assert_int_equal(rsim_attach_group(g, a), 0);
	assert_ptr_equal(rsim_dev_hw_domain(dev, RSIM_NO_PASID), a);
	rsim_free(w);
}

static void device_that_needs_a_direct_mapping_cannot_be_owned(void **state)
{
	struct rsim_config c = { .proto = rsim_proto_find("v7.1") };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS,
				   .require_direct = true };
	struct machine m = machine_of(&c, &d, 0);
	struct rsim_group *g = rsim_dev_group(m.dev);

	(void)state;
	assert_int_equal(rsim_claim_dma_owner(g), -EINVAL);
	assert_int_equal(rsim_group_owned(g), 0);
	assert_ptr_equal(rsim_group_domain(g), rsim_group_default(g));
	/* prepare() does not ask: the device is blocked all the same. */
	rsim_world_proto(m.w)->prepare(m.dev);
	assert_true(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void same_domain_after_a_failed_reattach_moves_nothing(void **state)
{
	struct machine m = machine_new("v7.1");
	struct rsim_group *g = rsim_dev_group(m.dev);
	struct rsim_domain *a = rsim_domain_alloc(g, "A");
	const struct rsim_proto *p = rsim_world_proto(m.w);

	(void)state;
	p->prepare(m.dev);
	add_fault(m.w, m.dev, "attach*1");
	p->done(m.dev, true);
	assert_int_equal(rsim_warn_count(m.w, "pci_dev_reset_iommu_done"), 1);
	assert_true(rsim_dev_blocked(m.dev));
	assert_false(rsim_group_fenced(g));
	assert_int_equal(rsim_replace_group(g, rsim_group_default(g)), 0);
	assert_true(rsim_dev_blocked(m.dev));
	assert_int_equal(rsim_replace_group(g, a), 0);
	assert_false(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void misuse_names_the_call(void **state)
{
	struct trio t = trio_new("v7.1");
	struct machine m = machine_new("v7.1");
	struct rsim_domain *other = rsim_get_domain(m.dev);

	(void)state;
	assert_misuse(rsim_attach_group(NULL, t.a), "rsim_attach_group: group");
	assert_misuse(rsim_attach_group(t.g, NULL),
		      "rsim_attach_group: domain");
	assert_misuse(rsim_attach_group(t.g, other),
		      "rsim_attach_group: domain and group");
	assert_misuse(rsim_attach_device(m.dev, t.a),
		      "rsim_attach_device: domain and dev");
	assert_misuse(rsim_replace_group(t.g, other),
		      "rsim_replace_group: domain and group");
	assert_misuse_void(rsim_detach_group(NULL), "rsim_detach_group: group");
	assert_int_equal(rsim_replace_group(t.g, NULL), -EINVAL);
	rsim_domain_free(t.a);
	assert_misuse(rsim_attach_group(t.g, t.a),
		      "rsim_attach_group: domain was freed");
	assert_misuse(rsim_replace_group(t.g, t.a),
		      "rsim_replace_group: domain was freed");
	assert_misuse_void(rsim_domain_free(t.a), "rsim_domain_free: domain");
	assert_misuse_void(rsim_domain_free(rsim_group_default(t.g)),
			   "rsim_domain_free: the domain is Linux'");
	rsim_free(t.w);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attach_moves_every_device_of_the_group),
		cmocka_unit_test(failed_attach_is_rolled_back),
		cmocka_unit_test(
			rollback_that_fails_blocks_the_device_and_warns),
		cmocka_unit_test(replace_by_itself_is_nothing_even_when_fenced),
		cmocka_unit_test(detach_during_a_reset),
		cmocka_unit_test(single_device_calls_want_a_group_of_one),
		cmocka_unit_test(deferred_device_is_attached_at_its_first_use),
		cmocka_unit_test(failed_deferred_attach_stays_deferred),
		cmocka_unit_test(deferred_attach_during_a_siblings_reset),
		cmocka_unit_test(reset_ends_the_deferral),
		cmocka_unit_test(deferral_survives_only_the_default_domain),
		cmocka_unit_test(
			device_that_needs_a_direct_mapping_cannot_be_owned),
		cmocka_unit_test(
			same_domain_after_a_failed_reattach_moves_nothing),
		cmocka_unit_test(misuse_names_the_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
