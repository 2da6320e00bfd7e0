/* SPDX-License-Identifier: MIT */
#include "helper.h"

#include "base/arena.h"

static struct rsim_host host;

static void memory_is_zeroed_and_aligned(void **state)
{
	struct arena *a = arena_new(&host, 1 << 20);
	size_t bytes;

	(void)state;
	for (bytes = 1; bytes < 5000; bytes = bytes * 3 + 1) {
		unsigned char *p = arena_hot(a, bytes);
		unsigned char *q = arena_cold(a, bytes);
		size_t i;

		assert_int_equal((uintptr_t)p % 16, 0);
		assert_int_equal((uintptr_t)q % 16, 0);
		for (i = 0; i < bytes; i++)
			assert_int_equal(p[i] | q[i], 0);
		memset(p, 0xaa, bytes);
		memset(q, 0xbb, bytes);
	}
	arena_free_all(a);
}

static void released_block_is_zeroed_and_used_again(void **state)
{
	struct arena *a = arena_new(&host, 1 << 20);
	size_t bytes;

	(void)state;
	for (bytes = 16; bytes <= 65536; bytes *= 2) {
		unsigned char *p = arena_hot(a, bytes), *q;
		size_t hot = a->hot, i;

		memset(p, 0xaa, bytes);
		arena_release(a, p, bytes);
		q = arena_hot(a, bytes - 3);
		assert_ptr_equal(q, p);
		assert_int_equal(a->hot, hot);
		for (i = 0; i < bytes; i++)
			assert_int_equal(q[i], 0);
	}
	arena_release(a, NULL, 16);
	arena_free_all(a);
}

static void full_arena_says_no(void **state)
{
	struct arena *a = arena_new(&host, 65536);
	unsigned n = 0;

	(void)state;
	assert_null(arena_hot(a, 65536));
	assert_null(arena_cold(a, SIZE_MAX - 64));
	while (arena_hot(a, 1000) && arena_cold(a, 1000))
		n++;
	assert_true(n > 20 && n < 33);
	assert_true(a->hot + a->cold <= a->size);
	arena_free_all(a);
}

static bool refuse(void *ctx, size_t bytes)
{
	(void)bytes;
	return (*(int *)ctx)-- > 0;
}

static void host_is_asked_each_time(void **state)
{
	int allowed = 2;
	struct rsim_host strict = { .allow = refuse, .ctx = &allowed };
	struct arena *a = arena_new(&strict, 65536);
	char *s;

	(void)state;
	assert_non_null(a);
	assert_non_null(arena_hot(a, 16));
	assert_null(arena_hot(a, 16));
	assert_null(arena_cold(a, 16));
	assert_null(arena_strdup(a, "x"));
	allowed = 1;
	s = arena_strdup(a, "text");
	assert_string_equal(s, "text");
	assert_null(arena_new(&strict, 65536));
	arena_free_all(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(released_block_is_zeroed_and_used_again),
		cmocka_unit_test(full_arena_says_no),
		cmocka_unit_test(host_is_asked_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
