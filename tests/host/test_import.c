/* SPDX-License-Identifier: MIT */
/*
 * What the importer says to a text that is no dump, or the dump of no
 * machine: file, line, and what it expected; and what it puts up with.
 */
#include "dump.h"

static void blank(struct dump *d)
{
	put(d, "\n  \n\t\n\n");
}

static void truncated_line(struct dump *d)
{
	put(d, "00:01.0 x\n00: 34 12 01 00 00\n");
}

static void half_a_byte(struct dump *d)
{
	put(d, "00:01.0 x\n00: 34 12 01 0\n");
}

static void no_hex(struct dump *d)
{
	put(d, "00:01.0 x\n00: 34 12 01 0g 00 00 00 00 00 00 00 00 00 00 00"
	       " 00\n");
}

static void seventeen(struct dump *d)
{
	put(d, "00:01.0 x\n00: 34 12 01 00 00 00 00 00 00 00 00 00 00 00 00"
	       " 00 00\n");
}

static void out_of_order(struct dump *d)
{
	put(d, "00:01.0 x\n");
	put_bytes(d, plain(), 0, 16);
	put_bytes(d, plain(), 32, 48);
}

static void repeated(struct dump *d)
{
	put(d, "00:01.0 x\n");
	put_bytes(d, plain(), 0, 32);
	put_bytes(d, plain(), 16, 32);
}

static void only_64(struct dump *d)
{
	put_fn(d, "00:01.0", plain(), 64);
	put_fn(d, "00:02.0", plain(), 256);
}

static void no_bytes(struct dump *d)
{
	put(d, "00:01.0 Network controller: nothing follows\n");
}

static void too_many(struct dump *d)
{
	put_fn(d, "00:01.0", plain(), 4096);
	put(d, "1000: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n");
}

static void one_row_too_many(struct dump *d)
{
	put_fn(d, "00:01.0", plain(), 272);
}

static void cap_loop(struct dump *d)
{
	put_fn(d, "00:01.0", with_cap(with_cap(plain(), 0x40, 9, 0x50),
				      0x50, 9, 0x40), 256);
}

static void cap_on_itself(struct dump *d)
{
	put_fn(d, "00:01.0", with_cap(plain(), 0x40, 9, 0x40), 256);
}

static void ext_loop(struct dump *d)
{
	put_fn(d, "00:01.0", ext(ext(express(PCI_EXP_TYPE_RC_END), 0x100, 3,
				     0x200), 0x200, 3, 0x100), 4096);
}

static void ext_on_itself(struct dump *d)
{
	put_fn(d, "00:01.0", ext(express(PCI_EXP_TYPE_RC_END), 0x100, 3,
				 0x100), 4096);
}

static void ext_low(struct dump *d)
{
	put_fn(d, "00:01.0", ext(express(PCI_EXP_TYPE_RC_END), 0x100, 3,
				 0x40), 4096);
}

static void ext_at_the_end(struct dump *d)
{
	put_fn(d, "00:01.0", ext(ext(express(PCI_EXP_TYPE_RC_END), 0x100, 3,
				     0xffc), 0xffc, PCI_EXT_CAP_ID_ATS, 0),
	       4096);
}

static void express_at_the_end(struct dump *d)
{
	uint8_t *cfg = with_cap(plain(), 0xf8, PCI_CAP_ID_EXP, 0);

	put_fn(d, "00:01.0", cfg, 256);
}

static void bridge_on_itself(struct dump *d)
{
	put_fn(d, "01:01.0", port(1), 256);
}

static void bridge_loop(struct dump *d)
{
	put_fn(d, "00:01.0", port(1), 256);
	put_fn(d, "01:01.0", port(2), 256);
	put_fn(d, "02:01.0", port(1), 256);
}

static void one_bus_twice(struct dump *d)
{
	put_fn(d, "00:01.0", port(1), 256);
	put_fn(d, "00:02.0", port(1), 256);
	put_fn(d, "01:00.0", express(PCI_EXP_TYPE_ENDPOINT), 256);
}

static void empty_bus_twice(struct dump *d)
{
	put_fn(d, "00:01.0", port(1), 256);
	put_fn(d, "00:02.0", port(1), 256);
}

static void twice(struct dump *d)
{
	put_fn(d, "00:01.0", plain(), 256);
	put_fn(d, "00:02.0", plain(), 256);
	put_fn(d, "0000:00:01.0", plain(), 256);
}

static void no_bridge(struct dump *d)
{
	put_fn(d, "01:00.0", express(PCI_EXP_TYPE_ENDPOINT), 256);
}

static void lost_bridge(struct dump *d)
{
	uint8_t *cfg = port(1);

	cfg[PCI_SUBORDINATE_BUS] = 2;
	put_fn(d, "00:01.0", cfg, 256);
	put_fn(d, "02:00.0", plain(), 256);
}

static void vf_alone(struct dump *d)
{
	put_fn(d, "00:01.0", vf(), 256);
}

static void early_bytes(struct dump *d)
{
	put(d, "\n");
	put_bytes(d, plain(), 0, 256);
}

static void nul_in_bytes(struct dump *d)
{
	put_fn(d, "00:01.0", plain(), 256);
	d->buf[40] = '\0';
}

static void nul_at_end(struct dump *d)
{
	put_fn(d, "00:01.0", plain(), 256);
	d->len++;
}

static void nul_in_a_long_line(struct dump *d)
{
	put(d, "00:01.0 ");
	memset(d->buf + d->len, 'n', 1000);
	d->len += 1000;
	d->buf[500] = '\0';
	put(d, "\n");
	put_bytes(d, plain(), 0, 256);
}

static void prose(struct dump *d)
{
	put(d, "Here is the dump that you wanted:\n");
}

static void wide_domain(struct dump *d)
{
	put_fn(d, "123456789:00:01.0", plain(), 256);
}

static void device_32(struct dump *d)
{
	put_fn(d, "00:20.0", plain(), 256);
}

static void function_8(struct dump *d)
{
	put_fn(d, "00:01.8", plain(), 256);
}

/* What is tolerated. */
static void long_name(struct dump *d)
{
	put(d, "00:01.0 ");
	memset(d->buf + d->len, 'n', 20000);
	d->len += 20000;
	put(d, "\n");
	put_bytes(d, plain(), 0, 256);
}

static void crlf(struct dump *d)
{
	struct dump *unix_ = calloc(1, sizeof(*unix_));
	size_t i;

	put_fn(unix_, "00:01.0", plain(), 256);
	for (i = 0; i < unix_->len; i++) {
		if (unix_->buf[i] == '\n')
			put(d, "\r");
		put(d, (char[]){ unix_->buf[i], '\0' });
	}
	put(d, "\r\n");
	free(unix_);
}

static void no_last_newline(struct dump *d)
{
	put_fn(d, "00:01.0", plain(), 256);
	d->len--;
}

static void vmd_domain(struct dump *d)
{
	put_fn(d, "10000:e0:06.0", port(0xe1), 256);
	put_fn(d, "10000:e1:00.0", express(PCI_EXP_TYPE_ENDPOINT), 256);
}

static void uppercase(struct dump *d)
{
	char *p;

	put_fn(d, "00:1F.0", port(0xee), 256);
	for (p = strchr(d->buf, '\n'); *p; p++)
		if (*p >= 'a' && *p <= 'f')
			*p = (char)(*p - 'a' + 'A');
}

static void verbose(struct dump *d)
{
	put(d, "00:01.0 x\n\tSubsystem: y\n\tFlags: z\n");
	put_bytes(d, plain(), 0, 256);
	put(d, "\n00:02.0 x\n");
	put_bytes(d, plain(), 0, 256);
}

static void unordered(struct dump *d)
{
	put_fn(d, "01:00.0", express(PCI_EXP_TYPE_ENDPOINT), 256);
	put_fn(d, "00:01.0", port(1), 256);
}

#define HEX "expected a function's address, as 0000:01:00.0"
#define OR_BYTES ", or bytes, as '10: 00 ff ...'"

static const struct {
	const char *name;
	void (*make)(struct dump *d);
	const char *error;	/* NULL: it loads, */
	unsigned count;		/* and this is the number of functions */
} cases[] = {
	{ "nothing", NULL, ":0: no function: expected the text of lspci -xxxx",
	  0 },
	{ "blank lines", blank,
	  ":4: no function: expected the text of lspci -xxxx", 0 },
	{ "truncated line", truncated_line, ":2: expected 16 bytes in a line",
	  0 },
	{ "half a byte", half_a_byte, ":2: expected a byte, two hex digits",
	  0 },
	{ "no hex", no_hex, ":2: expected a byte, two hex digits", 0 },
	{ "17 bytes", seventeen,
	  ":2: expected the end of the line after 16 bytes", 0 },
	{ "offsets with a hole", out_of_order,
	  ":3: offsets must follow each other by 10", 0 },
	{ "offset twice", repeated, ":4: this offset was there already", 0 },
	{ "64 bytes", only_64,
	  ":1: 0000:00:01.0 has 64 bytes, expected 256 or 4096 (lspci -xxxx"
	  " as root)", 0 },
	{ "no bytes", no_bytes,
	  ":1: 0000:00:01.0 has 0 bytes, expected 256 or 4096 (lspci -xxxx"
	  " as root)", 0 },
	{ "4112 bytes", too_many, ":258: a function has at most 4096 bytes",
	  0 },
	{ "272 bytes", one_row_too_many,
	  ":1: 0000:00:01.0 has 272 bytes, expected 256 or 4096 (lspci -xxxx"
	  " as root)", 0 },
	{ "loop of capabilities", cap_loop,
	  ":1: 0000:00:01.0: the capability list is a loop", 0 },
	{ "capability leads to itself", cap_on_itself,
	  ":1: 0000:00:01.0: the capability list is a loop", 0 },
	{ "loop of extended capabilities", ext_loop,
	  ":1: 0000:00:01.0: the extended capability list is a loop", 0 },
	{ "extended capability leads to itself", ext_on_itself,
	  ":1: 0000:00:01.0: the extended capability list is a loop", 0 },
	{ "extended capability beyond the end", ext_at_the_end,
	  ":1: 0000:00:01.0: an extended capability hangs over the end of its"
	  " config space", 0 },
	{ "capability beyond the end", express_at_the_end,
	  ":1: 0000:00:01.0: a capability hangs over the end of its config"
	  " space", 0 },
	{ "bridge to its own bus", bridge_on_itself,
	  ":1: 0000:01:01.0: a loop: the secondary bus of this bridge is not"
	  " above its own bus", 0 },
	{ "loop of bridges", bridge_loop,
	  ":35: 0000:02:01.0: a loop: the secondary bus of this bridge is not"
	  " above its own bus", 0 },
	{ "two bridges, one bus", one_bus_twice,
	  ":18: 0000:00:02.0: another bridge has the same secondary bus", 0 },
	{ "two bridges, one empty bus", empty_bus_twice,
	  ":18: 0000:00:02.0: another bridge has the same secondary bus", 0 },
	{ "a function twice", twice,
	  ":35: 0000:00:01.0 was there already, in line 1", 0 },
	{ "no bridge", no_bridge,
	  ":1: 0000:01:00.0: no bridge leads to its bus", 0 },
	{ "bridge not in the dump", lost_bridge,
	  ":18: 0000:02:00.0: no bridge leads to its bus", 0 },
	{ "VF without PF", vf_alone,
	  ":1: 0000:00:01.0: reads ffff:ffff but is a virtual function of no"
	  " physical function here", 0 },
	{ "bytes first", early_bytes,
	  ":2: bytes before any function's address", 0 },
	{ "NUL", nul_in_bytes,
	  ":2: a NUL byte: not the text of lspci -xxxx", 0 },
	{ "NUL at the end", nul_at_end,
	  ":18: a NUL byte: not the text of lspci -xxxx", 0 },
	{ "NUL in a long line", nul_in_a_long_line,
	  ":1: a NUL byte: not the text of lspci -xxxx", 0 },
	{ "prose", prose, ":1: " HEX OR_BYTES, 0 },
	{ "domain of 36 bits", wide_domain, ":1: " HEX OR_BYTES, 0 },
	{ "device 32", device_32, ":1: " HEX OR_BYTES, 0 },
	{ "function 8", function_8, ":1: " HEX OR_BYTES, 0 },
	{ "long name", long_name, NULL, 1 },
	{ "CRLF", crlf, NULL, 1 },
	{ "no last newline", no_last_newline, NULL, 1 },
	{ "domain 10000", vmd_domain, NULL, 2 },
	{ "uppercase", uppercase, NULL, 1 },
	{ "what -v adds", verbose, NULL, 2 },
	{ "extended capability leads low", ext_low, NULL, 1 },
	{ "functions in any order", unordered, NULL, 2 },
};

static unsigned functions(struct rsim *w)
{
	struct rsim_dev *d = NULL;
	unsigned n = 0;

	while ((d = rsim_dev_next(w, d)))
		n++;
	return n;
}

static void every_text_has_its_answer(void **state)
{
	char *good, want[512];
	size_t good_len;
	unsigned i, wrong = 0;

	(void)state;
	good = read_dump(3, &good_len);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dump *d = calloc(1, sizeof(*d));
		struct rsim *w = rsim_new(NULL);
		const char *error = cases[i].error;
		int ret;

		if (cases[i].make)
			cases[i].make(d);
		ret = rsim_machine_parse(w, d->buf, d->len, "dump");
		snprintf(want, sizeof(want), "dump%s", error ? error : "");
		if (ret != (error ? -EINVAL : 0) ||
		    functions(w) != cases[i].count ||
		    (error && strcmp(rsim_error(w), want))) {
			print_error("%s: %d, %u functions, '%s', not '%s'\n",
				    cases[i].name, ret, functions(w),
				    rsim_error(w), want);
			wrong++;
		}
		/* After a failure the world is as good as new. */
		if (ret)
			assert_int_equal(rsim_machine_parse(w, good, good_len,
							    "good"), 0);
		rsim_free(w);
		free(d);
	}
	free(good);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_has_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
