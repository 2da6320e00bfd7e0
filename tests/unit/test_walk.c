/* SPDX-License-Identifier: MIT */
/* Which methods are tried, in which order, under which locks. */
#include "helper.h"

static int answer;
static unsigned asked;

/* Answers @answer to a reset and yes to a probe. */
static int scripted(struct rsim_dev *dev, bool probe)
{
	(void)dev;
	if (probe)
		return 0;
	asked++;
	return answer;
}

static const struct rsim_device_reset scripted_quirk = {
	0x1111, 0x2222, scripted,
};

static struct machine scripted_machine(const char *proto)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto) };
	struct machine m = { .w = rsim_new(&c) };

	asked = 0;
	assert_int_equal(rsim_device_reset_add(m.w, &scripted_quirk), 0);
	m.port = add_port(m.w, 0, 1);
	m.dev = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = m.port, .vendor = 0x1111, .device = 0x2222,
		.caps = USUAL_CAPS });
	set_methods(m.dev, "device_specific flr");
	return m;
}

static void only_enotty_falls_through_to_the_next_method(void **state)
{
	static const int stops[] = {
		-EINVAL, -ENOMEM, -EBUSY, -ENODEV, -EAGAIN, -ETIMEDOUT, -EIO,
		-EPERM, -ENXIO, -EOPNOTSUPP,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		struct machine m = scripted_machine("v7.1");

		answer = stops[i];
		assert_int_equal(rsim_reset_function(m.dev), stops[i]);
		assert_int_equal(asked, 1);
		assert_int_equal(rsim_dev_resets(m.dev), 0);
		rsim_free(m.w);
	}
}

static void enotty_falls_through_and_success_ends_the_walk(void **state)
{
	struct machine m = scripted_machine("v7.1");

	(void)state;
	answer = -ENOTTY;
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	answer = 0;
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_int_equal(asked, 2);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	rsim_free(m.w);
}

static void same_method_twice_is_tried_twice(void **state)
{
	struct machine m = machine_new("v7.1");

	(void)state;
	set_methods(m.dev, "flr flr");
	add_fault(m.w, m.dev, "ready=never");
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_function(m.dev), -ENOTTY);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pcie_reset_flr"), 2);
	rsim_free(m.w);
}

static void methods_are_tried_in_the_order_written(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	set_methods(m.dev, "bus flr");
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_true(find_event(m.w, 0, RSIM_EV_CALL, m.dev,
			       "pci_reset_bus_function") >= 0);
	assert_int_equal(find_event(m.w, 0, RSIM_EV_CALL, m.dev,
				    "pcie_reset_flr"), NOT_FOUND);
	rsim_free(m.w);
}

static void empty_list_is_enotty_before_anything_is_saved(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	set_methods(m.dev, "");
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_function(m.dev), -ENOTTY);
	assert_int_equal(rsim_try_reset_function(m.dev), -ENOTTY);
	rsim_dev_lock(m.dev);
	assert_int_equal(rsim_reset_function_locked(m.dev), -ENOTTY);
	rsim_dev_unlock(m.dev);
	assert_int_equal(rsim_reset_walk(m.dev), -ENOTTY);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pci_dev_save_and_disable"), 0);
	rsim_free(m.w);
}

static int refuses(struct rsim_dev *dev, bool probe)
{
	(void)dev;
	return probe ? -EIO : 0;
}

static void probe_that_errs_cuts_the_list_off(void **state)
{
	static const struct rsim_device_reset quirk = { 0x1111, 0xffff,
							refuses };
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev;

	(void)state;
	rsim_device_reset_add(w, &quirk);
	dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.vendor = 0x1111, .caps = RSIM_CAP_FLR });
	assert_int_equal(rsim_dev_methods(dev)[0], RSIM_METHOD_NONE);
	rsim_free(w);
}

/* With prepare() in a probe its errno cuts the list off too (v7.0). */
static void fenced_probe_cuts_the_list_off_during_a_siblings_reset(void **state)
{
	struct rsim_config c = { .proto = rsim_proto_find("v7.0") };
	struct rsim *w = rsim_new(&c);
	struct rsim_dev *port = add_port(w, 0, 1), *port2 = add_port(w, 0, 2);
	struct rsim_dev *a = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port, .caps = USUAL_CAPS });
	struct rsim_dev *b = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port2, .caps = USUAL_CAPS,
		.group = rsim_dev_group(a) });

	(void)state;
	assert_int_equal(rsim_world_proto(w)->prepare(a), 0);
	set_methods(b, "default");
	assert_int_equal(rsim_dev_methods(b)[0], RSIM_METHOD_FLR);
	assert_int_equal(rsim_dev_methods(b)[1], RSIM_METHOD_PM);
	assert_int_equal(rsim_dev_methods(b)[2], RSIM_METHOD_NONE);
	assert_int_equal(rsim_reset_method_store(b, "bus"), -EINVAL);
	rsim_free(w);
}

/* The lock events of a call, as "+bridge device ...". */
static void expect_locks(struct machine *m, const struct rsim_dev *const *want,
			 unsigned n)
{
	unsigned i = 0;
	size_t k;

	for (k = 0; k < rsim_trace_count(m->w); k++) {
		const struct rsim_event *ev = rsim_trace_at(m->w, k);

		if (ev->kind != RSIM_EV_LOCK || strcmp(ev->what, "device"))
			continue;
		assert_true(i < n);
		assert_int_equal(ev->dev, rsim_dev_number(want[i++]));
	}
	assert_int_equal(i, n);
}

static void bridge_is_locked_first_and_only_by_pci_reset_function(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_trace_clear(m.w);
	rsim_reset_function(m.dev);
	expect_locks(&m, (const struct rsim_dev *[]){ m.port, m.dev }, 2);
	rsim_trace_clear(m.w);
	rsim_try_reset_function(m.dev);
	expect_locks(&m, (const struct rsim_dev *[]){ m.dev }, 1);
	rsim_free(m.w);
}

static void locks_are_free_after_every_reset(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	set_methods(m.dev, "flr");
	add_fault(m.w, m.dev, "ready=never");
	rsim_reset_function(m.dev);
	rsim_try_reset_function(m.dev);
	assert_true(rsim_dev_trylock(m.dev));
	assert_true(rsim_dev_trylock(m.port));
	rsim_dev_unlock(m.dev);
	rsim_dev_unlock(m.port);
	rsim_free(m.w);
}

struct run {
	struct rsim_dev *dev, *dev2;
	int ret, ret2;
	rsim_ns end, end2;
};

static void task_reset(struct rsim *w, void *arg)
{
	struct run *r = arg;

	r->ret = rsim_reset_function(r->dev);
	r->end = rsim_now(w);
}

static void task_reset2(struct rsim *w, void *arg)
{
	struct run *r = arg;

	r->ret2 = rsim_reset_function(r->dev2);
	r->end2 = rsim_now(w);
}

static void two_resets_below_one_bridge_are_serialised(void **state)
{
	struct machine m = machine_new("v7.1");
	struct run r = { .dev = m.dev };

	(void)state;
	r.dev2 = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = m.port, .at.devfn = 8, .caps = USUAL_CAPS });
	rsim_task_add(m.w, "a", task_reset, &r);
	rsim_task_add(m.w, "b", task_reset2, &r);
	assert_int_equal(rsim_run(m.w), 0);
	assert_int_equal(r.ret, 0);
	assert_int_equal(r.ret2, 0);
	assert_int_equal(r.end, 100 * MS);
	assert_int_equal(r.end2, 200 * MS);
	rsim_free(m.w);
}

static void two_resets_below_two_bridges_overlap(void **state)
{
	struct machine m = machine_new("v7.1");
	struct run r = { .dev = m.dev };

	(void)state;
	r.dev2 = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = add_port(m.w, 0, 2), .caps = USUAL_CAPS });
	rsim_task_add(m.w, "a", task_reset, &r);
	rsim_task_add(m.w, "b", task_reset2, &r);
	assert_int_equal(rsim_run(m.w), 0);
	assert_int_equal(r.end, 100 * MS);
	assert_int_equal(r.end2, 100 * MS);
	rsim_free(m.w);
}

static void task_try_later(struct rsim *w, void *arg)
{
	struct run *r = arg;

	rsim_sleep(w, 50 * MS);
	r->ret2 = rsim_try_reset_function(r->dev2);
	r->end2 = rsim_now(w);
}

static void try_reset_does_not_wait(void **state)
{
	struct machine m = machine_new(NULL);
	struct run r = { .dev = m.dev, .dev2 = m.dev };

	(void)state;
	rsim_task_add(m.w, "a", task_reset, &r);
	rsim_task_add(m.w, "b", task_try_later, &r);
	assert_int_equal(rsim_run(m.w), 0);
	assert_int_equal(r.ret, 0);
	assert_int_equal(r.ret2, -EAGAIN);
	assert_int_equal(r.end2, 50 * MS);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	rsim_free(m.w);
}

/* It does not lock the bridge, so a sibling's reset does not stop it. */
static void try_reset_of_a_sibling_goes_ahead(void **state)
{
	struct machine m = machine_new("v7.1");
	struct run r = { .dev = m.dev };

	(void)state;
	r.dev2 = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = m.port, .at.devfn = 8, .caps = USUAL_CAPS });
	rsim_task_add(m.w, "a", task_reset, &r);
	rsim_task_add(m.w, "b", task_try_later, &r);
	assert_int_equal(rsim_run(m.w), 0);
	assert_int_equal(r.ret2, 0);
	assert_int_equal(r.end2, 150 * MS);
	rsim_free(m.w);
}

static void task_user_access(struct rsim *w, void *arg)
{
	struct run *r = arg;

	rsim_sleep(w, 10 * MS);
	rsim_user_cfg_read(r->dev, PCI_VENDOR_ID, 4);
	r->end2 = rsim_now(w);
}

static void task_kernel_access(struct rsim *w, void *arg)
{
	struct run *r = arg;

	rsim_sleep(w, 10 * MS);
	rsim_cfg_read(r->dev, PCI_VENDOR_ID, 4);
	r->end2 = rsim_now(w);
}

static void user_config_access_waits_for_the_reset(void **state)
{
	struct machine m = machine_new(NULL);
	struct run r = { .dev = m.dev };

	(void)state;
	rsim_task_add(m.w, "a", task_reset, &r);
	rsim_task_add(m.w, "b", task_user_access, &r);
	assert_int_equal(rsim_run(m.w), 0);
	assert_int_equal(r.end2, 100 * MS);
	rsim_free(m.w);
}

static void kernel_config_access_does_not_wait(void **state)
{
	struct machine m = machine_new(NULL);
	struct run r = { .dev = m.dev };

	(void)state;
	rsim_task_add(m.w, "a", task_reset, &r);
	rsim_task_add(m.w, "b", task_kernel_access, &r);
	assert_int_equal(rsim_run(m.w), 0);
	assert_int_equal(r.end2, 10 * MS);
	rsim_free(m.w);
}

/* group.mutex is not held between prepare and done: others come in, and the
 * fence refuses them. */
static void task_attach(struct rsim *w, void *arg)
{
	struct run *r = arg;
	struct rsim_group *g = rsim_dev_group(r->dev);
	struct rsim_domain *d = rsim_domain_alloc(g, "late");

	rsim_sleep(w, 10 * MS);
	r->ret2 = rsim_attach_group(g, d);
	r->end2 = rsim_now(w);
}

static void attach_during_reset_is_refused_at_once(void **state)
{
	static const char *const protos[] = { "v7.0", "on-success", "v7.1",
					      "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = machine_new(protos[i]);
		struct run r = { .dev = m.dev };

		rsim_task_add(m.w, "a", task_reset, &r);
		rsim_task_add(m.w, "b", task_attach, &r);
		assert_int_equal(rsim_run(m.w), 0);
		assert_int_equal(r.ret, 0);
		assert_int_equal(r.ret2, -EBUSY);
		assert_int_equal(r.end2, 10 * MS);
		rsim_free(m.w);
	}
}

static void locked_variant_wants_the_lock(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	assert_misuse(rsim_reset_function_locked(m.dev),
		      "rsim_reset_function_locked: the caller");
	rsim_dev_lock(m.dev);
	assert_misuse_void(rsim_dev_lock(m.dev), "rsim_dev_lock: the caller");
	assert_int_equal(rsim_reset_function_locked(m.dev), 0);
	rsim_dev_unlock(m.dev);
	assert_misuse_void(rsim_dev_unlock(m.dev),
			   "rsim_dev_unlock: the caller");
	assert_misuse(rsim_reset_function(NULL), "rsim_reset_function: dev");
	assert_misuse(rsim_try_reset_function(NULL),
		      "rsim_try_reset_function: dev");
	assert_misuse(rsim_reset_walk(NULL), "rsim_reset_walk: dev");
	assert_misuse(rsim_reset_method(m.dev, RSIM_METHOD_NONE, true),
		      "rsim_reset_method: no such");
	assert_misuse(rsim_reset_method(m.dev, RSIM_METHODS, true),
		      "rsim_reset_method: no such");
	rsim_free(m.w);
}

static void method_names_are_those_of_sysfs(void **state)
{
	static const char *const names[] = { NULL, "device_specific", "acpi",
					     "flr", "af_flr", "pm", "bus",
					     "cxl_bus", NULL };
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i])
			assert_string_equal(rsim_method_name(i), names[i]);
		else
			assert_null(rsim_method_name(i));
}

/* What the silicon does not say, the walk does not undo. */
static void walk_alone_saves_and_restores_nothing(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_cfg_write(m.dev, PCI_INTERRUPT_LINE, 1, 0x55);
	assert_int_equal(rsim_reset_walk(m.dev), 0);
	assert_int_equal(rsim_cfg_peek(m.dev, PCI_INTERRUPT_LINE, 1), 0);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_enotty_falls_through_to_the_next_method),
		cmocka_unit_test(
			enotty_falls_through_and_success_ends_the_walk),
		cmocka_unit_test(same_method_twice_is_tried_twice),
		cmocka_unit_test(methods_are_tried_in_the_order_written),
		cmocka_unit_test(empty_list_is_enotty_before_anything_is_saved),
		cmocka_unit_test(probe_that_errs_cuts_the_list_off),
		cmocka_unit_test(
			fenced_probe_cuts_the_list_off_during_a_siblings_reset),
		cmocka_unit_test(
			bridge_is_locked_first_and_only_by_pci_reset_function),
		cmocka_unit_test(locks_are_free_after_every_reset),
		cmocka_unit_test(two_resets_below_one_bridge_are_serialised),
		cmocka_unit_test(two_resets_below_two_bridges_overlap),
		cmocka_unit_test(try_reset_does_not_wait),
		cmocka_unit_test(try_reset_of_a_sibling_goes_ahead),
		cmocka_unit_test(user_config_access_waits_for_the_reset),
		cmocka_unit_test(kernel_config_access_does_not_wait),
		cmocka_unit_test(attach_during_reset_is_refused_at_once),
		cmocka_unit_test(locked_variant_wants_the_lock),
		cmocka_unit_test(method_names_are_those_of_sysfs),
		cmocka_unit_test(walk_alone_saves_and_restores_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
