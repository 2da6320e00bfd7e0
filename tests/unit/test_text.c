/* SPDX-License-Identifier: MIT */
#include "helper.h"

#include "base/text.h"

static struct rsim_host host;

static void text_grows_and_stays_terminated(void **state)
{
	struct text t = { .host = &host };
	unsigned i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		text_printf(&t, "%03u,", i);
		assert_int_equal(t.len, 4 * (i + 1));
		assert_int_equal(t.buf[t.len], '\0');
	}
	assert_memory_equal(t.buf + 4 * 999, "999,", 4);
	text_add(&t, "", 0);
	assert_int_equal(t.len, 4000);
	assert_false(t.failed);
	text_free(&t);
	assert_null(t.buf);
}

static bool never(void *ctx, size_t bytes)
{
	(void)ctx;
	(void)bytes;
	return false;
}

static void text_without_memory_remembers_that_it_failed(void **state)
{
	struct rsim_host poor = { .allow = never };
	struct text t = { .host = &poor };

	(void)state;
	text_add(&t, "abc", 3);
	assert_true(t.failed);
	poor.allow = NULL;
	text_add(&t, "abc", 3);
	assert_int_equal(t.len, 0);
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_grows_and_stays_terminated),
		cmocka_unit_test(text_without_memory_remembers_that_it_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
