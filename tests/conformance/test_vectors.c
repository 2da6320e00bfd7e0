/* SPDX-License-Identifier: MIT */
/*
 * What the kernel's own code answered to scripts of calls, recorded with each
 * protocol: the transcripts must agree byte for byte.
 */
#include "files.h"

struct transcript {
	const char *want, *proto;
	size_t len, at;
};

/* Compares as it comes; answers 1 at the first byte that differs. */
static int compare(void *ctx, const char *s, size_t n)
{
	struct transcript *t = ctx;
	size_t i, line = 1;

	if (n <= t->len - t->at && !memcmp(t->want + t->at, s, n)) {
		t->at += n;
		return 0;
	}
	for (i = 0; i < t->at; i++)
		line += t->want[i] == '\n';
	print_error("%s, from line %zu: '%.*s'\n", t->proto, line, (int)n, s);
	return 1;
}

static void replay(const char *proto, size_t at_least)
{
	struct transcript t = { .proto = proto };
	char path[512];
	struct rsim *w;
	char *text;

	snprintf(path, sizeof(path), DATA_DIR "/vectors/%s.txt", proto);
	text = read_all(path, &t.len);
	t.want = text;
	assert_true(t.len > at_least);
	w = rsim_new(NULL);
	assert_non_null(w);
	assert_int_equal(rsim_conform(w, text, t.len, path,
				      rsim_proto_find(proto), compare, &t), 0);
	assert_int_equal(t.at, t.len);
	rsim_free(w);
	free(text);
}

static void v7_0_answers_as_recorded(void **state)
{
	(void)state;
	replay("v7.0", 100000);
}

static void on_success_answers_as_recorded(void **state)
{
	(void)state;
	replay("on-success", 100000);
}

static void v7_1_answers_as_recorded(void **state)
{
	(void)state;
	replay("v7.1", 100000);
}

static void quarantine_answers_as_recorded(void **state)
{
	(void)state;
	replay("quarantine", 100000);
}

static int refuse(void *ctx, const char *s, size_t n)
{
	(void)s;
	(void)n;
	++*(int *)ctx;
	return -EIO;
}

static void error_of_the_writer_ends_the_run(void **state)
{
	static const char script[] = "case 0\ngroup g0 static_blocked=1\n"
				     "dev d0 g0 ats=1 pasids=0 "
				     "require_direct=0 deferred=0\n"
				     "prepare d0\ndone d0 ok\n";
	struct rsim *w = rsim_new(NULL);
	int calls = 0;

	(void)state;
	assert_int_equal(rsim_conform(w, script, sizeof(script) - 1, "script",
				      rsim_proto_find("v7.1"), refuse, &calls),
			 -EIO);
	assert_int_equal(calls, 1);
	rsim_free(w);
}

static void malformed_script_names_its_line(void **state)
{
	static const char script[] = "case 0\ngroup g0 static_blocked=1\n"
				     "attach nowhere nothing\n";
	struct transcript t = { .want = "", .proto = "v7.1" };
	struct rsim *w = rsim_new(NULL);

	(void)state;
	assert_int_equal(rsim_conform(w, script, sizeof(script) - 1, "here",
				      rsim_proto_find("v7.1"), compare, &t),
			 -EINVAL);
	assert_non_null(strstr(rsim_error(w), "here:3"));
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v7_0_answers_as_recorded),
		cmocka_unit_test(on_success_answers_as_recorded),
		cmocka_unit_test(v7_1_answers_as_recorded),
		cmocka_unit_test(quarantine_answers_as_recorded),
		cmocka_unit_test(error_of_the_writer_ends_the_run),
		cmocka_unit_test(malformed_script_names_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
