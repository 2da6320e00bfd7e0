/* SPDX-License-Identifier: MIT */
/*
 * The host's memory runs out at every place where rsim asks for some: each
 * test runs once for the first allocation, once for the second, ... until
 * nothing is refused any more, and all that again with memory that does not
 * come back. Here: making worlds, machines and scripts.
 */
#include "memory.h"

static bool new_once(unsigned long n, bool all_after)
{
	struct rsim *w;
	bool refused;

	host_arm(&host, n, all_after);
	w = rsim_new(config(RSIM_IOMMU_VTD));
	refused = host_refused(&host);
	assert_true(refused == !w);
	rsim_free(w);
	return refused;
}

static void a_world_is_made_or_not(void **state)
{
	(void)state;
	for_each_allocation(new_once);
}

static void add_all(enum rsim_iommu iommu)
{
	struct rsim_dev *devs[KINDS];
	struct rsim *w = build(iommu, 0, false, devs);
	char *want = exported(w), *got;
	unsigned long n;
	bool refused, all;

	rsim_free(w);
	for (all = false;; all = true) {
		for (n = 1, refused = true; refused; n++) {
			w = build(iommu, n, all, devs);
			refused = host_refused(&host);
			got = exported(w);
			assert_string_equal(got, want);
			/* A failed add left nothing that a reset trips on. */
			assert_int_equal(rsim_reset_function(devs[1]), 0);
			free(got);
			rsim_free(w);
		}
		assert_true(n > KINDS);
		if (all)
			break;
	}
	free(want);
}

static void a_function_is_added_or_not(void **state)
{
	(void)state;
	add_all(RSIM_IOMMU_SMMUV3);
	add_all(RSIM_IOMMU_VTD);
	add_all(RSIM_IOMMU_AMD);
	add_all(RSIM_IOMMU_NONE);
}

static void load_all(const char *text, size_t len, const char *name,
		     bool all_after)
{
	struct rsim *w = world(RSIM_IOMMU_VTD);
	unsigned long n;
	char *want, *got;

	assert_int_equal(rsim_machine_parse(w, text, len, name), 0);
	want = exported(w);
	rsim_free(w);
	w = world(RSIM_IOMMU_VTD);
	for (n = 1;; n++) {
		struct rsim_memory before = rsim_memory(w), after;
		int ret;

		host_arm(&host, n, all_after);
		ret = rsim_machine_parse(w, text, len, name);
		if (!host_refused(&host)) {
			assert_int_equal(ret, 0);
			break;
		}
		assert_int_equal(ret, -ENOMEM);
		assert_ptr_equal(strstr(rsim_error(w), name), rsim_error(w));
		assert_null(rsim_dev_next(w, NULL));
		after = rsim_memory(w);
		assert_memory_equal(&before, &after, sizeof(before));
	}
	assert_true(n > 20);
	got = exported(w);
	assert_string_equal(got, want);
	free(got);
	free(want);
	rsim_free(w);
}

static void a_dump_is_loaded_or_not(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < DUMPS; i++) {
		size_t len;
		char *text = read_dump(i, &len);

		host_arm(&host, 0, false);
		load_all(text, len, dumps[i], false);
		load_all(text, len, dumps[i], true);
		free(text);
	}
}

static bool file_once(unsigned long n, bool all_after)
{
	struct rsim *w;
	bool refused;
	int ret;

	host_arm(&host, 0, false);
	w = world(RSIM_IOMMU_VTD);
	host_arm(&host, n, all_after);
	ret = rsim_machine_load(w, RSIM_TEST_DATA
				"/machines/i440fx/lspci-xxxx.txt");
	refused = host_refused(&host);
	assert_int_equal(ret, refused ? -ENOMEM : 0);
	assert_true(!refused == !!rsim_dev_next(w, NULL));
	rsim_free(w);
	return refused;
}

static void a_file_is_loaded_or_not(void **state)
{
	(void)state;
	for_each_allocation(file_once);
}

static int count_bytes(void *ctx, const char *s, size_t n)
{
	(void)s;
	*(size_t *)ctx += n;
	return 0;
}

static const char script[] =
	"case 1\n"
	"group g0 static_blocked=0\n"
	"dev d0 g0 ats=1 pasids=8 require_direct=0 deferred=0\n"
	"domain A0 g0\n"
	"attach g0 A0\n"
	"prepare d0\n"
	"done d0 ok\n"
	"detach g0\n"
	"case 2\n"
	"group g0 static_blocked=1\n"
	"dev d0 g0 ats=1 pasids=8 require_direct=0 deferred=0\n"
	"domain A0 g0\n"
	"attach_pasid d0 1 A0\n"
	"fail attach d0 -12\n"
	"prepare d0\n";

static bool conform_once(unsigned long n, bool all_after)
{
	struct rsim *w;
	size_t bytes = 0;
	bool refused;
	int ret;

	host_arm(&host, 0, false);
	w = world(RSIM_IOMMU_NONE);
	host_arm(&host, n, all_after);
	ret = rsim_conform(w, script, sizeof(script) - 1, "script",
			   rsim_proto_find("on-success"), count_bytes, &bytes);
	refused = host_refused(&host);
	assert_int_equal(ret, refused ? -ENOMEM : 0);
	if (refused)
		assert_ptr_equal(strstr(rsim_error(w), "script"),
				 rsim_error(w));
	rsim_free(w);
	return refused;
}

static void a_script_is_run_or_not(void **state)
{
	(void)state;
	for_each_allocation(conform_once);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_world_is_made_or_not),
		cmocka_unit_test(a_function_is_added_or_not),
		cmocka_unit_test(a_dump_is_loaded_or_not),
		cmocka_unit_test(a_file_is_loaded_or_not),
		cmocka_unit_test(a_script_is_run_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
