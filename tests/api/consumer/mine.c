/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <rsim/rsim.h>

static void a_failed_reset_leaves_the_device_parked(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_RCIEP, .caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
	});

	(void)state;
	rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_READY, .dev = dev,	/* never ready */
	});
	assert_int_equal(rsim_reset_function(dev), -25);	/* -ENOTTY */
	assert_true(rsim_dev_blocked(dev));
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_reset_leaves_the_device_parked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
