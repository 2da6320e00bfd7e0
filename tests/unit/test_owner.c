/* SPDX-License-Identifier: MIT */
#include "helper.h"

static void owned_group_is_blocked_until_released(void **state)
{
	struct machine m = machine_new("v7.1");
	struct rsim_group *g = rsim_dev_group(m.dev);

	(void)state;
	assert_int_equal(rsim_claim_dma_owner(g), 0);
	assert_int_equal(rsim_group_owned(g), 1);
	assert_true(rsim_dev_blocked(m.dev));
	assert_ptr_equal(rsim_group_domain(g), rsim_group_blocking(g));
	assert_int_equal(rsim_claim_dma_owner(g), -EPERM);
	rsim_release_dma_owner(g);
	assert_int_equal(rsim_group_owned(g), 0);
	assert_false(rsim_dev_blocked(m.dev));
	assert_ptr_equal(rsim_group_domain(g), rsim_group_default(g));
	rsim_free(m.w);
}

static void owned_group_detaches_to_the_blocking_domain(void **state)
{
	struct machine m = machine_new("v7.1");
	struct rsim_group *g = rsim_dev_group(m.dev);
	struct rsim_domain *d = rsim_domain_alloc(g, "D");

	(void)state;
	assert_int_equal(rsim_claim_dma_owner(g), 0);
	assert_int_equal(rsim_attach_group(g, d), 0);
	assert_false(rsim_dev_blocked(m.dev));
	rsim_detach_group(g);
	assert_true(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void group_in_use_cannot_be_claimed(void **state)
{
	struct rsim_config c = { .proto = rsim_proto_find("v7.1") };
	struct rsim_dev_desc desc = { .caps = USUAL_CAPS | RSIM_CAP_PASID };
	struct machine m = machine_of(&c, &desc, 0);
	struct rsim_group *g = rsim_dev_group(m.dev);
	struct rsim_domain *d = rsim_domain_alloc(g, "D");

	(void)state;
	assert_int_equal(rsim_attach_group(g, d), 0);
	assert_int_equal(rsim_claim_dma_owner(g), -EBUSY);
	rsim_detach_group(g);
	assert_int_equal(rsim_attach_pasid(m.dev, 1, d), 0);
	assert_int_equal(rsim_claim_dma_owner(g), -EBUSY);
	rsim_detach_pasid(m.dev, 1);
	assert_int_equal(rsim_claim_dma_owner(g), 0);
	rsim_free(m.w);
}

static void claim_is_refused_during_a_reset(void **state)
{
	static const char *const protos[] = { "v7.0", "on-success", "v7.1",
					      "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = machine_new(protos[i]);
		struct rsim_group *g = rsim_dev_group(m.dev);

		rsim_world_proto(m.w)->prepare(m.dev);
		assert_int_equal(rsim_claim_dma_owner(g), -EBUSY);
		assert_int_equal(rsim_group_owned(g), 0);
		rsim_world_proto(m.w)->done(m.dev, true);
		assert_int_equal(rsim_claim_dma_owner(g), 0);
		rsim_free(m.w);
	}
}

static void release_during_a_reset(void **state)
{
	static const struct {
		const char *proto;
		bool warns;
	} rows[] = { { "v7.0", true }, { "on-success", true },
		     { "v7.1", false }, { "quarantine", false } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = machine_new(rows[i].proto);
		struct rsim_group *g = rsim_dev_group(m.dev);
		struct rsim_domain *d = rsim_domain_alloc(g, "D");

		assert_int_equal(rsim_claim_dma_owner(g), 0);
		assert_int_equal(rsim_attach_group(g, d), 0);
		rsim_world_proto(m.w)->prepare(m.dev);
		rsim_release_dma_owner(g);
		/* The owner is gone whether or not the domain could change. */
		assert_int_equal(rsim_group_owned(g), 0);
		assert_int_equal(rsim_warn_count(m.w, NULL) > 0,
				 rows[i].warns);
		assert_ptr_equal(rsim_group_domain(g),
				 rows[i].warns ? d : rsim_group_default(g));
		rsim_free(m.w);
	}
}

static void allocation_and_driver_errors_are_handed_on(void **state)
{
	struct rsim_config c = { .proto = rsim_proto_find("v7.1"),
				 .no_static_blocked = true };
	struct rsim_dev_desc desc = { .caps = USUAL_CAPS };
	struct machine m = machine_of(&c, &desc, 0);
	struct rsim_group *g = rsim_dev_group(m.dev);

	(void)state;
	add_fault(m.w, NULL, "alloc=-95*1");
	assert_int_equal(rsim_claim_dma_owner(g), -EOPNOTSUPP);
	add_fault(m.w, m.dev, "attach=-5*1");
	assert_int_equal(rsim_claim_dma_owner(g), -EIO);
	assert_int_equal(rsim_group_owned(g), 0);
	assert_ptr_equal(rsim_group_domain(g), rsim_group_default(g));
	assert_int_equal(rsim_claim_dma_owner(g), 0);
	rsim_free(m.w);
}

static void release_without_a_claim_warns(void **state)
{
	struct machine m = machine_new("v7.1");

	(void)state;
	rsim_release_dma_owner(rsim_dev_group(m.dev));
	assert_int_equal(rsim_warn_count(m.w, "__iommu_release_dma_ownership"),
			 1);
	assert_misuse(rsim_claim_dma_owner(NULL), "rsim_claim_dma_owner: g");
	assert_misuse_void(rsim_release_dma_owner(NULL),
			   "rsim_release_dma_owner: g");
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owned_group_is_blocked_until_released),
		cmocka_unit_test(owned_group_detaches_to_the_blocking_domain),
		cmocka_unit_test(group_in_use_cannot_be_claimed),
		cmocka_unit_test(claim_is_refused_during_a_reset),
		cmocka_unit_test(release_during_a_reset),
		cmocka_unit_test(allocation_and_driver_errors_are_handed_on),
		cmocka_unit_test(release_without_a_claim_warns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
