/* SPDX-License-Identifier: MIT */
/* How long Linux waits, read by read. */
#include "helper.h"

/* Reads of @off between the first call of pci_dev_wait() and its return. */
static unsigned polls(struct rsim *w, unsigned off)
{
	int i = find_event(w, 0, RSIM_EV_CALL, NULL, "pci_dev_wait");
	int end = find_event(w, (size_t)i, RSIM_EV_RET, NULL, "pci_dev_wait");
	unsigned n = 0;

	assert_true(i >= 0 && end > i);
	for (; i < end; i++) {
		const struct rsim_event *ev = rsim_trace_at(w, (size_t)i);

		n += ev->kind == RSIM_EV_CFG_READ && ev->a == off;
	}
	return n;
}

/* The number that came with the n-th message @msg. */
static uint64_t said(struct rsim *w, const char *msg, unsigned n)
{
	int i = -1;

	do {
		i = find_event(w, (size_t)i + 1, RSIM_EV_LOG, NULL, msg);
		assert_true(i >= 0);
	} while (n-- > 0);
	return rsim_trace_at(w, (size_t)i)->a;
}

static struct machine slow_link(enum rsim_speed speed, unsigned port_caps,
				uint32_t ready, uint32_t train)
{
	struct machine m = { .w = rsim_new(NULL) };

	m.port = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.type = RSIM_ROOT_PORT, .at.devfn = 1 << 3, .speed = speed,
		.caps = RSIM_CAP_ACS | port_caps, .link_train_ms = train });
	m.dev = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = m.port, .caps = RSIM_CAP_PM | RSIM_CAP_ATS,
		.ready_ms.bus = ready });
	rsim_trace_clear(m.w);
	return m;
}

static void readiness_poll_gives_up_after_65535_ms_and_17_reads(void **state)
{
	struct machine m = machine_new(NULL);
	unsigned i;

	(void)state;
	set_methods(m.dev, "flr");
	add_fault(m.w, m.dev, "ready=never");
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_function(m.dev), -ENOTTY);
	assert_int_equal(slept_ms(m.w), 100 + 65535);
	assert_int_equal(polls(m.w, PCI_COMMAND), 17);
	assert_int_equal(rsim_log_count(m.w, m.dev, "not ready, waiting"), 6);
	for (i = 0; i < 6; i++)
		assert_int_equal(said(m.w, "not ready, waiting", i),
				 (1024u << i) - 1);
	assert_int_equal(said(m.w, "not ready, giving up", 0), 65535);
	assert_int_equal(rsim_log_count(m.w, m.dev, "ready"), 0);
	rsim_free(m.w);
}

/* After a second the link is looked at, once. */
static void retraining_is_thought_of_once(void **state)
{
	struct machine m = machine_new(NULL);
	unsigned sta = rsim_dev_cap(m.port, PCI_CAP_ID_EXP) + PCI_EXP_LNKSTA;
	unsigned n = 0;
	size_t i;

	(void)state;
	set_methods(m.dev, "flr");
	add_fault(m.w, m.dev, "ready=never");
	rsim_trace_clear(m.w);
	rsim_reset_function(m.dev);
	for (i = 0; i < rsim_trace_count(m.w); i++) {
		const struct rsim_event *ev = rsim_trace_at(m.w, i);

		if (ev->kind != RSIM_EV_CFG_READ || ev->a != sta ||
		    ev->dev != rsim_dev_number(m.port))
			continue;
		assert_int_equal(ev->time / MS, 100 + 1023);
		n++;
	}
	assert_int_equal(n, 1);
	rsim_free(m.w);
}

static void readiness_is_seen_at_the_first_read_after_it(void **state)
{
	static const struct {
		uint32_t ready;
		unsigned slept;
	} rows[] = {
		{ 0, 100 }, { 100, 100 }, { 101, 101 }, { 102, 103 },
		{ 103, 103 }, { 104, 107 }, { 1123, 1123 }, { 1124, 2147 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rsim_config c = { 0 };
		struct rsim_dev_desc d = { .caps = USUAL_CAPS,
					   .ready_ms.flr = rows[i].ready };
		struct machine m = machine_of(&c, &d, 0);

		assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_FLR,
						   false), 0);
		assert_int_equal(slept_ms(m.w), rows[i].slept);
		/* Only what took over a second is worth a message. */
		assert_int_equal(rsim_log_count(m.w, m.dev, "ready"),
				 rows[i].slept >= 1123);
		rsim_free(m.w);
	}
}

static void pending_transactions_are_read_at_0_100_300_and_700_ms(void **state)
{
	struct machine m = machine_new(NULL);
	size_t i;
	unsigned n = 0;

	(void)state;
	add_fault(m.w, m.dev, "trpnd");
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_FLR, false), 0);
	for (i = 0; i < rsim_trace_count(m.w); i++) {
		static const unsigned at[] = { 0, 100, 300, 700 };
		const struct rsim_event *ev = rsim_trace_at(m.w, i);

		if (ev->kind != RSIM_EV_FAULT)
			continue;
		assert_true(n < 4);
		assert_int_equal(ev->time / MS, at[n++]);
	}
	assert_int_equal(n, 4);
	rsim_free(m.w);
}

static void pending_transactions_that_drain_end_the_wait(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	add_fault(m.w, m.dev, "trpnd*2");
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_FLR, false), 0);
	assert_int_equal(slept_ms(m.w), 300 + 100);
	assert_int_equal(rsim_log_count(m.w, NULL,
					"transactions pending, FLR anyway"), 0);
	rsim_free(m.w);
}

static void slow_link_has_its_first_second_apart(void **state)
{
	/* 900 ms of polling end after 1023, then 59000 end after 65535 */
	struct machine m = slow_link(RSIM_SPEED_5, 0, RSIM_NEVER, 0);

	(void)state;
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS, false),
			 -ENOTTY);
	assert_int_equal(slept_ms(m.w), 2 + 100 + 1023 + 65535);
	assert_int_equal(polls(m.w, PCI_COMMAND), 11);
	assert_int_equal(said(m.w, "not ready, giving up", 0), 1023);
	assert_int_equal(said(m.w, "not ready, giving up", 1), 65535);
	rsim_free(m.w);
}

static void slow_link_that_is_down_is_not_waited_for(void **state)
{
	struct machine m = slow_link(RSIM_SPEED_2_5, 0, 0, 0);

	(void)state;
	add_fault(m.w, m.port, "link");
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS, false),
			 -ENOTTY);
	assert_int_equal(slept_ms(m.w), 2 + 100 + 1023);
	rsim_free(m.w);
	/* Nor is one that cannot say. */
	m = slow_link(RSIM_SPEED_5, RSIM_CAP_NO_LINK_REPORT, RSIM_NEVER, 0);
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS, false),
			 -ENOTTY);
	assert_int_equal(slept_ms(m.w), 2 + 100 + 1023);
	rsim_free(m.w);
}

static void slow_link_needs_no_link_report_for_a_quick_device(void **state)
{
	struct machine m = slow_link(RSIM_SPEED_5, RSIM_CAP_NO_LINK_REPORT,
				     110, 0);

	(void)state;
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS, false), 0);
	assert_int_equal(slept_ms(m.w), 2 + 100 + 15);
	rsim_free(m.w);
}

static void fast_link_is_polled_every_ms_after_20(void **state)
{
	static const struct {
		uint32_t train;
		unsigned slept;
	} rows[] = { { 0, 122 }, { 20, 122 }, { 21, 123 }, { 30, 132 },
		     { 1019, 1121 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct machine m = slow_link(RSIM_SPEED_8, 0, 0,
					     rows[i].train);

		assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS,
						   false), 0);
		assert_int_equal(slept_ms(m.w), rows[i].slept);
		rsim_free(m.w);
	}
}

static void fast_link_that_stays_down_ends_after_a_second(void **state)
{
	struct machine m = slow_link(RSIM_SPEED_16, 0, 0, 0);

	(void)state;
	add_fault(m.w, m.port, "link");
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS, false),
			 -ENOTTY);
	assert_int_equal(slept_ms(m.w), 2 + 20 + 1000);
	assert_int_equal(said(m.w, "link did not become active", 0), 100);
	assert_int_equal(rsim_log_count(m.w, NULL, "retraining the link"), 0);
	rsim_free(m.w);
}

static void fast_port_without_link_report_gets_a_second_more(void **state)
{
	struct machine m = slow_link(RSIM_SPEED_16, RSIM_CAP_NO_LINK_REPORT,
				     0, 0);

	(void)state;
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS, false), 0);
	assert_int_equal(slept_ms(m.w), 2 + 1100);
	rsim_free(m.w);
}

/* A link that was up once and is down now is trained again at 2.5 GT/s. */
static void failed_link_is_retrained(void **state)
{
	struct machine m = slow_link(RSIM_SPEED_16, 0, 0, 1500);
	unsigned e = rsim_dev_cap(m.port, PCI_CAP_ID_EXP);
	uint32_t sta = rsim_cfg_peek(m.port, e + PCI_EXP_LNKSTA, 2);

	(void)state;
	rsim_cfg_poke(m.port, e + PCI_EXP_LNKSTA, 2,
		      sta | PCI_EXP_LNKSTA_LBMS);
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS, false), 0);
	/* 1502 ms after the reset the link is up, then 100 more. */
	assert_int_equal(slept_ms(m.w), 2 + 1500 + 100);
	assert_int_equal(rsim_log_count(m.w, m.port, "retraining the link"), 1);
	assert_int_equal(rsim_cfg_peek(m.port, e + PCI_EXP_LNKCTL2, 2) &
			 PCI_EXP_LNKCTL2_TLS, PCI_EXP_LNKCTL2_TLS_2_5GT);
	rsim_free(m.w);
}

static void retraining_that_fails_puts_the_speed_back(void **state)
{
	struct machine m = slow_link(RSIM_SPEED_16, 0, 0, 5000);
	unsigned e = rsim_dev_cap(m.port, PCI_CAP_ID_EXP);
	uint32_t sta = rsim_cfg_peek(m.port, e + PCI_EXP_LNKSTA, 2);
	uint32_t ctl2 = rsim_cfg_peek(m.port, e + PCI_EXP_LNKCTL2, 2);

	(void)state;
	rsim_cfg_poke(m.port, e + PCI_EXP_LNKSTA, 2,
		      sta | PCI_EXP_LNKSTA_LBMS);
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_BUS, false),
			 -ENOTTY);
	assert_int_equal(slept_ms(m.w), 2 + 20 + 1000 + 1000);
	assert_int_equal(rsim_cfg_peek(m.port, e + PCI_EXP_LNKCTL2, 2), ctl2);
	rsim_free(m.w);
}

static void conventional_bus_waits_a_second_and_polls_nothing(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *b = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_PCI_BRIDGE, .at.devfn = 2 << 3 });
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_CONVENTIONAL, .parent = b, .caps = RSIM_CAP_PM,
		.ready_ms.bus = RSIM_NEVER });

	(void)state;
	rsim_trace_clear(w);
	/* Even a device that never comes back is a success here. */
	assert_int_equal(rsim_reset_method(dev, RSIM_METHOD_BUS, false), 0);
	assert_int_equal(slept_ms(w), 2 + 1100);
	assert_int_equal(find_event(w, 0, RSIM_EV_CALL, NULL, "pci_dev_wait"),
			 NOT_FOUND);
	rsim_free(w);
}

static void bus_without_power_management_is_not_waited_for(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *port = add_port(w, 0, 1);
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port, .ready_ms.bus = 5000 });

	(void)state;
	rsim_trace_clear(w);
	assert_int_equal(rsim_reset_method(dev, RSIM_METHOD_BUS, false), 0);
	assert_int_equal(slept_ms(w), 2);
	rsim_free(w);
}

/* One function that needs the 100 ms is enough for its whole bus. */
static void longest_delay_of_a_bus_counts(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *port = add_port(w, 0, 1);
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port });

	(void)state;
	rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port, .at.devfn = 8, .caps = RSIM_CAP_PM });
	rsim_trace_clear(w);
	assert_int_equal(rsim_hot_reset(dev), 0);
	assert_int_equal(slept_ms(w), 2 + 20 + 100);
	rsim_free(w);
}

static void rrs_is_polled_in_the_vendor_id(void **state)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS, .ready_ms.flr = 103 };
	struct machine m = machine_of(&c, &d, RSIM_CAP_RRS_SV);
	int i;

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_FLR, false), 0);
	assert_int_equal(slept_ms(m.w), 103);
	assert_int_equal(polls(m.w, PCI_VENDOR_ID), 3);
	assert_int_equal(polls(m.w, PCI_COMMAND), 0);
	i = find_event(m.w, 0, RSIM_EV_CALL, m.dev, "pci_dev_wait");
	assert_int_equal(rsim_trace_at(m.w, (size_t)i + 1)->b, 0xffff0001);
	rsim_free(m.w);
}

/* A VF reads all ones in its IDs: its Command register has to tell. */
static void vf_under_rrs_is_polled_in_its_command_register(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *port = add_port(w, RSIM_CAP_RRS_SV, 1);
	struct rsim_dev *pf = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port, .vfs = 1,
		.caps = USUAL_CAPS | RSIM_CAP_SRIOV });
	struct rsim_dev *vf = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_VF, .parent = pf, .at.devfn = 1,
		.caps = RSIM_CAP_FLR, .ready_ms.flr = 101 });

	(void)state;
	rsim_trace_clear(w);
	assert_int_equal(rsim_reset_method(vf, RSIM_METHOD_FLR, false), 0);
	assert_int_equal(slept_ms(w), 101);
	assert_int_equal(polls(w, PCI_COMMAND), 2);
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			readiness_poll_gives_up_after_65535_ms_and_17_reads),
		cmocka_unit_test(retraining_is_thought_of_once),
		cmocka_unit_test(readiness_is_seen_at_the_first_read_after_it),
		cmocka_unit_test(
			pending_transactions_are_read_at_0_100_300_and_700_ms),
		cmocka_unit_test(pending_transactions_that_drain_end_the_wait),
		cmocka_unit_test(slow_link_has_its_first_second_apart),
		cmocka_unit_test(slow_link_that_is_down_is_not_waited_for),
		cmocka_unit_test(
			slow_link_needs_no_link_report_for_a_quick_device),
		cmocka_unit_test(fast_link_is_polled_every_ms_after_20),
		cmocka_unit_test(fast_link_that_stays_down_ends_after_a_second),
		cmocka_unit_test(
			fast_port_without_link_report_gets_a_second_more),
		cmocka_unit_test(failed_link_is_retrained),
		cmocka_unit_test(retraining_that_fails_puts_the_speed_back),
		cmocka_unit_test(
			conventional_bus_waits_a_second_and_polls_nothing),
		cmocka_unit_test(
			bus_without_power_management_is_not_waited_for),
		cmocka_unit_test(longest_delay_of_a_bus_counts),
		cmocka_unit_test(rrs_is_polled_in_the_vendor_id),
		cmocka_unit_test(
			vf_under_rrs_is_polled_in_its_command_register),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
