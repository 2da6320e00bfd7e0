/* SPDX-License-Identifier: MIT */
/* From the text of lspci to a machine, and what is no such text. */
#include "helper.h"

#include <stdio.h>

static void malformed_text_names_its_line(void **state)
{
	static const struct {
		const char *text, *where;
	} rows[] = {
		{ "", "x:0" },
		{ "\n\n", "x:" },
		{ "hello\n", "x:1" },
		{ "10: 00 00\n", "x:1" },
		{ "0000:00:00.0 Host\n00: 00 00\n", "x:2" },
		{ "0000:00:00.0 Host\n10: 00 00 00 00 00 00 00 00 00 00 00 00"
		  " 00 00 00 00\n", "x:2" },
		{ "0000:00:00.0 Host\n00: 00 00 00 00 00 00 00 00 00 00 00 00"
		  " 00 00 00 0g\n", "x:2" },
		{ "0000:00:00.0 Host\n00: 00 00 00 00 00 00 00 00 00 00 00 00"
		  " 00 00 00 00\n", "x:1" },
		{ "\n0000:00:20.0 Host\n", "x:2" },
	};
	struct rsim *w = rsim_new(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%zu\n", i);
		assert_int_equal(rsim_machine_parse(w, rows[i].text,
						    strlen(rows[i].text), "x"),
				 -EINVAL);
		if (!strstr(rsim_error(w), rows[i].where))
			fail_msg("row %zu: %s", i, rsim_error(w));
		assert_null(rsim_dev_next(w, NULL));
	}
	rsim_free(w);
}

/* A dump of one function of 256 or 4096 bytes. */
static size_t dump(char *to, const char *bdf, const uint8_t *cfg, unsigned size)
{
	size_t n = (size_t)sprintf(to, "%s thing\n", bdf);
	unsigned off, i;

	for (off = 0; off < size; off += 16) {
		n += (size_t)sprintf(to + n, "%02x:", off);
		for (i = 0; i < 16; i++)
			n += (size_t)sprintf(to + n, " %02x", cfg[off + i]);
		to[n++] = '\n';
	}
	to[n] = '\0';
	return n;
}

/*
 * A PF whose first VF has a routing ID of the next bus. Both are PCI Express
 * endpoints with FLR; the VF has a writable Command register.
 */
static void pf_and_vf(char *text)
{
	uint8_t pf[4096] = { 0x34, 0x12, 1, 0 }, vf[4096];
	size_t n;

	pf[PCI_COMMAND] = 6;
	pf[PCI_STATUS] = PCI_STATUS_CAP_LIST;
	pf[0x0b] = 2;
	pf[PCI_CAPABILITY_LIST] = 0x40;
	pf[0x40] = PCI_CAP_ID_EXP;
	pf[0x42] = 2 | PCI_EXP_TYPE_RC_END << 4;
	pf[0x44 + 3] = 0x10;	/* FLR */
	memcpy(vf, pf, sizeof(vf));
	memset(vf, 0xff, 4);
	pf[0x100] = PCI_EXT_CAP_ID_SRIOV;
	pf[0x102] = 1;
	pf[0x100 + PCI_SRIOV_CTRL] = PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE;
	pf[0x100 + PCI_SRIOV_INITIAL_VF] = 1;
	pf[0x100 + PCI_SRIOV_TOTAL_VF] = 1;
	pf[0x100 + PCI_SRIOV_NUM_VF] = 1;
	pf[0x100 + PCI_SRIOV_VF_OFFSET + 1] = 1;	/* 0x100 */
	pf[0x100 + PCI_SRIOV_VF_STRIDE] = 1;
	pf[0x100 + PCI_SRIOV_VF_DID] = 2;
	n = dump(text, "0000:00:10.0", pf, sizeof(pf));
	dump(text + n, "0000:01:10.0", vf, sizeof(vf));
}

static void vf_on_another_bus_is_reset_with_its_pf(void **state)
{
	struct rsim *w = rsim_new(NULL);
	char *text = malloc(32768);
	struct rsim_dev *pf, *vf;

	(void)state;
	pf_and_vf(text);
	if (rsim_machine_parse(w, text, strlen(text), "x"))
		fail_msg("%s", rsim_error(w));
	pf = rsim_dev_find(w, (struct rsim_bdf){ 0, 0, 0x80 });
	vf = rsim_dev_find(w, (struct rsim_bdf){ 0, 1, 0x80 });
	assert_non_null(pf);
	assert_non_null(vf);
	assert_int_equal(rsim_dev_vendor(vf), 0x1234);
	assert_int_equal(rsim_dev_device(vf), 2);
	assert_int_equal(rsim_cfg_peek(vf, PCI_COMMAND, 2), 6);
	assert_int_equal(rsim_reset_function(pf), 0);
	assert_int_equal(rsim_dev_resets(pf), 1);
	assert_int_equal(rsim_cfg_read(vf, PCI_COMMAND, 2), 0);
	assert_int_equal(rsim_cfg_peek(pf, PCI_COMMAND, 2), 6);
	assert_misuse_void(rsim_dev_remove(pf), "rsim_dev_remove");
	free(text);
	rsim_free(w);
}

static void text_comes_in_any_line_ending_and_with_remarks(void **state)
{
	struct rsim *w = rsim_new(NULL);
	uint8_t cfg[256] = { 0x34, 0x12, 1, 0 };
	char *text = malloc(8192), *dos = malloc(16384), *p = dos;
	size_t i, n;

	(void)state;
	n = dump(text, "00:02.0", cfg, sizeof(cfg));
	for (i = 0; i < n; i++) {
		if (text[i] == '\n')
			*p++ = '\r';
		*p++ = text[i];
		if (text[i] == '\n' && i < 20)
			p += sprintf(p, "\tKernel driver in use: x\r\n");
	}
	assert_int_equal(rsim_machine_parse(w, dos, (size_t)(p - dos), "x"),
			 0);
	assert_non_null(rsim_dev_find(w, (struct rsim_bdf){ 0, 0, 0x10 }));
	assert_misuse(rsim_machine_parse(w, text, n, "x"),
		      "rsim_machine_parse: the world");
	rsim_free(w);
	w = rsim_new(NULL);
	memcpy(dos, text, n);
	memcpy(dos + n, text, n);
	assert_int_equal(rsim_machine_parse(w, dos, 2 * n, "x"), -EINVAL);
	assert_non_null(strstr(rsim_error(w), "already"));
	assert_int_equal(rsim_machine_load(w, "/nonexistent"), -ENOENT);
	free(text);
	free(dos);
	rsim_free(w);
}

static void loop_of_capabilities_is_refused(void **state)
{
	struct rsim *w = rsim_new(NULL);
	uint8_t cfg[256] = { 0x34, 0x12, 1, 0 };
	char *text = malloc(8192);
	size_t n;

	(void)state;
	cfg[PCI_STATUS] = PCI_STATUS_CAP_LIST;
	cfg[PCI_CAPABILITY_LIST] = 0x40;
	cfg[0x40] = PCI_CAP_ID_VNDR;
	cfg[0x41] = 0x40;
	n = dump(text, "00:02.0", cfg, sizeof(cfg));
	assert_int_equal(rsim_machine_parse(w, text, n, "x"), -EINVAL);
	assert_non_null(strstr(rsim_error(w), "loop"));
	assert_null(rsim_dev_next(w, NULL));
	free(text);
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_text_names_its_line),
		cmocka_unit_test(vf_on_another_bus_is_reset_with_its_pf),
		cmocka_unit_test(
			text_comes_in_any_line_ending_and_with_remarks),
		cmocka_unit_test(loop_of_capabilities_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
