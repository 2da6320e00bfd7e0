/* SPDX-License-Identifier: MIT */
/* What nearly every test needs: a small machine, and questions to a trace. */
#ifndef RSIM_TESTS_HELPER_H
#define RSIM_TESTS_HELPER_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/pci_regs.h>
#include <rsim/rsim.h>

#define MS RSIM_NS_PER_MS

/* A root port and one function below it, alone in its group. */
struct machine {
	struct rsim *w;
	struct rsim_dev *port, *dev;
};

/* A function that has all that a reset method may ask for, and ATS. */
#define USUAL_CAPS (RSIM_CAP_PM | RSIM_CAP_FLR | RSIM_CAP_ATS)

static inline struct rsim_dev *add_port(struct rsim *w, unsigned caps,
					unsigned slot)
{
	return rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_ROOT_PORT,
		.caps = caps | RSIM_CAP_ACS | RSIM_CAP_PM,
		.at = { 0, 0, (uint8_t)(slot << 3) },
	});
}

static inline struct machine machine_of(const struct rsim_config *config,
					const struct rsim_dev_desc *desc,
					unsigned port_caps)
{
	struct rsim_dev_desc d = *desc;
	struct machine m;

	m.w = rsim_new(config);
	assert_non_null(m.w);
	m.port = add_port(m.w, port_caps, 1);
	assert_non_null(m.port);
	d.parent = m.port;
	m.dev = rsim_dev_add(m.w, &d);
	assert_non_null(m.dev);
	return m;
}

/* The machine of most tests: SMMUv3, Linux 7.3, @proto (NULL: on-success). */
static inline struct machine machine_new(const char *proto)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto) };
	struct rsim_dev_desc d = { .name = "dev", .caps = USUAL_CAPS };

	return machine_of(&c, &d, 0);
}

static inline void add_fault(struct rsim *w, struct rsim_dev *dev,
			     const char *text)
{
	struct rsim_fault f;

	assert_int_equal(rsim_fault_parse(w, text, &f), 0);
	f.dev = dev;
	assert_int_equal(rsim_fault_add(w, &f), 0);
}

static inline void set_methods(struct rsim_dev *dev, const char *text)
{
	assert_int_equal(rsim_reset_method_store(dev, text), strlen(text));
}

/* Virtual ms slept; polls of the IOMMU do not count. */
static inline unsigned slept_ms(struct rsim *w)
{
	uint64_t ns = 0;
	size_t i;

	for (i = 0; i < rsim_trace_count(w); i++) {
		const struct rsim_event *ev = rsim_trace_at(w, i);

		if (ev->kind == RSIM_EV_SLEEP && !strcmp(ev->what, "sleep"))
			ns += ev->a;
	}
	return (unsigned)(ns / MS);
}

static inline unsigned polled_ms(struct rsim *w)
{
	uint64_t ns = 0;
	size_t i;

	for (i = 0; i < rsim_trace_count(w); i++) {
		const struct rsim_event *ev = rsim_trace_at(w, i);

		if (ev->kind == RSIM_EV_SLEEP && !strcmp(ev->what, "poll"))
			ns += ev->a;
	}
	return (unsigned)(ns / MS);
}

enum { NOT_FOUND = -1 };

/* Index of the first event from @from on of @kind that says @what. */
static inline int find_event(struct rsim *w, size_t from,
			     enum rsim_event_kind kind, struct rsim_dev *dev,
			     const char *what)
{
	size_t i;

	for (i = from; i < rsim_trace_count(w); i++) {
		const struct rsim_event *ev = rsim_trace_at(w, i);

		if (ev->kind == kind &&
		    (!dev || ev->dev == rsim_dev_number(dev)) &&
		    (!what || !strcmp(ev->what, what)))
			return (int)i;
	}
	return NOT_FOUND;
}

static inline unsigned count_events(struct rsim *w, enum rsim_event_kind kind,
				    struct rsim_dev *dev, const char *what)
{
	unsigned n = 0;
	int i = -1;

	while ((i = find_event(w, (size_t)i + 1, kind, dev, what)) >= 0)
		n++;
	return n;
}

/* First config write of @dev to @off from event @from on. */
static inline int find_write(struct rsim *w, size_t from, struct rsim_dev *dev,
			     unsigned off)
{
	size_t i;

	for (i = from; i < rsim_trace_count(w); i++) {
		const struct rsim_event *ev = rsim_trace_at(w, i);

		if (ev->kind == RSIM_EV_CFG_WRITE && ev->a == off &&
		    ev->dev == rsim_dev_number(dev))
			return (int)i;
	}
	return NOT_FOUND;
}

/* A page that @dev may use at @iova in @domain. */
static inline rsim_phys map_page(struct rsim *w, struct rsim_domain *domain,
				 rsim_iova iova)
{
	rsim_phys page = rsim_page_alloc(w, 7);

	assert_int_not_equal(page, 0);
	assert_int_equal(rsim_map(domain, iova, page, RSIM_PAGE_SIZE, true), 0);
	return page;
}

/* One entry in the ATC of @dev, for @iova of its group's domain. */
static inline rsim_phys fill_atc(struct machine *m, rsim_iova iova)
{
	struct rsim_domain *d = rsim_get_domain(m->dev);
	rsim_phys page = map_page(m->w, d, iova);

	assert_int_equal(rsim_dma(m->dev, RSIM_AT_TRANSLATION_REQUEST,
				  RSIM_NO_PASID, iova, true).ret, 0);
	assert_int_equal(rsim_dev_atc_count(m->dev), 1);
	return page;
}

/* Misuse must stop in a sentence that begins with the call's name. */
static jmp_buf misuse_jump;
static char misuse_text[256];

static inline void catch_misuse(const char *file, int line, const char *what)
{
	(void)file;
	(void)line;
	strncpy(misuse_text, what, sizeof(misuse_text) - 1);
	longjmp(misuse_jump, 1);
}

#define assert_misuse(call, begins)                                            \
	do {                                                                   \
		rsim_set_misuse_handler(catch_misuse);                         \
		misuse_text[0] = '\0';                                         \
		if (!setjmp(misuse_jump))                                      \
			(void)(call);                                          \
		rsim_set_misuse_handler(NULL);                                 \
		if (strncmp(misuse_text, begins, strlen(begins)))              \
			fail_msg("%s: misuse said '%s'", #call, misuse_text);  \
	} while (0)

/* For calls without a value. */
#define assert_misuse_void(call, begins) assert_misuse(((call), 0), begins)

#endif
