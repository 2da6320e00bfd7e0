/* SPDX-License-Identifier: MIT */
/*
 * Machines that a real Linux ran on: their functions must come out with the
 * reset methods, the IOMMU groups and the ATS that Linux gave them.
 */
#include "files.h"

struct recorded {
	const char *name;
	enum rsim_iommu iommu;
	enum rsim_kernel kernel;
	const char *suffix;	/* of the files that the kernel changes */
};

enum { MAX_FUNCTIONS = 128, MAX_COLUMNS = 12 };

/* A table of tab-separated words; the text is cut into pieces in place. */
struct table {
	char *text;
	unsigned rows;
	char *word[MAX_FUNCTIONS][MAX_COLUMNS];
};

static void cut(struct table *t, char *line)
{
	unsigned c;

	assert_true(t->rows < MAX_FUNCTIONS);
	for (c = 0; c < MAX_COLUMNS && line; c++) {
		char *tab = strchr(line, '\t');

		if (tab)
			*tab++ = '\0';
		t->word[t->rows][c] = line;
		line = tab;
	}
	t->rows++;
}

static void load(struct table *t, const struct recorded *m, const char *file,
		 const char *suffix)
{
	char path[512], *line, *end;
	size_t len;

	snprintf(path, sizeof(path), DATA_DIR "/machines/%s/%s%s.tsv", m->name,
		 file, suffix);
	memset(t, 0, sizeof(*t));
	t->text = read_all(path, &len);
	for (line = t->text; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (*line && *line != '#')
			cut(t, line);
	}
}

static const char *lookup(const struct table *t, const char *bdf, unsigned c)
{
	unsigned i;

	for (i = 0; i < t->rows; i++)
		if (!strcmp(t->word[i][0], bdf))
			return t->word[i][c];
	return NULL;
}

static struct rsim_dev *dev_at(struct rsim *w, const char *bdf)
{
	struct rsim_bdf at;

	assert_int_equal(rsim_bdf_parse(bdf, &at), 0);
	return rsim_dev_find(w, at);
}

/* "flr,bus", or "-" for none: what the recordings call it. */
static void methods_text(const struct rsim_dev *dev, char *out)
{
	const uint8_t *m = rsim_dev_methods(dev);
	unsigned i;

	strcpy(out, m[0] ? "" : "-");
	for (i = 0; i < RSIM_METHODS && m[i]; i++) {
		if (i)
			strcat(out, ",");
		strcat(out, rsim_method_name(m[i]));
	}
}

static unsigned wrong;

static void expect(const struct recorded *m, const char *bdf, const char *what,
		   const char *got, const char *want)
{
	if (!strcmp(got, want))
		return;
	print_error("%s%s %s: %s: '%s', recorded '%s'\n", m->name, m->suffix,
		    bdf, what, got, want);
	wrong++;
}

static void check_methods(const struct recorded *m, struct rsim *w)
{
	struct table redetect;
	char got[128];
	unsigned i;

	load(&redetect, m, "reset_redetect", m->suffix);
	for (i = 0; i < redetect.rows; i++) {
		char **word = redetect.word[i];
		struct rsim_dev *dev = dev_at(w, word[0]);

		assert_non_null(dev);
		methods_text(dev, got);
		expect(m, word[0], "methods when added", got, word[1]);
		/* Without the file there is nothing to write to. */
		assert_int_equal(rsim_reset_method_store(dev, "default"),
				 !strcmp(word[1], "-") ? -ENOENT : 7);
		methods_text(dev, got);
		expect(m, word[0], "methods found again", got,
		       !strcmp(word[2], "empty") ? "-" : word[2]);
	}
	free(redetect.text);
}

/* Group numbers depend on the order of probing: who shares one does not. */
static void check_groups(const struct recorded *m, struct rsim *w,
			 const struct table *sysfs)
{
	unsigned i, k;

	for (i = 0; i < sysfs->rows; i++) {
		struct rsim_dev *a = dev_at(w, sysfs->word[i][0]);
		bool has = strcmp(sysfs->word[i][1], "-") != 0;

		assert_non_null(a);
		expect(m, sysfs->word[i][0], "in a group",
		       rsim_dev_group(a) ? "yes" : "no", has ? "yes" : "no");
		for (k = 0; k < i && has; k++) {
			struct rsim_dev *b = dev_at(w, sysfs->word[k][0]);
			bool same = !strcmp(sysfs->word[i][1],
					    sysfs->word[k][1]);

			expect(m, sysfs->word[i][0], sysfs->word[k][0],
			       rsim_dev_group(a) == rsim_dev_group(b)
				       ? "one group" : "two",
			       same ? "one group" : "two");
		}
	}
}

static void check_ats(const struct recorded *m, struct rsim *w,
		      const struct table *sysfs)
{
	struct table ats;
	unsigned i;

	load(&ats, m, "ats", "");
	for (i = 0; i < sysfs->rows; i++) {
		const char *bdf = sysfs->word[i][0];
		const char *at = lookup(&ats, bdf, 1);
		const char *on = lookup(&ats, bdf, 2);
		struct rsim_dev *dev = dev_at(w, bdf);
		unsigned long off = at ? strtoul(at, NULL, 16) : 0;

		assert_int_equal(rsim_dev_ext_cap(dev, PCI_EXT_CAP_ID_ATS),
				 off);
		expect(m, bdf, "ATS", rsim_dev_ats_enabled(dev) ? "1" : "0",
		       on ? on : "0");
	}
	free(ats.text);
}

static void check_ids(const struct recorded *m, struct rsim *w,
		      const struct table *sysfs)
{
	unsigned i, n = 0;
	struct rsim_dev *dev;
	char got[64];

	for (i = 0; i < sysfs->rows; i++) {
		const char *bdf = sysfs->word[i][0];
		struct rsim_dev *up;

		dev = dev_at(w, bdf);
		snprintf(got, sizeof(got), "%04x:%04x", rsim_dev_vendor(dev),
			 rsim_dev_device(dev));
		expect(m, bdf, "IDs", got, sysfs->word[i][3]);
		up = rsim_dev_upstream(dev);
		strcpy(got, "-");
		if (up)
			rsim_bdf_text(rsim_dev_bdf(up), got);
		expect(m, bdf, "bridge", got, sysfs->word[i][8]);
	}
	for (dev = rsim_dev_next(w, NULL); dev; dev = rsim_dev_next(w, dev))
		n++;
	assert_int_equal(n, sysfs->rows);
}

static void machine_comes_out_as_linux_found_it(void **state)
{
	const struct recorded *m = *state;
	struct rsim_config c = { .iommu = m->iommu, .kernel = m->kernel };
	struct rsim *w = rsim_new(&c);
	struct table sysfs;
	char path[512];

	snprintf(path, sizeof(path), DATA_DIR "/machines/%s/lspci-xxxx.txt",
		 m->name);
	if (rsim_machine_load(w, path))
		fail_msg("%s", rsim_error(w));
	load(&sysfs, m, "sysfs", m->suffix);
	assert_true(sysfs.rows > 0);
	wrong = 0;
	check_ids(m, w, &sysfs);
	check_groups(m, w, &sysfs);
	check_ats(m, w, &sysfs);
	check_methods(m, w);
	assert_int_equal(wrong, 0);
	free(sysfs.text);
	rsim_free(w);
}

/* What is exported is what was read: the model changed no byte on its way,
 * save what Linux itself wrote. A second import must give the same. */
static void export_reads_back_as_the_same_machine(void **state)
{
	const struct recorded *m = *state;
	struct rsim_config c = { .iommu = m->iommu, .kernel = m->kernel };
	char path[512], *first = NULL, *second = NULL;
	size_t len[2];
	FILE *f;
	struct rsim *w = rsim_new(&c);

	snprintf(path, sizeof(path), DATA_DIR "/machines/%s/lspci-xxxx.txt",
		 m->name);
	assert_int_equal(rsim_machine_load(w, path), 0);
	f = open_memstream(&first, &len[0]);
	assert_int_equal(rsim_machine_export(w, f), 0);
	fclose(f);
	rsim_free(w);
	w = rsim_new(&c);
	if (rsim_machine_parse(w, first, len[0], "export"))
		fail_msg("%s", rsim_error(w));
	f = open_memstream(&second, &len[1]);
	assert_int_equal(rsim_machine_export(w, f), 0);
	fclose(f);
	assert_int_equal(len[0], len[1]);
	assert_string_equal(first, second);
	free(first);
	free(second);
	rsim_free(w);
}

static struct recorded machines[] = {
	{ "vtd-rootports", RSIM_IOMMU_VTD, RSIM_KERNEL_6_12, "" },
	{ "vtd-switch", RSIM_IOMMU_VTD, RSIM_KERNEL_6_12, "" },
	{ "cxl-vtd", RSIM_IOMMU_VTD, RSIM_KERNEL_6_12, "" },
	{ "cxl-vtd", RSIM_IOMMU_VTD, RSIM_KERNEL_7_3, "-7.3" },
	{ "arm-smmuv3", RSIM_IOMMU_SMMUV3, RSIM_KERNEL_6_12, "" },
	{ "amdvi", RSIM_IOMMU_AMD, RSIM_KERNEL_6_12, "" },
	{ "noiommu-switch", RSIM_IOMMU_NONE, RSIM_KERNEL_6_12, "" },
	{ "i440fx", RSIM_IOMMU_NONE, RSIM_KERNEL_6_12, "" },
};

#define MACHINE(i)                                                             \
	cmocka_unit_test_prestate(machine_comes_out_as_linux_found_it,         \
				  &machines[i]),                               \
	cmocka_unit_test_prestate(export_reads_back_as_the_same_machine,       \
				  &machines[i])

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE(0), MACHINE(1), MACHINE(2), MACHINE(3),
		MACHINE(4), MACHINE(5), MACHINE(6), MACHINE(7),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
