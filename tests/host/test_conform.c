/* SPDX-License-Identifier: MIT */
/* What rsim_conform() says to a script that is none. */
#include "host.h"

struct out {
	char text[4096];
	size_t len;
	int answer;		/* what the writer returns */
};

static int collect(void *ctx, const char *s, size_t n)
{
	struct out *o = ctx;

	if (o->answer)
		return o->answer;
	if (n >= sizeof(o->text) - o->len)
		n = sizeof(o->text) - o->len - 1;
	memcpy(o->text + o->len, s, n);
	o->len += n;
	return 0;
}

#define CASE "case 1\n"
#define GROUP CASE "group g0 static_blocked=1\n"
#define DEV_LINE(name) "dev " name " ats=1 pasids=8 require_direct=0"
#define DEV GROUP DEV_LINE("d0 g0") " deferred=0\n"
#define DOMAIN DEV "domain A0 g0\n"

#define COMMANDS "case, group, dev, domain, prepare, done, attach, detach,"    \
		 " claim, release, deferred, attach_pasid, replace_pasid,"     \
		 " detach_pasid or fail"
#define NEXT_DEV "the next device: d0, d1, ... at most d63"
#define NEXT_GROUP "the next group: g0, g1, ... at most g63"
#define SETTINGS "ats= pasids= require_direct= deferred="
#define PASID_WORDS "a device, a PASID and a domain"
#define LINE_OF_TEXT "a line of text of at most 255 characters"
#define NEW_DOMAIN "a new domain of at most 7 letters, at most 64"

static const struct {
	const char *text;
	unsigned line;		/* 0: nothing is wrong */
	const char *expected;
} cases[] = {
	{ "", 0, NULL },
	{ "\n\n \n", 0, NULL },
	{ "  an answer\n  and one more", 0, NULL },
	{ DOMAIN "attach g0 A0\nprepare d0\ndone d0 fail", 0, NULL },
	{ "case 1\r\ngroup g0 static_blocked=1\r\n", 0, NULL },
	{ "nonsense\n", 1, COMMANDS },
	{ CASE "nonsense 1 2 3 4 5 6 7 8 9 10 11 12\n", 2, COMMANDS },
	{ "case\n", 1, "more words in this line" },
	{ "group g0 static_blocked=1\n", 1, "'case N' first" },
	{ CASE "group g1 static_blocked=1\n", 2, NEXT_GROUP },
	{ CASE "group g static_blocked=1\n", 2, NEXT_GROUP },
	{ CASE "group g99999999999999999999 static_blocked=1\n", 2,
	  NEXT_GROUP },
	{ CASE "group g0 blocked=1\n", 2, "static_blocked=0 or =1" },
	{ CASE "group g0 static_blocked=x\n", 2, "static_blocked=0 or =1" },
	{ GROUP DEV_LINE("d1 g0") " deferred=0\n", 3, NEXT_DEV },
	{ GROUP DEV_LINE("e0 g0") " deferred=0\n", 3, NEXT_DEV },
	{ GROUP DEV_LINE("d0 g1") " deferred=0\n", 3,
	  "a group of this case, or -" },
	{ GROUP DEV_LINE("d0 g0") "\n", 3, "more words in this line" },
	{ GROUP DEV_LINE("d0 g0") " deferred=-1\n", 3, SETTINGS },
	{ GROUP "dev d0 g0 ats=1 pasids=99999999 require_direct=0"
	  " deferred=0\n", 3, SETTINGS },
	{ DEV "domain A0 g1\n", 4, "a group of this case" },
	{ DEV "domain longname g0\n", 4, NEW_DOMAIN },
	{ DOMAIN "domain A0 g0\n", 5, NEW_DOMAIN },
	{ GROUP "attach g0 A0\n", 3, "a group with devices and a domain" },
	{ DOMAIN "attach g0 B0\n", 5, "a group with devices and a domain" },
	{ GROUP "claim g0\n", 3, "a group with devices" },
	{ DOMAIN "prepare d1\n", 5, "a device of this case" },
	{ DOMAIN "done d0 perhaps\n", 5, "ok or fail" },
	{ DOMAIN "deferred x\n", 5, "a device of this case" },
	{ DOMAIN "attach_pasid d0 -1 A0\n", 5, PASID_WORDS },
	{ DOMAIN "attach_pasid d0 1x A0\n", 5, PASID_WORDS },
	{ DOMAIN "replace_pasid d0 1 B0\n", 5, PASID_WORDS },
	{ DOMAIN "detach_pasid d0 1 A0\n", 5,
	  "a device and a PASID that is attached" },
	{ DOMAIN "fail attach d0 12\n", 5, "a negative errno" },
	{ DOMAIN "fail attach d0 -9999\n", 5, "a negative errno" },
	{ DOMAIN "fail attach d7 -12\n", 5, "a device of this case" },
	{ DOMAIN "fail smoke d0 -12\n", 5,
	  "fail attach, fail pasid or fail alloc" },
};

static void every_script_has_its_answer(void **state)
{
	unsigned i, wrong = 0;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rsim *w = rsim_new(NULL);
		size_t len = strlen(cases[i].text);
		struct out out = { .len = 0 };
		char want[256] = "";
		int ret = rsim_conform(w, cases[i].text, len, "script",
				       rsim_proto_find("v7.0"), collect, &out);

		if (cases[i].line)
			snprintf(want, sizeof(want), "script:%u: expected %s",
				 cases[i].line, cases[i].expected);
		if (ret != (cases[i].line ? -EINVAL : 0) ||
		    strcmp(rsim_error(w), want)) {
			print_error("%s\n\t%d '%s'\n\t not '%s'\n",
				    cases[i].text, ret, rsim_error(w), want);
			wrong++;
		}
		rsim_free(w);
	}
	assert_int_equal(wrong, 0);
}

static void a_line_has_an_end(void **state)
{
	struct rsim *w = rsim_new(NULL);
	char *text = calloc(1, 1 << 20);
	struct out out = { .len = 0 };

	(void)state;
	memset(text, 'x', (1 << 20) - 1);
	assert_int_equal(rsim_conform(w, text, 1 << 20, "script",
				      rsim_proto_find("v7.0"), collect, &out),
			 -EINVAL);
	assert_string_equal(rsim_error(w), "script:1: expected " LINE_OF_TEXT);
	assert_int_equal(rsim_conform(w, "case\0 1", 7, "script",
				      rsim_proto_find("v7.0"), collect, &out),
			 -EINVAL);
	assert_string_equal(rsim_error(w), "script:1: expected " LINE_OF_TEXT);
	free(text);
	rsim_free(w);
}

static void the_writer_may_refuse(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct out out = { .answer = -ENOSPC };

	(void)state;
	assert_int_equal(rsim_conform(w, CASE, strlen(CASE), "script",
				      rsim_proto_find("v7.0"), collect, &out),
			 -ENOSPC);
	rsim_free(w);
}

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Words of the recorded scripts, mixed at random. */
static void words_in_any_order_do_not_crash(void **state)
{
	static const char *const words[] = {
		"case", "1", "group", "g0", "g1", "g2", "static_blocked=1",
		"static_blocked=0", "dev", "d0", "d1", "-", "ats=1", "ats=0",
		"pasids=8", "pasids=0", "require_direct=1",
		"require_direct=0", "deferred=1", "deferred=0", "domain", "A0",
		"B1", "prepare", "done", "ok", "fail", "attach", "detach",
		"claim", "release", "deferred", "attach_pasid",
		"replace_pasid", "detach_pasid", "alloc", "pasid", "-12", "0",
		"2", "1048575",
	};
	uint64_t seed = 0xc0f0;
	unsigned i, k;

	(void)state;
	for (i = 0; i < 3000; i++) {
		struct rsim *w = rsim_new(NULL);
		struct out out = { .len = 0 };
		char text[1024] = DOMAIN;
		const char *proto =
			rsim_proto_at((unsigned)(next(&seed) % 5))->name;

		for (k = 0; k < 60; k++) {
			const char *word = words[next(&seed) %
						 (sizeof(words) /
						  sizeof(words[0]))];

			if (strlen(text) + strlen(word) + 2 > sizeof(text))
				break;
			strcat(text, word);
			strcat(text, next(&seed) % 4 ? " " : "\n");
		}
		rsim_conform(w, text, strlen(text), "script",
			     rsim_proto_find(proto), collect, &out);
		rsim_free(w);
	}
}

/* Lines that are right by themselves, in any order. */
static void calls_in_any_order_do_not_crash(void **state)
{
	static const char *const lines[] = {
		"prepare d0", "done d0 ok", "done d0 fail", "prepare d1",
		"done d1 ok", "done d1 fail", "attach g0 A0", "attach g0 B0",
		"detach g0", "claim g0", "release g0", "deferred d0",
		"attach_pasid d0 1 A0", "attach_pasid d1 2 B0",
		"replace_pasid d0 1 B0", "attach_pasid d0 7 A0",
		"fail attach d0 -12", "fail attach d1 -22",
		"fail pasid d0 -12", "fail alloc -12",
	};
	uint64_t seed = 0xca11;
	unsigned i, k;

	(void)state;
	for (i = 0; i < 4000; i++) {
		struct rsim *w = rsim_new(NULL);
		struct out out = { .len = 0 };
		char text[2048] = "";
		const char *proto =
			rsim_proto_at((unsigned)(next(&seed) % 5))->name;
		int ret;

		snprintf(text, sizeof(text),
			 CASE "group g0 static_blocked=%u\n"
			 DEV_LINE("d0 g0") " deferred=%u\n"
			 DEV_LINE("d1 g0") " deferred=0\n"
			 "domain A0 g0\ndomain B0 g0\n",
			 (unsigned)next(&seed) % 2, (unsigned)next(&seed) % 2);
		for (k = 0; k < 40; k++) {
			strcat(text, lines[next(&seed) % (sizeof(lines) /
							  sizeof(lines[0]))]);
			strcat(text, "\n");
		}
		ret = rsim_conform(w, text, strlen(text), "script",
				   rsim_proto_find(proto), collect, &out);
		if (ret)
			fail_msg("%s: %s", rsim_error(w), text);
		rsim_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_script_has_its_answer),
		cmocka_unit_test(a_line_has_an_end),
		cmocka_unit_test(the_writer_may_refuse),
		cmocka_unit_test(words_in_any_order_do_not_crash),
		cmocka_unit_test(calls_in_any_order_do_not_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
