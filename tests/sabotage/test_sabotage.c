/* SPDX-License-Identifier: MIT */
/*
 * Each test breaks the model or the protocol in one way. The rule that guards
 * that promise must fire, and no other; and without the sabotage none may.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <rsim/rsim.h>

struct scene {
	struct rsim *w;
	struct rsim_dev *port, *a, *b;
	struct rsim_checks *checks;
};

/* Two devices of one group on v7.1, which nothing is wrong with here. */
static struct scene scene(const struct rsim_proto *proto, enum rsim_iommu iommu)
{
	struct scene s = { 0 };
	unsigned caps = RSIM_CAP_FLR | RSIM_CAP_ATS | RSIM_CAP_PM;

	s.w = rsim_new(&(struct rsim_config){ .proto = proto,
					      .iommu = iommu });
	s.port = rsim_dev_add(s.w, &(struct rsim_dev_desc){
		.type = RSIM_ROOT_PORT, .caps = RSIM_CAP_ACS,
	});
	s.a = rsim_dev_add(s.w, &(struct rsim_dev_desc){
		.name = "a", .parent = s.port, .caps = caps,
	});
	s.b = rsim_dev_add(s.w, &(struct rsim_dev_desc){
		.name = "b", .type = RSIM_RCIEP, .at = { .devfn = 0x20 },
		.group = rsim_dev_group(s.a), .caps = caps,
	});
	assert_non_null(s.b);
	s.checks = rsim_checks_new(s.w);
	assert_non_null(s.checks);
	return s;
}

static void only(struct scene *s, const char *rule)
{
	const struct rsim_violation *v;
	unsigned i, n = rsim_checks_end(s->checks);
	char *report = rsim_checks_report(s->checks);

	assert_non_null(report);
	if (rule && !n)
		fail_msg("%s did not fire", rule);
	for (i = 0; (v = rsim_checks_at(s->checks, i)); i++)
		if (!rule || strcmp(v->rule->name, rule))
			fail_msg("not meant to fire:\n%s", report);
	if (rule) {
		v = rsim_checks_at(s->checks, 0);
		assert_non_null(strstr(report, v->what));
		assert_non_null(strstr(report, v->rule->source));
		assert_non_null(strstr(report, v->rule->look_at));
	}
	free(report);
	rsim_checks_free(s->checks);
	rsim_free(s->w);
}

static struct rsim_proto sound(void)
{
	struct rsim_proto p = *rsim_proto_find("v7.1");

	/* The hooks below are not written for probes. */
	p.probe_fences = false;
	return p;
}

static void nothing_fires_on_a_sound_model(void **state)
{
	struct scene s = scene(NULL, RSIM_IOMMU_SMMUV3);
	rsim_phys page = rsim_page_alloc(s.w, 1);

	(void)state;
	rsim_map(rsim_get_domain(s.a), 0x1000, page, 4096, true);
	rsim_dma_access(s.a, RSIM_NO_PASID, 0x1000, true);
	assert_int_equal(rsim_reset_function(s.a), 0);
	rsim_dma_access(s.a, RSIM_NO_PASID, 0x1000, true);
	rsim_unmap(rsim_get_domain(s.a), 0x1000, 4096);
	rsim_page_free(s.w, page);
	assert_int_equal(rsim_reset_function(s.b), 0);
	only(&s, NULL);
}

static void an_unanswered_invalidation_fires_stale_dma(void **state)
{
	struct scene s = scene(NULL, RSIM_IOMMU_SMMUV3);
	rsim_phys page = rsim_page_alloc(s.w, 1);

	(void)state;
	rsim_map(rsim_get_domain(s.a), 0x1000, page, 4096, true);
	rsim_dma_access(s.a, RSIM_NO_PASID, 0x1000, true);
	rsim_fault_add(s.w, &(struct rsim_fault){
		.point = RSIM_FAULT_ATC_INV, .dev = s.a, .count = 1 });
	rsim_unmap(rsim_get_domain(s.a), 0x1000, 4096);
	rsim_page_free(s.w, page);
	rsim_page_alloc(s.w, 2);
	rsim_dma_access(s.a, RSIM_NO_PASID, 0x1000, true);
	only(&s, "stale-dma");
}

static int parks_nobody(struct rsim_dev *dev)
{
	(void)dev;
	return 0;
}

static void does_nothing(struct rsim_dev *dev, bool succeeded)
{
	(void)dev;
	(void)succeeded;
}

static void a_prepare_that_parks_nobody_fires_blocked_in_reset(void **state)
{
	struct rsim_proto p = sound();
	struct scene s;

	(void)state;
	p.prepare = parks_nobody;
	p.done = does_nothing;
	s = scene(&p, RSIM_IOMMU_SMMUV3);
	rsim_reset_function(s.a);
	only(&s, "blocked-in-reset");
}

static void done_after_a_failure_fires_not_unfenced_dirty(void **state)
{
	struct rsim_proto p = sound();
	struct scene s = scene(&p, RSIM_IOMMU_VTD);

	(void)state;
	rsim_reset_method_store(s.a, "flr");
	rsim_fault_add(s.w, &(struct rsim_fault){
		.point = RSIM_FAULT_READY, .dev = s.a });
	rsim_reset_function(s.a);
	only(&s, "not-unfenced-dirty");
}

/* done() counts, and leaves the device where it is. */
static void forgets_the_attach(struct rsim_dev *dev, bool succeeded)
{
	struct rsim_group *g = rsim_fence_lock(dev);

	(void)succeeded;
	rsim_fence_dev(dev)->reset_depth--;
	rsim_fence_dev(dev)->blocked = false;
	rsim_fence_group(g)->recovery_cnt--;
	rsim_fence_unlock(g);
}

static void a_done_without_attach_fires_restored(void **state)
{
	struct rsim_proto p = sound();
	struct scene s;

	(void)state;
	p.done = forgets_the_attach;
	s = scene(&p, RSIM_IOMMU_SMMUV3);
	rsim_reset_method_store(s.a, "flr");
	rsim_trace_clear(s.w);
	rsim_reset_function(s.a);
	only(&s, "restored");
}

static void lies_about_old(struct rsim_dev *dev, bool succeeded)
{
	struct rsim_group *g = rsim_fence_lock(dev);

	rsim_fence_attach(dev, rsim_group_domain(g), NULL);
	rsim_fence_unlock(g);
	forgets_the_attach(dev, succeeded);
}

static void a_wrong_old_domain_fires_old_domain(void **state)
{
	struct rsim_proto p = sound();
	struct scene s;

	(void)state;
	p.done = lies_about_old;
	s = scene(&p, RSIM_IOMMU_SMMUV3);
	rsim_reset_function(s.a);
	only(&s, "old-domain");
}

static void forgets_to_count(struct rsim_dev *dev, bool succeeded)
{
	rsim_proto_find("v7.1")->done(dev, succeeded);
	rsim_fence_group(rsim_dev_group(dev))->recovery_cnt++;
}

static void a_forgotten_count_fires_balanced(void **state)
{
	struct rsim_proto p = sound();
	struct scene s;

	(void)state;
	p.done = forgets_to_count;
	s = scene(&p, RSIM_IOMMU_SMMUV3);
	rsim_reset_function(s.a);
	only(&s, "balanced");
}

static void touches_the_sibling(struct rsim_dev *dev, bool succeeded)
{
	struct rsim_group *g = rsim_dev_group(dev);
	struct rsim_dev *d;

	rsim_fence_lock(dev);
	for (d = rsim_group_first(g); d; d = rsim_group_next(d))
		if (d != dev)
			rsim_fence_attach(d, rsim_group_domain(g),
					  rsim_group_domain(g));
	rsim_fence_unlock(g);
	rsim_proto_find("v7.1")->done(dev, succeeded);
}

static void an_attach_of_the_sibling_fires_sibling_untouched(void **state)
{
	struct rsim_proto p = sound();
	struct scene s;

	(void)state;
	p.done = touches_the_sibling;
	s = scene(&p, RSIM_IOMMU_SMMUV3);
	rsim_reset_function(s.a);
	only(&s, "sibling-untouched");
}

static struct rsim_domain *freed;

static void attaches_the_freed(struct rsim_dev *dev, bool succeeded)
{
	struct rsim_group *g = rsim_fence_lock(dev);

	rsim_fence_attach(dev, freed, rsim_group_blocking(g));
	rsim_fence_attach(dev, rsim_group_domain(g), freed);
	rsim_fence_unlock(g);
	forgets_the_attach(dev, succeeded);
}

/* The driver is not asked what it is on: that is another rule's affair. */
static struct rsim_domain *not_told(struct rsim_dev *dev)
{
	(void)dev;
	return NULL;
}

static void a_freed_domain_fires_no_freed_domain(void **state)
{
	struct rsim_proto p = sound();
	struct scene s;

	(void)state;
	p.done = attaches_the_freed;
	p.domain_of = not_told;
	s = scene(&p, RSIM_IOMMU_SMMUV3);
	freed = rsim_domain_alloc(rsim_dev_group(s.a), "freed");
	rsim_domain_free(freed);
	rsim_reset_function(s.a);
	only(&s, "no-freed-domain");
}

static void an_ignored_reset_fires_no_false_success(void **state)
{
	struct scene s = scene(NULL, RSIM_IOMMU_SMMUV3);

	(void)state;
	rsim_fault_add(s.w, &(struct rsim_fault){
		.point = RSIM_FAULT_NO_RESET, .dev = s.a, .count = 1 });
	assert_int_equal(rsim_reset_function(s.a), 0);
	only(&s, "no-false-success");
}

static int warns(struct rsim_dev *dev)
{
	rsim_fence_warn_prepare(dev);
	return rsim_proto_find("v7.1")->prepare(dev);
}

static void a_warning_fires_no_warn(void **state)
{
	struct rsim_proto p = sound();
	struct scene s;

	(void)state;
	p.prepare = warns;
	s = scene(&p, RSIM_IOMMU_SMMUV3);
	rsim_reset_function(s.a);
	only(&s, "no-warn");
}

static void lock_two(struct rsim *w, void *arg)
{
	struct rsim_dev **devs = arg;

	rsim_dev_lock(devs[0]);
	rsim_sleep(w, RSIM_NS_PER_MS);
	rsim_dev_lock(devs[1]);
	rsim_dev_unlock(devs[1]);
	rsim_dev_unlock(devs[0]);
}

static void crossed_locks_fire_progress(void **state)
{
	struct scene s = scene(NULL, RSIM_IOMMU_SMMUV3);
	struct rsim_dev *ab[] = { s.a, s.b }, *ba[] = { s.b, s.a };

	(void)state;
	rsim_task_add(s.w, "one", lock_two, ab);
	rsim_task_add(s.w, "two", lock_two, ba);
	assert_int_equal(rsim_run(s.w), -35);	/* -EDEADLK */
	only(&s, "progress");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_fires_on_a_sound_model),
		cmocka_unit_test(an_unanswered_invalidation_fires_stale_dma),
		cmocka_unit_test(
			a_prepare_that_parks_nobody_fires_blocked_in_reset),
		cmocka_unit_test(
			done_after_a_failure_fires_not_unfenced_dirty),
		cmocka_unit_test(a_done_without_attach_fires_restored),
		cmocka_unit_test(a_wrong_old_domain_fires_old_domain),
		cmocka_unit_test(a_forgotten_count_fires_balanced),
		cmocka_unit_test(
			an_attach_of_the_sibling_fires_sibling_untouched),
		cmocka_unit_test(a_freed_domain_fires_no_freed_domain),
		cmocka_unit_test(an_ignored_reset_fires_no_false_success),
		cmocka_unit_test(a_warning_fires_no_warn),
		cmocka_unit_test(crossed_locks_fire_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
