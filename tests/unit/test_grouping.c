/* SPDX-License-Identifier: MIT */
/* Who shares an IOMMU group with whom. */
#include "helper.h"

static struct rsim_dev *add(struct rsim *w, struct rsim_dev *parent,
			    enum rsim_dev_type type, uint8_t devfn,
			    unsigned caps)
{
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = parent, .type = type, .at.devfn = devfn,
		.caps = caps });

	assert_non_null(dev);
	return dev;
}

static void expect_same(struct rsim_dev *a, struct rsim_dev *b, bool same)
{
	assert_non_null(rsim_dev_group(a));
	assert_int_equal(rsim_dev_group(a) == rsim_dev_group(b), same);
}

static void isolated_ports_keep_devices_apart(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *p = add(w, NULL, RSIM_ROOT_PORT, 8, RSIM_CAP_ACS);
	struct rsim_dev *q = add(w, NULL, RSIM_ROOT_PORT, 16, RSIM_CAP_ACS);
	struct rsim_dev *a = add(w, p, RSIM_ENDPOINT, 0, 0);
	struct rsim_dev *b = add(w, q, RSIM_ENDPOINT, 0, 0);

	(void)state;
	expect_same(a, b, false);
	expect_same(a, p, false);
	rsim_free(w);
}

static void port_without_isolation_takes_its_devices_in(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *p = add(w, NULL, RSIM_ROOT_PORT, 8, 0);
	struct rsim_dev *a = add(w, p, RSIM_ENDPOINT, 0, 0);
	struct rsim_dev *q = add(w, NULL, RSIM_ROOT_PORT, 16, RSIM_CAP_ACS);
	struct rsim_dev *b = add(w, q, RSIM_ENDPOINT, 0, 0);

	(void)state;
	expect_same(a, p, true);
	expect_same(a, b, false);
	rsim_free(w);
}

static void functions_of_a_device_share_unless_isolated(void **state)
{
	static const unsigned caps[] = { 0, RSIM_CAP_ACS };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct rsim *w = rsim_new(NULL);
		struct rsim_dev *p = add(w, NULL, RSIM_ROOT_PORT, 8,
					 RSIM_CAP_ACS);
		struct rsim_dev *a = add(w, p, RSIM_ENDPOINT, 0, caps[i] |
					 RSIM_CAP_MULTIFUNCTION);
		struct rsim_dev *b = add(w, p, RSIM_ENDPOINT, 1, caps[i] |
					 RSIM_CAP_MULTIFUNCTION);

		expect_same(a, b, i == 0);
		rsim_free(w);
	}
}

static void switch_port_without_isolation_joins_its_side(void **state)
{
	static const unsigned caps[] = { 0, RSIM_CAP_ACS };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct rsim *w = rsim_new(NULL);
		struct rsim_dev *p = add(w, NULL, RSIM_ROOT_PORT, 8,
					 RSIM_CAP_ACS);
		struct rsim_dev *up = add(w, p, RSIM_UPSTREAM_PORT, 0, 0);
		struct rsim_dev *d1 = add(w, up, RSIM_DOWNSTREAM_PORT, 0,
					  caps[i]);
		struct rsim_dev *d2 = add(w, up, RSIM_DOWNSTREAM_PORT, 8,
					  RSIM_CAP_ACS);
		struct rsim_dev *a = add(w, d1, RSIM_ENDPOINT, 0, 0);
		struct rsim_dev *b = add(w, d2, RSIM_ENDPOINT, 0, 0);

		expect_same(a, d1, i == 0);
		expect_same(a, b, false);
		rsim_free(w);
	}
}

/* Behind it all requests carry the bridge's ID. */
static void functions_behind_a_conventional_bridge_share(void **state)
{
	struct rsim_config c = { .iommu = RSIM_IOMMU_VTD };
	struct rsim *w = rsim_new(&c);
	struct rsim_dev *p = add(w, NULL, RSIM_ROOT_PORT, 8, RSIM_CAP_ACS);
	struct rsim_dev *bridge = add(w, p, RSIM_PCIE_PCI_BRIDGE, 0, 0);
	struct rsim_dev *a = add(w, bridge, RSIM_CONVENTIONAL, 0, 0);
	struct rsim_dev *b = add(w, bridge, RSIM_CONVENTIONAL, 8, 0);

	(void)state;
	expect_same(a, b, true);
	expect_same(a, bridge, true);
	/* Blocking one blocks both: they have one entry. */
	assert_int_equal(rsim_claim_dma_owner(rsim_dev_group(a)), 0);
	assert_true(rsim_dev_blocked(a));
	assert_true(rsim_dev_blocked(b));
	rsim_free(w);
}

static void description_may_say_otherwise(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *p = add(w, NULL, RSIM_ROOT_PORT, 8, 0);
	struct rsim_dev *a = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = p, .new_group = true });
	struct rsim_dev *b = rsim_dev_add(w, &(struct rsim_dev_desc){
		.at.devfn = 0x80, .group = rsim_dev_group(a) });
	struct rsim_dev *c = rsim_dev_add(w, &(struct rsim_dev_desc){
		.at.devfn = 0x88, .no_iommu = true });

	(void)state;
	expect_same(a, p, false);
	expect_same(a, b, true);
	assert_ptr_equal(rsim_group_first(rsim_dev_group(a)), a);
	assert_ptr_equal(rsim_group_next(a), b);
	assert_null(rsim_group_next(b));
	assert_null(rsim_dev_group(c));
	assert_null(rsim_get_domain(c));
	rsim_free(w);
}

static void removed_device_leaves_its_group(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *p = add(w, NULL, RSIM_ROOT_PORT, 8, 0);
	struct rsim_dev *a = add(w, p, RSIM_ENDPOINT, 0, RSIM_CAP_ATS);
	struct rsim_dev *b = add(w, p, RSIM_ENDPOINT, 8, RSIM_CAP_ATS);
	struct rsim_group *g = rsim_dev_group(p);

	(void)state;
	map_page(w, rsim_group_domain(g), 0x1000);
	rsim_dev_remove(a);
	assert_ptr_equal(rsim_group_first(g), p);
	assert_ptr_equal(rsim_group_next(p), b);
	rsim_dev_remove(b);
	assert_null(rsim_group_next(p));
	assert_int_equal(rsim_unmap(rsim_group_domain(g), 0x1000,
				    RSIM_PAGE_SIZE), RSIM_PAGE_SIZE);
	/* A new one at the same place joins again. */
	b = add(w, p, RSIM_ENDPOINT, 8, RSIM_CAP_ATS);
	expect_same(p, b, true);
	rsim_free(w);
}

static void no_iommu_no_groups(void **state)
{
	struct rsim_config c = { .iommu = RSIM_IOMMU_NONE };
	struct rsim *w = rsim_new(&c);
	struct rsim_dev *a = add(w, NULL, RSIM_ENDPOINT, 8, USUAL_CAPS);

	(void)state;
	assert_null(rsim_dev_group(a));
	assert_int_equal(rsim_reset_function(a), 0);
	rsim_free(w);
}

static void device_joins_a_fenced_group_unfenced(void **state)
{
	struct machine m = machine_new("v7.1");
	struct rsim_dev *late;

	(void)state;
	rsim_world_proto(m.w)->prepare(m.dev);
	late = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.at.devfn = 0x80, .caps = USUAL_CAPS,
		.group = rsim_dev_group(m.dev) });
	assert_non_null(late);
	assert_false(rsim_dev_blocked(late));
	assert_ptr_equal(rsim_dev_hw_domain(late, RSIM_NO_PASID),
			 rsim_get_domain(late));
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(isolated_ports_keep_devices_apart),
		cmocka_unit_test(port_without_isolation_takes_its_devices_in),
		cmocka_unit_test(functions_of_a_device_share_unless_isolated),
		cmocka_unit_test(switch_port_without_isolation_joins_its_side),
		cmocka_unit_test(functions_behind_a_conventional_bridge_share),
		cmocka_unit_test(description_may_say_otherwise),
		cmocka_unit_test(removed_device_leaves_its_group),
		cmocka_unit_test(no_iommu_no_groups),
		cmocka_unit_test(device_joins_a_fenced_group_unfenced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
