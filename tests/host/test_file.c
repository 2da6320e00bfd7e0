/* SPDX-License-Identifier: MIT */
/* Dumps that come from files which do not behave like files. */
#include "host.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_file_that_cannot_be_read_is_named(void **state)
{
	struct rsim *w = rsim_new(NULL);

	(void)state;
	assert_int_equal(rsim_machine_load(w, "/does/not/exist"), -ENOENT);
	assert_string_equal(rsim_error(w),
			    "/does/not/exist: No such file or directory");
	assert_int_equal(rsim_machine_load(w, "/"), -EISDIR);
	assert_string_equal(rsim_error(w), "/: Is a directory");
	rsim_free(w);
}

static void zeros_without_end_fail_at_once(void **state)
{
	struct rsim *w = rsim_new(NULL);

	(void)state;
	assert_int_equal(rsim_machine_load(w, "/dev/zero"), -EINVAL);
	assert_string_equal(rsim_error(w), "/dev/zero:1: a NUL byte: not the"
					   " text of lspci -xxxx");
	rsim_free(w);
}

struct feeder {
	char path[64];
	const char *text;
	unsigned long times;
	bool refused;		/* the reader went away before the end */
};

static void *feed(void *arg)
{
	struct feeder *f = arg;
	size_t n = strlen(f->text);
	char block[4096];
	size_t i, blocks = f->times * n / sizeof(block);
	int fd = open(f->path, O_WRONLY);

	for (i = 0; i < sizeof(block); i++)
		block[i] = f->text[i % n];
	while (fd >= 0 && blocks-- && !f->refused)
		f->refused = write(fd, block, sizeof(block)) < 0;
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* Loads @times @text out of a pipe. */
static int load_pipe(struct rsim *w, struct feeder *f)
{
	pthread_t thread;
	int ret;

	snprintf(f->path, sizeof(f->path), "/tmp/rsim-pipe-%ld",
		 (long)getpid());
	assert_int_equal(mkfifo(f->path, 0600), 0);
	assert_int_equal(pthread_create(&thread, NULL, feed, f), 0);
	ret = rsim_machine_load(w, f->path);
	pthread_join(thread, NULL);
	unlink(f->path);
	return ret;
}

static void blank_lines_need_no_memory(void **state)
{
	struct feeder f = { .text = "\n", .times = 64ul << 20 };
	struct rsim *w = rsim_new(NULL);
	struct rusage before, after;

	(void)state;
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(load_pipe(w, &f), -EINVAL);
	getrusage(RUSAGE_SELF, &after);
	assert_non_null(strstr(rsim_error(w), ":67108864: no function"));
	/* KiB at the peak; a test under a sanitizer needs some of its own. */
	assert_true(after.ru_maxrss - before.ru_maxrss < 16384);
	rsim_free(w);
}

static void a_line_without_end_is_refused(void **state)
{
	struct feeder f = { .text = "0123", .times = 256ul << 20 };
	struct rsim *w = rsim_new(NULL);

	(void)state;
	assert_int_equal(load_pipe(w, &f), -EINVAL);
	assert_non_null(strstr(rsim_error(w), ":1: the line is no text of "
					      "lspci"));
	assert_true(f.refused);
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_cannot_be_read_is_named),
		cmocka_unit_test(zeros_without_end_fail_at_once),
		cmocka_unit_test(blank_lines_need_no_memory),
		cmocka_unit_test(a_line_without_end_is_refused),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
