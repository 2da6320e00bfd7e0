/* SPDX-License-Identifier: MIT */
/*
 * One reset, four protocols: what it returns, how long it sleeps, what it
 * leaves behind. Every row holds for the PCI code of each kernel that it
 * names.
 */
#include "helper.h"

enum { V7_0 = 1, V6_12 = 2, V7_3 = 4, ALL_KERNELS = 7 };
enum { COLUMNS = 4 };

static const char *const protos[COLUMNS] = {
	"v7.0", "on-success", "v7.1", "quarantine",
};

static const struct {
	unsigned bit;
	enum rsim_kernel kernel;
	const char *name;
} kernels[] = {
	{ V7_0, RSIM_KERNEL_7_0, "7.0" },
	{ V6_12, RSIM_KERNEL_6_12, "6.12" },
	{ V7_3, RSIM_KERNEL_7_3, "7.3" },
};

struct outcome {
	long ret;
	unsigned slept;		/* ms */
	bool parked, fenced;
	unsigned warns;
	unsigned kept;		/* messages "kept_blocked" */
	unsigned resets;	/* that the silicon really did */
};

struct row {
	const char *name;
	unsigned kernels;
	unsigned drop_caps, caps, port_caps;	/* beside the usual ones */
	uint32_t ready_flr;
	const char *methods;	/* NULL: as found when it was added */
	const char *fault;
	const char *message;	/* one more message, and how often it comes */
	unsigned messages;
	bool no_static_blocked, nvme, two_functions, unplug;
	long (*run)(struct machine *m);
	/* while the walk calls this method, was the device open before it? */
	const char *between;
	bool open_between[COLUMNS];
	struct outcome want[COLUMNS];
};

static long reset(struct machine *m)
{
	return rsim_reset_function(m->dev);
}

/* The walk alone: saving the state would wake the device up. */
static long reset_asleep(struct machine *m)
{
	rsim_dev_set_power_state(m->dev, 3);
	return rsim_reset_walk(m->dev);
}

static long reset_then_attach(struct machine *m)
{
	struct rsim_group *g = rsim_dev_group(m->dev);
	struct rsim_domain *d = rsim_domain_alloc(g, "new");

	assert_int_equal(rsim_reset_function(m->dev), -ENOTTY);
	return rsim_attach_group(g, d);
}

static long reset_then_default(struct machine *m)
{
	assert_int_equal(rsim_reset_function(m->dev), -ENOTTY);
	return rsim_reset_method_store(m->dev, "default");
}

static long write_default(struct machine *m)
{
	return rsim_reset_method_store(m->dev, "default");
}

static long done_only(struct machine *m)
{
	rsim_world_proto(m->w)->done(m->dev, true);
	return 0;
}

/* Is the stream entry open just before event @at? */
static bool open_before(struct machine *m, int at)
{
	while (--at >= 0) {
		const struct rsim_event *ev = rsim_trace_at(m->w, (size_t)at);

		if (ev->kind == RSIM_EV_STE &&
		    ev->dev == rsim_dev_number(m->dev))
			return !strncmp(ev->what, "translate", 9);
	}
	return true;
}

/* A number stands for the last sleep of so many ms, a word for a call. */
static int place_of(struct machine *m, const char *what)
{
	uint64_t ns = strtoull(what, NULL, 10) * MS;
	size_t i;

	if (!ns)
		return find_event(m->w, 0, RSIM_EV_CALL, m->dev, what);
	for (i = rsim_trace_count(m->w); i-- > 0;) {
		const struct rsim_event *ev = rsim_trace_at(m->w, i);

		if (ev->kind == RSIM_EV_SLEEP && ev->a == ns)
			return (int)i;
	}
	return NOT_FOUND;
}

#define NEVER_READY 65635u	/* 100 + 65535 */
#define SBR 122u		/* 2 + 20 + 100 */

static const struct row rows[] = {
	{ "1 FLR", ALL_KERNELS, .methods = "flr bus", .run = reset,
	  .want = { { 0, 100, .resets = 1 }, { 0, 100, .resets = 1 },
		    { 0, 100, .resets = 1 }, { 0, 100, .resets = 1 } } },
	{ "2 transactions stay pending", ALL_KERNELS, .methods = "flr bus",
	  .fault = "trpnd", .run = reset,
	  .message = "transactions pending, FLR anyway", .messages = 1,
	  .want = { { 0, 800, .resets = 1 }, { 0, 800, .resets = 1 },
		    { 0, 800, .resets = 1 }, { 0, 800, .resets = 1 } } },
	{ "3 ready after 1500 ms", ALL_KERNELS, .methods = "flr bus",
	  .ready_flr = 1600, .run = reset,
	  .message = "not ready, waiting", .messages = 1,
	  .want = { { 0, 2147, .resets = 1 }, { 0, 2147, .resets = 1 },
		    { 0, 2147, .resets = 1 }, { 0, 2147, .resets = 1 } } },
	{ "4 never ready", ALL_KERNELS, .methods = "flr",
	  .fault = "ready=never", .run = reset,
	  .message = "not ready, giving up", .messages = 1,
	  .want = { { -ENOTTY, NEVER_READY },
		    { -ENOTTY, NEVER_READY, true, true, .kept = 1 },
		    { -ENOTTY, NEVER_READY },
		    { -ENOTTY, NEVER_READY, true, true, .kept = 1 } } },
	{ "5 FLR never ends, bus works", ALL_KERNELS, .methods = "flr bus",
	  .ready_flr = RSIM_NEVER, .run = reset,
	  .between = "pci_reset_bus_function",
	  .open_between = { true, false, true, false },
	  .want = { { 0, NEVER_READY + SBR, .resets = 1 },
		    { 0, NEVER_READY + SBR, .kept = 1, .resets = 1 },
		    { 0, NEVER_READY + SBR, .resets = 1 },
		    { 0, NEVER_READY + SBR, .kept = 1, .resets = 1 } } },
	{ "6 pm of a device that is not in D0", ALL_KERNELS,
	  .methods = "pm flr", .run = reset_asleep,
	  .message = "cannot stop the IOMMU", .messages = 0,
	  .want = { { -EINVAL, 0 }, { -EINVAL, 0 }, { -EINVAL, 0 },
		    { -EINVAL, 0 } } },
	{ "7 immediate readiness", ALL_KERNELS, .methods = "flr bus",
	  .caps = RSIM_CAP_IMM_READY, .run = reset,
	  .want = { { 0, 0, .resets = 1 }, { 0, 0, .resets = 1 },
		    { 0, 0, .resets = 1 }, { 0, 0, .resets = 1 } } },
	{ "8 no blocking domain", ALL_KERNELS, .no_static_blocked = true,
	  .fault = "alloc", .run = reset,
	  .message = "cannot stop the IOMMU", .messages = 1,
	  .want = { { -ENOMEM, 0 }, { -ENOMEM, 0 }, { -ENOMEM, 0 },
		    { -ENOMEM, 0 } } },
	{ "9 cxl_bus below a masked port", ALL_KERNELS, .methods = "cxl_bus",
	  .port_caps = RSIM_CAP_CXL_PORT, .run = reset,
	  .want = { { -EBUSY, 0, .warns = 1 }, { 0, SBR, .resets = 1 },
		    { 0, SBR, .resets = 1 }, { 0, SBR, .resets = 1 } } },
	{ "10 a quirk around an FLR", ALL_KERNELS, .nvme = true,
	  .methods = "device_specific", .run = reset, .between = "250",
	  .open_between = { false, true, false, false },
	  .want = { { 0, 250, .warns = 1 }, { 0, 350, .resets = 1 },
		    { 0, 350, .resets = 1 }, { 0, 350, .resets = 1 } } },
	{ "11 the same, never ready", ALL_KERNELS, .nvme = true,
	  .methods = "device_specific", .fault = "ready=never", .run = reset,
	  .between = "250", .open_between = { false, false, false, false },
	  .want = { { 0, 250, .warns = 1 },
		    { 0, NEVER_READY + 250, .kept = 1 },
		    { 0, NEVER_READY + 250 }, { 0, NEVER_READY + 250 } } },
	{ "12 never ready, then an attach", ALL_KERNELS, .methods = "flr",
	  .fault = "ready=never", .run = reset_then_attach,
	  .want = { { 0, NEVER_READY },
		    { -EBUSY, NEVER_READY, true, true, .kept = 1 },
		    { 0, NEVER_READY },
		    { -EBUSY, NEVER_READY, true, true, .kept = 1 } } },
	{ "13 never ready, then methods are looked for again", ALL_KERNELS,
	  .methods = "flr", .fault = "ready=never", .run = reset_then_default,
	  .want = { { 7, NEVER_READY }, { 7, NEVER_READY, .kept = 1 },
		    { 7, NEVER_READY }, { 7, NEVER_READY, .kept = 1 } } },
	{ "14 methods are looked for on a bus of two", ALL_KERNELS,
	  .two_functions = true, .run = write_default,
	  .want = { { 7, 0 }, { 7, 0, true, true, .kept = 1 }, { 7, 0 },
		    { 7, 0, true, true, .kept = 1 } } },
	{ "15 done without prepare", ALL_KERNELS, .run = done_only,
	  .want = { { 0, 0 }, { 0, 0 }, { 0, 0, .warns = 1 },
		    { 0, 0, .warns = 1 } } },
	{ "20 never ready, no ATS", ALL_KERNELS, .methods = "flr",
	  .drop_caps = RSIM_CAP_ATS, .fault = "ready=never", .run = reset,
	  .want = { { -ENOTTY, NEVER_READY }, { -ENOTTY, NEVER_READY },
		    { -ENOTTY, NEVER_READY }, { -ENOTTY, NEVER_READY } } },
	{ "21 gone, RRS visible: 7.0 takes it for ready", V7_0,
	  .methods = "flr", .port_caps = RSIM_CAP_RRS_SV, .unplug = true,
	  .run = reset,
	  .want = { { 0, 800 }, { 0, 800 }, { 0, 800 }, { 0, 800 } } },
	{ "21 gone, RRS visible: 6.12 waits", V6_12,
	  .methods = "flr", .port_caps = RSIM_CAP_RRS_SV, .unplug = true,
	  .run = reset, .message = "not ready, giving up", .messages = 1,
	  .want = { { -ENOTTY, 66335 },
		    { -ENOTTY, 66335, true, true, .kept = 1 },
		    { -ENOTTY, 66335 },
		    { -ENOTTY, 66335, true, true, .kept = 1 } } },
	{ "21 gone, RRS visible: 7.3 does not try", V7_3,
	  .methods = "flr", .port_caps = RSIM_CAP_RRS_SV, .unplug = true,
	  .run = reset,
	  .message = "config space inaccessible, no FLR", .messages = 1,
	  .want = { { -ENOTTY, 0 }, { -ENOTTY, 0 }, { -ENOTTY, 0 },
		    { -ENOTTY, 0 } } },
};

static struct machine build(const struct row *r, unsigned column,
			    enum rsim_kernel kernel)
{
	struct rsim_config c = {
		.proto = rsim_proto_find(protos[column]),
		.kernel = kernel,
		.no_static_blocked = r->no_static_blocked,
	};
	struct rsim_dev_desc d = {
		.name = "dev",
		.caps = (USUAL_CAPS | r->caps) & ~r->drop_caps,
		.vendor = r->nvme ? 0x8086 : 0,
		.device = r->nvme ? 0x0a54 : 0,
		.ready_ms.flr = r->ready_flr,
		.new_group = true,
	};
	struct machine m = machine_of(&c, &d, r->port_caps);

	if (r->two_functions)
		assert_non_null(rsim_dev_add(m.w, &(struct rsim_dev_desc){
			.parent = m.port, .at.devfn = 1 << 3,
			.new_group = true }));
	if (r->methods)
		set_methods(m.dev, r->methods);
	if (r->fault)
		add_fault(m.w, strcmp(r->fault, "alloc") ? m.dev : NULL,
			  r->fault);
	if (r->unplug)
		rsim_dev_unplug(m.dev);
	rsim_trace_clear(m.w);
	return m;
}

static unsigned wrong;

static void expect(const struct row *r, const char *proto, const char *kernel,
		   const char *what, long got, long want)
{
	if (got == want)
		return;
	print_error("row %s, %s on %s: %s is %ld, not %ld\n", r->name, proto,
		    kernel, what, got, want);
	wrong++;
}

static void check(const struct row *r, unsigned column, unsigned k)
{
	const struct outcome *want = &r->want[column];
	struct machine m = build(r, column, kernels[k].kernel);
	const char *p = protos[column], *v = kernels[k].name;
	long ret = r->run(&m);

	expect(r, p, v, "the result", ret, want->ret);
	expect(r, p, v, "the time slept", slept_ms(m.w), want->slept);
	expect(r, p, v, "parked", rsim_dev_blocked(m.dev), want->parked);
	expect(r, p, v, "fenced", rsim_group_fenced(rsim_dev_group(m.dev)),
	       want->fenced);
	expect(r, p, v, "the WARNs", rsim_warn_count(m.w, NULL), want->warns);
	expect(r, p, v, "kept_blocked",
	       rsim_log_count(m.w, m.dev, "kept_blocked"), want->kept);
	expect(r, p, v, "real resets", rsim_dev_resets(m.dev), want->resets);
	expect(r, p, v, "the depth", rsim_fence_dev(m.dev)->reset_depth, 0);
	if (r->message)
		expect(r, p, v, r->message,
		       rsim_log_count(m.w, m.dev, r->message), r->messages);
	if (r->between) {
		int at = place_of(&m, r->between);

		/* Where the first method ends the walk there is none. */
		if (at >= 0)
			expect(r, p, v, "open in between", open_before(&m, at),
			       r->open_between[column]);
		else
			expect(r, p, v, "the place in between", at, 0);
	}
	rsim_free(m.w);
}

static void every_row_comes_out_as_specified(void **state)
{
	size_t i;
	unsigned c, k;

	(void)state;
	wrong = 0;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (k = 0; k < 3; k++)
			for (c = 0; c < COLUMNS; c++)
				if (rows[i].kernels & kernels[k].bit)
					check(&rows[i], c, k);
	assert_int_equal(wrong, 0);
}

/* Row 9 again: whatever happens, the port gets its mask back. */
static void port_control_is_restored_after_cxl_bus(void **state)
{
	unsigned c;

	(void)state;
	for (c = 0; c < COLUMNS; c++) {
		struct machine m = build(&rows[8], c, RSIM_KERNEL_7_3);
		unsigned p = rsim_dev_ext_cap(m.port, PCI_EXT_CAP_ID_DVSEC);

		rsim_reset_function(m.dev);
		assert_int_equal(rsim_cfg_peek(m.port, p + 0x0c, 2), 0);
		rsim_free(m.w);
	}
}

/* Row 8 again: nothing is left that would refuse the next reset. */
static void reset_works_once_memory_is_back(void **state)
{
	unsigned c;

	(void)state;
	for (c = 0; c < COLUMNS; c++) {
		struct machine m = build(&rows[7], c, RSIM_KERNEL_7_3);

		assert_int_equal(rsim_reset_function(m.dev), -ENOMEM);
		rsim_fault_clear(m.w, RSIM_FAULT_ALLOC, NULL);
		assert_int_equal(rsim_reset_function(m.dev), 0);
		assert_int_equal(rsim_dev_resets(m.dev), 1);
		assert_false(rsim_group_fenced(rsim_dev_group(m.dev)));
		rsim_free(m.w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_comes_out_as_specified),
		cmocka_unit_test(port_control_is_restored_after_cxl_bus),
		cmocka_unit_test(reset_works_once_memory_is_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
