/* SPDX-License-Identifier: MIT */
/* The order in which stream entry, ATC and the device's Enable change. */
#include "helper.h"

struct order {
	int ats, ste, inv;	/* events: write of Enable, STE, ATC_INV */
};

static struct order order_of(struct machine *m)
{
	unsigned ctl = rsim_dev_ext_cap(m->dev, PCI_EXT_CAP_ID_ATS) +
		       PCI_ATS_CTRL;

	return (struct order){
		.ats = find_write(m->w, 0, m->dev, ctl),
		.ste = find_event(m->w, 0, RSIM_EV_STE, m->dev, NULL),
		.inv = find_event(m->w, 0, RSIM_EV_CMD, m->dev, "ATC_INV"),
	};
}

static void ats_goes_off_before_the_entry_and_on_after_it(void **state)
{
	struct machine m = machine_new("v7.1");
	const struct rsim_proto *p = rsim_world_proto(m.w);
	struct order o;

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(p->prepare(m.dev), 0);
	o = order_of(&m);
	assert_true(o.ats >= 0 && o.ats < o.ste && o.ste < o.inv);
	assert_string_equal(rsim_trace_at(m.w, (size_t)o.ste)->what, "abort");
	assert_false(rsim_dev_ats_enabled(m.dev));
	rsim_trace_clear(m.w);
	p->done(m.dev, true);
	o = order_of(&m);
	assert_true(o.ste >= 0 && o.ste < o.inv && o.inv < o.ats);
	assert_string_equal(rsim_trace_at(m.w, (size_t)o.ste)->what,
			    "translate, EATS");
	assert_true(rsim_dev_ats_enabled(m.dev));
	rsim_free(m.w);
}

static void replaced_domain_keeps_ats_and_invalidates(void **state)
{
	struct machine m = machine_new("v7.1");
	struct rsim_group *g = rsim_dev_group(m.dev);
	struct order o;

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_attach_group(g, rsim_domain_alloc(g, "A")), 0);
	o = order_of(&m);
	assert_int_equal(o.ats, NOT_FOUND);
	assert_true(o.ste >= 0 && o.ste < o.inv);
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	rsim_free(m.w);
}

static void every_entry_change_is_synchronised(void **state)
{
	struct machine m = machine_new("v7.1");
	int cfgi, sync;

	(void)state;
	rsim_trace_clear(m.w);
	rsim_world_proto(m.w)->prepare(m.dev);
	cfgi = find_event(m.w, 0, RSIM_EV_CMD, m.dev, "CFGI_STE");
	sync = find_event(m.w, 0, RSIM_EV_CMD, NULL, "SYNC");
	assert_int_equal(sync, cfgi + 1);
	rsim_free(m.w);
}

static void silent_device_costs_a_second_of_polling(void **state)
{
	struct machine m = machine_new("v7.1");

	(void)state;
	add_fault(m.w, m.dev, "atc-inv");
	rsim_trace_clear(m.w);
	rsim_world_proto(m.w)->prepare(m.dev);
	assert_int_equal(polled_ms(m.w), 1000);
	assert_int_equal(slept_ms(m.w), 0);
	assert_int_equal(rsim_log_count(m.w, NULL, "CMD_SYNC timed out"), 1);
	assert_true(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void identity_domain_does_without_ats(void **state)
{
	struct rsim_config c = { .identity_default = true };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS };
	struct machine m = machine_of(&c, &d, 0);

	(void)state;
	assert_false(rsim_dev_ats_enabled(m.dev));
	assert_false(rsim_dev_blocked(m.dev));
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_UNTRANSLATED, RSIM_NO_PASID,
				  0x1000, true).page, 0x1000);
	/* A reset ends where it began. */
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_false(rsim_dev_ats_enabled(m.dev));
	assert_int_equal(rsim_domain_type(rsim_get_domain(m.dev)),
			 RSIM_DOMAIN_IDENTITY);
	assert_false(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static struct machine pasid_machine(const char *proto, bool identity)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto),
				 .identity_default = identity };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS | RSIM_CAP_PASID };
	struct machine m = machine_of(&c, &d, 0);
	struct rsim_group *g = rsim_dev_group(m.dev);

	assert_int_equal(rsim_attach_pasid(m.dev, 5,
					   rsim_domain_alloc(g, "P")), 0);
	set_methods(m.dev, "flr");
	return m;
}

/* 7.0 tells the driver the wrong domain while PASIDs come and go. */
static void pasids_keep_ats_alive_through_a_reset_of_7_0(void **state)
{
	static const struct {
		const char *proto;
		bool ats, blocked;
	} rows[] = { { "v7.0", true, false }, { "v7.1", false, true } };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct machine m = pasid_machine(rows[i].proto, false);

		rsim_world_proto(m.w)->prepare(m.dev);
		assert_int_equal(rsim_dev_ats_enabled(m.dev), rows[i].ats);
		assert_int_equal(rsim_dev_blocked(m.dev), rows[i].blocked);
		rsim_free(m.w);
	}
}

static void identity_with_a_pasid_is_open_in_a_reset_of_7_0(void **state)
{
	static const struct {
		const char *proto;
		int during, after;
	} rows[] = { { "v7.0", 0, -EPERM }, { "v7.1", -EPERM, 0 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct machine m = pasid_machine(rows[i].proto, true);
		const struct rsim_proto *p = rsim_world_proto(m.w);

		p->prepare(m.dev);
		assert_int_equal(rsim_dma(m.dev, RSIM_AT_UNTRANSLATED,
					  RSIM_NO_PASID, 0x1000, true).ret,
				 rows[i].during);
		p->done(m.dev, true);
		/* And after a good reset its own requests are dead. */
		assert_int_equal(rsim_dma(m.dev, RSIM_AT_UNTRANSLATED,
					  RSIM_NO_PASID, 0x1000, true).ret,
				 rows[i].after);
		rsim_free(m.w);
	}
}

static void last_pasid_that_goes_turns_ats_off_for_identity(void **state)
{
	struct machine m = pasid_machine("v7.1", true);

	(void)state;
	assert_true(rsim_dev_ats_enabled(m.dev));
	rsim_detach_pasid(m.dev, 5);
	assert_false(rsim_dev_ats_enabled(m.dev));
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ats_goes_off_before_the_entry_and_on_after_it),
		cmocka_unit_test(replaced_domain_keeps_ats_and_invalidates),
		cmocka_unit_test(every_entry_change_is_synchronised),
		cmocka_unit_test(silent_device_costs_a_second_of_polling),
		cmocka_unit_test(identity_domain_does_without_ats),
		cmocka_unit_test(pasids_keep_ats_alive_through_a_reset_of_7_0),
		cmocka_unit_test(
			identity_with_a_pasid_is_open_in_a_reset_of_7_0),
		cmocka_unit_test(
			last_pasid_that_goes_turns_ats_off_for_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
