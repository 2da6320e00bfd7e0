/* SPDX-License-Identifier: MIT */
/*
 * Real dumps, cut short anywhere and with bytes changed at random: rsim says
 * what is wrong, or loads a machine that can be reset. Seeds are fixed, so
 * that a failure comes again; it says which case it was.
 */
#include "host.h"

enum { CUTS = 150, FLIPS = 1200, MAX_FLIPS = 12 };

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* The last case, for whoever looks at a crash. */
static volatile unsigned at_dump, at_case;

static struct rsim *world(unsigned kind)
{
	static const enum rsim_iommu iommus[] = {
		RSIM_IOMMU_VTD, RSIM_IOMMU_SMMUV3, RSIM_IOMMU_AMD,
		RSIM_IOMMU_NONE,
	};
	struct rsim_config c = {
		.iommu = iommus[kind % 4],
		.kernel = (enum rsim_kernel)(kind / 4 % 3),
		.memory = 1 << 25,
	};
	struct rsim *w = rsim_new(&c);

	assert_non_null(w);
	return w;
}

static void reset_some(struct rsim *w, uint64_t *seed)
{
	struct rsim_dev *d;

	for (d = rsim_dev_next(w, NULL); d; d = rsim_dev_next(w, d)) {
		if (next(seed) % 8)
			continue;
		rsim_reset_function(d);
		rsim_reset_method_store(d, "default");
		if (!(next(seed) % 4))
			rsim_hot_reset(d);
	}
	assert_int_equal(rsim_status(w), 0);
}

/* What rsim writes, it reads, and writes again the same. */
static void export_is_stable(struct rsim *w, unsigned kind)
{
	char *first = exported(w), *second;
	struct rsim *v = world(kind);

	if (rsim_machine_parse(v, first, strlen(first), "export"))
		fail_msg("%s, case %u: own export: %s", dumps[at_dump],
			 at_case, rsim_error(v));
	second = exported(v);
	assert_string_equal(first, second);
	free(first);
	free(second);
	rsim_free(v);
}

/* Returns whether it could be loaded. */
static bool try(const char *text, size_t len, unsigned kind, uint64_t *seed)
{
	struct rsim *w = world(kind);
	char *copy = malloc(len ? len : 1);	/* ends where the text ends */
	int ret;

	assert_non_null(copy);
	memcpy(copy, text, len);
	ret = rsim_machine_parse(w, copy, len, "dump");
	free(copy);
	if (ret) {
		if (ret != -EINVAL || strncmp(rsim_error(w), "dump:", 5) ||
		    rsim_dev_next(w, NULL))
			fail_msg("%s, case %u: %d '%s'", dumps[at_dump],
				 at_case, ret, rsim_error(w));
	} else {
		if (at_case % 16 == 0)
			export_is_stable(w, kind);
		reset_some(w, seed);
	}
	rsim_free(w);
	return !ret;
}

static void a_dump_may_end_anywhere(void **state)
{
	(void)state;
	for (at_dump = 0; at_dump < DUMPS; at_dump++) {
		uint64_t seed = 0x5eed + at_dump;
		size_t len;
		char *text = read_dump(at_dump, &len);

		for (at_case = 0; at_case < CUTS; at_case++) {
			size_t cut = next(&seed) % len;

			/* The ends of all lines in the first function, too. */
			if (at_case < CUTS / 3)
				cut = 80 + at_case;
			try(text, cut, at_case, &seed);
		}
		free(text);
	}
}

static void flip(char *text, size_t len, uint64_t *seed)
{
	static const char digits[] = "0123456789abcdef";
	size_t i = next(seed) % len;

	if (next(seed) % 64 == 0)
		text[i] = (char)next(seed);
	else if (strchr(digits, text[i]) && text[i])
		text[i] = digits[next(seed) % 16];
}

static void a_dump_may_have_any_bytes(void **state)
{
	unsigned loaded = 0;

	(void)state;
	for (at_dump = 0; at_dump < DUMPS; at_dump++) {
		uint64_t seed = 0xf11b + at_dump;
		size_t len;
		char *text = read_dump(at_dump, &len);
		char *copy = malloc(len);

		assert_non_null(copy);
		for (at_case = 0; at_case < FLIPS; at_case++) {
			unsigned n = (unsigned)(next(&seed) % MAX_FLIPS) + 1;

			memcpy(copy, text, len);
			while (n--)
				flip(copy, len, &seed);
			loaded += try(copy, len, at_case, &seed);
		}
		free(copy);
		free(text);
	}
	/* Some must get through, or this tries little. */
	assert_true(loaded > DUMPS * FLIPS / 20);
}

/* The first 256 bytes of every function decide nearly everything. */
static void capabilities_may_be_anything(void **state)
{
	unsigned loaded = 0;
	uint64_t seed = 0xcab5;
	size_t len;
	char *text, *copy;

	(void)state;
	at_dump = 3;
	text = read_dump(at_dump, &len);
	copy = malloc(len);
	assert_non_null(copy);
	for (at_case = 0; at_case < 40 * FLIPS; at_case++) {
		unsigned n = (unsigned)(next(&seed) % MAX_FLIPS) + 1;

		memcpy(copy, text, len);
		while (n--)
			flip(copy, len, &seed);
		loaded += try(copy, len, at_case, &seed);
	}
	assert_true(loaded > FLIPS);
	free(copy);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_may_end_anywhere),
		cmocka_unit_test(a_dump_may_have_any_bytes),
		cmocka_unit_test(capabilities_may_be_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
